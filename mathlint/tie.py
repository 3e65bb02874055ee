"""The tie between a page and its code: functions against definitions and printed results."""

from __future__ import annotations

import itertools
import math
import random
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb

from mathlint.claims import Judged
from mathlint.errors import Undecided, Unread
from mathlint.meaning import Meaning
from mathlint.naming import named_node
from mathlint.numeric import PRECISIONS, Unclear, Undefined, evaluate, exact_ball, precision, sample
from mathlint.parser import Parser
from mathlint.statements import Page
from mathlint.syntax import Node, Ref, walk
from mathlint.terms import Domain, Term
from mathlint.tokens import GREEK, tokenize

RELATIVE_BAR = 1e-12
LONG_BAR = 1e-9  # in long sums more cancels, and arrays that are cut are off by far more
ABSOLUTE_BAR = 1e-300
POINTS = 24
LONG_POINTS = 3
MAX_CORNERS = 160
MAX_CASES = 3
LONG = (4, 6, 5)  # code can be right for short arrays alone
FAR = (
    0.0,
    1.0,
    -1.0,
    1e-300,
    -1e-300,
    1e-8,
    -1e-8,
    20.0,
    -20.0,
    40.0,
    -40.0,
    745.25,
    -745.25,
    1e3,
    -1e3,
)
ATTRIBUTE = re.compile(r'(?<![\w-])computes="(?P<text>[^"]*)"')
SIGNATURE = re.compile(r"^\s*(?P<name>[A-Za-z_]\w*)\s*\((?P<args>.*?)\)\s*=(?P<latex>.+)$", re.S)
Point = dict[int, float]


@dataclass(frozen=True)
class Computes:
    """One function of a fence: its parameters with their names on the page, and its quantity."""

    function: str
    parameters: tuple[tuple[str, str], ...]
    latex: str
    offset: int


@dataclass(frozen=True)
class Argument:
    """A parameter in one instance: its shape, and a leaf or a fixed value for each entry."""

    name: str
    shape: tuple[int, ...]
    entries: tuple[Term, ...]


@dataclass(frozen=True)
class Case:
    """What a function must return in one instance: a term for each entry, from two sources."""

    arguments: tuple[Argument, ...]
    shape: tuple[int, ...]
    defined: tuple[Term, ...]
    printed: tuple[tuple[Term, ...], ...]
    long: bool = False


@dataclass
class Measure:
    """The worst errors met so far, and how many values were compared."""

    samples: int = 0
    ulps: float = 0.0
    relative: float = 0.0


class Mismatch(Exception):
    """A function that does not do what its page says; the message tells where."""


def computed(info: str) -> list[Computes]:
    """What a fence's header says its functions compute; raises Unread where that is malformed."""
    match = ATTRIBUTE.search(info)
    if match is None:
        return []
    found, offset = [], match.start("text")
    for part in re.split(r"(?<!\\);", match["text"]):
        if part.strip():
            found.append(_computes(part, offset + len(part) - len(part.lstrip())))
        offset += len(part) + 1
    return found


def _computes(part: str, offset: int) -> Computes:
    match = SIGNATURE.match(part)
    if match is None:
        raise Unread(
            'write computes="function(arguments) = quantity"', offset, offset + len(part), "ML401"
        )
    parameters = []
    for item in _split_arguments(match["args"]):
        name, _, latex = item.partition("=")
        name = name.strip()
        if not name.isidentifier():
            raise Unread(f"{name!r} is no parameter", offset, offset + len(part), "ML401")
        parameters.append((name, latex.strip() or _page_name(name)))
    return Computes(match["name"], tuple(parameters), match["latex"].strip(), offset)


def _split_arguments(text: str) -> list[str]:
    """Arguments at the commas outside braces and brackets."""
    parts, depth, start = [], 0, 0
    for place, char in enumerate(text):
        depth += {"{": 1, "(": 1, "}": -1, ")": -1}.get(char, 0)
        if char == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [part for part in [*parts, text[start:]] if part.strip()]


def _page_name(name: str) -> str:
    return f"\\{name}" if name in GREEK else name


def parsed(latex: str, page: Page) -> Node:
    """A quantity as a tree."""
    tree = Parser(tokenize(latex), page.scope.is_function).whole()
    return named_node(tree, page.scope, page.strict)


def load(code: str, name: str) -> Callable[..., Any]:
    """A function of a fence, run on its own; raises Mismatch where that fails."""
    namespace: dict[str, Any] = {"__name__": "snippet"}
    try:
        exec(
            compile(code, "<snippet>", "exec"), namespace
        )  # the project's own code, as it pastes out
    except Exception as error:
        raise Mismatch(
            f"the code does not run on its own: {type(error).__name__}: {error}"
        ) from None
    function = namespace.get(name)
    if not callable(function):
        raise Mismatch(f"the embedded code has no function {name}")
    return function  # type: ignore[no-any-return]


def tie(item: Computes, code: str, page: Page, statements: Sequence[Judged]) -> Measure:
    """Compare one function with its quantity.

    Raises Unread or Undecided where the page does not tell what to compare with, and Mismatch
    where the function differs.
    """
    function = load(code, item.function)
    quantity = parsed(item.latex, page)
    arguments = [(name, _argument_ref(latex, page)) for name, latex in item.parameters]
    results = _printed_results(quantity, statements)
    if not results and not _is_defined(quantity, page):
        raise Unread(f"the page prints no result for {item.latex}", 0, 1, "ML402")
    cases = _cases(quantity, results, arguments, page)
    measure = Measure()
    for number, case in enumerate(cases):
        rng = random.Random(f"{page.settings.seed}/{item.function}/{number}")
        _compare(function, case, page, rng, measure)
    if measure.samples == 0:
        raise Undecided("no value could be compared", "ML303")
    return measure


def _argument_ref(latex: str, page: Page) -> Ref:
    node = parsed(latex, page)
    if not isinstance(node, Ref):
        raise Unread(f"{latex} is no name of the page", 0, 1, "ML401")
    if page.scope.entry(node) is None:
        raise Unread(f"{latex} is not introduced on the page", 0, 1, "ML401")
    return node


def _printed_results(quantity: Node, statements: Sequence[Judged]) -> list[Judged]:
    """The claims that begin with this quantity, each with its chain's last member."""
    return [
        s for s in statements if s.kind == "claim" and s.left == quantity and s.result is not None
    ]


def _is_defined(quantity: Node, page: Page) -> bool:
    function = getattr(quantity, "function", None)
    if function is not None:
        return page.scope.is_function(function)
    entry = page.scope.entry(quantity) if isinstance(quantity, Ref) else None
    return entry is not None and bool(entry.defined)


def _cases(
    quantity: Node, results: Sequence[Judged], arguments: Sequence[tuple[str, Ref]], page: Page
) -> list[Case]:
    """The function's task for every choice of sizes."""
    axes = _free_indices(quantity, [ref for _, ref in arguments], page)

    def build(meaning: Meaning) -> Case:
        ranges = [meaning.index_values(axis, quantity) for axis in axes]
        rows = [dict(zip(axes, values, strict=True)) for values in itertools.product(*ranges)]
        whole = tuple(_bound(meaning, row, quantity) for row in rows)
        given: dict[int, Term] = {}
        behind: dict[int, Term] = {}
        made = tuple(_argument(name, ref, meaning, page, given, behind) for name, ref in arguments)
        defined = tuple(page.terms.replace(_bound(meaning, row, quantity), given) for row in rows)
        printed = tuple(
            tuple(page.terms.replace(_bound(meaning, row, judged.result), given) for row in rows)
            for judged in results
            if judged.result is not None and not judged.conditions
        )
        if printed and not _starts_here(defined, whole, made, behind, page):
            defined = ()
        return Case(made, tuple(len(r) for r in ranges), defined, printed)

    found = [case for _, case in page.instances(build) if isinstance(case, Case)]
    if not found:
        raise Undecided("no choice of sizes could be tried", "ML303")
    cases = sorted(found, key=_likeness)[:MAX_CASES]
    if any(argument.shape for case in cases for argument in case.arguments):
        try:
            long = page.first_instance(build, LONG)
        except Undecided:  # too much to write out; the short ones were tried
            long = None
        cases += [replace(long, long=True)] if long is not None else []
    return cases


def _starts_here(
    defined: Sequence[Term],
    whole: Sequence[Term],
    arguments: Sequence[Argument],
    behind: dict[int, Term],
    page: Page,
) -> bool:
    """Whether a quantity, with its arguments held, is still what the page defines.

    A function may start from quantities that the page defines on the way: an error of the layer
    after, a normalised input. Held, they hide what lies behind them, and the definition needs more
    than the arguments or loses a path of the chain rule. The printed result alone is compared then;
    that it equals the quantity is a claim of the page.
    """
    known = {entry.number for a in arguments for entry in a.entries if entry.kind == "leaf"}
    return all(
        not term.leaves - known and page.terms.replace(term, behind) is true
        for term, true in zip(defined, whole, strict=True)
    )


def _likeness(case: Case) -> tuple[int, int]:
    """How many lengths of a case are 1, or equal to another: such cases show little."""
    lengths = [size for argument in case.arguments for size in argument.shape]
    matrix = [size for a in case.arguments if len(a.shape) == 2 for size in a.shape]
    return lengths.count(1), len(matrix) - len(set(matrix))


def _bound(meaning: Meaning, row: dict[str, int], node: Node) -> Term:
    before, meaning.bound = meaning.bound, row
    try:
        return meaning.scalar(node)
    finally:
        meaning.bound = before


def _free_indices(quantity: Node, arguments: Sequence[Ref], page: Page) -> list[str]:
    """Names with a range, in order of appearance, that no argument fixes: the result's axes."""
    fixed = {part.name for ref in arguments for part in walk(ref) if isinstance(part, Ref)}
    names = []
    for part in walk(quantity):
        if isinstance(part, Ref) and not part.subs and part.layer is None:
            entry = page.scope.entry(part)
            if entry is not None and entry.range is not None and part.name not in fixed:
                names.append(part.name)
    return list(dict.fromkeys(names))


def _argument(
    name: str,
    ref: Ref,
    meaning: Meaning,
    page: Page,
    given: dict[int, Term],
    behind: dict[int, Term],
) -> Argument:
    """A parameter's entries; what the page defines from other names is held independent here.

    An entry that is a derivative of a function of which nothing is known (an upstream gradient) is
    put into `given`: there the entry stands for it, wherever the chain rule brings it up. What is
    behind a held entry is put into `behind`.
    """
    shape, refs = meaning.entries(ref)
    entries = []
    for target in refs:
        actual = meaning.entry_term(ref, target)
        entry = page.scope.entry(ref)
        if actual.kind != "const" and entry is not None and meaning.is_defined(entry, target):
            held = meaning.hold(target, page.domain_of(ref))
            if actual.kind == "opaque":
                given[actual.number] = held
            behind[held.number] = actual
            actual = held
        entries.append(actual)
    return Argument(name, shape, tuple(entries))


# -- points -------------------------------------------------------------------------------------


def _compare(
    function: Callable[..., Any], case: Case, page: Page, rng: random.Random, measure: Measure
) -> None:
    leaves = list(dict.fromkeys(e for a in case.arguments for e in a.entries if e.kind == "leaf"))
    domains = [page.terms.domains[leaf.number] for leaf in leaves]
    _check_reach(case, leaves)
    all_scalar = all(not a.shape for a in case.arguments) and not case.shape
    chosen = _points([leaf.number for leaf in leaves], domains, rng, all_scalar)
    points = list(itertools.islice(chosen, LONG_POINTS if case.long else None))
    for point in points:
        _check_point(function, case, point, measure)
    if all_scalar and len(points) > 1:
        _check_together(function, case, points)


def _check_reach(case: Case, leaves: Sequence[Term]) -> None:
    """A quantity that depends on more than the arguments cannot be computed from them."""
    known = {leaf.number for leaf in leaves}
    for row in (case.defined, *case.printed):
        for term in row:
            if term.leaves - known:
                raise Mismatch("the quantity depends on more than the function's arguments")


def _points(
    leaves: Sequence[int], domains: Sequence[Domain], rng: random.Random, all_scalar: bool
) -> Iterator[Point]:
    def moderate() -> list[float]:
        return [_with_all_bits(sample(domain, rng), domain, rng) for domain in domains]

    for _ in range(POINTS):
        yield dict(zip(leaves, moderate(), strict=True))
    corners = [_corners(domain) for domain in domains]
    count = math.prod(len(values) for values in corners) if all_scalar else 0
    if all_scalar and count <= MAX_CORNERS:
        for corner in itertools.product(*corners):
            yield dict(zip(leaves, corner, strict=True))
        return
    for place, values in enumerate(corners):
        chosen = values if len(corners) <= 4 else rng.sample(values, min(4, len(values)))
        for value in chosen:
            row = moderate()
            row[place] = value
            yield dict(zip(leaves, row, strict=True))


def _with_all_bits(value: Fraction, domain: Domain, rng: random.Random) -> float:
    """A number near a sample whose digits are all taken, so that code has something to round."""
    exact = _as_float(value)
    near = exact * (1.0 + rng.uniform(-1.0, 1.0) / 4096)
    free = not domain.values and not domain.integer
    return near if free and _inside(near, domain) else exact


def _as_float(value: Fraction) -> float:
    return value.numerator / value.denominator


def _corners(domain: Domain) -> list[float]:
    """Ends, zero and far values of a domain, as floating-point numbers inside it."""
    if domain.values:
        return [_as_float(value) for value in domain.values]
    candidates = list(FAR)
    for end in (domain.low, domain.high):
        if end is not None:
            near = _as_float(end)
            candidates += [near, math.nextafter(near, math.inf), math.nextafter(near, -math.inf)]
            candidates += [near + 2.0**-20, near - 2.0**-20, near + 0.5, near - 0.5]
    return [value for value in dict.fromkeys(candidates) if _inside(value, domain)]


def _inside(value: float, domain: Domain) -> bool:
    exact = Fraction(value)
    if domain.low is not None and (exact < domain.low or (domain.low_open and exact == domain.low)):
        return False
    return not (
        domain.high is not None
        and (exact > domain.high or (domain.high_open and exact == domain.high))
    )


# -- comparing ----------------------------------------------------------------------------------


def _inputs(case: Case, point: Point) -> list[Any]:
    values: list[Any] = []
    for argument in case.arguments:
        numbers = [
            point[e.number] if e.kind == "leaf" else _as_float(_constant(e))
            for e in argument.entries
        ]
        values.append(np.array(numbers).reshape(argument.shape) if argument.shape else numbers[0])
    return values


def _constant(term: Term) -> Fraction:
    assert isinstance(term.data, Fraction)
    return term.data


def _called(function: Callable[..., Any], case: Case, values: Sequence[Any]) -> Any:
    """The function's result; a warning, a changed input or an exception is a mismatch."""
    before = [np.array(value, copy=True) for value in values]
    names = [argument.name for argument in case.arguments]
    try:
        with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
            warnings.simplefilter("error")
            result = function(**dict(zip(names, values, strict=True)))
    except Exception as error:
        raise Mismatch(f"{type(error).__name__}: {error}") from None
    for name, value, old in zip(names, values, before, strict=True):
        if not np.array_equal(np.asarray(value), old):
            raise Mismatch(f"the input {name} is changed")
        if np.shares_memory(np.asarray(result), np.asarray(value)):
            raise Mismatch(f"the result is the input {name} itself, not a copy")
    return result


def _shown(case: Case, values: Sequence[Any]) -> str:
    pairs = zip(case.arguments, values, strict=True)
    return ", ".join(f"{a.name} = {np.array2string(np.asarray(v), precision=4)}" for a, v in pairs)


def _check_point(function: Callable[..., Any], case: Case, point: Point, measure: Measure) -> None:
    values = _inputs(case, point)
    try:
        result = np.asarray(_called(function, case, values))
        if result.shape != case.shape:
            raise Mismatch(f"the result has shape {result.shape}, not {case.shape}")
        if result.dtype != np.float64:
            raise Mismatch(f"the result is {result.dtype}, not float64")
        _check_entries(result, case, point, measure)
    except Mismatch as fault:
        raise Mismatch(f"{fault}, at {_shown(case, values)}") from None


def _check_entries(result: Any, case: Case, point: Point, measure: Measure) -> None:
    exact = _Values({leaf: Fraction(value) for leaf, value in point.items()})
    for source, row in (
        ("the definition", case.defined),
        *(("the printed result", r) for r in case.printed),
    ):
        for got, term in zip(result.ravel(), row, strict=True) if row else ():
            _check_value(float(got), term, exact, source, measure, case.long)


def _check_value(
    got: float, term: Term, values: _Values, source: str, measure: Measure, long: bool
) -> None:
    true = values.of(term)
    if true is None:
        return
    with precision(PRECISIONS[1]):
        size = abs(true)
        if size > arb(1.7e308):
            return
        if not math.isfinite(got):
            raise Mismatch(f"{got} where {source} gives {_short(true)}")
        error = abs(exact_ball(Fraction(got)) - true)
        nearest = abs(float(true.mid()))
        ulps = float((error / arb(math.ulp(nearest))).mid())
        relative = float((error / size).mid()) if size > 0 else (0.0 if error == 0 else math.inf)
        absolute = float(error.mid())
    if relative > (LONG_BAR if long else RELATIVE_BAR) and absolute > ABSOLUTE_BAR:
        raise Mismatch(f"{got!r} where {source} gives {_short(true)}")
    if long:
        return  # what is reported are the samples at the tight bar
    measure.samples += 1
    measure.ulps = max(measure.ulps, ulps)
    if absolute > ABSOLUTE_BAR:
        measure.relative = max(measure.relative, relative)


def _short(value: arb) -> str:
    return str(value.str(17, radius=False))


class _Values:
    """Values of terms at one point, to far more digits than a double holds."""

    def __init__(self, point: dict[int, Fraction]) -> None:
        self.point = point
        self.memos: dict[int, dict[int, arb]] = {bits: {} for bits in PRECISIONS}

    def of(self, term: Term) -> arb | None:
        """The value of a term, or None where it has none."""
        for bits in PRECISIONS:
            with precision(bits):
                try:
                    value = evaluate(term, self.point, self.memos[bits])
                except Unclear:
                    continue
                except Undefined:
                    return None
                if value == 0 or value.rel_accuracy_bits() > 100 or abs(value) < arb("1e-400"):
                    return value
        return None


def _check_together(function: Callable[..., Any], case: Case, points: Sequence[Point]) -> None:
    """An array of points must give what the points give one by one."""
    columns = [np.array(column) for column in zip(*(_inputs(case, p) for p in points), strict=True)]
    result = np.asarray(_called(function, case, columns))
    if result.shape != (len(points),):
        raise Mismatch(f"an array of {len(points)} points gives the shape {result.shape}")
    for k, point in enumerate(points):
        alone = float(np.asarray(_called(function, case, _inputs(case, point))))
        if abs(float(result[k]) - alone) > RELATIVE_BAR * abs(alone):
            raise Mismatch(f"in an array {float(result[k])!r}, alone {alone!r}")
