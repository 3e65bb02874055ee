"""Code of the page networks/output_layer."""

# --8<-- [start:output_layer]
import numpy as np


def sigmoid(z):
    """Return the sigmoid 1 / (1 + exp(-z)) of every entry of z.

    z: a number or an array of any shape. Result: the same shape; float64 (float32 for float32).
    Domain: every finite z. Raises nothing.
    """
    # exp is given no positive number, so it cannot overflow
    e = np.exp(np.where(z >= 0, -z, z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def output_layer_cost(theta, a, y):
    """Return the cost of a sigmoid output layer: the logistic costs of its neurons, added up.

    theta: array (m, n+1), a row for each output. a: array (n+1,), the layer before, a[0] = 1.
    y: array (m,), the targets. Result: a number, float64. Domain: finite theta and a,
    0 <= y <= 1. Raises ValueError if the lengths do not fit.
    """
    z = np.matmul(theta, a)
    # logaddexp(0, z) is ln(1 + exp(z)) and never forms exp of a positive number
    return np.sum(y * np.logaddexp(0.0, -z) + (1.0 - y) * np.logaddexp(0.0, z))


def output_layer_cost_grad(theta, a, y):
    """Return the derivative of the cost with respect to every theta[i, j].

    theta, a, y: as for output_layer_cost. Result: array (m, n+1), float64, with axes i, j; its
    entries are (sigmoid(z[i]) - y[i]) a[j]. Raises ValueError as output_layer_cost does.
    """
    z = np.matmul(theta, a)
    # sigmoid(z) - y without the cancellation at y = 1
    delta = (1.0 - y) * sigmoid(z) - y * sigmoid(-z)
    return delta[:, np.newaxis] * a


# --8<-- [end:output_layer]
