"""A report as text, as JSON or as annotations of a pull request; nothing here prints."""

from __future__ import annotations

import json
import math
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

from mathlint.report import Note, Report, SnippetCheck, Statement

Finding = Statement | SnippetCheck

TAB = "    "
INDENT = "    "
LEFT_OF_CARET = 120
WIDEST = 400
SNIPPET_VERDICTS = ("numeric", "refuted", "unread", "undecided")


def render_text(report: Report, sources: Mapping[str, str], assumed_real: bool) -> str:
    """Findings with their source line and a caret, notes, and the summary line.

    `sources` maps a page's path to its text; a finding on a page without text has no excerpt.
    """
    lines: list[str] = []
    rows = {path: _rows(text) for path, text in sources.items()}
    for item in _in_page_order(report):
        lines.append(headline(item))
        if not isinstance(item, Note):
            lines += _excerpt(rows.get(item.path, ()), item.line, item.column)
    return "\n".join([*lines, summary_line(report, assumed_real), ""])


def render_json(report: Report) -> str:
    """Every statement, snippet and note as JSON; a number that is not finite becomes null."""
    return json.dumps(_finite(report.to_dict()), ensure_ascii=False, indent=2) + "\n"


def render_github(report: Report, assumed_real: bool) -> str:
    """Findings as error commands and notes as notice commands of a workflow's log."""
    lines = [_command(item) for item in _in_page_order(report)]
    return "\n".join([*lines, summary_line(report, assumed_real), ""])


def headline(item: Finding | Note) -> str:
    """One line, `path:line:col: CODE message`."""
    label = "note:" if isinstance(item, Note) else item.code
    return one_line(f"{item.path}:{item.line}:{item.column}: {label} {item.message}")


def summary_line(report: Report, assumed_real: bool) -> str:
    """How many statements and snippet functions have each verdict."""
    verdicts = Counter(snippet.verdict for snippet in report.snippets)
    parts = [
        _counted(report.summary, "statement"),
        _counted({verdict: verdicts[verdict] for verdict in SNIPPET_VERDICTS}, "snippet function"),
    ]
    if assumed_real:
        parts.append("free names assumed real")
    return "; ".join(parts)


def one_line(text: str) -> str:
    """Text with every break and control character replaced, so that it stays one line."""
    return "".join(map(_visible, " ".join(text.split())))


def _in_page_order(report: Report) -> list[Finding | Note]:
    items: list[Finding | Note] = [*report.findings, *report.notes]
    return sorted(items, key=lambda item: (item.path, item.line, item.column))


def _counted(counts: Mapping[str, int], noun: str) -> str:
    total = sum(counts.values())
    each = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    return f"{total} {noun}{'' if total == 1 else 's'}: {each}"


def _rows(source: str) -> Sequence[str]:
    return source.replace("\r\n", "\n").replace("\r", "\n").split("\n") if source else ()


def _excerpt(lines: Sequence[str], line: int, column: int) -> list[str]:
    """The source line and a line with a caret, both cut to a window when the line is long."""
    if line > len(lines):
        return []
    text = lines[line - 1]
    start = 0 if len(text) <= WIDEST else max(0, column - 1 - LEFT_OF_CARET)
    head = ("…" if start else "") + text[start : column - 1]
    tail = text[column - 1 : start + WIDEST] + ("…" if start + WIDEST < len(text) else "")
    before = "".join(map(_visible, head))
    after = "".join(map(_visible, tail))
    return [INDENT + before + after, INDENT + " " * sum(map(_width, before)) + "^"]


def _visible(char: str) -> str:
    if char == "\t":
        return TAB
    hidden = unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    return "\N{REPLACEMENT CHARACTER}" if hidden else char


def _width(char: str) -> int:
    """How many columns of a terminal a character takes."""
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _command(item: Finding | Note) -> str:
    level, title = ("notice", "note") if isinstance(item, Note) else ("error", item.code)
    properties: dict[str, object] = {"file": item.path, "line": item.line, "col": item.column}
    if isinstance(item, Statement):
        properties |= {"endLine": item.end_line, "endColumn": item.end_column}
    properties["title"] = f"mathlint {title}"
    joined = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{level} {joined}::{_data(item.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
