"""Code of the page networks/layer_norm."""

# --8<-- [start:layer_norm]
import numpy as np


def scale(x, eps):
    """Return the root of eps plus the variance over the last axis of x.

    x: array (n,) or (m, n), an example in each row. eps: a positive number. Result: a number or
    array (m,), float64. Domain: finite x, eps > 0. Raises nothing.
    """
    return np.sqrt(np.var(x, axis=-1) + eps)


def normalise(x, eps):
    """Return x less its mean, divided by its scale, each over the last axis.

    x: array (n,) or (m, n). eps: a positive number. Result: the shape of x, float64. Domain:
    finite x, eps > 0. Raises nothing.
    """
    c = x - np.mean(x, axis=-1, keepdims=True)
    # the rounding error of the mean is still in c, and is its mean
    return (c - np.mean(c, axis=-1, keepdims=True)) / scale(x, eps)[..., np.newaxis]


def layer_norm(x, gamma, beta, eps):
    """Return the gain times the normalised features, plus the bias.

    x: array (n,) or (m, n). gamma: array (n,), the gain. beta: array (n,), the bias. eps: a
    positive number. Result: the shape of x, float64. Domain: finite entries, eps > 0.
    Raises ValueError if the lengths do not fit.
    """
    return gamma * normalise(x, eps) + beta


def layer_norm_grad_x(G, gamma, xhat, s):
    """Return the gradient of the loss with respect to the input x.

    G: array (n,) or (m, n), the gradient with respect to the output. gamma: array (n,), the gain.
    xhat: array (n,) or (m, n), normalise(x, eps). s: array () or (m,), scale(x, eps). Result: the
    shape of G, float64. Domain: finite entries, s > 0. Raises ValueError if the lengths do not fit.
    """
    h = G * gamma
    along = np.mean(h * xhat, axis=-1, keepdims=True)
    return (h - np.mean(h, axis=-1, keepdims=True) - xhat * along) / np.asarray(s)[..., np.newaxis]


def layer_norm_grad_gamma(G, xhat):
    """Return the gradient of the loss with respect to the gain, summed over the batch.

    G: array (n,) or (m, n), the gradient with respect to the output. xhat: array (n,) or (m, n),
    normalise(x, eps). Result: array (n,), float64. Domain: finite entries. Raises ValueError if
    the lengths do not fit.
    """
    # a single example is a batch of one row
    return np.sum(np.atleast_2d(G * xhat), axis=0)


def layer_norm_grad_beta(G):
    """Return the gradient of the loss with respect to the bias, summed over the batch.

    G: array (n,) or (m, n), the gradient with respect to the output. Result: array (n,), float64.
    Domain: finite entries. Raises nothing.
    """
    return np.sum(np.atleast_2d(G), axis=0)


# --8<-- [end:layer_norm]
