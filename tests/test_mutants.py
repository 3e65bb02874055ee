"""A small run of `make mutants`, and the mutation of formulas and code in rows."""

from __future__ import annotations

import ast

import pytest

from mathlint import hearing
from mathlint.page import read_page
from tests.mutants import (
    Mutant,
    drawn,
    formula_mutants,
    of_every_kind,
    snippet_mutants,
    verdict,
)
from tests.mutation import judge
from tests.mutation.code import code_of, line_of, module_of
from tests.mutation.formulas import OPAQUE, Edit, edits
from tests.mutation.judge import Source, pages
from tests.mutation.snippets import changes

PAGES = list(pages())
FORMULAS, FUNCTIONS = 6, 3
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


def mutated(tex: str, names: tuple[str, ...] = ("x", "y", r"\mathbf{X}")) -> set[str]:
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
    (r"x \text{ if } y", {"xy"}),
    (
        r"\begin{cases}x&y\\1&z\end{cases}",
        {
            r"\begin{cases}1&y\\x&z\end{cases}",
            r"\begin{cases}x&y\end{cases}",
        },
    ),
    (r"\mathbf{X}y", {r"\mathbf{X}^\topy", r"\mathbf{X}\mathbf{X}", "xy", "y"}),
    (r"W^{[l]}+W^{[1]}", {"W^{[1]}+W^{[1]}", "W+W^{[1]}"}),
    (r"\max(x, y)", {r"\min(x,y)"}),
    (r"\sum_{i=1}^{n} x_i", {r"\prod_{i=1}^{n}x_i", r"\sum_{i=2}^{n}x_i", r"\sum_{i=1}x_i"}),
    (r"X \odot Y", {"XY", "X+Y", r"X^\top\odotY"}),
    (r"x \ge 0", {r"x>0", r"x\le0"}),
    (r"\operatorname{tr}(X)", {r"\det(X)", r"\operatorname{tr}(X^\top)"}),
]


@pytest.mark.parametrize(("tex", "some"), EDITS)
def test_the_changes_of_a_formula(tex: str, some: set[str]) -> None:
    found = mutated(tex)
    assert some <= found
    assert tex not in found


def test_some_changes_of_every_kind_are_drawn_on_every_page() -> None:
    for source in PAGES:
        mutants = formula_mutants(source)
        some = of_every_kind(mutants, 2)
        assert {mutant.change.kind for mutant in some} == {m.change.kind for m in mutants}
        assert some == of_every_kind(mutants, 2)
        assert set(some) < set(mutants)


def test_a_failure_of_the_checker_is_no_way_to_be_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StopIteration

    monkeypatch.setattr(hearing, "read_formula", fail)
    found = verdict(formula_mutants(PAGES[0])[0])
    assert found.state == "survived"
    assert found.reason.startswith("ML900")


def test_formulas_that_cannot_be_read_are_not_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    source = PAGES[0]
    monkeypatch.setattr(judge, "sentences", lambda *_: ())
    assert judge.equivalence(source, source.formulas[0], "x").state == "survived"


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
    z[0] = np.sum(y, axis=-1, keepdims=True)
    if x and y:
        z = y.T @ len(x)
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
        ("z[0] = np.sum(y, axis=-1, keepdims=True)", "pass"),
        (", axis=-1", ""),
        ("axis=-1", "axis=-2"),
        ("keepdims=True", "keepdims=False"),
        ("np.sum(y, axis=-1, keepdims=True)", "(y)"),
        ("x and y", "x or y"),
        ("if x and y", "if not (x and y)"),
        ("y.T", "y"),
        ("y.T @ len(x)", "(len(x)) @ (y.T)"),
        ("len(x)", "(x)"),
        ("return np.exp(z) * y[..., np.newaxis]", "return -(np.exp(z) * y[..., np.newaxis])"),
    ]:
        assert CODE.replace(old, new) in found, new
    assert all("that is changed, 1 + 1" in text for text in found)


@pytest.mark.parametrize("source", PAGES, ids=lambda source: source.path.stem)
def test_every_statement_of_a_module_is_changed(source: Source) -> None:
    code = code_of(source)
    lines = {line_of(code, change).strip() for change in changes(code)}
    functions = [node for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)]
    for statement in (part for node in functions for part in node.body[1:]):
        assert code.splitlines()[statement.lineno - 1].strip() in lines


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


def made(text: str) -> Source:
    """A page that nobody has written down."""
    found = read_page(text, "", None).formulas
    places = tuple((f.offset(0), f.offset(len(f.tex) - 1) + 1) for f in found)
    return Source(judge.ROOT / "page.md", text, text, places, (), frozenset({"f"}))


@pytest.mark.parametrize(
    ("claim", "old", "new", "state", "reason"),
    [
        (r"|z|^2 = z^2 \quad (z \ge 0)", r"\ge", ">", "equivalent", "about fewer points"),
        (r"|z|^2 = z^2 \quad (z \ne 0)", r"\ne", "<", "equivalent", "about fewer points"),
        (r"|z|^2 = z^2 \quad (z \ge 0)", r"\ge", r"\le", "equivalent", "holds without any"),
        (r"|z| = z \quad (z > 0)", ">", r"\ge", "survived", ""),
        (r"|z| = z \quad (z \ge 0)", r"\ge", r"\le", "killed", "refuted"),
        (r"|z| + f(0) = |z|", "f", " ", "equivalent", "the changed part"),
        (r"|z| + 2z = |z| + z + z", "2z", "3z", "killed", "refuted"),
    ],
)
def test_what_changes_a_condition_or_a_part(
    claim: str, old: str, new: str, state: str, reason: str
) -> None:
    f = r"f(z) = \begin{cases} z & z > 0 \\ e^z - 1 & z \le 0 \end{cases}"
    source = made(f"$z \\in \\mathbb{{R}}$ ${f}$ $f(1) = 1$\n\n$$\n{claim}\n$$\n")
    tex = source.tex(source.formulas[-1])
    start = tex.index(old)
    found = verdict(Mutant(source, source.formulas[-1], Edit(start, start + len(old), new, "")))
    assert (found.state, reason in found.reason) == (state, True), found
