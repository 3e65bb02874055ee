"""Values of terms in rigorous ball arithmetic, and the points at which to take them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from fractions import Fraction

from flint import arb, ctx, fmpq

from mathlint.terms import Comparison, Domain, Term

SAME = 1e-30
PRECISIONS = (192, 448, 1024, 4096)


class Undefined(Exception):
    """A term has no value here, for certain; the message says why."""


class NoCase(Undefined):
    """A definition by cases that gives no value, or two."""


class Unclear(Exception):
    """The balls are too wide, or touch a kink, so that nothing is certain here."""


def exact_ball(value: Fraction) -> arb:
    """A rational number as a ball at the current precision."""
    return arb(fmpq(value.numerator, value.denominator))


def evaluate(term: Term, point: Mapping[int, Fraction], memo: dict[int, arb]) -> arb:
    """The value of a term at a point, a ball that holds the true value.

    Raises Undefined where the term has no value and Unclear where that cannot be told.
    """
    found = memo.get(term.number)
    if found is None:
        found = memo[term.number] = _value(term, point, memo)
    return found


def _value(term: Term, point: Mapping[int, Fraction], memo: dict[int, arb]) -> arb:
    kind = term.kind
    if kind == "const":
        return exact_ball(term.data)  # type: ignore[arg-type]
    if kind == "leaf":
        return exact_ball(point[term.number])
    if kind == "case":
        return _case(term, point, memo)
    args = [evaluate(arg, point, memo) for arg in term.args]
    if kind == "opaque":
        return _opaque(term.data, args)
    if kind == "add":
        total = args[0]
        for arg in args[1:]:
            total = total + arg
        return total
    if kind == "mul":
        product = args[0]
        for arg in args[1:]:
            product = product * arg
        return product
    if kind == "pow":
        return _power(args[0], args[1], term.args[1])
    return _finite(FUNCTIONS[str(term.data)](*args))


def holds(comparison: Comparison, point: Mapping[int, Fraction], memo: dict[int, arb]) -> bool:
    """Whether a comparison holds at a point; raises Unclear where the balls cannot tell."""
    if comparison.left is comparison.right:
        return comparison.relation in ("<=", ">=", "=")
    left, right = evaluate(comparison.left, point, memo), evaluate(comparison.right, point, memo)
    if left < right:
        return comparison.relation in ("<", "<=", "!=")
    if left > right:
        return comparison.relation in (">", ">=", "!=")
    if left.is_exact() and right.is_exact():
        return comparison.relation in ("<=", ">=", "=")
    one, other = rational(comparison.left, point), rational(comparison.right, point)
    if one is None or other is None:
        raise Unclear("two values cannot be told apart")
    order = "=" if one == other else "<" if one < other else ">"
    return (
        comparison.relation
        in {"=": ("<=", ">=", "="), "<": ("<", "<=", "!="), ">": (">", ">=", "!=")}[order]
    )


def rational(term: Term, point: Mapping[int, Fraction]) -> Fraction | None:
    """The value of a term made of numbers, variables, sums, products and powers alone."""
    if term.kind == "const":
        assert isinstance(term.data, Fraction)
        return term.data
    if term.kind == "leaf":
        return point.get(term.number)
    if term.kind not in ("add", "mul", "pow"):
        return None
    values = [rational(arg, point) for arg in term.args]
    total = Fraction(0) if term.kind == "add" else Fraction(1)
    if term.kind == "pow":
        base, exponent = values
        whole = exponent is not None and exponent.denominator == 1 and abs(exponent) <= 64
        return base**exponent.numerator if whole and base and exponent else None
    for value in values:
        if value is None:
            return None
        total = total + value if term.kind == "add" else total * value
    return total


def _case(term: Term, point: Mapping[int, Fraction], memo: dict[int, arb]) -> arb:
    assert isinstance(term.data, tuple)
    found: Term | None = None
    for row, value in zip(term.data, term.args, strict=True):
        if found is not None and (not row or value is found):
            continue
        if not all(holds(comparison, point, memo) for comparison in row):
            continue
        if value.data == "kink":
            return evaluate(value, point, memo)
        if found is not None and not evaluate(found, point, memo).overlaps(
            evaluate(value, point, memo)
        ):
            raise NoCase("two cases apply and differ")
        found = found or value
    if found is None:
        raise NoCase("no case applies")
    return evaluate(found, point, memo)


def _opaque(data: object, args: list[arb]) -> arb:
    """A value drawn for a function that may be any: the same for the same arguments."""
    if any(arg.rad() > SAME * (1 + abs(arg.mid())) for arg in args):
        raise Unclear("an argument is not known well enough")
    places = tuple(round(float(arg.mid() * 2**20)) for arg in args)
    drawn = random.Random(repr((data, places))).randint(1, 1 << 14)
    return exact_ball(Fraction(drawn - (1 << 13), 1 << 12))


def _finite(value: arb) -> arb:
    if not value.is_finite():
        raise Unclear("no finite ball")
    return value


def _power(base: arb, exponent: arb, exact: Term) -> arb:
    if exact.kind == "const":
        value = exact.data
        assert isinstance(value, Fraction)
        if value.denominator == 1:
            if value < 0:
                _not_zero(base)
            return _finite(base ** int(value))
    if base == 0 and exponent > 0:
        return base
    _positive(base, "a power of a negative number")
    return _finite((exponent * base.log()).exp())


def _not_zero(value: arb) -> None:
    if value == 0:
        raise Undefined("a division by zero")
    if value.contains(0):
        raise Unclear("a division by what may be zero")


def _positive(value: arb, what: str) -> None:
    if value <= 0:
        raise Undefined(what)
    if not value > 0:
        raise Unclear(what)


def _ln(x: arb) -> arb:
    _positive(x, "a logarithm of no positive number")
    return x.log()


def _sqrt(x: arb) -> arb:
    if x < 0:
        raise Undefined("a square root of a negative number")
    if x == 0:
        return x
    if not x > 0:
        raise Unclear("a square root of what may be negative")
    return x.sqrt()


def _kink() -> arb:
    raise Undefined("no derivative where two branches meet")


def _sign(x: arb) -> arb:
    if x == 0:
        return arb(0)
    _told(x)
    return arb(1) if x > 0 else arb(-1)


def _told(x: arb) -> None:
    if x.contains(0):
        raise Unclear("a sign that cannot be told")


def _within_one(x: arb) -> None:
    if not (x > -1 and x < 1):
        raise Unclear("outside (-1, 1)")


def _inside(function: Callable[[arb], arb]) -> Callable[[arb], arb]:
    def checked(x: arb) -> arb:
        _within_one(x)
        return function(x)

    return checked


FUNCTIONS: dict[str, Callable[..., arb]] = {
    "exp": lambda x: x.exp(),
    "ln": _ln,
    "sqrt": _sqrt,
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
    "tan": lambda x: x.tan(),
    "sinh": lambda x: x.sinh(),
    "cosh": lambda x: x.cosh(),
    "tanh": lambda x: x.tanh(),
    "arctan": lambda x: x.atan(),
    "arcsin": _inside(lambda x: x.asin()),
    "arccos": _inside(lambda x: x.acos()),
    "arctanh": _inside(lambda x: x.atanh()),
    "erf": lambda x: x.erf(),
    "erfc": lambda x: x.erfc(),
    "abs": lambda x: abs(x),
    "sign": _sign,
    "max": lambda x, y: x.max(y),
    "min": lambda x, y: x.min(y),
    "pi": lambda: arb.pi(),
    "kink": _kink,
}


class precision:
    """Sets the working precision, in bits, for a block."""

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def __enter__(self) -> None:
        self.before, ctx.prec = ctx.prec, self.bits

    def __exit__(self, *error: object) -> None:
        ctx.prec = self.before


def sample(domain: Domain, rng: random.Random) -> Fraction:
    """A random number of a domain: mostly of moderate size, sometimes near an end or far out."""
    if domain.values:
        return rng.choice(domain.values)
    if domain.integer:
        low = domain.low if domain.low is not None else Fraction(-4)
        high = domain.high if domain.high is not None else low + 8
        return Fraction(
            rng.randint(-(-low.numerator // low.denominator), high.numerator // high.denominator)
        )
    ends = [end for end in _closed_ends(domain) if rng.random() < 0.08]
    if ends:
        return ends[0]
    if domain.low is not None and domain.high is not None:
        share = Fraction(rng.randint(1, 4095), 4096)
        if rng.random() < 0.15:
            share = rng.choice((share / 64, 1 - share / 64))
        return domain.low + share * (domain.high - domain.low)
    size = Fraction(rng.randint(1, 3 << 12), 1 << 12)
    if rng.random() < 0.25:
        size *= rng.choice((Fraction(1, 32), 6))
    if domain.low is not None:
        return domain.low + size
    if domain.high is not None:
        return domain.high - size
    return size if rng.random() < 0.5 else -size


def _closed_ends(domain: Domain) -> list[Fraction]:
    """The ends that belong to a domain."""
    ends = ((domain.low, domain.low_open), (domain.high, domain.high_open))
    return [end for end, is_open in ends if end is not None and not is_open]


def digits_of(error: arb, scale: arb) -> float:
    """To how many decimal digits two balls agree, given the ball of their difference."""
    radius = abs(error).upper()
    if radius == 0:
        return float("inf")
    if not scale > 0:
        return 0.0
    return float(-(radius / scale).log() / arb(10).log())
