"""Scalars, vectors and matrices of terms, with the products and shapes of linear algebra."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from mathlint.terms import Term, Terms

ANY = -1


class ShapeError(Exception):
    """Shapes that do not go together; the message names both."""


@dataclass(frozen=True)
class Array:
    """A vector or matrix; `first` is the number of the first entry along each axis.

    A vector is a column unless `row` says that it was transposed. Along an axis of ANY length all
    entries are the same one: ones take their length from what they meet. A `unit` is a multiple of
    the identity, of a size that is found in the same way.
    """

    shape: tuple[int, ...]
    entries: tuple[Term, ...]
    first: tuple[int, ...]
    row: bool = False
    unit: bool = False

    def at(self, place: tuple[int, ...]) -> Term:
        """One entry, by places that count from 0; raises ShapeError."""
        told(self)
        offset = 0
        for size, k in zip(self.shape, place, strict=True):
            offset = offset * size + k
        return self.entries[offset]


Value = Term | Array


def shown(value: Value) -> str:
    """A shape as a message shows it."""
    if isinstance(value, Term):
        return "a scalar"
    if value.unit:
        return "an identity of any size"
    if ANY in value.shape:
        return "ones of any length"
    if len(value.shape) == 1:
        return f"a {'row' if value.row else 'vector'} of {value.shape[0]}"
    return f"a {' x '.join(map(str, value.shape))} matrix"


def vector(entries: tuple[Term, ...], first: int = 1, row: bool = False) -> Array:
    """A vector of terms."""
    return Array((len(entries),), entries, (first,), row)


def told(value: Value) -> None:
    """Raises ShapeError for ones or an identity whose size nothing tells."""
    if isinstance(value, Array) and ANY in value.shape:
        name = "the identity" if value.unit else "the ones"
        raise ShapeError(f"nothing tells the size of {name}: write it below, as in I_n")


def ones(terms: Terms) -> Array:
    """The vector of ones that is as long as it has to be."""
    return Array((ANY,), (terms.one,), (1,))


def identity(terms: Terms) -> Array:
    """The identity that is as large as it has to be."""
    return Array((ANY, ANY), (terms.one,), (1, 1), unit=True)


def fitted(terms: Terms, left: Value, right: Value) -> tuple[Value, Value]:
    """Two values of which one may take its lengths from the other."""
    if isinstance(left, Term) or isinstance(right, Term) or len(left.shape) != len(right.shape):
        return left, right
    return _fitted(terms, left, right), _fitted(terms, right, left)


def _fitted(terms: Terms, value: Array, other: Array) -> Array:
    if value.unit:
        size = other.shape[0]
        if ANY in other.shape or size != other.shape[1]:
            return value
        number = value.entries[0]
        entries = tuple(
            number if i == j else terms.zero for i, j in itertools.product(range(size), repeat=2)
        )
        return Array((size, size), entries, other.first)
    for axis, size in enumerate(other.shape):
        if value.shape[axis] == ANY != size:
            value = _stretched(value, axis, size, other.first[axis])
    return value


def _stretched(value: Array, axis: int, size: int, first: int) -> Array:
    """A value whose axis of any length gets one."""
    inside = abs(math.prod(value.shape[axis + 1 :]))
    blocks = [value.entries[k : k + inside] for k in range(0, len(value.entries), inside)]
    entries = tuple(entry for block in blocks for entry in block * size)
    shape = (*value.shape[:axis], size, *value.shape[axis + 1 :])
    firsts = (*value.first[:axis], first, *value.first[axis + 1 :])
    return Array(shape, entries, firsts, value.row)


def entries_of(value: Value) -> tuple[Term, ...]:
    """All entries of a value; a scalar is its own."""
    return (value,) if isinstance(value, Term) else value.entries


def same_shape(left: Value, right: Value) -> bool:
    """Whether two values have the same axes, lengths and orientation."""
    if isinstance(left, Term) or isinstance(right, Term):
        return isinstance(left, Term) and isinstance(right, Term)
    return left.shape == right.shape and left.row == right.row


def mapped(value: Value, function: Callable[[Term], Term]) -> Value:
    """A function applied to every entry; raises ShapeError."""
    if isinstance(value, Term):
        return function(value)
    if value.unit:
        told(value)
    return Array(value.shape, tuple(map(function, value.entries)), value.first, value.row)


def paired(
    terms: Terms, left: Value, right: Value, function: Callable[[Term, Term], Term], what: str
) -> Value:
    """A function of two values of the same shape, entry by entry; raises ShapeError."""
    left, right = fitted(terms, left, right)
    if not same_shape(left, right):
        raise ShapeError(f"{what} {shown(left)} and {shown(right)}")
    if isinstance(left, Array) and isinstance(right, Array) and left.unit != right.unit:
        told(left)
    if isinstance(left, Term):
        assert isinstance(right, Term)
        return function(left, right)
    assert isinstance(right, Array)
    entries = tuple(function(a, b) for a, b in zip(left.entries, right.entries, strict=True))
    return Array(left.shape, entries, left.first, left.row)


def added(terms: Terms, values: list[Value]) -> Value:
    """A sum of values of one shape; raises ShapeError."""
    if all(isinstance(value, Term) for value in values):
        return terms.add(value for value in values if isinstance(value, Term))
    total = values[0]
    for value in values[1:]:
        total = paired(terms, total, value, lambda a, b: terms.add((a, b)), "a sum of")
    return total


def multiplied(terms: Terms, left: Value, right: Value) -> Value:
    """The product of linear algebra; raises ShapeError where the shapes do not fit."""
    if isinstance(left, Term) and isinstance(right, Term):
        return terms.mul((left, right))
    if isinstance(left, Term):
        scaled = tuple(terms.mul((left, entry)) for entry in entries_of(right))
        return scaled[0] if isinstance(right, Term) else replace(right, entries=scaled)
    if isinstance(right, Term):
        return replace(left, entries=tuple(terms.mul((entry, right)) for entry in left.entries))
    if left.unit:
        return multiplied(terms, left.entries[0], right)
    if right.unit:
        return multiplied(terms, right.entries[0], left)
    rows, cols = _as_matrix(left), _as_matrix(right)
    if rows.shape[1] == ANY == cols.shape[0]:
        told(rows)
    if rows.shape[1] == ANY:
        rows = _stretched(rows, 1, cols.shape[0], cols.first[0])
    if cols.shape[0] == ANY:
        cols = _stretched(cols, 0, rows.shape[1], rows.first[1])
    if rows.shape[1] != cols.shape[0]:
        raise ShapeError(f"a product of {shown(left)} and {shown(right)}")
    shape = (rows.shape[0], cols.shape[1])
    inside, across = rows.shape[1], abs(shape[1])
    entries = tuple(
        terms.add(
            terms.mul((rows.entries[i * inside + k], cols.entries[k * across + j]))
            for k in range(inside)
        )
        for i, j in itertools.product(range(abs(shape[0])), range(across))
    )
    return _from_matrix(left, right, shape, entries, (rows.first[0], cols.first[1]))


def zeros_shaped(terms: Terms, left: Value, right: Value) -> tuple[Value, Value]:
    """Two sides of which a lone 0 stands for the zero of the other's shape."""
    left, right = fitted(terms, left, right)
    if isinstance(left, Array) and right is terms.zero:
        return left, mapped(left, lambda _: terms.zero)
    if isinstance(right, Array) and left is terms.zero:
        return mapped(right, lambda _: terms.zero), right
    return left, right


def spread(values: list[Value]) -> list[Value]:
    """Numbers among vectors stand for that number in every entry."""
    shape = next((value for value in values if isinstance(value, Array)), None)
    if shape is None:
        return values
    return [
        mapped(shape, lambda _, number=value: number) if isinstance(value, Term) else value  # type: ignore[misc]
        for value in values
    ]


def inner(terms: Terms, left: Value, right: Value) -> Value:
    """A product written with a dot: of two columns of one length, their inner product."""
    columns = all(isinstance(v, Array) and len(v.shape) == 1 and not v.row for v in (left, right))
    return multiplied(terms, transposed(left) if columns else left, right)


def chained(terms: Terms, values: list[Value]) -> Value:
    """A product of several values from left to right; raises ShapeError."""
    if all(isinstance(value, Term) for value in values):
        return terms.mul(value for value in values if isinstance(value, Term))
    total = values[0]
    for value in values[1:]:
        total = multiplied(terms, total, value)
    return total


def _as_matrix(value: Array) -> Array:
    if len(value.shape) == 2:
        return value
    size, first = value.shape[0], value.first[0]
    if value.row:
        return Array((1, size), value.entries, (1, first))
    return Array((size, 1), value.entries, (first, 1))


def _from_matrix(
    left: Array,
    right: Array,
    shape: tuple[int, int],
    entries: tuple[Term, ...],
    first: tuple[int, int],
) -> Value:
    """The axes that came from a vector's missing one are taken away again."""
    from_row = len(left.shape) == 1 and left.row
    to_column = len(right.shape) == 1 and not right.row
    if from_row and to_column:
        return entries[0]
    if from_row:
        return Array((shape[1],), entries, (first[1],), True)
    if to_column:
        return Array((shape[0],), entries, (first[0],))
    return Array(shape, entries, first)


def transposed(value: Value) -> Value:
    """The transpose; a column becomes a row."""
    if isinstance(value, Term) or value.unit:
        return value
    if len(value.shape) == 1:
        return Array(value.shape, value.entries, value.first, not value.row)
    m, n = value.shape
    across = abs(n)
    places = itertools.product(range(across), range(abs(m)))
    entries = tuple(value.entries[i * across + j] for j, i in places)
    return Array((n, m), entries, (value.first[1], value.first[0]))


def determinant(terms: Terms, value: Value) -> Term:
    """The determinant of a square matrix, by permutations; raises ShapeError."""
    size = _square(value, "the determinant of")
    assert isinstance(value, Array)
    total = []
    for order in itertools.permutations(range(size)):
        swaps = sum(1 for a, b in itertools.combinations(order, 2) if a > b)
        factors = [value.at((k, order[k])) for k in range(size)]
        total.append(terms.mul([terms.const((-1) ** swaps), *factors]))
    return terms.add(total)


def inverse(terms: Terms, value: Value) -> Value:
    """The inverse of a square matrix, by cofactors; raises ShapeError."""
    if isinstance(value, Term):
        return terms.power(value, terms.const(-1))
    if value.unit:
        return replace(value, entries=(terms.power(value.entries[0], terms.const(-1)),))
    size = _square(value, "the inverse of")
    scale = terms.power(determinant(terms, value), terms.const(-1))
    entries = []
    for i, j in itertools.product(range(size), repeat=2):
        kept = [k for k in range(size) if k != j], [k for k in range(size) if k != i]
        minor = tuple(value.at((r, c)) for r in kept[0] for c in kept[1])
        cofactor = (
            determinant(terms, Array((size - 1, size - 1), minor, (1, 1)))
            if size > 1
            else terms.one
        )
        entries.append(terms.mul((terms.const((-1) ** (i + j)), cofactor, scale)))
    return Array((size, size), tuple(entries), value.first)


def trace(terms: Terms, value: Value) -> Term:
    """The trace of a square matrix; raises ShapeError."""
    size = _square(value, "the trace of")
    assert isinstance(value, Array)
    return terms.add(value.at((k, k)) for k in range(size))


def diagonal(terms: Terms, value: Value) -> Array:
    """The diagonal matrix with a vector's entries; raises ShapeError."""
    if isinstance(value, Term) or len(value.shape) != 1:
        raise ShapeError(f"a diagonal matrix of {shown(value)}")
    told(value)
    size = value.shape[0]
    entries = tuple(
        value.entries[i] if i == j else terms.zero
        for i, j in itertools.product(range(size), repeat=2)
    )
    return Array((size, size), entries, (value.first[0], value.first[0]))


def squares(terms: Terms, value: Value) -> Term:
    """The sum of the squares of all entries; raises ShapeError."""
    told(value)
    entries = (value,) if isinstance(value, Term) else value.entries
    return terms.add(terms.mul((entry, entry)) for entry in entries)


def _square(value: Value, what: str) -> int:
    if isinstance(value, Term) or len(value.shape) != 2 or value.shape[0] != value.shape[1]:
        raise ShapeError(f"{what} {shown(value)}")
    told(value)
    return value.shape[0]


def stacked(shape: tuple[int, ...], parts: list[Value], first: tuple[int, ...]) -> Value:
    """Values of one shape along new leading axes."""
    if not shape:
        return parts[0]
    inner = parts[0]
    if isinstance(inner, Term):
        return Array(shape, tuple(part for part in parts if isinstance(part, Term)), first)
    entries = tuple(entry for part in parts if isinstance(part, Array) for entry in part.entries)
    full = (*shape, *inner.shape)
    assert len(entries) == math.prod(full)
    return Array(full, entries, (*first, *inner.first))
