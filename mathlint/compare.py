"""Two sides of a claim: equal by exact algebra, equal in ball arithmetic, refuted or undecided."""

from __future__ import annotations

import itertools
import math
import random
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import arb

from mathlint.borders import Border, admits, borders, differ, disagree, jumps, lacks_case, on_border
from mathlint.errors import Undecided, Unread
from mathlint.exact import is_surely_different, is_zero, parts
from mathlint.numeric import (
    PRECISIONS,
    NoCase,
    Unclear,
    Undefined,
    digits_of,
    evaluate,
    holds,
    precision,
    sample,
)
from mathlint.report import Witness
from mathlint.terms import Comparison, Domain, Term, Terms

POINTS = 24
LEAST_POINTS = 3
TRIES = 40
BRANCH_TRIES = 400
MOST_CELLS = 24
SCALES = (1, 4, 1, 16, Fraction(1, 16), 64)
MOST_SHOWN = 8
TIME = "the time limit was reached"
EQUAL = 1e-30
SPECIAL = tuple(Fraction(n, 2) for n in (0, 1, 2, -2, -1, 4, -4, 3))
MOST_SPECIAL = 600
VACUOUS = "no point of the domain could be tried, so this says nothing"


@dataclass(frozen=True)
class Instance:
    """The sides of a claim, entry by entry, and its conditions, for one choice of sizes.

    `slopes` tells what is differentiated in it, and by which variables.
    """

    choices: tuple[tuple[str, int], ...]
    pairs: tuple[tuple[str, Term, Term], ...]
    conditions: tuple[Comparison, ...]
    slopes: tuple[tuple[Term, frozenset[int]], ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms that must have a value."""
        return tuple(side for _, left, right in self.pairs for side in (left, right))


@dataclass(frozen=True)
class Outcome:
    """A verdict on a claim and how it was reached."""

    verdict: str
    method: str
    message: str = ""
    witness: Witness | None = None


@dataclass(frozen=True)
class Rules:
    """How strictly to compare."""

    digits: int
    strict: bool
    deadline: float
    kinks: frozenset[str] = frozenset()


def compare(instances: Sequence[Instance], terms: Terms, seed: str, rules: Rules) -> Outcome:
    """The verdict on an equality, from all its instances.

    Raises Undecided where no point or not enough digits can be had, Unread where a side has no
    value inside the declared domain.
    """
    points = max(LEAST_POINTS, -(-POINTS // len(instances)))
    taken, digits = 0, float("inf")
    for number, printed in enumerate(instances):
        rng = random.Random(f"{seed}/{number}")
        found = _points(printed, terms, rng, points, rules)
        least, apart = _sampled(_cancelled(printed, terms), found, rules)
        if apart is not None:
            witness = _witness(printed, terms, *apart)
            return Outcome("refuted", "ball arithmetic", f"refuted: {witness}", witness)
        _check_borders(printed, terms, found[:2], rules)
        taken, digits = taken + len(found), min(digits, least)
    if taken == 0:
        raise Undecided(VACUOUS, "ML303")
    for instance in instances:
        surely = _surely_different(instance, terms)
        if surely is not None:
            return Outcome("refuted", "exact algebra", f"refuted: {surely}", surely)
    if all(_exactly(instance, terms, rules) for instance in instances):
        return Outcome("exact", f"exact algebra in {_counted(instances)}")
    shown = rules.digits if digits == float("inf") else int(digits)
    return Outcome("numeric", f"{shown} digits at {taken} points in {_counted(instances)}")


def check_defined(instances: Sequence[Instance], terms: Terms, seed: str, rules: Rules) -> None:
    """Raises Unread where sides have no value in the declared domain, or nowhere at all."""
    found = 0
    for number, instance in enumerate(instances):
        rng = random.Random(f"{seed}/{number}")
        found += len(_points(instance, terms, rng, 2, rules))
    if not found:
        raise Unread("this has no value at any point that was tried", 0, 1, "ML205")


def _cancelled(instance: Instance, terms: Terms) -> Instance:
    """The sides without the terms that stand on both, which would hide a small difference."""
    pairs = []
    for place, left, right in instance.pairs:
        ours, theirs = Counter(_summands(left)), Counter(_summands(right))
        common = ours & theirs
        if common and left is not right and all(term.total for term in common):
            left, right = (terms.add((side - common).elements()) for side in (ours, theirs))
        pairs.append((place, left, right))
    return Instance(instance.choices, tuple(pairs), instance.conditions)


def _summands(term: Term) -> tuple[Term, ...]:
    return term.args if term.kind == "add" else (term,)


def _surely_different(instance: Instance, terms: Terms) -> Witness | None:
    """The witness of sides that differ as polynomials, by however little."""
    if instance.conditions:
        return None
    for place, left, right in instance.pairs:
        domains = [terms.domains[leaf] for leaf in left.leaves | right.leaves]
        free = not any(domain.values or domain.integer for domain in domains)
        if free and left is not right and is_surely_different(terms.sub(left, right)):
            names = tuple((name, str(value)) for name, value in instance.choices)
            at = (("entry", place), *names) if place else names
            return Witness(at, "a polynomial", "another one")
    return None


def compare_order(
    instances: Sequence[Instance], relation: str, terms: Terms, seed: str, rules: Rules
) -> Outcome:
    """The verdict on an inequality: it must hold, for certain, at every point."""
    points = max(LEAST_POINTS, -(-POINTS // len(instances)))
    taken = 0
    for number, instance in enumerate(instances):
        rng = random.Random(f"{seed}/{number}")
        special = _special_points(instance, terms, rules)
        for point in [*special, *_points(instance, terms, rng, points, rules)]:
            witness = _out_of_order(instance, relation, terms, point)
            if witness is not None:
                return Outcome("refuted", "ball arithmetic", f"refuted: {witness}", witness)
            taken += 1
    if taken == 0:
        raise Undecided(VACUOUS, "ML303")
    return Outcome("numeric", f"holds at {taken} points in {_counted(instances)}")


def _special_points(instance: Instance, terms: Terms, rules: Rules) -> list[dict[int, Fraction]]:
    """Points at which inequalities tend to fail: 0, 1, a half, closed ends, equal values."""
    leaves = _leaves(instance)
    choices = [[v for v in SPECIAL if lies_in(v, terms.domains[leaf])] for leaf in leaves]
    if not leaves:
        return []
    found: Iterable[dict[int, Fraction]]
    if math.prod(len(values) for values in choices) > MOST_SPECIAL:
        alike = [
            {leaf: v for leaf, own in zip(leaves, choices, strict=True) if v in own}
            for v in SPECIAL
        ]
        found = [point for point in alike if len(point) == len(leaves)]
    else:
        found = (dict(zip(leaves, values, strict=True)) for values in itertools.product(*choices))
    return [
        point for point in found if _usable(instance, terms, point, replace(rules, strict=False))
    ]


def lies_in(value: Fraction, domain: Domain) -> bool:
    """Whether a number belongs to a domain."""
    if domain.values:
        return value in domain.values
    low = domain.low is None or value > domain.low or (value == domain.low and not domain.low_open)
    high = (
        domain.high is None
        or value < domain.high
        or (value == domain.high and not domain.high_open)
    )
    return low and high and (not domain.integer or value.denominator == 1)


def _out_of_order(
    instance: Instance, relation: str, terms: Terms, point: Mapping[int, Fraction]
) -> Witness | None:
    with precision(PRECISIONS[1]):
        memo: dict[int, arb] = {}
        for place, left, right in instance.pairs:
            try:
                true = holds(Comparison(relation, left, right), point, memo)
            except Unclear:
                if relation in ("<=", ">=") and _surely_equal(left, right, point, memo):
                    continue
                message = "the two sides cannot be told apart, so the order is open"
                raise Undecided(message) from None
            if not true:
                return _witness(instance, terms, place, point)
    return None


def _surely_equal(
    left: Term, right: Term, point: Mapping[int, Fraction], memo: dict[int, arb]
) -> bool:
    """Whether two sides agree to many digits at a point."""
    gap = evaluate(left, point, memo) - evaluate(right, point, memo)
    return bool(gap.contains(0)) and float(gap.rad()) < EQUAL


def _counted(instances: Sequence[Instance]) -> str:
    return "1 instance" if len(instances) == 1 else f"{len(instances)} instances"


def _exactly(instance: Instance, terms: Terms, rules: Rules) -> bool:
    for _, left, right in instance.pairs:
        if left is right:
            continue
        if time.process_time() > rules.deadline or not is_zero(terms.sub(left, right)):
            return False
    return True


def _leaves(instance: Instance) -> list[int]:
    conditions = [side for c in instance.conditions for side in (c.left, c.right)]
    found: set[int] = set()
    for term in (*instance.terms, *conditions):
        found |= term.leaves
    return sorted(found)


def _points(
    instance: Instance, terms: Terms, rng: random.Random, wanted: int, rules: Rules
) -> list[dict[int, Fraction]]:
    """Points of the domain at which the conditions hold and both sides have a value."""
    leaves = _leaves(instance)
    found = _branch_points(instance, terms, rng, rules)
    wanted += len(found)
    for _ in range(TRIES * wanted):
        if time.process_time() > rules.deadline:
            raise Undecided(TIME)
        point = {leaf: sample(terms.domains[leaf], rng) for leaf in leaves}
        if _usable(instance, terms, point, rules):
            found.append(point)
        if len(found) >= wanted or (not leaves and found):
            break
    return found


def _branch_points(
    instance: Instance, terms: Terms, rng: random.Random, rules: Rules
) -> list[dict[int, Fraction]]:
    """Usable points that together meet both sides of every branching of the two sides.

    Raises Undecided for a printed case that no point reaches.
    """
    branchings = _branchings(instance.terms)
    if not branchings:
        return []
    found: list[dict[int, Fraction]] = []
    met: set[frozenset[tuple[int, bool]]] = set()
    leaves = _leaves(instance)
    for turn in range(BRANCH_TRIES):
        scale = SCALES[turn % len(SCALES)]
        point = {
            leaf: _scaled(sample(terms.domains[leaf], rng), terms.domains[leaf], scale)
            for leaf in leaves
        }
        sides = _sides_of(branchings, point)
        if sides in met or not _usable(instance, terms, point, rules):
            continue
        found.append(point)
        met.add(sides)
        if len(met) >= MOST_CELLS:
            break
    found += _across(branchings, met, instance, terms, rng, rules)
    if not instance.conditions:
        _check_cases(instance, found)
    return found


def _across(
    branchings: Sequence[Comparison],
    met: set[frozenset[tuple[int, bool]]],
    instance: Instance,
    terms: Terms,
    rng: random.Random,
    rules: Rules,
) -> list[dict[int, Fraction]]:
    """Usable points beyond branchings that lie too far out to be met by chance."""
    sides = frozenset[tuple[int, bool]]().union(*met)
    found: list[dict[int, Fraction]] = []
    for number, branching in enumerate(branchings):
        if {(number, True), (number, False)} <= sides:
            continue
        if branching.left is branching.right:
            branching = replace(branching, right=terms.zero)
        point = {leaf: sample(terms.domains[leaf], rng) for leaf in _leaves(instance)}
        for leaf, border in on_border(terms, branching, point):
            for step in (Fraction(1, 2), Fraction(-1, 2)):
                beyond = {**border, leaf: border[leaf] + step * (1 + abs(border[leaf]))}
                inside = lies_in(beyond[leaf], terms.domains[leaf])
                if inside and _usable(instance, terms, beyond, rules):
                    found.append(beyond)
    return found


def _check_borders(
    instance: Instance, terms: Terms, points: Sequence[Mapping[int, Fraction]], rules: Rules
) -> None:
    """Raises Undecided where a printed case includes a point at which the other side has a kink."""
    for point in points:
        for border in borders(terms, instance.terms, instance.conditions, point):
            message = _border_fault(instance, border, rules)
            if message is not None and admits(instance.conditions, border.point):
                shown = _shown_point(instance, terms, border.point)
                at = ", ".join(f"{name} = {value}" for name, value in shown)
                raise Undecided(f"{message}: {at}", "ML305")


def _border_fault(instance: Instance, border: Border, rules: Rules) -> str | None:
    """What is wrong with a claim where two branches meet."""
    leaf, point = border.leaf, border.point
    along = [term for term, variables in instance.slopes if leaf in variables]
    found = [jumps(term, leaf, point) for term in along if border.included]
    for _, left, right in instance.pairs:
        if border.included:
            found.append(disagree(left, right, leaf, point, rules.kinks))
        else:
            found.append(differ(left, right, point))
        if not along:
            found.append(lacks_case(left, right, point))
    return next((message for message in found if message is not None), None)


def _scaled(value: Fraction, domain: Domain, scale: int | Fraction) -> Fraction:
    free = domain.low is None and domain.high is None and not domain.values and not domain.integer
    return value * scale if free else value


def _branchings(terms: Sequence[Term]) -> list[Comparison]:
    """The comparisons on which values depend: of cases, max, min, absolute values and signs."""
    found: dict[tuple[Term, Term], Comparison] = {}
    for term in terms:
        for part in parts(term):
            if part.kind == "case":
                assert isinstance(part.data, tuple)
                compared = [(c.left, c.right) for row in part.data for c in row]
            elif part.kind == "fun" and part.data in ("max", "min"):
                compared = [(part.args[0], part.args[1])]
            elif part.kind == "fun" and part.data in ("abs", "sign"):
                compared = [(part.args[0], part.args[0])]
            else:
                continue
            for left, right in compared:
                found.setdefault((left, right), Comparison("<", left, right))
    return list(found.values())


def _sides_of(
    branchings: Sequence[Comparison], point: Mapping[int, Fraction]
) -> frozenset[tuple[int, bool]]:
    """On which side of each branching a point lies, where that can be told."""
    sides: set[tuple[int, bool]] = set()
    with precision(PRECISIONS[0]):
        memo: dict[int, arb] = {}
        for number, branching in enumerate(branchings):
            try:
                left = evaluate(branching.left, point, memo)
                one_sided = branching.left is branching.right
                right = arb(0) if one_sided else evaluate(branching.right, point, memo)
            except (Unclear, Undefined):
                continue
            if left < right or left > right:
                sides.add((number, bool(left < right)))
    return frozenset(sides)


def _check_cases(instance: Instance, points: Sequence[Mapping[int, Fraction]]) -> None:
    """Every row of every case must be met by a point, or the line is not shown for it."""
    for term in instance.terms:
        for part in parts(term):
            if part.kind == "case" and not any(c.relation == "=" for c in _comparisons(part)):
                _check_rows(part, points)


def _comparisons(case: Term) -> list[Comparison]:
    assert isinstance(case.data, tuple)
    return [comparison for row in case.data for comparison in row]


def _check_rows(case: Term, points: Sequence[Mapping[int, Fraction]]) -> None:
    assert isinstance(case.data, tuple)
    met: set[int] = set()
    for point in points:
        with precision(PRECISIONS[0]):
            memo: dict[int, arb] = {}
            try:
                truths = [all(holds(c, point, memo) for c in row) for row in case.data]
            except (Unclear, Undefined):
                continue
            met.update(truths.index(True) for _ in truths[:1] if True in truths)
    if len(met) < len(case.data):
        missing = min(set(range(len(case.data))) - met) + 1
        raise Undecided(f"no point was found in case {missing}, so it is not shown there", "ML304")


def _usable(instance: Instance, terms: Terms, point: Mapping[int, Fraction], rules: Rules) -> bool:
    """Whether a point meets the conditions and gives every side a value."""
    for bits in PRECISIONS:
        with precision(bits):
            memo: dict[int, arb] = {}
            try:
                if not all(holds(condition, point, memo) for condition in instance.conditions):
                    return False
                for term in instance.terms:
                    evaluate(term, point, memo)
                return True
            except Unclear:
                continue
            except Undefined as fault:
                if rules.strict or isinstance(fault, NoCase):
                    shown = ", ".join(f"{n} = {v}" for n, v in _shown_point(instance, terms, point))
                    message = f"undefined in the declared domain ({fault}), at {shown}"
                    raise Unread(message, 0, 1, "ML205") from None
                return False
    return False


def _sampled(
    instance: Instance, points: Sequence[Mapping[int, Fraction]], rules: Rules
) -> tuple[float, tuple[str, Mapping[int, Fraction]] | None]:
    """To how many digits all points agree, or the first entry and point that do not."""
    digits = float("inf")
    for point in points:
        memos: dict[int, dict[int, arb]] = {bits: {} for bits in PRECISIONS}
        for pair in instance.pairs:
            least = _agreement(pair, point, memos, rules)
            if least is None:
                return 0.0, (pair[0], point)
            digits = min(digits, least)
    return digits, None


def _agreement(
    pair: tuple[str, Term, Term],
    point: Mapping[int, Fraction],
    memos: dict[int, dict[int, arb]],
    rules: Rules,
) -> float | None:
    """To how many digits two sides agree; None where they differ."""
    _, one, other = pair
    if one is other:
        return float("inf")
    if time.process_time() > rules.deadline:
        raise Undecided(TIME)
    for bits in PRECISIONS:
        with precision(bits):
            try:
                left, right = evaluate(one, point, memos[bits]), evaluate(other, point, memos[bits])
            except (Unclear, Undefined):
                continue
            error = left - right
            if not error.contains(0):
                return None
            digits = digits_of(error, abs(left).max(abs(right)))
            absolute = digits_of(error, arb(1))
            if digits >= rules.digits or absolute >= rules.digits + 20:
                return max(digits, float(rules.digits))
    raise Undecided(f"the two sides could not be computed to {rules.digits} digits")


def _shown_point(
    instance: Instance, terms: Terms, point: Mapping[int, Fraction]
) -> list[tuple[str, str]]:
    names = [(name, str(value)) for name, value in instance.choices]
    names += [(terms.leaf_names[leaf], f"{float(value):.3g}") for leaf, value in point.items()]
    return names[:MOST_SHOWN]


def _witness(
    instance: Instance, terms: Terms, place: str, point: Mapping[int, Fraction]
) -> Witness:
    """The sides as they are printed, to as many figures as it takes to tell them apart."""
    _, left, right = next(pair for pair in instance.pairs if pair[0] == place)
    values = [_value(side, point) for side in (left, right)]
    for figures in (3, 6, 12, 30, 100):
        shown = [_figures(value, figures) for value in values]
        if shown[0] != shown[1]:
            break
    else:
        shown = [_figures(value, 3) for value in values]
    names = _shown_point(instance, terms, point)
    return Witness((("entry", place), *names) if place else tuple(names), shown[0], shown[1])


def _value(term: Term, point: Mapping[int, Fraction]) -> arb | None:
    for bits in PRECISIONS[2:]:
        with precision(bits):
            try:
                return evaluate(term, point, {})
            except (Unclear, Undefined):
                continue
    return None


def _figures(value: arb | None, figures: int) -> str:
    if value is None:
        return "beyond reach"
    if value.contains(0):
        return "0"
    number = float(value.mid())
    if figures <= 12 and abs(number) < 1e300:
        return f"{number:.{figures}g}"
    return str(value.str(figures, radius=False))
