"""Code of the page linear/linear_layer."""

# --8<-- [start:linear_layer]
import numpy as np


def linear_layer(X, W, b):
    """Return the output X W + b of a linear layer, one row for each example of the batch.

    X: array (m, n), an example in each row. W: array (n, k), a column for each output.
    b: array (k,). Result: array (m, k), float64 (float32 if all three are float32).
    Domain: finite entries. Raises ValueError if the lengths do not fit.
    """
    # the bias is added to every row: NumPy broadcasts where the formula has the column of ones
    return np.matmul(X, W) + b


def linear_layer_grad_X(G, W):
    """Return the gradient G W^T of the loss with respect to the inputs X.

    G: array (m, k), the gradient of the loss with respect to the output. W: array (n, k).
    Result: array (m, n), float64 (float32 if both are float32). Domain: finite entries.
    Raises ValueError if the lengths do not fit.
    """
    return np.matmul(G, np.transpose(W))


def linear_layer_grad_W(X, G):
    """Return the gradient X^T G of the loss with respect to the weights W.

    X: array (m, n). G: array (m, k), the gradient of the loss with respect to the output.
    Result: array (n, k), float64 (float32 if both are float32). Domain: finite entries.
    Raises ValueError if the lengths do not fit.
    """
    return np.matmul(np.transpose(X), G)


def linear_layer_grad_b(G):
    """Return the gradient of the loss with respect to the biases b, the column sums of G.

    G: array (m, k), the gradient of the loss with respect to the output. Result: array (k,), of
    the dtype of G. Domain: finite entries. Raises nothing.
    """
    # a sum and no mean: where the loss is a mean over the batch, G already holds its 1/m
    return np.sum(G, axis=0)


# --8<-- [end:linear_layer]
