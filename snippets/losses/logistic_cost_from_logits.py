"""Code of the page losses/logistic_cost_from_logits."""

# --8<-- [start:logistic_cost_from_logits]
import numpy as np


def sigmoid(z):
    """Return the sigmoid 1 / (1 + exp(-z)) of every entry of z.

    z: a number or an array of any shape. Result: the same shape; float64 (float32 for float32).
    Domain: every finite z. Raises nothing.
    """
    # exp is given no positive number, so it cannot overflow
    e = np.exp(np.where(z >= 0, -z, z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def sigmoid_grad(z):
    """Return the slope sigmoid(z) (1 - sigmoid(z)), the second derivative of the cost by z.

    z: a number or an array of any shape. Result: the same shape; float64 (float32 for float32).
    Domain: every finite z. Raises nothing.
    """
    # 1 - sigmoid(z) = sigmoid(-z), without the subtraction, which leaves 0 from z = 37 on
    return sigmoid(z) * sigmoid(-z)


def logistic_cost_from_logits(z, y):
    """Return the logistic cost max(z, 0) - z y + ln(1 + exp(-abs(z))) of every logit z.

    z, y: numbers or arrays whose shapes broadcast. Result: the broadcast shape; float64 (float32
    if both are float32). Domain: every finite z, 0 <= y <= 1. Raises nothing.
    """
    # max(z, 0) - z y cancels for y near 1; split by the label, no term is negative
    linear = (1.0 - y) * np.maximum(z, 0.0) + y * np.maximum(-z, 0.0)
    return linear + np.log1p(np.exp(-np.abs(z)))


def logistic_cost_from_logits_grad(z, y):
    """Return the derivative sigmoid(z) - y of logistic_cost_from_logits with respect to z.

    z, y: numbers or arrays whose shapes broadcast. Result: the broadcast shape; float64 (float32
    if both are float32). Domain: every finite z, 0 <= y <= 1. Raises nothing.
    """
    # far from 0 a term as small as 1 - sigmoid(z) must not come from a subtraction; close to 0
    # the half that sigmoid(z) and y may share must not be in it
    far = (1.0 - y) * sigmoid(z) - y * sigmoid(-z)
    return np.where(np.abs(z) < 1.0, 0.5 * np.tanh(0.5 * z) + (0.5 - y), far)


# --8<-- [end:logistic_cost_from_logits]
