"""Small pages and what is said of each of their statements."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mathlint.check import check_text
from mathlint.report import GREEN, Report
from mathlint.settings import Settings

ROOT = Path(__file__).parent.parent
STRICT = Settings(undeclared="error", seed=1)
REAL = Settings(undeclared="real", seed=1)
KINDS = {"D": "declaration", "=": "definition", "?": "claim", "m": "mention", "a": "aside"}

Z = r"For $z \in \mathbb{R}$. "
ZX = r"For $z, x \in \mathbb{R}$. "
SIGMA = Z + r"Let $\sigma(z) = \dfrac{1}{1+e^{-z}}$. "
COST = (
    r"For $z \in \mathbb{R}$ and $y \in [0, 1]$ let $a = \dfrac{1}{1+e^{-z}}$ and "
    r"$C = -y\ln(a) - (1-y)\ln(1-a)$. "
)
VECTOR = r"Let $n \in \mathbb{N}$, $x \in \mathbb{R}^n$ and $j = 1, \dots, n$. "
SUM = VECTOR + r"Let $s = x_1 + \dots + x_n$. "
MATRIX = (
    r"Let $m \in \mathbb{N}$, $n \in \mathbb{N}$, $w \in \mathbb{R}^{m \times n}$, "
    r"$x \in \mathbb{R}^n$, $i = 1, \dots, m$ and $j = 1, \dots, n$. "
)
LAYERS = (
    r"Let $L \in \mathbb{N}$ and $l = 2, \dots, L$. Widths: $n_l \in \mathbb{N}$ and "
    r"$n_{l-1} \in \mathbb{N}$. Let $w^{(l-1)} \in \mathbb{R}^{n_l \times n_{l-1}}$, "
    r"$i = 1, \dots, n_l$, $j = 1, \dots, n_{l-1}$, $a^{(l-1)} \in \mathbb{R}^{n_{l-1}}$ and "
    r"$u^{(l)}_i = \sum_{k=1}^{n_{l-1}} w^{(l-1)}_{ik}a^{(l-1)}_k$. "
)


def verdicts(text: str, settings: Settings = STRICT) -> list[str]:
    """Kind, verdict and code of each statement, such as `claim refuted ML301`."""
    found = check_text(text, "page.md", settings).statements
    return [f"{s.kind} {s.verdict} {s.code}".rstrip() for s in found]


def last(text: str, settings: Settings = STRICT) -> str:
    return verdicts(text, settings)[-1]


def is_green(text: str, settings: Settings = STRICT) -> bool:
    report = check_text(text, "page.md", settings)
    return all(item.verdict in GREEN for item in (*report.statements, *report.snippets))


# -- whole reports ------------------------------------------------------------------------------

REPORTS = [
    ("", []),
    ("no mathematics", []),
    (r"$x \in \mathbb{R}$ $2x = x + x$", ["declaration accepted", "claim exact"]),
    (r"$x \in \mathbb{R}$ $2x = x$", ["declaration accepted", "claim refuted ML301"]),
    (r"$x \in \mathbb{R}$, then $x^2$", ["declaration accepted", "mention accepted"]),
    (r"$2x = x + x$", ["claim unread ML201"]),
    (r"$x$", ["mention unread ML201"]),
    (r"$x \in \mathbb{R}$ $x +$", ["declaration accepted", "mention unread ML102"]),
    (r"$x \in \mathbb{R}$ $\foo{x} = 1$", ["declaration accepted", "claim unread ML103"]),
    (r"$x \in \mathbb{R}$ $\int x = 1$", ["declaration accepted", "claim unread ML104"]),
    (Z + r"$u = z^2$", ["declaration accepted", "definition undecided ML207"]),
    (
        Z + r"$u = z^2$ $\dfrac{du}{dz} = 2z$",
        ["declaration accepted", "definition accepted", "claim exact"],
    ),
    (
        Z + r"$$\begin{aligned} 3z &= z + 2z \\ &= 2z + z \\ &= 2z \end{aligned}$$",
        ["declaration accepted", "claim exact", "claim exact", "claim refuted ML301"],
    ),
    (
        '$x \\in \\mathbb{R}$\n\n!!! unchecked "a picture"\n    $x = 2$\n',
        ["declaration accepted", "aside aside"],
    ),
    (
        "$x \\in \\mathbb{R}$\n\n!!! unchecked\n    $x = 2$\n",
        ["declaration accepted", "aside unread ML102"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), REPORTS)
def test_every_statement_of_a_page(text: str, expected: list[str]) -> None:
    assert verdicts(text) == expected


# -- semantics: what is true is green, what is wrong is not -------------------------------------

# (introduction, lines that are true, lines that are wrong)
SEMANTICS = {
    "a derivative binds the next factor alone": (
        ZX,
        [
            r"\dfrac{d}{dz}(z)(x) = x",
            r"\dfrac{d}{dz}(z)z = z",
            r"\dfrac{d}{dz} z^2 = 2z",
            r"\dfrac{d}{dz} z + x = 1 + x",
        ],
        [
            r"\dfrac{d}{dz}(z)z = 2z",
            r"\dfrac{d}{dz}\dfrac{1}{z}z = 0 \; (z > 0)",
            r"\dfrac{d}{dz} z + x = 1",
            r"\dfrac{d}{dz} z x = x",
        ],
    ),
    "partial and total derivatives are signs, no factors": (
        ZX,
        [r"\dfrac{\partial}{\partial z}(zx) = x", r"\dfrac{d}{dz}(zx) = x"],
        [r"\dfrac{\partial z}{\partial x} = \dfrac{z}{x}", r"\dfrac{dz}{dx} = \dfrac{z}{x}"],
    ),
    "an intermediate name is held, a total derivative follows the definitions": (
        Z + r"Let $y = z^2$ and $w = zy$. ",
        [
            r"\dfrac{\partial w}{\partial y} = z",
            r"\dfrac{dw}{dz} = 3z^2",
            r"\dfrac{dy}{dz} = 2z",
            r"\dfrac{d}{dy}(y^2) = 2y",
            r"\dfrac{d}{dy}(y^2) = 2z^2",
        ],
        [
            r"\dfrac{\partial w}{\partial y} = 3z^2",
            r"\dfrac{dw}{dz} = y",
            r"\dfrac{dw}{dz} = z^2",
            r"\dfrac{d}{dy}(y^2) = 4z^3",
        ],
    ),
    "the chain rule over the page's own definitions": (
        COST,
        [
            r"\dfrac{dC}{da} = \dfrac{a-y}{a(1-a)}",
            r"\dfrac{da}{dz} = a(1-a)",
            r"\dfrac{dC}{dz} = \dfrac{dC}{da}\dfrac{da}{dz}",
            r"\dfrac{dC}{dz} = a-y",
            r"\dfrac{d^2C}{dz^2} = a(1-a)",
            r"\dfrac{\partial C}{\partial y} = -z",
        ],
        [
            r"\dfrac{dC}{da} = a-y",
            r"\dfrac{dC}{dz} = y-a",
            r"\dfrac{dC}{dz} = (a-y)a(1-a)",
            r"\dfrac{dC}{dz} = \dfrac{dC}{da}",
            r"\dfrac{dC}{dz} = \dfrac{dC}{da}\dfrac{dz}{da}",
            r"\dfrac{d^2C}{dz^2} = a-y",
            r"\dfrac{\partial C}{\partial y} = z",
        ],
    ),
    "a product and a call": (
        SIGMA + r"Let $a = \sigma(z)$. ",
        [
            "a(1-a) = a - a^2",
            r"\sigma(z)(1-\sigma(z)) = \sigma(z)\sigma(-z)",
            r"\sigma(1-z) = 1-\sigma(z-1)",
            r"\sigma'(z) = a(1-a)",
        ],
        [
            r"\sigma(1-z) = \sigma(z) - \sigma(z)z",
            "a(1-a) = a - 1",
            r"\sigma(z)(1-\sigma(z)) = \sigma(z-z^2)",
            r"\sigma'(z) = \sigma(z)-(1-\sigma(z))",
            r"\sigma'(z) = z(1-z)",
        ],
    ),
    "an argument is an argument": (
        SIGMA,
        [r"\sigma(0) = \dfrac12", r"\sigma(-z) = 1-\sigma(z)", r"\sigma(2z) = \sigma(z+z)"],
        [r"\sigma(0) = 0", r"\sigma(-z) = -\sigma(z)", r"\sigma(2z) = 2\sigma(z)"],
    ),
    "e, ln and pi": (
        Z,
        [
            r"\ln(e^z) = z",
            r"e^{2z} = (e^z)^2",
            r"\log(e) = 1",
            r"e = \exp(1)",
            r"\sin(\pi) = 0",
        ],
        [
            r"\ln(e^z) = e^z",
            r"e^{z^2} = (e^z)^2",
            r"e = 2.71828",
            r"\pi = \dfrac{22}{7}",
            r"\log(10) = 1",
        ],
    ),
    "an index in brackets is a layer, no power": (
        LAYERS,
        [
            r"\dfrac{\partial u^{(l)}_i}{\partial w^{(l-1)}_{ij}} = a^{(l-1)}_j",
            r"\dfrac{\partial u^{(l)}_i}{\partial a^{(l-1)}_j} = w^{(l-1)}_{ij}",
        ],
        [
            r"\dfrac{\partial u^{(l)}_i}{\partial w^{(l-1)}_{ij}} = a^{l-1}_j",
            r"\dfrac{\partial u^{(l)}_i}{\partial w^{(l-1)}_{ij}} = a^{(l)}_j",
            r"\dfrac{\partial u^{(l)}_i}{\partial w^{(l)}_{ij}} = a^{(l-1)}_j",
            r"\dfrac{\partial u^{(l)}_i}{\partial w^{(l-1)}_{ji}} = a^{(l-1)}_j",
            r"\dfrac{\partial u^{(l)}_i}{\partial w^{(l-1)}_{ij}} = a^{(l-1)}_i",
            r"\dfrac{\partial u^{(l)}_j}{\partial a^{(l-1)}_j} = w^{(l-1)}_{ij}",
            r"\dfrac{\partial u^{(l)}_i}{\partial a^{(l-1)}_j} = w^{(l-1)}_{ji}",
        ],
    ),
    "ij is not ji": (
        MATRIX + r"Let $u_i = \sum_{k=1}^{n} w_{ik}x_k$. ",
        [
            r"\dfrac{\partial u_i}{\partial w_{ij}} = x_j",
            r"\dfrac{\partial u_i}{\partial x_j} = w_{ij}",
        ],
        [
            r"\dfrac{\partial u_i}{\partial w_{ji}} = x_j",
            r"\dfrac{\partial u_i}{\partial x_j} = w_{ji}",
            r"\dfrac{\partial u_j}{\partial x_i} = w_{ij}",
            r"\dfrac{\partial u_i}{\partial w_{ij}} = x_i",
            r"\dfrac{\partial u_1}{\partial w_{ij}} = x_j",
            r"u_i = \sum_{k=1}^{n} w_{ki}x_k",
            r"u_i = \sum_{k=1}^{m} w_{ik}x_k",
        ],
    ),
    "dots stand for the terms of the visible pattern": (
        SUM,
        [
            r"s = x_1 + x_2 + \dots + x_n",
            r"s = x_1 + \dots + x_{n-1} + x_n",
            r"s = x_1 + \dots + x_j + \dots + x_n",
            r"s = \sum_{k=1}^{n} x_k",
            r"2s = 2x_1 + \dots + 2x_n",
            r"-s = -x_1 - \dots - x_n",
            r"s + 1 = 1 + x_1 + \dots + x_n",
            r"\sum_{k=1}^{n} k = 1 + 2 + \dots + n",
            r"\sum_{k=1}^{n} k x_k = x_1 + 2x_2 + \dots + n x_n",
            r"\dfrac{\partial s}{\partial x_j} = 0 + \dots + 1 + \dots + 0",
            r"\dfrac{\partial s}{\partial x_j} = "
            r"\dfrac{\partial}{\partial x_j}(x_1) + \dots + \dfrac{\partial}{\partial x_j}(x_n)",
        ],
        [
            r"s = x_2 + \dots + x_n",
            r"s = x_1 + \dots + x_{n-1}",
            r"s = x_1 + \dots + x_j",
            r"s = x_1 + \dots + x_n + x_n",
            r"s = x_1 + x_1 + \dots + x_n",
            r"s = x_1 + x_3 + \dots + x_n",
            r"s = x_1 + 2x_2 + \dots + x_n",
            r"s = x_1 + x_2^2 + \dots + x_n",
            r"s = x_1 - \dots + x_n",
            r"s = x_1 + \dots",
            r"s = \dots + x_n",
            r"s = x_1 + \dots + x_1",
            r"s = x_1 \dots x_n",
            r"s = 1 + \dots + n",
            r"2s = 2x_1 + \dots + x_n",
            r"\dfrac{\partial s}{\partial x_j} = 0 + \dots + 2 + \dots + 0",
            r"\dfrac{\partial s}{\partial x_j} = 1 + \dots + 1 + \dots + 1",
            r"\dfrac{\partial s}{\partial x_j} = 0 + \dots + 1 + \dots + 1",
            r"\dfrac{\partial s}{\partial x_j} = 1 + \dots + 1 + \dots + 0",
            r"\dfrac{\partial s}{\partial x_j} = 0 + \dots + x_j + \dots + 0",
            r"\dfrac{\partial s}{\partial x_j} = "
            r"\dfrac{\partial}{\partial x_j}(x_2) + \dots + \dfrac{\partial}{\partial x_j}(x_n)",
        ],
    ),
    "every free index runs over its range": (
        SUM,
        [
            r"\dfrac{\partial s}{\partial x_j} = 1",
            r"\dfrac{\partial}{\partial x_j}(x_j^2) = 2x_j",
        ],
        [
            r"\dfrac{\partial}{\partial x_j}(x_1^2) = 2x_1",
            r"\dfrac{\partial s^2}{\partial x_j} = 2x_j",
            r"x_j^2 = x_1x_j",
            r"\dfrac{\partial}{\partial x_j}(x_n) = 1",
            r"\dfrac{\partial}{\partial x_j}(x_n) = 0",
        ],
    ),
    "conditions restrict a claim": (
        SUM,
        [
            r"\dfrac{\partial s}{\partial x_j} = 1 \; (j = 1, 2, \dots, n)",
            r"s = x_1 \; (n = 1)",
            r"|x_j| = x_j \; (x_j > 0)",
            r"|x_j| = -x_j \text{ if } x_j < 0",
            r"\dfrac{\partial}{\partial x_j}(x_1) = 0 \; (j = 2, \dots, n)",
        ],
        [
            r"\dfrac{\partial s}{\partial x_j} = 1 \; (j = 0, 1, \dots, n)",
            r"\dfrac{\partial s}{\partial x_j} = 1 \; (j = 1, \dots, n+1)",
            r"s = x_1 \; (n = 2)",
            r"|x_j| = x_j \; (x_j < 0)",
            r"|x_j| = x_j",
            r"\dfrac{\partial}{\partial x_j}(x_1) = 0 \; (j = 1, \dots, n)",
            r"2x_j = x_j \; (x_j > 1, x_j < 0)",
            r"2x_j = x_j \; (x_j > x_j)",
            r"s = 7 \; (n < 1)",
            r"s = 7 \; (1 = 2)",
        ],
    ),
    "inequalities hold at every point": (
        Z,
        ["z^2 + 1 > 0", "z < z + 1 < z + 2", r"e^z \ge 0", r"z \ne z + 1"],
        ["z^2 > 1", "z < z", "z + 1 < z", r"z \ne 2z - z", r"e^z \ge 1", "z < z + 1 < z"],
    ),
    "branches": (
        r"For $x \in \mathbb{R}$ let "
        r"$f(x) = \begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}$. ",
        [
            r"f(x) = \max(0, x)",
            r"f'(x) = 1 \; (x > 0)",
            r"f'(x) = 0 \; (x < 0)",
            r"f(x) = \dfrac{x + |x|}{2}",
        ],
        [
            "f(x) = x",
            "f(x) = |x|",
            "f'(x) = 1",
            r"f'(x) = 1 \; (x < 0)",
            r"f'(x) = x \; (x > 0)",
            r"f(x) = \min(0, x)",
            r"f'(x) = \begin{cases} 1 & x > 0 \\ 2 & x = 0 \\ 0 & x < 0 \end{cases}",
            r"f(x) = \begin{cases} x & x > 0 \\ 0 & x \ge -20 \\ 1 & x < -20 \end{cases}",
        ],
    ),
    "numbers are exact": (
        "",
        ["0.1 + 0.2 = 0.3", r"\dfrac13 + \dfrac13 + \dfrac13 = 1", "2^{10} = 1024"],
        ["0.1 + 0.2 = 0.30000000000000004", r"\dfrac13 = 0.333333333333", r"\sqrt{2} = 1.41421356"],
    ),
    "a sign reads as it stands": (
        ZX,
        ["z - (x - z) = 2z - x", "-z^2 = -(z^2)", r"z \cdot (-1) = -z", r"z*(-1) = -z"],
        ["z - (x - z) = -x", "-z^2 = (-z)^2", r"z \cdot (-1) = z - 1", r"x*-1 = x - 1"],
    ),
    "inner products and norms": (
        r"Let $n \in \mathbb{N}$, $x, y \in \mathbb{R}^n$, $A, B \in \mathbb{R}^{n \times n}$. ",
        [
            r"\langle x, y \rangle = x^\top y",
            r"\langle Ax, y \rangle = \langle x, A^\top y \rangle",
            r"\langle A, B \rangle = \operatorname{tr}(A^\top B)",
            r"|x|_2^2 = x^\top x",
            r"\mid\mid x - y \mid\mid^2 = \|x\|^2 - 2\langle x, y \rangle + \|y\|^2",
            r"Ax \in \mathbb{R}^n",
            r"x^\top y \in \mathbb{R}",
            r"\operatorname{diag}(x_1, \dots, x_n)y = x \odot y",
        ],
        [
            r"\langle x, y \rangle = x y^\top",
            r"\langle Ax, y \rangle = \langle x, Ay \rangle",
            r"\langle A, B \rangle = \operatorname{tr}(AB)",
            r"\langle x, A \rangle = x^\top A",
            r"\langle 2, 3 \rangle = 6",
            r"|x|_1^2 = x^\top x",
            r"Ax \in \mathbb{R}^{n \times n}",
            r"x^\top y \in \mathbb{R}^n",
            r"x^\top y \in \mathbb{R}_{>0}",
            r"Ax \in \{0, 1\}",
            r"\operatorname{diag}(x_1, \dots, x_n)y = x + y",
        ],
    ),
    "indicators after a one": (
        Z,
        [r"1[z > 0] z = \max(z, 0)", r"1(z > 0)z = \max(z, 0)", r"1 - 1[z > 0] = 1[z <= 0]"],
        [r"1[z > 0] = 1", r"1(z > 0)z = z", r"[\![z > 0]\!] = 1"],
    ),
    "a Greek letter before a star stays a factor": (
        r"For $\theta \in \mathbb{R}$. ",
        [r"\theta*2 = 2\theta"],
        [r"\theta*-1 = \theta - 1", r"\theta^10 = 0", r"\theta2 = 2 + \theta"],
    ),
    "a near miss is a miss": (
        Z,
        [r"\tanh(z) = \dfrac{e^z - e^{-z}}{e^z + e^{-z}}"],
        [
            r"\tanh(z) = 1.0000000001\dfrac{e^z - e^{-z}}{e^z + e^{-z}}",
            r"z = z + 10^{-25}",
            r"\sin(z) = z - \dfrac{z^3}{6} + \dfrac{z^5}{120} \; (-0.01 < z < 0.01)",
        ],
    ),
}
TRUE = [
    pytest.param(start, line, id=f"{name}: {line}")
    for name, (start, true, _) in SEMANTICS.items()
    for line in true
]
WRONG = [
    pytest.param(start, line, id=f"{name}: {line}")
    for name, (start, _, wrong) in SEMANTICS.items()
    for line in wrong
]


@pytest.mark.parametrize(("start", "line"), TRUE)
def test_a_true_line_is_green(start: str, line: str) -> None:
    assert last(f"{start}Then ${line}$.") in ("claim exact", "claim numeric")


@pytest.mark.parametrize(("start", "line"), WRONG)
def test_a_wrong_line_is_not(start: str, line: str) -> None:
    report = check_text(f"{start}Then ${line}$.", "page.md", STRICT)
    (*_, claim) = report.statements
    assert claim.verdict in ("refuted", "unread", "undecided")
    assert claim.message
    assert claim.code


# -- rules that keep a slip from turning green --------------------------------------------------

SQUARES = (
    r"Let $n \in \mathbb{N}$, $z \in \mathbb{R}$ and $x \in \mathbb{R}^n$."
    "\n\n$$\nx_i x_i = x_i^2\n$$\n\n"
)
RULES = [
    # a differentiated name without a definition is an error, never 0
    (ZX + r"$\dfrac{dx}{dz} = 0$", "claim unread ML202"),
    (Z + r"$\dfrac{dC}{dz} = 0$", "claim unread ML201"),
    (Z + r"$\dfrac{dC}{dz} = \dfrac{dC}{dz}$", "claim unread ML201"),
    # a derivative that the definitions never reach is a finding unless the line says 0
    (ZX + r"$u = z^2$ $\dfrac{du}{dx} = 0$", "claim exact"),
    (ZX + r"$u = z^2$ $0 = \dfrac{du}{dx}$", "claim exact"),
    (ZX + r"$u = z^2$ $\dfrac{du}{dx} = z - z$", "claim undecided ML203"),
    (ZX + r"$u = z^2$ $\dfrac{du}{dx}\dfrac{du}{dz} = 0$", "claim undecided ML203"),
    (ZX + r"$u = z^2$ $\dfrac{du}{dx} = x$", "claim undecided ML203"),
    (ZX + r"$u = z^2$ $\dfrac{du}{dx}$", "mention undecided ML203"),
    # a bound that would take a size
    (r"For $n \in \mathbb{N}$ let $y \in [0, n]$.", "declaration unread ML104"),
    # the range of an index behind the formula, in its sentence alone
    (SQUARES + r"for $i = 1, \dots, n$: $x_i = z$", "claim refuted ML301"),
    (SQUARES + "for each\n$i = 1, \\dots, n$. $x_1 + x_i = x_i + x_1$", "claim exact"),
    (SQUARES + r"Then $i = 1, \dots, n$.", None),
    (SQUARES + r"for $i = 0, \dots, n$.", None),
    (SQUARES + r"for $i = 1, \dots, n$.", "declaration accepted"),
    # a name before it is introduced
    (Z + r"$w = z + q$", "definition unread ML201"),
    (r"$u = z^2$ $z \in \mathbb{R}$", "declaration accepted"),
    (Z + r"$f(z) = 2q$", "definition unread ML201"),
    (r"$f(t) = t^2$", "definition unread ML201"),
    (Z + r"$z_1 = z$", None),
    # a second equation for a defined name is a claim
    (Z + r"$u = z^2$ $u = z \cdot z$", "claim exact"),
    (Z + r"$u = z^2$ $u = z^3$", "claim refuted ML301"),
    (SIGMA + r"$\sigma(z) = \dfrac{e^z}{1+e^z}$", "claim exact"),
    (SIGMA + r"$\sigma(z) = \dfrac{e^z}{1-e^z} \; (z > 0)$", "claim refuted ML301"),
    (r"$x \in \mathbb{R}$ $2x = x + x$ $x = 3$", None),
    # built-in names are introduced from the start
    (Z + r"$\sin(z) = z$", "claim refuted ML301"),
    (Z + r"$\ln(2) = 2$", "claim refuted ML301"),
    (Z + r"$|z| = z$", "claim refuted ML301"),
    (Z + r"$e = 3$", "claim refuted ML301"),
    (Z + r"$\pi = 3$", "claim refuted ML301"),
    # nothing is defined by itself
    (Z + r"$u = u + z$", "definition unread ML206"),
    (SIGMA + r"$f(z) = f(z)$", "definition unread ML206"),
    (r"$n \in \mathbb{N}$ $w \in \mathbb{R}^{n}$ $w_1 = w_1$", "definition unread ML206"),
    # nothing is declared twice
    (Z + r"$z \in (0, 1)$", "declaration unread ML206"),
    (SIGMA + r"$\sigma \in \mathbb{R}$", None),
    # sets and ranges that are empty, or not written out
    (r"$x \in (1, 0)$", "declaration unread ML102"),
    (r"$x \in (1, 1)$", "declaration unread ML102"),
    (r"$x \in (0, )$", None),
    (r"$x \in \mathbb{R}^{n}$", "declaration unread ML201"),
    (r"$n \in \mathbb{N}$ $x \in \mathbb{R}^{n-1}$ $j = 1, \dots, n$ $x_j = x_j + 0$", None),
    (r"$n \in \mathbb{N}$ $j = 2, \dots, 1$", None),
    (r"$j = 1, \dots, j$", None),
    # where a side has no value in its declared domain
    (r"$a \in \mathbb{R}$ $\ln(a) + 0 = \ln(a)$", "claim unread ML205"),
    (r"$a \in [0, 1]$ $\dfrac{a}{a} = 1$", None),
    (r"$a \in (0, 1)$ $\ln(a) + 0 = \ln(a)$", "claim exact"),
    # indices
    (VECTOR + "$x_{n+1} = 1$", None),
    (VECTOR + "$x_j + x_{j-1} = x_{j-1} + x_j$", None),
    (VECTOR + "$x_i = x_i + 0$", None),
    (VECTOR + "$j_j$", None),
    (VECTOR + "$n_j$", None),
    (VECTOR + "$x_x$", None),
    (VECTOR + "$x + x = x$", None),
    (VECTOR + r"$\dfrac{d}{dj}(j^2) = 2j$", None),
    (VECTOR + r"$\dfrac{\partial x_j}{\partial n} = 0$", None),
    (MATRIX + r"$w_{ij} + 0 = w_{ij}$", "claim exact"),
    (MATRIX + "$w_{ji} + 0 = w_{ji}$", None),
    (MATRIX + "$w_i + 0 = w_i$", None),
    (MATRIX + "$x_{ij} + 0 = x_{ij}$", None),
    # relations that nothing can check
    (Z + r"$z \approx z$", "claim unread ML104"),
    (Z + r"$z \propto z$", "claim unread ML104"),
    (Z + r"$z = z \implies z = z$", None),
    # a display formula, or a row of one, says something
    (Z + r"$$\dfrac{1}{1+z^2} -\dfrac{1}{z}$$", None),
    (Z + r"$$\begin{aligned} 2z &= z + z \\ & 3z - z \\ &= 2z \end{aligned}$$", None),
]


@pytest.mark.parametrize(("text", "expected"), RULES)
def test_a_rule(text: str, expected: str | None) -> None:
    """What the last statement comes to; None: the page has a finding, whichever."""
    if expected is None:
        assert not is_green(text)
    else:
        assert last(text) == expected


# -- free names assumed real --------------------------------------------------------------------

ASSUMED = [
    ("$2x = x + x$", "claim exact"),
    ("$2x = x$", "claim refuted ML301"),
    ("$a(1-a) = a - a^2$", "claim exact"),
    (r"$a = b$ $a = c$", "claim refuted ML301"),
    (r"$\ln(xy) = \ln(x) + \ln(y)$", "claim numeric"),
    (r"$\sum_{k=1}^{n} x_k = x_1 + \dots + x_n$", "claim exact"),
    (r"$\sum_{k=1}^{n} x = nx$", "claim exact"),
    (r"$\sum_{k=0}^{n} x = nx$", "claim refuted ML301"),
    (
        r"$s = \sum_{k=1}^{n} x_k$ $\dfrac{\partial s}{\partial x_j} = 1 \; (j = 1, \dots, n)$",
        "claim exact",
    ),
    (r"$s = \sum_{k=1}^{n} x_k$ $\dfrac{\partial s}{\partial x_j} = 1$", "claim exact"),
    (r"$s = \sum_{k=1}^{n} x_k$ $\dfrac{\partial s}{\partial x_j} = 2$", "claim refuted ML301"),
    (r"$s = \sum_{k=2}^{n} x_k$ $\dfrac{\partial s}{\partial x_1} = 1$", "claim undecided ML203"),
    (r"$s = x_1 + \dots + x_n$ $\dfrac{\partial s}{\partial x_j} = 1$", "claim exact"),
    (r"$y = x^3$ $y' = 3x^2$", "claim exact"),
    (r"$y = x^3$ $y'' = 3x^2$", "claim refuted ML301"),
    (r"$y = ax^3$ $y' = 3ax^2$", "claim unread ML102"),
    (r"$L = (wx)^2$ $dL/dw = 2wx^2$", "claim exact"),
    (r"$L = (wx)^2$ $\partial L/\partial w = 2wx$", "claim refuted ML301"),
    (r"$||x|| - ||y|| = 0$", "claim refuted ML301"),
    (r"$v = s^2$ $\dfrac{\partial v}{\partial s^2} = 1$", "claim exact"),
    (r"$v = s^2$ $\dfrac{\partial v}{\partial s^2} = 2s$", "claim refuted ML301"),
    (r"$\text{MSE} = r^2$ $\dfrac{d\text{MSE}}{dr} = 2r$", "claim exact"),
    (r"$\text{MSE} = r^2$ $\dfrac{d\text{MSE}}{dr} = r$", "claim refuted ML301"),
    (r"$1\{x > 0\} + 1\{x < 0\} = 1 \; (x \ne 0)$", "claim numeric"),
    (r"$\mathbf{1}_{x > 0} - I(x > 0) = 1 \; (x \ne 0)$", "claim refuted ML301"),
    (r"$\dfrac{dC}{da} = 0$", "claim unread ML202"),
    (r"$f(x) = x^2$ $f'(x) = 2x$", "claim exact"),
    (r"$f(x) = x^2$ $f'(x) = 2$", "claim refuted ML301"),
    (r"$a = b$ $b = a + 1$", "definition unread ML206"),
    (r"$x_{ij} = x_{ji}$", None),
    ("$f(x) = g(x)$", None),
    ("$u = z^2$", "definition accepted"),
]


@pytest.mark.parametrize(("text", "expected"), ASSUMED)
def test_free_names_assumed_real(text: str, expected: str | None) -> None:
    if expected is None:
        assert not is_green(text, REAL)
    else:
        assert last(text, REAL) == expected


def test_what_is_assumed_is_said() -> None:
    notes = check_text("$2x = x + x$\n\n$u = y^2$", "page.md", REAL).notes
    assert [(n.line, n.message) for n in notes] == [
        (1, "x is assumed real"),
        (3, "y is assumed real"),
        (3, "nothing on this page uses this definition"),
    ]


# -- places, witnesses, methods -----------------------------------------------------------------


def test_a_claim_stands_at_the_side_that_its_line_adds() -> None:
    rows = "\\begin{aligned}\n  2z &= z + z \\\\\n  &= 3z\n\\end{aligned}"
    text = f"For $z \\in \\mathbb{{R}}$:\n\n$$\n{rows}\n$$\n"
    *_, first, second = check_text(text, "page.md", STRICT).statements
    assert (first.line, first.column, first.end_line, first.end_column) == (5, 9, 5, 14)
    assert (second.line, second.column, second.end_line, second.end_column) == (6, 6, 6, 8)
    assert [first.latex, second.latex] == ["2z = z + z", "z + z = 3z"]
    assert (first.formula, second.formula) == (1, 1)


def test_an_unread_formula_points_at_its_construct() -> None:
    report = check_text("text\n\n$$\na + \\foo = b\n$$\n", "page.md", STRICT)
    (statement,) = report.statements
    assert (statement.line, statement.column, statement.end_column) == (4, 5, 9)


def test_a_witness_shows_its_point_and_both_values() -> None:
    (_, statement) = check_text(Z + "$z^2 = -z^2$", "page.md", STRICT).statements
    assert statement.witness is not None
    ((name, value),) = statement.witness.point
    left, right = float(statement.witness.left), float(statement.witness.right)
    assert name == "z"
    assert left == pytest.approx(float(value) ** 2, rel=0.05)
    assert right == -left
    assert str(statement.witness) in statement.message


def test_a_witness_names_sizes_and_indices() -> None:
    statement = check_text(SUM + "$s = x_1$", "page.md", STRICT).statements[-1]
    assert statement.witness is not None
    point = dict(statement.witness.point)
    assert int(point["n"]) >= 2
    assert {"x_1", "x_2"} <= point.keys()


def test_the_way_to_a_verdict_is_told() -> None:
    exact, numeric = check_text(
        r"$z \in (1, 2)$ $2z = z + z$ $\ln(z^2) = 2\ln(z)$", "page.md", STRICT
    ).statements[1:]
    assert "exact algebra" in exact.method
    assert "digits" in numeric.method
    assert "points" in numeric.method


def test_the_derivative_comes_from_the_definitions_not_from_the_lines() -> None:
    """Two wrong lines that agree with each other are both refuted."""
    text = Z + r"Let $u = z^2$. Then $\dfrac{du}{dz} = 3z$ and $\dfrac{du}{dz}\dfrac{1}{3} = z$."
    assert verdicts(text)[-2:] == ["claim refuted ML301", "claim refuted ML301"]


# -- determinism and order ----------------------------------------------------------------------

PAGE = (
    SIGMA + SUM + r"$\sigma'(z) = \sigma(z)\sigma(-z)$ $s = x_1$ $\ln(1+e^z) = z + \ln(1+e^{-z})$"
)


def as_text(report: Report) -> str:
    return json.dumps(report.to_dict(), sort_keys=True)


def test_the_same_input_gives_the_same_output() -> None:
    first, second = (check_text(PAGE, "page.md", STRICT) for _ in range(2))
    assert as_text(first) == as_text(second)


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_another_process_gives_the_same_bytes(seed: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    command = [sys.executable, "-m", "mathlint", "page.md", "--output-format", "json"]
    env = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PATH": ""}
    run = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path, env=env)
    found = json.loads(run.stdout)["statements"]
    expected = check_text(PAGE, "page.md", Settings()).to_dict()["statements"]
    assert json.dumps(found) == json.dumps(expected)


def test_another_seed_gives_another_witness_and_the_same_verdicts() -> None:
    one, other = (
        check_text(PAGE, "page.md", Settings(undeclared="error", seed=seed)) for seed in (1, 2)
    )
    assert [s.verdict for s in one.statements] == [s.verdict for s in other.statements]
    assert one.statements[-2].witness != other.statements[-2].witness


def test_statements_stand_in_page_order_and_do_not_depend_on_what_follows() -> None:
    report = check_text(PAGE, "page.md", STRICT)
    places = [(s.line, s.column) for s in report.statements]
    assert places == sorted(places)
    shorter = check_text(PAGE + " $1 = 2$ $\\foo$", "page.md", STRICT)
    assert shorter.statements[: len(report.statements)] == report.statements


def test_a_wrong_line_does_not_change_what_is_said_of_the_others() -> None:
    text = (
        SIGMA + r"$\sigma(0) = 1$ $\sigma(z)(1-\sigma(z)) = \sigma'(z)$ $\foo = 1$ $\sigma(z) = 2$"
    )
    assert verdicts(text)[-4:] == [
        "claim refuted ML301",
        "claim exact",
        "claim unread ML103",
        "claim refuted ML301",
    ]
