"""Dots between the terms of a sum: the visible pattern that the elided terms follow."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from mathlint.errors import Unread
from mathlint.syntax import Dots, Group, Node, Num, Product, Ref, Sum, children, walk

NO_PATTERN = "the terms on both sides of the dots have no pattern in common"
Signed = tuple[int, Node]


@dataclass(frozen=True)
class Reader:
    """What a pattern must be able to ask: an index's value, and whether two trees mean the same."""

    integer: Callable[[Node], int]
    same: Callable[[Node, Node], bool]


def expanded(node: Sum, reader: Reader) -> tuple[Signed, ...]:
    """The terms of a sum with its dots written out.

    Raises Unread where the visible terms show no pattern or leave the run.
    """
    parts = node.terms
    marks = [k for k, (_, part) in enumerate(parts) if isinstance(part, Dots)]
    first, last = marks[0] - 1, marks[-1] + 1
    beside = any(after == before + 1 for before, after in itertools.pairwise(marks))
    if first < 0 or last >= len(parts) or beside:
        raise Unread("dots need a visible term on both sides", node.start, node.end)
    if any(parts[k][0] != parts[first][0] for k in range(first, last + 1)):
        raise Unread("the visible terms around the dots differ in sign", node.start, node.end)
    if all(_is_zero(parts[k - 1][1]) or _is_zero(parts[k + 1][1]) for k in marks):
        return tuple(part for k, part in enumerate(parts) if k not in marks)
    return _run(node, first, last, marks, reader)


def _is_zero(node: Node) -> bool:
    """A printed zero: the dots beside it go on with zeros."""
    return isinstance(node, Num) and node.value == 0


def _run(node: Sum, first: int, last: int, marks: list[int], reader: Reader) -> tuple[Signed, ...]:
    parts, sign = node.terms, node.terms[first][0]
    visible = [parts[k][1] for k in range(first, last + 1) if k not in marks]
    pattern = _Pattern(visible[0], visible[-1], node, reader)
    low, high = pattern.low, pattern.high
    for middle in visible[1:-1]:
        if middle in (visible[0], visible[-1]):
            message = "this term between the dots is printed as an end as well"
            raise Unread(message, middle.start, middle.end)
        if not min(low, high) <= pattern.value_of(middle) <= max(low, high):
            message = "this term between the dots can leave the ends of its row"
            raise Unread(message, middle.start, middle.end)
    while first > 0 and parts[first - 1][0] == sign and pattern.fits(low - 1, parts[first - 1][1]):
        first, low = first - 1, low - 1
    after = last + 1
    while (
        after < len(parts) and parts[after][0] == sign and pattern.fits(high + 1, parts[after][1])
    ):
        after, high = after + 1, high + 1
    goes_up = low <= high or low < pattern.low
    values = range(low, high + 1) if goes_up else range(high, low + 1)
    run = tuple((sign, pattern.member(k)) for k in values)
    return (*parts[:first], *run, *parts[after:])


class _Pattern:
    """What two visible terms have in common, with one running number."""

    def __init__(self, left: Node, right: Node, whole: Node, reader: Reader) -> None:
        self.left, self.right, self.whole, self.reader = left, right, whole, reader
        if isinstance(left, Num) and isinstance(right, Num):
            raise Unread(NO_PATTERN, whole.start, whole.end)
        ends = self._ends(left, right)
        if len(ends) != 1:
            raise Unread(NO_PATTERN, whole.start, whole.end)
        ((self.low, self.high),) = ends

    def _ends(self, left: Node, right: Node) -> set[tuple[int, int]]:
        found: set[tuple[int, int]] = set()
        for one, other in self._differences(left, right):
            found.add((self.reader.integer(one), self.reader.integer(other)))
        return found

    def _differences(self, left: Node, right: Node) -> list[tuple[Node, Node]]:
        """The pairs of smallest parts that are not the same."""
        if left == right:
            return []
        if _alike(left, right):
            pairs = zip(children(left), children(right), strict=True)
            return [pair for one, other in pairs for pair in self._differences(one, other)]
        if not (_index_like(left) and _index_like(right)):
            raise Unread(NO_PATTERN, self.whole.start, self.whole.end)
        return [(left, right)]

    def member(self, value: int) -> Node:
        """The term of the pattern for one value of the running number."""
        node = _replaced(self.left, self.right, value)
        assert isinstance(node, Node)
        return node

    def value_of(self, node: Node) -> int:
        """Which member of the pattern a visible term is."""
        found = self._ends(self.left, node)
        if not found:
            return self.low
        value = next(iter(found))[1]
        if len(found) > 1 or {a for a, _ in found} != {self.low} or not self.fits(value, node):
            raise Unread("this term does not fit the pattern of the dots", node.start, node.end)
        return value

    def fits(self, value: int, node: Node) -> bool:
        """Whether a visible term is the pattern's member for a value."""
        if isinstance(node, Dots):
            return False
        try:
            return self.reader.same(self.member(value), node)
        except Unread:
            return False


def _index_like(node: Node) -> bool:
    return all(isinstance(part, Ref | Num | Sum | Group | Product) for part in walk(node))


def _alike(left: Node, right: Node) -> bool:
    """Whether two nodes are of one kind and differ only below."""
    if type(left) is not type(right) or isinstance(left, Num):
        return False
    if isinstance(left, Ref) and isinstance(right, Ref):
        same = left.name == right.name and len(left.subs) == len(right.subs)
        return (
            same and (left.layer is None) == (right.layer is None) and bool(left.subs or left.layer)
        )
    return _outline(left, True) == _outline(right, True)


def _outline(value: object, top: bool = False) -> object:
    """A node's own data, with the nodes below it left blank."""
    if isinstance(value, Node):
        if not top:
            return "node"
        names = [name for name in value.__dataclass_fields__ if name not in ("start", "end")]
        return tuple(_outline(getattr(value, name)) for name in names)
    if isinstance(value, tuple):
        return tuple(_outline(item) for item in value)
    return value


def _replaced(left: object, right: object, value: int) -> object:
    """The left tree with the running number in place of every part in which the two differ."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        return tuple(_replaced(one, other, value) for one, other in zip(left, right, strict=True))
    if not isinstance(left, Node) or not isinstance(right, Node) or left == right:
        return left
    if not _alike(left, right):
        return Num(Fraction(value), start=left.start, end=left.end)
    fields = {
        name: _replaced(getattr(left, name), getattr(right, name), value)
        for name in left.__dataclass_fields__
        if name not in ("start", "end")
    }
    return type(left)(**fields, start=left.start, end=left.end)
