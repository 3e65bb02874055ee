"""A Python-Markdown extension that prints mathlint's verdicts on the page, where they belong.

It needs no site generator: it reads the raw text before any other preprocessor, leaves marks
where a verdict, a caption or a finding belongs, and turns each mark into HTML when the blocks
are parsed, so that lists, tabs and admonitions hold it like any other paragraph. Findings are
also logged as warnings, which a strict build does not forgive.
"""

from __future__ import annotations

import logging
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.preprocessors import Preprocessor
from markdown.util import AtomicString

from mathlint.cache import Cache, cache_for
from mathlint.check import check_text
from mathlint.errors import Unread
from mathlint.output import Finding, headline
from mathlint.page import Page, read_page
from mathlint.report import GREEN, Report, SnippetCheck, Statement
from mathlint.settings import Settings
from mathlint.tie import ATTRIBUTE, Computes, computed

LOGGER = logging.getLogger("mkdocs.mathlint")
BEFORE_SNIPPETS = 40
BEFORE_CODE = 95
LONGEST_ECHO = 200

WORDS = {
    "en": {
        "lines": "{count} lines: ",
        "exact": "{count} exact",
        "numeric": "{count} to {digits} digits",
        "refuted": "{count} refuted",
        "unread": "{count} unread",
        "undecided": "{count} undecided",
        "only exact": "1 line: exact",
        "only numeric": "1 line: to {digits} digits",
        "only refuted": "1 line: refuted",
        "only unread": "1 line: unread",
        "only undecided": "1 line: undecided",
        "comma": ", ",
        "computes": " computes ${quantity}$",
        "where": " with ",
        "snippet": ": worst error {ulps} ulp over {samples} samples",
        "finding": "{code}, line {line}",
    },
    "zh": {
        "lines": "{count} 行：",
        "exact": "{count} 行精确成立",
        "numeric": "{count} 行核对到 {digits} 位",
        "refuted": "{count} 行不成立",
        "unread": "{count} 行未能读懂",
        "undecided": "{count} 行未能判定",
        "only exact": "1 行：精确成立",
        "only numeric": "1 行：核对到 {digits} 位",
        "only refuted": "1 行：不成立",
        "only unread": "1 行：未能读懂",
        "only undecided": "1 行：未能判定",
        "comma": "，",
        "computes": " 计算 ${quantity}$",
        "where": "，其中 ",
        "snippet": "：{samples} 个样本，最大误差 {ulps} ulp",
        "finding": "{code}，第 {line} 行",
    },
}
CLAIM_VERDICTS = ("exact", "numeric", "refuted", "unread", "undecided")

LEAD = re.compile(r"[ \t>]*")
OPENER = re.compile(r"(?:[-*+]|\d+[.)]|!!!|\?\?\?\+?|===[+!]*|\[\^[^\]]+\]:)(?=\s)")
NEXT_BLOCK = re.compile(r"[ \t>]*(?:`{3}|~{3}|\$\$|///|-+8<)")
CAPTION = re.compile(r"[ \t>]*/{3,}[ \t]*(?:figure-|table-)?caption\b")
CAPTION_END = re.compile(r"[ \t>]*/{3,}[ \t]*")
MARK = re.compile(r" {0,3}%%mathlint (?P<number>\d+)%%[ \t]*")


class MathlintExtension(Extension):
    """Checks each page once and prints captions, verdicts and findings on it."""

    def __init__(self, **kwargs: Any) -> None:
        self.config = {
            "pages": ["docs", "folder of the pages, to name the file that a text comes from"],
            "language": ["en", "language of the inserted words: " + ", ".join(WORDS)],
            "root": [".", "folder of pyproject.toml, which the other paths are relative to"],
        }
        super().__init__(**kwargs)
        if self.getConfig("language") not in WORDS:
            raise ValueError(f"mathlint has no words for language {self.getConfig('language')!r}")

    def extendMarkdown(self, md: Markdown) -> None:
        """Register the preprocessor that checks and the block processor that prints."""
        root = Path(self.getConfig("root"))
        settings = Settings.load(root)
        checker = _Checker(
            md,
            root / self.getConfig("pages"),
            settings,
            cache_for(root, settings),
            WORDS[self.getConfig("language")],
        )
        md.preprocessors.register(checker, "mathlint", BEFORE_SNIPPETS)
        printer = _Printer(md.parser, checker.elements)
        md.parser.blockprocessors.register(printer, "mathlint", BEFORE_CODE)


def makeExtension(**kwargs: Any) -> MathlintExtension:
    """The name by which Python-Markdown finds the extension in this module."""
    return MathlintExtension(**kwargs)


@dataclass(frozen=True)
class _Source:
    """The text that positions refer to, and how many of its lines the page's text leaves out."""

    path: str
    text: str
    skipped: int


@dataclass
class _Insertions:
    """What to put before and after which line, by the line's index."""

    before: dict[int, list[Element]] = field(default_factory=lambda: defaultdict(list))
    after: dict[int, list[Element]] = field(default_factory=lambda: defaultdict(list))


class _Checker(Preprocessor):
    def __init__(
        self,
        md: Markdown,
        pages: Path,
        settings: Settings,
        cache: Cache | None,
        words: dict[str, str],
    ) -> None:
        super().__init__(md)
        self.pages = pages
        self.settings = settings
        self.cache = cache
        self.words = words
        self.elements: list[Element] = []

    def run(self, lines: list[str]) -> list[str]:
        """The page's lines with marks in place, and fence headers without what they compute."""
        self.elements.clear()
        source = _find_source("\n".join(lines), self.pages)
        page = read_page(source.text, source.path, self.settings.snippets)
        if not page.formulas and not any(ATTRIBUTE.search(fence.info) for fence in page.fences):
            return lines
        report = check_text(source.text, source.path, self.settings, self.cache)
        for finding in report.findings:
            LOGGER.warning("%s", headline(finding))
        places = _Places(page, source.skipped, lines)
        insertions = _Insertions()
        self._add_verdicts(report, places, insertions)
        headers = self._add_snippets(report, places, insertions)
        for finding in report.findings:
            box = _finding_box(finding, self.words)
            insertions.after[places.end_of_block(finding.line)].append(box)
        return self._marked(lines, headers, insertions)

    def _add_verdicts(self, report: Report, places: _Places, insertions: _Insertions) -> None:
        claims: dict[int, list[str]] = defaultdict(list)
        for statement in report.statements:
            if statement.kind == "claim" and places.is_display(statement.formula):
                claims[statement.formula].append(statement.verdict)
        for formula, verdicts in claims.items():
            text = verdict_words(verdicts, self.settings.digits, self.words)
            line = places.end_of_formula(formula)
            insertions.after[line].append(_paragraph("mathlint-verdict", text))

    def _add_snippets(
        self, report: Report, places: _Places, insertions: _Insertions
    ) -> dict[int, str]:
        headers = {}
        for first, last, header in places.fences():
            if ATTRIBUTE.search(header) is None:
                continue
            headers[first] = ATTRIBUTE.sub("", header).rstrip()
            if items := _computed(header):
                at = insertions.after[last] if _opens(header) else insertions.before[first]
                at.append(_caption(items, self.words))
            checks = [item for item in report.snippets if places.contains(first, last, item)]
            insertions.after[last] += _snippet_verdicts(checks, self.words)
        return headers

    def _marked(
        self, lines: list[str], headers: dict[int, str], insertions: _Insertions
    ) -> list[str]:
        out: list[str] = []
        for index, line in enumerate(lines):
            out += self._marks(insertions.before.get(index, ()), line)
            out.append(headers.get(index, line))
            out += self._marks(insertions.after.get(index, ()), line)
        return out

    def _marks(self, elements: Iterable[Element], line: str) -> Iterator[str]:
        """A paragraph that holds a mark for each element, in the container that holds the line."""
        lead = _lead(line)
        inside = lead[0] + (" " * self.md.tab_length if _opens(line) else "")
        for element in elements:
            self.elements.append(element)
            yield inside.rstrip()
            yield f"{inside}%%mathlint {len(self.elements) - 1}%%"
            yield inside.rstrip()


class _Printer(BlockProcessor):
    """Puts the element in the place of its mark."""

    def __init__(self, parser: Any, elements: list[Element]) -> None:
        super().__init__(parser)
        self.elements = elements

    def test(self, parent: Element, block: str) -> bool:
        """Whether the block is a mark that the checker left."""
        match = MARK.fullmatch(block)
        return match is not None and int(match["number"]) < len(self.elements)

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Replace the mark."""
        match = MARK.fullmatch(blocks.pop(0))
        assert match is not None
        parent.append(self.elements[int(match["number"])])


class _Places:
    """Where formulas and fences stand, as indices of the lines that Markdown converts."""

    def __init__(self, page: Page, skipped: int, lines: list[str]) -> None:
        self.page = page
        self.skipped = skipped
        self.lines = lines

    def is_display(self, formula: int) -> bool:
        return self.page.formulas[formula].display

    def end_of_formula(self, formula: int) -> int:
        return self._past_caption(self._index(self.page.formulas[formula].end))

    def fences(self) -> Iterator[tuple[int, int, str]]:
        """First line, last line and header line of each fence; a caption belongs to its fence."""
        for fence in self.page.fences:
            first = self._index(fence.begin)
            yield first, self._past_caption(self._index(fence.end)), self.lines[first]

    def contains(self, first: int, last: int, item: SnippetCheck) -> bool:
        return first <= item.line - 1 - self.skipped <= last

    def end_of_block(self, line: int) -> int:
        """The last line of the display formula, fence or paragraph that holds a line."""
        index = min(max(line - 1 - self.skipped, 0), len(self.lines) - 1)
        spans = [(first, last) for first, last, _ in self.fences()]
        spans += [
            (self._index(formula.begin), self._past_caption(self._index(formula.end)))
            for formula in self.page.formulas
            if formula.display
        ]
        for first, last in spans:
            if first <= index <= last:
                return last
        while index + 1 < len(self.lines) and not _starts_block(self.lines[index + 1]):
            index += 1
        return index

    def _past_caption(self, index: int) -> int:
        """The end of the caption block that follows, or the line itself without one."""
        below = range(index + 1, len(self.lines))
        start = next((row for row in below if self.lines[row].strip(" \t>")), index)
        if CAPTION.match(self.lines[start]) is None:
            return index
        ends = range(start + 1, len(self.lines))
        return next((row for row in ends if CAPTION_END.fullmatch(self.lines[row])), index)

    def _index(self, offset: int) -> int:
        return self.page.position(offset)[0] - 1 - self.skipped


def verdict_words(verdicts: Iterable[str], digits: int, words: dict[str, str]) -> str:
    """How the lines of a formula were judged, such as '11 lines: 9 exact, 2 to 50 digits'."""
    counts = Counter(verdicts)
    total = sum(counts.values())
    if total == 1:
        return words[f"only {next(iter(counts))}"].format(digits=digits)
    parts = [
        words[verdict].format(count=counts[verdict], digits=digits)
        for verdict in CLAIM_VERDICTS
        if counts[verdict]
    ]
    return words["lines"].format(count=total) + words["comma"].join(parts)


def _find_source(text: str, pages: Path) -> _Source:
    """The file whose text, after its front matter, is the page's; else the text by itself."""
    for path in sorted(pages.rglob("*.md")):
        whole = path.read_text(encoding="utf-8-sig", errors="replace")
        head = whole.removesuffix(text)
        if whole.endswith(text) and (not head.strip() or head.startswith("---\n")):
            return _Source(str(path), whole, head.count("\n"))
    return _Source("page", text, skipped=0)


def _starts_block(line: str) -> bool:
    return not line.strip(" \t>") or NEXT_BLOCK.match(line) is not None


def _lead(line: str) -> re.Match[str]:
    match = LEAD.match(line)
    assert match is not None
    return match


def _opens(line: str) -> bool:
    """Whether a line opens a list item or another container that what follows has to stand in."""
    return OPENER.match(line, _lead(line).end()) is not None


def _paragraph(css_class: str, text: str) -> Element:
    paragraph = Element("p", {"class": css_class})
    paragraph.text = AtomicString(text)
    return paragraph


def _caption(items: Iterable[Computes], words: dict[str, str]) -> Element:
    """What each function of a fence computes; its `$…$` is left to the mathematics extension."""
    caption = Element("div", {"class": "mathlint-caption"})
    for item in items:
        paragraph = SubElement(caption, "p")
        shown = ", ".join(parameter for parameter, _ in item.parameters)
        last = _code(paragraph, f"{item.function}({shown})")
        last.tail = words["computes"].format(quantity=item.latex)
        separator = words["where"]
        for parameter, meaning in item.parameters:
            if meaning.removeprefix("\\") == parameter:
                continue
            last.tail += separator
            last = _code(paragraph, parameter)
            last.tail = f" = ${meaning}$"
            separator = words["comma"]
    return caption


def _computed(info: str) -> list[Computes]:
    """What a fence's header says, or nothing where it cannot be read, which is a finding."""
    try:
        return computed(info)
    except Unread:
        return []


def _snippet_verdicts(checks: Iterable[SnippetCheck], words: dict[str, str]) -> Iterator[Element]:
    for check in checks:
        if check.verdict not in GREEN or not math.isfinite(check.worst_ulps):
            continue
        paragraph = Element("p", {"class": "mathlint-verdict"})
        ulps = f"{check.worst_ulps:,.{0 if check.worst_ulps >= 100 else 1}f}"
        text = words["snippet"].format(ulps=ulps, samples=f"{check.samples:,}")
        _code(paragraph, check.function).tail = AtomicString(text)
        yield paragraph


def _finding_box(finding: Finding, words: dict[str, str]) -> Element:
    """The message, the witness and the TeX of a finding, in the form of an admonition."""
    box = Element("div", {"class": "admonition failure mathlint-finding"})
    title = words["finding"].format(code=finding.code, line=finding.line)
    box.append(_paragraph("admonition-title", title))
    box.append(_paragraph("mathlint-message", finding.message))
    echo = finding.latex if isinstance(finding, Statement) else finding.quantity
    if echo and len(echo) <= LONGEST_ECHO:
        _code(SubElement(box, "p"), echo)
    return box


def _code(parent: Element, text: str) -> Element:
    code = SubElement(parent, "code")
    code.text = AtomicString(text)
    return code
