"""Code of the page networks/neuron."""

# --8<-- [start:neuron]
import numpy as np


def preactivation(theta, a):
    """Return z[i] = theta[i, 0] a[0] + ... + theta[i, n] a[n] for every neuron i of a layer.

    theta: array (m, n+1), a row for each neuron. a: array (n+1,), the layer before, a[0] = 1.
    Result: array (m,) in the common dtype. Domain: all finite numbers. Raises ValueError if the
    last axes differ in length.
    """
    return np.matmul(theta, a)


def preactivation_grad_theta(theta, a):
    """Return the derivative of every z[i] with respect to its theta[i, j], which is a[j].

    theta: array (m, n+1). a: array (n+1,). Result: array (m, n+1) with axes i, j.
    Domain: all finite numbers. Raises ValueError if the last axes differ in length.
    """
    # the same row for every i; ones_like makes a new array instead of a view of a
    return np.ones_like(theta) * a


def preactivation_grad_a(theta):
    """Return the derivative of every z[i] with respect to every a[j], which is theta[i, j].

    theta: array (m, n+1). Result: array (m, n+1) with axes i, j, in the same dtype.
    Domain: all finite numbers. Raises nothing.
    """
    # a copy, so that a caller who changes the result does not change the weights
    return np.copy(theta)


def neuron(theta, a):
    """Return the activation 1 / (1 + exp(-z[i])) of every neuron i of a layer.

    theta: array (m, n+1). a: array (n+1,) with a[0] = 1. Result: array (m,), float64.
    Domain: all finite numbers. Raises ValueError if the last axes differ in length.
    """
    z = preactivation(theta, a)
    # exp is given no positive number, so it cannot overflow
    e = np.exp(np.where(z >= 0, -z, z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


# --8<-- [end:neuron]
