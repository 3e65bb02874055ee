"""Code of the page activations/gelu."""

# --8<-- [start:gelu]
import math

import numpy as np

# NumPy has no erfc; with SciPy at hand, scipy.special.erfc is the same function and faster
erfc = np.vectorize(math.erfc, otypes=[float])


def gelu(x):
    """Return x Phi(x) of every entry of x, Phi being the normal distribution function.

    x: a number or an array of any shape. Result: the same shape, float64.
    Domain: every finite x. Raises nothing.
    """
    # 1 + erf(x / sqrt(2)) cancels far to the left: it is exactly 0 from x = -8.4 on
    return 0.5 * x * erfc(-x / math.sqrt(2.0))


def gelu_grad(x):
    """Return the slope Phi(x) + x phi(x) of gelu at every entry of x.

    x: a number or an array of any shape. Result: the same shape, float64.
    Domain: abs(x) < 1e150. Raises nothing.
    """
    density = np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)
    return 0.5 * erfc(-x / math.sqrt(2.0)) + x * density


def sigmoid(z):
    """Return the sigmoid 1 / (1 + exp(-z)) of every entry of z.

    z: a number or an array of any shape. Result: the same shape; float64 (float32 for float32).
    Domain: every finite z. Raises nothing.
    """
    # exp is given no positive number, so it cannot overflow
    e = np.exp(np.where(z >= 0, -z, z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def gelu_tanh(x):
    """Return the tanh approximation of gelu at every entry of x.

    x: a number or an array of any shape. Result: the same shape; float64 (float32 for float32).
    Domain: abs(x) < 1e100. Raises nothing.
    """
    u = math.sqrt(2.0 / math.pi) * (x + 0.044715 * x * x * x)
    # 1 + tanh(u) = 2 sigmoid(2 u), without the sum, which cancels to 0 far to the left
    return x * sigmoid(2.0 * u)


def gelu_tanh_grad(x):
    """Return the slope of gelu_tanh, and not that of gelu, at every entry of x.

    x: a number or an array of any shape. Result: the same shape; float64 (float32 for float32).
    Domain: abs(x) < 1e100. Raises nothing.
    """
    u = math.sqrt(2.0 / math.pi) * (x + 0.044715 * x * x * x)
    u_grad = math.sqrt(2.0 / math.pi) * (1.0 + 3.0 * 0.044715 * x * x)
    p = sigmoid(2.0 * u)
    return p + 2.0 * x * p * sigmoid(-2.0 * u) * u_grad


# --8<-- [end:gelu]
