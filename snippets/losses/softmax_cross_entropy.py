"""Code of the page losses/softmax_cross_entropy."""

# --8<-- [start:softmax_cross_entropy]
import numpy as np


def log_softmax(logits):
    """Return the log-probabilities z[i] - ln(sum_k exp(z[k])) of logits z along the last axis.

    logits: array (K,) or (..., K), leading axes numbering examples. Result: the same shape; float64
    (float32 for float32). Domain: finite logits. Raises ValueError if K = 0.
    """
    z = logits - np.max(logits, axis=-1, keepdims=True)
    # the largest term is exp(0) = 1; log1p keeps the others where they are small beside it
    largest = np.arange(z.shape[-1]) == np.argmax(z, axis=-1)[..., np.newaxis]
    return z - np.log1p(np.sum(np.where(largest, 0.0, np.exp(z)), axis=-1, keepdims=True))


def softmax_cross_entropy(logits, labels):
    """Return the cost -sum_k t[k] ln(p[k]) of labels t, where p is the softmax of the logits.

    logits: as for log_softmax. labels: array t of the same shape. Result: () or (...), one cost an
    example; float64 (float32 for float32). Domain: finite logits and labels. Raises ValueError if
    K = 0.
    """
    return -np.sum(labels * log_softmax(logits), axis=-1)


def softmax_cross_entropy_grad(logits, labels):
    """Return the derivatives (sum_k t[k]) p[i] - t[i] of softmax_cross_entropy by the logits.

    logits, labels: as for softmax_cross_entropy. Result: the shape of logits; float64 (float32 for
    float32). Domain: finite logits and labels. Raises ValueError if K = 0.
    """
    log_p = log_softmax(logits)
    others = np.sum(labels, axis=-1, keepdims=True) - labels
    # p - 1 = expm1(ln p) keeps its digits where p rounds to 1
    return others * np.exp(log_p) + labels * np.expm1(log_p)


# --8<-- [end:softmax_cross_entropy]
