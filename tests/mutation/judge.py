"""Whether a changed page is caught, and if not, whether the change can be shown to mean nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mathlint.check import check_text
from mathlint.errors import Unread
from mathlint.judging import PageCheck
from mathlint.page import read_page
from mathlint.reading import read_formula
from mathlint.report import GREEN, Report
from mathlint.settings import Settings
from mathlint.syntax import Chain, Membership, Node, Range, Sentence

ROOT = Path(__file__).parents[2]
SETTINGS = Settings.load(ROOT)
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
CALL = re.compile(r"(\\[A-Za-z]+|[A-Za-z])\((?:\\[A-Za-z]+|[A-Za-z])\) *=")
COMPUTES = re.compile(r'computes="([^"]*)"')
COMPUTED = re.compile(r"\w+\((?P<arguments>.*?)\) = (?P<quantity>[^;\"]+)")
ARGUMENT = re.compile(r"\w+=([^,]+)")
DELIMITER = re.compile(r"\s*\$\$?")
UNUSED = "ML207"
CRASH = "ML900"


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: killed, equivalent or survived, and how that is known."""

    state: str
    reason: str


Place = tuple[int, int]


@dataclass(frozen=True)
class Source:
    """A page with the places of its formulas and of the quantities that its fences name.

    `bare` is the text without code, in which everything else keeps its place.
    """

    path: Path
    text: str
    bare: str
    formulas: tuple[Place, ...]
    quantities: tuple[Place, ...]
    functions: frozenset[str]

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    def tex(self, place: Place) -> str:
        """A formula as it is written, the indentation of its lines included."""
        return self.text[place[0] : place[1]]

    def line(self, place: Place, offset: int = 0) -> int:
        return self.text.count("\n", 0, place[0] + offset) + 1


@cache
def source_of(path: Path) -> Source:
    """A page, read once, with the place of each formula between its delimiters."""
    text = path.read_text(encoding="utf-8")
    found = read_page(blanked(text), str(path), None).formulas
    places = tuple((f.offset(0), f.offset(len(f.tex) - 1) + 1) for f in found)
    functions = frozenset(CALL.findall(text)) | asked_for(text)
    return Source(path, text, blanked(text), places, tuple(quantities(text)), functions)


def asked_for(text: str) -> frozenset[str]:
    """The names that the checker takes for functions when it reads a page."""
    check = PageCheck(read_page(blanked(text), "", None), SETTINGS)
    check.report()
    asked = (name for read in check.read.values() for name in read.functions.items())
    return frozenset(name for name, is_function in asked if is_function)


def quantities(text: str) -> Iterator[Place]:
    """The LaTeX in the headers of the fences: of quantities, and of parameters that name theirs."""
    for header in COMPUTES.finditer(text):
        for match in COMPUTED.finditer(text, *header.span(1)):
            yield from (m.span(1) for m in ARGUMENT.finditer(text, *match.span("arguments")))
            yield match.span("quantity")


def blanked(text: str) -> str:
    """A page's text with spaces in place of its fenced code, so that all offsets stay."""
    return FENCE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def new_findings(report: Report, ignored: frozenset[str] = frozenset()) -> list[str]:
    """What a report finds, in short, apart from codes that do not count."""
    return [
        f"{item.line}: {item.code} {item.message}"
        for item in report.findings
        if item.code not in ignored and item.verdict not in GREEN
    ]


def changed(text: str, place: tuple[int, int], tex: str) -> str:
    """A page's text with another formula in the place of one."""
    return text[: place[0]] + tex + text[place[1] :]


def judged(source: Source, place: Place, tex: str) -> Verdict:
    """The verdict on a page whose formula at `place` reads `tex` instead.

    The page is checked in three steps, each only if the one before found nothing: down to the
    changed formula, then whole but without its code, then whole. What is found early is found by
    the whole check too: formulas are judged in reading order, before the code. Only a definition
    that nothing uses can be told at the end alone.
    """
    for text, ignored in steps(source, place, tex):
        report = check_text(text, source.name, SETTINGS)
        if crash := crashed(report):
            return Verdict("survived", crash)
        if found := new_findings(report, ignored):
            return Verdict("killed", found[0])
    return equivalence(source, place, tex)


def crashed(report: Report) -> str:
    """Where the checker itself failed, which is a defect and no way to be killed."""
    return next((f"{CRASH} {item.message}" for item in report.findings if item.code == CRASH), "")


def steps(source: Source, place: Place, tex: str) -> Iterator[tuple[str, frozenset[str]]]:
    """The texts to check, each with the codes that do not count in it yet."""
    if place in source.formulas:
        bare = changed(source.bare, place, tex)
        yield bare[: behind(bare, place[0] + len(tex))], frozenset({UNUSED})
        yield bare, frozenset({UNUSED})
    yield changed(source.text, place, tex), frozenset()


def behind(text: str, end: int) -> int:
    """The place behind the delimiter that closes a formula."""
    match = DELIMITER.match(text, end)
    assert match is not None
    return match.end()


# -- equivalence --------------------------------------------------------------------------------


def equivalence(source: Source, place: Place, tex: str) -> Verdict:
    """Why a change that is not caught changes nothing, or that it survived."""
    before = source.tex(place)
    old, new = (sentences(text, source.functions) for text in (before, tex))
    if not old or not new:
        return Verdict("survived", "not read here")
    if old == new:
        return Verdict("equivalent", "the same tree")
    if place in source.formulas and all(map(is_mention, (*old, *new))):
        return Verdict("equivalent", "a mention of other introduced names, which claims nothing")
    pairs = differing(old, new)
    if pairs and all(same_value(source, place, *pair, before, tex) for pair in pairs):
        return Verdict("equivalent", "the changed side has exactly the same value")
    if only_domains(old, new) and all_exact(source, place, tex):
        return Verdict("equivalent", "another domain, in which every claim is still exact")
    return Verdict("survived", "")


def is_mention(sentence: Sentence) -> bool:
    return isinstance(sentence, Chain) and not sentence.relations


def sentences(tex: str, functions: frozenset[str]) -> tuple[Sentence, ...]:
    try:
        return read_formula(tex, lambda name: name in functions)
    except Unread:
        return ()


Pair = tuple[Node, Node, Sentence]


def differing(old: tuple[Sentence, ...], new: tuple[Sentence, ...]) -> list[Pair] | None:
    """The sides that differ, one beside the other; None where the sentences differ otherwise."""
    if len(old) != len(new):
        return None
    found: list[Pair] = []
    for before, after in zip(old, new, strict=True):
        if before == after:
            continue
        if not isinstance(before, Chain) or not isinstance(after, Chain):
            return None
        same = (before.relations, before.conditions) == (after.relations, after.conditions)
        if not same or len(before.members) != len(after.members):
            return None
        members = zip(before.members, after.members, strict=True)
        found += [(one, other, before) for one, other in members if one != other]
    return found


def same_value(
    source: Source, place: Place, one: Node, other: Node, sentence: Sentence, old: str, new: str
) -> bool:
    """Whether exact algebra shows, on the unchanged page, that both sides are equal."""
    left, right = old[one.start : one.end], new[other.start : other.end]
    condition = ""
    if isinstance(sentence, Chain) and sentence.conditions:
        first, last = sentence.conditions[0], sentence.conditions[-1]
        condition = f" \\; ({old[first.start : last.end]})"
    end = behind(source.bare, place[1]) if place in source.formulas else len(source.bare)
    claim = f"\n\n$$\n{left} = {right}{condition}\n$$\n"
    report = check_text(source.bare[:end] + claim, source.name, SETTINGS)
    last_one = report.statements[-1]
    return last_one.kind == "claim" and last_one.verdict == "exact"


def only_domains(old: tuple[Sentence, ...], new: tuple[Sentence, ...]) -> bool:
    """Whether only the sets of the same names, or the values of the same indices, differ."""

    def declares(sentence: Sentence) -> object:
        if isinstance(sentence, (Membership, Range)):
            return type(sentence), sentence.names
        return sentence

    return [declares(s) for s in old] == [declares(s) for s in new]


def all_exact(source: Source, place: Place, tex: str) -> bool:
    """Whether exact algebra shows every claim that it shows on the unchanged page."""
    text = changed(source.bare, place, tex)
    return numeric_claims(text) <= numeric_claims(source.bare)


@cache
def numeric_claims(text: str) -> int:
    """How many claims of a page rest on samples: orders and memberships."""
    return sum(s.verdict == "numeric" for s in check_text(text, "", SETTINGS).statements)


def pages() -> Iterator[Source]:
    """The derivations in English; the Chinese pages hold the same formulas."""
    for path in sorted((ROOT / "docs" / "en").glob("*/*.md")):
        yield source_of(path)
