"""The borders of cases: where a printed line includes the point at which two branches meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from mathlint.exact import parts
from mathlint.numeric import (
    PRECISIONS,
    NoCase,
    Unclear,
    Undefined,
    evaluate,
    holds,
    precision,
    rational,
)
from mathlint.terms import Comparison, Domain, Term, Terms

NEAR = Fraction(1, 2**120)
APART = 1e-25
Point = Mapping[int, Fraction]


@dataclass(frozen=True)
class Border:
    """A point where two branches meet, the variable moved to it, and whether a line includes it."""

    leaf: int
    point: Point
    included: bool


def borders(
    terms: Terms, sides: Sequence[Term], conditions: Sequence[Comparison], point: Point
) -> Iterator[Border]:
    """The borders of cases near a point, and those that a condition includes."""
    found = [c for c in conditions if c.relation in ("<=", ">=")]
    for part in (part for side in sides for part in parts(side) if part.kind == "case"):
        assert isinstance(part.data, tuple)
        rows = zip(part.data, part.args, strict=True)
        found += [c for row, value in rows if value.data != "kink" for c in row]
    signs = [p for side in sides for p in parts(side) if p.kind == "fun" and p.data == "sign"]
    found += [Comparison("<", part.args[0], terms.zero) for part in signs]
    for comparison in (c for c in found if c.relation != "!="):
        included = comparison.relation in ("<=", ">=", "=")
        for leaf, at in on_border(terms, comparison, point):
            yield Border(leaf, at, included)


def on_border(terms: Terms, comparison: Comparison, point: Point) -> Iterator[tuple[int, Point]]:
    """Points at which the two sides of a comparison are equal, each with the variable moved."""
    left, right = comparison.left, comparison.right
    gaps = [terms.sub(left, right)]
    if left.kind == "fun" and left.data == "abs":
        gaps = [terms.sub(left.args[0], right), terms.add((left.args[0], right))]
    for gap in gaps:
        free = [leaf for leaf in sorted(gap.leaves) if _is_free(terms.domains[leaf])]
        for leaf in free:
            root = _root(gap, leaf, point)
            if root is not None:
                yield leaf, {**point, leaf: root}
                break


def _is_free(domain: Domain) -> bool:
    return not domain.values and not domain.integer


def _root(gap: Term, leaf: int, point: Point) -> Fraction | None:
    """Where a gap that is linear in a leaf closes."""
    values = [rational(gap, {**point, leaf: Fraction(at)}) for at in (0, 1, 2)]
    zero, one, two = values
    if zero is None or one is None or two is None or one == zero or two - one != one - zero:
        return None
    return -zero / (one - zero)


def jumps(operand: Term, leaf: int, point: Point) -> str | None:
    """Why what is differentiated has no slope at a border, or None."""
    if operand.leaves - point.keys():
        return None
    near = [_value(operand, {**point, leaf: point[leaf] + step}) for step in (-NEAR, NEAR)]
    known = [value for value in (*near, _value(operand, point)) if value is not None]
    if len(known) == 3 and max(known) - min(known) > APART * (1 + max(map(abs, known))):
        return "what is differentiated jumps where two branches meet, so it has no slope there"
    return None


def differ(left: Term, right: Term, point: Point) -> str | None:
    """Why two sides that both have a value at a border are not equal there, or None."""
    one, other = _value(left, point), _value(right, point)
    if one is None or other is None or abs(one - other) <= APART * (1 + max(abs(one), abs(other))):
        return None
    return "where two branches meet, the two sides have values that differ"


def disagree(
    left: Term, right: Term, leaf: int, point: Point, kinks: frozenset[str] = frozenset()
) -> str | None:
    """Why two sides differ at a border, or None.

    A side without a value there counts as continuous if it has the same limit from both sides, and
    as what the page takes at kinks: its limit from the left, from the right, or what is between.
    """
    found = [_limits(side, leaf, point) for side in (left, right)]
    if any(values is None for values in found):
        return None
    ours, theirs = found
    assert ours is not None
    assert theirs is not None
    if len(ours) == len(theirs) == 2 or _is_taken(ours, theirs, kinks):
        return None
    if max((*ours, *theirs)) - min((*ours, *theirs)) > APART * (
        1 + max(map(abs, (*ours, *theirs)))
    ):
        return "where two branches meet, this line gives a value that the other side does not have"
    return None


def _is_taken(ours: Sequence[float], theirs: Sequence[float], kinks: frozenset[str]) -> bool:
    """Whether one side's value is what the page takes of the other side's two limits."""
    limits, value = (ours, theirs) if len(ours) == 2 else (theirs, ours)
    if len(limits) != 2 or len(value) != 1:
        return False
    ends = {"left": limits[:1], "right": limits[1:], "between": limits}
    margin = APART * (1 + max(map(abs, limits)))
    return any(min(ends[kink]) - margin <= value[0] <= max(ends[kink]) + margin for kink in kinks)


def _limits(side: Term, leaf: int, point: Point) -> tuple[float, ...] | None:
    """The value at a point, or else the limits from both sides; None where there is neither."""
    value = _value(side, point)
    if value is not None:
        return (value,)
    below, above = (_value(side, {**point, leaf: point[leaf] + step}) for step in (-NEAR, NEAR))
    return None if below is None or above is None else (below, above)


def _value(side: Term, point: Point) -> float | None:
    with precision(PRECISIONS[2]):
        try:
            return float(evaluate(side, point, {}).mid())
        except (Unclear, Undefined):
            return None


def lacks_case(left: Term, right: Term, point: Point) -> str | None:
    """Why a border between branches is left out by one side alone, or None."""
    values = [_value(side, point) for side in (left, right)]
    if _lacks_case(left, point) != _lacks_case(right, point) and values != [None, None]:
        return "where two branches meet, one side has a value and the other has no case"
    return None


def _lacks_case(side: Term, point: Point) -> bool:
    with precision(PRECISIONS[2]):
        try:
            evaluate(side, point, {})
        except NoCase:
            return True
        except (Unclear, Undefined):
            return False
        return False


def admits(conditions: Sequence[Comparison], point: Point) -> bool:
    """Whether all conditions hold at a point."""
    with precision(PRECISIONS[2]):
        try:
            return all(holds(condition, point, {}) for condition in conditions)
        except (Unclear, Undefined):
            return False
