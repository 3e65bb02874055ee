"""Code of the page networks/backpropagation."""

# --8<-- [start:backpropagation]
import numpy as np


def sigmoid(z):
    """Return the sigmoid 1 / (1 + exp(-z)) of every entry of z.

    z: a number or an array of any shape. Result: the same shape; float64 (float32 for float32).
    Domain: every finite z. Raises nothing.
    """
    # exp is given no positive number, so it cannot overflow
    e = np.exp(np.where(z >= 0, -z, z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def preactivation(a, W, b):
    """Return the pre-activations of a layer, of one example or of every example of a batch.

    a: array (n,) or (m, n), the activations of the layer before. W: array (k, n), a row for each
    neuron. b: array (k,). Result: array (k,) or (m, k), float64. Domain: finite entries.
    Raises ValueError if the lengths do not fit.
    """
    return np.matmul(a, np.transpose(W)) + b


def hidden_delta(delta, W, z):
    """Return the errors of a hidden layer from those of the layer after it.

    delta: array (k,) or (m, k), the errors of the layer after. W: array (k, n), the weights
    between. z: array (n,) or (m, n), the pre-activations of the hidden layer. Result: the shape
    of z, float64. Domain: finite entries. Raises ValueError if the lengths do not fit.
    """
    # sigmoid(-z) is 1 - sigmoid(z) without the subtraction, which leaves 0 from z = 37 on
    return np.matmul(delta, W) * sigmoid(z) * sigmoid(-z)


def preactivation_grad_W(delta, a):
    """Return the gradient of the cost with respect to the weights, summed over the batch.

    delta: array (k,) or (m, k), the errors of the layer. a: array (n,) or (m, n), the activations
    of the layer before. Result: array (k, n), float64. Domain: finite entries. Raises ValueError
    if the lengths do not fit.
    """
    # a single example is a batch of one row
    return np.matmul(np.transpose(np.atleast_2d(delta)), np.atleast_2d(a))


def preactivation_grad_b(delta):
    """Return the gradient of the cost with respect to the biases, summed over the batch.

    delta: array (k,) or (m, k), the errors of the layer. Result: array (k,), float64. Domain:
    finite entries. Raises nothing.
    """
    return np.sum(np.atleast_2d(delta), axis=0)


# --8<-- [end:backpropagation]
