"""Tokens and expressions in rows: TeX, and the tree in plain text or the error and its place."""

from __future__ import annotations

import pytest

from mathlint.errors import Unread
from mathlint.parser import Parser
from mathlint.plain import plain
from mathlint.syntax import walk
from mathlint.tokens import tokenize

FUNCTIONS = frozenset({"f", "g", r"\sigma"})


def tree(tex: str) -> str:
    return plain(Parser(tokenize(tex), lambda name: name in FUNCTIONS).whole())


# -- tokens -------------------------------------------------------------------------------------

TOKENS = [
    ("", []),
    ("x", [("name", "x", 0, 1)]),
    (r"\theta", [("name", r"\theta", 0, 6)]),
    ("12.5", [("number", "12.5", 0, 4)]),
    ("1.", [("number", "1", 0, 1), (".", ".", 1, 2)]),
    ("a  b", [("name", "a", 0, 1), ("name", "b", 3, 4)]),
    (r"a\,b", [("name", "a", 0, 1), ("name", "b", 3, 4)]),
    (r"a\;b", [("name", "a", 0, 1), ("name", "b", 3, 4)]),
    (r"\left(x\right)", [("open", "(", 0, 6), ("name", "x", 6, 7), ("close", "(", 7, 14)]),
    (r"\{x\}", [("open", "{", 0, 2), ("name", "x", 2, 3), ("close", "{", 3, 5)]),
    (r"\cdot\times", [("operator", "*", 0, 5), ("operator", "*", 5, 11)]),
    (r"\theta*x", [("name", r"\theta", 0, 6), ("operator", "*", 6, 7), ("name", "x", 7, 8)]),
    (r"\le", [("relation", "<=", 0, 3)]),
    (":=", [("relation", ":=", 0, 2)]),
    (r"\ldots", [("dots", r"\dots", 0, 6)]),
    (r"\textcolor{red}{x}", [("{", "{", 15, 16), ("name", "x", 16, 17), ("}", "}", 17, 18)]),
    (r"\text{sum rule}", [("text", "sum rule", 0, 15)]),
    (r"\mathbf{x}", [("name", r"\mathbf{x}", 0, 10)]),
    (r"\mathrm{d}", [("name", "d", 0, 10)]),
    ("a% a comment = b", [("name", "a", 0, 1)]),
]


@pytest.mark.parametrize(("tex", "expected"), TOKENS)
def test_tokens(tex: str, expected: list[tuple[str, str, int, int]]) -> None:
    assert [(t.kind, t.text, t.start, t.end) for t in tokenize(tex)] == expected


# -- trees --------------------------------------------------------------------------------------

TREES = {
    "names and numbers": [
        ("x", "x"),
        (r"\theta", "theta"),
        ("12", "12"),
        ("0.25", "1/4"),
        (r"\mathbf{x}", "mathbf{x}"),
        (r"\hat{y}_i", "hat{y}[i]"),
        (r"\mathrm{d}x", "d * x"),
    ],
    "sums and signs": [
        ("a + b", "a + b"),
        ("a - b - c", "a - b - c"),
        ("a - (b - c)", "a - (b - c)"),
        ("-a + b", "- a + b"),
        ("+a", "a"),
        ("a + -b", "a - b"),
        ("--a", "- (- a)"),
        ("-a b", "- (a * b)"),
        (r"a \cdot -b", "a * (- b)"),
        ("-x^2", "- (x ^ (2))"),
        ("(-x)^2", "(- x) ^ (2)"),
    ],
    "products and fractions": [
        ("ab", "a * b"),
        ("2x y", "2 * x * y"),
        (r"\theta*-1", "theta * (- 1)"),
        (r"a \times b * c", "a * b * c"),
        (r"a\,b\;c\!d~e", "a * b * c * d * e"),
        ("a/b", "a / b"),
        ("ab/c", "(a * b) / c"),
        ("a/(bc)", "a / (b * c)"),
        (r"\frac12", "1 / 2"),
        (r"\frac ab", "a / b"),
        (r"\dfrac{a+b}{c}d", "((a + b) / c) * d"),
        (r"\dfrac{a}{b}^2", "(a / b) ^ (2)"),
        ("{a+b}c", "(a + b) * c"),
        ("[a+b]c", "(a + b) * c"),
        (r"\bigl(a+b\bigr)c", "(a + b) * c"),
        (r"\left(a+b\right)\left[c\right]", "(a + b) * (c)"),
        (r"\boxed{a+b}c", "(a + b) * c"),
        (r"\textcolor{red}{a+b}c", "(a + b) * c"),
        (r"\color{red}{a}b", "(a) * b"),
    ],
    "powers": [
        ("x^2y", "(x ^ (2)) * y"),
        ("x^{10}", "x ^ (10)"),
        ("x^{-1}", "x ^ (- 1)"),
        ("a+b^2", "a + (b ^ (2))"),
        ("(a+b)^2", "(a + b) ^ (2)"),
        ("{x^2}^3", "(x ^ (2)) ^ (3)"),
        ("x^{y^z}", "x ^ (y ^ (z))"),
        ("e^{-z}", "e ^ (- z)"),
        ("e^x y", "(e ^ (x)) * y"),
        ("f(x)^2", "f(x) ^ (2)"),
        ("f^2(x)", "f(x) ^ (2)"),
        (r"\ln^2(a)", "ln(a) ^ (2)"),
        (r"x^\top", "transpose(x)"),
        (r"X^{\top}y", "(transpose(X)) * y"),
    ],
    "indices are no powers": [
        ("x_1", "x[1]"),
        ("x_{12}", "x[12]"),
        ("x_{ij}", "x[i, j]"),
        ("x_{ji}", "x[j, i]"),
        ("x_{1,2}", "x[1, 2]"),
        ("x_{j-1}", "x[j - 1]"),
        (r"x_{i\,n_l}", "x[i, n[l]]"),
        ("x_i^2", "x[i] ^ (2)"),
        ("x^2_i", "x[i] ^ (2)"),
        ("a^{(l)}", "a^(l)"),
        ("a^{[l]}", "a^(l)"),
        ("a^{(2)}", "a^(2)"),
        ("a^{l}", "a ^ (l)"),
        ("a^{(l-1)}_j", "a^(l - 1)[j]"),
        ("a_j^{(l-1)}", "a^(l - 1)[j]"),
        (r"\theta^{(l-1)}_{ij}a^{(l-1)}_j", "theta^(l - 1)[i, j] * a^(l - 1)[j]"),
        (r"x_{\text{max}}", r"x_{\mathrm{max}}"),
        (r"x_{\mathrm{in}}", r"x_{\mathrm{in}}"),
        (r"x^{\text{new}}_i", r"x^{new}[i]"),
        (r"e^{\mathrm{gain}}", r"e ^ (mathrm{gain})"),
    ],
    "a call or a product, by what is a function": [
        ("a(1-a)", "a * (1 - a)"),
        ("f(x)", "f(x)"),
        ("f(x, y)", "f(x, y)"),
        (r"\sigma(z)(1-\sigma(z))", "sigma(z) * (1 - sigma(z))"),
        (r"\sigma\left(z\right)", "sigma(z)"),
        (r"\sigma z", "sigma * z"),
        ("g(f(x))", "g(f(x))"),
        ("f'(x)", "f'(x)"),
        ("f''(x)", "f''(x)"),
        (r"\operatorname{h}(z)", "mathrm{h} * (z)"),
    ],
    "functions with a name of their own": [
        (r"\ln(a)b", "ln(a) * b"),
        (r"\ln a + b", "ln(a) + b"),
        (r"\ln 2a", "ln(2 * a)"),
        (r"\ln a^2", "ln(a ^ (2))"),
        (r"\ln(a)^2", "ln(a) ^ (2)"),
        (r"\sin x \cos x", "sin(x) * cos(x)"),
        (r"\max(0, x)", "max(0, x)"),
        (r"\sqrt{x}y", "sqrt(x) * y"),
        (r"\sqrt 2", "sqrt(2)"),
        ("|x|y", "abs(x) * y"),
        ("|x||y|", "abs(x) * abs(y)"),
        ("|a-|b||", "abs(a - abs(b))"),
        (r"\left|x\right|", "abs(x)"),
        (r"\lvert x \rvert", "abs(x)"),
        (r"\langle x, y + 1 \rangle^2", "inner product(x, y + 1) ^ (2)"),
    ],
    "norms": [
        (r"\|x\|", "norm(x)"),
        (r"\|x\|_{\mathrm{F}}", "normF(x)"),
        (r"\parallel x \parallel^2", "(norm(x)) ^ (2)"),
        (r"|x|_2^2 + |y|_1", "((norm2(x)) ^ (2)) + (norm1(y))"),
        (r"|x|^2_2", "(norm2(x)) ^ (2)"),
        (r"\mid\mid x - y \mid\mid^2", "(norm(x - y)) ^ (2)"),
        (r"\left|\left| x - y \right|\right|_2", "norm2(x - y)"),
        (r"\|\|x\|\|_F^2", "(normF(x)) ^ (2)"),
    ],
    "fonts and spellings": [
        (r"\boldsymbol\alpha \bold x", r"mathbf{\alpha} * mathbf{x}"),
        (r"\mathbf{x_i}^T \mathbf{W^{(1)}}", "(transpose(mathbf{x}[i])) * mathbf{W}^(1)"),
        (r"\mathrm{~s}_{t-1}", "mathrm{s}[t - 1]"),
        (r"{\cal L}", "mathcal{L}"),
        (r"a \kern 3pt + \large b", "a + b"),
        (r"\bigtriangledown_x f(x)", "derivative of [f(x)] by [x]"),
        (r"\frac 1 2 \tfrac12", "(1 / 2) * (1 / 2)"),
    ],
    "a derivative binds the next factor alone": [
        (r"\dfrac{d}{dz}(x)(y)", "(derivative of [x] by [z]) * (y)"),
        (r"\dfrac{d}{dz} x + y", "(derivative of [x] by [z]) + y"),
        (r"\dfrac{d}{dz} x^2", "derivative of [x ^ (2)] by [z]"),
        (r"\dfrac{d}{dz} \tfrac12 x^2 + y", "(derivative of [(1 / 2) * (x ^ (2))] by [z]) + y"),
        (
            r"\dfrac{d}{du}\left(\dfrac1u\right)\dfrac{du}{dz}",
            "(derivative of [1 / u] by [u]) * (derivative of [u] by [z])",
        ),
        (
            r"-\dfrac{1}{(1+e^{-z})^2} \dfrac{d}{dz}(1+e^{-z})",
            "- ((1 / ((1 + (e ^ (- z))) ^ (2))) * (derivative of [1 + (e ^ (- z))] by [z]))",
        ),
        (r"-y\dfrac{d}{da}\ln(a)", "- (y * (derivative of [ln(a)] by [a]))"),
    ],
    "derivatives": [
        (r"\dfrac{dC}{da}", "derivative of [C] by [a]"),
        (r"\frac{\mathrm{d}C}{\mathrm{d}a}", "derivative of [C] by [a]"),
        (r"\dfrac{\partial z}{\partial\theta_j}", "derivative of [z] by [theta[j]]"),
        (
            r"\dfrac{\partial z^{(l)}_i}{\partial\theta^{(l-1)}_{ij}}",
            "derivative of [z^(l)[i]] by [theta^(l - 1)[i, j]]",
        ),
        (r"\dfrac{d f(x)}{dx}", "derivative of [f(x)] by [x]"),
        (r"\dfrac{{\partial{y_1}}}{{\partial{x_1}}}", "derivative of [y[1]] by [x[1]]"),
        (r"\vec{\nabla}_x f(x)", "derivative of [f(x)] by [x]"),
        (r"\boldsymbol\nabla_x f(x)", "derivative of [f(x)] by [x]"),
        (r"\dfrac{d(ab)}{dz}", "derivative of [a * b] by [z]"),
        (r"\dfrac{d^2 C}{dz^2}", "derivative of [C] by [z, z]"),
        (r"\dfrac{d^2}{dz^2}(z^3)", "derivative of [z ^ (3)] by [z, z]"),
        (r"\dfrac{\partial^2 C}{\partial x \, \partial y}", "derivative of [C] by [x, y]"),
        (r"\dfrac{d}{y}", "d / y"),
        (r"\dfrac{dx}{y}", "(d * x) / y"),
    ],
    "sums, dots and cases": [
        (r"\sum_{i=1}^n x_i + 1", "(sum over i from 1 to n of [x[i]]) + 1"),
        (r"\sum_{i=1}^n x_i y_i", "sum over i from 1 to n of [x[i] * y[i]]"),
        (r"2\sum_{i=1}^n x_i", "2 * (sum over i from 1 to n of [x[i]])"),
        (r"-\sum_{q=1}^{n_L} y_q", "- (sum over q from 1 to n[L] of [y[q]])"),
        (r"\sum\limits_{i,j} x_{ij}", "sum over i, j of [x[i, j]]"),
        (r"\sum_{i \ne j} x_i", "sum over i with i != j of [x[i]]"),
        (r"\prod_{i=1}^n x_i", "prod over i from 1 to n of [x[i]]"),
        (r"x_0 + x_1 + \ldots + x_n", "x[0] + x[1] + ... + x[n]"),
        (
            r"\begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}",
            "x if x > 0; 0 if otherwise",
        ),
        (
            r"\begin{cases} x, & \text{if } x > 0, \\ -x, & \text{if } x \le 0. \end{cases}",
            "x if x > 0; - x if x <= 0",
        ),
        (r"\mathbb{1}[x > 0]", "1 if x > 0 else 0"),
        (r"\mathds{1}_{x > 0}", "1 if x > 0 else 0"),
        (r"[\![x > 0]\!]y", "(1 if x > 0 else 0) * y"),
        ("1[x > 0] - y", "(1 if x > 0 else 0) - y"),
        ("1(x > 0)y", "(1 if x > 0 else 0) * y"),
        (r"\Sigma^n_{i=1} x_i", "sum over i from 1 to n of [x[i]]"),
        (r"\Sigma_i x", "Sigma[i] * x"),
        (
            r"\left\{ \begin{matrix*}[l] x & x > 0 \\ 0 & x <= 0 \end{matrix*} \right.",
            "x if x > 0; 0 if x <= 0",
        ),
        (
            r"\left\{ \begin{array}{ll} x & x > 0 \\ 0 & oth. \end{array} \right.",
            "x if x > 0; 0 if otherwise",
        ),
        (r"\cases{x & x > 0 \cr 0 & otherwise}", "x if x > 0; 0 if otherwise"),
        (r"\pmatrix{a & b \cr c & d}", "[a, b; c, d]"),
    ],
}
ROWS = [pytest.param(*row, id=row[0]) for rows in TREES.values() for row in rows]


@pytest.mark.parametrize(("tex", "expected"), ROWS)
def test_a_tree_in_plain_text(tex: str, expected: str) -> None:
    assert tree(tex) == expected


SAME = [
    ("e^{-z}", "e^{- z}"),
    (r"\dfrac{a}{b}", r"\frac{a}{b}"),
    (r"\dfrac{a}{b}", r"\tfrac ab"),
    (r"\left(a+b\right)c", "(a+b)c"),
    ("a_j^{(l)}", "a^{(l)}_j"),
    (r"\dfrac{dC}{da}", r"\dfrac{\mathrm{d}C}{\mathrm{d}a}"),
    (r"\dfrac{\partial C}{\partial a}", r"\dfrac{dC}{da}"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_typography_makes_no_difference(one: str, other: str) -> None:
    assert tree(one) == tree(other)


DIFFERENT = [
    ("x_{ij}", "x_{ji}"),
    ("a^{(l)}", "a^{l}"),
    ("a^{(l-1)}", "a^{(l)}"),
    ("-x^2", "(-x)^2"),
    ("a(b+c)", "ab+c"),
    ("f(x)", "g(x)"),
    (r"\dfrac{d}{dz}(x)(y)", r"\dfrac{d}{dz}((x)(y))"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_a_reader_tells_apart_is_not_the_same(one: str, other: str) -> None:
    assert tree(one) != tree(other)


# -- errors -------------------------------------------------------------------------------------

ERRORS = [
    # what the reader cannot see
    ("x\x0c = x", 1, "an invisible character stands here"),
    ("x = \x1fx", 4, "an invisible character stands here"),
    (r"x \mathbin \mathbf{y}", 2, "needs an argument in braces"),
    (r"x \mathbin", 2, "needs an argument in braces"),
    (r"x \textcolor{red}", 2, "needs something to colour"),
    (r"\textcolor{red}\\x", 0, "needs something to colour"),
    (r"\textcolor{r|d}{x}", 0, "is no colour"),
    # what is left open
    ("", 0, "something is missing"),
    ("a +", 3, "something is missing"),
    ("(a", 2, "something is missing"),
    (r"\left( a", 0, "has no"),
    ("a)", 1, "does not belong here"),
    ("(a]", 0, "closed by another kind"),
    (r"\left(a\right.", 0, "closed by another kind"),
    ("{a", 0, "never closed"),
    ("a}", 1, "closes nothing"),
    ("{}", 0, "empty braces"),
    ("x_{}", 1, "empty subscript"),
    ("|x", 2, "something is missing"),
    (r"\begin{cases} x & x > 0", 0, "never closed"),
    (r"\dfrac{a}", 9, "something is missing"),
    (r"\textcolor{red}", 0, "needs something to colour"),
    (r"\text{a", 5, "never closed"),
    # what a reader could read in two ways
    ("a/b/c", 1, "ambiguous"),
    ("a/bc", 3, "ambiguous"),
    ("x^2^3", 3, "ambiguous"),
    (r"\ln ab", 5, "ambiguous"),
    (r"\dfrac{d}{dz} x y", 16, "ambiguous"),
    (r"\dfrac{d}{dz} 2 x y", 18, "ambiguous"),
    ("2 3", 2, "number"),
    ("x 2", 2, "sign"),
    ("x^10", None, "braces"),
    (r"\sigma^{-1}(z)", None, "inverse"),
    ("a^{(l)2}", None, ""),
    ("x_i_j", 3, "second subscript"),
    # what is not read
    (r"\foo", 0, r"\foo is not read"),
    (r"a + \foo", 4, r"\foo is not read"),
    (r"\def\a{b}", 0, r"\def is not read"),
    (r"\newcommand{\a}{b}", 0, r"\newcommand is not read"),
    (r"a \pm b", 2, "not read"),
    (r"\int x", 0, r"\int is not read"),
    (r"\lim x", 0, r"\lim is not read"),
    (r"\sqrt[3]{x}", 0, "square root"),
    ("x!", 1, "not read"),
    (r"\dot{x}", 0, "not read"),
    (r"\phantom{a}b", 0, "not read"),
    (r"\langle x \rangle", 0, "two vectors"),
    (r"|x|_3", 3, "not read"),
    (r"\mathbf{\hat{x}_i + \mathrm{ab}}", 0, "not read"),
    (r"\eqalign a", 0, "in braces"),
    (r"\kern a", 0, "length"),
    (r"\textcolor{white}{a}b", 0, "cannot see"),
    (r"\begin{matrix} a & b \\ c \end{matrix}", 0, "differ in length"),
    (r"\begin{matrix} a & b \end{pmatrix}", None, "another environment"),
    ("a ⪯ b", 2, "⪯"),
    ("ж", 0, "ж"),
    ("x²", 1, "²"),
    (r"x\_1", 1, "literal underscore"),
    (r"\text{for $x$}", 0, "words only"),
    (r"\text{if}", 0, "words"),
    # derivatives
    (r"\dfrac{d}{dz}", 0, "nothing follows"),
    (r"\partial", None, ""),
    (r"\dfrac{\partial x}{y}", 0, "no derivative"),
    (r"\dfrac{\partial C}{dz}", 0, "no derivative"),
    (r"\dfrac{d^2C}{dz}", 0, "orders"),
    (r"\dfrac{d}{d2}x", 11, "only a name"),
    # sums and cases
    (r"\sum x_i", 0, "index below"),
    (r"\sum_{i=1} x_i", 0, "both its ends"),
    (r"\begin{cases} x \\ 0 \end{cases}", 14, "needs one &"),
    # relations and separators are no part of an expression
    ("a = b", 2, "does not belong here"),
    ("a, b", 1, "does not belong here"),
    ("a & b", 2, "does not belong here"),
]


@pytest.mark.parametrize(("tex", "place", "message"), ERRORS)
def test_what_is_not_read_is_refused_at_its_place(tex: str, place: int, message: str) -> None:
    with pytest.raises(Unread) as caught:
        tree(tex)
    assert message in caught.value.message
    assert place is None or caught.value.start == place
    assert caught.value.code.startswith("ML10")


DEEP = [
    "{" * 10_000 + "x" + "}" * 10_000,
    "(" * 10_000 + "x" + ")" * 10_000,
    r"\left(" * 3_000 + "x" + r"\right)" * 3_000,
    "-" * 10_000 + "x",
    "x" + "^{x" * 5_000 + "}" * 5_000,
    "x" + "_{x" * 5_000 + "}" * 5_000,
    r"\dfrac{1}{" * 1_500 + "x" + "}" * 1_500,
    r"\sqrt{" * 2_000 + "x" + "}" * 2_000,
    "|" * 10_000 + "x" + "|" * 10_000,
    "f(" * 9_000 + "x" + ")" * 9_000,
    r"\ln" * 6_000 + "x",
    r"\dfrac{d}{dx}" * 1_500 + "x",
    "x" * 100_000,
    "+" * 100_000,
    "{" * 100_000,
    "$" * 1_000,
    "\\" * 19_999,
]


@pytest.mark.parametrize("tex", DEEP, ids=lambda tex: f"{len(tex)} of {tex[:9]}")
def test_hostile_formulas_are_refused(tex: str) -> None:
    with pytest.raises(Unread):
        tree(tex)


# -- spans --------------------------------------------------------------------------------------

SPANS = [
    (r"a + \dfrac{b}{c}d", r"\dfrac{b}{c}"),
    (r"a \cdot (b - c)", "(b - c)"),
    ("x^{(l)}_i + y", "x^{(l)}_i"),
    (r"1 - \sigma(z)", r"\sigma(z)"),
    (r"u\dfrac{d}{dz}\left(x\right)v", r"\dfrac{d}{dz}\left(x\right)"),
    (r"2\sum_{i=1}^n x_i", r"\sum_{i=1}^n x_i"),
]


@pytest.mark.parametrize(("tex", "piece"), SPANS)
def test_a_node_knows_its_place(tex: str, piece: str) -> None:
    whole = Parser(tokenize(tex), lambda name: name in FUNCTIONS).whole()
    assert piece in {tex[node.start : node.end] for node in walk(whole)}
