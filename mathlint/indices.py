"""Whole numbers of a formula: sizes, indices and the ranges that they run over."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction

from mathlint.axes import Member, Place
from mathlint.errors import Unread
from mathlint.scope import Entry, Scope, from_zero, shown
from mathlint.syntax import (
    ORDERS,
    Condition,
    Dots,
    Group,
    Node,
    Num,
    Product,
    Quotient,
    Range,
    Ref,
    Sum,
    walk,
)

LONGEST_RANGE = 60
LARGEST = 10_000
ROUND = "round of sizes"
MOMENT = 3
EQUAL_SIZE = 2
LAST_ROUND = (2, 4, 3, 5)
INNER_ROUND = (3, 2, 4, 3)
ONE = Num(Fraction(1), start=0, end=0)


class NeedsChoice(Exception):
    """A size or index whose value is still open; the driver tries each of its values."""

    def __init__(self, name: str | tuple[str, tuple[int, ...]], values: tuple[int, ...]) -> None:
        super().__init__(str(name))
        self.name, self.values = name, values


class NoInstance(Exception):
    """The values chosen so far do not occur, because a condition excludes them."""


@dataclass
class Indices:
    """Whole numbers under one choice of sizes and indices.

    `choices` maps sizes and indices to integers; what it lacks raises NeedsChoice. `bound` holds
    the indices of the sums and definitions around the current place.
    """

    scope: Scope
    sizes: tuple[int, ...]
    strict: bool
    choices: Mapping[object, int]
    conditions: tuple[Node, ...] = ()
    bound: dict[str, int] = field(default_factory=dict)
    assume: Callable[[Ref], None] | None = None
    asked: list[str] = field(default_factory=list)

    def integer(self, node: Node) -> int:
        """The value of an index or a length; raises Unread if it is no whole number."""
        value = self._number(node)
        if not -LARGEST <= value <= LARGEST:
            raise Unread("an index this large is not read", node.start, node.end, "ML204")
        if value.denominator != 1:
            raise Unread("an index must be a whole number", node.start, node.end, "ML204")
        return value.numerator

    def _number(self, node: Node) -> int | Fraction:
        match node:
            case Num():
                value = node.value
                return value.numerator if value.denominator == 1 else value
            case Ref():
                return self.choice(node)
            case Sum():
                total: int | Fraction = 0
                for sign, part in node.terms:
                    total += sign * self._number(part)
                return total
            case Product():
                product: int | Fraction = 1
                for factor in node.factors:
                    product *= self._number(factor)
                return product
            case Quotient():
                bottom = self._number(node.bottom)
                if bottom == 0:
                    raise Unread("an index divided by zero", node.start, node.end, "ML204")
                return Fraction(self._number(node.top)) / bottom
            case Group(items=(item,)):
                return self._number(item)
        raise Unread("this is no index that is read", node.start, node.end, "ML204")

    def choice(self, ref: Ref) -> int:
        """The value of a size or index in this instance."""
        if ref.layer is None and not ref.subs and ref.name in self.bound:
            return self.bound[ref.name]
        entry = self.scope.entry(ref)
        if entry is not None and entry.labels is not None:
            return self._label(ref, entry.labels)
        fixed = entry.defined[0].body if entry is not None and len(entry.defined) == 1 else None
        whole = isinstance(fixed, Num) and fixed.value.denominator == 1
        if isinstance(fixed, Num) and whole and not ref.subs and ref.layer is None:
            return fixed.value.numerator
        layered = ref.layer is not None and (self.strict or entry is None or not entry.integer)
        if layered or (entry is not None and not entry.may_be_whole):
            raise Unread(f"{shown(ref)} is no index", ref.start, ref.end, "ML204")
        if ref.subs or ref.layer is not None:
            return self._indexed_size(ref, entry)
        if ref.name in self.choices:
            return self.choices[ref.name]
        if ref.name in self.asked:
            raise Unread(f"the range of {ref.name} ends at itself", ref.start, ref.end, "ML204")
        self.asked.append(ref.name)
        values = self._candidates(ref, entry)
        self.asked.pop()
        raise NeedsChoice(ref.name, values)

    def _label(self, ref: Ref, items: tuple[Node, ...]) -> int:
        """The value of one of a family of whole numbers."""
        marks = ref.subs if ref.layer is None else (ref.layer, *ref.subs)
        member, values = sum(map(self.integer, marks)), self.range_values(items)
        first = (ref.name, ())
        if first not in self.choices:
            raise NeedsChoice(first, tuple(range(len(values))))
        return values[(self.choices[first] + member) % len(values)]

    def _indexed_size(self, ref: Ref, entry: Entry | None) -> int:
        if entry is None:
            self.assumed(ref)
        elif entry.range is not None or (
            entry.declared and not any(d.subs for d in entry.declared)
        ):
            raise Unread(f"{ref.name} takes no index", ref.start, ref.end, "ML204")
        marks = ref.subs if ref.layer is None else (ref.layer, *ref.subs)
        name = (ref.name, tuple(map(self.integer, marks)))
        if self.strict and entry is not None:
            patterns = [d.subs for d in entry.declared]
            if all(self.match(None, subs, None, name[1]) is None for subs in patterns):
                raise Unread(f"{shown(ref)} is not introduced", ref.start, ref.end, "ML201")
        if name in self.choices:
            return self.choices[name]
        raise NeedsChoice(name, self._size_values())

    def assumed(self, ref: Ref) -> None:
        """Take a name that nothing introduces as given; under the strict setting a fault."""
        if self.strict or self.assume is None:
            raise Unread(f"{shown(ref)} is not introduced", ref.start, ref.end, "ML201")
        other = self.scope.in_another_font(ref)
        if other is not None:
            message = f"{shown(ref)} is not introduced, but {other} is"
            raise Unread(message, ref.start, ref.end, "ML201")
        self.assume(ref)

    def _size_values(self) -> tuple[int, ...]:
        """The value of a further size in this round: every two sizes differ in some round."""
        if ROUND not in self.choices:
            rounds = len(self.sizes) + (3 if self._has_inner_range() else 2)
            raise NeedsChoice(ROUND, tuple(range(rounds)))
        turn = self.choices[ROUND]
        count = sum(1 for name in self.choices if name != ROUND and self._is_size(name))
        if turn == len(self.sizes) + 2:
            return (INNER_ROUND[count % len(INNER_ROUND)],)
        if turn > len(self.sizes):
            return (EQUAL_SIZE,)  # in one round no two sizes differ
        if turn == len(self.sizes):
            return (LAST_ROUND[count % len(LAST_ROUND)],)
        return (self.sizes[(count + turn) % len(self.sizes)],)

    def _has_inner_range(self) -> bool:
        """Whether a condition leaves an end out, as `l = 2, ..., L - 1`: that asks for a long L."""
        for condition in self.conditions:
            if isinstance(condition, Condition) and set(condition.relations) & set(ORDERS):
                names = [p for p in walk(condition) if isinstance(p, Ref)]
                entries = [self.scope.entry(name) for name in names]
                if all(entry is not None and entry.may_be_whole for entry in entries):
                    return True
            dotted = isinstance(condition, Range) and any(map(_is_dots, condition.items))
            if dotted and isinstance(condition, Range):
                first, last = condition.items[0], condition.items[-1]
                if isinstance(last, Sum) or first != ONE:
                    return True
        return False

    def _least(self, ref: Ref, entry: Entry) -> int:
        """The smallest value of a size: one that ends a range is no smaller than its begin."""
        starts = [
            self.integer(known.range[0])
            for known in self.scope.entries.values()
            if known.range is not None and known.range[-1] == ref
            and isinstance(known.range[0], Num)
        ]  # fmt: skip
        return max((entry.least, *starts))

    def _is_size(self, name: object) -> bool:
        entry = self.scope.entries.get((str(name), False))
        return isinstance(name, tuple) or (entry is not None and entry.integer)

    def _candidates(self, ref: Ref, entry: Entry | None) -> tuple[int, ...]:
        for condition in self.conditions:
            if isinstance(condition, Range) and any(n.name == ref.name for n in condition.names):
                return self.range_values(condition.items)
        if entry is not None and entry.range is not None:
            return self.range_values(entry.range)
        if entry is not None and entry.assumed and entry.as_index and not entry.as_size:
            # two indices may be equal, two sizes need not
            return self.class_values(ref.name) or self.sizes
        if entry is not None and entry.is_whole:
            least = self._least(ref, entry)
            return tuple(value + least - 1 for value in self._size_values())
        if self.strict or self.assume is None:
            message = f"{ref.name} is used as an index, but nothing gives its range"
            raise Unread(message, ref.start, ref.end, "ML204")
        return self.sizes

    def range_values(self, items: tuple[Node, ...]) -> tuple[int, ...]:
        """The values that a list such as `0, 1, \\dots, n` stands for."""
        marks = [k for k, item in enumerate(items) if isinstance(item, Dots)]
        if not marks:
            return tuple(self.integer(item) for item in items)
        at = marks[0]
        if len(marks) > 1 or at == 0 or at != len(items) - 2:
            raise Unread("the dots of this list are not read", items[at].start, items[at].end)
        first = [self.integer(item) for item in items[:at]]
        last = self.integer(items[-1])
        if any(after != before + 1 for before, after in itertools.pairwise(first)):
            message = "the items of this list do not go up by one"
            raise Unread(message, items[0].start, items[-1].end)
        if last - first[0] > LONGEST_RANGE:
            raise Unread("this range is too long", items[0].start, items[-1].end)
        return tuple(range(first[0], last + 1))

    def class_values(self, member: Member) -> tuple[int, ...]:
        """The values along the axis that an index of nothing declared stands at, if any is told.

        An axis of which nothing is told has a length of its own, as n would be.
        """
        members = [] if self.strict else self.scope.axes.members(member)
        if any(name in self.scope.axes.moments for name in members):
            return (MOMENT,)
        for letter in (m for m in members if isinstance(m, str)):
            entry = self.scope.entries.get((letter, False))
            if entry is not None and entry.range is not None:
                return self.range_values(entry.range)
        places = [m for m in members if not isinstance(m, str)]
        for place in places:
            values = self.declared_axis(place)
            if values:
                return values
        for key in (key for place in places for key in self.scope.axes.labels.get(place, ())):
            label = self.scope.entries.get(key)
            if label is not None and label.labels is not None:
                return self.range_values(label.labels)
        bounds = self.scope.axes.bounds(member)
        if bounds is not None:
            low, high = map(self.integer, bounds)
            return tuple(range(low, high + 1))
        if not places:
            return ()
        name, _, number = places[0]
        length = ("length of " + name, (number,))
        if length not in self.choices:
            raise NeedsChoice(length, self._size_values())
        largest = max(self.scope.axes.numbers.get(place, 0) for place in places)
        return tuple(range(1, max(self.choices[length], largest) + 1))

    def declared_axis(self, place: Place) -> tuple[int, ...]:
        """The numbers along an axis of a name whose shape is declared; none for any other."""
        name, layered, number = place
        entry = self.scope.entries.get((name, layered))
        for declared in entry.declared if entry is not None and not layered else ():
            at = number - len(declared.subs)
            if 0 <= at < len(declared.dims):
                first = 0 if from_zero(declared.dims[at]) else 1
                return tuple(range(first, first + self.integer(declared.dims[at])))
        return ()

    def index_values(self, name: str, node: Node) -> tuple[int, ...]:
        """The values that a declared index runs over."""
        entry = self.scope.entries.get((name, False))
        if entry is None or entry.range is None:
            if any(letter in self.scope.axes.moments for letter in self.scope.axes.members(name)):
                message = f"one step of {name} is given, so no sum over it is known"
                raise Unread(message, node.start, node.end, "ML204")
            values = self.class_values(name)
            if values:
                return values
            message = f"nothing gives the range of the index {name}"
            raise Unread(message, node.start, node.end, "ML204")
        return self.range_values(entry.range)

    @contextmanager
    def also(self, bindings: dict[str, int]) -> Iterator[None]:
        """Bind further indices for a while."""
        before, self.bound = self.bound, {**self.bound, **bindings}
        try:
            yield
        finally:
            self.bound = before

    # -- patterns -----------------------------------------------------------------------------

    def match(
        self,
        layer: Node | None,
        subs: tuple[Node, ...],
        at_layer: int | None,
        at_subs: tuple[int, ...],
        before: bool = False,
    ) -> dict[str, int] | None:
        """The indices under which a pattern has these values; None if never, or out of range.

        With `before`, the member just before the first is one too where the page speaks of it.
        """
        if len(subs) != len(at_subs) or (layer is None) != (at_layer is None):
            return None
        pairs = list(zip(subs, at_subs, strict=True))
        if layer is not None and at_layer is not None:
            pairs.insert(0, (layer, at_layer))
        bindings: dict[str, int] = {}
        fixed = []
        for pattern, value in pairs:
            name, shift = shifted(pattern)
            if name is None or self._has_one_value(name):
                fixed.append((pattern, value))
            elif bindings.setdefault(name, value - shift) != value - shift:
                return None
        outside, self.bound = self.bound, bindings
        try:
            if any(self.integer(pattern) != value for pattern, value in fixed):
                return None
            running = shifted(layer)[0] if layer is not None else None
            if all(
                self._in_range(name, value, name == running)
                or (before and self._is_before(name, value))
                for name, value in bindings.items()
            ):
                return bindings
            return None
        finally:
            self.bound = outside

    def _is_before(self, name: str, value: int) -> bool:
        """Whether a value is that of `t - 1` at the begin, on a page that takes this as given."""
        entry = self.scope.entries.get((name, False))
        if self.strict or name not in self.scope.axes.stepping or entry is None:
            return False
        values = self.range_values(entry.range) if entry.range else self.class_values(name)
        return bool(values) and value == values[0] - 1 >= 0

    def _has_one_value(self, name: str) -> bool:
        """Sizes such as L have one value in an instance; indices run."""
        entry = self.scope.entries.get((name, False))
        given = entry is not None and (bool(entry.declared) or not entry.assumed)
        return given and entry is not None and entry.range is None and entry.integer

    def _in_range(self, name: str, value: int, is_layer: bool) -> bool:
        entry = self.scope.entries.get((name, False))
        if entry is None or entry.range is None:
            told = () if entry is not None and entry.as_size else self.class_values(name)
            return value in told if told else not is_layer or value >= 1
        return value in self.range_values(entry.range)


def shifted(pattern: Node) -> tuple[str | None, int]:
    """`l - 1` as the name l and the shift -1; no name for what is no single index."""
    match pattern:
        case Ref(subs=(), layer=None):
            return pattern.name, 0
        case Sum(terms=((1, Ref(subs=(), layer=None) as name), (sign, Num() as shift))):
            if shift.value.denominator == 1:
                return name.name, sign * shift.value.numerator
    return None, 0


def _is_dots(node: Node) -> bool:
    return isinstance(node, Dots)
