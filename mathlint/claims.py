"""Claims of a page: equations, orders and approximations against what its names mean."""

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
    compare,
    compare_order,
    lies_in,
)
from mathlint.declarations import Declarations, as_vectors, literal
from mathlint.differentials import root
from mathlint.errors import Undecided, Unread
from mathlint.exact import is_zero, parts
from mathlint.indices import ROUND
from mathlint.meaning import Meaning, NoInstance, Reached
from mathlint.scope import DENOMINATOR, NUMERATOR, Entry, shown
from mathlint.syntax import (
    COMPARISONS,
    BigOperator,
    Call,
    Chain,
    Component,
    Condition,
    Derivative,
    Differential,
    Group,
    Interval,
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
    Transpose,
    bare,
    walk,
)
from mathlint.terms import Comparison, Term
from mathlint.tokens import NAMED
from mathlint.values import Array, ShapeError, Value, entries_of, same_shape, told, zeros_shaped
from mathlint.values import shown as shape_of

ACCEPTED = Outcome("accepted", "read")
MAX_ENTRIES = 2000


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


class Claims(Declarations):
    """Verdicts on what a page claims of the names that it has introduced."""

    # -- outcomes --------------------------------------------------------------------------------

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

    # -- claims ----------------------------------------------------------------------------------

    def _claim(self, left: Node, right: Node, relation: str, chain: Chain) -> Judged:
        span = (right.start, right.end)
        judged = self._guarded(span, "claim", lambda: self._claimed(left, right, relation, chain))
        sides = replace(judged, left=left, right=right, relation=relation)
        return replace(sides, result=_result(right, relation, chain), conditions=chain.conditions)

    def _claimed(self, left: Node, right: Node, relation: str, chain: Chain) -> Judged:
        self._refuse_letters(left)
        self._check_differentials(left, right, chain)
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

    def _check_differentials(self, left: Node, right: Node, chain: Chain) -> None:
        """A differential that a line tells must be of something known, and reach no further."""
        begins = left is bare(chain.members[0]) and isinstance(left, Product)
        if begins and isinstance(left, Product) and isinstance(left.factors[0], Differential):
            message = "how far this differential reaches is ambiguous: add brackets"
            raise Unread(message, left.start, left.end)
        for side in (left, right):
            name = side.operand if isinstance(side, Differential) else None
            entry = self.scope.entry(name) if isinstance(name, Ref) else None
            if isinstance(name, Ref) and not (entry and (entry.defined or entry.function)):
                message = f"nothing defines {shown(name)}, so its differential is not known"
                raise Unread(message, side.start, side.end, "ML202")

    def _refuse_letters(self, left: Node) -> None:
        """`FL = ...` with unknown letters is a word, no product."""
        if isinstance(left, Product) and not any(left.marks):
            names = [f for f in left.factors if is_plain(f) and isinstance(f, Ref)]
            if len(names) == len(left.factors) and all(map(self._is_unknown, names)):
                word = "".join(name.name for name in names)
                message = f"{word} reads as a product; write \\mathrm{{{word}}}"
                raise Unread(message, left.start, left.end, "ML201")

    def _is_unknown(self, name: Ref) -> bool:
        entry = self.scope.entry(name)
        return entry is None or (entry.assumed and not entry.declared and not entry.defined)

    def _or_renamed(self, left: Node, chain: Chain, outcome: Outcome) -> Outcome:
        """A refuted `L = ...` may be meant to give a name that the page has defined anew."""
        entry = self.scope.entry(left) if isinstance(left, Ref) else None
        begins = left is chain.members[0] and not chain.goes_on
        if outcome.verdict != "refuted" or entry is None or not entry.defined or not begins:
            return outcome
        assert isinstance(left, Ref)
        hint = f"; {shown(left)} is defined already: another quantity needs a name of its own"
        return replace(outcome, message=outcome.message + hint)

    def _member_claim(self, name: Ref, entry: Entry, target: NumberSet) -> None:
        """A name that is defined already cannot be declared: that it lies in the set is a claim."""
        self._check_in(name, shown(name), target)
        if target.interval is not None:
            entry.lies_in = as_vectors(target)

    def _lies_in(self, chain: Chain) -> Judged:
        """`f(x) \\in \\mathbb{R}^n`: the shape of a value, or the bounds that it keeps."""
        value, target = chain.members
        assert isinstance(target, NumberSet)
        self._check_in(value, "this", target)
        outcome = Outcome("numeric", "within the set at every point tried")
        return Judged(chain.start, chain.end, "claim", outcome)

    def _check_in(self, value: Node, name: str, target: NumberSet) -> None:
        """Raises Unread or Undecided unless a value is found to lie in a set."""
        target = as_vectors(target)
        if target.name == "R" and target.dims:
            self._check_shape(value, name, target)
            return
        if target.name == "R":
            if any(isinstance(v, Array) for _, v in self.instances(lambda m: m.value(value))):
                raise Undecided(f"{name} is no scalar", "ML208")
            return
        ends = ends_of(value, target)
        if not ends:
            message = f"whether {name} lies in this set is not checked"
            raise Unread(message, value.start, value.end, "ML104")
        for end in ends:
            outcome = self._ordered(value, end.members[1], end.relations[0], ())
            if outcome.verdict == "refuted":
                raise Undecided(f"{name} leaves this set: {outcome.message}", "ML301")
            if outcome.verdict == "undecided":
                raise Undecided(outcome.message, "ML302")

    def _check_shape(self, node: Node, name: str, target: NumberSet) -> None:
        """A set of vectors or matrices tells the shape of what a definition gives."""

        def build(meaning: Meaning) -> tuple[Value, tuple[int, ...]]:
            return meaning.value(node), tuple(meaning.integer(dim) for dim in target.dims)

        for dim in target.dims:
            self.check_sizes(dim)
        for _, (value, shape) in self.instances(build):
            if not isinstance(value, Array) or (value.shape, value.row) != (shape, target.row):
                sizes = " x ".join(map(str, shape))
                message = f"{name} is {shape_of(value)}, not of shape {sizes}"
                raise Unread(message, node.start, node.end, "ML208")

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

    # -- verdicts --------------------------------------------------------------------------------

    def _equal(self, left: Node, right: Node, conditions: tuple[Node, ...]) -> Outcome:
        instances = self._sides(left, right, conditions)
        outcome = compare(instances, self.terms, f"{self.settings.seed}", self._rules())
        if outcome.verdict == "refuted":
            self._check_varied(left, right, conditions)
        guessed = self._guessed_in(left, right) if outcome.verdict == "refuted" else None
        if guessed is not None:
            message = f"this does not hold for every function {guessed}: define it"
            raise Unread(message, right.start, right.end, "ML201")
        if outcome.verdict == "refuted" and self._is_transposed(left, right, conditions):
            message = "this is the transpose of the Jacobian: say which layout the page takes"
            raise Unread(message, right.start, right.end, "ML210")
        return outcome

    def _check_varied(self, left: Node, right: Node, conditions: tuple[Node, ...]) -> None:
        """Raises Unread where a line would be right if no more varied than it tells the d of."""
        parts = [p.operand for side in (left, right) for p in walk(side)
                 if isinstance(p, Differential)]  # fmt: skip
        told = {root(part.name) for part in map(bare, parts) if isinstance(part, Ref)}
        before, held = self.scope.varied, self.scope.held
        made = {root(n) for (n, _), e in self.scope.entries.items() if e.defined or e.function}
        others = sorted(before - told - made)
        if not told & before or not others:
            return
        self.scope.varied, self.scope.held = told, held | before
        try:
            instances = self._sides(left, right, conditions)
            outcome = compare(instances, self.terms, f"{self.settings.seed}", self._rules())
        finally:
            self.scope.varied, self.scope.held = before, held
        if outcome.verdict != "refuted":
            message = f"this holds if some do not vary: which of {', '.join(others)} are constant?"
            raise Unread(message, left.start, right.end, "ML202")

    def _guessed_in(self, left: Node, right: Node) -> str | None:
        """A function of which nothing is known but its name, behind the names of an equation."""
        kinds = {**NAMED, **self.scope.called}
        open_names = self.scope.guessed | {n for n, k in kinds.items() if k in ("any", "smooth")}
        instances = self._sides(left, right, ())
        for instance in instances:
            for part in (part for term in instance.terms for part in parts(term)):
                if part.kind == "opaque" and str(part.data[0]) in open_names:  # type: ignore[index]
                    return str(part.data[0])  # type: ignore[index]
        return None

    def _is_transposed(self, left: Node, right: Node, conditions: tuple[Node, ...]) -> bool:
        """Whether a derivative would be right in the other layout, and the page states none."""
        if self.scope.layouts & {"Jacobian", DENOMINATOR} or not isinstance(left, Derivative):
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
        return Rules(self.settings.digits, self.strict, deadline, self.kinks)

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
            stated = Instance(names, entry_pairs(one, other), tuple(others), slopes)
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
            if not note.reached and (note.open or not said):
                raise Undecided(note.message, "ML203")

    # -- layout ----------------------------------------------------------------------------------

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
        turned = by_entry and left.subs == (*entry.subs, *getattr(right.operand, "subs", ()))
        if turned and not self.strict and not self.scope.layouts & {"Jacobian", NUMERATOR}:
            self.scope.layouts.add(DENOMINATOR)
        elif DENOMINATOR not in self.scope.layouts or not by_entry:
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


def entry_pairs(left: Value, right: Value) -> tuple[tuple[str, Term, Term], ...]:
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


def is_plain(node: Node) -> bool:
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


def between(condition: Membership) -> list[Condition]:
    """`x \\in (0, 1]` as the comparisons that it stands for; none if it is no interval."""
    return [end for name in condition.names for end in ends_of(name, condition.target)]


def ends_of(value: Node, target: NumberSet) -> list[Condition]:
    """The comparisons that put a value into an interval; none if the set is no interval."""
    place = {"start": value.start, "end": target.end}
    interval = target.interval
    if target.name in ("R>0", "R>=0"):
        interval = Interval(Num(Fraction(0), **place), None, target.name == "R>0", True, **place)
    if interval is None or target.dims:
        return []
    low = (interval.low, ">" if interval.low_open else ">=")
    high = (interval.high, "<" if interval.high_open else "<=")
    return [
        Condition((value, end), (relation,), **place)
        for end, relation in (low, high)
        if end is not None
    ]


def _choice_name(name: object) -> str:
    if isinstance(name, tuple):
        return f"{name[0]}_" + ",".join(str(part) for part in name[1])
    return str(name)
