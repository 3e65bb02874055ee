"""Back-propagation as notes write it: layers, Jacobians in a layout, entries in brackets."""

from __future__ import annotations

import pytest

from mathlint.check import check_text
from mathlint.report import Report
from mathlint.settings import Settings

REAL = Settings(seed=1)
LAYERS = (
    r"$\sigma : \mathbb{R} \to \mathbb{R}$, layers $l = 2, \dots, L$:"
    r" $$z_j^l = \sum_k w_{jk}^l a_k^{l-1} + b_j^l, \qquad a_j^l = \sigma(z_j^l)$$"
    r" $C = \frac12 \sum_j (y_j - a_j^L)^2$. "
)
SQUARES = r"$y, p \in \mathbb{R}^{N \times C}$, $L = \frac1N \sum_{i,j} (p_{ij} - y_{ij})^2$. "
LAYER = (
    r"$W \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$, $z = Wx$, $a = \tanh(z)$."
    r" The loss $L$ is a function of $a$. "
)
SQUARE = r"$W \in \mathbb{R}^{n \times n}$, $x \in \mathbb{R}^n$, $z = Wx$. "

# page with a gap, what is right there, what is wrong there
PAIRS = {
    "the last layer": (
        LAYERS + r"$$\frac{\partial C}{\partial z_j^L} = \frac{\partial C}{\partial a_j^L} @$$",
        r"\sigma'(z_j^L)", r"\sigma(z_j^L)",
    ),
    "the next layer, as far as there is one": (
        LAYERS + r"$$\frac{\partial z_k^{l+1}}{\partial z_j^l} = w_{kj}^{l+1} @$$",
        r"\sigma'(z_j^l)", r"\sigma'(z_k^l)",
    ),
    "the chain over a layer": (
        LAYERS + r"$$\frac{\partial C}{\partial z_j^l} = \sum_k"
        r" \frac{\partial C}{\partial z_k^{l+1}} w_{@}^{l+1} \sigma'(z_j^l)$$", "kj", "jk",
    ),
    "between the first layer and the last": (
        LAYERS.replace("l = 2", "l = 1") + r"$$\frac{\partial C}{\partial z_j^l} = \sum_k"
        r" \frac{\partial C}{\partial z_k^{l+1}} w_{@}^{l+1} \sigma'(z_j^l)"
        r" \quad (l = 2, \dots, L - 1)$$", "kj", "jk",
    ),
    "before the last layer": (
        LAYERS.replace("l = 2", "l = 1")
        + r"$$\frac{\partial z_k^{l+1}}{\partial z_j^l} = w_{@}^{l+1} \sigma'(z_j^l)"
        r" \quad (2 \le l < L)$$", "kj", "jk",
    ),
    "a matrix by its entries": (
        SQUARES + r"$$\frac{\partial L}{\partial p} = \left( @ (p_{ij} - y_{ij}) \right)_{ij}$$",
        r"\frac{2}{N}", r"\frac{1}{N}",
    ),
    "a matrix of derivatives": (
        SQUARES + r"$$\frac{\partial L}{\partial p} ="
        r" \left( \frac{\partial L}{\partial p_{ij}} \right)_{@}$$", "ij", "ji",
    ),
    "repeated indices": (
        r"Repeated indices are summed. $x \in \mathbb{R}^{m \times k}$,"
        r" $a \in \mathbb{R}^{n \times k}$, $y_{ij} = x_{ik} a_{jk}$."
        r" $$\frac{\partial y_{ij}}{\partial a_{pq}} = x_{i@} \delta_{jp}$$", "q", "p",
    ),
    "Einstein's convention": (
        r"We use Einstein notation. $A \in \mathbb{R}^{n \times n}$, $x \in \mathbb{R}^n$,"
        r" $f = x_i A_{ij} x_j$. $$\frac{\partial f}{\partial x_k} = A_{kj} x_j + @$$",
        "x_i A_{ik}", "A_{kj} x_j",
    ),
    "operators as mentions": (
        r"Apply $\frac{\partial}{\partial x}$ and $\nabla_x$. $$\frac{d}{dx} x^2 = @$$", "2x", "x",
    ),
    "the denominator layout": (
        "We use the denominator layout. " + LAYER
        + r"$$\frac{\partial L}{\partial x} = \frac{\partial z}{\partial x}"
        r" \frac{\partial a}{\partial z} \frac{\partial L}{\partial a}$$"
        r" $$\frac{\partial z}{\partial x} = @$$", "W^T", "W",
    ),
    "the denominator layout in Chinese": (
        "以下采用分母布局。" + LAYER + r"$$\nabla_x z = @$$", "W^T", "W",
    ),
    "a layout by its entries": (
        SQUARE + r"$$\left[\frac{\partial z}{\partial x}\right]_{ij}"
        r" = \frac{\partial z_j}{\partial x_i}$$ $$\frac{\partial z}{\partial x} = @$$",
        "W^T", "W",
    ),
}  # fmt: skip


def report(page: str) -> Report:
    return check_text(page, "page.md", REAL)


@pytest.mark.parametrize(("page", "right", "wrong"), PAIRS.values(), ids=PAIRS)
def test_the_right_page_is_green_and_the_wrong_one_is_not(
    page: str, right: str, wrong: str
) -> None:
    found = report(page.replace("@", right))
    assert not found.findings, found.findings[0].message
    assert "claim" in {statement.kind for statement in found.statements}
    assert report(page.replace("@", wrong)).findings


WRONG = {
    "two layouts named": "The denominator layout is the transpose of the numerator layout. "
    + LAYER + r"$$\frac{\partial z}{\partial x} = W^T$$",
    "a layout that is not taken": "本文不采用分母布局。" + LAYER
    + r"$$\frac{\partial z}{\partial x} = W^T$$",
    "a layout told after its use": SQUARE + r"$$\frac{\partial z}{\partial x} = W$$"
    r" $$\left(\frac{\partial z}{\partial x}\right)_{ij} = \frac{\partial z_j}{\partial x_i}$$",
    "an index that stands thrice": "Repeated indices are summed. "
    r"$x, y, z \in \mathbb{R}^n$. $$x_i y_i z_i = z_i y_i x_i$$",
    "sums without a convention": r"$x, y \in \mathbb{R}^n$. $$x^T y = x_i y_i$$",
    "sums that are not meant": "We do not use Einstein notation. "
    r"$x, y \in \mathbb{R}^n$. $$x^T y = x_i y_i$$",
    "entries turned round": r"$A \in \mathbb{R}^{n \times n}$. $$(A_{ij})_{ji} = A$$",
    "vectors by their entries": r"$x \in \mathbb{R}^n$. $$(x_i)_i = 2x$$",
}  # fmt: skip


@pytest.mark.parametrize("page", WRONG.values(), ids=WRONG)
def test_a_wrong_page_is_not_green(page: str) -> None:
    assert report(page).findings
