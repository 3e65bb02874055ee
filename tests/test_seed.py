"""The source document as it stands, and a small document of our own with the same constructs.

The source document is not part of this repository: its test runs where ../shared/seed holds it.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from mathlint.check import check_paths, check_text
from mathlint.report import GREEN, Report
from mathlint.settings import Settings

ROOT = Path(__file__).parent.parent
SEED = sorted((ROOT.parent / "shared" / "seed").glob("*.txt"))
REAL = Settings(undeclared="real")


@pytest.fixture(scope="module")
def seed() -> Report:
    if not SEED:
        pytest.skip("the source document is not beside this checkout")
    return check_paths(SEED, REAL)


def shown(report: Report) -> Counter[str]:
    return Counter(f"{s.kind} {s.verdict} {s.code}".rstrip() for s in report.statements)


def test_the_source_document_is_read_and_green_but_for_six_findings(seed: Report) -> None:
    counts = shown(seed)
    assert counts["claim exact"] + counts["claim numeric"] == 39
    assert counts["definition accepted"] == 8
    assert counts["claim undecided ML203"] == 2
    assert counts["mention unread ML103"] == 4
    assert sum(item.verdict not in GREEN for item in seed.statements) == 6
    assert seed.summary["refuted"] == 0


def test_the_last_derivation_is_undecided_since_its_cost_was_never_said(seed: Report) -> None:
    found = [s for s in seed.statements if s.verdict == "undecided"]
    assert found == list(seed.statements[-2:])
    assert all("never reaches" in s.message for s in found)


def test_the_literal_underscores_are_found(seed: Report) -> None:
    found = [s for s in seed.statements if s.verdict == "unread"]
    assert all(r"\_" in s.latex and "underscore" in s.message for s in found)
    assert [s.line for s in found] == [125, 125, 135, 135]


def test_every_display_formula_of_the_source_document_is_read(seed: Report) -> None:
    text = SEED[0].read_text(encoding="utf-8")
    blocks = text.split("$$\n")[1::2]
    lines, at = [], 0
    for block in blocks:
        at = text.index("$$\n" + block, at)
        lines.append(text.count("\n", 0, at) + 1)
        at += len(block) + 3
    for first, block in zip(lines, blocks, strict=True):
        inside = range(first, first + block.count("\n") + 1)
        found = [s for s in seed.statements if s.line in inside]
        assert found
        assert all(s.verdict != "unread" for s in found)
        assert all(s.kind != "mention" for s in found)


OWN = r"""---
title: weighted sums
tags: [$not read$]
---

## A sum $s$ by its weight $w_k$

$$
s = w_0v_0 + w_1v_1 + \dots + w_kv_k
$$

$$
\begin{aligned}
    \dfrac{\partial s}{\partial w_k} &= \dfrac{\partial}{\partial w_k}(w_0v_0)
    + \dfrac{\partial}{\partial w_k}(w_1v_1) + \dots + \dfrac{\partial}{\partial w_k}(w_kv_k) \\
    &= 0 + 0 + \dots + v_k \\
    &= v_k
\end{aligned}
$$

***As for $w_0$, its $v_0 = 1$:***

$$
\begin{cases}
    \color{red}{\dfrac{\partial s}{\partial w_0} = 1} \\
    \color{red}{\dfrac{\partial s}{\partial w_k} = v_k} \; (k=1,2,\dots,n)
\end{cases}
$$

## A bounded function

$$
\phi(s) = \dfrac{2}{1+e^{-s}} - 1
$$

Let $q = 1+e^{-s}$, with $\dfrac{d}{dq}\left(\dfrac{2}{q}\right)=-\dfrac{2}{q^2}$

$$
\begin{aligned}
    \dfrac{d}{ds}\phi(s) &= \dfrac{d}{dq}\left(\dfrac{2}{q}\right)\dfrac{dq}{ds} \\
    &= -\dfrac{2}{(1+e^{-s})^2} \left(\dfrac{d}{ds}(1) + \dfrac{d}{ds}(e^{-s})\right) \\
    &= -\dfrac{2}{(1+e^{-s})^2} \left(0 + (-1)(e^{-s})\right) \\
    &= \color{red}{\dfrac{1}{2}(1-\phi(s))(1+\phi(s))} \\
\end{aligned}
$$

## A cost

$$
\begin{aligned}
    b &= \phi(s) \\
    E &= \dfrac{1}{2}(b - t)^2
\end{aligned}
$$

$$
\begin{aligned}
    \dfrac{\partial E}{\partial w_k} &=
    \dfrac{dE}{db}\dfrac{db}{ds}\dfrac{\partial s}{\partial w_k} \\
    &= (b-t) \cdot \dfrac{1}{2}(1-b)(1+b) \cdot v_k
\end{aligned}
$$

## Layers

$$
h^{(l)}_i = \phi(r^{(l)}_i) = \phi\left(w^{(l-1)}_{i0}h^{(l-1)}_0
    + w^{(l-1)}_{i1}h^{(l-1)}_1 + \dots + w^{(l-1)}_{ij}h^{(l-1)}_j\right)
$$

$r^{(l)}\_i$ by $h^{(l-1)}_j$:

$$
\begin{aligned}
    \dfrac{\partial r^{(l)}_i}{\partial h^{(l-1)}_j} &= 0 + 0 + \dots + w^{(l-1)}_{ij} \\
    &= w^{(l-1)}_{ij}
\end{aligned}
$$

$$
\dfrac{\partial E}{\partial w^{(L-1)}_{ij}} = (h^{(L)}_i - t) \cdot h^{(L-1)}_j
$$
"""


def test_a_document_of_our_own_with_the_same_constructs() -> None:
    report = check_text(OWN, "own.txt", REAL)
    counts = shown(report)
    assert counts["claim refuted ML301"] == 0
    assert counts["mention unread ML103"] == 1
    assert counts["claim undecided ML203"] == 1
    assert counts["claim exact"] + counts["claim numeric"] == 14
    assert counts["definition accepted"] == 8
    assert sum(item.verdict not in GREEN for item in report.statements) == 2


WRONG = [
    ("&= v_k\n", "&= w_k\n"),
    ("&= 0 + 0 + \\dots + v_k", "&= 0 + 1 + \\dots + v_k"),
    ("\\partial w_0} = 1}", "\\partial w_0} = v_1}"),
    ("\\partial w_k} = v_k} \\;", "\\partial w_k} = 1} \\;"),
    ("=-\\dfrac{2}{q^2}", "=\\dfrac{2}{q^2}"),
    ("(-1)(e^{-s})", "(e^{-s})"),
    ("(1-\\phi(s))(1+\\phi(s))", "\\phi(s)(1-\\phi(s))"),
    ("&= (b-t) \\cdot", "&= (t-b) \\cdot"),
    ("(1-b)(1+b) \\cdot v_k", "(1-b)(1+b)"),
    ("&= w^{(l-1)}_{ij}\n", "&= w^{(l-1)}_{ji}\n"),
    ("\\dots + w^{(l-1)}_{ij} \\\\", "\\dots + w^{(l)}_{ij} \\\\"),
    ("\\dots + w_kv_k\n", "\\dots + w_kv_k + w_0\n"),
]


@pytest.mark.parametrize(("right", "wrong"), WRONG)
def test_a_wrong_line_of_it_is_found(right: str, wrong: str) -> None:
    assert OWN.count(right) == 1
    report = check_text(OWN.replace(right, wrong), "own.txt", REAL)
    assert sum(item.verdict not in GREEN for item in report.statements) > 2
