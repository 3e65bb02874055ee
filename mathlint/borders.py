"""The borders of cases: where a printed line includes the point at which two branches meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from mathlint.exact import parts
from mathlint.numeric import PRECISIONS, Unclear, Undefined, evaluate, holds, precision
from mathlint.terms import Comparison, Domain, Term, Terms

NEAR = Fraction(1, 2**120)
APART = 1e-25
Point = Mapping[int, Fraction]


def borders(
    terms: Terms, sides: Sequence[Term], conditions: Sequence[Comparison], point: Point
) -> Iterator[tuple[int, Point]]:
    """Points on the borders that a case or a condition includes, with the leaf that moved."""
    for comparison in conditions:
        if comparison.relation in ("<=", ">="):
            yield from _on_border(terms, comparison, point)
    for side in sides:
        for part in parts(side):
            if part.kind != "case":
                continue
            assert isinstance(part.data, tuple)
            for comparison in (c for row in part.data for c in row):
                if comparison.relation in ("<=", ">=", "="):
                    yield from _on_border(terms, comparison, point)


def _on_border(terms: Terms, comparison: Comparison, point: Point) -> Iterator[tuple[int, Point]]:
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
    values = [_rational(gap, {**point, leaf: Fraction(at)}) for at in (0, 1, 2)]
    zero, one, two = values
    if zero is None or one is None or two is None or one == zero or two - one != one - zero:
        return None
    return -zero / (one - zero)


def _rational(term: Term, point: Point) -> Fraction | None:
    """The value of a term made of numbers, variables, sums and products alone."""
    if term.kind == "const":
        assert isinstance(term.data, Fraction)
        return term.data
    if term.kind == "leaf":
        return point.get(term.number)
    if term.kind not in ("add", "mul"):
        return None
    values = [_rational(arg, point) for arg in term.args]
    total = Fraction(0) if term.kind == "add" else Fraction(1)
    for value in values:
        if value is None:
            return None
        total = total + value if term.kind == "add" else total * value
    return total


def disagree(left: Term, right: Term, leaf: int, point: Point) -> str | None:
    """Why two sides differ at a border, or None.

    A side without a value there counts as continuous if it has the same limit from both sides.
    """
    found = [_limits(side, leaf, point) for side in (left, right)]
    if any(values is None for values in found):
        return None
    ours, theirs = found
    assert ours is not None
    assert theirs is not None
    if len(ours) == len(theirs) == 2:
        return None
    if max((*ours, *theirs)) - min((*ours, *theirs)) > APART * (
        1 + max(map(abs, (*ours, *theirs)))
    ):
        return "where two branches meet, this line gives a value that the other side does not have"
    return None


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


def admits(conditions: Sequence[Comparison], point: Point) -> bool:
    """Whether all conditions hold at a point."""
    with precision(PRECISIONS[2]):
        try:
            return all(holds(condition, point, {}) for condition in conditions)
        except (Unclear, Undefined):
            return False
