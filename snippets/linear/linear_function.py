"""Code of the page linear/linear_function."""

# --8<-- [start:linear_function]
import numpy as np


def linear(theta, x):
    """Return theta[0] x[0] + theta[1] x[1] + ... + theta[n] x[n].

    theta: array (n+1,). x: array (n+1,) or (..., n+1), one example a row; x[..., 0] is 1 where
    theta[0] is a bias. Result: a number or an array (...), in the common dtype of both.
    Domain: all finite numbers. Raises ValueError if the last axes differ in length.
    """
    return np.matmul(x, theta)


def linear_grad(x):
    """Return the derivative of linear(theta, x) with respect to every theta[j], which is x[j].

    x: array (n+1,) or (..., n+1). Result: an array of the same shape and dtype; its last axis is j.
    Domain: all finite numbers. Raises nothing.
    """
    # a copy, so that a caller who scales the gradient in place does not scale the data
    return np.copy(x)


# --8<-- [end:linear_function]
