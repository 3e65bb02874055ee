"""Sentences to statements with verdicts: declarations, definitions, claims and mentions of a page."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mathlint.compare import Instance, Outcome, Rules, compare, compare_order
from mathlint.errors import Undecided, Unread
from mathlint.meaning import Meaning, NeedsChoice, NoInstance, Reached
from mathlint.scope import Declared, Defined, Entry, Function, Scope, shown
from mathlint.settings import Settings
from mathlint.syntax import (
    Call,
    Chain,
    Condition,
    Derivative,
    Dots,
    Group,
    Membership,
    Node,
    Num,
    NumberSet,
    Range,
    Ref,
    Sentence,
    Sum,
    walk,
)
from mathlint.terms import REAL, Comparison, Domain, Term, Terms

MAX_INSTANCES = 400
ORDERS = ("<", "<=", ">", ">=", "!=")


@dataclass(frozen=True)
class Judged:
    """One statement of a formula: its place in the TeX, its kind and its verdict."""

    start: int
    end: int
    kind: str
    outcome: Outcome
    code: str = ""
    left: Node | None = None
    right: Node | None = None
    introduces: int | None = None
    span: tuple[int, int] | None = None
    result: Node | None = None
    conditions: tuple[Node, ...] = ()


ACCEPTED = Outcome("accepted", "read")


class Page:
    """The statements of one page, in reading order; each changes what the next may use."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.strict = settings.undeclared == "error"
        self.scope, self.terms = Scope(), Terms()
        self.assumed: list[tuple[str, int]] = []
        self.memo: dict[object, dict[object, Term]] = {}

    # -- sentences ----------------------------------------------------------------------------

    def judge(self, sentence: Sentence) -> list[Judged]:
        """The statements that a sentence makes."""
        if isinstance(sentence, Membership):
            return [self._guarded(sentence, "declaration", lambda: self._membership(sentence))]
        if isinstance(sentence, Range):
            return [self._guarded(sentence, "declaration", lambda: self._range(sentence))]
        if not sentence.relations:
            return [self._guarded(sentence, "mention", lambda: self._mention(sentence))]
        try:
            return self._chain(sentence)
        except (Unread, Undecided) as fault:
            return [self._finding(sentence, "claim", fault.message, fault.code)]

    def _guarded(self, node: Node, kind: str, make: Callable[[], Judged]) -> Judged:
        """A statement, or the finding that its reading or deciding ended in."""
        span = (node.start, node.end)
        try:
            return replace(make(), span=span)
        except Unread as fault:
            start, end = (
                (fault.start, fault.end) if fault.code != "ML205" else (node.start, node.end)
            )
            return Judged(
                start, end, kind, Outcome("unread", "", fault.message), fault.code, span=span
            )
        except Undecided as fault:
            return Judged(
                node.start, node.end, kind, Outcome("undecided", "", fault.message), fault.code
            )

    # -- declarations -------------------------------------------------------------------------

    def _membership(self, sentence: Membership) -> Judged:
        kind = "declaration"
        for name in sentence.names:
            entry = self.scope.entry(name)
            if entry is not None and not entry.assumed and (entry.defined or entry.function):
                self._member_claim(name, sentence.target)
                kind = "claim"
                continue
            if entry is not None and entry.range is not None:
                self._check_range_in(sentence.target)
                continue
            self._declare(name, sentence.target)
        outcome = ACCEPTED if kind == "declaration" else Outcome("numeric", "ball arithmetic")
        return Judged(sentence.start, sentence.end, kind, outcome)

    def _check_range_in(self, target: NumberSet) -> None:
        if not target.name.startswith(("N", "Z")):
            raise Unread("an index is declared as no whole number", target.start, target.end)

    def _declare(self, name: Ref, target: NumberSet) -> None:
        entry = self.scope.open(name)
        for declared in entry.declared:
            same = (
                declared.target == target
                and declared.subs == name.subs
                and declared.layer == name.layer
            )
            overlapping = declared.subs == name.subs and declared.layer == name.layer
            if overlapping and not same and not entry.assumed:
                raise Unread(
                    f"{shown(name)} is already declared otherwise", name.start, name.end, "ML206"
                )
        integers = target.name.startswith(("N", "Z")) and not target.dims
        if target.name == "finite" and any(isinstance(item, Dots) for item in target.items):
            self._declare_range((name,), target.items)
            return
        self._check_parts(target, name)
        entry.assumed = False
        entry.integer = integers and name.layer is None
        entry.declared.append(Declared(name.layer, name.subs, target))

    def _check_parts(self, target: NumberSet, name: Ref) -> None:
        """Lengths and bounds must use names that are known; unknown lengths become sizes."""
        for dim in target.dims:
            for part in walk(dim):
                if isinstance(part, Ref) and self.scope.entry(part) is None:
                    if self.strict:
                        raise Unread(
                            f"{shown(part)} is not introduced", part.start, part.end, "ML201"
                        )
                    self._assume_size(part)
        meaning = self._meaning({})
        for item in target.items:
            meaning.scalar(item)
        if target.interval is not None:
            meaning.domain(target)

    def _assume_size(self, ref: Ref) -> None:
        entry = self.scope.open(ref)
        entry.integer = entry.assumed = True
        entry.declared.append(Declared(ref.layer, ref.subs, None))
        self.assumed.append((shown(ref), ref.start))

    def _member_claim(self, name: Ref, target: NumberSet) -> None:
        """A name that is defined already cannot be declared: that it lies in the set is a claim."""
        if target.name == "R":
            return
        interval = target.interval
        if interval is None or target.dims:
            raise Unread(
                f"{shown(name)} is defined already; this set is not checked",
                name.start,
                name.end,
                "ML104",
            )
        for bound, is_open, strict, loose in (
            (interval.low, interval.low_open, ">", ">="),
            (interval.high, interval.high_open, "<", "<="),
        ):
            if bound is None:
                continue
            outcome = self._ordered(name, bound, strict if is_open else loose, ())
            if outcome.verdict == "refuted":
                raise Undecided(f"{shown(name)} leaves this set: {outcome.message}", "ML301")
        entry = self.scope.entry(name)
        if entry is not None:
            entry.lies_in = target

    def _range(self, sentence: Range) -> Judged:
        self._declare_range(sentence.names, sentence.items)
        return Judged(sentence.start, sentence.end, "declaration", ACCEPTED)

    def _declare_range(self, names: Sequence[Ref], items: tuple[Node, ...]) -> None:
        for name in names:
            if name.subs or name.layer is not None:
                raise Unread(
                    "only a plain letter can run over a range", name.start, name.end, "ML204"
                )
            entry = self.scope.entry(name)
            if (
                entry is not None
                and not entry.assumed
                and (entry.defined or entry.declared or entry.function)
            ):
                raise Unread(f"{name.name} is already in use", name.start, name.end, "ML206")
        for item in items:
            for part in walk(item):
                if isinstance(part, Ref) and self.scope.entry(part) is None:
                    if self.strict:
                        raise Unread(
                            f"{shown(part)} is not introduced", part.start, part.end, "ML201"
                        )
                    self._assume_size(part)
        if not self.instances(lambda meaning: meaning.range_values(items)):
            raise Undecided("this range is empty", "ML303")
        for name in names:
            entry = self.scope.open(name)
            entry.range, entry.assumed, entry.declared = items, False, []

    # -- mentions -----------------------------------------------------------------------------

    def _mention(self, sentence: Chain) -> Judged:
        node = _bare(sentence.members[0])
        if isinstance(node, Ref) and self._names_whole(node):
            return Judged(sentence.start, sentence.end, "mention", ACCEPTED)
        reached: dict[Node, Reached] = {}
        self.instances(lambda meaning: meaning.scalar(node), reached=reached)
        self._check_reach(reached, None, None)
        return Judged(sentence.start, sentence.end, "mention", ACCEPTED)

    def _names_whole(self, node: Ref) -> bool:
        """Whether a bare name is a known function or a whole vector, which needs no entry."""
        entry = self.scope.entry(node)
        if entry is None:
            return False
        has_dims = any(declared.dims or declared.subs for declared in entry.declared)
        by_index = any(defined.subs for defined in entry.defined)
        return not node.subs and (entry.function is not None or has_dims or by_index)

    # -- chains -------------------------------------------------------------------------------

    def _chain(self, chain: Chain) -> list[Judged]:
        unfit = [r for r in chain.relations if r not in ("=", ":=", *ORDERS)]
        if unfit:
            message = (
                f"the relation {unfit[0]!r} is not checked: state an equality or an inequality"
            )
            return [self._finding(chain, "claim", message, "ML104")]
        if self._is_domain(chain):
            return [self._guarded(chain, "declaration", lambda: self._bounds(chain))]
        judged: list[Judged] = []
        injected = self._injected(chain)
        members = [_bare(member) for member in chain.members]
        for k, relation in enumerate(chain.relations):
            left, right = members[k], members[k + 1]
            if k == 0 and relation in ("=", ":=") and self._introduces(left, right):
                judged.append(
                    self._guarded(chain, "definition", lambda: self._define(left, right, chain))
                )
            elif k == injected:
                judged.append(judged_injection)
            elif relation == ":=":
                judged.append(
                    self._finding(chain, "definition", "this name is already introduced", "ML206")
                )
            else:
                judged.append(self._claim(left, right, relation, chain))
            if injected is not None and k == 0 and injected == 1:
                judged_injection = self._guarded(
                    chain, "definition", lambda: self._inject(members[1], members[2])
                )
        return judged

    def _finding(self, node: Node, kind: str, message: str, code: str) -> Judged:
        return Judged(
            node.start,
            node.end,
            kind,
            Outcome("unread", "", message),
            code,
            span=(node.start, node.end),
        )

    def _claim(self, left: Node, right: Node, relation: str, chain: Chain) -> Judged:
        span = _Span(right, left)
        judged = self._guarded(span, "claim", lambda: self._claimed(left, right, relation, chain))
        last = _bare(chain.members[-1])
        return replace(judged, left=left, right=right, result=last, conditions=chain.conditions)

    def _claimed(self, left: Node, right: Node, relation: str, chain: Chain) -> Judged:
        if relation in ORDERS:
            outcome = self._ordered(left, right, relation, chain.conditions)
        else:
            outcome = self._equal(left, right, chain.conditions)
        code = "ML301" if outcome.verdict == "refuted" else ""
        return Judged(right.start, right.end, "claim", outcome, code, left, right)

    # -- definitions --------------------------------------------------------------------------

    def _introduces(self, left: Node, right: Node) -> bool:
        """Whether an equation's left side is a name or function that it introduces."""
        if isinstance(left, Call):
            plain = all(isinstance(a, Ref) and not a.subs and a.layer is None for a in left.args)
            entry = self.scope.entries.get((left.function, False))
            names = [a.name for a in left.args if isinstance(a, Ref)]
            fresh = entry is None or entry.function is None
            return (
                plain
                and fresh
                and len(set(names)) == len(names)
                and not left.primes
                and not left.subs
            )
        if not isinstance(left, Ref):
            return False
        entry = self.scope.entry(left)
        if entry is None:
            return not (left.name in ("e", "\\pi") and not left.subs)
        if entry.range is not None or (entry.integer and not entry.assumed):
            return False
        if entry.function is not None:
            return False
        if entry.assumed and not entry.defined:
            return True
        by_definition, by_declaration = self._covered(left, entry)
        if any(by_definition):
            return False
        if not all(by_declaration):
            return True
        literal = bool(left.subs) and all(_literal(sub) for sub in left.subs)
        return literal or not entry.read_free

    def _covered(self, left: Ref, entry: Entry) -> tuple[list[bool], list[bool]]:
        """In which instances a definition, and a declaration, speaks of this name already."""

        def covered(meaning: Meaning) -> tuple[bool, bool]:
            target = meaning.target(left)
            return meaning.is_defined(entry, target), meaning.is_declared(entry, target)

        found = [item for _, item in self.instances(covered)]
        return [bool(item[0]) for item in found], [bool(item[1]) for item in found]  # type: ignore[index]

    def _define(self, left: Node, right: Node, chain: Chain) -> Judged:
        if isinstance(left, Call):
            number = self._define_function(left, right)
        else:
            assert isinstance(left, Ref)
            number = self._define_name(left, right, chain.conditions)
        return Judged(left.start, right.end, "definition", ACCEPTED, "", left, right, number)

    def _define_function(self, left: Call, right: Node) -> int:
        params = tuple(arg.name for arg in left.args if isinstance(arg, Ref))
        for arg in left.args:
            assert isinstance(arg, Ref)
            entry = self.scope.entry(arg)
            if entry is None and self.strict:
                raise Unread(f"{shown(arg)} is not introduced", arg.start, arg.end, "ML201")
        entry = self.scope.entries.get((left.function, False))
        if entry is not None and ((entry.declared and not entry.assumed) or entry.range):
            raise Unread(f"{left.function} is already in use", left.start, left.end, "ML206")
        if any(isinstance(part, Call) and part.function == left.function for part in walk(right)):
            raise Unread("a definition by itself", right.start, right.end, "ML206")
        number = self.scope.next_number()
        function = Function(params, right, number)
        leaves = {name: self._parameter(name) for name in params}

        def body(meaning: Meaning) -> Term:
            meaning.locals = leaves
            return meaning.scalar(right)

        self.instances(body)
        opened = self.scope.entries.setdefault((left.function, False), Entry())
        opened.function, opened.assumed = function, False
        return number

    def _parameter(self, name: str) -> Term:
        entry = self.scope.entries.get((name, False))
        meaning = self._meaning({})
        for declared in entry.declared if entry else ():
            if declared.target is not None and not declared.dims and not declared.subs:
                return self.terms.leaf(name, meaning.domain(declared.target))
        return self.terms.leaf(name)

    def _define_name(self, left: Ref, right: Node, conditions: tuple[Node, ...]) -> int:
        self._check_pattern(left)
        self._check_free_indices(left, right)
        entry = self.scope.entry(left)
        if any(isinstance(part, Ref) and part == left for part in walk(right)):
            raise Unread(f"{shown(left)} is defined by itself", right.start, right.end, "ML206")
        number = self.scope.next_number()

        def body(meaning: Meaning) -> tuple[object, Term]:
            for sub in left.subs:
                meaning.integer(sub)
            return None, meaning.scalar(right)

        if not self.instances(body, conditions):
            raise Undecided("this definition has no instance", "ML303")
        entry = self.scope.open(left)
        if not (left.subs and all(_literal(sub) for sub in left.subs)):
            entry.assumed = False
        entry.defined.append(Defined(left.layer, left.subs, right, number))
        return number

    def _check_pattern(self, left: Ref) -> None:
        for sub in left.subs:
            if not (_literal(sub) or _index_pattern(sub)):
                raise Unread(
                    "this index on the left of a definition is not read",
                    sub.start,
                    sub.end,
                    "ML104",
                )
            if isinstance(sub, Ref) and self.scope.entry(sub) is None and self.strict:
                message = f"{sub.name} is used as an index, but nothing gives its range"
                raise Unread(message, sub.start, sub.end, "ML204")

    def _check_free_indices(self, left: Ref, right: Node) -> None:
        """An index that is free on the right must stand on the left, or end a row of dots."""
        ours = {part.name for part in walk(left) if isinstance(part, Ref)}
        for name, node in _free_indices(right, self.scope).items():
            if name not in ours and not _ends_dots(right, name):
                entry = self.scope.entries.get((name, False))
                if entry is not None and entry.range is not None:
                    raise Unread(
                        f"the index {name} is free on the right only", node.start, node.end, "ML204"
                    )

    def _injected(self, chain: Chain) -> int | None:
        """The equality f(new) = f(known) of a chain, which introduces the new name."""
        for k in (0, 1):
            if len(chain.members) > k + 1 and chain.relations[k] == "=":
                left, right = _bare(chain.members[k]), _bare(chain.members[k + 1])
                if self._is_injection(left, right) and (
                    k == 0 or self._introduces(_bare(chain.members[0]), left)
                ):
                    return k
        return None

    def _is_injection(self, left: Node, right: Node) -> bool:
        if not (
            isinstance(left, Call) and isinstance(right, Call) and left.function == right.function
        ):
            return False
        inner = left.args[0]
        fresh = isinstance(inner, Ref) and self.scope.entry(inner) is None
        return (
            fresh
            and len(left.args) == 1
            and self.scope.is_function(left.function)
            and not left.primes
        )

    def _inject(self, left: Node, right: Node) -> Judged:
        assert isinstance(left, Call) and isinstance(right, Call)
        name = left.args[0]
        assert isinstance(name, Ref)
        number = self._define_name(name, right.args[0], ())
        return Judged(
            left.start, right.end, "definition", ACCEPTED, "", name, right.args[0], number
        )

    # -- bounds as declarations ---------------------------------------------------------------

    def _is_domain(self, chain: Chain) -> bool:
        """`0 < a < 1`, `n >= 1` about names that nothing defines declare where they lie."""
        if (
            any(relation not in ORDERS or relation == "!=" for relation in chain.relations)
            or chain.conditions
        ):
            return False
        names = [m for m in map(_bare, chain.members) if isinstance(m, Ref)]
        others = [m for m in map(_bare, chain.members) if not isinstance(m, Ref)]
        if len(names) != 1 or not all(_literal(other) for other in others):
            return False
        entry = self.scope.entry(names[0])
        return entry is None or (
            entry.is_free and (entry.assumed or not entry.read_free or entry.integer)
        )

    def _bounds(self, chain: Chain) -> Judged:
        members = [_bare(member) for member in chain.members]
        place = next(k for k, member in enumerate(members) if isinstance(member, Ref))
        name = members[place]
        assert isinstance(name, Ref)
        low = high = None
        low_open = high_open = True
        meaning = self._meaning({})
        for k, relation in enumerate(chain.relations):
            if k not in (place - 1, place):
                raise Unread("this chain of bounds is not read", chain.start, chain.end, "ML104")
            other = members[k] if k == place - 1 else members[k + 1]
            upper = (relation in ("<", "<=")) == (k == place)
            meaning.scalar(other)
            if upper:
                high, high_open = other, relation in ("<", ">")
            else:
                low, low_open = other, relation in ("<", ">")
        entry = self.scope.entry(name)
        if entry is not None and entry.integer:
            return Judged(
                chain.start,
                chain.end,
                "declaration",
                self._integer_bound(entry, low, low_open, high),
            )
        from mathlint.syntax import Interval

        interval = Interval(low, high, low_open, high_open, start=chain.start, end=chain.end)
        target = NumberSet("interval", (), (), interval, start=chain.start, end=chain.end)
        entry = self.scope.open(name)
        entry.declared = [d for d in entry.declared if d.subs != name.subs or d.layer != name.layer]
        entry.declared.append(Declared(name.layer, name.subs, target))
        entry.assumed = False
        meaning.domain(target)
        return Judged(chain.start, chain.end, "declaration", ACCEPTED)

    def _integer_bound(
        self, entry: Entry, low: Node | None, low_open: bool, high: Node | None
    ) -> Outcome:
        if high is not None or not isinstance(low, Num):
            raise Unread("this bound of a size is not read", low.start if low else 0, None, "ML104")
        least = int(low.value) + (1 if low_open else 0)
        if least > 2:
            raise Unread("sizes from 3 up only are not read", low.start, low.end, "ML104")
        if least == 2:
            target = NumberSet("N>=2", start=low.start, end=low.end)
            entry.declared.append(Declared(None, (), target))
        return ACCEPTED

    # -- instances ----------------------------------------------------------------------------

    def _meaning(
        self,
        choices: dict[object, int],
        conditions: tuple[Node, ...] = (),
        reached: dict[Node, Reached] | None = None,
    ) -> Meaning:
        memo = self.memo.setdefault((frozenset(choices.items()), self._state(), conditions), {})
        return Meaning(
            self.scope,
            self.terms,
            self.settings.sizes,
            self.strict,
            choices,
            conditions,
            reached=reached if reached is not None else {},
            assume=self._assume,
            memo=memo,
        )

    def domain_of(self, ref: Ref) -> Domain:
        """Where the values of a defined name lie, as far as the page says."""
        entry = self.scope.entry(ref)
        lies = entry.lies_in if entry else None
        return self._meaning({}).domain(lies) if lies is not None else REAL

    def _state(self) -> tuple[int, int]:
        """Changes whenever an equation or a declaration does, so that nothing stale is reused."""
        declared = sum(len(entry.declared) for entry in self.scope.entries.values())
        return self.scope.numbers, declared

    def _assume(self, ref: Ref) -> None:
        entry = self.scope.open(ref)
        entry.assumed = True
        self.assumed.append((shown(ref), ref.start))

    def instances(
        self,
        build: Callable[[Meaning], object],
        conditions: tuple[Node, ...] = (),
        reached: dict[Node, Reached] | None = None,
    ) -> list[tuple[dict[object, int], object]]:
        """What `build` makes in every instance; sizes and indices are tried as they are met."""
        found: list[tuple[dict[object, int], object]] = []
        stack: list[dict[object, int]] = [{}]
        ranges = tuple(c for c in conditions if isinstance(c, Range))
        while stack:
            choices = stack.pop()
            meaning = self._meaning(choices, ranges, reached)
            try:
                found.append((choices, build(meaning)))
            except NeedsChoice as need:
                stack += [{**choices, need.name: value} for value in reversed(need.values)]
            except NoInstance:
                continue
            if len(found) > MAX_INSTANCES:
                raise Undecided("too many sizes and indices to try them all")
        return found

    def _sides(
        self, left: Node, right: Node, conditions: tuple[Node, ...], reached: dict[Node, Reached]
    ) -> list[Instance]:
        self._check_conditions(conditions)

        def build(meaning: Meaning) -> Instance:
            if not all(self._admitted(c, meaning) for c in conditions):
                raise NoInstance
            comparisons = [c for node in conditions for c in self._comparisons(node, meaning)]
            sides = meaning.scalar(left), meaning.scalar(right)
            names = tuple((_choice_name(name), value) for name, value in meaning.choices.items())
            return Instance(names, *sides, tuple(comparisons))

        found = [item for _, item in self.instances(build, conditions, reached)]
        if not found:
            raise Undecided(
                "no choice of sizes and indices meets the conditions, so this says nothing", "ML303"
            )
        return [item for item in found if isinstance(item, Instance)]

    def _check_conditions(self, conditions: tuple[Node, ...]) -> None:
        for condition in conditions:
            if isinstance(condition, Range):
                for name in condition.names:
                    entry = self.scope.entry(name)
                    if entry is not None and not entry.assumed and entry.range is None:
                        raise Unread(f"{name.name} is no index", name.start, name.end, "ML204")
                for item in condition.items:
                    for part in walk(item):
                        if isinstance(part, Ref) and self.scope.entry(part) is None:
                            if self.strict:
                                raise Unread(
                                    f"{shown(part)} is not introduced",
                                    part.start,
                                    part.end,
                                    "ML201",
                                )
                            self._assume_size(part)
            elif isinstance(condition, Membership):
                raise Unread("this condition is not read", condition.start, condition.end, "ML104")
            elif isinstance(condition, Condition) and not condition.members:
                raise Unread("a claim cannot stand under otherwise", condition.start, condition.end)

    def _admitted(self, condition: Node, meaning: Meaning) -> bool:
        """Whether a condition on whole numbers alone holds in this instance."""
        if not isinstance(condition, Condition) or not self._is_whole(condition):
            return True
        values = [meaning.integer(member) for member in condition.members]
        pairs = zip(values, condition.relations, values[1:], strict=False)
        return all(_related(left, relation, right) for left, relation, right in pairs)

    def _is_whole(self, condition: Condition) -> bool:
        names = [
            part for member in condition.members for part in walk(member) if isinstance(part, Ref)
        ]
        entries = [self.scope.entry(name) for name in names]
        return bool(names) and all(e is not None and Meaning.is_whole(e) for e in entries)

    def _comparisons(self, condition: Node, meaning: Meaning) -> tuple[Comparison, ...]:
        if isinstance(condition, Condition) and not self._is_whole(condition):
            return meaning.comparisons(condition)
        return ()

    # -- verdicts -----------------------------------------------------------------------------

    def _rules(self) -> Rules:
        return Rules(self.settings.digits, self.strict, time.monotonic() + self.settings.time_limit)

    def _equal(self, left: Node, right: Node, conditions: tuple[Node, ...]) -> Outcome:
        reached: dict[Node, Reached] = {}
        instances = self._sides(left, right, conditions, reached)
        self._check_reach(reached, left, right)
        return compare(instances, self.terms, f"{self.settings.seed}", self._rules())

    def _ordered(
        self, left: Node, right: Node, relation: str, conditions: tuple[Node, ...]
    ) -> Outcome:
        reached: dict[Node, Reached] = {}
        instances = self._sides(left, right, conditions, reached)
        self._check_reach(reached, left, right)
        return compare_order(
            instances, relation, self.terms, f"{self.settings.seed}", self._rules()
        )

    def _check_reach(
        self, reached: dict[Node, Reached], left: Node | None, right: Node | None
    ) -> None:
        """A derivative of a named quantity by what it never reaches is zero only if the line says so."""
        for node, note in reached.items():
            if note.reached:
                continue
            if (left == node and _is_zero(right)) or (right == node and _is_zero(left)):
                continue
            raise Undecided(note.message, "ML203")


class _Span(Node):
    """The stretch of a claim: its right side, which is what the line adds."""

    def __init__(self, right: Node, left: Node, start: int | None = None) -> None:
        super().__init__(
            start=right.start if start is None else start, end=max(right.end, right.start + 1)
        )


def _is_zero(node: Node | None) -> bool:
    return isinstance(node, Num) and node.value == 0


def _bare(node: Node) -> Node:
    """A node without the braces around it."""
    while isinstance(node, Group) and node.bracket == "" and len(node.items) == 1:
        node = node.items[0]
    return node


def _literal(node: Node) -> bool:
    return not any(isinstance(part, (Ref, Call, Derivative)) for part in walk(node))


def _index_pattern(node: Node) -> bool:
    if isinstance(node, Ref):
        return not node.subs and node.layer is None
    return isinstance(node, Sum) and all(isinstance(part, (Ref, Num)) for _, part in node.terms)


def _free_indices(node: Node, scope: Scope) -> dict[str, Node]:
    """Names of declared ranges that stand in subscripts and that no sum binds."""
    from mathlint.syntax import BigOperator

    bound = {name for part in walk(node) if isinstance(part, BigOperator) for name in part.indices}
    found: dict[str, Node] = {}
    for part in walk(node):
        if isinstance(part, Ref):
            for sub in part.subs:
                for name in walk(sub):
                    if isinstance(name, Ref) and name.name not in bound and not name.subs:
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


def _choice_name(name: object) -> str:
    if isinstance(name, tuple):
        return f"{name[0]}_" + ",".join(str(part) for part in name[1])
    return str(name)


def _related(left: int, relation: str, right: int) -> bool:
    return {
        "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right,
        "=": left == right, "!=": left != right,
    }.get(relation, False)  # fmt: skip
