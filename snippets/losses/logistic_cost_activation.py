"""Code of the page losses/logistic_cost_activation."""

# --8<-- [start:logistic_cost_activation]
import numpy as np


def logistic_cost(a, y):
    """Return the logistic cost -y ln(a) - (1 - y) ln(1 - a) of every activation a.

    a, y: numbers or arrays whose shapes broadcast. Result: the broadcast shape; float64 (float32
    if both are float32). Domain: 0 <= y <= 1 and 0 < a < 1; also a = y = 0 and a = y = 1.
    Raises nothing.
    """
    # 0 ln 0 counts as 0: where the weight is 0, the logarithm is taken at a harmless place
    log_a = np.log(np.where(y == 0, 1.0, a))
    # log1p, since 1 - a rounds to 1 for small a and loses it
    log_one_minus_a = np.log1p(-np.where(y == 1, 0.0, a))
    return -y * log_a - (1.0 - y) * log_one_minus_a


def logistic_cost_grad(a, y):
    """Return the derivative (a - y) / (a (1 - a)) of logistic_cost with respect to a.

    a, y: numbers or arrays whose shapes broadcast. Result: the broadcast shape; float64 (float32
    if both are float32). Domain: 0 <= y <= 1 and 0 < a < 1. Raises nothing.
    """
    # next to 0 the quotient is larger than any float: infinity is then the right answer
    with np.errstate(over="ignore"):
        return (a - y) / (a * (1.0 - a))


# --8<-- [end:logistic_cost_activation]
