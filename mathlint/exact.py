"""Exact algebra: a term as a fraction of polynomials in its variables and function values.

Function values count as further variables, so a difference that vanishes here vanishes for
certain; one that does not may still be zero, and is left to ball arithmetic.
"""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from mathlint.terms import Term

MAX_TERMS = 4000
MAX_VARIABLES = 60
ODD = frozenset({"sin", "tan", "sinh", "tanh", "arctan", "arcsin", "arctanh", "erf"})
EVEN = frozenset({"cos", "cosh"})
PLAIN = frozenset({"ln", "sqrt", "erfc", "arccos"})


class Inexact(Exception):
    """A term that this algebra has no form for."""


Ratio = tuple[fmpq_mpoly, fmpq_mpoly]


def is_zero(term: Term) -> bool:
    """Whether a term is zero by exact algebra; False says nothing."""
    if term.kind == "const":
        return term.data == 0
    try:
        return _Algebra(term).vanishes(term)
    except Inexact:
        return False


def is_surely_different(term: Term) -> bool:
    """Whether a term without functions is a ratio that is not zero, its variables being free."""
    if any(part.kind not in ("const", "leaf", "add", "mul", "pow") for part in parts(term)):
        return False
    try:
        return not _Algebra(term).vanishes(term)
    except Inexact:
        return False


def parts(term: Term) -> list[Term]:
    """A term and all below it, each once."""
    seen: dict[int, Term] = {}
    stack = [term]
    while stack:
        part = stack.pop()
        if part.number not in seen:
            seen[part.number] = part
            stack.extend(part.args)
    return list(seen.values())


def _count(term: Term) -> int:
    count = 0
    for part in parts(term):
        if part.kind in ("leaf", "fun", "pow", "opaque"):
            # an exponential may need one variable for each summand of its argument
            count += len(part.args[0].args) + 1 if part.data == "exp" else 1
    return count


class _Algebra:
    def __init__(self, term: Term) -> None:
        slots = min(_count(term) + 2, MAX_VARIABLES)
        self.context = fmpq_mpoly_ctx.get([f"g{k}" for k in range(slots)], "degrevlex")
        self.generators = self.context.gens()
        self.slots: dict[object, fmpq_mpoly] = {}
        self.memo: dict[int, Ratio] = {}
        self.one = self.context.constant(1)

    def vanishes(self, term: Term) -> bool:
        top, _ = self.ratio(term)
        return top.is_zero()

    def slot(self, key: object) -> fmpq_mpoly:
        if key not in self.slots:
            if len(self.slots) >= len(self.generators):
                raise Inexact
            self.slots[key] = self.generators[len(self.slots)]
        return self.slots[key]

    def ratio(self, term: Term) -> Ratio:
        found = self.memo.get(term.number)
        if found is None:
            found = self.memo[term.number] = self._ratio(term)
            if len(found[0]) > MAX_TERMS or len(found[1]) > MAX_TERMS:
                raise Inexact
        return found

    def _ratio(self, term: Term) -> Ratio:
        if term.kind == "const":
            value = term.data
            assert isinstance(value, Fraction)
            return self.context.constant(fmpq(value.numerator, value.denominator)), self.one
        if term.kind == "leaf":
            return self.slot(term.number), self.one
        if term.kind == "add":
            total = self.ratio(term.args[0])
            for arg in term.args[1:]:
                total = self._plus(total, self.ratio(arg))
            return total
        if term.kind == "mul":
            product = self.ratio(term.args[0])
            for arg in term.args[1:]:
                product = self._times(product, self.ratio(arg))
            return product
        if term.kind == "pow":
            return self._power(term)
        if term.kind == "fun":
            return self._function(term)
        if term.kind == "opaque":
            parts = [part for arg in term.args for part in self.ratio(arg)]
            return self.slot((term.data, *map(str, parts))), self.one
        raise Inexact

    def _reduced(self, top: fmpq_mpoly, bottom: fmpq_mpoly) -> Ratio:
        if bottom.is_one():
            return top, bottom
        common = top.gcd(bottom)
        if not common.is_one():
            top, bottom = top / common, bottom / common
        lead = bottom.leading_coefficient()
        return top / lead, bottom / lead

    def _plus(self, left: Ratio, right: Ratio) -> Ratio:
        if left[1] == right[1]:
            return self._reduced(left[0] + right[0], left[1])
        self._check(left, right)
        return self._reduced(left[0] * right[1] + right[0] * left[1], left[1] * right[1])

    def _times(self, left: Ratio, right: Ratio) -> Ratio:
        self._check(left, right)
        return self._reduced(left[0] * right[0], left[1] * right[1])

    @staticmethod
    def _check(left: Ratio, right: Ratio) -> None:
        if (len(left[0]) + len(left[1])) * (len(right[0]) + len(right[1])) > 200 * MAX_TERMS:
            raise Inexact

    def _raised(self, base: Ratio, exponent: int) -> Ratio:
        top, bottom = base
        if exponent < 0:
            if top.is_zero():
                raise Inexact
            top, bottom, exponent = bottom, top, -exponent
        if exponent > 12 and max(len(top), len(bottom)) > 3:
            raise Inexact
        return self._reduced(top**exponent, bottom**exponent)

    def _power(self, term: Term) -> Ratio:
        base, exponent = term.args
        if exponent.kind == "const":
            value = exponent.data
            assert isinstance(value, Fraction)
            if value.denominator == 1 and abs(value) <= 64:
                return self._raised(self.ratio(base), int(value))
        raise Inexact

    def _function(self, term: Term) -> Ratio:
        name = str(term.data)
        if name == "pi":
            return self.slot("pi"), self.one
        if len(term.args) != 1:
            raise Inexact
        argument = self.ratio(term.args[0])
        if name == "exp":
            return self._exponential(argument)
        if name in PLAIN:
            return self.slot((name, str(argument[0]), str(argument[1]))), self.one
        if name in ODD or name in EVEN:
            return self._with_parity(name, argument)
        raise Inexact

    def _with_parity(self, name: str, argument: Ratio) -> Ratio:
        top, bottom = argument
        sign = 1
        if not top.is_zero() and top.leading_coefficient() < 0:
            top, sign = -top, -1
        value = self.slot((name, str(top), str(bottom)))
        return (value * sign if name in ODD else value), self.one

    def _exponential(self, argument: Ratio) -> Ratio:
        """exp of a sum is a product, and exp of a multiple a power."""
        top, bottom = argument
        result: Ratio = (self.one, self.one)
        for monomial, coefficient in zip(top.monoms(), top.coeffs(), strict=True):
            times, part = int(coefficient.p), int(coefficient.q)
            if abs(times) > 64:
                raise Inexact
            base = self.slot(("exp", tuple(int(e) for e in monomial), part, str(bottom)))
            result = self._times(result, self._raised((base, self.one), times))
        return result
