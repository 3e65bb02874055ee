"""Random formulas are read as they were meant, right ones never refuted, wrong ones never green.

`HYPOTHESIS_PROFILE=search pytest tests/test_properties.py` looks at other and many more examples.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import mpmath
import pytest
import sympy
from hypothesis import HealthCheck, assume, event, given, note, settings
from hypothesis import strategies as st

from mathlint import syntax
from mathlint.check import check_text
from mathlint.output import render_json
from mathlint.plain import plain
from mathlint.reading import read_formula
from mathlint.report import GREEN, Report, Statement
from mathlint.settings import Settings
from mathlint.syntax import Node

ROOT = Path(__file__).resolve().parent.parent
CALM = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile(
    "fixed", derandomize=True, database=None, deadline=None, suppress_health_check=CALM
)
settings.register_profile("search", settings.get_profile("fixed"), derandomize=False)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "fixed")
settings.load_profile(PROFILE)
LENIENT, STRICT = Settings(), Settings(undeclared="error")


def examples(number: int) -> settings:
    """So many examples, or many more when searching."""
    return settings(max_examples=number if PROFILE == "fixed" else 50 * number)


# -- trees --------------------------------------------------------------------------------------

# ("num", value) ("name", letter, layer or None, indices) ("sum", ((sign, tree), ...))
# ("product", trees) ("quotient", top, bottom) ("power", base, exponent)
# ("call", function, arguments) ("derivative", operand, variables)
Tree: TypeAlias = tuple

CALLED = ("f", "g", "\\sigma")
FUNCTIONS = ("ln", "exp", "sin", "cos", "tanh", "sqrt", "abs")


def num(value: int | Fraction) -> Tree:
    return ("num", Fraction(value))


def name(letter: str, layer: Tree | None = None, subs: tuple[Tree, ...] = ()) -> Tree:
    return ("name", letter, layer, subs)


letters = st.sampled_from(
    ["x", "y", "z", "a", "C", "\\theta", "\\alpha", "\\hat{y}", "\\mathbf{w}"]
)
indices = st.sampled_from([name("i"), name("j"), num(0), num(1), num(12)]) | st.builds(
    lambda letter, sign: ("sum", ((1, letter), (sign, num(1)))),
    st.sampled_from([name("i"), name("n")]),
    st.sampled_from([1, -1]),
)
layers = st.none() | st.sampled_from(
    [name("l"), name("L"), num(2), ("sum", ((1, name("l")), (-1, num(1))))]
)
plain_names = letters.map(name)
names = plain_names | st.builds(name, letters, layers, st.lists(indices, max_size=2).map(tuple))
numbers = st.sampled_from([num(v) for v in (0, 1, 2, 3, 10, 12)]) | st.just(num(Fraction("2.5")))


def _grown(inside: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    signed = st.tuples(st.sampled_from([1, -1]), inside)
    return st.one_of(
        st.lists(signed, min_size=2, max_size=4).map(lambda terms: ("sum", tuple(terms))),
        inside.map(lambda tree: ("sum", ((-1, tree),))),
        st.lists(inside, min_size=2, max_size=4).map(lambda trees: ("product", tuple(trees))),
        st.builds(lambda top, bottom: ("quotient", top, bottom), inside, inside),
        st.builds(lambda base, exponent: ("power", base, exponent), inside, inside),
        st.builds(lambda function, tree: ("call", function, (tree,)),
                  st.sampled_from([*FUNCTIONS, *CALLED]), inside),
        st.builds(lambda one, two: ("call", "g", (one, two)), inside, inside),
        st.builds(lambda tree, by: ("derivative", tree, tuple(by)),
                  inside, st.lists(names, min_size=1, max_size=2)),
    )  # fmt: skip


trees = st.recursive(names | numbers, _grown, max_leaves=10)


# -- trees to LaTeX, in many hands --------------------------------------------------------------


class Hand:
    """Prints trees; every choice of notation is a throw of the dice."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def one_of(self, *choices: str) -> str:
        return self.rng.choice(choices)

    def joined(self, *parts: str) -> str:
        """Parts side by side, with spacing that means nothing between them."""
        text = parts[0]
        for part in parts[1:]:
            gap = self.one_of("", "", "", " ", " ", "\\,", "\\;", "\\!", "~", "\n", "\\ ")
            if not gap and part[:1].isalpha() and _ends_in_command(text):
                gap = " "
            text += gap + part
        return text

    def bracketed(self, inside: str) -> str:
        left, right = self.rng.choice(
            [("(", ")"), ("\\left(", "\\right)"), ("\\bigl(", "\\bigr)"), ("[", "]"),
             ("\\left[", "\\right]"), ("\\Big(", "\\Big)"), ("\\{", "\\}")]
        )  # fmt: skip
        return self.joined(left, inside, right)

    def argument(self, inside: str) -> str:
        return "{" + self.joined("", inside, "") + "}"

    def tree(self, tree: Tree) -> str:
        printed = getattr(self, "_" + tree[0])(tree)
        if self.rng.random() < 0.03:
            return f"\\textcolor{{red}}{{{printed}}}"
        return printed

    def _num(self, tree: Tree) -> str:
        value = tree[1]
        return str(value) if value.denominator == 1 else str(float(value))

    def _name(self, tree: Tree) -> str:
        _, letter, layer, subs = tree
        layer_part = index_part = ""
        if layer is not None:
            left, right = self.rng.choice([("(", ")"), ("[", "]")])
            layer_part = "^{" + self.joined(left, self.tree(layer), right) + "}"
        if subs:
            index_part = "_" + self.subscript(subs)
        if letter.startswith("\\mathbf") and self.rng.random() < 0.3:
            letter = letter.replace("mathbf", "boldsymbol")
        if self.rng.random() < 0.5:
            return letter + layer_part + index_part
        return letter + index_part + layer_part

    def subscript(self, subs: tuple[Tree, ...]) -> str:
        printed = [self.tree(sub) for sub in subs]
        if len(subs) == 1:
            single = len(printed[0]) == 1 and self.rng.random() < 0.5
            return printed[0] if single else "{" + printed[0] + "}"
        if all(sub[0] == "name" for sub in subs) and self.rng.random() < 0.7:
            return "{" + self.one_of("", " ", "\\,").join(printed) + "}"
        return "{" + self.one_of(",", ", ", ",\\,").join(printed) + "}"

    def _sum(self, tree: Tree) -> str:
        parts: list[str] = []
        for k, (sign, term) in enumerate(tree[1]):
            if sign < 0 or k:
                parts.append("-" if sign < 0 else "+")
            parts.append(self.part(term, ("sum",)))
        return self.joined(*parts)

    def part(self, tree: Tree, bracket: tuple[str, ...]) -> str:
        printed = self.tree(tree)
        return self.bracketed(printed) if tree[0] in bracket else printed

    def _product(self, tree: Tree) -> str:
        factors = [self.part(factor, ("sum", "product")) for factor in tree[1]]
        parts = [factors[0]]
        for before, after in zip(tree[1], factors[1:], strict=False):
            juxtaposed = not after[0].isdigit() and not _may_go_on(before)
            if not juxtaposed or self.rng.random() < 0.4:
                parts.append(self.one_of("\\cdot", "\\cdot", "\\times"))
            parts.append(after)
        return self.joined(*parts)

    def _quotient(self, tree: Tree) -> str:
        short = tree[1][0] in ("num", "name") and tree[2][0] in ("num", "name")
        if short and self.rng.random() < 0.2:
            return self.bracketed(self.joined(self.tree(tree[1]), "/", self.tree(tree[2])))
        return self.fraction(tree)

    def fraction(self, tree: Tree) -> str:
        top, bottom = self.tree(tree[1]), self.tree(tree[2])
        if len(top) == len(bottom) == 1 and (top + bottom).isdigit() and self.rng.random() < 0.5:
            return self.one_of("\\frac", "\\tfrac") + top + bottom
        command = self.one_of("\\frac", "\\dfrac", "\\tfrac", "\\cfrac")
        return command + self.argument(top) + self.argument(bottom)

    def _power(self, tree: Tree) -> str:
        base = self.tree(tree[1])
        exponent = self.fraction(tree[2]) if tree[2][0] == "quotient" else self.tree(tree[2])
        raised = "^" + (exponent if len(exponent) == 1 else "{" + exponent + "}")
        if tree[1][0] == "name":
            if tree[1][2] is not None or "color" in base:
                return "{" + base + "}" + raised
            return base + raised
        if tree[1][0] == "num" and "color" not in base:
            return base + raised
        if tree[1][0] == "call" and tree[1][1] not in ("abs", "sqrt") and "color" not in base:
            return base + raised
        return self.bracketed(base) + raised

    def _call(self, tree: Tree) -> str:
        _, function, args = tree
        printed = [self.tree(arg) for arg in args]
        if function == "sqrt":
            return "\\sqrt" + self.argument(printed[0])
        if function == "abs":
            left, right = self.rng.choice([("\\left|", "\\right|"), ("\\lvert ", "\\rvert ")])
            return self.joined(left, printed[0], right)
        shown = function if function in CALLED else "\\" + function
        inside = self.joined(*[part for text in printed for part in (",", text)][1:])
        left, right = self.rng.choice([("(", ")"), ("\\left(", "\\right)"), ("\\bigl(", "\\bigr)")])
        return shown + self.joined(left, inside, right)

    def _derivative(self, tree: Tree) -> str:
        _, operand, variables = tree
        sign = self.one_of("d", "\\mathrm{d}", "\\partial ", "\\operatorname{d}")
        command = self.one_of("\\frac", "\\dfrac", "\\tfrac")
        order = "" if len(variables) == 1 else f"^{len(variables)}"
        below = self.differentials(sign, variables)
        if operand[0] == "name" and self.rng.random() < 0.7:
            return f"{command}{{{sign.strip()}{order} {self.tree(operand)}}}{{{below}}}"
        left, right = self.rng.choice([("(", ")"), ("\\left(", "\\right)"), ("[", "]")])
        after = self.joined(left, self.tree(operand), right)
        return f"{command}{{{sign.strip()}{order}}}{{{below}}}{after}"

    def differentials(self, sign: str, variables: tuple[Tree, ...]) -> str:
        first = variables[0]
        simple = first[0] == "name" and first[2] is None
        if len(variables) == 2 and first == variables[1] and simple and self.rng.random() < 0.7:
            return f"{sign}{self._name(first)}^2"
        return self.joined(*(f"{sign}{self._name(by)}" for by in variables))


def _ends_in_command(text: str) -> bool:
    tail = text[text.rfind("\\") :] if "\\" in text else ""
    return len(tail) > 1 and tail[1:].isalpha()


def _may_go_on(tree: Tree) -> bool:
    """Whether a name, followed by a bracket, would be taken for a call."""
    return tree[0] == "name" and tree[1] in CALLED


def tree_of(node: Node) -> Tree:
    """What was read, as a tree of this file, without its brackets."""
    match node:
        case syntax.Num():
            return ("num", node.value)
        case syntax.Ref():
            layer = None if node.layer is None else tree_of(node.layer)
            return ("name", node.name, layer, tuple(map(tree_of, node.subs)))
        case syntax.Group(items=(item,)):
            return tree_of(item)
        case syntax.Sum():
            return ("sum", tuple((sign, tree_of(term)) for sign, term in node.terms))
        case syntax.Product():
            return ("product", tuple(map(tree_of, node.factors)))
        case syntax.Quotient():
            return ("quotient", tree_of(node.top), tree_of(node.bottom))
        case syntax.Power():
            return ("power", tree_of(node.base), tree_of(node.exponent))
        case syntax.Call():
            return ("call", node.function, tuple(map(tree_of, node.args)))
        case syntax.Derivative():
            return ("derivative", tree_of(node.operand), tuple(map(tree_of, node.variables)))
    raise AssertionError(f"unexpected {type(node).__name__}")


def is_function(letter: str) -> bool:
    return letter in CALLED


def read(tex: str) -> Node:
    (sentence,) = read_formula(tex, is_function)
    assert isinstance(sentence, syntax.Chain)
    (member,) = sentence.members
    return member


@examples(250)
@given(trees, st.integers(0, 1 << 30))
def test_a_printed_tree_is_read_back(tree: Tree, seed: int) -> None:
    tex = Hand(seed).tree(tree)
    note(tex)
    assert tree_of(read(tex)) == tree


@examples(60)
@given(trees, st.integers(0, 1 << 30))
def test_notation_does_not_show_in_how_a_formula_was_read(tree: Tree, seed: int) -> None:
    one, other = Hand(seed).tree(tree), Hand(seed + 1).tree(tree)
    note(one)
    note(other)
    assert ungrouped(plain(read(one))) == ungrouped(plain(read(other)))


def ungrouped(text: str) -> str:
    """A reading without its brackets, which colour and braces may add."""
    return text.replace("(", "").replace(")", "")


# -- trees and SymPy ----------------------------------------------------------------------------

SYMPY: dict[str, Callable[..., sympy.Expr]] = {
    "ln": sympy.log, "exp": sympy.exp, "sin": sympy.sin, "cos": sympy.cos, "tanh": sympy.tanh,
    "sqrt": sympy.sqrt,
}  # fmt: skip
SYMBOLS = {letter: sympy.Symbol(letter, positive=True) for letter in "xyuv"}
DOMAIN = "$x \\in (0, 3)$ and $y \\in (0, 3)$.\n\n"


def to_sympy(tree: Tree) -> sympy.Expr:
    """The value of a tree; a derivative and an index have none."""
    match tree:
        case ("num", value):
            return sympy.Rational(value.numerator, value.denominator)
        case ("name", "e", None, ()):
            return sympy.E
        case ("name", letter, None, ()):
            return SYMBOLS[letter]
        case ("sum", terms):
            return sympy.Add(*(sign * to_sympy(term) for sign, term in terms))
        case ("product", factors):
            return sympy.Mul(*map(to_sympy, factors))
        case ("quotient", top, bottom):
            return to_sympy(top) / to_sympy(bottom)
        case ("power", base, exponent):
            return to_sympy(base) ** to_sympy(exponent)
        case ("call", function, (argument,)):
            return SYMPY[function](to_sympy(argument))
    raise AssertionError(tree)


def from_sympy(value: sympy.Expr) -> Tree:
    """A tree of this value; raises ValueError for what none of our trees can say."""
    if value.is_Add:
        return ("sum", tuple(_signed(term) for term in value.as_ordered_terms()))
    if value.could_extract_minus_sign():
        return ("sum", (_signed(value),))
    top, bottom = sympy.fraction(value)
    if bottom != 1:
        return ("quotient", from_sympy(top), from_sympy(bottom))
    if value.is_Integer:
        return num(int(value))
    if value.is_Symbol:
        return name(value.name)
    if value is sympy.E:
        return name("e")
    if value.is_Mul:
        return ("product", tuple(map(from_sympy, value.as_ordered_factors())))
    if isinstance(value, sympy.exp):
        return ("power", name("e"), from_sympy(value.args[0]))
    if value.is_Pow and value.exp == sympy.Rational(1, 2):
        return ("call", "sqrt", (from_sympy(value.base),))
    if value.is_Pow:
        return ("power", from_sympy(value.base), from_sympy(value.exp))
    for function, cls in SYMPY.items():
        if isinstance(cls, type) and isinstance(value, cls):
            return ("call", function, (from_sympy(value.args[0]),))
    raise ValueError(value)


def _signed(term: sympy.Expr) -> tuple[int, Tree]:
    if term.could_extract_minus_sign() and not term.is_Add:
        return (-1, from_sympy(-term))
    return (1, from_sympy(term))


def _positive_grown(inside: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    signed = st.tuples(st.sampled_from([1, 1, -1]), inside)
    small = st.sampled_from([num(2), num(3), ("sum", ((-1, num(1)),)), ("sum", ((-1, num(2)),))])
    return st.one_of(
        st.lists(signed, min_size=2, max_size=3).map(lambda terms: ("sum", tuple(terms))),
        st.lists(inside, min_size=2, max_size=3).map(lambda parts: ("product", tuple(parts))),
        st.builds(lambda top, bottom: ("quotient", top, bottom), inside, inside),
        st.builds(lambda base, exponent: ("power", base, exponent), inside, small),
        inside.map(lambda tree: ("call", "exp", (("sum", ((-1, tree),)),))),
        inside.map(lambda tree: ("power", name("e"), tree)),
        inside.map(lambda tree: ("call", "ln", (("sum", ((1, tree), (1, num(4)))),))),
        st.builds(lambda function, tree: ("call", function, (tree,)),
                  st.sampled_from(["sin", "cos", "tanh", "sqrt"]), inside),
    )  # fmt: skip


values = st.recursive(
    st.sampled_from([name("x"), name("y"), name("x"), num(1), num(2), num(3)]),
    _positive_grown,
    max_leaves=6,
)
REWRITINGS: dict[str, Callable[[sympy.Expr], sympy.Expr]] = {
    "expand": sympy.expand,
    "together": sympy.together,
    "factor": sympy.factor,
    "cancel": sympy.cancel,
    "as it is": lambda value: value,
}
POINTS = [(Fraction(k * k + 3, 37), Fraction(80 - k * k, 31)) for k in range(1, 9)]
MPMATH: dict[str, Callable[[mpmath.mpf], mpmath.mpf]] = {
    "ln": mpmath.log, "exp": mpmath.exp, "sin": mpmath.sin, "cos": mpmath.cos,
    "tanh": mpmath.tanh, "sqrt": mpmath.sqrt,
}  # fmt: skip


def number_at(tree: Tree, point: dict[str, mpmath.mpf]) -> mpmath.mpf:
    """The value of a tree; raises ValueError where a part of it is not real or not moderate."""
    try:
        value = _number(tree, point)
    except ZeroDivisionError:
        raise ValueError from None
    if not isinstance(value, mpmath.mpf) or not abs(value) < 1e6:
        raise ValueError
    return value


def _number(tree: Tree, point: dict[str, mpmath.mpf]) -> mpmath.mpf:
    match tree:
        case ("num", value):
            return mpmath.mpf(value.numerator) / value.denominator
        case ("name", letter, None, ()):
            return point[letter]
        case ("sum", terms):
            return mpmath.fsum(sign * number_at(term, point) for sign, term in terms)
        case ("product", factors):
            return mpmath.fprod(number_at(factor, point) for factor in factors)
        case ("quotient", top, bottom):
            return number_at(top, point) / number_at(bottom, point)
        case ("power", base, exponent):
            return number_at(base, point) ** number_at(exponent, point)
        case ("call", function, (argument,)):
            return MPMATH[function](number_at(argument, point))
    raise AssertionError(tree)


def numbers_of(tree: Tree) -> list[mpmath.mpf | None]:
    """The value of a tree at each of the points, where it has one."""
    found: list[mpmath.mpf | None] = []
    with mpmath.workdps(50):
        for x, y in POINTS:
            x_value, y_value = (mpmath.mpf(v.numerator) / v.denominator for v in (x, y))
            point = {"x": x_value, "y": y_value, "u": x_value, "e": +mpmath.e}
            try:
                found.append(number_at(tree, point))
            except ValueError:
                found.append(None)
    return found


def differ(left: Tree, right: Tree) -> bool:
    """Whether two values are far apart at several points: wrong not only where nobody looks."""
    pairs = zip(numbers_of(left), numbers_of(right), strict=True)
    both = [(one, other) for one, other in pairs if one is not None and other is not None]
    apart = [abs(one - other) > 1e-6 * (1 + abs(one) + abs(other)) for one, other in both]
    return len(both) >= 4 and sum(apart) >= 3


def well_behaved(tree: Tree) -> bool:
    """Whether a value is real and of moderate size at most points."""
    return sum(value is not None for value in numbers_of(tree)) >= 6


def statement_of(report: Report, kind: str = "claim") -> Statement:
    """The last statement of a kind."""
    return [item for item in report.statements if item.kind == kind][-1]


def claim(left: str, right: str, above: str = "", settings: Settings = LENIENT) -> Statement:
    """The verdict on one equality."""
    text = f"{DOMAIN}{above}$$\n{left} = {right}\n$$\n"
    note(text)
    report = check_text(text, "page.md", settings)
    last = report.statements[-1]
    assert last.kind == "claim" or last.verdict not in GREEN, last
    return last


def require_not_refuted(found: Statement) -> None:
    event(found.verdict)
    assert found.verdict != "refuted", found


def test_a_true_identity_is_not_refuted() -> None:
    """Nine in ten are green; the others are refused or undecided."""
    verdicts: Counter[str] = Counter()

    @examples(80)
    @given(values, st.sampled_from(sorted(REWRITINGS)), st.integers(0, 1 << 30))
    def identity(tree: Tree, rewriting: str, seed: int) -> None:
        right = rewritten(tree, rewriting)
        hand = Hand(seed)
        # In brackets, and behind a factor, the left side is no name to define.
        left = "1 \\cdot " + hand.bracketed(hand.tree(tree))
        found = claim(left, hand.tree(right))
        verdicts[found.verdict] += 1
        require_not_refuted(found)

    identity()
    assert verdicts["exact"] + verdicts["numeric"] > 0.9 * verdicts.total(), verdicts


def changes(tree: Tree) -> list[Tree]:
    """The tree with one leaf, sign, exponent or order changed."""
    found: list[Tree] = []
    match tree:
        case ("num", value):
            found += [num(value + 1), num(2 * value + 3)]
        case ("name", "x", None, ()):
            found += [name("y"), num(1)]
        case ("name", "y", None, ()):
            found += [name("x")]
        case ("quotient", top, bottom):
            found += [("quotient", bottom, top), top]
        case ("sum", terms):
            for k, (sign, term) in enumerate(terms):
                rest = terms[:k] + terms[k + 1 :]
                found.append(("sum", (*terms[:k], (-sign, term), *terms[k + 1 :])))
                found += [("sum", rest)] if rest else []
        case ("product", factors) if len(factors) > 1:
            found += [("product", factors[:k] + factors[k + 1 :]) if len(factors) > 2
                      else factors[1 - k] for k in range(len(factors))]  # fmt: skip
        case ("call", "sin", args):
            found.append(("call", "cos", args))
    for k, part in enumerate(tree):
        found += [(*tree[:k], new, *tree[k + 1 :]) for new in _changes_within(part)]
    return found


def _changes_within(part: object) -> list[object]:
    if not isinstance(part, tuple) or not part:
        return []
    if isinstance(part[0], str):
        return list(changes(part))
    return [
        (*part[:k], new, *part[k + 1 :])
        for k, inner in enumerate(part)
        for new in _changes_within(inner)
    ]


def changed(tree: Tree, seed: int) -> Tree:
    """A change of a tree that changes its value for certain."""
    found = changes(tree)
    random.Random(seed).shuffle(found)
    for new in found[:10]:
        if differ(tree, new):
            return new
    assume(False)
    raise AssertionError


def rewritten(tree: Tree, rewriting: str) -> Tree:
    """The same value, by SymPy's algebra in another form."""
    assume(well_behaved(tree))
    value = to_sympy(tree)
    assume(value.free_symbols)
    found = from_sympy(REWRITINGS[rewriting](value))
    assume(well_behaved(found))
    return found


@examples(80)
@given(values, st.sampled_from(sorted(REWRITINGS)), st.integers(0, 1 << 30))
def test_a_false_identity_is_not_green(tree: Tree, rewriting: str, seed: int) -> None:
    right = rewritten(tree, rewriting)
    wrong = changed(right, seed)
    hand = Hand(seed)
    left = "1 \\cdot " + hand.bracketed(hand.tree(tree))
    found = claim(left, hand.tree(wrong))
    event(found.verdict)
    assert found.verdict not in GREEN, found


@examples(30)
@given(values, st.integers(0, 1 << 30))
def test_a_wrong_line_in_the_middle_of_a_derivation(tree: Tree, seed: int) -> None:
    """The line itself and the next are not green, those around them are not refuted."""
    lines = [
        tree,
        rewritten(tree, "expand"),
        rewritten(tree, "together"),
        rewritten(tree, "cancel"),
    ]
    lines[2] = changed(lines[2], seed)
    hand = Hand(seed)
    printed = [hand.tree(line) for line in lines]
    rows = "".join(f" \\\\\n    &= {line} && \\text{{by algebra}}" for line in printed[1:])
    text = (
        f"{DOMAIN}$$\n\\begin{{aligned}}\n    1 \\cdot ({printed[0]}){rows}\n\\end{{aligned}}\n$$\n"
    )
    note(text)
    found = check_text(text, "page.md", LENIENT).statements[2:]
    if len(found) == 1:
        assert found[0].verdict == "unread"
        return
    before, wrong, next_line = found
    assert before.verdict != "refuted", before
    assert wrong.verdict not in GREEN, wrong
    assert next_line.verdict not in GREEN, next_line


@examples(40)
@given(values, values, st.integers(0, 1 << 30))
def test_the_chain_rule(inner: Tree, outer: Tree, seed: int) -> None:
    """df/dx follows the definitions down, df/du holds u; a changed derivative is not green."""
    x, y, u = (SYMBOLS[letter] for letter in "xyu")
    assume(well_behaved(inner) and well_behaved(outer))
    g, h = to_sympy(inner).subs(y, 2), to_sympy(outer).subs(y, u)
    assume(g.has(x) and h.has(u))
    down, held = (from_sympy(sympy.diff(*by)) for by in ((h.subs(u, g), x), (h, u)))
    assume(well_behaved(down) and well_behaved(held))
    hand = Hand(seed)
    above = f"$$\nu = {hand.tree(from_sympy(g))}\n$$\n\n$$\nC = {hand.tree(from_sympy(h))}\n$$\n\n"
    d = hand.one_of("d", "\\mathrm{d}")
    require_not_refuted(claim(f"\\dfrac{{{d} C}}{{{d} x}}", hand.tree(down), above))
    require_not_refuted(claim("\\dfrac{\\partial C}{\\partial u}", hand.tree(held), above))
    found = claim(f"\\frac{{{d}}}{{{d} x}} C", hand.tree(changed(down, seed)), above)
    assert found.verdict not in GREEN, found


ENTRIES = "Let $n \\in \\mathbb{N}$, $w \\in \\mathbb{R}^n$ and $j = 1, \\dots, n$.\n\n"


@examples(25)
@given(values, st.integers(0, 1 << 30))
def test_the_derivative_of_a_sum_by_an_entry(tree: Tree, seed: int) -> None:
    x, y = SYMBOLS["x"], SYMBOLS["y"]
    assume(well_behaved(tree))
    value = to_sympy(tree).subs(y, 2).subs(x, x**2 + 1)
    assume(value.has(x))
    body, right = from_sympy(value), from_sympy(sympy.diff(value, x))
    assume(well_behaved(body) and well_behaved(right))
    hand = Hand(seed)

    def at(tree: Tree, index: str) -> str:
        return hand.tree(_renamed(tree, name("w", None, (name(index),))))

    sums = (
        f"\\sum_{{i=1}}^{{n}} {hand.bracketed(at(body, 'i'))}",
        " + ".join([_dotted(seed, body, "1"), "\\dots", _dotted(seed, body, "n")]),
    )
    above = f"{ENTRIES}$$\nS = {sums[seed % 2]}\n$$\n\n"
    by = "\\dfrac{\\partial S}{\\partial w_j}"
    require_not_refuted(claim(by, at(right, "j"), above))
    for other in (at(changed(right, seed), "j"), at(right, "1"), at(right, "n")):
        assert claim(by, other, above).verdict not in GREEN


def _dotted(seed: int, body: Tree, index: str) -> str:
    """A term of a sum with dots; every term is written by the same hand in the same mood."""
    tree = _renamed(body, name("w", None, (num(1) if index == "1" else name(index),)))
    return Hand(seed).bracketed(Hand(seed).tree(tree))


def _renamed(tree: Tree, new: Tree) -> Tree:
    """The tree with x replaced."""
    if tree == name("x"):
        return new
    return tuple(_renamed(part, new) if isinstance(part, tuple) else part for part in tree)


# -- reports ------------------------------------------------------------------------------------


def page(rows: list[tuple[Tree, Tree]], seed: int) -> str:
    """A page of equalities, right and wrong ones."""
    hand = Hand(seed)
    lines = [f"$$\n{hand.bracketed(hand.tree(one))} = {hand.tree(two)}\n$$" for one, two in rows]
    return DOMAIN + "\n\n".join(lines) + "\n"


@examples(20)
@given(st.lists(st.tuples(values, values), min_size=1, max_size=4), st.integers(0, 1 << 30))
def test_a_page_judged_twice_gives_the_same_report(
    rows: list[tuple[Tree, Tree]], seed: int
) -> None:
    text = page(rows, seed)
    one, other = (render_json(check_text(text, "page.md", STRICT)) for _ in range(2))
    assert one == other


@examples(20)
@given(st.lists(st.tuples(values, values), min_size=2, max_size=4), st.integers(0, 1 << 30))
def test_the_order_of_claims_changes_no_verdict(rows: list[tuple[Tree, Tree]], seed: int) -> None:
    text = page(rows, seed)
    declarations, *blocks = text.split("\n\n")
    turned = "\n\n".join([declarations, *reversed(blocks)])
    one, other = (check_text(each, "page.md", LENIENT).statements for each in (text, turned))
    assert sorted(map(verdict_of, one)) == sorted(map(verdict_of, other))


def verdict_of(statement: Statement) -> tuple[str, str]:
    return statement.latex, statement.verdict


def test_reports_do_not_depend_on_the_hash_seed() -> None:
    def reported(seed: str) -> bytes:
        command = [sys.executable, "-m", "mathlint", "docs/en/losses", "docs/zh/networks/neuron.md",
                   "--output-format", "json"]  # fmt: skip
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
        assert done.stderr == b""
        return done.stdout

    assert len({reported(seed) for seed in ("0", "1", "4242")}) == 1


MORE = [
    "$q \\in \\mathbb{R}$",
    "$p, r \\in (0, 1)$",
    "$k = 1, 2, \\dots, 5$",
    "$m \\in \\mathbb{N}$",
    "$v \\in \\mathbb{R}^{m \\times 2}$",
    "$x \\in (0, 3)$",
    "$$\nh(t) = t^2 + 1\n$$",
    "$$\n\\psi = 12\n$$",
    "$s > 0$",
    "$A^{(l)} \\in \\mathbb{R}^{3}$",
]


@examples(30)
@given(
    values,
    st.sampled_from(sorted(REWRITINGS)),
    st.lists(st.sampled_from(MORE), unique=True, max_size=5),
    st.integers(0, 1 << 30),
)
def test_declaring_more_turns_nothing_green(
    tree: Tree, rewriting: str, more: list[str], seed: int
) -> None:
    right = rewritten(tree, rewriting)
    hand = Hand(seed)
    left, wrong = hand.bracketed(hand.tree(tree)), hand.tree(changed(right, seed))
    before = claim(left, wrong)
    assert before.verdict not in GREEN, before
    found = claim(left, wrong, "\n\n".join([*more, ""]))
    assert found.verdict not in GREEN, found
    assert claim(left, wrong, "\n\n".join([*more, ""]), STRICT).verdict not in GREEN


@pytest.mark.parametrize(
    "tree", [("sum", ((1, name("x")), (-1, num(2)))), ("call", "sin", (name("x"),))]
)
def test_changes_change_one_thing(tree: Tree) -> None:
    assert tree not in changes(tree)
    assert changes(tree)
