"""Code of the page activations/relu."""

# --8<-- [start:relu]
import numpy as np


def relu(x):
    """Return max(0, x) of every entry of x.

    x: a number or an array of any shape. Result: the same shape; float64 (float32 for float32).
    Domain: every finite x. Raises nothing.
    """
    # asked this way round, nan stays nan instead of turning into 0
    return np.where(x <= 0, 0.0, x)


def relu_grad(x):
    """Return the slope of relu at every entry of x: 1 where x > 0, else 0.

    x: a number or an array of any shape. Result: the same shape, float64.
    Domain: every finite x; at the kink x = 0, where there is no slope, 0. Raises nothing.
    """
    return np.where(x > 0, 1.0, 0.0)


def leaky_relu(x, a):
    """Return x where x > 0, else a x.

    x, a: numbers or arrays whose shapes broadcast. Result: the broadcast shape; float64 (float32
    for float32). Domain: every finite x, 0 <= a < 1. Raises nothing.
    """
    return np.where(x > 0, x, a * x)


def leaky_relu_grad(x, a):
    """Return the derivative of leaky_relu with respect to x: 1 where x > 0, else a.

    x, a: numbers or arrays whose shapes broadcast. Result: the broadcast shape, float64.
    Domain: every finite x, 0 <= a < 1; at the kink x = 0 the left slope a. Raises nothing.
    """
    return np.where(x > 0, 1.0, a)


def leaky_relu_grad_a(x):
    """Return the derivative of leaky_relu with respect to a: 0 where x > 0, else x.

    x: a number or an array of any shape. Result: the same shape; float64 (float32 for float32).
    Domain: every finite x. Raises nothing.
    """
    return np.minimum(x, 0.0)


def elu(x, alpha):
    """Return x where x > 0, else alpha (exp(x) - 1).

    x, alpha: numbers or arrays whose shapes broadcast. Result: the broadcast shape; float64
    (float32 for float32). Domain: every finite x, alpha > 0. Raises nothing.
    """
    # expm1 keeps the digits that exp(x) - 1 loses near 0; where takes both of its branches, so
    # the positive numbers, at which exp overflows, are kept out of it
    return np.where(x > 0, x, alpha * np.expm1(np.where(x > 0, 0.0, x)))


def elu_grad(x, alpha):
    """Return the derivative of elu with respect to x: 1 where x > 0, else alpha exp(x).

    x, alpha: numbers or arrays whose shapes broadcast. Result: the broadcast shape; float64
    (float32 for float32). Domain: every finite x, alpha > 0; at the kink x = 0 the left slope
    alpha. Raises nothing.
    """
    return np.where(x > 0, 1.0, alpha * np.exp(np.where(x > 0, 0.0, x)))


# --8<-- [end:relu]
