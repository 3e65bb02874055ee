"""Sentences to statements with verdicts: declarations, definitions, claims and mentions."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace
from fractions import Fraction

from mathlint.claims import ACCEPTED, Judged, between
from mathlint.compare import (
    Outcome,
)
from mathlint.declarations import as_vectors
from mathlint.errors import Undecided, Unread
from mathlint.meaning import Reached
from mathlint.scope import Declared, Function, shown
from mathlint.settings import Settings
from mathlint.syntax import (
    COMPARISONS,
    Call,
    Chain,
    Condition,
    Dots,
    Group,
    Mapping,
    Membership,
    Node,
    Num,
    NumberSet,
    Range,
    Ref,
    Sentence,
    Sum,
    Symbol,
    Transpose,
    bare,
    walk,
)
from mathlint.terms import MAX_STEPS
from mathlint.updates import ASSIGNS
from mathlint.worked import Worked


class Page(Worked):
    """The statements of one page, in reading order; each changes what the next may use."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.of_row = False

    def judge(self, sentence: Sentence) -> list[Judged]:
        """The statements that a sentence makes."""
        self.terms.steps = MAX_STEPS
        self.terms.deadline = time.process_time() + self.settings.time_limit
        if not self.strict:
            self.assume_indices(sentence)
            self._guess_losses(sentence)
            beyond = self._beyond_step(sentence)
            if beyond is not None:
                message = f"only one step of {beyond.name} is given"
                return [self._finding((beyond.start, beyond.end), "claim", message, "ML204")]
        span = (sentence.start, sentence.end)
        if isinstance(sentence, Membership):
            return [self._guarded(span, "declaration", lambda: self._membership(sentence))]
        if isinstance(sentence, Range):
            return [self._guarded(span, "declaration", lambda: self._range(sentence))]
        if isinstance(sentence, Mapping):
            return [self._guarded(span, "declaration", lambda: self._mapping(sentence))]
        if not sentence.relations:
            return [self._guarded(span, "mention", lambda: self._mention(sentence))]
        try:
            return self._chain(self.with_arguments(sentence))
        except (Unread, Undecided) as fault:
            return [self._finding(span, "claim", fault.message, fault.code)]

    def _membership(self, sentence: Membership) -> Judged:
        claimed = False
        for name in sentence.names:
            entry = self.scope.entry(name)
            if entry is not None and not entry.assumed and (entry.defined or entry.function):
                self._member_claim(name, entry, sentence.target)
                claimed = True
            elif entry is not None and entry.range is not None:
                if name.subs or not sentence.target.name.startswith(("N", "Z")):
                    message = "an index is declared as no whole number"
                    raise Unread(message, sentence.start, sentence.end)
            else:
                self.declare(name, sentence.target)
        if claimed:
            outcome = Outcome("numeric", "within the set at every point tried")
            return Judged(sentence.start, sentence.end, "claim", outcome)
        return Judged(sentence.start, sentence.end, "declaration", ACCEPTED)

    def _range(self, sentence: Range) -> Judged:
        self.declare_range(sentence.names, sentence.items)
        return Judged(sentence.start, sentence.end, "declaration", ACCEPTED)

    def _mapping(self, sentence: Mapping) -> Judged:
        """Declare a function that may be any differentiable one."""
        name = sentence.name
        known = self.scope.entry(name)
        vectors = bool(sentence.target.dims)
        if not self.strict and (vectors or (known is not None and known.function is not None)):
            # what its definition gives is judged wherever it is used
            return Judged(sentence.start, sentence.end, "declaration", ACCEPTED)
        if known is not None or name.subs or name.layer is not None:
            raise Unread(f"{shown(name)} is already in use", name.start, name.end, "ML206")
        numbers = sentence.target.name == "R" or (
            not self.strict and (sentence.target.interval or sentence.target.name.startswith("R"))
        )
        if not numbers or sentence.target.dims or sentence.source.name != "R":
            message = "only functions from vectors or matrices to numbers are read"
            raise Unread(message, sentence.start, sentence.end, "ML104")
        for dim in sentence.source.dims:
            self.check_sizes(dim)
        number = self.scope.next_number()
        arrays = bool(sentence.source.dims)
        function = Function((name,), sentence, number, of_arrays=arrays, source=sentence.source)
        self.scope.open(name).function = function
        self.scope.changes += 1
        return Judged(sentence.start, sentence.end, "declaration", ACCEPTED, introduces=number)

    def _bounds(self, chain: Chain) -> Judged:
        self.declare_bound(chain)
        return Judged(chain.start, chain.end, "declaration", ACCEPTED)

    def _mention(self, sentence: Chain) -> Judged:
        node = bare(sentence.members[0])
        items = node.items if isinstance(node, Group) and len(node.items) > 1 else (node,)
        stated = Judged(sentence.start, sentence.end, "mention", ACCEPTED)
        whole = self.shows_argument(node)
        if whole is not None:
            return replace(self.depend(whole, node), kind="mention")
        if isinstance(node, Symbol) or (not self.strict and self.unknown((sentence,))):
            return stated
        if len(items) > 1:
            for item in items:
                self._mention(replace(sentence, members=(item,)))
            return stated
        if isinstance(node, Dots):
            return stated
        entry = self.scope.entry(node) if isinstance(node, Ref) else None
        names_function = entry is not None and entry.function is not None
        if not names_function:
            reached: dict[Node, Reached] = {}
            unused = [entry for entry in self.scope.entries.values() if not entry.read_free]
            try:
                self.instances(lambda meaning: meaning.value(node), reached=reached)
            except Unread as fault:
                if self.strict or fault.code != "ML204":
                    raise
            self._check_reach(reached, None, None)
            for entry in unused:
                entry.read_free = False
        return stated

    def _chain(self, chain: Chain) -> list[Judged]:
        span = (chain.start, chain.end)
        if self.is_distribution(chain):
            drawn = Outcome("accepted", "tells how a name is drawn")
            return [Judged(*span, "mention", drawn, "", span)]
        if chain.relations == ("in",):
            return [self._guarded(span, "claim", lambda: self._lies_in(chain))]
        unfit = [r for r in chain.relations if r not in ("=", ":=", "approx", *COMPARISONS)]
        if unfit and not self._updates(chain):
            message = (
                f"the relation {unfit[0]!r} is not checked: state an equality or an inequality"
            )
            return [self._finding(span, "claim", message, "ML104")]
        chain = self._declared_beside(chain)
        if self._restricts(chain, tuple(bare(member) for member in chain.members)):
            message = "this reads as a condition: write it in the formula that it is about"
            return [self._finding(span, "claim", message, "ML106")]
        if self.is_bound(chain):
            return [self._guarded(span, "declaration", lambda: self._bounds(chain))]
        members = tuple(bare(member) for member in chain.members)
        known = self._known_first(chain, members)
        pairs = zip(itertools.pairwise(members), chain.relations, strict=True)
        return [
            known[k] if k in known else self._related(k, left, right, relation, chain)
            for k, ((left, right), relation) in enumerate(pairs)
        ]

    def _updates(self, chain: Chain) -> bool:
        """Whether a line begins with an update, and goes on with equalities if at all."""
        first, *others = chain.relations
        left, right = map(bare, chain.members[:2])
        return self.is_update(left, right, first) and all(r == "=" for r in others)

    def _known_first(self, chain: Chain, members: tuple[Node, ...]) -> dict[int, Judged]:
        """The equalities of a chain that introduce a name inside it, judged before the rest."""
        injected = self._injected(chain, members)
        if injected is not None:
            return {injected: self._inject(*members[injected : injected + 2])}
        log = self._log_of_new(members[0]) if chain.relations[0] == "=" else None
        if log is not None:
            body = Call("exp", (members[1],), start=members[1].start, end=members[1].end)
            return {0: self._defined_as(log, body, members[0].start)}
        for k in range(1, len(members) - 1):
            both = chain.relations[k - 1 : k + 1] == ("=", "=")
            if both and isinstance(members[k], Call) and self._introduces(members[k]):
                return {k: self._defined_as(members[k], members[k + 1], members[k].start)}
        return {}

    def _log_of_new(self, left: Node) -> Node | None:
        """The L of `\\ln L(x) = ...` where nothing has introduced L yet."""
        if not isinstance(left, Call) or left.function not in ("ln", "log") or left.primes:
            return None
        inner = bare(left.args[0])
        if isinstance(inner, Group) and len(inner.items) == 1:
            inner = inner.items[0]
        new = isinstance(inner, Call) or (
            isinstance(inner, Ref) and self.scope.entry(inner) is None
        )
        return inner if new and self._introduces(inner) else None

    def introduces(self, chain: Chain) -> bool:
        """Whether a chain begins with what it introduces."""
        try:
            first = bare(chain.members[0])
            return chain.relations[:1] in (("=",), (":=",)) and self._introduces(first)
        except (Unread, Undecided):
            return False  # judging the line itself will tell the fault

    def _declared_beside(self, chain: Chain) -> Chain:
        """What a formula declares after its equation holds for the equation too.

        What bounds a claim bounds nothing else: `|x| = x (x > 0)` does not tell where x lies.
        """
        kept: list[Node] = []
        defines = self._introduces(bare(chain.members[0]))
        for condition in chain.conditions:
            names = condition.names if isinstance(condition, Membership | Range) else ()
            fresh = bool(names) and all(self.scope.entry(name) is None for name in names)
            if (
                fresh
                and isinstance(condition, Membership)
                and (defines or not _is_bounded(condition))
            ):
                for name in names:
                    self.declare(name, condition.target)
            elif self._is_restated(condition) or (defines and self._bounds_beside(condition)):
                continue
            elif fresh and isinstance(condition, Range) and self._ranges_over(chain, condition):
                self.declare_range(condition.names, condition.items)
            elif isinstance(condition, Membership):
                kept += between(condition) or (condition,)
            else:
                kept.append(condition)
        return replace(chain, conditions=tuple(kept))

    def _is_restated(self, membership: Node) -> bool:
        """Whether a set beside an equation is the one that its names are declared with."""
        if not isinstance(membership, Membership):
            return False
        target = as_vectors(membership.target)
        entries = [(name, self.scope.entry(name)) for name in membership.names]
        return not self.strict and all(
            entry is not None and Declared(name.layer, name.subs, target) in entry.declared
            for name, entry in entries
        )

    def _ranges_over(self, chain: Chain, condition: Range) -> bool:
        """Whether `a^{(l)} = ..., l = 1, ..., n` introduces a name for every value of a range."""
        left = bare(chain.members[0])
        names = {name.name for name in condition.names}
        marked = isinstance(left, Ref) and bool(
            names & {part.name for part in walk(left) if isinstance(part, Ref)} - {left.name}
        )
        return marked or self._introduces(left)

    def _bounds_beside(self, condition: Node) -> bool:
        """`f(y) = ..., 0 < y < 1`: bounds of a name that nothing has introduced yet."""
        if not isinstance(condition, Condition):
            return False
        start, end = condition.start, condition.end
        chain = Chain(condition.members, condition.relations, start=start, end=end)
        names = [m for m in map(bare, condition.members) if isinstance(m, Ref)]
        fresh = len(names) == 1 and self.scope.entry(names[0]) is None
        if not (fresh and condition.members and self.is_bound(chain)):
            return False
        self.declare_bound(chain)
        return True

    def _as_declared(self, left: Node, right: Node) -> NumberSet | None:
        """The set that `x = (x_1, ..., x_n)^T` puts an undeclared name in."""
        items = right.base if isinstance(right, Transpose) else right
        entry = self.scope.entry(left) if isinstance(left, Ref) else None
        if self.strict or not isinstance(items, Group) or len(items.items) < 2:
            return None
        if not isinstance(left, Ref) or left.subs or left.layer is not None:
            return None
        if entry is not None and (entry.declared or entry.defined or entry.function):
            return None
        named = [item for item in items.items if isinstance(item, Ref)]
        dots = sum(isinstance(item, Dots) for item in items.items)
        own = {left.name, left.name.removeprefix("\\mathbf{").removesuffix("}")}
        plain = all(n.name in own and len(n.subs) == 1 and n.layer is None for n in named)
        marks = [n.subs[0] for n in named if n.subs]
        numbers = [m.value for m in marks if isinstance(m, Num)]
        steps = [b - a for a, b in itertools.pairwise(numbers)]
        plain = plain and all(step == 1 for step in steps) and len(numbers) >= len(marks) - dots
        if not plain or len(named) + dots != len(items.items) or dots > 1 or not named:
            return None
        first, last = named[0].subs[0], named[-1].subs[0]
        if not isinstance(first, Num) or first.value not in (0, 1):
            return None
        one = Num(Fraction(1), start=left.start, end=left.end)
        length = (
            Sum(((1, last), (1, one)), start=last.start, end=last.end) if first.value == 0 else last
        )
        return NumberSet("R", (length,), row=self.of_row, start=left.start, end=left.end)

    def _related(self, k: int, left: Node, right: Node, relation: str, chain: Chain) -> Judged:
        """The verdict on two sides, which may hold where the page has set a slope to zero."""
        span = (left.start, right.end)
        variable = self.solves_for(left) if relation == "=" and k == 0 else None
        plain = variable is not None and left == variable
        if plain and isinstance(left, Ref) and not any(p == variable for p in walk(right)):
            return self._guarded(span, "claim", lambda: self._solution(left, right))
        judged = self._equation(k, left, right, relation, chain)
        open_yet = judged.outcome.verdict == "refuted" or judged.code == "ML106"
        if relation == "=" and open_yet and not chain.conditions:
            outcome = self.follows(left, right)
            if outcome is not None:
                return replace(judged, kind="claim", outcome=outcome, code="")
        return judged

    def _solution(self, left: Ref, right: Node) -> Judged:
        return Judged(left.start, right.end, "claim", self.check_solution(left, right))

    def _equation(self, k: int, left: Node, right: Node, relation: str, chain: Chain) -> Judged:
        if relation in ("=", *ASSIGNS) and k == 0 and not chain.goes_on:
            self._note_layout(left, right)
            span = (left.start, right.end)
            if (left, right) in self.scope.sums and self._sums_freely(left, right):
                return Judged(*span, "declaration", ACCEPTED, span=span)
            if self.is_dependence(left, right) and isinstance(left, Ref):
                return self._guarded(span, "declaration", lambda: self.depend(left, right))
            solved = self._is_conditioned(left, chain)
            if not solved and (self._is_condition(left, right) or self._sums_freely(left, right)):
                message = "this reads as a condition: write it in the formula that it is about"
                return self._finding(span, "claim", message, "ML106")
            if self.is_update(left, right, relation) and isinstance(left, Ref):
                assert isinstance(right, Sum)
                return self._guarded(span, "mention", lambda: self.update(left, right))
            if self._is_entrywise(left, right):
                return self._guarded(span, "declaration", lambda: self._entrywise(left, right))
            listed = self._as_declared(left, right)
            if listed is not None and isinstance(left, Ref):
                membership = Membership((left,), listed, start=left.start, end=right.end)
                return self._guarded(span, "declaration", lambda: self._membership(membership))
            fresh = (left, right) in self.pending or (not solved and self._introduces(left))
            if fresh and not self._lists_entries(left, right):
                make = lambda: self._define(left, right, chain.conditions)  # noqa: E731
                return self._guarded(span, "definition", make)
        if relation in ASSIGNS:
            message = "this name is already introduced"
            return self._finding((left.start, right.end), "definition", message, "ML206")
        return self._claim(left, right, relation, chain)

    def _is_conditioned(self, left: Node, chain: Chain) -> bool:
        """Whether a name stands under a condition on itself, so that the page knows it already."""
        names = {p.name for c in chain.conditions for p in walk(c) if isinstance(p, Ref)}
        known = isinstance(left, Ref) and self.scope.entry(left) is not None
        return not self.strict and known and isinstance(left, Ref) and left.name in names

    def _lists_entries(self, left: Node, right: Node) -> bool:
        """Whether `x = (x_1, ..., x_n)` tells the entries of a vector that is declared."""
        entry = self.scope.entry(left) if isinstance(left, Ref) else None
        if entry is None or not isinstance(left, Ref) or left.subs or left.layer is not None:
            return False
        if not any(d.dims for d in entry.declared):
            return False
        own = self.scope.canonical(left)
        entries = (p for p in walk(right) if isinstance(p, Ref) and p.subs)
        return any(self.scope.canonical(p) == own for p in entries)


def _is_bounded(condition: Membership) -> bool:
    """Whether a name is put between bounds, and not in a whole space."""
    target = condition.target
    return not target.dims and (target.name in ("R>0", "R>=0", "finite") or bool(target.interval))
