"""Every gradient in snippets/ against automatic differentiation of its own forward function.

A gradient is any function named `X_grad` or `X_grad_<parameter>`; its forward function is the X of
the same module, and without a suffix it differentiates by X's first parameter. `X_jacobian` is the
derivative of an X that returns a vector, and `X_vjp` the product of its parameter `upstream` with
it. What a parameter may be follows from its name (see `points`), so a new snippet needs no line
here. A capital letter is a matrix; where there is one, or a gain or eps, the docstrings tell the
shapes, and which arguments are results of other functions. There a gradient that takes G, or delta,
is given the gradient of some loss with respect to X's result, and returns that of the loss.
"""

import inspect
import math
import re
import warnings
from functools import cache
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import autograd
import autograd.numpy
import numpy as np
import pytest
from autograd.extend import defvjp, primitive

SNIPPETS = Path(__file__).parent.parent / "snippets"
MODULES = sorted(path for path in SNIPPETS.rglob("*.py") if path.name != "__init__.py")
SECTION = re.compile(r"# --8<-- \[start:(\w+)\]\n(.*?)# --8<-- \[end:\1\]\n", re.DOTALL)
GRADIENT = re.compile(r"(?P<forward>\w+?)_(?:grad|jacobian|vjp)(?:_(?P<wrt>\w+))?")

RELATIVE = 1e-12
ABSOLUTE = 1e-300

LOGITS = (0.0, 1e-300, -1e-300, 0.5, -0.5, 37.0, -37.0, 745.0, -745.0, 1000.0, -1000.0)
PROBABILITIES = (1e-300, 1e-17, 0.3, 0.5, 1 - 2**-20, 1 - 2**-53)
TARGETS = (0.0, 0.25, 1.0)
POSITIVE = (1e-17, 0.5, 1.0, 30.0)
UPSTREAM = {"G", "delta"}

# autograd itself takes exp(z) from expm1(z) + 1, which keeps no digit far to the left
defvjp(autograd.numpy.expm1, lambda _, z: lambda g: g * autograd.numpy.exp(z))

# a function of the standard library that autograd does not know
erfc = primitive(np.vectorize(math.erfc, otypes=[float]))
defvjp(erfc, lambda _, z: lambda g: -2.0 / math.sqrt(math.pi) * g * autograd.numpy.exp(-z * z))


def pasted(path, numpy):
    """Return the functions that the shown part of a module defines in an empty namespace."""
    ((_, code),) = SECTION.findall(path.read_text(encoding="utf-8"))
    names = {}
    exec(compile(code, str(path), "exec"), names)
    names["np"] = numpy
    if numpy is autograd.numpy and "erfc" in names:
        names["erfc"] = erfc
    return SimpleNamespace(**{key: f for key, f in names.items() if inspect.isfunction(f)})


@cache
def plain(path):
    return pasted(path, np)


@cache
def differentiable(path):
    return pasted(path, autograd.numpy)


def names_of(function):
    return list(inspect.signature(function).parameters)


def call(function, given):
    return function(*(given[name] for name in names_of(function)))


def is_batch(names):
    return any(name.isupper() or name in {"gamma", "eps"} for name in names)


def functions():
    """Yield every function with the parameters that its points are made for."""
    for path in MODULES:
        for name, function in vars(plain(path)).items():
            match = GRADIENT.fullmatch(name)
            forward = getattr(plain(path), match["forward"]) if match else function
            names = list(dict.fromkeys([*names_of(forward), *names_of(function)]))
            label = f"{path.parent.name}/{path.stem}:{name}"
            yield pytest.param(path, name, names, id=label)


def gradients():
    """Yield every gradient with its forward function and the parameter it differentiates by."""
    for path, name, names in (case.values for case in functions()):
        if match := GRADIENT.fullmatch(name):
            wrt = match["wrt"] or names[0]
            label = f"{path.parent.name}/{path.stem}:{name}"
            yield pytest.param(path, match["forward"], name, wrt, names, id=label)


FUNCTIONS = list(functions())
GRADIENTS = list(gradients())
BATCHES = [
    case
    for case in FUNCTIONS
    if not is_batch(case.values[2]) and ("theta" not in case.values[2] or "x" in case.values[2])
]
WITH_INTEGERS = [case for case in FUNCTIONS if set(case.values[2]) <= {"z", "x", "y"}]
PREDICTIONS = [case for case in FUNCTIONS if "y_hat" in case.values[2]]
COSTS = [case for case in FUNCTIONS if case.values[2] == ["a", "y"] and "_grad" not in case.id]


def points(names):
    """Return arguments at random points and at corners of the domain that the names stand for."""
    if "logits" in names:
        found = class_points()
    elif "y_hat" in names:
        found = prediction_points()
    elif "theta" not in names:
        found = scalar_points(names)
    elif "x" in names:
        found = regression_points()
    else:
        found = layer_points()
    return [{name: given[name] for name in names} for given in found]


def scalar_points(names):
    """Return numbers: z and x real, 0 < a < 1, 0 <= y <= 1, alpha positive."""
    rng = np.random.default_rng(20190504)
    for _ in range(30):
        real = {"z": 4 * rng.normal(), "x": 4 * rng.normal()}
        yield {**real, "a": rng.uniform(), "y": rng.uniform(), "alpha": rng.exponential()}
    corners = {"z": LOGITS, "x": LOGITS, "a": PROBABILITIES, "y": TARGETS, "alpha": POSITIVE}
    for values in product(*(corners[name] for name in names)):
        yield dict(zip(names, values, strict=True))


def class_points():
    """Return logits, labels (one class, a smoothed one, any numbers) and upstream, by class."""
    rng = np.random.default_rng(20190504)
    for count, size in product((1, 2, 3, 5), (0.1, 1, 30, 1000)):
        one_hot = np.eye(count)[rng.integers(count)]
        for labels in (one_hot, 0.9 * one_hot + 0.1 / count, rng.normal(size=count)):
            logits, upstream = size * rng.normal(size=count), rng.normal(size=count)
            yield {"logits": logits, "labels": labels, "upstream": upstream}


def regression_points():
    """Return theta and x over j = 0, ..., n, with x[0] = 1, and a target y."""
    rng = np.random.default_rng(20190504)
    for n, size, y in product((1, 2, 5), (0.1, 1, 30, 1000), TARGETS):
        theta, x = size * rng.normal(size=n + 1), rng.normal(size=n + 1)
        x[0] = 1.0
        yield {"theta": theta, "x": x, "y": y}


def layer_points():
    """Return theta over i and j, the layer before over j, with a[0] = 1, and targets y over i."""
    rng = np.random.default_rng(20190504)
    for m, n, size in product((1, 2, 4), (1, 2, 5), (0.1, 1, 30, 1000)):
        theta, a = size * rng.normal(size=(m, n + 1)), rng.uniform(size=n + 1)
        a[0] = 1.0
        yield {"theta": theta, "a": a, "y": rng.choice(TARGETS, size=m)}


def prediction_points():
    """Return predictions y_hat and whole targets y over i, and a threshold delta for residuals.

    Among the residuals are 0, and delta with either sign.
    """
    rng = np.random.default_rng(20190504)
    for n, size, delta in product((1, 2, 5), (0.1, 1, 30, 1000), (0.5, 1.0, 30.0)):
        y = rng.integers(-3, 4, size=n).astype(float)
        residuals = np.append(size * rng.normal(size=2), (0.0, delta, -delta))
        yield {"y_hat": y + residuals[:n], "y": y, "delta": delta}


def documented(path, name):
    """Return the docstrings of a function's forward function and of itself, in one line."""
    match = GRADIENT.fullmatch(name)
    found = [match["forward"], name] if match else [name]
    return " ".join(" ".join(getattr(plain(path), key).__doc__ for key in found).split())


def batch_points(path, name):
    """Return arrays over m examples, n inputs and k outputs, as the docstrings describe them."""
    rng = np.random.default_rng(20190504)
    text = documented(path, name)
    described = re.findall(r"\b(\w+): array ((?:\([^)]*\)(?: or )?)+)", text)
    axes = {key: re.findall(r"\w+", forms.rpartition("(")[2]) for key, forms in described}
    results = re.findall(r"\b(\w+): array [^.]*?\), (\w+)\((\w+(?:, \w+)*)\)\.", text)
    for (m, n, k), size in product([(1, 1, 1), (2, 3, 1), (4, 2, 3), (3, 5, 2)], (0.1, 1, 1000)):
        length = {"m": m, "n": n, "k": k}
        given = {key: size * rng.normal(size=[length[axis] for axis in axes[key]]) for key in axes}
        if "y" in given:
            given["y"] = rng.choice(TARGETS, size=np.shape(given["y"]))
        given["eps"] = float(size**2)  # of the size of a variance: far from it, gradients cancel
        for key, function, arguments in results:
            given[key] = getattr(plain(path), function)(*(given[a] for a in arguments.split(", ")))
        yield given


def cases(path, name, names):
    """Return the points of a function that has, with its forward function, these parameters."""
    return batch_points(path, name) if is_batch(names) else points(names)


def automatic(path, forward, wrt, given):
    """Return the derivative of a forward function by one argument, from automatic differentiation.

    Where each output i has its own row i of the argument, only that row matters: the derivative
    has one axis i for both, and everything off this diagonal must be 0. With `upstream` given, the
    derivative is multiplied by it from the left; in a batch, it is that of the loss.
    """
    function = getattr(differentiable(path), forward)
    values = {name: given[name] for name in names_of(function)}
    loss = [given[name] for name in UPSTREAM & given.keys()] if is_batch(given) else []

    def output(value):
        result = function(**{**values, wrt: value})
        return autograd.numpy.sum(loss[0] * result) if loss else result

    jacobian = autograd.jacobian(output)(given[wrt])
    if loss:
        return jacobian
    if "upstream" in given:
        return np.matmul(given["upstream"], jacobian)
    if np.ndim(jacobian) < 3:
        return jacobian
    diagonal = np.einsum("iij->ij", jacobian)
    assert np.count_nonzero(jacobian) == np.count_nonzero(diagonal)
    return diagonal


def close(actual, expected, given):
    """Return whether a gradient has the expected shape and values.

    For a target that is neither 0 nor 1, a - y may cancel, on both sides, to a small number whose
    last digits are then rounding, and automatic differentiation of a softmax forms 1 - p, which
    cancels: there the error is measured against 0.01 at least.
    """
    if np.shape(actual) != np.shape(expected):
        return False
    cancels = "logits" in given or np.any(np.asarray(given.get("y", 0)) % 1 != 0)
    scale = np.maximum(np.abs(expected), 0.01) if cancels else np.abs(expected)
    return bool(np.all(np.abs(actual - expected) <= RELATIVE * scale + ABSOLUTE))


@pytest.mark.parametrize(("path", "forward", "gradient", "wrt", "names"), GRADIENTS)
def test_gradient_is_the_derivative_of_its_forward_function(path, forward, gradient, wrt, names):
    functions = plain(path)
    for given in cases(path, gradient, names):
        actual = call(getattr(functions, gradient), given)
        expected = automatic(path, forward, wrt, given)
        assert close(actual, expected, given), (given, actual, expected)


WRONG = {
    "sign": np.negative,
    "factor": lambda gradient: 2 * gradient,
    "offset": lambda gradient: gradient + 1,
    "near miss": lambda gradient: (1 + 1e-9) * gradient,
    "reversed": lambda gradient: gradient[..., ::-1] if np.ndim(gradient) else 1 - gradient,
    "shape": lambda gradient: np.reshape(gradient, (1, *np.shape(gradient))),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
@pytest.mark.parametrize(("path", "forward", "gradient", "wrt", "names"), GRADIENTS)
def test_a_wrong_gradient_is_refused(path, forward, gradient, wrt, names, wrong):
    functions = plain(path)
    for given in cases(path, gradient, names):
        actual = wrong(call(getattr(functions, gradient), given))
        if not close(actual, automatic(path, forward, wrt, given), given):
            return
    pytest.fail("the points do not tell the wrong gradient from the right one")


@pytest.mark.parametrize(("path", "name", "names"), FUNCTIONS)
def test_no_warning_no_infinity_and_no_change_of_the_input(path, name, names):
    function = getattr(plain(path), name)
    for given in cases(path, name, names):
        before = {key: np.copy(value) for key, value in given.items()}
        with warnings.catch_warnings(), np.errstate(over="raise", divide="raise", invalid="raise"):
            warnings.simplefilter("error")
            result = call(function, given)
        assert np.all(np.isfinite(result))
        assert np.result_type(result) == np.float64
        for key, value in given.items():
            np.testing.assert_array_equal(value, before[key])
            assert not np.shares_memory(result, value), f"the result is a view of {key}"


def shapes(given):
    return {key: np.shape(value) for key, value in given.items()}


@pytest.mark.parametrize(("path", "name", "names"), BATCHES)
def test_arrays_give_what_their_entries_give(path, name, names):
    function = getattr(plain(path), name)
    cases = points(names)
    shared = {key: cases[-1][key] for key in names if key in ("theta", "delta")}
    cases = [{**given, **shared} for given in cases if shapes(given) == shapes(cases[-1])]
    batch = {key: np.stack([given[key] for given in cases]) for key in names} | shared
    expected = np.stack([call(function, given) for given in cases])
    # not equal bit for bit: NumPy adds, and takes exp and log, of arrays in another order
    np.testing.assert_allclose(call(function, batch), expected, rtol=RELATIVE, atol=ABSOLUTE)


ROWS = [
    case
    for case in FUNCTIONS
    if "or (m, n)" in documented(*case.values[:2]) and "(k" not in documented(*case.values[:2])
]


@pytest.mark.parametrize(("path", "name", "names"), ROWS)
def test_a_batch_gives_its_examples_or_their_sum(path, name, names):
    """Rows of very different size tell a mean over the batch from one over the features."""
    rng = np.random.default_rng(20190504)
    text, function = documented(path, name), getattr(plain(path), name)
    sizes = np.array([1e-3, 1.0, 1e3])
    batch = {}
    for key in names_of(function):
        if re.search(rf"\b{key}: array \(n,\) or \(m, n\)", text):
            batch[key] = sizes[:, np.newaxis] * rng.normal(size=(3, 4))
        elif re.search(rf"\b{key}: a number or array \(m,\)", text):
            batch[key] = sizes
    shared = {
        key: rng.uniform(size=4) for key in names_of(function) if f"{key}: array (n,)," in text
    }
    shared |= {key: 1e-9 for key in names_of(function) if key not in batch and key not in shared}
    single = [call(function, shared | {k: v[i] for k, v in batch.items()}) for i in range(3)]
    result = call(function, shared | batch)
    expected = np.stack(single) if np.ndim(result) > np.ndim(single[0]) else np.sum(single, axis=0)
    np.testing.assert_allclose(result, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("path", "name", "names"), WITH_INTEGERS)
def test_integers_count_as_numbers(path, name, names):
    function = getattr(plain(path), name)
    integers = {"z": (-2, 0, 3), "x": (-2, 0, 3), "y": (0, 1)}
    for values in product(*(integers[key] for key in names)):
        result = function(*values)
        assert result == function(*map(float, values))
        assert np.result_type(result) == np.float64


@pytest.mark.parametrize(("path", "name", "names"), COSTS)
def test_zero_times_the_logarithm_of_zero_is_zero(path, name, names):
    with np.errstate(all="raise"):
        for end in (0.0, 1.0):
            assert getattr(plain(path), name)(end, end) == 0
        ends = np.array([0.0, 1.0])
        np.testing.assert_array_equal(getattr(plain(path), name)(ends, ends), [0, 0])


@pytest.mark.parametrize(("path", "name", "names"), PREDICTIONS)
def test_predictions_and_targets_of_different_shapes_are_refused(path, name, names):
    row, column = np.zeros(3), np.zeros((3, 1))
    for y_hat, y in ((row, column), (column, row)):
        with pytest.raises(ValueError, match="shape"):
            call(getattr(plain(path), name), {"y_hat": y_hat, "y": y, "delta": 1.0})


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_shown_part_is_the_whole_module(path):
    source = path.read_text(encoding="utf-8")
    ((name, code),) = SECTION.findall(source)
    assert name == path.stem
    assert re.match(r"(import \w+\n+)?import numpy as np\n", code)
    outside = SECTION.sub("", source).strip()
    assert re.fullmatch(r'"""[^"]+"""', outside), "a docstring stands outside, and nothing else"


@pytest.mark.parametrize(("path", "name", "names"), FUNCTIONS)
def test_the_docstring_says_what_a_caller_must_know(path, name, names):
    function = getattr(plain(path), name)
    text = inspect.getdoc(function)
    first, _, rest = text.partition("\n\n")
    assert first.startswith("Return ")
    assert first.endswith(".")
    assert re.search(r"\bResult: ", rest)
    assert re.search(r"\bRaises ", rest)
    for parameter in names_of(function):
        assert re.search(rf"\b{parameter}\b[^.]*: ", rest), parameter


def test_there_are_gradients_to_test():
    assert len(GRADIENTS) >= len(MODULES) > 0
