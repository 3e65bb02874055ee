"""Scalar terms: what a formula means once every size and index is a number.

Terms are shared: equal terms are one object, so equality is identity and work is done once.
"""

from __future__ import annotations

import operator
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from mathlint.errors import Undecided

ZERO_LEAVES: frozenset[int] = frozenset()
ORDER: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True)
class Domain:
    """Where a leaf's values lie: an open or closed interval, or a finite set."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = True
    high_open: bool = True
    values: tuple[Fraction, ...] = ()
    integer: bool = False


REAL = Domain()


class Term:
    """One node of a term; compare with `is`."""

    __slots__ = ("args", "data", "kind", "leaves", "number", "total")

    def __init__(
        self, kind: str, args: tuple[Term, ...], data: object, leaves: frozenset[int], number: int
    ) -> None:
        self.kind, self.args, self.data, self.leaves, self.number = kind, args, data, leaves, number
        self.total = _is_total(kind, args, data)


@dataclass(frozen=True)
class Comparison:
    """A condition between two terms."""

    relation: str
    left: Term
    right: Term


TOTAL = frozenset(
    {
        "exp",
        "sin",
        "cos",
        "sinh",
        "cosh",
        "tanh",
        "arctan",
        "erf",
        "erfc",
        "abs",
        "sign",
        "max",
        "min",
        "pi",
    }
)
CLOCK = 64
MAX_STEPS = 250_000


def _is_total(kind: str, args: tuple[Term, ...], data: object) -> bool:
    """Whether a term has a value at every point, so that a factor 0 may swallow it."""
    if kind == "pow":
        exponent = args[1].data if args[1].kind == "const" else None
        whole = isinstance(exponent, Fraction) and exponent.denominator == 1 and exponent >= 0
        return whole and args[0].total
    if kind == "case" or (kind == "fun" and data not in TOTAL):
        return False
    return all(arg.total for arg in args)


class Terms:
    """Makes terms, each only once, and differentiates them."""

    def __init__(self) -> None:
        self._known: dict[object, Term] = {}
        self._derivatives: dict[tuple[int, int], Term] = {}
        self.leaf_names: dict[int, str] = {}
        self.domains: dict[int, Domain] = {}
        self.steps = MAX_STEPS
        self.deadline = float("inf")
        self.zero, self.one = self.const(0), self.const(1)

    def _make(self, kind: str, args: tuple[Term, ...], data: object = None) -> Term:
        key = (kind, tuple(arg.number for arg in args), data)
        found = self._known.get(key)
        if found is None:
            leaves = ZERO_LEAVES.union(*(arg.leaves for arg in args))
            if kind == "case":
                assert isinstance(data, tuple)
                leaves = leaves.union(
                    *(c.left.leaves | c.right.leaves for row in data for c in row)
                )
            found = Term(kind, args, data, leaves, len(self._known))
            self._known[key] = found
            self.spend(1 + len(args))
        return found

    def spend(self, steps: int = 1) -> None:
        """Count steps of work; raises Undecided when a statement has used up its share."""
        self.steps -= steps
        if self.steps % CLOCK == 0 and time.process_time() > self.deadline:
            raise Undecided("the time limit was reached")
        if self.steps < 0:
            raise Undecided("this is too large to be decided")

    def const(self, value: int | Fraction) -> Term:
        """A rational number."""
        key = ("const", value)
        found = self._known.get(key)
        if found is None:
            found = Term("const", (), Fraction(value), ZERO_LEAVES, len(self._known))
            self._known[key] = found
        return found

    def leaf(self, name: str, domain: Domain = REAL) -> Term:
        """A free variable; its name makes it the one it is."""
        key = ("leaf", (), name)
        found = self._known.get(key)
        if found is None:
            number = len(self._known)
            found = Term("leaf", (), name, frozenset({number}), number)
            self._known[key] = found
            self.leaf_names[number] = name
            self.domains[number] = domain
        return found

    def add(self, terms: Iterable[Term]) -> Term:
        """A sum; nested sums and numbers are collected."""
        total: int | Fraction = 0
        rest = []
        stack = list(reversed(list(terms)))
        while stack:
            term = stack.pop()
            if term.kind == "const":
                total += term.data  # type: ignore[operator]
            elif term.kind == "add":
                stack.extend(reversed(term.args))
            else:
                rest.append(term)
        if total or not rest:
            rest.append(self.const(total))
        return rest[0] if len(rest) == 1 else self._make("add", tuple(rest))

    def mul(self, terms: Iterable[Term]) -> Term:
        """A product; nested products and numbers are collected, a zero factor wins."""
        total: int | Fraction = 1
        rest = []
        stack = list(reversed(list(terms)))
        while stack:
            term = stack.pop()
            if term.kind == "const":
                total *= term.data  # type: ignore[operator]
            elif term.kind == "mul":
                stack.extend(reversed(term.args))
            else:
                rest.append(term)
        if not rest or (total == 0 and all(term.total for term in rest)):
            return self.const(total)
        if total != 1:
            rest.insert(0, self.const(total))
        return rest[0] if len(rest) == 1 else self._make("mul", tuple(rest))

    def neg(self, term: Term) -> Term:
        """Minus a term."""
        return self.mul((self.const(-1), term))

    def sub(self, left: Term, right: Term) -> Term:
        """A difference."""
        return self.add((left, self.neg(right)))

    def div(self, top: Term, bottom: Term) -> Term:
        """A quotient."""
        return self.mul((top, self.power(bottom, self.const(-1))))

    def power(self, base: Term, exponent: Term) -> Term:
        """A power; numbers are computed where that is exact."""
        if exponent.kind == "const":
            value = exponent.data
            assert isinstance(value, Fraction)
            if value == 1:
                return base
            if value == 0 and base.total:
                return self.one
            if (
                base.kind == "const"
                and value.denominator == 1
                and abs(value) <= 64
                and base.data != 0
            ):
                return self.const(base.data**value.numerator)  # type: ignore[operator]
        return self._make("pow", (base, exponent))

    def fun(self, name: str, *args: Term) -> Term:
        """A function of the table in `numeric`."""
        return self._make("fun", args, name)

    def opaque(self, name: str, orders: tuple[int, ...], args: Iterable[Term]) -> Term:
        """A function of which only its differentiability is known; `orders` are its derivatives."""
        return self._make("opaque", tuple(args), (name, tuple(sorted(orders))))

    def case(self, rows: Iterable[tuple[tuple[Comparison, ...], Term]]) -> Term:
        """The value of the first row whose comparisons all hold; no comparisons: otherwise."""
        kept: list[tuple[tuple[Comparison, ...], Term]] = []
        for comparisons, value in rows:
            known = [_known(comparison) for comparison in comparisons]
            if False in known:
                continue
            open_ones = tuple(c for c, k in zip(comparisons, known, strict=True) if k is None)
            kept.append((open_ones, value))
            if not open_ones:
                break
        if kept and not kept[0][0]:
            return kept[0][1]
        return self._make("case", tuple(value for _, value in kept), tuple(row for row, _ in kept))

    def size(self) -> int:
        """How many terms there are."""
        return len(self._known)

    # -- differentiation ----------------------------------------------------------------------

    def diff(self, term: Term, leaf: Term) -> Term:
        """The derivative of a term with respect to a leaf."""
        if leaf.number not in term.leaves:
            return self.zero
        key = (term.number, leaf.number)
        found = self._derivatives.get(key)
        if found is None:
            found = self._derivatives[key] = self._diff(term, leaf)
        return found

    def _diff(self, term: Term, leaf: Term) -> Term:
        if term is leaf:
            return self.one
        if term.kind == "add":
            return self.add(self.diff(arg, leaf) for arg in term.args)
        if term.kind == "mul":
            return self.add(
                self.mul((*term.args[:k], self.diff(arg, leaf), *term.args[k + 1 :]))
                for k, arg in enumerate(term.args)
                if leaf.number in arg.leaves
            )
        if term.kind == "pow":
            return self._diff_power(term, leaf)
        if term.kind == "case":
            return self._diff_case(term, leaf)
        if term.kind == "opaque":
            return self._diff_opaque(term, leaf)
        inner = [self.diff(arg, leaf) for arg in term.args]
        slopes = DERIVATIVES[str(term.data)](self, *term.args)
        return self.add(self.mul((s, d)) for s, d in zip(slopes, inner, strict=True))

    def _diff_opaque(self, term: Term, leaf: Term) -> Term:
        assert isinstance(term.data, tuple)
        name, orders = term.data
        inner = ((k, self.diff(arg, leaf)) for k, arg in enumerate(term.args))
        return self.add(
            self.mul((self.opaque(name, (*orders, k), term.args), slope))
            for k, slope in inner
            if slope is not self.zero
        )

    def _diff_case(self, term: Term, leaf: Term) -> Term:
        """Inside each branch its own derivative; where branches meet, none."""
        assert isinstance(term.data, tuple)
        compared = {(c.left, c.right): None for row in term.data for c in row}
        kinks = [((Comparison("=", left, right),), self.fun("kink")) for left, right in compared]
        values = [self.diff(value, leaf) for value in term.args]
        return self.case([*kinks, *zip(term.data, values, strict=True)])

    def _diff_power(self, term: Term, leaf: Term) -> Term:
        base, exponent = term.args
        db, de = self.diff(base, leaf), self.diff(exponent, leaf)
        lowered = self.power(base, self.sub(exponent, self.one))
        first = self.mul((exponent, lowered, db))
        if de is self.zero:
            return first
        return self.add((first, self.mul((term, self.fun("ln", base), de))))

    # -- substitution -------------------------------------------------------------------------

    def substitute(self, term: Term, values: dict[int, Term]) -> Term:
        """A term with leaves replaced."""
        memo: dict[int, Term] = {}

        def visit(part: Term) -> Term:
            if part.number in values:
                return values[part.number]
            if not part.leaves & values.keys():
                return part
            if part.number not in memo:
                memo[part.number] = self._rebuilt(part, visit)
            return memo[part.number]

        return visit(term)

    def replace(self, term: Term, parts: dict[int, Term]) -> Term:
        """A term with whole parts of it replaced, wherever they stand."""
        memo = dict(parts)

        def visit(part: Term) -> Term:
            if part.number not in memo:
                memo[part.number] = self._rebuilt(part, visit) if part.args else part
            return memo[part.number]

        return visit(term)

    def _rebuilt(self, term: Term, visit: Callable[[Term], Term]) -> Term:
        args = [visit(arg) for arg in term.args]
        if term.kind == "add":
            return self.add(args)
        if term.kind == "mul":
            return self.mul(args)
        if term.kind == "pow":
            return self.power(args[0], args[1])
        if term.kind == "opaque":
            assert isinstance(term.data, tuple)
            name, orders = term.data
            return self.opaque(name, orders, args)
        if term.kind == "case":
            assert isinstance(term.data, tuple)
            rows = [
                tuple(Comparison(c.relation, visit(c.left), visit(c.right)) for c in row)
                for row in term.data
            ]
            return self.case(zip(rows, args, strict=True))
        return self.fun(str(term.data), *args)


def _known(comparison: Comparison) -> bool | None:
    """Whether a comparison of two numbers holds; None where it depends on variables."""
    left, right = comparison.left, comparison.right
    if left.kind != "const" or right.kind != "const":
        return None
    assert isinstance(left.data, Fraction) and isinstance(right.data, Fraction)
    return ORDER[comparison.relation](left.data, right.data)


def _pick(terms: Terms, left: Term, right: Term, relation: str) -> tuple[Term, Term]:
    """The slopes of max and min: 1 for the argument that wins, undefined where they tie."""
    wins, loses = Comparison(relation, left, right), Comparison(relation, right, left)
    tie = (Comparison("=", left, right),), terms.fun("kink")
    first = terms.case([tie, ((wins,), terms.one), ((loses,), terms.zero)])
    return first, terms.sub(terms.one, first)


def _gauss(terms: Terms, x: Term, sign: int) -> Term:
    scale = terms.mul(
        (terms.const(2 * sign), terms.power(terms.fun("pi"), terms.const(Fraction(-1, 2))))
    )
    return terms.mul((scale, terms.fun("exp", terms.neg(terms.mul((x, x))))))


def _inverse(terms: Terms, x: Term) -> Term:
    return terms.power(x, terms.const(-1))


def _sign(terms: Terms, x: Term, below: int) -> tuple[Term]:
    """A step function of x with a kink at 0."""
    positive, negative = Comparison(">", x, terms.zero), Comparison("<", x, terms.zero)
    above = 1 if below else 0
    kink = (Comparison("=", x, terms.zero),), terms.fun("kink")
    rows = [kink, ((positive,), terms.const(above)), ((negative,), terms.const(below))]
    return (terms.case(rows),)


Slopes = Callable[..., tuple[Term, ...]]
DERIVATIVES: dict[str, Slopes] = {
    "exp": lambda t, x: (t.fun("exp", x),),
    "ln": lambda t, x: (_inverse(t, x),),
    "sqrt": lambda t, x: (t.mul((t.const(Fraction(1, 2)), _inverse(t, t.fun("sqrt", x)))),),
    "sin": lambda t, x: (t.fun("cos", x),),
    "cos": lambda t, x: (t.neg(t.fun("sin", x)),),
    "tan": lambda t, x: (t.add((t.one, t.power(t.fun("tan", x), t.const(2)))),),
    "sinh": lambda t, x: (t.fun("cosh", x),),
    "cosh": lambda t, x: (t.fun("sinh", x),),
    "tanh": lambda t, x: (t.sub(t.one, t.power(t.fun("tanh", x), t.const(2))),),
    "arctan": lambda t, x: (_inverse(t, t.add((t.one, t.mul((x, x))))),),
    "arcsin": lambda t, x: (_inverse(t, t.fun("sqrt", t.sub(t.one, t.mul((x, x))))),),
    "arccos": lambda t, x: (t.neg(_inverse(t, t.fun("sqrt", t.sub(t.one, t.mul((x, x)))))),),
    "arctanh": lambda t, x: (_inverse(t, t.sub(t.one, t.mul((x, x)))),),
    "erf": lambda t, x: (_gauss(t, x, 1),),
    "erfc": lambda t, x: (_gauss(t, x, -1),),
    "abs": lambda t, x: _sign(t, x, -1),
    "sign": lambda t, x: _sign(t, x, 0),
    "max": lambda t, x, y: _pick(t, x, y, ">"),
    "min": lambda t, x, y: _pick(t, x, y, "<"),
}
