"""Terms against SymPy and mpmath: derivatives, exact algebra and values from another source."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
import sympy
from flint import arb

from mathlint.exact import is_zero
from mathlint.numeric import FUNCTIONS, Unclear, Undefined, evaluate, precision
from mathlint.terms import DERIVATIVES, Comparison, Term, Terms

BITS = 1024
DIGITS = 40
SYMPY = {
    "ln": sympy.log,
    "arctan": sympy.atan,
    "arcsin": sympy.asin,
    "arccos": sympy.acos,
    "arctanh": sympy.atanh,
    "abs": sympy.Abs,
    "max": sympy.Max,
    "min": sympy.Min,
}
UNARY = sorted(name for name in DERIVATIVES if name not in ("max", "min"))
X, Y = sympy.symbols("x y", real=True)
BETWEEN = [Fraction(1, 7), Fraction(3, 8), Fraction(-2, 5), Fraction(9, 10), Fraction(-7, 9)]
WIDE = [*BETWEEN, Fraction(5, 2), Fraction(-13, 4), Fraction(11), Fraction(-31, 3)]


class Pair:
    """A term and the SymPy expression that it stands for, made by the same steps."""

    def __init__(self, term: Term, expression: sympy.Expr) -> None:
        self.term, self.expression = term, expression


def function_of(name: str) -> object:
    return SYMPY.get(name) or getattr(sympy, name)


def value_of(term: Term, point: dict[int, Fraction]) -> arb:
    with precision(BITS):
        return evaluate(term, point, {})


def oracle(expression: sympy.Expr, point: dict[sympy.Symbol, Fraction]) -> str | None:
    """SymPy's value to many digits, by mpmath; None where it is no finite real number."""
    exact = {s: sympy.Rational(v.numerator, v.denominator) for s, v in point.items()}
    value = sympy.N(expression.subs(exact), DIGITS + 20)
    return str(value) if value.is_Float or value.is_Rational else None


def agree(ball: arb, expected: str) -> bool:
    """Whether a ball is the expected number to the digits that are asked for."""
    with precision(BITS):
        right = arb(expected)
        bound = arb(10) ** -DIGITS * (1 + abs(right))
        return bool(abs(ball - right) < bound)


def leaves(terms: Terms) -> tuple[Term, Term]:
    return terms.leaf("x"), terms.leaf("y")


# -- values -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) & (set(UNARY) | {"sqrt"})))
@pytest.mark.parametrize("at", WIDE, ids=str)
def test_a_function_has_the_value_that_mpmath_gives(name: str, at: Fraction) -> None:
    terms = Terms()
    x, _ = leaves(terms)
    expected = oracle(function_of(name)(X), {X: at})
    if expected is None:
        with pytest.raises((Undefined, Unclear)):
            value_of(terms.fun(name, x), {x.number: at})
    else:
        assert agree(value_of(terms.fun(name, x), {x.number: at}), expected)


def test_every_function_with_a_derivative_has_a_value() -> None:
    assert set(DERIVATIVES) <= set(FUNCTIONS)


# -- derivatives --------------------------------------------------------------------------------


@pytest.mark.parametrize("at", WIDE, ids=str)
@pytest.mark.parametrize("name", UNARY)
def test_the_derivative_of_a_function_is_that_of_sympy(name: str, at: Fraction) -> None:
    terms = Terms()
    x, _ = leaves(terms)
    point = {x.number: at}
    if oracle(function_of(name)(X), {X: at}) is None:
        return  # no value, so no slope is asked for
    slope = terms.diff(terms.fun(name, x), x)
    expected = oracle(sympy.diff(function_of(name)(X), X), {X: at})
    assert expected is not None
    assert agree(value_of(slope, point), expected)


@pytest.mark.parametrize("name", ["max", "min"])
@pytest.mark.parametrize("by", [0, 1])
@pytest.mark.parametrize("at", [(Fraction(1), Fraction(2)), (Fraction(2), Fraction(-1))], ids=str)
def test_the_derivative_of_max_and_min(name: str, by: int, at: tuple[Fraction, Fraction]) -> None:
    terms = Terms()
    x, y = leaves(terms)
    slope = terms.diff(terms.fun(name, x, y), (x, y)[by])
    expected = oracle(sympy.diff(function_of(name)(X, Y), (X, Y)[by]), {X: at[0], Y: at[1]})
    assert expected is not None
    assert agree(value_of(slope, {x.number: at[0], y.number: at[1]}), expected)


KINKS = {
    "abs": lambda t, x: t.fun("abs", x),
    "sign": lambda t, x: t.fun("sign", x),
    "max": lambda t, x: t.fun("max", x, t.zero),
    "min": lambda t, x: t.fun("min", t.zero, x),
    "relu by cases": lambda t, x: t.case([((Comparison(">", x, t.zero),), x), ((), t.zero)]),
    "step by cases": lambda t, x: t.case([((Comparison(">=", x, t.zero),), t.one), ((), t.zero)]),
}


@pytest.mark.parametrize("made", KINKS.values(), ids=KINKS.keys())
def test_there_is_no_derivative_at_a_kink(made: object) -> None:
    terms = Terms()
    x, _ = leaves(terms)
    slope = terms.diff(made(terms, x), x)
    with pytest.raises((Undefined, Unclear)):
        value_of(slope, {x.number: Fraction(0)})


def grown(rng: random.Random, terms: Terms, depth: int) -> Pair:
    """A random expression of two variables."""
    if depth == 0 or rng.random() < 0.12:
        return leaf(rng, terms)
    kind = rng.choice(["add", "add", "mul", "mul", "div", "power", "root", "raised", "fun", "fun"])
    one = grown(rng, terms, depth - 1)
    if kind == "fun":
        name = rng.choice(["exp", "ln", "sin", "cos", "tanh", "arctan", "erf", "sqrt", "cosh"])
        return Pair(terms.fun(name, one.term), function_of(name)(one.expression))
    if kind == "power":
        n = rng.choice([-2, -1, 2, 3])
        return Pair(terms.power(one.term, terms.const(n)), one.expression**n)
    if kind == "root":
        n = Fraction(rng.choice([-3, -1, 1, 3]), 2)
        exponent = sympy.Rational(n.numerator, n.denominator)
        return Pair(terms.power(one.term, terms.const(n)), one.expression**exponent)
    other = grown(rng, terms, depth - 1)
    if kind == "add":
        return Pair(terms.add((one.term, other.term)), one.expression + other.expression)
    if kind == "mul":
        return Pair(terms.mul((one.term, other.term)), one.expression * other.expression)
    if kind == "div":
        return Pair(terms.div(one.term, other.term), one.expression / other.expression)
    return Pair(terms.power(one.term, other.term), one.expression**other.expression)


def leaf(rng: random.Random, terms: Terms) -> Pair:
    x, y = leaves(terms)
    value = Fraction(rng.randint(-6, 6), rng.randint(1, 4))
    number = Pair(terms.const(value), sympy.Rational(value.numerator, value.denominator))
    return rng.choice([Pair(x, X), Pair(x, X), Pair(y, Y), number])


@pytest.mark.parametrize("seed", range(120))
def test_random_expressions_and_their_derivatives_are_those_of_sympy(seed: int) -> None:
    rng, terms = random.Random(f"derivatives/{seed}"), Terms()
    x, y = leaves(terms)
    compared = 0
    for _ in range(40):
        pair = grown(rng, terms, 3)
        at = Fraction(rng.randint(1, 40), 16), Fraction(rng.randint(-40, 40), 16)
        point, exact = {x.number: at[0], y.number: at[1]}, {X: at[0], Y: at[1]}
        try:
            expected = oracle(pair.expression, exact)
            slope = oracle(sympy.diff(pair.expression, X), exact)
        except (ValueError, TypeError, OverflowError):
            continue
        if expected is None or slope is None or "e+" in expected + slope:
            continue
        try:
            value, found = value_of(pair.term, point), value_of(terms.diff(pair.term, x), point)
        except (Undefined, Unclear):
            continue
        assert agree(value, expected), pair.expression
        assert agree(found, slope), pair.expression
        compared += 1
        if compared == 2:
            return
    pytest.fail("hardly any random expression has a value")


# -- exact algebra ------------------------------------------------------------------------------


def term_of(expression: sympy.Expr, terms: Terms) -> Term:
    """The term of a SymPy expression, read off its tree."""
    x, y = leaves(terms)
    if expression in (X, Y):
        return x if expression == X else y
    if expression.is_Rational:
        return terms.const(Fraction(int(expression.p), int(expression.q)))
    args = [term_of(arg, terms) for arg in expression.args]
    if expression.is_Add:
        return terms.add(args)
    if expression.is_Mul:
        return terms.mul(args)
    if expression.is_Pow:
        return terms.power(*args)
    return terms.fun({"log": "ln"}.get(expression.func.__name__, expression.func.__name__), *args)


def rational(rng: random.Random, depth: int) -> sympy.Expr:
    """A random expression that exact algebra has a form for: a ratio in x, y, exp, ln and sin."""
    if depth == 0:
        atoms = [X, Y, sympy.exp(-X), sympy.log(Y**2 + 1), sympy.sin(X), sympy.Integer(2)]
        return rng.choice([*atoms, sympy.Rational(rng.randint(-5, 5), rng.randint(1, 3))])
    one, other = rational(rng, depth - 1), rational(rng, depth - 1)
    kind = rng.choice(["add", "add", "mul", "mul", "div", "power"])
    if kind == "add":
        return one + other
    if kind == "mul":
        return one * other
    if kind == "power":
        return one ** rng.choice([2, 3])
    return one / (other**2 + 1)


FORMS = [sympy.expand, sympy.together, sympy.factor]


@pytest.mark.parametrize("seed", range(60))
def test_exact_algebra_tells_equal_from_unequal(seed: int) -> None:
    rng, terms = random.Random(f"exact/{seed}"), Terms()
    expression = rational(rng, 3)
    other = rng.choice(FORMS)(expression)
    left, right = term_of(expression, terms), term_of(other, terms)
    assert is_zero(terms.sub(left, right)), expression
    changed = other + rng.choice([sympy.Rational(1, 10**9), X / 10**9, sympy.exp(-X) * Y])
    assert not is_zero(terms.sub(left, term_of(changed, terms))), expression


TRUE = [
    "exp(x + y) - exp(x)*exp(y)",
    "exp(2*x) - exp(x)**2",
    "exp(-x)*exp(x) - 1",
    "1/(1 + exp(-x)) + 1/(1 + exp(x)) - 1",
    "sin(-x) + sin(x)",
    "cos(-x) - cos(x)",
    "tanh(-x*y) + tanh(x*y)",
    "(x**2 - y**2)/(x - y) - x - y",
    "x/y + y/x - (x**2 + y**2)/(x*y)",
    "log((x + y)**2) - log(x**2 + 2*x*y + y**2)",
]
FALSE = [
    "exp(x + y) - exp(x) - exp(y)",
    "exp(x*y) - exp(x)**2",
    "exp(x)*exp(x) - exp(x)",
    "sin(-x) - sin(x)",
    "cos(-x) + cos(x)",
    "sin(x) - sin(y)",
    "log(x*y) - log(x)*log(y)",
    "1/(1 + exp(-x)) - 1/(1 + exp(x))",
    "(x**2 - y**2)/(x - y) - x + y",
    "x**2 - x",
    "x - y",
    "exp(x) - exp(y)",
    "exp(x/2) - exp(x/3)",
]


def read(text: str) -> sympy.Expr:
    """An expression of this file's own tables, its parts unevaluated."""
    names = {"x": X, "y": Y}
    return sympy.parse_expr(text, local_dict=names, evaluate=False)


@pytest.mark.parametrize("text", TRUE)
def test_exact_algebra_shows_an_identity(text: str) -> None:
    assert is_zero(term_of(read(text), Terms()))


@pytest.mark.parametrize("text", FALSE)
def test_exact_algebra_shows_no_falsehood(text: str) -> None:
    assert not is_zero(term_of(read(text), Terms()))


def test_exact_algebra_does_not_divide_by_zero() -> None:
    terms = Terms()
    x, _ = leaves(terms)
    zero = terms.sub(terms.mul((x, x)), terms.power(x, terms.const(2)))
    assert not is_zero(terms.div(terms.one, zero))
    assert not is_zero(terms.div(zero, zero))


# -- substitution -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_substitution_is_composition(seed: int) -> None:
    rng, terms = random.Random(f"substitution/{seed}"), Terms()
    x, y = leaves(terms)
    outer, inner = rational(rng, 2), rational(rng, 1)
    found = terms.substitute(term_of(outer, terms), {x.number: term_of(inner, terms)})
    expected = outer.subs(X, inner)
    point = {x.number: Fraction(3, 7), y.number: Fraction(-5, 4)}
    value = oracle(expected, {X: Fraction(3, 7), Y: Fraction(-5, 4)})
    assert value is not None
    assert agree(value_of(found, point), value)


def test_equal_terms_are_one_object() -> None:
    terms = Terms()
    x, y = leaves(terms)
    assert terms.leaf("x") is x
    assert terms.mul((x, y)) is terms.mul((x, y))
    assert terms.add((x, terms.const(1), terms.const(2))) is terms.add((x, terms.const(3)))
    assert terms.mul((terms.zero, x)) is terms.zero
