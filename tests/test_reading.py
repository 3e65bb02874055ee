"""Whole formulas in rows: the sentences of a formula in plain text, or the error and its place."""

from __future__ import annotations

import pytest

from mathlint.errors import Unread
from mathlint.plain import plain
from mathlint.reading import read_formula

FUNCTIONS = frozenset({"f", "g", r"\sigma"})


def sentences(tex: str) -> list[str]:
    return [plain(sentence) for sentence in read_formula(tex, lambda name: name in FUNCTIONS)]


def aligned(*rows: str) -> str:
    return r"\begin{aligned} " + r" \\ ".join(rows) + r" \end{aligned}"


SENTENCES = {
    "chains": [
        ("a = b", ["a = b"]),
        ("a = b = c", ["a = b = c"]),
        ("a := b", ["a := b"]),
        (r"a \equiv b", ["a = b"]),
        (r"a < b \le c", ["a < b <= c"]),
        (r"a \ne b", ["a != b"]),
        ("a", ["a"]),
        (r"\delta{_2} = a", ["delta[2] = a"]),
        ("a <= b", ["a <= b"]),
        ("a = b.", ["a = b"]),
        ("a = b,", ["a = b"]),
        ("a = b, c = d", ["a = b", "c = d"]),
        ("a = b; c = d", ["a = b", "c = d"]),
        ("a, b", ["a", "b"]),
        (r"\tag{1} a = b \label{x} \nonumber", ["a = b"]),
        ("a = b % = c", ["a = b"]),
        (r"\textcolor{red}{a = b}", ["a = b"]),
        (r"\color{red}{a = b}", ["a = b"]),
        (r"\boxed{a = b}", ["a = b"]),
        (r"a = \textcolor{red}{b}", ["a = b"]),
    ],
    "definitions of functions are calls in the same formula": [
        ("h(x) = x^2", ["h(x) = x ^ (2)"]),
        ("h(x, y) = x + y", ["h(x, y) = x + y"]),
        ("h(x) + 1 = 2", ["(h * (x)) + 1 = 2"]),
        ("f(x) = g(x)", ["f(x) = g(x)"]),
        (aligned("h(x) &= x^2", "h(2) &= 4"), ["h(x) = x ^ (2)", "h(2) = 4"]),
    ],
    "declarations": [
        (r"x \in \mathbb{R}", ["x in R"]),
        (r"x, y \in \mathbb{R}", ["x, y in R"]),
        (r"x \in \mathbb{R}, n \in \mathbb{N}", ["x in R", "n in N"]),
        (r"x \in \mathbb{R}^{n+1}", ["x in R ^ (n + 1)"]),
        (r"x \in \mathbb{R}_{>0}", ["x in R>0"]),
        (r"x \in (0, 1)", ["x in (0, 1)"]),
        (r"x \in [0, 1]", ["x in [0, 1]"]),
        (r"x \in (0, 1]", ["x in (0, 1]"]),
        (r"x \in [0, \infty)", ["x in [0, infinity)"]),
        (r"x \in (-\infty, 0)", ["x in (-infinity, 0)"]),
        (r"x \in (0, 1)^n", ["x in (0, 1) ^ (n)"]),
        (r"y \in \{0, 1\}", ["y in {0, 1}"]),
        (
            r"\theta^{(l)} \in \mathbb{R}^{n_{l+1} \times (n_l+1)}",
            ["theta^(l) in R ^ (n[l + 1] x n[l] + 1)"],
        ),
        ("0 < a < 1", ["0 < a < 1"]),
        (r"x \in \mathbb{R^n}", ["x in R ^ (n)"]),
        (r"i \in [n]", ["i in {1, ..., n}"]),
        (r"i \in \{1..n\}", ["i in {1, ..., n}"]),
        (r"i \in 1 \cdots n", ["i in {1, ..., n}"]),
        (r"i \in 1, \dots, n", ["i in {1, ..., n}"]),
    ],
    "results in a set": [
        (r"2x \in \mathbb{R}", ["2 * x in R"]),
        (r"u = Av \in \mathbb{R}^m", ["u in R ^ (m)", "u = A * v"]),
        (r"x = y = z \in \mathbb{R}", ["x in R", "x = y = z"]),
        (r"2x = y \in \mathbb{R}", ["2 * x = y", "y in R"]),
        (r"y, f(x) \in \{0, 1\}", ["y in {0, 1}", "f(x) in {0, 1}"]),
    ],
    "mentions": [
        (r"\| \cdot \|", ["the sign ||"]),
        (r"\langle \cdot, \cdot \rangle", ["the sign <"]),
        (r"1[\cdot]", ["the sign 1"]),
        (r"\|a\| \cdot \|b\|", ["(norm(a)) * (norm(b))"]),
        (r"\mathbb{R}^n", [r"the sign \mathbb{R}"]),
        (r"\mathbb{R}^n \to \mathbb{R}", [r"the sign \mathbb{R}"]),
        (r"\mathbb{1}", [r"the sign \mathbb{1}"]),
        ("'", ["the sign '"]),
        ("^T", ["the sign ^"]),
        ("j^{th}", ["j"]),
        (r"j^\text{th}", ["j"]),
        (r"(i+1)^{\rm th}", ["i + 1"]),
    ],
    "how a line follows": [
        (r"\therefore a = b", ["a = b"]),
        (r"\Rightarrow a = b", ["a = b"]),
        (r"a = b \because c = d", ["a = b", "c = d"]),
        (r"\text{then we have: } a = b", ["a = b"]),
        (
            aligned("a &= b", r"\Rightarrow c &= d", r"& \therefore e = f"),
            ["a = b", "c = d", "e = f"],
        ),
    ],
    "ranges": [
        (r"j = 0, 1, \dots, n", ["j = 0, 1, ..., n"]),
        (r"l = 2, \dots, L", ["l = 2, ..., L"]),
        (r"i, j = 1, \dots, n", ["i, j = 1, ..., n"]),
        (r"j = 1 \dots n", ["j = 1, ..., n"]),
        ("j = 1, 2", ["j = 1, 2"]),
    ],
    "conditions": [
        (r"a = b \; (j = 1, 2, \dots, n)", ["a = b, for j = 1, 2, ..., n"]),
        (r"\textcolor{red}{a = b} \; (j = 1, \dots, n)", ["a = b, for j = 1, ..., n"]),
        (r"a = b, \quad j = 1, \dots, n", ["a = b, for j = 1, ..., n"]),
        (r"a = b \text{ for } j = 1, \dots, n", ["a = b, for j = 1, ..., n"]),
        (r"a = b \text{ if } x > 0", ["a = b, for x > 0"]),
        (r"a = b \quad (x > 0)", ["a = b, for x > 0"]),
        (r"a = b \; (x > 0, y > 0)", ["a = b, for x > 0, for y > 0"]),
        (r"a = b \; (x)", ["a = b * (x)"]),
    ],
    "rows": [
        (aligned("a &= b", "&= c"), ["a = b = c"]),
        (aligned("a &= b", "&= c", ""), ["a = b = c"]),
        (aligned("a &= b", "c &= d"), ["a = b", "c = d"]),
        (aligned("a &= b & c &= d"), ["a = b", "c = d"]),
        (aligned("a &= b & c &= d", "&= e & &= f"), ["a = b = e", "c = d = f"]),
        (aligned(r"a &= b && \text{rule}", r"&= c && \text{rule}"), ["a = b = c"]),
        (aligned(r"a &= b && \text{商法则}", "&= c"), ["a = b = c"]),
        (aligned("a &= b + c", r"&\quad - d", "&= e"), ["a = b + c - d = e"]),
        (aligned("a &= b +", "& c"), ["a = b + c"]),
        (aligned("a", "&= b"), ["a = b"]),
        (r"\begin{align*} a &= b \\ &< c \end{align*}", ["a = b < c"]),
        (r"\begin{gathered} a = b \\ c = d \end{gathered}", ["a = b", "c = d"]),
        (r"\eqalign{ a &= b \cr &= c \cr }", ["a = b = c"]),
        (r"\begin{aligned}[t] a &= b \newline &= c \end{aligned}", ["a = b = c"]),
        (r"\begin{equation} " + aligned("a &= b", "&= c") + r" \end{equation}", ["a = b = c"]),
    ],
    "cases": [
        (
            r"\begin{cases} a = b \\ c = d \; (j = 1, 2, \dots, n) \end{cases}",
            ["a = b", "c = d, for j = 1, 2, ..., n"],
        ),
        (r"\begin{cases} a = b & \text{if } x > 0 \end{cases}", ["a = b, for x > 0"]),
        (
            r"x = \begin{cases} 1 & x > 0 \\ 0 & \text{otherwise} \end{cases}",
            ["x = 1 if x > 0; 0 if otherwise"],
        ),
    ],
}
ROWS = [pytest.param(*row, id=row[0]) for rows in SENTENCES.values() for row in rows]


@pytest.mark.parametrize(("tex", "expected"), ROWS)
def test_the_sentences_of_a_formula(tex: str, expected: list[str]) -> None:
    assert sentences(tex) == expected


ERRORS = [
    (r"\sqrt", "something is missing at the end"),
    (r"\sum_", "something is missing at the end"),
    (r"=\in", "side of this relation"),
    ("", "empty"),
    ("%", "empty"),
    (r"\,", "empty"),
    (aligned(""), "no mathematics"),
    (r"\begin{cases} \end{cases}", "no mathematics"),
    ("=", "side of this relation"),
    ("a =", "side of this relation"),
    ("= b", "side of this relation"),
    ("a = = b", "side of this relation"),
    ("a == b", "side of this relation"),
    (aligned("&= a"), "side of this relation"),
    ("(a = b)", ""),
    (r"a {= b}", ""),
    (r"a \overset{!}{=} b", "overset"),
    (r"\begin{matrix} a \end{matrix}", "matrix"),
    (r"\begin{aligned} a &= b", "never closed"),
    (r"a &= b \end{aligned}", "closes nothing"),
    (r"\begin{aligned} a &= b \end{align}", "another environment"),
    (r"\begin{cases} a = b & c & d \end{cases}", "two columns"),
    (r"a = b \text{ because } x > 0", "words"),
    (r"a \text{ if } x > 0", "condition"),
    (r"\dots", "dots alone"),
    (r"x \in", "set is missing"),
    (r"x \in S", "set is not read"),
    (r"x \in \mathbb{C}", "set"),
    (r"x \in (0)", "set is not read"),
    (r"x \in (0, 1, 2)", "set is not read"),
    (r"x \in (0; 1)", "set is not read"),
    (r"x \in (0, )", ""),
    (r"x \in [, 1]", ""),
    (r"x \notin \mathbb{R}", ""),
    (r"x < y \in \mathbb{R}", "not read"),
    ("a = 1(x > 0)", "an indicator, or a condition?"),
    ("a = 1 (x > 0)", "an indicator, or a condition?"),
    (r"x \in 1, n", "not read"),
    (aligned("a &= b", r"& \text{so } c"), "neither begins"),
    ("j = 1, , 3", "empty item"),
    ("j = , 1", "empty item"),
    (r"z^{(l)}\_i", "underscore"),
]


@pytest.mark.parametrize(("tex", "message"), ERRORS)
def test_what_is_not_read_is_refused_whole(tex: str, message: str) -> None:
    with pytest.raises(Unread) as caught:
        sentences(tex)
    assert message in caught.value.message
    assert 0 <= caught.value.start <= len(tex)
    assert caught.value.start < caught.value.end


# conditions are joined to the formula before them, or refused; they never turn into factors
NO_FACTORS = [
    (r"a = b \text{ if } x > 0 \text{ and } y > 0", ["a = b, for x > 0, for y > 0"]),
    (r"a = b \text{ and } c = d", ["a = b", "c = d"]),
    (r"a = b \qquad \text{and} \qquad c = d", ["a = b", "c = d"]),
    (r"a = b \quad c = d", ["a = b", "c = d"]),
]


@pytest.mark.parametrize(("tex", "expected"), NO_FACTORS)
def test_two_relations_side_by_side_are_two_or_none(tex: str, expected: list[str]) -> None:
    try:
        assert sentences(tex) == expected
    except Unread:
        return
