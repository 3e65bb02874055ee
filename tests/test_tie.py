"""Code beside formulas: small pages with a fence, and what is said of each function."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from mathlint.check import check_paths, check_text
from mathlint.errors import Unread
from mathlint.report import SnippetCheck
from mathlint.settings import Settings
from mathlint.tie import computed

STRICT = Settings(undeclared="error", seed=1)
SIGMOID = r"""
For $z \in \mathbb{R}$ let

$$
\sigma(z) = \dfrac{1}{1+e^{-z}}
$$

$$
\dfrac{d}{dz}\sigma(z) = \sigma(z)(1-\sigma(z))
$$
"""
SQUARE = r"""
For $x \in \mathbb{R}$ let $s = x^2$. Then $\dfrac{ds}{dx} = 2x$.
"""
RATIO = r"""
For $x \in (1, 2)$ let $r = \dfrac{1}{x}$. Then $\dfrac{dr}{dx} = -\dfrac{1}{x^2}$.
"""
LINEAR = r"""
Let $n \in \mathbb{N}$, $w \in \mathbb{R}^n$, $x \in \mathbb{R}^n$, $j = 1, \dots, n$ and

$$
s = w_1x_1 + \dots + w_nx_n
$$

$$
\dfrac{\partial s}{\partial w_j} = x_j
$$
"""
MATRIX = r"""
Let $m \in \mathbb{N}$, $n \in \mathbb{N}$, $w \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$,
$i = 1, \dots, m$, $j = 1, \dots, n$ and

$$
u_i = \sum_{k=1}^{n} w_{ik}x_k
$$

$$
\dfrac{\partial u_i}{\partial w_{ij}} = x_j
$$
"""
CHAIN = r"""
For $z \in \mathbb{R}$ and $y \in [0, 1]$ let

$$
\begin{aligned}
a &= \dfrac{1}{1+e^{-z}} \\
C &= -y\ln(a) - (1-y)\ln(1-a)
\end{aligned}
$$

so that $a \in (0, 1)$ and

$$
\dfrac{dC}{da} = \dfrac{a-y}{a(1-a)}
$$
"""


def checks(page: str, computes: str, body: str) -> tuple[SnippetCheck, ...]:
    """What is said of the functions of a page that embeds a module with this body."""
    code = "import numpy as np\n\n\n" + body.strip("\n") + "\n"
    text = f'{page}\n```python computes="{computes}"\n--8<-- "code.py"\n```\n'
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "code.py").write_text(code, encoding="utf-8")
        return check_text(text, "page.md", replace(STRICT, snippets=Path(folder))).snippets


def tied(page: str, computes: str, body: str) -> SnippetCheck:
    (check,) = checks(page, computes, body)
    return check


def outcome(check: SnippetCheck) -> str:
    return f"{check.verdict} {check.code}".rstrip()


SIGMA = r"f(z) = \sigma(z)"
STABLE = "def f(z):\n    e = np.exp(-np.abs(z))\n    return np.where(z >= 0, 1.0, e) / (1.0 + e)"

GREEN = [
    (SIGMOID, SIGMA, STABLE),
    (SIGMOID, r"f(z) = \sigma(-z)", STABLE.replace("z >= 0", "z <= 0")),
    (SIGMOID, r"f(t=z) = \sigma(z)", STABLE.replace("z", "t")),
    (SQUARE, "f(x) = s", "def f(x):\n    return x * x"),
    (SQUARE, r"f(x) = \dfrac{ds}{dx}", "def f(x):\n    return 2.0 * x"),
    (RATIO, "f(x) = r", "def f(x):\n    return 1.0 / x"),
    (LINEAR, "f(w, x) = s", "def f(w, x):\n    return np.dot(w, x)"),
    (LINEAR, r"f(x) = \dfrac{\partial s}{\partial w_j}", "def f(x):\n    return np.copy(x)"),
    (MATRIX, "f(w, x) = u_i", "def f(w, x):\n    return w @ x"),
    (
        MATRIX,
        r"f(w, x) = \dfrac{\partial u_i}{\partial w_{ij}}",
        "def f(w, x):\n    return np.ones_like(w) * x",
    ),
    (
        CHAIN,
        r"f(a, y) = \dfrac{dC}{da}",
        "def f(a, y):\n"
        "    with np.errstate(over='ignore'):\n"
        "        return (a - y) / (a * (1.0 - a))",
    ),
]


def labelled(rows: list[tuple[str, str, str]]) -> list[object]:
    return [pytest.param(*row, id=f"{row[1]}: {row[2].splitlines()[-1].strip()}") for row in rows]


@pytest.mark.parametrize(("page", "computes", "body"), labelled(GREEN))
def test_right_code_is_green(page: str, computes: str, body: str) -> None:
    check = tied(page, computes, body)
    assert outcome(check) == "numeric", check.message
    assert check.samples > 0
    assert check.worst_relative <= 1e-12


REFUTED = [
    # right for short arrays alone
    (LINEAR, "f(w, x) = s", "def f(w, x):\n    return np.dot(w[:3], x[:3])"),
    (MATRIX, "f(w, x) = u_i", "def f(w, x):\n    return w[:, :5] @ x[:5]"),
    # values
    (SIGMOID, SIGMA, STABLE.replace("1.0, e", "e, 1.0")),
    (SIGMOID, SIGMA, STABLE + " * (1 + 1e-11)"),
    (SIGMOID, SIGMA, "def f(z):\n    return np.where(z > 30, 1.0, 1.0 / (1.0 + np.exp(-z)))"),
    (
        SIGMOID,
        SIGMA,
        "def f(z):\n    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z))) + 0 * z".replace(
            "+ 0 * z", "- 1e-13"
        ),
    ),
    (SIGMOID, r"f(z) = \dfrac{d}{dz}\sigma(z)", STABLE),
    (SIGMOID, r"f(z) = \dfrac{d}{dz}\sigma(z)", "def f(z):\n    return z * (1.0 - z)"),
    (SQUARE, "f(x) = s", "def f(x):\n    return x * abs(x)"),
    (SQUARE, "f(x) = s", "def f(x):\n    return np.where(x == 1.0, 2.0, x * x)"),
    (SQUARE, "f(x) = s", "def f(x):\n    return np.where(abs(x) < 1e-7, 0.0, x * x)"),
    (SQUARE, "f(x) = s", "def f(x):\n    return np.where(abs(x) > 100, 1e4, x * x)"),
    (SQUARE, "f(x) = s", "def f(x):\n    return np.float64(np.float32(x) ** 2)"),
    (SQUARE, r"f(x) = \dfrac{ds}{dx}", "def f(x):\n    return x"),
    (LINEAR, "f(w, x) = s", "def f(w, x):\n    return np.dot(w[1:], x[1:])"),
    (LINEAR, "f(w, x) = s", "def f(w, x):\n    return np.dot(w, x[::-1])"),
    (LINEAR, "f(w, x) = s", "def f(w, x):\n    return np.mean(w * x)"),
    (MATRIX, "f(w, x) = u_i", "def f(w, x):\n    return np.resize(w.T, w.shape) @ x"),
    # special values
    (
        SIGMOID,
        SIGMA,
        "def f(z):\n    return np.where(np.isfinite(z), 1.0 / (1.0 + np.exp(-z)), 0.0)",
    ),
    (SIGMOID, SIGMA, "def f(z):\n    return np.float64('nan') * z"),
    (SQUARE, "f(x) = s", "def f(x):\n    return np.inf + x"),
    # warnings and exceptions
    (SIGMOID, SIGMA, "def f(z):\n    return 1.0 / (1.0 + np.exp(-z))"),
    (SIGMOID, SIGMA, "def f(z):\n    return np.exp(z) / (1.0 + np.exp(z))"),
    (SQUARE, "f(x) = s", "def f(x):\n    raise ValueError('no')"),
    (SQUARE, "f(x) = s", "def f(x):\n    return x * x if x else 0.0"),
    (
        SQUARE,
        "f(x) = s",
        "import warnings\n\ndef f(x):\n    warnings.warn('deprecated')\n    return x * x",
    ),
    (SQUARE, "f(x) = s", "def f(x):\n    return x * x + 0.0 * np.log(np.abs(x))"),
    # shapes and types
    (SQUARE, "f(x) = s", "def f(x):\n    return np.atleast_1d(x * x)"),
    (SQUARE, "f(x) = s", "def f(x):\n    return np.sum(x * x)"),
    (SQUARE, "f(x) = s", "def f(x):\n    return np.longdouble(x) * x"),
    (SQUARE, "f(x) = s", "def f(x):\n    return None"),
    (SQUARE, "f(x) = s", "def f(x):\n    return str(x * x)"),
    (SQUARE, "f(x) = s", "def f(x):\n    return x * x + 0j"),
    (LINEAR, "f(w, x) = s", "def f(w, x):\n    return w * x"),
    (LINEAR, r"f(x) = \dfrac{\partial s}{\partial w_j}", "def f(x):\n    return x[:, np.newaxis]"),
    (
        MATRIX,
        r"f(w, x) = \dfrac{\partial u_i}{\partial w_{ij}}",
        "def f(w, x):\n    return (np.ones_like(w) * x).T",
    ),
    (
        MATRIX,
        r"f(w, x) = \dfrac{\partial u_i}{\partial w_{ij}}",
        "def f(w, x):\n    return np.copy(x)",
    ),
    # what a caller does not expect
    (SQUARE, "f(x) = s", "def f(x):\n    x *= x\n    return x * 1.0"),
    (LINEAR, r"f(x) = \dfrac{\partial s}{\partial w_j}", "def f(x):\n    return x"),
    (LINEAR, r"f(x) = \dfrac{\partial s}{\partial w_j}", "def f(x):\n    return x[:]"),
    (LINEAR, "f(w, x) = s", "def f(w, x):\n    w.sort()\n    return np.dot(w, x)"),
    # names
    (SQUARE, "f(x) = s", "def g(x):\n    return x * x"),
    (SQUARE, "f(x) = s", "f = 3"),
    (SQUARE, "f(x) = s", "def f(t):\n    return t * t"),
    (SQUARE, "f(x) = s", "def f(x, y):\n    return x * x"),
    (SQUARE, "f(x) = s", "def f(x):\n    return square(x)"),
    (SQUARE, "f(x) = s", "from nowhere import square as f"),
    (SQUARE, "f(x) = s", "def f(x)\n    return x * x"),
    # quantities that need more than the arguments
    (LINEAR, "f(x) = s", "def f(x):\n    return np.sum(x)"),
]


@pytest.mark.parametrize(("page", "computes", "body"), labelled(REFUTED))
def test_wrong_code_is_refuted(page: str, computes: str, body: str) -> None:
    check = tied(page, computes, body)
    assert outcome(check) == "refuted ML403", check.message
    assert check.message


UNREAD = [
    (SQUARE, "f(x)"),
    (SQUARE, "f = s"),
    (SQUARE, "= s"),
    (SQUARE, "f(x) ="),
    (SQUARE, "f(2) = s"),
    (SQUARE, "f(x) = q"),
    (SQUARE, r"f(x) = \foo"),
    (SQUARE, "f(q) = s"),
    (SQUARE, r"f(x=x^2) = s"),
    (SQUARE, r"f(x) = \dfrac{dq}{dx}"),
    (SQUARE, r"f(x) = \dfrac{ds}{dx"),
    (SQUARE, r"f(x) = \dfrac{d^2s}{dx^2}"),
    (SIGMOID, r"f(z) = \tau(z)"),
    (LINEAR, r"f(x) = \dfrac{\partial s}{\partial x_j}"),
]


@pytest.mark.parametrize(("page", "computes"), UNREAD)
def test_a_header_that_cannot_be_read_is_a_finding(page: str, computes: str) -> None:
    check = tied(page, computes, "def f(x=0, z=0):\n    return x * x + z")
    assert check.verdict in ("unread", "undecided", "refuted")
    assert check.code
    assert check.message


HEADERS = [
    ("python", []),
    (r'python computes="f(x) = x"', [("f", (("x", "x"),), "x")]),
    (
        r'python title="a" computes="f(theta, a=a^{(l-1)}) = z^{(l)}_i" linenums="1"',
        [("f", (("theta", r"\theta"), ("a", "a^{(l-1)}")), "z^{(l)}_i")],
    ),
    (
        r'python computes="f(x) = g(x); h(y) = \dfrac{d}{dy}g(y)"',
        [("f", (("x", "x"),), "g(x)"), ("h", (("y", "y"),), r"\dfrac{d}{dy}g(y)")],
    ),
    (r'python computes="f(x) = a\;b"', [("f", (("x", "x"),), r"a\;b")]),
    ('python computes="f() = s"', [("f", (), "s")]),
    ('python computes=""', []),
]


@pytest.mark.parametrize(("info", "expected"), HEADERS)
def test_a_header(info: str, expected: list[object]) -> None:
    assert [(c.function, c.parameters, c.latex) for c in computed(info)] == expected


@pytest.mark.parametrize("text", ["f", "f(x)", "f(2x) = y", "f(x = y", "1(x) = y"])
def test_a_malformed_header_is_refused(text: str) -> None:
    with pytest.raises(Unread) as caught:
        computed(f'python computes="{text}"')
    assert caught.value.code == "ML401"


def test_a_finding_stands_at_its_function_in_the_header() -> None:
    header = r"f(x) = s; g(x) = \dfrac{ds}{dx}"
    first, second = checks(
        SQUARE, header, "def f(x):\n    return x * x\n\n\ndef g(x):\n    return x"
    )
    line = SQUARE.count("\n") + 2
    assert (first.line, first.column, outcome(first)) == (line, 21, "numeric")
    assert (second.line, second.column, outcome(second)) == (line, 31, "refuted ML403")


def test_code_that_is_not_embedded_is_not_run() -> None:
    text = f'{SQUARE}\n```python computes="f(x) = s"\nraise SystemExit\n```\n'
    (check,) = check_text(text, "page.md", STRICT).snippets
    assert outcome(check) == "unread ML401"


def test_the_printed_result_is_compared_beside_the_definition() -> None:
    """Wrong code that repeats a wrong line agrees with it, and with the definition it does not."""
    page = SQUARE.replace("2x", "3x")
    code = "def f(x):\n    return {}.0 * x"
    for factor in (2, 3):
        check = tied(page, r"f(x) = \dfrac{ds}{dx}", code.format(factor))
        assert outcome(check) == "refuted ML403"


def test_an_intermediate_name_as_argument_is_held() -> None:
    good = tied(CHAIN, "f(a, y) = C", "def f(a, y):\n    return cost(a, y)\n\n\n" + COST)
    assert outcome(good) == "numeric", good.message


COST = """
def cost(a, y):
    log_a = np.log(np.where(y == 0, 1.0, a))
    log_b = np.log1p(-np.where(y == 1, 0.0, a))
    return -y * log_a - (1.0 - y) * log_b
"""


def test_the_worst_error_is_measured() -> None:
    check = tied(SQUARE, "f(x) = s", "def f(x):\n    return x * x * (1 + 2.0**-42)")
    assert outcome(check) == "numeric"
    assert check.worst_relative == pytest.approx(2.0**-42, rel=0.01)
    assert check.worst_ulps > 500


# -- files --------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets" / "square.py").write_text(
        "# --8<-- [start:square]\ndef f(x):\n    return x * x\n# --8<-- [end:square]\n",
        encoding="utf-8",
    )
    return tmp_path


def run(folder: Path, page: str) -> list[str]:
    (folder / "docs" / "page.md").write_text(page, encoding="utf-8")
    settings = replace(STRICT, snippets=folder / "snippets")
    return [outcome(check) for check in check_paths([folder / "docs"], settings).snippets]


def embedding(what: str, computes: str = ' computes="f(x) = s"') -> str:
    return f'{SQUARE}\n```python{computes}\n--8<-- "{what}"\n```\n'


def test_an_embedded_section_is_run(folder: Path) -> None:
    assert run(folder, embedding("square.py:square")) == ["numeric"]


@pytest.mark.parametrize("what", ["square.py:circle", "circle.py:square"])
def test_a_missing_section_is_a_finding(folder: Path, what: str) -> None:
    assert "refuted ML403" in run(folder, embedding(what))


def test_embedded_code_says_what_it_computes(folder: Path) -> None:
    assert "unread ML401" in run(folder, embedding("square.py:square", ""))


def test_a_function_that_no_page_embeds_is_a_finding(folder: Path) -> None:
    assert run(folder, SQUARE) == ["unread ML404"]


def test_every_function_that_is_embedded_is_tied(folder: Path) -> None:
    path = folder / "snippets" / "square.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("# --8<-- [end", "def g(x):\n    return x\n# --8<-- [end"), "utf-8"
    )
    assert run(folder, embedding("square.py:square")) == ["numeric", "unread ML404"]
