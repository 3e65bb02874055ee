"""How fast the checker is, beside SymPy on the same claims in the same process.

`python -m tests.bench` prints medians of several runs; no time is ever asserted.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import sympy
from sympy.parsing.latex import parse_latex

from mathlint.check import check_paths, check_text
from mathlint.page import read_page
from mathlint.report import Report, Statement
from mathlint.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
ENGLISH = sorted((DOCS / "en").glob("*/*.md"))
SETTINGS = Settings.load(ROOT)
WITHOUT_SNIPPETS = replace(SETTINGS, snippets=None)
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
PATIENCE = 20.0


def median_of(times: list[float]) -> str:
    low, middle, high = min(times), statistics.median(times), max(times)
    return f"{middle:8.3f} s   ({low:.3f} to {high:.3f})"


def timed(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """Seconds of processor time, so that other programs do not count."""
    gc.collect()
    gc.freeze()  # SymPy's many objects would slow the collector, and with it whatever else runs
    began = clock()
    work()
    return clock() - began


# -- the checker alone --------------------------------------------------------------------------


def throughput(runs: int) -> None:
    """Statements a second over docs, in this process, after import."""
    report = check_paths([DOCS], SETTINGS)
    pages = {FENCE.sub("", path.read_text("utf-8")): path for path in sorted(DOCS.glob("*/*/*.md"))}

    def formulas_alone() -> None:
        for text, path in pages.items():
            check_text(text, str(path), WITHOUT_SNIPPETS)

    def every_page() -> None:
        for path in pages.values():
            check_paths([path], SETTINGS)

    alone = [timed(formulas_alone) for _ in range(runs)]
    every = [timed(every_page) for _ in range(runs)]
    once = [timed(lambda: check_paths([DOCS], SETTINGS)) for _ in range(runs)]
    count = len(report.statements)
    print(f"docs: {len(pages)} pages, {count} statements, {len(report.snippets)} functions tied;")
    print("median seconds of processor time (least to most), after import, in one process")
    for name, times in (
        ("formulas", alone),
        ("formulas and functions", every),
        ("  equal ones once", once),
    ):
        rate = count / statistics.median(times)
        print(f"  {name:24}{median_of(times)}  {rate:7.0f} statements/s")


def start_up(runs: int) -> None:
    """The whole command, by the clock on the wall."""
    print("the whole command, by the clock on the wall; docs are both languages")
    with tempfile.TemporaryDirectory() as name:
        page = Path(name) / "page.md"
        page.write_text("$1 + 1 = 2$\n", "utf-8")
        cores = str(os.cpu_count() or 1)
        for title, options in (
            ("start alone", ["--version"]),
            ("one line", [str(page)]),
            ("docs, one process", ["docs", "--no-cache", "--jobs", "1"]),
            (f"docs, {cores} processes", ["docs", "--no-cache", "--jobs", cores]),
            ("docs, unchanged", ["docs"]),
        ):
            command = [sys.executable, "-m", "mathlint", *options]

            def process(command: list[str] = command) -> None:
                subprocess.run(command, stdout=subprocess.DEVNULL, cwd=ROOT, check=True)

            process()
            print(
                f"  {title:24}{median_of([timed(process, time.perf_counter) for _ in range(runs)])}"
            )


def growth(runs: int) -> None:
    """What copies of one page cost, as further pages and on one page."""
    path = DOCS / "en" / "losses" / "logistic_cost_activation.md"
    text = FENCE.sub("", path.read_text("utf-8"))

    def judged(text: str) -> Report:
        return check_text(text, "", WITHOUT_SNIPPETS)

    print("copies of one page            as pages             on one page")
    first: tuple[float, float] | None = None
    for copies in (1, 2, 4, 8):
        pages, joined = (
            statistics.median(timed(work) for _ in range(runs))
            for work in (
                lambda copies=copies: [judged(text) for _ in range(copies)],
                lambda copies=copies: judged(text * copies),
            )
        )
        first = first or (pages, joined)
        print(
            f"  {copies:<24}{pages:8.3f} s {pages / first[0]:5.2f}x"
            f"     {joined:8.3f} s {joined / first[1]:5.2f}x"
        )


# -- SymPy --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """What SymPy is told of a page by hand: functions, names with what they stand for, variables.

    A name stands after those that its definition uses.
    """

    functions: dict[str, sympy.Lambda]
    names: dict[str, sympy.Expr]
    variables: tuple[str, ...]


def _known() -> dict[str, Known]:
    z, t, a, y = sympy.symbols("z t a y")
    sigmoid = {"sigma": sympy.Lambda(t, 1 / (1 + sympy.exp(-t)))}
    activation = sigmoid["sigma"](z)
    cost = -y * sympy.log(a) - (1 - y) * sympy.log(1 - a)
    terms = sum(sympy.Symbol(f"theta_{{{k}}}") * sympy.Symbol(f"x_{{{k}}}") for k in range(4))
    linear = tuple(f"{letter}_{{{k}}}" for letter in ("theta", "x") for k in "0123jn")
    logistic = Known(sigmoid, {"a": activation, "C": cost}, ("z", "y"))
    return {
        "sigmoid": Known(sigmoid, {"u": 1 + sympy.exp(-z)}, ("z",)),
        "linear_function": Known({}, {"z": terms}, linear),
        "logistic_cost_activation": logistic,
        "logistic_cost_logit": logistic,
        "logistic_cost_weights": Known(
            sigmoid, {"z": terms, "a": activation, "C": cost}, ("y", *linear)
        ),
        # parse_latex drops the indices of z^{(l)}_i and takes its layer for a power.
        "neuron": Known(sigmoid, {}, ()),
        "output_layer": Known(sigmoid, {}, ()),
    }


KNOWN = _known()


class Misread(Exception):
    """What SymPy read is not what stands there."""


class Slow(Exception):
    """SymPy took too long."""


def read(tex: str, known: Known) -> sympy.Expr:
    """One side of a claim as SymPy reads it; raises Misread where it holds what is not there."""
    value = parse_latex(tex).replace(sympy.Symbol("e"), sympy.E)
    for call in value.atoms(sympy.core.function.AppliedUndef):
        if call.func.__name__ not in known.functions:
            raise Misread(f"{call.func.__name__} taken for a function")
    names = {symbol.name for symbol in value.free_symbols}
    strange = sorted(names - set(known.names) - set(known.variables))
    if strange:
        raise Misread(f"{', '.join(strange)} taken for variables")
    return value


def meaning(value: sympy.Expr, known: Known, held: frozenset[str] = frozenset()) -> sympy.Expr:
    """A side with its definitions put in; a derivative holds the name that it is taken by."""
    if isinstance(value, sympy.Derivative):
        operand, *by = value.args
        inner = held | {variable.name for variable, _ in by}
        return _put_in(sympy.diff(meaning(operand, known, inner), *by), known, held)
    if value.args:
        value = value.func(*(meaning(part, known, held) for part in value.args))
    return _put_in(value, known, held)


def _put_in(value: sympy.Expr, known: Known, held: frozenset[str]) -> sympy.Expr:
    for name, function in known.functions.items():
        value = value.replace(sympy.Function(name), function)
    for name, definition in reversed(known.names.items()):
        if name in held:
            return value
        value = value.subs(sympy.Symbol(name), definition)
    return value


def equal(claim: Claim) -> bool:
    """The obvious alternative: read both sides, put in definitions, simplify the difference."""
    known = KNOWN[claim.page]
    left, right = (meaning(read(side, known), known) for side in claim.sides)
    return sympy.simplify(left - right) == 0


def far_apart(claim: Claim) -> bool:
    """Whether the two sides, as SymPy read them, differ at a point."""
    known = KNOWN[claim.page]
    left, right = (meaning(read(side, known), known) for side in claim.sides)
    difference = (left - right).doit()
    point = {
        symbol: sympy.Rational(k + 2, 7 + k)
        for k, symbol in enumerate(sorted(difference.free_symbols, key=str))
    }
    found = difference.subs(point).evalf(30)
    return not (found.is_number and abs(found) < 1e-15)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Raise Slow where the block takes longer."""

    def stop(number: int, frame: object) -> None:
        raise Slow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# -- both on the same claims --------------------------------------------------------------------


@dataclass(frozen=True)
class Claim:
    """One equality of a page."""

    page: str
    sides: tuple[str, str]
    line: int


def claims() -> list[Claim]:
    """The green equalities of those pages of docs/en of which SymPy has been told."""
    found = []
    for path in (path for path in ENGLISH if path.stem in KNOWN):
        for statement in check_text(path.read_text("utf-8"), str(path), SETTINGS).statements:
            left, equals, right = statement.latex.partition(" = ")
            if statement.kind == "claim" and statement.verdict in ("exact", "numeric") and equals:
                found.append(Claim(path.stem, (left, right), statement.line))
    return found


def outcome(claim: Claim) -> str:
    """What SymPy makes of a claim that is true: right, or how it fails."""
    try:
        with patience(PATIENCE):
            if equal(claim):
                return "right"
            return "wrong reading: refuted" if far_apart(claim) else "not decided"
    except Misread as fault:
        return f"wrong reading: {fault}"
    except Slow:
        return "not decided"
    except Exception as error:
        return f"error: {type(error).__name__}"


def reduced(path: Path, shared: list[Claim]) -> str:
    """A page's declarations and definitions, and below them the shared claims alone."""
    text = path.read_text("utf-8")
    source = read_page(text, str(path), SETTINGS.snippets)
    report = check_text(text, str(path), SETTINGS)
    wanted: list[str] = []
    for number, formula in enumerate(source.formulas):
        mine = [item for item in report.statements if item.formula == number]
        if all(item.kind in ("declaration", "definition") for item in mine):
            wanted.append(formula.tex)
        else:
            wanted += [s.latex for s in mine if s.kind == "claim" and _is_shared(s, shared)]
    return "\n\n".join(f"$$\n{tex.strip()}\n$$" for tex in wanted)


def _is_shared(statement: Statement, shared: list[Claim]) -> bool:
    return any(
        claim.line == statement.line and " = ".join(claim.sides) == statement.latex
        for claim in shared
    )


def beside_sympy(runs: int, tell: bool) -> None:
    """The rate of both on the claims that both read and SymPy gets right."""
    every = claims()
    outcomes = {claim: outcome(claim) for claim in every}
    shared = [claim for claim, said in outcomes.items() if said == "right"]
    kinds = Counter(said.split(":")[0] for said in outcomes.values())
    told = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
    told_of = f"{len(every)} green equalities of {len(KNOWN)} pages"
    print(f"SymPy {sympy.__version__} on the {told_of}: {told}")
    for claim, said in outcomes.items():
        if tell and said != "right":
            print(f"  {claim.page}:{claim.line} {said}")
    pages = [path for path in ENGLISH if any(claim.page == path.stem for claim in shared)]
    texts = [reduced(path, [c for c in shared if c.page == path.stem]) for path in pages]
    bare = [reduced(path, []) for path in pages]

    def ours(texts: list[str]) -> list[Report]:
        return [check_text(text, "", WITHOUT_SNIPPETS) for text in texts]

    def theirs() -> list[bool]:
        return [equal(claim) for claim in shared]

    judged = [item for report in ours(texts) for item in report.statements]
    green = sum(item.kind == "claim" and item.verdict in ("exact", "numeric") for item in judged)
    print(
        f"the {len(shared)} that it gets right, by turns; mathlint finds {green} of them green, and"
    )
    print(
        f"reads the {len(judged) - green} declarations and definitions that SymPy is given by hand"
    )
    times: dict[str, list[float]] = {
        "mathlint": [],
        "  definitions alone": [],
        "SymPy, cache kept": [],
        "SymPy, cache cleared": [],
    }
    for _ in range(runs):
        for name, work in (
            ("mathlint", lambda: ours(texts)),
            ("  definitions alone", lambda: ours(bare)),
            ("SymPy, cache kept", theirs),
            ("SymPy, cache cleared", theirs),
        ):
            if name.endswith("cleared"):
                sympy.core.cache.clear_cache()
            times[name].append(timed(work))
    middle = {name: statistics.median(found) for name, found in times.items()}
    claims_alone = middle["mathlint"] - middle["  definitions alone"]
    for name, found in times.items():
        row = f"  {name:24}{median_of(found)}"
        if name != "  definitions alone":
            row += f"  {len(shared) / middle[name]:7.1f} claims/s"
        if name.startswith("SymPy"):
            row += f"  mathlint {middle[name] / middle['mathlint']:.0f} times as fast"
            row += f", {middle[name] / claims_alone:.0f} times on the claims alone"
        print(row)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--verbose", action="store_true", help="tell each claim that SymPy misses")
    options = parser.parse_args(arguments)
    warnings.filterwarnings("ignore", module="antlr4")
    throughput(options.runs)
    start_up(options.runs)
    growth(options.runs)
    beside_sympy(options.runs, options.verbose)
    return 0


if __name__ == "__main__":
    sys.exit(main())
