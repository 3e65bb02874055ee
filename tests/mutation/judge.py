"""Whether a changed page is caught, and if not, whether the change can be shown to mean nothing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path

from mathlint.check import check_text
from mathlint.errors import Unread
from mathlint.judging import PageCheck
from mathlint.page import read_page
from mathlint.reading import read_formula
from mathlint.report import GREEN, Report
from mathlint.settings import Settings
from mathlint.syntax import (
    Bracketed,
    Cases,
    Chain,
    Condition,
    Membership,
    Node,
    Range,
    Sentence,
    children,
)

ROOT = Path(__file__).parents[2]
SETTINGS = Settings.load(ROOT)
SAME = tomllib.loads((Path(__file__).parent / "same.toml").read_text(encoding="utf-8"))["formula"]
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
    if (reason := stated_reason(source, place, before, tex)) is not None:
        return Verdict("equivalent", reason)
    if pairs and all(
        any(same_value(source, place, *part, pair[2], before, tex) for part in parts(*pair[:2]))
        for pair in pairs
    ):
        return Verdict("equivalent", "the changed part has exactly the same value")
    others = differing_conditions(old, new)
    if others and all(follows(one, other) for one, other in others):
        return Verdict("equivalent", "a claim about fewer points, which follows from the old one")
    if bounds_fewer(old, new) and kinds(source, place, tex) == {"declaration"}:
        return Verdict("equivalent", "a bound that fewer cases meet, of which every claim is one")
    if (
        pairs
        and kinds(source, place, tex) == {"claim"}
        and all(narrower_cases(one, other) for one, other, _ in pairs)
    ):
        return Verdict("equivalent", "a claim about fewer points, which follows from the old one")
    if others and all(holds_anyway(source, place, one, before) for one, _ in others):
        return Verdict("equivalent", "another condition on a claim that holds without any")
    if only_domains(old, new) and all_exact(source, place, tex):
        return Verdict("equivalent", "another domain, in which every claim is still exact")
    return Verdict("survived", "")


def stated_reason(source: Source, place: Place, old: str, new: str) -> str | None:
    """Why a change makes no difference, as same.toml states it, if the values agree."""
    for entry in SAME:
        if entry["before"] in old and old.replace(entry["before"], entry["after"]) == new:
            claim = f"\n\n$$\n{entry['before']} = {entry['after']}\n$$\n"
            end = behind(source.bare, place[1])
            found = check_text(source.bare[:end] + claim, source.name, SETTINGS).statements[-1]
            if found.kind == "claim" and found.verdict in ("exact", "numeric"):
                return str(entry["reason"])
    return None


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


def parts(one: Node, other: Node) -> Iterator[tuple[Node, Node]]:
    """Two sides, and the ever smaller parts of them in which alone they differ."""
    while True:
        yield one, other
        below = list(zip(children(one), children(other), strict=False))
        differ = [(a, b) for a, b in below if a != b]
        if skeleton(one) != skeleton(other) or len(differ) != 1:
            return
        one, other = differ[0]


def skeleton(node: Node) -> object:
    """A node without the nodes below it."""

    def bare(value: object) -> object:
        if isinstance(value, Node):
            return None
        return tuple(map(bare, value)) if isinstance(value, tuple) else value

    places = ("start", "end")
    names = [field.name for field in fields(node) if field.name not in places]
    return type(node), [bare(getattr(node, name)) for name in names]


def differing_conditions(
    old: tuple[Sentence, ...], new: tuple[Sentence, ...]
) -> list[tuple[Chain, Chain]] | None:
    """The equations that differ in their conditions alone; None if anything else differs."""
    found = []
    for before, after in zip(old, new, strict=False):
        if before != after:
            if not isinstance(before, Chain) or not isinstance(after, Chain):
                return None
            if replace(before, conditions=()) != replace(after, conditions=()):
                return None
            found.append((before, after))
    return found if len(old) == len(new) else None


IMPLIED = {"!=": ("<", ">"), ">=": (">", "="), "<=": ("<", "=")}


def follows(before: Chain, after: Chain) -> bool:
    """Whether each changed condition is met by fewer points than the one in its place."""
    if len(before.conditions) != len(after.conditions):
        return False
    for one, other in zip(before.conditions, after.conditions, strict=True):
        if one == other:
            continue
        if not isinstance(one, Condition) or not isinstance(other, Condition):
            return False
        if not implies(other, one):
            return False
    return True


def implies(after: Chain | Condition, before: Chain | Condition) -> bool:
    """Whether what meets one chain of relations meets the other, because of its signs alone."""
    pairs = zip(before.relations, after.relations, strict=False)
    narrower = all(a == b or b in IMPLIED.get(a, ()) for a, b in pairs)
    return before.members == after.members and narrower


def bounds_fewer(old: tuple[Sentence, ...], new: tuple[Sentence, ...]) -> bool:
    """Whether all that differs are orders that stand alone, each met by fewer cases than before."""
    if len(old) != len(new):
        return False
    pairs = [(one, other) for one, other in zip(old, new, strict=True) if one != other]
    return all(
        isinstance(one, Chain) and isinstance(other, Chain) and implies(other, one)
        for one, other in pairs
    )


def narrower_cases(before: Node, after: Node) -> bool:
    """Whether two sides differ in the condition of one case alone, which fewer points meet."""
    *around, (one, other) = parts(before, after)
    of_a_case = bool(around) and isinstance(around[-1][0], Cases)
    if not of_a_case or not isinstance(one, Condition) or not isinstance(other, Condition):
        return False
    rest = any(not row.members for row in children(around[-1][0]) if isinstance(row, Condition))
    marked = any(isinstance(node, Bracketed) for node, _ in around)
    return not rest and not marked and implies(other, one)


def kinds(source: Source, place: Place, tex: str) -> set[str]:
    """The kinds of the statements that a changed formula makes."""
    text = changed(source.bare, place, tex)
    found = check_text(text[: behind(text, place[0] + len(tex))], source.name, SETTINGS).statements
    return {s.kind for s in found if s.formula == found[-1].formula}


def holds_anyway(source: Source, place: Place, chain: Chain, tex: str) -> bool:
    """Whether the page's claims under a condition are green without it."""
    if place not in source.formulas or set(chain.relations) != {"="}:
        return False
    sides = [tex[member.start : member.end] for member in chain.members]
    claim = f"\n\n$$\n{' = '.join(sides)}\n$$\n"
    end = behind(source.bare, place[1])
    found = check_text(source.bare[:end] + claim, source.name, SETTINGS).statements
    own = [s for s in found if s.formula == found[-1].formula]
    return all(s.kind == "claim" and s.verdict in ("exact", "numeric") for s in own)


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
