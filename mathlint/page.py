"""A Markdown page as its reader sees it: formulas and embedded code, each with its position.

Code, comments and front matter hold no formulas; snippet includes are resolved first.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

MAX_FORMULAS = 10_000
HEADING = re.compile(r"^ {0,3}#{1,6}\s", re.MULTILINE)
FENCE = re.compile(
    r"^(?P<lead>[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?)(?P<mark>`{3,}|~{3,})(?P<info>.*)$"
)
INCLUDE = re.compile(
    r"^(?P<lead>[ \t>]*)-{1,}8<-{1,}[ \t]+(?P<quote>[\"'])(?P<name>[^\"']+)(?P=quote)[ \t]*$"
)
INCLUDE_BLOCK = re.compile(r"^[ \t>]*-{1,}8<-{1,}[ \t]*$")
MAX_NESTED = 5
SECTION = re.compile(r"-{1,}8<-{1,}[ \t]+\[(?P<what>start|end):(?P<name>[\w-]+)\]")
CONTAINER = re.compile(
    r"^(?P<indent> *)(?P<mark>(?:[-*+]|\d+[.)])[ \t]+|(?:!!!|\?\?\?\+?|===)[ !+]*"
    r"|\[\^[^\]\s]+\]:|:[ \t]+)"
)
ASIDE = re.compile(r'^(?P<indent> *)(?:!!!|\?\?\?\+?) +unchecked\b(?: +"(?P<reason>[^"]*)")?')
OPAQUE = re.compile(r"<!--|<(?P<tag>script|style|pre|code)\b", re.I)
ENVIRONMENTS = frozenset(
    [
        "equation",
        "align",
        "gather",
        "multline",
        "split",
        "aligned",
        "gathered",
        "alignat",
        "eqnarray",
        "cases",
        "array",
        "displaymath",
        "math",
    ]
)
BEGIN = re.compile(r"\\begin\{(?P<name>[A-Za-z]+\*?)\}")
RAW_TEX = re.compile(r"\\[A-Za-z]")
WORDS_BEHIND = re.compile(r"[^\w$\n]*[^\W\d_]")
BLANK_LINE = re.compile(r"\n[ \t>]*\n")
LINE_LEAD = re.compile(r"\n[ \t]*(?:>[ \t]?)*")


class SourceError(Exception):
    """A page that cannot be read as text; carries the offset of the first bad byte's line."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


@dataclass(frozen=True)
class Formula:
    """The TeX between two delimiters, with the place of each of its characters on the page."""

    tex: str
    display: bool
    begin: int
    end: int
    segments: tuple[tuple[int, int], ...]
    aside: str | None = None
    error: str | None = None

    def offset(self, index: int) -> int:
        """Where the character `index` of the TeX stands in the page's text."""
        at = bisect_right(self.segments, (index, 1 << 62)) - 1
        start, place = self.segments[max(at, 0)]
        return place + index - start


@dataclass(frozen=True)
class Include:
    """A file, or a section of one, that a fence embeds."""

    name: str
    section: str | None
    text: str


@dataclass(frozen=True)
class Fence:
    """A fenced code block: its header, its text after inclusion, and what it includes."""

    info: str
    code: str
    begin: int
    info_begin: int
    end: int
    includes: tuple[Include, ...]


@dataclass(frozen=True)
class Page:
    """A page's text after inclusion, with its formulas and fences in reading order."""

    path: str
    text: str
    line_starts: tuple[int, ...]
    line_numbers: tuple[int, ...]
    formulas: tuple[Formula, ...]
    fences: tuple[Fence, ...]
    faults: tuple[tuple[int, str], ...]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of an offset; an included line stands where its include does."""
        row = bisect_right(self.line_starts, offset) - 1
        return self.line_numbers[row], offset - self.line_starts[row] + 1

    def begins_section(self, number: int) -> bool:
        """Whether a heading stands between a formula and the one before it."""
        before = self.formulas[number - 1].end if number > 0 else 0
        return HEADING.search(self.text, before, self.formulas[number].begin) is not None


def decode(data: bytes) -> str:
    """The text of a page; raises SourceError at the first byte that is no UTF-8."""
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8")) + 1
        raise SourceError(f"not UTF-8: byte 0x{data[error.start]:02x}", line, column) from None


def read_page(text: str, path: str, base: Path | None) -> Page:
    """Find the formulas and fences of a page's text; includes are looked up below `base`."""
    lines, numbers, faults, inclusions = include(text.split("\n"), base)
    starts, offset = [], 0
    for line in lines:
        starts.append(offset)
        offset += len(line) + 1
    whole = "\n".join(lines)
    fences, code = _find_code(lines, starts, inclusions)
    typeset = [fence for fence in fences if fence.info in ("math", "{math}")]
    scanner = _Scanner(whole, _blank(whole, code), _asides(lines, starts))
    scanner.scan()
    for fence in typeset:
        scanner.block(fence.begin, fence.end)
    scanner.formulas.sort(key=lambda formula: formula.begin)
    return Page(
        path,
        whole,
        tuple(starts),
        tuple(numbers),
        tuple(scanner.formulas),
        tuple(fences),
        tuple((starts[row], message) for row, message in faults),
    )


def section_of(text: str, name: str | None) -> str | None:
    """The lines of a file, or of one section of it, without the section marks; None if missing."""
    kept: list[str] = []
    inside, found = name is None, name is None
    for line in text.split("\n"):
        mark = SECTION.search(line)
        if mark is None:
            if inside:
                kept.append(line)
        elif mark["name"] == name:
            inside, found = mark["what"] == "start", True
    return "\n".join(kept).strip("\n") if found else None


def include(
    lines: list[str], base: Path | None, depth: int = 0
) -> tuple[list[str], list[int], list[tuple[int, str]], dict[int, Include]]:
    """A page's lines with the files below `base` that they include, and where each line stands.

    After the lines and their numbers come what is missing and what was included, by its row.
    """
    out: list[str] = []
    numbers: list[int] = []
    faults: list[tuple[int, str]] = []
    inclusions: dict[int, Include] = {}
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if INCLUDE_BLOCK.match(line):
            faults.append((len(out), "an include over several lines is not read: use one line"))
        if match is None:
            out.append(line)
            numbers.append(number)
            continue
        name, _, section = match["name"].partition(":")
        content = _included_text(name, section or None, base)
        if content is None:
            faults.append(
                (len(out), f"the included file or section {match['name']!r} does not exist")
            )
            content = ""
        inclusions[len(out)] = Include(name, section or None, content)
        inner = include(content.split("\n"), base, depth + 1) if depth < MAX_NESTED else None
        if inner is None:
            faults.append((len(out), "files include one another too deeply"))
            continue
        faults += [(len(out) + row, message) for row, message in inner[2]]
        for row in inner[0]:
            out.append(match["lead"] + row)
            numbers.append(number)
    return out, numbers, faults, inclusions


def _included_text(name: str, section: str | None, base: Path | None) -> str | None:
    if base is None:
        return None
    target = (base / name).resolve()
    if not target.is_relative_to(base.resolve()) or not target.is_file():
        return None
    try:
        return section_of(target.read_text("utf-8"), section)
    except UnicodeDecodeError:
        return None


def _find_code(
    lines: list[str], starts: list[int], inclusions: dict[int, Include]
) -> tuple[list[Fence], list[tuple[int, int]]]:
    """Fenced and indented code, and front matter, as offset ranges; fences with their text."""
    fences: list[Fence] = []
    code: list[tuple[int, int]] = []
    row = _front_matter(lines)
    if row:
        code.append((0, starts[row - 1] + len(lines[row - 1])))
    open_math = False
    containers: list[int] = []
    blank = True
    while row < len(lines):
        line = lines[row]
        match = None if open_math else FENCE.match(line)
        if match and not ("`" in match["mark"] and "`" in match["info"]):
            last = _fence_end(lines, row, match["mark"], len(match["lead"]))
            if last == len(lines):
                row, blank = row + 1, False  # never closed: the site shows what follows as text
                continue
            body = [_unlead(text, match["lead"]) for text in lines[row + 1 : last]]
            end = starts[min(last, len(lines) - 1)] + len(lines[min(last, len(lines) - 1)])
            found = tuple(inc for at, inc in inclusions.items() if row < at < last)
            info_begin = starts[row] + match.start("info")
            fences.append(
                Fence(match["info"].strip(), "\n".join(body), starts[row], info_begin, end, found)
            )
            code.append((starts[row], end))
            row, blank = last + 1, False
            continue
        if not open_math and _is_indented_code(line, blank, containers):
            code.append((starts[row], starts[row] + len(line)))
            row += 1
            continue
        if line.count("$$") % 2:
            open_math = not open_math
        if line.strip():
            _track_containers(line, containers)
        else:
            open_math = False if _math_is_over(lines, row) else open_math
        blank = not line.strip()
        row += 1
    return fences, code


def _math_is_over(lines: list[str], row: int) -> bool:
    """A blank line ends an unclosed display formula unless the next marker line closes it alone."""
    for line in lines[row + 1 : row + 60]:
        if "$$" in line:
            return line.strip(" \t>") != "$$"
    return True


def _front_matter(lines: list[str]) -> int:
    if lines and lines[0].strip() == "---":
        for row in range(1, min(len(lines), 200)):
            if lines[row].strip() in ("---", "..."):
                return row + 1
    return 0


def _fence_end(lines: list[str], row: int, mark: str, indent: int) -> int:
    close = re.compile(rf"^[ \t>]{{{indent}}}{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$")
    for last in range(row + 1, len(lines)):
        if close.match(lines[last]):
            return last
    return len(lines)


def _unlead(text: str, lead: str) -> str:
    width = len(lead)
    return text[width:] if not text[:width].strip(" \t>-*+.)0123456789") else text


def _is_indented_code(line: str, blank: bool, containers: list[int]) -> bool:
    indent = len(line) - len(line.lstrip(" "))
    if line.startswith("\t"):
        indent = 4
    allowed = max((level for level in containers if level <= indent), default=0)
    return blank and bool(line.strip()) and indent - allowed >= 4


def _track_containers(line: str, containers: list[int]) -> None:
    indent = len(line) - len(line.lstrip(" "))
    containers[:] = [level for level in containers if level <= indent]
    match = CONTAINER.match(line)
    if match:
        containers.append(len(match["indent"]) + 4)
        containers.append(len(match["indent"]) + min(len(match["mark"]), 4))


def _asides(lines: list[str], starts: list[int]) -> list[tuple[int, int, str]]:
    """Offset ranges of the blocks that an author marks as not checked, with the reason."""
    ranges = []
    for row, line in enumerate(lines):
        match = ASIDE.match(line)
        if match is None:
            continue
        depth = len(match["indent"]) + 4
        last = row
        for below in range(row + 1, len(lines)):
            text = lines[below]
            if text.strip() and len(text) - len(text.lstrip(" ")) < depth:
                break
            last = below
        ranges.append(
            (starts[row], starts[last] + len(lines[last]), (match["reason"] or "").strip())
        )
    return ranges


def _blank(text: str, code: list[tuple[int, int]]) -> str:
    """The text with code and comments replaced by spaces, so that offsets stay."""
    pieces, at = [], 0
    for begin, end in code:
        pieces += [text[at:begin], re.sub(r"[^\n]", " ", text[begin:end])]
        at = end
    text = "".join([*pieces, text[at:]])
    return _blank_opaque(text)


def _blank_opaque(text: str) -> str:
    """Blank HTML comments and elements whose content is no prose; an unclosed one hides nothing."""
    lower = text.lower()
    last: dict[str, int] = {}
    pieces, at = [], 0
    for match in OPAQUE.finditer(text):
        closer = f"</{match['tag'].lower()}" if match["tag"] else "-->"
        if closer not in last:
            last[closer] = lower.rfind(closer)
        quoted = text[match.start() - 1 : match.start()] == "`"
        if quoted or match.start() < at or last[closer] < match.end():
            continue
        end = lower.find(closer, match.end()) + len(closer)
        pieces += [text[at : match.start()], re.sub(r"[^\n]", " ", text[match.start() : end])]
        at = end
    return "".join([*pieces, text[at:]])


def _environment_ends(text: str) -> dict[int, int]:
    """Where each `\\begin{name}` is closed by its own `\\end{name}`."""
    ends: dict[int, int] = {}
    opened: dict[str, list[int]] = {}
    for match in re.finditer(r"\\(begin|end)\{([A-Za-z]+\*?)\}", text):
        stack = opened.setdefault(match[2], [])
        if match[1] == "begin":
            stack.append(match.start())
        elif stack:
            ends[stack.pop()] = match.end()
    return ends


class _Scanner:
    """One pass over the visible text; collects formulas and delimiters without a partner."""

    def __init__(self, source: str, text: str, asides: list[tuple[int, int, str]]) -> None:
        self.source, self.text, self.asides = source, text, asides
        self.formulas: list[Formula] = []
        self.interesting = re.compile(r"[\\`$]")
        self.last: dict[str, int] = {}
        self.paragraph = (0, 0)
        self.ends = _environment_ends(text)

    def scan(self) -> None:
        at = 0
        while (match := self.interesting.search(self.text, at)) is not None:
            if len(self.formulas) > MAX_FORMULAS:
                break
            at = self._take(match.start(), match[0])

    def block(self, begin: int, end: int) -> None:
        """A fenced block of mathematics, without its first and last line."""
        first, last = self.source.find("\n", begin) + 1, self.source.rfind("\n", begin, end)
        if first and last > first:
            self._formula(first, last, begin, end, True)

    def _take(self, at: int, char: str) -> int:
        if char == "`":
            return self._code_span(at)
        if char == "$":
            return self._display(at) if self.text.startswith("$$", at) else self._inline(at)
        if self.text.startswith(r"\(", at):
            return self._bracketed(at, r"\)", False)
        if self.text.startswith(r"\[", at):
            return self._bracketed(at, r"\]", True)
        if self.text.startswith(("\\\\(", "\\\\["), at):
            self._fault(at, at + 3, "a doubled backslash: some sites typeset this, others do not")
            return at + 3
        begin = BEGIN.match(self.text, at)
        if begin and begin["name"].rstrip("*") in ENVIRONMENTS:
            return self._environment(at, begin)
        return at + 2

    def _code_span(self, at: int) -> int:
        run = re.compile("`+").match(self.text, at)
        assert run is not None
        limit = self._paragraph_end(at)
        for close in re.compile("`+").finditer(self.text, run.end(), limit):
            if len(close[0]) == len(run[0]):
                return close.end()
        return run.end()

    def _display(self, at: int) -> int:
        """A display formula; one in the middle of a line's words stands in their sentence."""
        close = self._find("$$", at + 2, len(self.text))
        if close < 0:
            self._fault(at, at + 2, "this $$ has no partner")
            return at + 2
        one_line = "\n" not in self.text[at:close]
        in_line = one_line and WORDS_BEHIND.match(self.text, close + 2) is not None
        self._formula(at + 2, close, at, close + 2, not in_line)
        if self.text.startswith("$", close + 2):
            self._fault(close + 2, close + 3, "a $ right behind $$: its reader sees other TeX")
            return close + 3
        return close + 2

    def _inline(self, at: int) -> int:
        limit = self._paragraph_end(at)
        close = self._find("$", at + 1, limit)
        spaced_end = close > at and self.text[close - 1].isspace()
        opens_blank = self.text[at + 1 : at + 2].isspace()
        doubled = opens_blank and close > 0 and self.text.startswith("$$", close)
        if close <= at + 1 or doubled or (spaced_end and not self.text[at + 1].isspace()):
            return self._lone_dollar(at, limit)
        body = self.text[at + 1 : close]
        if body[0] == body[-1] == "`" and len(body.strip("`")) > 0 and len(body) > 2:
            self._formula(at + 2, close - 1, at, close + 1, False)  # $`x`$, as GitHub has it
            return close + 1
        spaced = body[0].isspace() or body[-1].isspace()
        if spaced and not re.search(r"[\\^_={}]", body) and len(body.strip()) > 1:
            return self._lone_dollar(at, at + 1)
        self._formula(at + 1, close, at, close + 1, False)
        return close + 1

    def _lone_dollar(self, at: int, limit: int) -> int:
        follows = self.text[at + 1 : at + 2]
        bare = follows.isspace() and RAW_TEX.search(self.text, self._since(at), limit) is None
        if follows and not bare and not follows.isdigit():
            self._fault(at, min(limit, at + 1), "this $ has no partner, so its reader sees raw TeX")
        return at + 1

    def _since(self, at: int) -> int:
        """Where the words before a place begin: behind a formula or a blank line, not far away."""
        last = self.formulas[-1].end if self.formulas else 0
        return max(last, self.text.rfind("\n\n", max(at - 400, 0), at), at - 400)

    def _bracketed(self, at: int, closer: str, display: bool) -> int:
        limit = len(self.text) if display else self._paragraph_end(at)
        close = self._find(closer, at + 2, limit)
        if close < 0:
            self._fault(at, at + 2, f"this {self.text[at : at + 2]} has no partner")
            return at + 2
        self._formula(at + 2, close, at, close + 2, display)
        return close + 2

    def _environment(self, at: int, begin: re.Match[str]) -> int:
        end = self.ends.get(at, -1)
        if end < 0:
            self._fault(at, begin.end(), f"{begin[0]} has no partner")
            return begin.end()
        self._formula(at, end, at, end, True)
        return end

    def _find(self, mark: str, at: int, limit: int) -> int:
        """The next `mark` before `limit` that no backslash escapes, or -1."""
        if mark not in self.last:
            self.last[mark] = self.text.rfind(mark)
        if self.last[mark] < at:
            return -1
        while (at := self.text.find(mark, at, limit)) >= 0:
            before = self.text[max(0, at - 64) : at]
            if (len(before) - len(before.rstrip("\\"))) % 2 == 0:
                return at
            at += 1
        return -1

    def _paragraph_end(self, at: int) -> int:
        begin, end = self.paragraph
        if not begin <= at < end:
            match = BLANK_LINE.search(self.text, at)
            end = match.start() if match else len(self.text)
            self.paragraph = at, end
        return end

    def _formula(
        self, begin: int, end: int, outer_begin: int, outer_end: int, display: bool
    ) -> None:
        pieces, segments, at, length = [], [], begin, 0
        for match in [*LINE_LEAD.finditer(self.source, begin, end), None]:
            stop = match.start() + 1 if match else end
            segments.append((length, at))
            pieces.append(self.source[at:stop])
            length += stop - at
            at = match.end() if match else end
        self.formulas.append(
            Formula(
                "".join(pieces),
                display,
                outer_begin,
                outer_end,
                tuple(segments),
                self._aside(outer_begin),
            )
        )

    def _fault(self, begin: int, end: int, message: str) -> None:
        segments = ((0, begin),)
        self.formulas.append(
            Formula(self.source[begin:end], False, begin, end, segments, None, message)
        )

    def _aside(self, at: int) -> str | None:
        for begin, end, reason in self.asides:
            if begin <= at < end:
                return reason
        return None
