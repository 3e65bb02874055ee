"""`make mutants`: changes every formula and every snippet of the site, one token at a time.

Each formula of the English pages (the Chinese ones hold the same formulas) and each quantity that
a fence names is changed: digits, signs, operators, relations and functions exchanged, names and
indices swapped for others of the page, layers, terms and factors dropped or doubled, fractions
turned, matrices transposed, cases exchanged, brackets moved, any token left out. Each function of
the snippets is changed in its syntax tree. Every change is judged alone:

- killed: the report of the changed page has a finding. A snippet's change that the report cannot
  see, such as one for arrays of more axes than the page speaks of, is killed if
  tests/test_snippets.py fails on it.
- equivalent, proved in one of these ways: the changed formula has the same syntax tree; the changed
  part of a claim has exactly the same value as the old one, for every choice of sizes and indices,
  on the unchanged page; a condition, the condition of a claim's case or a declared bound is met by
  fewer points than the old one, or a condition stands on a claim that holds without any; only a
  domain or the range of an index is another one, while exact algebra still shows every claim that
  it showed before; a mention names other quantities that are introduced too, and claims nothing
  before and after; a snippet's line is listed with its reason in tests/mutation/same.toml, and
  returns the same bits at every point of its tests; a part of a formula is listed there, and has
  the same value wherever it is tried.
- survived: anything else, a failure (ML900), an exception or a hang of the checker among it.

By default some changes of every kind are judged on every page and in every module, drawn with a
fixed seed; ALL=1 judges all. Ends with 1 if any change survived, 2 if a page has findings before
any change.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from types import FrameType

from mathlint.check import check_text
from tests.mutation.code import changed_line, code_of, judged_code, line_of, module_of
from tests.mutation.formulas import Edit, edits, names_of
from tests.mutation.judge import (
    SETTINGS,
    Place,
    Source,
    Verdict,
    judged,
    new_findings,
    pages,
)
from tests.mutation.snippets import Change, changes

SEED = 20190504
FORMULAS, FUNCTIONS = 2, 2  # changes of each kind on a page and in a module
SECONDS = 120


@dataclass(frozen=True)
class Mutant:
    """One change: of the formula at a place of a page, or, without a place, of its module."""

    source: Source
    at: Place | None
    change: Edit | Change

    @property
    def place(self) -> str:
        if self.at is None:
            line = code_of(self.source).count("\n", 0, self.change.start) + 1
            return f"snippets/{module_of(self.source).as_posix()}:{line}"
        return f"{self.source.name}:{self.source.line(self.at, self.change.start)}"

    def __str__(self) -> str:
        if self.at is None:
            code = code_of(self.source)
            shown = line_of(code, self.change).strip(), changed_line(code, self.change).strip()
            return f"{self.place}: {self.change.kind}: {shown[0]}  ->  {shown[1]}"
        tex, (start, end) = self.source.tex(self.at), (self.change.start, self.change.end)
        before, after = " ".join(tex[:start].split())[-30:], " ".join(tex[end:].split())[:30]
        middle = f"[[ {tex[start:end]} -> {self.change.text} ]]"
        return f"{self.place}: {self.change.kind}: {before} {middle} {after}"


def formula_mutants(source: Source) -> list[Mutant]:
    """Every change of every formula of a page, and of the quantities that its fences name."""
    names = names_of([source.tex(place) for place in source.formulas])
    return [
        Mutant(source, place, edit)
        for place in (*source.formulas, *source.quantities)
        for edit in edits(source.tex(place), names, source.functions)
    ]


def snippet_mutants(source: Source) -> list[Mutant]:
    """Every change of a page's module."""
    return [Mutant(source, None, change) for change in changes(code_of(source))]


def drawn(mutants: Sequence[Mutant], count: int, name: str) -> list[Mutant]:
    """Some mutants of a page, in its order, always the same ones."""
    if count >= len(mutants):
        return list(mutants)
    kept = random.Random(f"{SEED}/{name}").sample(range(len(mutants)), count)
    return [mutants[k] for k in sorted(kept)]


def of_every_kind(mutants: Sequence[Mutant], count: int) -> list[Mutant]:
    """So many mutants of each kind of change, always the same ones."""
    kinds: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        kinds.setdefault(mutant.change.kind, []).append(mutant)
    names = {kind: f"{kind} of {some[0].place}" for kind, some in kinds.items()}
    return [m for kind, some in kinds.items() for m in drawn(some, count, names[kind])]


def chosen(everything: bool) -> Iterator[Mutant]:
    for source in pages():
        formulas, functions = formula_mutants(source), snippet_mutants(source)
        if everything:
            yield from (*formulas, *functions)
        else:
            yield from of_every_kind(formulas, FORMULAS)
            yield from of_every_kind(functions, FUNCTIONS)


def verdict(mutant: Mutant) -> Verdict:
    """What becomes of a mutant; an exception or a hang of the checker is no way to be killed."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"no verdict within {SECONDS} s")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        if mutant.at is None:
            assert isinstance(mutant.change, Change)
            return judged_code(mutant.source, mutant.change)
        assert isinstance(mutant.change, Edit)
        tex = mutant.change.applied(mutant.source.tex(mutant.at))
        return judged(mutant.source, mutant.at, tex)
    except Exception as error:
        return Verdict("survived", f"{type(error).__name__}: {error}")
    finally:
        signal.alarm(0)


def run(everything: bool) -> int:
    """Judge the mutants on all cores; print survivors, with place and text, as they are found."""
    begin = time.monotonic()
    for source in pages():
        found = new_findings(check_text(source.text, source.name, SETTINGS))
        if found:
            print(f"{source.name} has findings of its own: {found[0]}")
            return 2
    mutants = list(chosen(everything))
    print(f"{len(mutants)} mutants on {os.cpu_count()} cores", flush=True)
    verdicts = []
    with ProcessPoolExecutor() as pool:
        for mutant, one in zip(mutants, pool.map(verdict, mutants, chunksize=4), strict=True):
            verdicts.append(one)
            if one.state == "survived" or (one.state == "equivalent" and "SHOW" in os.environ):
                print(f"{one.state}: {mutant} {one.reason}".rstrip(), flush=True)
    report(mutants, verdicts)
    print(f"{len(mutants)} mutants in {time.monotonic() - begin:.0f} s")
    return int(any(v.state == "survived" for v in verdicts))


def report(mutants: Sequence[Mutant], verdicts: Sequence[Verdict]) -> None:
    """Counts by page, in all, and of the reasons why changes are equivalent."""
    by_page: dict[str, Counter[str]] = {}
    for mutant, one in zip(mutants, verdicts, strict=True):
        name = mutant.place.partition(":")[0]
        by_page.setdefault(name, Counter())[one.state] += 1
    for name, counts in by_page.items():
        print(f"{name}: " + ", ".join(f"{counts[s]} {s}" for s in STATES))
    reasons = Counter(one.reason for one in verdicts if one.state == "equivalent")
    for reason, count in reasons.most_common():
        print(f"equivalent: {count}: {reason}")
    total = Counter(one.state for one in verdicts)
    print("total: " + ", ".join(f"{total[state]} {state}" for state in STATES))


STATES = ("killed", "equivalent", "survived")

if __name__ == "__main__":
    sys.exit(run(everything=os.environ.get("ALL") == "1"))
