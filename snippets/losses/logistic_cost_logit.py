"""Code of the page losses/logistic_cost_logit."""

# --8<-- [start:logistic_cost_logit]
import numpy as np


def sigmoid(z):
    """Return the sigmoid 1 / (1 + exp(-z)) of every entry of z.

    z: a number or an array of any shape. Result: the same shape; float64 (float32 for float32).
    Domain: every finite z. Raises nothing.
    """
    # exp is given no positive number, so it cannot overflow
    e = np.exp(np.where(z >= 0, -z, z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def logistic_cost_with_logits(z, y):
    """Return the logistic cost y ln(1 + exp(-z)) + (1 - y) ln(1 + exp(z)) of every logit z.

    z, y: numbers or arrays whose shapes broadcast. Result: the broadcast shape; float64 (float32
    if both are float32). Domain: every finite z, 0 <= y <= 1. Raises nothing.
    """
    # logaddexp(0, z) is ln(1 + exp(z)) and never forms exp of a positive number
    return y * np.logaddexp(0.0, -z) + (1.0 - y) * np.logaddexp(0.0, z)


def logistic_cost_with_logits_grad(z, y):
    """Return the derivative sigmoid(z) - y of logistic_cost_with_logits with respect to z.

    z, y: numbers or arrays whose shapes broadcast. Result: the broadcast shape; float64 (float32
    if both are float32). Domain: every finite z, 0 <= y <= 1. Raises nothing.
    """
    # sigmoid(z) - y itself cancels, so y is taken as a mixture of the targets 0, 1 and 1/2, whose
    # derivatives sigmoid(z), -sigmoid(-z) and tanh(z / 2) / 2 hold no difference
    tied = np.minimum(y, 1.0 - y)
    decided = (1.0 - y - tied) * sigmoid(z) - (y - tied) * sigmoid(-z)
    return decided + tied * np.tanh(0.5 * z)


# --8<-- [end:logistic_cost_logit]
