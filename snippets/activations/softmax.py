"""Code of the page activations/softmax."""

# --8<-- [start:softmax]
import numpy as np


def softmax(logits):
    """Return the softmax exp(z[i]) / sum_k exp(z[k]) of logits z along the last axis.

    logits: array (K,) or (..., K), leading axes numbering examples. Result: the same shape; float64
    (float32 for float32). Domain: finite logits. Raises ValueError if K = 0.
    """
    # a shift changes nothing; after this one every exponent is 0 or less, so exp cannot overflow
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def softmax_jacobian(logits):
    """Return the derivatives p[i] ((i == j) - p[j]) of p = softmax(logits), with axes i, j.

    logits: as for softmax. Result: array (..., K, K); float64 (float32 for float32).
    Domain: finite logits. Raises ValueError if K = 0.
    """
    p = softmax(logits)
    jacobian = -p[..., :, np.newaxis] * p[..., np.newaxis, :]
    # 1 - p[i] would round to 0 beside p[i] = 1; rows sum to 0, which gives the diagonal exactly
    i = np.arange(p.shape[-1])
    jacobian[..., i, i] = 0.0
    jacobian[..., i, i] = -np.sum(jacobian, axis=-1)
    return jacobian


def softmax_vjp(logits, upstream):
    """Return the gradient p (g - sum_i g[i] p[i]) by the logits, for the gradient g by p.

    logits: as for softmax. upstream: array g of the same shape. Result: the same shape; float64
    (float32 for float32). Domain: finite logits and upstream. Raises ValueError if K = 0.
    """
    p = softmax(logits)
    # shifting g changes nothing; 0 at the largest p leaves nothing there for 1 - p to cancel
    largest = np.argmax(p, axis=-1, keepdims=True)
    g = upstream - np.take_along_axis(upstream, largest, axis=-1)
    return p * (g - np.sum(g * p, axis=-1, keepdims=True))


# --8<-- [end:softmax]
