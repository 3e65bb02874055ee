"""Code of the page activations/sigmoid."""

# --8<-- [start:sigmoid]
import numpy as np


def sigmoid(z):
    """Return the sigmoid 1 / (1 + exp(-z)) of every entry of z.

    z: a number or an array of any shape. Result: the same shape; float64 (float32 for float32).
    Domain: every finite z. Raises nothing.
    """
    # exp is given no positive number: exp(-z) itself overflows in float64 below z = -709.78
    e = np.exp(np.where(z >= 0, -z, z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def sigmoid_grad(z):
    """Return the slope sigmoid(z) (1 - sigmoid(z)) of the sigmoid at every entry of z.

    z: a number or an array of any shape. Result: the same shape; float64 (float32 for float32).
    Domain: every finite z. Raises nothing.
    """
    # 1 - sigmoid(z) = sigmoid(-z), without the subtraction, which leaves 0 from z = 37 on
    return sigmoid(z) * sigmoid(-z)


# --8<-- [end:sigmoid]
