"""A small run of `make mutants`, and the mutation of formulas and code in rows."""

from __future__ import annotations

import pytest

from tests.mutants import Mutant, drawn, formula_mutants, snippet_mutants, verdict
from tests.mutation.code import code_of, line_of, module_of
from tests.mutation.formulas import OPAQUE, Edit, edits
from tests.mutation.judge import Source, pages
from tests.mutation.snippets import changes

PAGES = list(pages())
FORMULAS, FUNCTIONS = 24, 4
LIGHT = [source for source in PAGES if source.path.parent.name != "networks"]
SIGMA = frozenset({r"\sigma"})


def sampled() -> list[object]:
    found: list[Mutant] = []
    for source in PAGES:
        found += drawn(formula_mutants(source), FORMULAS, f"sample of {source.name}")
        found += drawn(snippet_mutants(source), FUNCTIONS, f"sample of {module_of(source)}")
    return [pytest.param(mutant, id=f"{k}: {mutant}") for k, mutant in enumerate(found)]


@pytest.mark.parametrize("mutant", sampled())
def test_a_mutant_does_not_survive(mutant: Mutant) -> None:
    assert verdict(mutant).state != "survived"


def mutated(tex: str, names: tuple[str, ...] = ("x", "y")) -> set[str]:
    return {"".join(edit.applied(tex).split()) for edit in edits(tex, names, SIGMA)}


EDITS = [
    ("x", {"y"}),
    ("x+y", {"x-y", r"x\cdoty", "y+y", "x", "+y", "xy"}),
    ("-x", {"x", "+x", "-y"}),
    ("x^2", {"x^3", "x^1", "x^0", "x", "y^2"}),
    ("x_{ij}", {"x_{ji}", "x_{ii}", "x_{jj}", "x_{i}", "x_{j}", "x"}),
    ("x^{(l)}+x^{(l-1)}", {"x^{(l-1)}+x^{(l-1)}", "x^{(l)}+x^{(l)}", "x^{(l+1)}+x^{(l-1)}"}),
    (r"\dfrac{x}{y}", {r"\dfrac{y}{x}", "{x}", "{x}{y}"}),
    (r"\ln(x)", {r"\exp(x)", r"\ln(y)", r"\ln(-x)"}),
    (r"\sigma(x)y", {r"\sigma(x)", "y", r"\sigma(y)y"}),
    ("(1+x)^2", {"1(+x)^2", "(1+)x^2", "(1-x)^2"}),
    ("e^{-x}", {"e^{x}", "e{^-x}", "e^-{x}"}),
    ("x=y", {"x<y", "xy", r"x\ney", "x+y"}),
    (r"x \cdot y", {"x+y", "x/y"}),
    (r"x \in \mathbb{R}", {r"x\in\mathbb{N}"}),
    (r"\text{a rule} x", {r"\text{arule}y"}),
]


@pytest.mark.parametrize(("tex", "some"), EDITS)
def test_the_changes_of_a_formula(tex: str, some: set[str]) -> None:
    found = mutated(tex)
    assert some <= found
    assert tex not in found


def test_words_and_colours_are_left_alone() -> None:
    assert mutated(r"\text{sum rule}") == set()
    assert all(text.startswith(r"\textcolor{red}") for text in mutated(r"\textcolor{red}x"))


@pytest.mark.parametrize("source", PAGES, ids=lambda source: source.path.stem)
def test_every_token_of_a_page_is_changed(source: Source) -> None:
    """No formula is left out, and in none anything but words, colours and environments."""
    assert source.formulas
    assert source.quantities
    mutants = formula_mutants(source)
    for place in (*source.formulas, *source.quantities):
        touched = {
            k
            for mutant in mutants
            if mutant.at == place
            for k in range(mutant.change.start, mutant.change.end)
        }
        untouched = [k for k, char in enumerate(source.tex(place)) if k not in touched]
        left = "".join(source.tex(place)[k] for k in untouched)
        assert not OPAQUE.sub("", left).strip(), left


CODE = '''
import numpy as np


def f(x, y):
    """Return nothing that is changed, 1 + 1."""
    z = np.where(x >= 0, -x, 1.0)
    return np.exp(z) * y[..., np.newaxis]
'''


def test_the_changes_of_a_module() -> None:
    found = {change.applied(CODE) for change in changes(CODE)}
    for old, new in [
        ("x >= 0", "x > 0"),
        ("x >= 0", "x < 0"),
        ("x >= 0", "y >= 0"),
        ("-x, 1.0", "1.0, -x"),
        ("-x, 1.0", "x, 1.0"),
        ("1.0", "2.0"),
        ("np.exp", "np.expm1"),
        ("np.exp(z) * y", "np.exp(z) + y"),
        ("[..., np.newaxis]", "[np.newaxis, ...]"),
        ("return np.exp(z) * y[..., np.newaxis]", "return -(np.exp(z) * y[..., np.newaxis])"),
    ]:
        assert CODE.replace(old, new) in found, new
    assert all("that is changed, 1 + 1" in text for text in found)


@pytest.mark.parametrize("source", PAGES, ids=lambda source: source.path.stem)
def test_every_statement_of_a_module_is_changed(source: Source) -> None:
    code = code_of(source)
    lines = {line_of(code, change).strip() for change in changes(code)}
    assert {line.strip() for line in code.splitlines() if "return " in line[:12]} <= lines


def test_what_changes_nothing_is_equivalent() -> None:
    (source,) = [source for source in PAGES if source.path.stem == "sigmoid"]
    place = next(p for p in source.formulas if r"\begin{aligned}" in source.tex(p))
    tex = source.tex(place)
    for old, new, reason in [
        (r"\left(\dfrac{1}{u}\right)", r"(\dfrac{1}{u})", "the same tree"),
        (r"\left(0 +", r"\left(-0 +", "exactly the same value"),
        (r"\dfrac{d}{dz}(1)", r"\dfrac{d}{dz}(2)", "exactly the same value"),
    ]:
        edit = Edit(tex.index(old), tex.index(old) + len(old), new, "")
        found = verdict(Mutant(source, place, edit))
        assert found.state == "equivalent"
        assert reason in found.reason
