"""Differentials: what d before something means, which names vary, and where that is not told."""

from __future__ import annotations

import pytest

from mathlint.check import check_text
from mathlint.report import Report
from mathlint.settings import Settings

REAL = Settings(seed=1)
STRICT = Settings(seed=1, undeclared="error")
SQUARE = r"$X, Y \in \mathbb{R}^{n \times n}$. "
QUADRATIC = r"$A \in \mathbb{R}^{n \times n}$, $x \in \mathbb{R}^n$, $f = x^T A x$. "
LAYER = r"$W \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$, $z = W x$. "

# page with a gap, what is right there, what is wrong there
PAIRS = {
    "a product of numbers": (r"$z = xy$. $$dz = @ + x\,dy$$", r"y\,dx", r"x\,dx"),
    "a product of matrices": (SQUARE + "$$d(XY) = @ + X dY$$", "dX\\,Y", "Y dX"),
    "an inverse": (SQUARE + "$$dX^{-1} = -X^{-1} \\, @$$", "dX X^{-1}", "X^{-1} dX"),
    "a determinant": (
        SQUARE + r"$$d|X| = |X| \operatorname{tr}(@ dX)$$", "X^{-1}", "X^{-T}",
    ),
    "the logarithm of a determinant": (
        SQUARE + r"$$\mathrm{d} \log \det X = \text{tr}(@)$$",
        r"X^{-1} \mathrm{d}X", r"X \mathrm{d}X",
    ),
    "a transpose, a trace, an entrywise product": (
        SQUARE + r"$$d(X^T) = @, \quad d\,\text{tr}(X) = \text{tr}(dX), \quad"
        r" d(X \odot Y) = dX \odot Y + X \odot dY$$",
        "(dX)^T", "dX",
    ),
    "a curly sign": (
        SQUARE + r"$$\partial(XY) = (\partial X) Y + X (@)$$", r"\partial Y", r"\partial X",
    ),
    "the chain to a gradient": (
        QUADRATIC + r"$$df = (dx)^T A x + x^T A\,dx = @ dx$$"
        r" $$\frac{\partial f}{\partial x} = (A + A^T) x$$",
        "x^T (A + A^T)", "2 x^T A",
    ),
    "by the gradient itself": (
        QUADRATIC + r"$$df = \left(\frac{\partial f}{\partial x}\right)^@ dx$$", "T", "1",
    ),
    "a total differential": (
        r"$z = x^2 y$. $$dz = \frac{\partial z}{\partial x} dx + @ dy$$",
        r"\frac{\partial z}{\partial y}", r"\frac{\partial z}{\partial x}",
    ),
    "data that only a derivative tells apart": (
        r"$X \in \mathbb{R}^{n \times d}$, $w \in \mathbb{R}^d$, $y \in \mathbb{R}^n$,"
        r" $L = \|Xw - y\|^2$. $$dL = 2 (Xw - y)^T @$$"
        r" $$\frac{\partial L}{\partial w} = 2 X^T (Xw - y)$$",
        "X dw", "X^T dw",
    ),
    "a constant by a word": (
        r"$A \in \mathbb{R}^{m \times n}$, $X \in \mathbb{R}^{n \times p}$. For constant $A$:"
        r" $$d(@) = A\,dX$$", "AX", "2AX",
    ),
    "a constant in Chinese": (
        r"设 $A \in \mathbb{R}^{n \times n}$ 为常数矩阵，$X \in \mathbb{R}^{n \times n}$。"
        r"$$d\,\text{tr}(AX) = \text{tr}(@)$$", r"A\,dX", r"A^T dX",
    ),
    "a general loss": (
        LAYER + r"The loss $L$ is a function of $z$."
        r" $$dL = \left(\frac{\partial L}{\partial z}\right)^T dz, \quad dz = dW\,x$$"
        r" $$\frac{\partial L}{\partial W} = @$$",
        r"\frac{\partial L}{\partial z} x^T", r"x \frac{\partial L}{\partial z}^T",
    ),
    "a function of entries": (
        r"$X \in \mathbb{R}^{m \times n}$, $\sigma(z) = \frac{1}{1+e^{-z}}$."
        r" $$d\sigma(X) = @ \odot dX$$", r"\sigma'(X)", r"\sigma(X)",
    ),
    "the trace of a number": (
        QUADRATIC + r"$$df = \text{tr}(df) = \text{tr}(x^T @ dx)$$"
        r" $$\frac{\partial f}{\partial x} = (A + A^T) x$$", "(A + A^T)", "A",
    ),
    "a gradient called by a name": (
        r"$L = \frac12 (a - y)^2$, $a = wx$. $$da = \frac{\partial L}{\partial a},"
        r" \quad dw = \frac{\partial L}{\partial w}$$ $$dw = da\, @$$", "x", "y",
    ),
}  # fmt: skip


def report(page: str, settings: Settings = REAL) -> Report:
    return check_text(page, "page.md", settings)


@pytest.mark.parametrize(("page", "right", "wrong"), PAIRS.values(), ids=PAIRS)
def test_the_right_page_is_green_and_the_wrong_one_is_not(
    page: str, right: str, wrong: str
) -> None:
    found = report(page.replace("@", right))
    assert not found.findings, found.findings[0].message
    assert "claim" in {statement.kind for statement in found.statements}
    assert report(page.replace("@", wrong)).findings


# what may be meant in two ways, or is about something unknown, is refused with a reason
REFUSED = {
    "a lost term": (r"$z = xy$. $dz = y\,dx + x\,dy$. $$dz = y\,dx$$", "do not vary: which of y"),
    "a term lost on all the page": (SQUARE + "$$d(XY) = X dY$$", "does X vary"),
    "one variable of two": (
        LAYER + r"$$dz = dW\,x$$ $$dz = W dx$$", "do not vary: which of x are constant",
    ),
    "a constant that varies": (
        SQUARE + r"Here $X$ is constant. $$d(XY) = dX\,Y + X dY$$", "called constant",
    ),
    "a word beside a name": (
        SQUARE + "The matrix $X$, constant factors aside, is free. $$d(XY) = X dY$$", "does X vary",
    ),
    "how far it reaches": (QUADRATIC + "$$d x^T x = 2 x^T dx$$", "how far this differential"),
    "a square": (r"$x \in \mathbb{R}$. $$dx^2 = 2x\,dx$$", "is raised"),
    "nothing known": (r"$$df = \text{tr}(A^T dX)$$", "nothing defines f"),
    "a factor": (r"$d \in \mathbb{N}$, $f(x) = x^2$. $$df = \sqrt{d} x dx$$", "may be"),
    "a name and a differential": (
        SQUARE + r"$$d(XY) = dX\,Y + X dY$$ $$dX = Y - X$$", "may be",
    ),
    "a definition": (r"$x \in \mathbb{R}$. $$y = 2\,dx$$", "is a differential"),
    "inside a derivative": (
        r"$z = x^2$. $$dz = 2x dx$$ $$\frac{\partial}{\partial x} (x dx) = 0$$", "inside",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("page", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_told_is_refused(page: str, reason: str) -> None:
    findings = report(page).findings
    assert {finding.verdict for finding in findings} == {"unread"}
    assert any(reason in finding.message for finding in findings), findings


def test_a_declared_page_may_use_differentials_too() -> None:
    page = r"$x, y \in \mathbb{R}$ and $z = x^2 y$. Then $dz = 2xy\,dx + @$."
    assert not report(page.replace("@", r"x^2\,dy"), STRICT).findings
    assert report(page.replace("@", r"x\,dy"), STRICT).findings
