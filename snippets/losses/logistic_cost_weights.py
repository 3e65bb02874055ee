"""Code of the page losses/logistic_cost_weights."""

# --8<-- [start:logistic_cost_weights]
import numpy as np


def sigmoid(z):
    """Return the sigmoid 1 / (1 + exp(-z)) of every entry of z.

    z: a number or an array of any shape. Result: the same shape; float64 (float32 for float32).
    Domain: every finite z. Raises nothing.
    """
    # exp is given no positive number, so it cannot overflow
    e = np.exp(np.where(z >= 0, -z, z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def logistic_regression_cost(theta, x, y):
    """Return the logistic cost of the logit z = theta[0] x[0] + ... + theta[n] x[n].

    theta: array (n+1,). x: array (n+1,) or (..., n+1) with x[..., 0] = 1. y: a number or an array
    (...). Result: a number or an array (...), one cost an example; float64. Domain: finite theta
    and x, 0 <= y <= 1. Raises ValueError if the last axes of theta and x differ in length.
    """
    z = np.matmul(x, theta)
    # logaddexp(0, z) is ln(1 + exp(z)) and never forms exp of a positive number
    return y * np.logaddexp(0.0, -z) + (1.0 - y) * np.logaddexp(0.0, z)


def logistic_regression_cost_grad(theta, x, y):
    """Return the derivative (a - y) x[j] of the cost with respect to every theta[j].

    theta, x, y: as for logistic_regression_cost. Result: an array of the shape of x, float64; its
    last axis is j, one gradient an example. Raises ValueError as logistic_regression_cost does.
    """
    z = np.matmul(x, theta)
    # a - y with a = sigmoid(z), without the cancellation at y = 1
    residual = (1.0 - y) * sigmoid(z) - y * sigmoid(-z)
    return residual[..., np.newaxis] * x


# --8<-- [end:logistic_cost_weights]
