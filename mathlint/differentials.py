"""What `d` before a name means on a page: a differential, part of a name, or a factor."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from mathlint.scope import Scope
from mathlint.syntax import (
    BigOperator,
    Call,
    Chain,
    Component,
    Derivative,
    Differential,
    Group,
    Node,
    Num,
    Power,
    Product,
    Ref,
    Sentence,
    Transpose,
    bare,
    walk,
)
from mathlint.tokens import BUILT_IN


def root(name: str) -> str:
    """A name without its font and without what stands below and above it."""
    plain = re.split(r"[_^]", name)[0]
    if not plain.startswith("\\mathbf{"):
        return plain
    return plain.removeprefix("\\mathbf{").removesuffix("}")


def is_d(node: Node) -> bool:
    """Whether something is a d by itself."""
    return isinstance(node, Ref) and node.name == "d" and not node.subs and node.layer is None


def is_upright(node: Node) -> bool:
    """Whether a d is typed as a sign of its own: `\\mathrm{d}`, `\\partial`."""
    return is_d(node) and node.end - node.start > 1


def note_differentials(sentences: Sequence[Sentence], scope: Scope) -> None:
    """Tell from a whole page whether `dX` is a differential, and which names vary.

    In `dz = W dx` the left side is made of what varies on the right. In code `dW` is a name for the
    gradient of what is made of W: there the left side comes first. An italic d that also stands
    alone is a quantity of the page, unless it is but a size there.
    """
    below = _Below(scope)
    kinds, headed = _kinds(sentences, scope, below)
    told = "differential" in kinds
    known = "d" in scope.heads | scope.running or any(map(_has_lone_d, sentences))
    scope.knows_d = known and not (told and not any(map(_counts_with_d, sentences)))
    found = [o for s in sentences for p in walk(s) for o in _operands(p, scope)]
    told |= any(_name(operand) is None for operand in found)
    scope.doubts_d = scope.knows_d and "differential" in kinds and not found
    scope.differentials = set() if told else headed
    scope.reads_d = bool(found) and "name" not in kinds
    _note_variables(sentences, found, scope, below)


def _kinds(sentences: Sequence[Sentence], scope: Scope, below: _Below) -> tuple[set[str], set[str]]:
    """What the equations that begin with `dW` tell of d, and the names of those W."""
    kinds, headed = set[str](), set[str]()
    for sentence in sentences:
        if isinstance(sentence, Chain) and sentence.relations[:1] in (("=",), (":=",)):
            name = _headed(bare(sentence.members[0]), scope)
            if name is not None:
                kinds.add(_kind(name, bare(sentence.members[1]), scope, below))
                headed.add(name.name)
    return kinds - {""}, headed if "name" in kinds else set()


def with_differentials(node: Product, scope: Scope) -> Node:
    """A product in which each d has taken what stands behind it."""
    if not scope.reads_d:
        return node
    factors, marks = [node.factors[0]], list[str]()
    for mark, factor in zip(node.marks, node.factors[1:], strict=True):
        last = factors[-1]
        if not mark and _takes(last, scope):
            factors[-1] = Differential(factor, start=last.start, end=factor.end)
        else:
            factors.append(factor)
            marks.append(mark)
    if len(factors) == 1:
        return factors[0]
    return Product(tuple(factors), tuple(marks), start=node.start, end=node.end)


class _Below:
    """What the names of a page are made of, by its equations and by its derivatives."""

    def __init__(self, scope: Scope) -> None:
        self.bodies: dict[str, set[str]] = {}
        for name, inside in scope.bodies.items():
            self.bodies.setdefault(root(name), set()).update(map(root, inside))
        for name, variables in scope.variables.items():
            inside = {root(variable.name) for variable in variables}
            self.bodies.setdefault(root(name), set()).update(inside)

    def of(self, name: str) -> set[str]:
        """All names behind a name."""
        found: set[str] = set()
        waiting = [root(name)]
        while waiting:
            fresh = self.bodies.get(waiting.pop(), set()) - found
            found |= fresh
            waiting += fresh
        return found


def _takes(node: Node, scope: Scope) -> bool:
    return is_upright(node) or (is_d(node) and not scope.knows_d)


def _operands(node: Node, scope: Scope) -> Iterator[Node]:
    """What the d's among the factors of a product stand before."""
    if isinstance(node, Product):
        for (first, second), mark in zip(pairwise(node.factors), node.marks, strict=True):
            if not mark and _takes(first, scope):
                yield second


def _counts_with_d(sentence: Sentence) -> bool:
    """Whether a line reckons with a d that stands alone, and not only has d entries."""
    if not isinstance(sentence, Chain) or not sentence.relations:
        return False
    marks = [m for p in walk(sentence) if isinstance(p, Ref) for m in (*p.subs, p.layer) if m]
    for part in walk(sentence):
        if isinstance(part, BigOperator):
            marks += [end for end in (part.lower, part.upper) if end is not None]
    inside = {id(part) for mark in marks for part in walk(mark)}
    return any(id(lone) not in inside for lone in _lone_ds(sentence))


def _has_lone_d(sentence: Sentence) -> bool:
    """Whether an italic d stands somewhere without anything that it could be the sign of."""
    return any(True for _ in _lone_ds(sentence))


def _lone_ds(sentence: Sentence) -> Iterator[Node]:
    signs = [
        first
        for part in walk(sentence)
        if isinstance(part, Product)
        for (first, _), mark in zip(pairwise(part.factors), part.marks, strict=True)
        if not mark
    ]
    lone = (p for p in walk(sentence) if is_d(p) and not is_upright(p))
    return (p for p in lone if not any(p is sign for sign in signs))


def _name(operand: Node) -> Ref | None:
    """The name behind a d, its transpose among them."""
    node = bare(operand)
    while isinstance(node, Transpose | Component) or (
        isinstance(node, Power) and isinstance(node.base, Ref)
    ):
        node = bare(node.base)
    return node if isinstance(node, Ref) else None


def _headed(left: Node, scope: Scope) -> Ref | None:
    """The W of `dW`, if that is all."""
    operands = list(_operands(left, scope))
    alone = isinstance(left, Product) and len(left.factors) == 2 and len(operands) == 1
    return operands[0] if alone and isinstance(operands[0], Ref) else None


def _kind(name: Ref, right: Node, scope: Scope, below: _Below) -> str:
    """What `dW = ...` tells of its left side: a differential, a name, or nothing."""
    operands = [o for part in walk(right) for o in _operands(part, scope)]
    if not operands:
        return "" if isinstance(right, Num) else "name"
    behind = {root(p.name) for o in operands for p in walk(o) if isinstance(p, Ref)}
    is_above = bool(below.of(name.name) & behind)
    is_below = any(root(name.name) in below.of(other) for other in behind)
    if is_below:
        return "name"
    return "differential" if is_above else ""


def _note_variables(
    sentences: Sequence[Sentence], found: Sequence[Node], scope: Scope, below: _Below
) -> None:
    """Which names vary, and which are held where the page differentiates what is made of them."""
    names = {_root_of(operand) for operand in found} - {""}
    scope.varied |= {root(n.name) for n in map(_name, found) if n is not None}
    for part in (part for sentence in sentences for part in walk(sentence)):
        if isinstance(part, Derivative):
            inside = {root(name) for name in _names(part.operand)}
            scope.held |= inside.union(*map(below.of, inside))
            variables = [v.base if isinstance(v, Transpose) else v for v in part.variables]
            scope.varied |= {root(v.name) for v in variables if isinstance(v, Ref)}
        if isinstance(part, Chain) and part.relations[:1] in (("=",), (":=",)):
            for head in (h for h in map(bare, part.members) if isinstance(h, Call)):
                if head.function not in BUILT_IN and root(head.function) in names:
                    scope.varied |= {root(a.name) for a in head.args if isinstance(a, Ref)}
                    scope.held |= below.of(head.function)


def _root_of(operand: Node) -> str:
    node = bare(operand)
    if isinstance(node, Group) and len(node.items) == 1:
        return _root_of(node.items[0])
    name = node.function if isinstance(node, Call) else getattr(node, "name", "")
    return root(name)


def _names(node: Node) -> set[str]:
    calls = {p.function for p in walk(node) if isinstance(p, Call)}
    return calls | {p.name for p in walk(node) if isinstance(p, Ref)}
