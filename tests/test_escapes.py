"""Wrong lines that once came out green, and right ones beside them, each a page of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from mathlint.check import check_text
from mathlint.settings import Settings

STRICT = Settings(undeclared="error", seed=1)
REAL = Settings(undeclared="real", seed=1)
X = r"$x \in \mathbb{R}$. "
XY = r"$x, y \in \mathbb{R}$. "
SIGMA = r"$z \in \mathbb{R}$ $\sigma(z) = \dfrac{1}{1+e^{-z}}$ "
SOFTMAX = r"$p_i = \dfrac{e^{z_i}}{\sum_{j=1}^{K} e^{z_j}}$. "

# page, the code of its last finding (none for a right page)
CONDITIONS = [
    (X + "\n\n$$\n|x| = x.\n$$\n\nFor $x > 0$ this is clear.", "ML301"),
    (X + "\n\n$$\n|x| = x\n$$\n\n当 $x > 0$ 时，清楚。", "ML301"),
    (X + "\n\n$$\n|x| = x\n$$\n\nfor $x > 0$.", ""),
    (X + "It holds if $x > 0$\n\n$$|x| = x$$", "ML301"),
    (X + "For $x > 0$ we have\n\n$$|x| = x$$", ""),
    (r"$x \in \mathbb{R}$, if $x > 0$, then $|x| = x$. If $x < 0$, $|x| = -x$.", ""),
    (X + "Except for $x < 0$, $|x| = -x$.", "ML301"),
    (X + "Unless $x > 0$, $|x| = x$.", "ML301"),
    (X + "除了当 $x < 0$ 时，$|x| = -x$。", "ML301"),
    (X + r"Every $x$ has $x \ne 2$.", "ML106"),
    (X + "$x^2 > 0$ if and only if $x > 0$.", "ML106"),
    (X + "For $x > 0$ or $x < 0$, $|x| = x$.", "ML301"),
    (XY + r"For $x > 0$ and $y > 0$, $\sqrt{x^2}\sqrt{y^2} = xy$.", ""),
    (XY + r"$\sqrt{x^2}\sqrt{y^2} = xy$ if $x > 0$ and $y > 0$.", ""),
    (XY + "For $x > 0$ and $y > 0$, $|x| = x$. Always $|y| = y$.", "ML301"),
    (r"$x \in \mathbb{R}$ with $x > 0$. Then $|x| = x$.", ""),
    (X + "For $x = 1$ and $x = 2$, $(x-1)(x-2) = 0$.", "ML303"),
    (X + r"$$x^2 = 1 \quad (x = 1, x = 2)$$", "ML303"),
    (XY + "For $x = y$ and $y = 2$, $xy = 4$.", ""),
    (XY + "For $x = y$ and $y = 2$, $xy = 5$.", "ML301"),
]
SECOND_CLAIMS = [
    (X + r"$$x^2 = xx \text{ and } x^2 \ge 1$$", "ML301"),
    (X + r"$$x^2 = xx \text{ and } x^2 \ge 0$$", ""),
    (SIGMA + r"$$\sigma(0) = \dfrac12, \quad \sigma(z) > \dfrac12$$", "ML301"),
    (SIGMA + r"$$2\sigma(z) = \sigma(z) + \sigma(z) \text{ 且 } \sigma(z) > \dfrac12$$", "ML301"),
    (X + r"$$\sqrt{x^2} = x, \quad x > 0$$", ""),
]
BORDERS = [
    (X + r"$\mathbb{1}[x > 1.2345] = \mathbb{1}[x \ge 1.2345]$", "ML305"),
    (XY + r"$\mathbb{1}[x > y^3] = \mathbb{1}[x \ge y^3]$", "ML305"),
    (
        XY + r"$L = \max(0, 1 - xy)$ $\dfrac{\partial L}{\partial x} = "
        r"\begin{cases} -y & xy < 1 \\ 0 & xy \ge 1 \end{cases}$",
        "ML305",
    ),
    (
        XY + r"$L = \max(0, 1 - xy)$ $\dfrac{\partial L}{\partial x} = "
        r"\begin{cases} -y & xy < 1 \\ 0 & xy > 1 \end{cases}$",
        "",
    ),
    (X + r"$\operatorname{sign}(x)^2 = 1$", "ML305"),
    (X + r"$\operatorname{sign}(x)|x| = x$", ""),
]
INDICES = [
    (SOFTMAX + r"$\dfrac{\partial p_i}{\partial z_j} = -p_ip_j$", "ML301"),
    (SOFTMAX + r"For $i \ne j$, $\dfrac{\partial p_i}{\partial z_j} = -p_ip_j$.", ""),
    (SOFTMAX + r"If $i = j$, $\dfrac{\partial p_i}{\partial z_j} = p_i(1-p_j)$.", ""),
    (SOFTMAX + r"If $i = j$, $\dfrac{\partial p_i}{\partial z_j} = -p_ip_j$.", "ML301"),
    (r"$\dfrac{\partial x_i}{\partial x_j} = 0$", "ML301"),
    (
        r"$y_i = \sum_{j=1}^n W_{ij}x_j$ $\dfrac{\partial y_i}{\partial W_{kj}} = x_j$",
        "ML301",
    ),
    (r"$y_i = \sum_{j=1}^n W_{ij}x_j$ $\dfrac{\partial y_i}{\partial W_{ij}} = x_j$", ""),
]

NUMBERED = (
    r"$W_1 \in \mathbb{R}^{m \times n}$, $W_2 \in \mathbb{R}^{k \times m}$, $x \in \mathbb{R}^n$, "
    r"$b_1 \in \mathbb{R}^m$. $z_1 = W_1x + b_1$ $y = W_2z_1$ $L = \|y\|^2$ "
)
LATER = [
    (r"$\tanh x = 2\sigma(2x) - 1$", "ML201"),
    (r"$\sigma(x+1) = \sigma x + \sigma$", "ML201"),
    (r"$\sigma = 2$ $\sigma(x+1) = 2x + 2$", ""),
    (NUMBERED + r"$\dfrac{\partial L}{\partial W_1} = 2W_2^\top yx^\top$", ""),
    (NUMBERED + r"$\dfrac{\partial L}{\partial W_2} = 2yz_1^\top$", ""),
    (NUMBERED + r"$\dfrac{\partial L}{\partial W_2} = yz_1^\top$", "ML301"),
    (NUMBERED + r"$\dfrac{\partial L}{\partial W_2} = 2yx^\top$", "ML208"),
    (X + "Let $f(x) = x^2$ for $x > 0$. $f(-1) = 1$", "ML201"),
    (r"Let $f(x) = \ln x$ for $x > 0$. $f'(x) = \dfrac1x$", ""),
    (r"If $y = 1$, then $L = -\ln a$. If $y = 0$, then $L = -\ln(1-a)$.", "ML201"),
    (r"$L = -y\ln a - (1-y)\ln(1-a)$. If $y = 1$, then $L = -\ln a$.", ""),
    (r"$L = -y\ln a - (1-y)\ln(1-a)$. If $y = 1$, then $L = -\ln(1-a)$.", "ML301"),
]


def last_code(page: str, settings: Settings) -> str:
    findings = check_text(page, "page.md", settings).findings
    return findings[-1].code if findings else ""


@pytest.mark.parametrize("settings", [STRICT, REAL], ids=["strict", "real"])
@pytest.mark.parametrize(("page", "code"), CONDITIONS + SECOND_CLAIMS + BORDERS)
def test_a_wrong_line_stays_found(page: str, code: str, settings: Settings) -> None:
    found = last_code(page, settings)
    assert bool(found) == bool(code)
    if settings is REAL:
        assert found == code


@pytest.mark.parametrize(("page", "code"), INDICES + LATER)
def test_what_nothing_declares_is_read_as_a_reader_does(page: str, code: str) -> None:
    assert last_code(page, REAL) == code


COST = (
    r"$z \in \mathbb{R}$ $y \in [0, 1]$ $a = \dfrac{1}{1+e^{-z}}$ $C = -y\ln(a) - (1-y)\ln(1-a)$ "
    r"$\dfrac{dC}{dz} = a - y \le 1 - y$"
)


@pytest.mark.parametrize(("returned", "verdict"), [("a - y", "numeric"), ("1.0 - y", "refuted")])
def test_a_bound_at_the_end_of_a_chain_is_no_result(
    tmp_path: Path, returned: str, verdict: str
) -> None:
    (tmp_path / "code.py").write_text(
        "# --8<-- [start:all]\nimport numpy as np\n\n\n"
        f"def slope(a, y):\n    return {returned}\n# --8<-- [end:all]\n"
    )
    fence = '\n\n```python computes="slope(a, y) = \\dfrac{dC}{dz}"\n--8<-- "code.py:all"\n```\n'
    report = check_text(COST + fence, "page.md", Settings("error", snippets=tmp_path))
    assert [check.verdict for check in report.snippets] == [verdict]
