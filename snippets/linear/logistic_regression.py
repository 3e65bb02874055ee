"""Code of the page linear/logistic_regression."""

# --8<-- [start:logistic_regression]
import numpy as np


def sigmoid(z):
    """Return the sigmoid 1 / (1 + exp(-z)) of every entry of z.

    z: a number or an array of any shape. Result: the same shape; float64 (float32 for float32).
    Domain: every finite z. Raises nothing.
    """
    # exp is given no positive number, so it cannot overflow
    e = np.exp(np.where(z >= 0, -z, z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def mean_logistic_cost(theta, X, y):
    """Return the mean logistic cost of the examples in the rows of X.

    theta: array (n,), the parameters. X: array (m, n). y: array (m,), the targets. Result: a
    number, float64. Domain: finite theta and X, 0 <= y <= 1, m > 0. Raises ValueError if the
    lengths do not fit.
    """
    z = np.matmul(X, theta)
    # logaddexp(0, z) is ln(1 + exp(z)) and never forms exp of a positive number
    return np.mean(y * np.logaddexp(0.0, -z) + (1.0 - y) * np.logaddexp(0.0, z))


def mean_logistic_cost_grad(theta, X, y):
    """Return the gradient X^T (a - y) / m of the mean logistic cost with respect to theta.

    theta, X, y: as for mean_logistic_cost. Result: array (n,), float64. Raises ValueError as
    mean_logistic_cost does.
    """
    z = np.matmul(X, theta)
    # sigmoid(z) - y without the cancellation at y = 1
    residual = (1.0 - y) * sigmoid(z) - y * sigmoid(-z)
    return np.matmul(np.transpose(X), residual) / len(X)


def mean_logistic_cost_hess(theta, X):
    """Return the Hessian X^T diag(a (1 - a)) X / m of the mean logistic cost.

    theta: array (n,), the parameters. X: array (m, n). Result: array (n, n), float64. Domain:
    finite theta and X, m > 0; the targets do not enter. Raises ValueError if the lengths do not
    fit.
    """
    z = np.matmul(X, theta)
    # 1 - a is sigmoid(-z); the weights multiply rows, so that no m x m matrix is formed
    weights = sigmoid(z) * sigmoid(-z)
    return np.matmul(np.transpose(X), weights[:, np.newaxis] * X) / len(X)


# --8<-- [end:logistic_regression]
