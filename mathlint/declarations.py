"""What a page declares: where names lie, what indices run over; and the instances that follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from mathlint.errors import Undecided, Unread
from mathlint.meaning import Meaning, NeedsChoice, NoInstance, Reached
from mathlint.scope import Declared, Entry, Scope, shown
from mathlint.settings import Settings
from mathlint.syntax import (
    ORDERS,
    BigOperator,
    Call,
    Chain,
    Component,
    Condition,
    Derivative,
    Dots,
    Interval,
    Node,
    Num,
    NumberSet,
    Range,
    Ref,
    Sum,
    bare,
    walk,
)
from mathlint.terms import REAL, Domain, Terms

MAX_INSTANCES = 400
MAX_VISITS = 1500
LARGEST_LEAST = 4
Choices = dict[object, int]
Made = TypeVar("Made")


class Declarations:
    """The scope of a page and what its declarations do to it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.strict = settings.undeclared == "error"
        self.scope, self.terms = Scope(lax=not self.strict), Terms()
        self.assumed: list[tuple[str, int]] = []
        self.kinks: frozenset[str] = frozenset()
        self._known_state = (0, 0)
        self._memos: dict[object, tuple[dict, dict]] = {}  # type: ignore[type-arg]

    # -- instances ----------------------------------------------------------------------------

    def meaning(
        self,
        choices: Choices,
        conditions: tuple[Node, ...] = (),
        reached: dict[Node, Reached] | None = None,
        sizes: tuple[int, ...] = (),
    ) -> Meaning:
        """What trees mean under one choice of sizes and indices."""
        if self._known_state != self._state():
            self._known_state = self._state()
            self._memos.clear()
        key = (frozenset(filter(self._is_shared, choices.items())), conditions)
        memo, shapes = self._memos.setdefault(key, ({}, {}))
        return Meaning(
            scope=self.scope,
            sizes=sizes or self.settings.sizes,
            strict=self.strict,
            choices=choices,
            conditions=conditions,
            assume=self._assume,
            terms=self.terms,
            reached=reached if reached is not None else {},
            memo=memo,
            shapes=shapes,
        )

    def _is_shared(self, choice: tuple[object, int]) -> bool:
        """Whether what definitions mean may depend on a choice: on sizes, and rarely on indices."""
        entry = self.scope.entries.get((str(choice[0]), False))
        return self.scope.follows_indices or entry is None or entry.range is None

    def _state(self) -> tuple[int, int]:
        """Changes whenever an equation or a declaration does, so that nothing stale is reused."""
        return self.scope.numbers, self.scope.changes

    def _assume(self, ref: Ref) -> None:
        self.scope.open(ref).assumed = True
        self.scope.changes += 1
        self.assumed.append((shown(ref), ref.start))

    def instances(
        self,
        build: Callable[[Meaning], Made],
        conditions: tuple[Node, ...] = (),
        reached: dict[Node, Reached] | None = None,
    ) -> list[tuple[Choices, Made]]:
        """What `build` makes in every instance; sizes and indices are tried as they are met."""
        found: list[tuple[Choices, Made]] = []
        stack: list[Choices] = [{}]
        ranges = tuple(c for c in conditions if isinstance(c, Range | Condition))
        visits = 0
        while stack:
            choices = stack.pop()
            visits += 1
            try:
                found.append((choices, build(self.meaning(choices, ranges, reached))))
            except NeedsChoice as need:
                stack += [{**choices, need.name: value} for value in reversed(need.values)]
            except NoInstance:
                continue
            if len(found) > MAX_INSTANCES or visits > MAX_VISITS:
                raise Undecided("too many sizes and indices to try them all")
        return found

    def first_instance(
        self, build: Callable[[Meaning], Made], sizes: tuple[int, ...]
    ) -> Made | None:
        """What `build` makes in the first instance that there is with sizes other than usual."""
        stack: list[Choices] = [{}]
        while stack:
            choices = stack.pop()
            try:
                return build(self.meaning(choices, sizes=sizes))
            except NeedsChoice as need:
                stack += [{**choices, need.name: value} for value in reversed(need.values)]
            except NoInstance:
                continue
        return None

    # -- sets ---------------------------------------------------------------------------------

    def declare(self, name: Ref, target: NumberSet) -> None:
        """Introduce a name with the set that its values lie in; raises Unread on a conflict."""
        if target.name == "finite" and any(isinstance(item, Dots) for item in target.items):
            if (name.subs or name.layer is not None) and not target.dims and not self.strict:
                self._declare_labels(name, target)
            else:
                self.declare_range((name,), target.items)
            return
        target = as_vectors(target)
        entry = self.scope.open(name)
        for declared in entry.declared:
            overlaps = declared.subs == name.subs and declared.layer == name.layer
            if overlaps and declared.target != target and not entry.assumed:
                message = f"{shown(name)} is already declared otherwise"
                raise Unread(message, name.start, name.end, "ML206")
        self.check_pattern(name)
        for dim in target.dims:
            _refuse_itself((name,), dim)
        self._check_set(target)
        entry.assumed = False
        entry.integer = (
            target.name.startswith(("N", "Z")) and not target.dims and name.layer is None
        )
        entry.declared.append(Declared(name.layer, name.subs, target))
        self.scope.changes += 1

    def _declare_labels(self, name: Ref, target: NumberSet) -> None:
        """`y_i \\in \\{1, ..., K\\}`: a family of whole numbers, each of which may be an index."""
        for item in target.items:
            self.check_sizes(item)
            _refuse_itself((name,), item)
        entry = self.scope.open(name)
        if entry.defined or entry.function is not None:
            raise Unread(f"{shown(name)} is already in use", name.start, name.end, "ML206")
        entry.labels, entry.assumed = target.items, False
        entry.declared = [Declared(name.layer, name.subs, None)]
        self.scope.changes += 1

    def _check_set(self, target: NumberSet) -> None:
        """Lengths and bounds must use names that are known; unknown lengths become sizes."""
        for dim in target.dims:
            self.check_sizes(dim)
        if self.strict:
            self.instances(lambda meaning: [meaning.axis(dim) for dim in target.dims])
        meaning = self.meaning({})
        for item in target.items:
            meaning.scalar(item)
        if target.interval is not None:
            try:
                meaning.domain(target)
            except NeedsChoice:
                place = target.interval.start, target.interval.end
                raise Unread("a bound must be a number", *place, "ML104") from None

    def check_pattern(self, name: Ref) -> None:
        """The indices of a name that is introduced must be whole numbers that are known."""
        layer = () if name.layer is None else (name.layer,)
        for index in (part for node in (*layer, *name.subs) for part in walk(node)):
            entry = self.scope.entry(index) if isinstance(index, Ref) else None
            if isinstance(index, Ref) and self.strict and (entry is None or not entry.is_whole):
                message = f"{index.name} is used as an index, but nothing gives its range"
                raise Unread(message, index.start, index.end, "ML204")
        if not self.strict or not name.subs:
            return
        for _, values in self.instances(lambda m: [m.integer(sub) for sub in name.subs]):
            if min(values) < 0:
                raise Unread("an index falls below 0", name.start, name.end, "ML204")

    def check_sizes(self, node: Node) -> None:
        """The names of a length or a range must be known; under the lax setting they are sizes."""
        for part in walk(node):
            if not isinstance(part, Ref):
                continue
            entry = self.scope.entry(part)
            if entry is None:
                if self.strict:
                    raise Unread(f"{shown(part)} is not introduced", part.start, part.end, "ML201")
                self._assume(part)
                entry = self.scope.open(part)
                entry.declared.append(Declared(part.layer, part.subs, None))
                entry.integer = True
            elif entry.may_be_whole:
                entry.integer = entry.integer or entry.range is None
            elif not entry.is_whole:
                raise Unread(f"{shown(part)} is no whole number", part.start, part.end, "ML204")

    def domain_of(self, ref: Ref) -> Domain:
        """Where the values of a defined name lie, as far as the page says."""
        entry = self.scope.entry(ref)
        lies = entry.lies_in if entry else None
        return self.meaning({}).domain(lies) if lies is not None else REAL

    def assume_indices(self, sentence: Node) -> None:
        """Names that stand as indices or bounds and that nothing introduces are whole numbers."""
        self.note_spans(sentence)
        bound = {n for p in walk(sentence) if isinstance(p, BigOperator) for n in p.indices}
        for part in walk(sentence):
            below = part.subs if isinstance(part, Ref | Component) else ()
            for node in index_places(part):
                for name in walk(node):
                    if isinstance(name, Ref) and not name.subs and name.name not in bound:
                        self._assume_whole(name, any(node is sub for sub in below))

    def note_spans(self, sentence: Node) -> None:
        """What sums and dots tell of the indices of names that nothing declares."""
        for part in walk(sentence):
            if isinstance(part, BigOperator) and part.lower is not None and part.upper is not None:
                for ref in (p for p in walk(part.body) if isinstance(p, Ref)):
                    for place, sub in enumerate(ref.subs):
                        if isinstance(sub, Ref) and (sub.name,) == part.indices and not sub.subs:
                            self.scope.note_span(ref, place, (part.lower, part.upper))
            if isinstance(part, Sum):
                self._note_dots(part)

    def _note_dots(self, node: Sum) -> None:
        marks = [k for k, (_, part) in enumerate(node.terms) if isinstance(part, Dots)]
        if len(marks) != 1 or not 0 < marks[0] < len(node.terms) - 1:
            return
        first, last = node.terms[0][1], node.terms[marks[0] + 1][1]
        names = {p.name: p for p in walk(last) if isinstance(p, Ref) and p.subs}
        for ref in (p for p in walk(first) if isinstance(p, Ref) and p.subs):
            other = names.get(ref.name)
            if other is None or len(other.subs) != len(ref.subs):
                continue
            for place, (low, high) in enumerate(zip(ref.subs, other.subs, strict=True)):
                if isinstance(low, Num) and isinstance(high, Ref):
                    self.scope.note_span(ref, place, (low, high))

    def _assume_whole(self, name: Ref, is_index: bool) -> None:
        entry = self.scope.entry(name)
        if entry is None:
            self._assume(name)
            entry = self.scope.open(name)
        entry.as_index = entry.as_index or is_index
        entry.as_size = entry.as_size or not is_index
        if entry.may_be_whole and not entry.is_whole:
            entry.integer = True
            self.scope.changes += 1

    # -- ranges -------------------------------------------------------------------------------

    def declare_range(self, names: Sequence[Ref], items: tuple[Node, ...]) -> None:
        """Let names run over listed values; raises Unread where a name is taken."""
        for name in names:
            if name.subs or name.layer is not None:
                message = "only a plain letter can run over a range"
                raise Unread(message, name.start, name.end, "ML204")
            entry = self.scope.entry(name)
            taken = entry is not None and (entry.defined or entry.declared or entry.function)
            if entry is not None and taken and not entry.assumed:
                raise Unread(f"{name.name} is already in use", name.start, name.end, "ML206")
        for item in items:
            self.check_sizes(item)
            _refuse_itself(names, item)
        if not any(values for _, values in self.instances(lambda m: m.range_values(items))):
            raise Undecided("this range is empty", "ML303")
        for name in names:
            entry = self.scope.open(name)
            entry.range, entry.assumed, entry.declared = items, False, []
        self.scope.changes += 1

    # -- bounds -------------------------------------------------------------------------------

    def is_bound(self, chain: Chain) -> bool:
        """Whether `0 < a < 1` or `n >= 1` speaks of a name that nothing defines."""
        orders = all(relation in ORDERS for relation in chain.relations)
        if not orders or chain.conditions:
            return False
        members = [bare(member) for member in chain.members]
        names = [member for member in members if isinstance(member, Ref)]
        if len(names) != 1 or not all(literal(m) for m in members if not isinstance(m, Ref)):
            return False
        entry = self.scope.entry(names[0])
        if entry is None or (entry.integer and entry.is_free):
            return True
        return entry.is_free and not entry.read_free and not entry.parameter

    def declare_bound(self, chain: Chain) -> None:
        """Take `0 < a < 1` as the interval that a lies in."""
        members = [bare(member) for member in chain.members]
        place = next(k for k, member in enumerate(members) if isinstance(member, Ref))
        name = members[place]
        assert isinstance(name, Ref)
        ends: dict[str, tuple[Node, bool]] = {}
        for k, relation in enumerate(chain.relations):
            if k not in (place - 1, place):
                raise Unread("this chain of bounds is not read", chain.start, chain.end, "ML104")
            other = members[k] if k == place - 1 else members[k + 1]
            upper = (relation in ("<", "<=")) == (k == place)
            ends["high" if upper else "low"] = (other, relation in ("<", ">"))
        self._bound(name, ends, chain)
        self.scope.changes += 1

    def _bound(self, name: Ref, ends: dict[str, tuple[Node, bool]], chain: Chain) -> None:
        low, low_open = ends.get("low", (None, True))
        high, high_open = ends.get("high", (None, True))
        entry = self.scope.entry(name)
        if entry is not None and entry.integer:
            self._integer_bound(entry, low, low_open, high, chain)
            return
        interval = Interval(low, high, low_open, high_open, start=chain.start, end=chain.end)
        target = NumberSet("interval", (), (), interval, start=chain.start, end=chain.end)
        self.meaning({}).domain(target)
        entry = self.scope.open(name)
        kept = [d for d in entry.declared if d.subs != name.subs or d.layer != name.layer]
        entry.declared = [*kept, Declared(name.layer, name.subs, target)]
        entry.assumed = False

    def _integer_bound(
        self, entry: Entry, low: Node | None, low_open: bool, high: Node | None, chain: Chain
    ) -> None:
        if high is not None or not isinstance(low, Num):
            raise Unread("this bound of a size is not read", chain.start, chain.end, "ML104")
        least = int(low.value) + (1 if low_open else 0)
        if least > LARGEST_LEAST:
            raise Unread(
                f"sizes from {least} up only are not read", chain.start, chain.end, "ML104"
            )
        if least >= 2:
            target = NumberSet(f"N>={least}", start=low.start, end=low.end)
            entry.declared.append(Declared(None, (), target))


def index_places(node: Node) -> tuple[Node, ...]:
    """The parts of a node in which only whole numbers stand."""
    match node:
        case Ref():
            return node.subs if node.layer is None else (node.layer, *node.subs)
        case BigOperator(lower=Node() as lower, upper=Node() as upper):
            return (lower, upper)
        case Component():
            return node.subs
    return ()


def _refuse_itself(names: Sequence[Ref], node: Node) -> None:
    """A range or a length cannot be given by the name that it is for."""
    for part in walk(node):
        if isinstance(part, Ref) and any(part.name == n.name for n in names) and not part.subs:
            raise Unread(f"{part.name} bounds itself", part.start, part.end, "ML204")


def as_vectors(target: NumberSet) -> NumberSet:
    """`n x 1` matrices as columns, `1 x n` matrices as rows."""
    if len(target.dims) != 2 or not any(map(_is_one, target.dims)):
        return target
    dims = tuple(dim for dim in target.dims if not _is_one(dim))
    return replace(target, dims=dims, row=bool(dims) and _is_one(target.dims[0]))


def _is_one(dim: Node) -> bool:
    return isinstance(dim, Num) and dim.value == 1


def literal(node: Node) -> bool:
    """Whether a tree holds numbers alone."""
    return not any(isinstance(part, Ref | Call | Derivative) for part in walk(node))
