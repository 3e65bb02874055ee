"""Code of the page losses/mse_and_huber."""

# --8<-- [start:mse_and_huber]
import numpy as np


def residual(y_hat, y):
    """Return the residual y_hat - y of every example.

    y_hat, y: arrays of one shape (..., n). Result: the same shape.
    Domain: finite numbers. Raises ValueError if the shapes differ.
    """
    # (n,) and (n, 1) would broadcast to n x n residuals without a word
    if np.shape(y_hat) != np.shape(y):
        raise ValueError("y_hat and y must have the same shape")
    return np.subtract(y_hat, y)


def mean_squared_error(y_hat, y):
    """Return the mean of the squared residuals over the last axis.

    y_hat, y: arrays of one shape (..., n). Result: shape (...), float64 (float32 for float32).
    Domain: residuals below 1e150 in size. Raises ValueError if the shapes differ.
    """
    return np.mean(residual(y_hat, y) ** 2, axis=-1)


def mean_squared_error_grad(y_hat, y):
    """Return the derivative of mean_squared_error with respect to every prediction.

    y_hat, y: arrays of one shape (..., n). Result: the same shape, float64 (float32 for float32).
    Domain: finite numbers. Raises ValueError if the shapes differ.
    """
    r = residual(y_hat, y)
    return 2.0 * r / r.shape[-1]


def huber_loss(y_hat, y, delta):
    """Return the mean of the Huber losses of the residuals over the last axis.

    y_hat, y: arrays of one shape (..., n); delta: a number. Result: shape (...), float64 (float32
    for float32). Domain: finite numbers, delta > 0. Raises ValueError if the shapes of y_hat and y
    differ.
    """
    size = np.abs(residual(y_hat, y))
    # one formula for both branches, so that no residual beyond delta is ever squared
    inner = np.minimum(size, delta)
    return np.mean(inner * (size - 0.5 * inner), axis=-1)


def huber_loss_grad(y_hat, y, delta):
    """Return the derivative of huber_loss with respect to every prediction.

    y_hat, y: arrays of one shape (..., n); delta: a number. Result: the shape of y_hat; float64
    (float32 for float32). Domain: finite numbers, delta > 0. Raises ValueError if the shapes of
    y_hat and y differ.
    """
    r = residual(y_hat, y)
    return np.clip(r, -delta, delta) / r.shape[-1]


# --8<-- [end:mse_and_huber]
