"""Two sides of a claim: equal by exact algebra, equal in ball arithmetic, refuted or undecided."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from mathlint.errors import Undecided, Unread
from mathlint.exact import is_zero
from mathlint.numeric import (
    PRECISIONS,
    Unclear,
    Undefined,
    digits_of,
    evaluate,
    holds,
    precision,
    sample,
)
from mathlint.report import Witness
from mathlint.terms import Comparison, Term, Terms

POINTS = 24
LEAST_POINTS = 3
TRIES = 40
MOST_SHOWN = 8
Relation = Callable[[arb, arb], bool | None]


@dataclass(frozen=True)
class Instance:
    """Both sides of a claim, and its conditions, for one choice of sizes and indices."""

    choices: tuple[tuple[str, int], ...]
    left: Term
    right: Term
    conditions: tuple[Comparison, ...]


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


def compare(instances: Sequence[Instance], terms: Terms, seed: str, rules: Rules) -> Outcome:
    """The verdict on an equality, from all its instances.

    Raises Undecided where no point or not enough digits can be had, Unread where a side has no
    value inside the declared domain.
    """
    points = max(LEAST_POINTS, -(-POINTS // len(instances)))
    taken, digits = 0, float("inf")
    for number, instance in enumerate(instances):
        rng = random.Random(f"{seed}/{number}")
        count, least, witness = _sampled(instance, terms, rng, points, rules)
        if witness is not None:
            return Outcome("refuted", "ball arithmetic", f"refuted: {witness}", witness)
        taken, digits = taken + count, min(digits, least)
    if taken == 0:
        raise Undecided("no point of the domain could be tried, so this says nothing", "ML303")
    if all(_exactly(instance, terms, rules) for instance in instances):
        return Outcome("exact", f"exact algebra in {_counted(instances)}")
    shown = rules.digits if digits == float("inf") else int(digits)
    return Outcome("numeric", f"{shown} digits at {taken} points in {_counted(instances)}")


def compare_order(
    instances: Sequence[Instance], relation: str, terms: Terms, seed: str, rules: Rules
) -> Outcome:
    """The verdict on an inequality: it must hold, for certain, at every point."""
    points = max(LEAST_POINTS, -(-POINTS // len(instances)))
    taken = 0
    for number, instance in enumerate(instances):
        rng = random.Random(f"{seed}/{number}")
        for point in _points(instance, terms, rng, points, rules):
            comparison = Comparison(relation, instance.left, instance.right)
            with precision(PRECISIONS[1]):
                try:
                    true = holds(comparison, point, {})
                except Unclear:
                    raise Undecided(
                        "the two sides cannot be told apart, so the order is open"
                    ) from None
                if not true:
                    left, right = (
                        evaluate(instance.left, point, {}),
                        evaluate(instance.right, point, {}),
                    )
                    witness = _witness(instance, terms, point, left, right)
                    return Outcome("refuted", "ball arithmetic", f"refuted: {witness}", witness)
            taken += 1
    if taken == 0:
        raise Undecided("no point of the domain could be tried, so this says nothing", "ML303")
    return Outcome("numeric", f"holds at {taken} points in {_counted(instances)}")


def _counted(instances: Sequence[Instance]) -> str:
    return "1 instance" if len(instances) == 1 else f"{len(instances)} instances"


def _exactly(instance: Instance, terms: Terms, rules: Rules) -> bool:
    if instance.left is instance.right:
        return True
    return time.monotonic() < rules.deadline and is_zero(terms.sub(instance.left, instance.right))


def _leaves(instance: Instance) -> list[int]:
    conditions = [side for c in instance.conditions for side in (c.left, c.right)]
    found: set[int] = set()
    for term in (instance.left, instance.right, *conditions):
        found |= term.leaves
    return sorted(found)


def _points(
    instance: Instance, terms: Terms, rng: random.Random, wanted: int, rules: Rules
) -> list[dict[int, Fraction]]:
    """Points of the domain at which the conditions hold and both sides have a value."""
    leaves = _leaves(instance)
    found: list[dict[int, Fraction]] = []
    for _ in range(TRIES * wanted):
        if time.monotonic() > rules.deadline:
            raise Undecided("the time limit was reached")
        point = {leaf: sample(terms.domains[leaf], rng) for leaf in leaves}
        if _usable(instance, terms, point, rules):
            found.append(point)
        if len(found) >= wanted or (not leaves and found):
            break
    return found


def _usable(instance: Instance, terms: Terms, point: Mapping[int, Fraction], rules: Rules) -> bool:
    with precision(PRECISIONS[0]):
        memo: dict[int, arb] = {}
        try:
            if not all(holds(condition, point, memo) for condition in instance.conditions):
                return False
            evaluate(instance.left, point, memo)
            evaluate(instance.right, point, memo)
        except Unclear:
            return _defined_somehow(instance, point)
        except Undefined as fault:
            if rules.strict and not instance.conditions:
                shown = ", ".join(f"{n} = {v}" for n, v in _shown_point(instance, terms, point))
                raise Unread(
                    f"undefined in the declared domain ({fault}), at {shown}", 0, 1, "ML205"
                ) from None
            return False
    return True


def _defined_somehow(instance: Instance, point: Mapping[int, Fraction]) -> bool:
    """Whether more precision gives both sides a value."""
    for bits in PRECISIONS[1:]:
        with precision(bits):
            memo: dict[int, arb] = {}
            try:
                if all(holds(condition, point, memo) for condition in instance.conditions):
                    evaluate(instance.left, point, memo)
                    evaluate(instance.right, point, memo)
                    return True
                return False
            except Unclear:
                continue
            except Undefined:
                return False
    return False


def _sampled(
    instance: Instance, terms: Terms, rng: random.Random, wanted: int, rules: Rules
) -> tuple[int, float, Witness | None]:
    """How many points agree and to how many digits, or the witness of the first that does not."""
    digits = float("inf")
    points = _points(instance, terms, rng, wanted, rules)
    for point in points:
        least, witness = _agreement(instance, terms, point, rules)
        if witness is not None:
            return 0, 0.0, witness
        digits = min(digits, least)
    return len(points), digits, None


def _agreement(
    instance: Instance, terms: Terms, point: Mapping[int, Fraction], rules: Rules
) -> tuple[float, Witness | None]:
    for bits in PRECISIONS:
        with precision(bits):
            memo: dict[int, arb] = {}
            try:
                left, right = (
                    evaluate(instance.left, point, memo),
                    evaluate(instance.right, point, memo),
                )
            except (Unclear, Undefined):
                continue
            error = left - right
            if not error.contains(0):
                return 0.0, _witness(instance, terms, point, left, right)
            if instance.left is instance.right:
                return float("inf"), None
            digits = digits_of(error, abs(left).max(abs(right)))
            absolute = digits_of(error, arb(1))
            if digits >= rules.digits or absolute >= rules.digits + 20:
                return max(digits, float(rules.digits)), None
    raise Undecided(f"the two sides could not be computed to {rules.digits} digits")


def _shown_point(
    instance: Instance, terms: Terms, point: Mapping[int, Fraction]
) -> list[tuple[str, str]]:
    names = [(name, str(value)) for name, value in instance.choices]
    names += [(terms.leaf_names[leaf], f"{float(value):.3g}") for leaf, value in point.items()]
    return names[:MOST_SHOWN]


def _witness(
    instance: Instance, terms: Terms, point: Mapping[int, Fraction], left: arb, right: arb
) -> Witness:
    for figures in (3, 6, 12, 30):
        shown = [_figures(value, figures) for value in (left, right)]
        if shown[0] != shown[1]:
            break
    return Witness(tuple(_shown_point(instance, terms, point)), shown[0], shown[1])


def _figures(value: arb, figures: int) -> str:
    number = float(value.mid())
    if figures <= 12 and abs(number) < 1e300:
        return f"{number:.{figures}g}"
    return str(value.str(figures, radius=False))
