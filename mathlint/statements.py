"""Sentences to statements with verdicts: declarations, definitions, claims and mentions."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from mathlint.compare import (
    Instance,
    Outcome,
    Rules,
    check_defined,
    compare,
    compare_order,
    lies_in,
)
from mathlint.declarations import Declarations, as_vectors, index_places, literal
from mathlint.errors import Undecided, Unread
from mathlint.exact import is_zero, parts
from mathlint.indices import ROUND
from mathlint.meaning import Meaning, NoInstance, Reached
from mathlint.naming import introduced_by, names_in
from mathlint.scope import Declared, Defined, Entry, Function, Key, Scope, key_of, shown
from mathlint.settings import Settings
from mathlint.syntax import (
    COMPARISONS,
    BigOperator,
    Call,
    Chain,
    Component,
    Condition,
    Derivative,
    Dots,
    Evaluated,
    Group,
    Interval,
    Mapping,
    Membership,
    Node,
    Num,
    NumberSet,
    Power,
    Product,
    Quotient,
    Range,
    Ref,
    Sentence,
    Sum,
    Symbol,
    Transpose,
    bare,
    rebuilt,
    walk,
)
from mathlint.terms import MAX_STEPS, Comparison, Term
from mathlint.tokens import BUILT_IN, INDEX_LETTERS
from mathlint.values import Array, ShapeError, Value, entries_of, same_shape, told, zeros_shaped
from mathlint.values import shown as shape_of

FREELY_USED = frozenset({"abs", "det", "tr"})
OPTIMA = frozenset({"ML", "MLE", "MAP", "OLS", "LS", "opt"})
INJECTIVE = frozenset({"tanh", "exp", "ln", "log", "sinh", "arctan"})
ACCEPTED = Outcome("accepted", "read")
MAX_ENTRIES = 2000


class _Again(Exception):
    """What a definition gives tells that its left side has to be read in another way."""


@dataclass(frozen=True)
class Judged:
    """One statement of a formula: its kind and verdict, and where in the TeX a finding points.

    `span` is the statement itself. A claim also carries its sides, its conditions, and the last
    member of its chain, which is the result that the page prints.
    """

    start: int
    end: int
    kind: str
    outcome: Outcome
    code: str = ""
    span: tuple[int, int] = (0, 0)
    left: Node | None = None
    right: Node | None = None
    relation: str = "="
    result: Node | None = None
    conditions: tuple[Node, ...] = ()
    introduces: int | None = None


class Page(Declarations):
    """The statements of one page, in reading order; each changes what the next may use."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.pending: dict[tuple[Node, Node], Defined] = {}
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
            return self._chain(sentence)
        except (Unread, Undecided) as fault:
            return [self._finding(span, "claim", fault.message, fault.code)]

    def _guarded(self, span: tuple[int, int], kind: str, make: Callable[[], Judged]) -> Judged:
        """A statement, or the finding that its reading or deciding ended in."""
        try:
            return replace(make(), span=span)
        except Unread as fault:
            # a value that is missing in the domain concerns the statement, not a place in it
            start, end = span if fault.code == "ML205" else (fault.start, fault.end)
            return Judged(start, end, kind, Outcome("unread", "", fault.message), fault.code, span)
        except RecursionError:
            message = "nested too deeply to be read"
            return Judged(*span, kind, Outcome("unread", "", message), "ML102", span)
        except Undecided as fault:
            return Judged(*span, kind, Outcome("undecided", "", fault.message), fault.code, span)

    @staticmethod
    def _finding(span: tuple[int, int], kind: str, message: str, code: str) -> Judged:
        return Judged(*span, kind, Outcome("unread", "", message), code, span)

    # -- declarations -------------------------------------------------------------------------

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

    def _member_claim(self, name: Ref, entry: Entry, target: NumberSet) -> None:
        """A name that is defined already cannot be declared: that it lies in the set is a claim."""
        interval = target.interval
        target = as_vectors(target)
        if target.name == "R" and target.dims:
            self._check_shape(name, target)
            return
        if target.name == "R":
            if any(isinstance(v, Array) for _, v in self.instances(lambda m: m.value(name))):
                raise Undecided(f"{shown(name)} is no scalar", "ML208")
            return
        if interval is None or target.dims:
            message = f"{shown(name)} is defined already; this set is not checked"
            raise Unread(message, name.start, name.end, "ML104")
        for end in _between(Membership((name,), target, start=0, end=0)):
            outcome = self._ordered(name, end.members[1], end.relations[0], ())
            if outcome.verdict == "refuted":
                raise Undecided(f"{shown(name)} leaves this set: {outcome.message}", "ML301")
        entry.lies_in = target

    def _check_shape(self, name: Ref, target: NumberSet) -> None:
        """A set of vectors or matrices tells the shape of what a definition gives."""

        def build(meaning: Meaning) -> tuple[Value, tuple[int, ...]]:
            return meaning.value(name), tuple(meaning.integer(dim) for dim in target.dims)

        for dim in target.dims:
            self.check_sizes(dim)
        for _, (value, shape) in self.instances(build):
            if not isinstance(value, Array) or (value.shape, value.row) != (shape, target.row):
                sizes = " x ".join(map(str, shape))
                message = f"{shown(name)} is {shape_of(value)}, not of shape {sizes}"
                raise Unread(message, name.start, name.end, "ML208")

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

    # -- mentions -----------------------------------------------------------------------------

    def _mention(self, sentence: Chain) -> Judged:
        node = bare(sentence.members[0])
        items = node.items if isinstance(node, Group) and len(node.items) > 1 else (node,)
        stated = Judged(sentence.start, sentence.end, "mention", ACCEPTED)
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

    # -- chains -------------------------------------------------------------------------------

    def _chain(self, chain: Chain) -> list[Judged]:
        span = (chain.start, chain.end)
        unfit = [r for r in chain.relations if r not in ("=", ":=", "approx", *COMPARISONS)]
        if unfit:
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
            known[k] if k in known else self._equation(k, left, right, relation, chain)
            for k, ((left, right), relation) in enumerate(pairs)
        ]

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

    def _defined_as(self, name: Node, body: Node, start: int) -> Judged:
        """The definition of a name that stands inside a chain or a function."""
        make = lambda: self._define(name, body, ())  # noqa: E731
        return self._guarded((start, body.end), "definition", make)

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

    def reads_as_condition(self, sentence: Sentence) -> bool:
        """Whether a formula after `if` or `for` restricts names that the page has introduced."""
        if not isinstance(sentence, Chain) or not sentence.relations or sentence.conditions:
            return False
        members = tuple(bare(member) for member in sentence.members)
        if self._restricts(sentence, members) or self._compares_indices(members):
            return True
        if sentence.relations == ("=",):
            return self._is_condition(*members) or (self.strict and self._sums_freely(*members))
        names = [member for member in members if isinstance(member, Ref)]
        if not names or not self.is_bound(sentence):
            return False
        entry = self.scope.entry(names[0])
        return entry is not None and not entry.integer

    def is_case(self, sentence: Chain) -> bool:
        """Whether `y = 1` is one of several cases that the page goes through."""
        left = bare(sentence.members[0])
        cases = self.scope.told.get(left.name, set()) if isinstance(left, Ref) else set()
        entry = self.scope.entry(left) if isinstance(left, Ref) else None
        free = entry is None or (entry.is_free and not entry.is_whole)
        plain = sentence.relations == ("=",) and literal(bare(sentence.members[-1]))
        return not self.strict and plain and free and len(cases) > 1

    def may_be_supposed(self, sentence: Chain) -> bool:
        """Whether `y = 1` or `x \\ne 0`, of a name that nothing introduces, may be a case."""
        left, right = bare(sentence.members[0]), bare(sentence.members[-1])
        entry = self.scope.entry(left) if isinstance(left, Ref) else None
        free = entry is None or (entry.assumed and entry.is_free and not entry.integer)
        alike = sentence.relations in (("=",), ("!=",)) and _is_plain(left) and literal(right)
        return alike and free and not self.strict

    def may_be_put(self, sentence: Chain) -> bool:
        """Whether `x > 0`, of a name that nothing introduces, may be a case after `if`."""
        names = [member for member in map(bare, sentence.members) if isinstance(member, Ref)]
        unknown = len(names) == 1 and self.scope.entry(names[0]) is None
        return unknown and not self.strict and self.is_bound(sentence)

    def _compares_indices(self, members: Sequence[Node]) -> bool:
        """`i \\ne j` with letters for indices that nothing declares, which makes them indices."""
        plain = [m for m in members if isinstance(m, Ref) and _is_plain(m)]
        known = [e is not None and e.is_whole for e in map(self.scope.entry, plain)]
        names = [m for m, k in zip(plain, known, strict=True) if k or m.name in INDEX_LETTERS]
        if known and all(known):
            return not self.strict
        names = [m for m in names if (e := self.scope.entry(m)) is None or not e.is_whole]
        if len(names) + sum(known) != len(members):
            return False
        entries = [self.scope.entry(name) for name in names]
        fit = all(entry is None or (entry.assumed and entry.may_be_whole) for entry in entries)
        if self.strict or not fit:
            return False
        for name in names:
            self._assume_whole(name, True)
        return True

    def unknown(self, sentences: Sequence[Sentence]) -> set[Key]:
        """The names in sentences that nothing has introduced yet."""
        return {key for key in names_in(sentences) if key not in self.scope.entries}

    def lose(self, heads: set[Key], defines: bool) -> None:
        """What a line that is not read would have introduced is unknown from here on."""
        for key in heads:
            entry = self.scope.entries.get(key)
            fresh = entry is None or (entry.is_free and not entry.declared)
            if defines or fresh:
                self.scope.unread.add(key)

    def rests_on(self, sentence: Sentence) -> Unread | None:
        """The fault of a statement with a name whose own line is not read; never refuted."""
        missing = names_in((sentence,)) & self.scope.unread
        shapeless = names_in((sentence,)) & self.scope.shapeless
        if shapeless and not isinstance(sentence, Membership | Range | Mapping):
            message = f"say the shape of {min(shapeless)[0]}"
            return Unread(message, sentence.start, sentence.end, "ML208")
        if isinstance(sentence, Membership | Range | Mapping):
            self.scope.unread -= introduced_by((sentence,))
            self.scope.shapeless -= introduced_by((sentence,))
            return None
        if not missing:
            return None
        name = min(missing)[0]
        message = f"this rests on {name}, whose own line is not read"
        return Unread(message, sentence.start, sentence.end, "ML201")

    def check_condition(self, condition: Condition) -> None:
        """Raises Undecided for a condition that no point of the domain meets."""
        if not self._is_whole(condition):
            self._equal(condition.members[0], condition.members[0], (condition,))

    def supposes(self, chain: Chain) -> bool:
        """Whether a page says of a name by itself where it lies: `x \\ne 0`."""
        members = [bare(member) for member in chain.members]
        names = [member for member in members if isinstance(member, Ref)]
        numbers = all(literal(member) for member in members if not isinstance(member, Ref))
        parts = [self.scope.entry(p) for m in members for p in walk(m) if isinstance(p, Ref)]
        if parts and all(entry is not None and entry.is_whole for entry in parts):
            return set(chain.relations) <= {"!=", "<", "<=", ">", ">="}
        return len(names) == 1 and numbers and set(chain.relations) <= {"!=", "<", "<=", ">", ">="}

    def restricts_one(self, chain: Chain) -> bool:
        """Whether a relation bounds one name by numbers, or calls a matrix symmetric."""
        left, right = bare(chain.members[0]), bare(chain.members[-1])
        turned = isinstance(right, Transpose) and right.base == left
        turned |= isinstance(left, Transpose) and left.base == right
        return self.supposes(chain) or (chain.relations == ("=",) and turned)

    def narrows(self, chain: Chain) -> bool:
        """Whether a bound is about a name that the page has declared already."""
        names = [m for m in map(bare, chain.members) if isinstance(m, Ref)]
        entry = self.scope.entry(names[0]) if len(names) == 1 else None
        known = entry is not None and bool(entry.declared) and not entry.is_whole
        return known and bool(chain.relations) and not self.strict and self.is_bound(chain)

    def is_value(self, chain: Chain) -> bool:
        """Whether `x = 0` gives a number to a name of which nothing else is known."""
        left = bare(chain.members[0])
        plain = chain.relations == ("=",) and _is_plain(left) and literal(bare(chain.members[-1]))
        plain = plain and isinstance(left, Ref) and "_{" not in left.name and "^" not in left.name
        entry = self.scope.entry(left) if isinstance(left, Ref) else None
        free = entry is None or (entry.assumed and entry.is_free and not entry.is_whole)
        return not self.strict and plain and free

    def is_index(self, name: Ref) -> bool:
        """Whether a name stands for whole numbers."""
        entry = self.scope.entry(name)
        return entry is not None and (entry.is_whole or entry.as_index)

    def assume(self, chain: Chain) -> bool:
        """Take a relation between free names as given from here on; False where it is a claim."""
        parts = [part for member in chain.members for part in walk(member)]
        entries = [self.scope.entry(part) for part in parts if isinstance(part, Ref)]
        lax = not self.strict
        excludes = lax and chain.relations == ("!=",)
        free = [
            e for e in entries
            if e is not None and not e.is_whole
            and ((e.is_free and (e.declared or lax)) or (excludes and e.defined))
        ]  # fmt: skip
        known = [entry for entry in entries if entry is not None and not entry.is_whole]
        calls = [p for p in parts if isinstance(p, Call) and p.function not in FREELY_USED]
        alone = any(isinstance(member, Ref) for member in chain.members) and "=" in chain.relations
        equal = alone and not any(isinstance(part, Transpose) for part in parts)
        orders = {"=", "!=", "<", "<=", ">", ">="}
        derived = any(isinstance(part, Derivative) for part in parts)
        whole = [entry for entry in entries if entry is not None and entry.is_whole]
        if whole and len(whole) == len(entries) and "=" not in chain.relations and not self.strict:
            free = whole
        if not free or len(free) < len(known) or calls or derived or equal:
            return False
        if not self._is_given(chain):
            return False
        if not set(chain.relations) <= orders or chain.conditions:
            return False
        start, end = chain.start, chain.end
        for pair, relation in zip(itertools.pairwise(chain.members), chain.relations, strict=True):
            self.scope.assumptions.append(Condition(pair, (relation,), start=start, end=end))
        self.scope.changes += 1
        return True

    def _guess_losses(self, sentence: Sentence) -> None:
        """A name that a page only differentiates is any function of what follows last from all."""
        for part in walk(sentence):
            operand = part.operand if isinstance(part, Derivative) else None
            if not isinstance(operand, Ref) or not _is_plain(operand):
                continue
            entry = self.scope.entry(operand)
            known = entry is not None and not (entry.assumed and entry.is_free)
            if known or operand.name in self.scope.heads:
                continue
            argument = self._last_of(self.scope.variables.get(operand.name, []))
            told = self.scope.mentioned.get(operand.name, set())
            if argument is not None and told <= {argument.name}:
                self.scope.entries.pop((operand.name, False), None)
                self.apply(operand, argument)
                self.scope.guessed.add(operand.name)

    def _beyond_step(self, sentence: Sentence) -> Ref | None:
        """A name further back than the one step of which the page speaks: `h_{t-2}`."""
        moments = self.scope.axes.moments
        for part in walk(sentence) if moments else ():
            marks = [*part.subs, part.layer] if isinstance(part, Ref) else []
            for mark in marks:
                match mark:
                    case Sum(terms=((1, Ref() as letter), (sign, Num() as shift))):
                        if letter.name in moments and abs(sign * shift.value) > 1:
                            assert isinstance(part, Ref)
                            return part
        return None

    def _last_of(self, names: Sequence[Ref]) -> Ref | None:
        """The name whose definition reaches all other names, or the one of the last layer."""
        last = [n for n in names if isinstance(n.layer, Ref) and n.layer.name.isupper()]
        if any(n.layer is not None for n in names):
            return last[0] if last else None
        for name in names:
            others = {n.name for n in names} - {name.name}
            inside = self._reached_from(name.name)
            aside = set(self.scope.bodies) - inside - {name.name}
            apart = not any(self._reached_from(other) & inside for other in aside)
            if name.name in self.scope.bodies and others <= inside and apart:
                return name
        return None

    def _reached_from(self, name: str) -> set[str]:
        """All names in the definitions behind a name, wherever the page prints them."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            fresh = self.scope.bodies.get(waiting.pop(), set()) - found
            found |= fresh
            waiting += fresh
        return found

    def note_shapeless(self, name: Ref) -> None:
        """A matrix or vector of which nothing tells the shape can be judged by nothing."""
        entry = self.scope.entry(name)
        if entry is None or (entry.assumed and entry.is_free and not entry.declared):
            self.scope.shapeless.add(key_of(name))

    def declare_shape(self, name: Ref, sizes: tuple[Node, ...]) -> None:
        """Take a name as a matrix of the sizes that words give it."""
        entry = self.scope.entry(name)
        if entry is None or (entry.assumed and entry.is_free):
            target = NumberSet("R", sizes, start=name.start, end=name.end)
            self.declare(name, target)

    def apply(self, name: Ref, argument: Ref) -> None:
        """Let a function that may be any be applied to one argument: `a loss L of y`."""
        entry = self.scope.entry(name)
        function = entry.function if entry is not None else None
        general = function is not None and function.source is not None
        if general and entry is not None and function is not None and self._is_known(argument):
            if function.applied is None:
                entry.function = replace(function, applied=argument)
                self.scope.changes += 1
            return
        if entry is None and self._is_known(argument) and not self.strict:
            number = self.scope.next_number()
            anything = NumberSet("any", start=name.start, end=name.end)
            body = Symbol("any", start=name.start, end=name.end)
            function = Function((name,), body, number, (), True, anything, argument)
            self.scope.open(name).function = function
            self.scope.used.add(number)
            self.scope.changes += 1

    def _is_known(self, name: Ref) -> bool:
        entry = self.scope.entry(name)
        return entry is not None and not entry.is_whole and entry.function is None

    def is_matrix(self, name: Ref) -> bool:
        """Whether a name is declared as a matrix."""
        entry = self.scope.entry(name)
        return entry is not None and any(len(d.dims) == 2 for d in entry.declared)

    def take_lines(self, matrix: Ref, member: Ref, which: str) -> None:
        """Let the members of a family be the rows or columns of a matrix, as columns."""
        entry = self.scope.open(member)
        index = member.subs[0] if member.subs else member.layer
        plain = isinstance(index, Ref) and len(member.subs) + (member.layer is not None) == 1
        if entry.defined or entry.function is not None or not plain or index is None:
            return
        start, end = member.start, member.end
        every = Symbol(":", start=start, end=end)
        subs = (index, every) if which == "row" else (every, index)
        layered = member.layer is not None
        place = (self.scope.canonical(member), layered, -1 if layered else 0)
        self.scope.axes.join(place, (matrix.name, False, 0 if which == "row" else 1))
        body = Component(matrix, subs, start=start, end=end)
        number = self.scope.next_number()
        entry.defined.append(Defined(member.layer, member.subs, body, number))
        entry.assumed, entry.family = False, len(member.subs)
        self.scope.used.add(number)
        self.scope.changes += 1

    def is_square(self, name: Ref) -> bool:
        """Whether a name is declared as a square matrix of free entries."""
        entry = self.scope.entry(name)
        dims = [d.dims for d in entry.declared] if entry is not None and entry.is_free else []
        return any(len(lengths) == 2 and lengths[0] == lengths[1] for lengths in dims)

    def is_vector(self, name: Ref) -> bool:
        """Whether a name is declared as a vector of free entries."""
        entry = self.scope.entry(name)
        plain = entry is not None and entry.is_free and not name.subs and name.layer is None
        return plain and entry is not None and any(len(d.dims) == 1 for d in entry.declared)

    def assume_symmetric(self, name: Ref) -> None:
        """Take a matrix as symmetric from here on."""
        turned = Transpose(name, start=name.start, end=name.end)
        condition = Condition((name, turned), ("=",), start=name.start, end=name.end)
        if condition not in self.scope.assumptions:
            self.scope.assumptions.append(condition)
            self.scope.changes += 1

    def assume_one_hot(self, name: Ref) -> None:
        """Take the entries of a vector as summing to one, all over the page."""
        start, end = name.start, name.end
        index = "index of " + name.name
        entry = replace(name, subs=(Ref(index, start=start, end=end),))
        total = BigOperator("sum", (index,), None, None, None, entry, start=start, end=end)
        one = Num(Fraction(1), start=start, end=end)
        if not self.strict and (total, one) not in self.scope.sums:
            self.scope.sums.append((total, one))
            self.scope.changes += 1

    def _is_given(self, chain: Chain) -> bool:
        """Whether a relation has the form of an assumption: `x \\ne 0`, `A = A^T`, a sum of 1."""
        left, right = bare(chain.members[0]), bare(chain.members[-1])
        if chain.relations == ("=",):
            turned = Transpose(left, start=0, end=0) == right
            return (
                turned or left == Transpose(right, start=0, end=0) or self._sums_freely(left, right)
            )
        plain = all(isinstance(member, Ref) for member in (left, right))
        whole = all(isinstance(p, Ref | Num | Sum) for m in (left, right) for p in walk(m))
        return plain or whole or literal(left) or literal(right)

    def _assumed_of(
        self, meaning: Meaning, instance: Instance
    ) -> tuple[list[tuple[Term, Term]], list[Comparison]]:
        """What the page assumes of the variables of a claim: equalities and other relations."""
        leaves = {leaf for term in instance.terms for leaf in term.leaves}
        names = {re.split(r"[_^]", self.terms.leaf_names[leaf])[0] for leaf in leaves}
        equal: list[tuple[Term, Term]] = []
        others: list[Comparison] = []
        for condition in self.scope.assumptions:
            mine = {p.name for m in condition.members for p in walk(m) if isinstance(p, Ref)}
            if self._is_whole(condition) or not (mine & names or self._is_derived(condition)):
                continue
            one, two = zeros_shaped(self.terms, *map(meaning.value, condition.members))
            if not mine & names and not leaves & {n for t in entries_of(one) for n in t.leaves}:
                continue
            for left, right in zip(entries_of(one), entries_of(two), strict=True):
                if condition.relations[0] == "=":
                    equal.append((left, right))
                else:
                    others.append(Comparison(condition.relations[0], left, right))
        return equal, others

    def _is_derived(self, condition: Condition) -> bool:
        """Whether a condition is about a name that a definition gives."""
        entries = [self.scope.entry(m) for m in condition.members if isinstance(m, Ref)]
        return any(entry is not None and entry.defined for entry in entries)

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
            elif defines and isinstance(condition, Condition) and self._bounds_beside(condition):
                continue
            elif fresh and isinstance(condition, Range) and self._ranges_over(chain, condition):
                self.declare_range(condition.names, condition.items)
            elif isinstance(condition, Membership):
                kept += _between(condition) or (condition,)
            else:
                kept.append(condition)
        return replace(chain, conditions=tuple(kept))

    def _ranges_over(self, chain: Chain, condition: Range) -> bool:
        """Whether `a^{(l)} = ..., l = 1, ..., n` introduces a name for every value of a range."""
        left = bare(chain.members[0])
        names = {name.name for name in condition.names}
        marked = isinstance(left, Ref) and bool(
            names & {part.name for part in walk(left) if isinstance(part, Ref)} - {left.name}
        )
        return marked or self._introduces(left)

    def _bounds_beside(self, condition: Condition) -> bool:
        """`f(y) = ..., 0 < y < 1`: bounds of a name that nothing has introduced yet."""
        start, end = condition.start, condition.end
        chain = Chain(condition.members, condition.relations, start=start, end=end)
        names = [m for m in map(bare, condition.members) if isinstance(m, Ref)]
        fresh = len(names) == 1 and self.scope.entry(names[0]) is None
        if not (fresh and condition.members and self.is_bound(chain)):
            return False
        self.declare_bound(chain)
        return True

    def _restricts(self, chain: Chain, members: tuple[Node, ...]) -> bool:
        """`x > 0` about a free variable that is declared already would silently narrow the page."""
        entries = [self.scope.entry(member) for member in members if isinstance(member, Ref)]
        ranged = [e is not None and e.range is not None for e in entries]
        whole = [e is not None and e.is_whole for e in entries]
        numbers = sum(1 for member in members if literal(member))
        if any(ranged) and all(whole) and len(entries) + numbers == len(members):
            return True
        names = [member for member in members if isinstance(member, Ref)]
        others = [member for member in members if not isinstance(member, Ref)]
        orders = all(relation in COMPARISONS for relation in chain.relations)
        if not orders or chain.conditions or len(names) != 1 or not all(map(literal, others)):
            return False
        entry = self.scope.entry(names[0])
        bounded = entry is not None and any(
            d.target is not None and d.target.name not in ("R", "Q") for d in entry.declared
        )
        used = entry is not None and (entry.read_free or entry.parameter or bounded)
        return used and entry is not None and entry.is_free and not entry.integer

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

    def _equation(self, k: int, left: Node, right: Node, relation: str, chain: Chain) -> Judged:
        if relation in ("=", ":=") and k == 0 and not chain.goes_on:
            self._note_layout(left, right)
            span = (left.start, right.end)
            if (left, right) in self.scope.sums and self._sums_freely(left, right):
                return Judged(*span, "declaration", ACCEPTED, span=span)
            if self._is_condition(left, right) or self._sums_freely(left, right):
                message = "this reads as a condition: write it in the formula that it is about"
                return self._finding(span, "claim", message, "ML106")
            if self._is_entrywise(left, right):
                return self._guarded(span, "declaration", lambda: self._entrywise(left, right))
            listed = self._as_declared(left, right)
            if listed is not None and isinstance(left, Ref):
                membership = Membership((left,), listed, start=left.start, end=right.end)
                return self._guarded(span, "declaration", lambda: self._membership(membership))
            fresh = (left, right) in self.pending or self._introduces(left)
            if fresh and not self._lists_entries(left, right):
                make = lambda: self._define(left, right, chain.conditions)  # noqa: E731
                return self._guarded(span, "definition", make)
        if relation == ":=":
            message = "this name is already introduced"
            return self._finding((left.start, right.end), "definition", message, "ML206")
        return self._claim(left, right, relation, chain)

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

    def _claim(self, left: Node, right: Node, relation: str, chain: Chain) -> Judged:
        span = (right.start, right.end)
        judged = self._guarded(span, "claim", lambda: self._claimed(left, right, relation, chain))
        sides = replace(judged, left=left, right=right, relation=relation)
        return replace(sides, result=_result(right, relation, chain), conditions=chain.conditions)

    def _refuse_letters(self, left: Node) -> None:
        """`FL = ...` with unknown letters is a word, no product."""
        if isinstance(left, Product) and not any(left.marks):
            names = [f for f in left.factors if _is_plain(f) and isinstance(f, Ref)]
            if len(names) == len(left.factors) and all(map(self._is_unknown, names)):
                word = "".join(name.name for name in names)
                message = f"{word} reads as a product; write \\mathrm{{{word}}}"
                raise Unread(message, left.start, left.end, "ML201")

    def _is_unknown(self, name: Ref) -> bool:
        entry = self.scope.entry(name)
        return entry is None or (entry.assumed and not entry.declared and not entry.defined)

    def _refuse_update(self, left: Node, right: Node) -> None:
        """`w = w - \\alpha ...` gives w a new value and is no equation."""
        first = bare(right.terms[0][1]) if isinstance(right, Sum) else None
        if isinstance(left, Ref) and first == left and not self.strict:
            message = "an update is not judged: state the derivative in it as an equation"
            raise Unread(message, left.start, right.end, "ML104")

    def _claimed(self, left: Node, right: Node, relation: str, chain: Chain) -> Judged:
        self._refuse_letters(left)
        self._refuse_update(left, right)
        for part in (*walk(left), *walk(right)):
            if isinstance(part, Derivative):
                self._refuse_letters(bare(part.operand))
        if relation == "approx":
            outcome = self._rounded(left, right, chain.conditions)
        elif relation in COMPARISONS:
            outcome = self._ordered(left, right, relation, chain.conditions)
        else:
            outcome = self._equal(left, right, chain.conditions)
            outcome = self._or_renamed(left, chain, outcome)
        code = "ML301" if outcome.verdict == "refuted" else ""
        return Judged(right.start, right.end, "claim", outcome, code)

    def _or_renamed(self, left: Node, chain: Chain, outcome: Outcome) -> Outcome:
        """A refuted `L = ...` may be meant to give a name that the page has defined anew."""
        entry = self.scope.entry(left) if isinstance(left, Ref) else None
        begins = left is chain.members[0] and not chain.goes_on
        if outcome.verdict != "refuted" or entry is None or not entry.defined or not begins:
            return outcome
        assert isinstance(left, Ref)
        hint = f"; {shown(left)} is defined already: another quantity needs a name of its own"
        return replace(outcome, message=outcome.message + hint)

    # -- what introduces a name ---------------------------------------------------------------

    def _introduces(self, left: Node) -> bool:
        """Whether an equation's left side is a name or function that it introduces."""
        head = left.base if isinstance(left, Component) else left
        if isinstance(head, Call):
            if head.function in BUILT_IN - {"\\Phi"}:  # a page may define it
                return False
            entry = self.scope.entries.get((head.function, False))
            names = [shown(a) for a in head.args if isinstance(a, Ref)]
            fresh = entry is None or entry.function is None
            return fresh and not head.primes and len(set(names)) == len(head.args)
        return isinstance(left, Ref) and self._is_new(left)

    def _is_new(self, left: Ref) -> bool:
        entry = self.scope.entry(left)
        if entry is None:
            constant = left.name in ("e", "\\pi") and not left.subs
            return not constant or (left.name == "e" and self.scope.lax and not self.scope.euler)
        whole = entry.range is not None or (entry.integer and not entry.assumed)
        by_parameter = entry.function is not None and any(
            isinstance(sub, Ref) and sub.name in entry.function.params for sub in left.subs
        )  # `f_x` is a derivative of f(x, y)
        if whole or by_parameter or (entry.function is not None and not left.subs):
            return False
        if entry.assumed and not entry.defined:
            return True
        if not left.subs and any(d.subs and not d.special for d in entry.defined):
            return False  # the entries tell the whole
        by_definition, by_declaration = self._covered(left, entry)
        marks = [*left.subs, *(() if left.layer is None else (left.layer,))]
        general = not all(map(self._is_fixed, marks)) and not self.strict
        if any(by_definition):
            special = [d for d in entry.defined if d.special]
            if general and len(special) == len(entry.defined):
                return len(special) == 1  # more members than one would have to fit the rule
            recurs = any(_recurs(d, left) for d in entry.defined)
            return not general and not self.strict and recurs and not special
        if not all(by_declaration):
            return True
        by_index = bool(left.subs) and not all(literal(sub) for sub in left.subs)
        return not (by_index and entry.read_free)

    def _is_condition(self, left: Node, right: Node) -> bool:
        """`x = 0` about a free variable that is known already neither defines nor claims."""
        if not isinstance(left, Ref) or left.subs or left.layer is not None:
            return False
        entry = self.scope.entry(left)
        plain = _is_plain(right) or literal(right)
        if isinstance(right, Transpose) and right.base == left:
            return entry is not None and bool(entry.declared)
        if entry is not None and entry.range is not None:
            return True
        is_number = entry is not None and entry.parameter and literal(right)
        known = entry is not None and (entry.read_free or bool(entry.declared) or is_number)
        return known and entry is not None and entry.is_free and not entry.integer and plain

    def _sums_freely(self, left: Node, right: Node) -> bool:
        """`\\sum_k y_k = 1` about free variables alone is an assumption."""
        if not isinstance(left, BigOperator | Sum) or not literal(right):
            return False
        if any(isinstance(p, Call | Power | Derivative | Quotient) for p in walk(left)):
            return False
        bound = {n for p in walk(left) if isinstance(p, BigOperator) for n in p.indices}
        parts = [p for p in walk(left) if isinstance(p, Ref) and p.name not in bound]
        entries = [entry for p in parts if (entry := self.scope.entry(p)) and not entry.is_whole]
        known = [entry.is_free and (entry.declared or not self.strict) for entry in entries]
        return bool(entries) and all(known)

    def is_sum(self, sentence: Sentence) -> bool:
        """Whether `\\sum_k y_k = 1` gives what the entries of one name sum to."""
        if not isinstance(sentence, Chain) or sentence.relations != ("=",):
            return False
        left, right = (bare(member) for member in sentence.members)
        total = isinstance(left, BigOperator) and left.kind == "sum" and literal(right)
        return total and isinstance(left, BigOperator) and isinstance(bare(left.body), Ref)

    def note_sums(self, sentences: Sequence[Sentence]) -> None:
        """What a page says anywhere of the sum of free variables holds all over the page."""
        for sentence in sentences:
            assert isinstance(sentence, Chain)
            left, right = (bare(member) for member in sentence.members)
            self.scope.sums.append((left, right))

    def _covered(self, left: Ref, entry: Entry) -> tuple[list[bool], list[bool]]:
        """In which instances a definition, and a declaration, speaks of this name already."""

        def covered(meaning: Meaning) -> tuple[bool, bool]:
            target = meaning.target(left)
            return meaning.is_defined(entry, target), meaning.is_declared(entry, target)

        found = [item for _, item in self.instances(covered)]
        return [item[0] for item in found], [item[1] for item in found]

    def _injected(self, chain: Chain, members: tuple[Node, ...]) -> int | None:
        """The equality f(new) = f(known) of a chain, which introduces the new name."""
        for k, relation in enumerate(chain.relations[:2]):
            starts = k == 0 or self._introduces(members[0])
            if relation == "=" and starts and self._is_injection(members[k], members[k + 1]):
                return k
        return None

    def _is_injection(self, left: Node, right: Node) -> bool:
        if not (isinstance(left, Call) and isinstance(right, Call)):
            return False
        same = left.function == right.function and self._is_monotone(left.function)
        if not (same and len(left.args) == len(right.args) == 1) or left.primes:
            return False
        return self._is_unmet(left.args[0]) != self._is_unmet(right.args[0])

    def _is_monotone(self, name: str) -> bool:
        """Whether a function of one number rises, or falls, at every point that is tried."""
        if name in INJECTIVE:
            return True
        entry = self.scope.entries.get((name, False))
        function = entry.function if entry is not None else None
        if function is None or function.source is not None or len(function.refs) != 1:
            return False
        inner = self.terms.leaf(f"{name} at")

        def slope(meaning: Meaning) -> Term:
            meaning.locals = {function.refs[0].name: inner}
            return self.terms.diff(meaning.scalar(function.body), inner)

        try:
            slopes = [term for _, term in self.instances(slope)]
        except (Unread, Undecided):
            return False
        zero = self.terms.zero
        for relation in (">", "<"):
            instances = [Instance((), (("", term, zero),), ()) for term in slopes]
            try:
                found = compare_order(instances, relation, self.terms, "0", self._rules())
            except (Unread, Undecided):
                return False
            if found.verdict == "numeric":
                return True
        return False

    def _is_unmet(self, node: Node) -> bool:
        return isinstance(node, Ref) and self.scope.entry(node) is None

    def _inject(self, left: Node, right: Node) -> Judged:
        assert isinstance(left, Call)
        assert isinstance(right, Call)
        name, body = left.args[0], right.args[0]
        if not self._is_unmet(name):
            name, body = body, name
        judged = self._defined_as(name, body, left.start)
        return replace(judged, end=right.end, span=(left.start, right.end))

    # -- definitions --------------------------------------------------------------------------

    def _define(self, left: Node, right: Node, conditions: tuple[Node, ...]) -> Judged:
        for condition in conditions:
            if not isinstance(condition, Range):
                message = "a definition under a condition is not read: write it by cases"
                raise Unread(message, condition.start, condition.end, "ML104")
        if isinstance(left, Call):
            number = self._define_function(left, right, ())
        elif isinstance(left, Ref) and self._lacks_its_loss(left, right):
            message = f"say of what {left.name} is the gradient, as a derivative"
            raise Unread(message, left.start, left.end, "ML202")
        elif isinstance(left, Component):
            assert isinstance(left.base, Call)
            number = self._define_function(left.base, right, left.subs)
        else:
            assert isinstance(left, Ref)
            self._check_optimum(left, right)
            number = self._define_name(left, right, conditions)
            self._check_declared(left)
        return Judged(
            left.start, right.end, "definition", ACCEPTED, left=left, right=right, introduces=number
        )

    def _check_optimum(self, left: Ref, right: Node) -> None:
        """`w^* = ...` says that the gradient of the page's one function of w is zero there."""
        base, _, mark = left.name.partition("^{*}" if "^{*}" in left.name else "_{\\mathrm{")
        starred = "^{*}" in left.name
        if self.strict or left.subs or not (starred or mark.rstrip("}") in OPTIMA):
            return
        name = Ref(base, start=left.start, end=left.end)
        functions = [
            key for (key, _), entry in self.scope.entries.items()
            if entry.function is not None and entry.function.params == (base,)
            and any(isinstance(p, Ref) and p.name == base for p in walk(entry.function.body))
        ]  # fmt: skip
        if len(functions) != 1:
            message = f"say of which function of {base} this is the optimum, as in f({base}) = ..."
            raise Unread(message, left.start, left.end, "ML201")
        call = Call(functions[0], (name,), start=left.start, end=left.end)
        slope = Derivative(call, (name,), start=left.start, end=left.end)
        at = Evaluated(slope, name, right, start=left.start, end=right.end)
        zero = Num(Fraction(0), start=right.start, end=right.end)
        outcome = self._equal(at, zero, ())
        if outcome.verdict == "refuted":
            message = f"the gradient of {functions[0]} is not zero here: {outcome.message}"
            raise Undecided(message, "ML301")

    def _lacks_its_loss(self, left: Ref, right: Node) -> bool:
        """Whether `dz = a - y` leaves open of what it is the gradient by z."""
        name = left.name.removeprefix("d")
        gradient = left.name != name and name in self.scope.differentials
        known = gradient and any((name, layered) in self.scope.entries for layered in (False, True))
        return known and not any(isinstance(part, Derivative) for part in walk(right))

    def _check_declared(self, left: Ref) -> None:
        """What was declared of a name before it was defined must hold of its definition."""
        entry = self.scope.entry(left)
        for declared in entry.declared if entry else ():
            target = declared.target
            same = declared.subs == left.subs and declared.layer == left.layer
            if entry is not None and target is not None and target.interval is not None and same:
                self._member_claim(left, entry, target)

    def _define_function(self, left: Call, right: Node, subs: tuple[Node, ...]) -> int:
        samples: dict[str, Ref] = {}
        for arg in left.args:
            if isinstance(arg, Ref) and _is_sample(arg):
                samples[shown(arg)] = arg
                whole = _sampled(Group((left, right), "", start=left.start, end=right.end), arg)
                assert isinstance(whole, Group)
                found, right = whole.items
                assert isinstance(found, Call)
                left = found
                self._check_sample(arg, right)
        name = left.function
        if "_{" in name and self.scope.is_function(name.split("_{")[0]):
            message = f"an index of the function {name.split('_{')[0]} is not read"
            raise Unread(message, left.start, left.end, "ML104")
        entry = self.scope.entries.get((name, False))
        if entry is not None and ((entry.declared and not entry.assumed) or entry.range):
            raise Unread(f"{name} is already in use", left.start, left.end, "ML206")
        base = name.removesuffix("( | )")
        if not self.strict and any(
            self.scope.entries.get((other, False)) is not None and self.scope.is_function(base)
            for other in (base, f"{base}( | )") if other != name
        ):  # fmt: skip
            message = f"how {name} follows from what is known of {base} is not judged"
            raise Unread(message, left.start, left.end, "ML104")
        if any(isinstance(part, Call) and part.function == name for part in walk(right)):
            raise Unread("a definition by itself", right.start, right.end, "ML206")
        self._check_free_indices(Component(left, subs, start=left.start, end=left.end), right)
        if not self.strict:
            self._check_parameters(left, samples, right)
        refs = tuple(arg for arg in left.args if isinstance(arg, Ref))
        of_arrays = self._of_arrays(left) or any(map(self._is_array, samples.values()))
        function = Function(refs, right, self.scope.next_number(), subs, of_arrays)

        def body(meaning: Meaning) -> Value:
            for sub in subs:
                meaning.integer(sub)
            plain = [arg for arg in refs if not arg.subs]
            given = {arg.name: samples.get(arg.name, arg) for arg in plain}
            meaning.locals = {n: self._parameter(arg, meaning) for n, arg in given.items()}
            return meaning.value(right)

        def of_numbers(meaning: Meaning) -> Value:
            meaning.locals = {arg.name: self.terms.leaf(arg.name) for arg in refs if not arg.subs}
            return meaning.value(right)

        try:
            values = [value for _, value in self.instances(body)]
        except Unread as fault:
            if self.strict or fault.code != "ML208" or not function.of_arrays:
                raise
            # `\\sigma(x) = ...` on a page on which x is a vector: x stands for any number there
            values = [value for _, value in self.instances(of_numbers)]
            function = replace(function, of_arrays=False)
        self._check_values(values)
        opened = self.scope.entries.setdefault((name, False), Entry())
        opened.function, opened.assumed = function, False
        for ref in refs:
            key = (self.scope.canonical(ref), False)
            self.scope.entries.setdefault(key, Entry(assumed=True)).parameter = True
        self.scope.changes += 1
        return function.number

    def _check_parameters(self, left: Call, samples: dict[str, Ref], body: Node) -> None:
        """A function must depend on a parameter, and not through its indices."""
        params = [arg for arg in left.args if isinstance(arg, Ref)]
        inside = {p.name for p in walk(body) if isinstance(p, Ref)}
        inside |= {p.function for p in walk(body) if isinstance(p, Call)}
        behind = inside.union(*(self._reached_from(name) for name in inside))
        labels = {name.partition("_{")[2].rstrip("}") for name in behind}
        known = {p.name.split("^")[0] for p in (*params, *samples.values())}
        if not known & (behind | labels | {name.split("^")[0] for name in behind}):
            message = f"this does not depend on {shown(params[0])}: a value at a point is not read"
            raise Unread(message, body.start, body.end, "ML104")
        for node in (n for part in walk(body) for n in index_places(part)):
            for name in (p for p in walk(node) if isinstance(p, Ref) and not p.subs):
                if any(name.name == param.name and not param.subs for param in params):
                    message = f"the parameter {name.name} in an index is not read"
                    raise Unread(message, name.start, name.end, "ML104")

    def _check_sample(self, sample: Ref, body: Node) -> None:
        """Raises Unread where a body depends on the index of a sample in any other way."""
        letters = _index_letters(sample)
        for part in walk(body):
            if isinstance(part, Ref) and part.name in letters and not part.subs:
                message = f"this depends on {part.name} not only through {shown(sample)}"
                raise Unread(message, part.start, part.end, "ML104")

    def _is_array(self, sample: Ref) -> bool:
        found = [v for _, v in self.instances(lambda meaning: meaning.value(sample))]
        return any(isinstance(value, Array) for value in found)

    def _of_arrays(self, left: Call) -> bool:
        entries = [self.scope.entry(arg) for arg in left.args if isinstance(arg, Ref)]
        samples = [
            self._sample(arg)
            for arg in left.args
            if isinstance(arg, Ref) and self.scope.entry(arg) is None
        ]
        whole = [entry is not None and any(d.dims for d in entry.declared) for entry in entries]
        return any(whole) or any(sample is not None for sample in samples)

    def _sample(self, arg: Ref) -> Declared | None:
        """How the samples `x^{(i)}` of a parameter x are declared."""
        known = self.scope.entries.get((arg.name, True))
        return next((d for d in known.declared if d.dims), None) if known else None

    def _parameter(self, arg: Ref, meaning: Meaning) -> Value:
        """A parameter as a variable of its declared shape and domain."""
        if _is_sample(arg):
            value = meaning.value(arg)
            if isinstance(value, Term):
                return self.terms.leaf(shown(arg))
            leaves = tuple(self.terms.leaf(f"{shown(arg)}_{k}") for k in range(len(value.entries)))
            return replace(value, entries=leaves)
        entry = self.scope.entry(arg)
        if entry is None:
            if self.strict:
                raise Unread(f"{shown(arg)} is not introduced", arg.start, arg.end, "ML201")
            family = self._sample(arg)
            if family is None:
                return self.terms.leaf(arg.name)
            axes = [meaning.axis(dim) for dim in family.dims]
            places = itertools.product(*axes)
            leaves = tuple(self.terms.leaf(f"{arg.name}_{place}") for place in places)
            firsts = tuple(axis[0] for axis in axes)
            return Array(tuple(map(len, axes)), leaves, firsts, family.row)
        if any(declared.dims for declared in entry.declared):
            return meaning.reference(arg)
        for declared in entry.declared:
            if declared.target is not None and not declared.subs:
                return self.terms.leaf(arg.name, meaning.domain(declared.target))
        return self.terms.leaf(arg.name)

    def _define_name(self, left: Ref, right: Node, conditions: tuple[Node, ...]) -> int:
        self._check_pattern(left)
        self._check_free_indices(left, right)
        if any(isinstance(part, Ref) and part == left for part in walk(right)):
            raise Unread(f"{shown(left)} is defined by itself", right.start, right.end, "ML206")
        known = self.pending.pop((left, right), None)
        found = known or self._register(left, right)

        def body(meaning: Meaning) -> Value:
            for sub in left.subs:
                meaning.integer(sub)
            value = meaning.value(right)
            if left.subs and isinstance(value, Array) and not entry.family:
                declared = any(d.dims and d.subs for d in entry.declared)
                if self.strict or not (declared or entry.is_free_but(found)):
                    message = f"{shown(left)} is one entry, and this is {shape_of(value)}"
                    raise Unread(message, right.start, right.end, "ML208")
                entry.family = len(left.subs)
                self.scope.changes += 1
                raise _Again
            whole = meaning.reference(left)
            if not same_shape(whole, value):
                message = f"{shown(left)} is {shape_of(whole)}, and this is {shape_of(value)}"
                raise Unread(message, right.start, right.end, "ML208")
            return value

        entry = self.scope.open(left)
        try:
            try:
                values = [value for _, value in self.instances(body, conditions)]
            except _Again:  # what was one entry is a vector of a family
                values = [value for _, value in self.instances(body, conditions)]
            if not values:
                raise Undecided("this definition has no instance", "ML303")
            self._check_values(values)
        except (Unread, Undecided):
            entry.defined.remove(found)
            self.scope.changes += 1
            raise
        if not (left.subs and all(literal(sub) for sub in left.subs)):
            entry.assumed = False
        # checking the definition is no use of it; what the check remembered goes too
        self.scope.used.discard(found.number)
        self.scope.changes += 1
        return found.number

    def _check_values(self, values: Sequence[Value]) -> None:
        """A definition must have a value somewhere; under the strict setting, wherever declared."""
        instances = [Instance((), _paired(value, value), ()) for value in values]
        check_defined(instances, self.terms, f"{self.settings.seed}", self._rules())

    def _register(self, left: Ref, right: Node) -> Defined:
        """Let an equation hold from here on, so that it may recur over layers."""
        numbers = [sub.value for sub in left.subs if isinstance(sub, Num)]
        fixed = tuple(map(int, numbers)) if numbers and len(numbers) == len(left.subs) else None
        marks = [*left.subs, *(() if left.layer is None else (left.layer,))]
        special = bool(marks) and all(map(self._is_fixed, marks))
        number = self.scope.next_number()
        found = Defined(left.layer, left.subs, right, number, fixed, special)
        self.scope.open(left).defined.append(found)
        self.scope.changes += 1
        return found

    def _is_fixed(self, mark: Node) -> bool:
        """Whether an index has one value: a number, or a size such as L."""
        names = [part for part in walk(mark) if isinstance(part, Ref)]
        entries = [self.scope.entry(name) for name in names]
        return all(
            e is not None and e.integer and e.range is None and not e.assumed for e in entries
        )

    def expect(self, sentences: Sequence[Sentence]) -> None:
        """The equations of one formula may use one another: names that it introduces are known."""
        self.pending.clear()
        chains = [s for s in sentences if isinstance(s, Chain) and "=" in s.relations]
        if len(chains) < 2:
            return
        for chain in chains:
            left, right = bare(chain.members[0]), bare(chain.members[1])
            if not isinstance(left, Ref) or left.layer is None or chain.relations[0] != "=":
                continue
            try:
                fresh = self._introduces(left)
            except (Unread, Undecided):
                continue  # judging the line itself will tell the fault
            if fresh:
                self.pending[(left, right)] = self._register(left, right)

    def _check_pattern(self, left: Ref) -> None:
        for sub in left.subs:
            if not (literal(sub) or _is_pattern(sub)):
                message = "this index on the left of a definition is not read"
                raise Unread(message, sub.start, sub.end, "ML104")
        self.check_pattern(left)

    def _check_free_indices(self, left: Node, right: Node) -> None:
        """An index that is free on the right must stand on the left, or end a row of dots."""
        ours = {part.name for part in walk(left) if isinstance(part, Ref)}
        for name, node in _free_indices(right, self.scope).items():
            if name in ours:
                continue
            if self.strict and not _ends_dots(right, name):
                message = f"the index {name} is free on the right only"
                raise Unread(message, node.start, node.end, "ML204")
            self.scope.follows_indices = True

    # -- layout -------------------------------------------------------------------------------

    def _note_layout(self, left: Node, right: Node) -> None:
        """`(df/dx)_i = df/dx_i` says which entry is which; it is then judged like any claim."""
        if not (isinstance(left, Component) and isinstance(right, Derivative)):
            return
        whole = left.base.items[0] if isinstance(left.base, Group) else left.base
        if not isinstance(whole, Derivative):
            return
        if len(whole.variables) == 2 == len(right.variables) == len(left.subs):
            self._note_hessian(whole, right, left.subs)
        if len(whole.variables) != 1 or len(right.variables) != 1:
            return
        variable, entry = whole.variables[0], right.variables[0]
        if not (
            isinstance(variable, Ref) and isinstance(entry, Ref) and entry.name == variable.name
        ):
            return
        by_entry = isinstance(right.operand, Ref) and bool(right.operand.subs)
        self.scope.layouts.add("Jacobian" if by_entry else "gradient")

    def _note_hessian(self, whole: Derivative, right: Derivative, subs: tuple[Node, ...]) -> None:
        """`(d^2f/dxdx)_{ij} = d^2f/dx_i dx_j` says what a second derivative's entries are."""
        names = [v.base if isinstance(v, Transpose) else v for v in whole.variables]
        entries = right.variables
        if all(isinstance(v, Ref) and not v.subs for v in names) and all(
            isinstance(entry, Ref) and isinstance(name, Ref) and entry.name == name.name
            and entry.subs == (sub,)
            for entry, name, sub in zip(entries, names, subs, strict=True)
        ):  # fmt: skip
            self.scope.layouts |= {"Hessian"}

    # -- entrywise functions ------------------------------------------------------------------

    def _is_entrywise(self, left: Node, right: Node) -> bool:
        """Whether `f(x)_i = f(x_i)` says that a known scalar function acts on each entry."""
        if not (isinstance(left, Component) and isinstance(left.base, Call)):
            return False
        call = left.base
        if not isinstance(right, Call) or right.function != call.function:
            return False
        if call.primes or right.primes or not (call.args and right.args):
            return False
        inner, entry = call.args[0], right.args[0]
        if not (isinstance(inner, Ref) and isinstance(entry, Ref)):
            return False
        known = self.scope.entries.get((call.function, False))
        scalar = known is None or known.function is None or not known.function.of_arrays
        return scalar and (inner.name, left.subs) == (entry.name, entry.subs)

    def _entrywise(self, left: Node, right: Node) -> Judged:
        assert isinstance(left, Component)
        assert isinstance(left.base, Call)
        self.instances(lambda meaning: meaning.value(right))
        name = left.base.function
        self.scope.entries.setdefault((name, False), Entry()).entrywise = True
        self.scope.changes += 1
        return Judged(left.start, right.end, "declaration", ACCEPTED)

    # -- verdicts on claims -------------------------------------------------------------------

    def _equal(self, left: Node, right: Node, conditions: tuple[Node, ...]) -> Outcome:
        instances = self._sides(left, right, conditions)
        outcome = compare(instances, self.terms, f"{self.settings.seed}", self._rules())
        guessed = self._guessed_in(left, right) if outcome.verdict == "refuted" else None
        if guessed is not None:
            message = f"the function {guessed} is not introduced"
            raise Unread(message, right.start, right.end, "ML201")
        if outcome.verdict == "refuted" and self._is_transposed(left, right, conditions):
            message = "this is the transpose of the Jacobian: say which layout the page takes"
            raise Unread(message, right.start, right.end, "ML210")
        return outcome

    def _guessed_in(self, left: Node, right: Node) -> str | None:
        """A function of which nothing is known but its name, behind the names of an equation."""
        if not self.scope.guessed:
            return None
        instances = self._sides(left, right, ())
        for instance in instances:
            for part in (part for term in instance.terms for part in parts(term)):
                if part.kind == "opaque" and str(part.data[0]) in self.scope.guessed:  # type: ignore[index]
                    return str(part.data[0])  # type: ignore[index]
        return None

    def _is_transposed(self, left: Node, right: Node, conditions: tuple[Node, ...]) -> bool:
        """Whether a derivative would be right in the other layout, and the page states none."""
        if "Jacobian" in self.scope.layouts or not isinstance(left, Derivative):
            return False
        turned = Transpose(left, start=left.start, end=left.end)
        try:
            instances = self._sides(turned, right, conditions)
            outcome = compare(instances, self.terms, f"{self.settings.seed}", self._rules())
        except (Unread, Undecided):
            return False
        return outcome.verdict != "refuted"

    def _ordered(
        self, left: Node, right: Node, relation: str, conditions: tuple[Node, ...]
    ) -> Outcome:
        instances = self._sides(left, right, conditions)
        return compare_order(
            instances, relation, self.terms, f"{self.settings.seed}", self._rules()
        )

    def _rounded(self, left: Node, right: Node, conditions: tuple[Node, ...]) -> Outcome:
        """A number after `\\approx` is the other side, rounded to the digits that are printed."""
        if printed_number(right) is None:
            left, right = right, left
        found = printed_number(right)
        if found is None:
            message = "give a number with its digits after \\approx, or state a bound"
            raise Unread(message, right.start, right.end, "ML104")
        value, unit = found
        outcome = ACCEPTED
        for bound, relation in ((value - unit / 2, ">="), (value + unit / 2, "<=")):
            other = Num(bound, start=right.start, end=right.end)
            outcome = self._ordered(left, other, relation, conditions)
            if outcome.verdict == "refuted":
                return outcome
        return replace(outcome, method=outcome.method.replace("holds", "rounds to this", 1))

    def _rules(self) -> Rules:
        deadline = time.process_time() + self.settings.time_limit
        return Rules(self.settings.digits, self.strict, deadline)

    def _sides(self, left: Node, right: Node, conditions: tuple[Node, ...]) -> list[Instance]:
        """Both sides in every instance; raises Unread for shapes that differ."""
        self._check_conditions(conditions, (left, right))
        reached: dict[Node, Reached] = {}

        def build(meaning: Meaning) -> Instance:
            if not all(self._admitted(c, meaning) for c in self.scope.assumptions):
                raise NoInstance
            if not all(self._admitted(c, meaning) for c in conditions):
                raise NoInstance
            comparisons = [c for node in conditions for c in self._comparisons(node, meaning)]
            one, other = zeros_shaped(self.terms, meaning.value(left), meaning.value(right))
            if not same_shape(one, other):
                message = f"the sides differ in shape: {shape_of(one)} and {shape_of(other)}"
                raise Unread(message, right.start, right.end, "ML208")
            chosen = ((name, value) for name, value in meaning.choices.items() if name != ROUND)
            names = tuple((_choice_name(name), value) for name, value in chosen)
            fixed = [(c.left, c.right) for c in comparisons if c.relation == "="]
            self._check_moves(meaning, fixed, right)
            others = [c for c in comparisons if c.relation != "="]
            slopes = tuple(meaning.slopes)
            stated = Instance(names, _paired(one, other), tuple(others), slopes)
            equal, further = self._assumed_of(meaning, stated)
            fixed += equal
            stated = replace(stated, conditions=(*others, *further))
            return self._constrained(meaning, stated, fixed)

        found = [item for _, item in self.instances(build, conditions, reached)]
        if not found:
            message = "no choice of sizes and indices meets the conditions, so this says nothing"
            raise Undecided(message, "ML303")
        if sum(len(instance.pairs) for instance in found) > MAX_ENTRIES:
            raise Undecided("too many entries to try them all")
        self._check_reach(reached, left, right)
        return found

    def _check_moves(
        self, meaning: Meaning, fixed: Sequence[tuple[Term, Term]], place: Node
    ) -> None:
        """A condition `z = x` under a derivative by x leaves open whether z moves along."""
        moved = frozenset[int]().union(*(variables for _, variables in meaning.slopes))
        for left, right in fixed:
            if left.leaves and right.leaves and (left.leaves | right.leaves) & moved:
                message = "does the derivative act before or after this condition? write it out"
                raise Unread(message, place.start, place.end)

    def _constrained(
        self, meaning: Meaning, instance: Instance, fixed: Sequence[tuple[Term, Term]]
    ) -> Instance:
        """The sides with what the constraints of the page and a claim's own conditions fix."""
        sums = [pair for pair in self.scope.sums if self._sums_freely(*pair)]
        stated = [
            (meaning.scalar(one), meaning.scalar(two))
            for one, two in (*self.scope.constraints, *sums)
        ]
        known: dict[int, Term] = {}
        for sides in (*stated, *fixed):
            left, right = (self.terms.substitute(side, known) for side in sides)
            if left is right:
                continue
            gap = self.terms.sub(left, right)
            if is_zero(gap):
                continue
            if gap.kind == "const" and gap is not self.terms.zero:
                raise NoInstance
            free = [
                leaf for leaf in sorted(gap.leaves) if any(leaf in t.leaves for t in instance.terms)
            ]
            if not free:
                continue
            leaf = self.terms.leaf(self.terms.leaf_names[free[-1]])
            slope = self.terms.diff(gap, leaf)
            if slope.leaves or slope is self.terms.zero:
                raise Undecided("this constraint is not linear, so no point of it can be taken")
            value = self._without(gap, leaf, slope)
            number = value.data if value.kind == "const" else None
            domain = self.terms.domains[leaf.number]
            if isinstance(number, Fraction) and not lies_in(number, domain):
                raise NoInstance
            known = {
                number: self.terms.substitute(v, {leaf.number: value})
                for number, v in known.items()
            }
            known[leaf.number] = value
            instance = self._put_in(instance, {leaf.number: value})
        return instance

    def _put_in(self, instance: Instance, values: dict[int, Term]) -> Instance:
        def put(term: Term) -> Term:
            return self.terms.substitute(term, values)

        pairs = tuple((place, put(a), put(b)) for place, a, b in instance.pairs)
        conditions = tuple(
            replace(c, left=put(c.left), right=put(c.right)) for c in instance.conditions
        )
        return replace(instance, pairs=pairs, conditions=conditions)

    def _without(self, gap: Term, leaf: Term, slope: Term) -> Term:
        """The value of a leaf at which a linear gap closes."""
        rest = self.terms.substitute(gap, {leaf.number: self.terms.zero})
        return self.terms.neg(self.terms.div(rest, slope))

    def constrain(self, sentences: Sequence[Sentence]) -> Sequence[Sentence]:
        """An equation beside the declaration of the names in it narrows where they lie."""
        names: set[str] = set()
        kept: list[Sentence] = []
        for sentence in sentences:
            if isinstance(sentence, Membership):
                names |= {name.name for name in sentence.names if self.scope.entry(name) is None}
            free = isinstance(sentence, Chain) and sentence.relations == ("=",)
            if (
                free
                and names
                and isinstance(sentence, Chain)
                and self._is_constraint(sentence, names)
            ):
                left, right = (bare(member) for member in sentence.members)
                self.scope.constraints.append((left, right))
                continue
            kept.append(sentence)
        return kept

    def _is_constraint(self, chain: Chain, names: set[str]) -> bool:
        left, right = (bare(member) for member in chain.members)
        inside = {part.name for part in walk(left) if isinstance(part, Ref) and part.subs}
        return (
            isinstance(left, BigOperator | Sum)
            and literal(right)
            and bool(inside)
            and inside <= names
        )

    def _check_conditions(self, conditions: tuple[Node, ...], sides: tuple[Node, ...]) -> None:
        free = {part.name for side in sides for part in walk(side) if isinstance(part, Ref)}
        for condition in conditions:
            if isinstance(condition, Range):
                for name in condition.names:
                    if name.name not in free:
                        message = f"{name.name} does not occur in what stands under this condition"
                        raise Unread(message, name.start, name.end, "ML204")
                    entry = self.scope.entry(name)
                    if entry is not None and not entry.assumed and entry.range is None:
                        raise Unread(f"{name.name} is no index", name.start, name.end, "ML204")
                for item in condition.items:
                    self.check_sizes(item)
            elif isinstance(condition, Condition) and not condition.members:
                message = "a claim cannot stand under otherwise"
                raise Unread(message, condition.start, condition.end)
            elif not isinstance(condition, Condition):
                message = "this condition is not read"
                raise Unread(message, condition.start, condition.end, "ML104")

    def _admitted(self, condition: Node, meaning: Meaning) -> bool:
        """Whether a condition on whole numbers alone holds in this instance."""
        if not isinstance(condition, Condition) or not self._is_whole(condition):
            return True
        comparisons = meaning.comparisons(condition)
        truths = [
            self.terms.case([((c,), self.terms.one), ((), self.terms.zero)]) for c in comparisons
        ]
        return all(truth is self.terms.one for truth in truths)

    def _is_whole(self, condition: Condition) -> bool:
        parts = [part for member in condition.members for part in walk(member)]
        entries = [self.scope.entry(part) for part in parts if isinstance(part, Ref)]
        return bool(entries) and all(entry is not None and entry.is_whole for entry in entries)

    def _comparisons(self, condition: Node, meaning: Meaning) -> tuple[Comparison, ...]:
        if isinstance(condition, Condition) and not self._is_whole(condition):
            return meaning.comparisons(condition)
        return ()

    @staticmethod
    def _check_reach(reached: dict[Node, Reached], left: Node | None, right: Node | None) -> None:
        """A derivative of a name by what it never reaches is 0 only if the line says so."""
        for node, note in reached.items():
            said = (left == node and _is_zero(right)) or (right == node and _is_zero(left))
            if not note.reached and not said:
                raise Undecided(note.message, "ML203")


def _paired(left: Value, right: Value) -> tuple[tuple[str, Term, Term], ...]:
    """The entries of two values of one shape, side by side, each with its place."""
    if isinstance(left, Term):
        assert isinstance(right, Term)
        return (("", left, right),)
    assert isinstance(right, Array)
    try:
        told(left)
    except ShapeError as fault:
        raise Unread(str(fault), 0, 1, "ML208") from None
    ranges = [range(f, f + size) for f, size in zip(left.first, left.shape, strict=True)]
    places = [", ".join(map(str, place)) for place in itertools.product(*ranges)]
    return tuple(zip(places, left.entries, right.entries, strict=True))


def _result(right: Node, relation: str, chain: Chain) -> Node | None:
    """The last member of a chain that is still equal to what stands before `right`."""
    if relation != "=":
        return None
    at = next(k for k, member in enumerate(chain.members) if bare(member) is right)
    while at < len(chain.relations) and chain.relations[at] == "=":
        at += 1
    return bare(chain.members[at])


def _is_zero(node: Node | None) -> bool:
    return isinstance(node, Num) and node.value == 0


def _recurs(found: Defined, name: Ref) -> bool:
    """Whether an equation gives a member of a family by other members."""
    return any(isinstance(p, Ref) and p.name == name.name for p in walk(found.body))


def _is_plain(node: Node) -> bool:
    return isinstance(node, Ref) and not node.subs and node.layer is None


def printed_number(node: Node) -> tuple[Fraction, Fraction] | None:
    """A number as it is printed, and one unit of its last digit: `-2.50 \\cdot 10^{-3}`."""
    node = bare(node)
    match node:
        case Num():
            return node.value, Fraction(1, 10**node.decimals)
        case Sum(terms=((sign, part),)):
            found = printed_number(part)
            return (sign * found[0], found[1]) if found else None
        case Product(factors=(first, Power(base=Num() as ten, exponent=exponent)), marks=("*",)):
            found, power = printed_number(first), printed_number(exponent)
            if found is None or power is None or ten.value != 10 or power[1] != 1:
                return None
            scale = Fraction(10) ** int(power[0])
            return found[0] * scale, found[1] * scale
    return None


def _is_sample(node: Ref) -> bool:
    """Whether an argument of a definition stands for any of a family: `h(x^{(i)}) = ...`."""
    return node.layer is not None or not all(map(literal, node.subs))


def _sampled(node: Node, sample: Ref) -> Node:
    """A tree in which a sample is a name of its own, with its entries as entries of that name."""
    count = len(sample.subs)

    def change(part: Node) -> Node:
        if not isinstance(part, Ref) or (part.name, part.layer) != (sample.name, sample.layer):
            return part
        if part.subs[:count] != sample.subs:
            return part
        return replace(part, name=shown(sample), layer=None, subs=part.subs[count:])

    return rebuilt(node, change)


def _index_letters(node: Ref) -> set[str]:
    parts = [*node.subs, *(() if node.layer is None else (node.layer,))]
    return {p.name for part in parts for p in walk(part) if isinstance(p, Ref)}


def _is_pattern(node: Node) -> bool:
    if isinstance(node, Ref):
        return _is_plain(node)
    return isinstance(node, Sum) and all(isinstance(part, Ref | Num) for _, part in node.terms)


def _free_indices(node: Node, scope: Scope) -> dict[str, Node]:
    """Names of declared ranges that stand in subscripts and that no sum binds."""
    bound = {name for part in walk(node) if isinstance(part, BigOperator) for name in part.indices}
    found: dict[str, Node] = {}
    for part in walk(node):
        subs = part.subs if isinstance(part, Ref | Component) else ()
        if isinstance(part, Ref) and part.layer is not None:
            subs = (part.layer, *subs)
        for name in (inner for sub in subs for inner in walk(sub) if _is_plain(inner)):
            assert isinstance(name, Ref)
            entry = scope.entry(name)
            if name.name not in bound and entry is not None and entry.range is not None:
                found.setdefault(name.name, name)
    return found


def _ends_dots(node: Node, name: str) -> bool:
    """Whether an index is the last one of a row with dots."""
    for part in walk(node):
        if isinstance(part, Sum) and any(isinstance(term, Dots) for _, term in part.terms):
            last = part.terms[-1][1]
            if any(isinstance(inner, Ref) and inner.name == name for inner in walk(last)):
                return True
    return False


def _between(condition: Membership) -> list[Condition]:
    """`x \\in (0, 1]` as the comparisons that it stands for; none if it is no interval."""
    interval = condition.target.interval
    if condition.target.name in ("R>0", "R>=0"):
        zero = Num(Fraction(0), start=condition.start, end=condition.end)
        is_open = condition.target.name == "R>0"
        interval = Interval(zero, None, is_open, True, start=condition.start, end=condition.end)
    if interval is None or condition.target.dims:
        return []
    low = (interval.low, ">" if interval.low_open else ">=")
    high = (interval.high, "<" if interval.high_open else "<=")
    return [
        Condition((name, end), (relation,), start=condition.start, end=condition.end)
        for name in condition.names
        for end, relation in (low, high)
        if end is not None
    ]


def _is_bounded(condition: Membership) -> bool:
    """Whether a name is put between bounds, and not in a whole space."""
    target = condition.target
    return not target.dims and (target.name in ("R>0", "R>=0", "finite") or bool(target.interval))


def _choice_name(name: object) -> str:
    if isinstance(name, tuple):
        return f"{name[0]}_" + ",".join(str(part) for part in name[1])
    return str(name)
