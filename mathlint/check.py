"""From pages to a report: the whole way once, page by page.

What judges is imported only where a page has to be judged, so that a run in which nothing has
changed starts at once.
"""

from __future__ import annotations

import ast
import multiprocessing
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from mathlint.cache import Cache
from mathlint.page import SourceError, decode, read_page
from mathlint.report import Report, SnippetCheck, Statement
from mathlint.settings import Settings

SUFFIXES = frozenset({".md", ".markdown", ".txt"})
WORDS = re.compile(r"\\text\{[^{}]*\}")


@dataclass(frozen=True)
class Text:
    """A page's text with the path that names it in the report."""

    path: str
    text: str


def pages_in(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The pages that files and folders stand for, sorted; a file counts whatever its ending."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(_inside(path), key=lambda page: page.as_posix())
        else:
            found.append(path)
    return tuple(dict.fromkeys(found))


def _inside(folder: Path) -> Iterator[Path]:
    """The pages below a folder, without hidden folders and installed packages."""
    for root, folders, files in os.walk(folder):
        folders[:] = [
            name for name in folders if not name.startswith(".") and name != "node_modules"
        ]
        yield from (Path(root, name) for name in files if Path(name).suffix.lower() in SUFFIXES)


def check_paths(
    paths: Sequence[Path], settings: Settings, cache: Cache | None = None, jobs: int = 1
) -> Report:
    """Check files and folders of Markdown, several at a time; raises OSError for what cannot be
    opened.
    """
    pages: list[Text | Report] = [_opened(path) for path in pages_in(paths)]
    texts = [page for page in pages if isinstance(page, Text)]
    found = iter(check_texts(texts, settings, cache, jobs))
    whole = merged([next(found) if isinstance(page, Text) else page for page in pages])
    beside = [path for path in paths if path.is_dir() and _stands_beside(path, settings.snippets)]
    if settings.snippets is None or not beside:
        return whole
    return merged([whole, Report(snippets=_orphans(settings.snippets, whole.snippets))])


def _opened(path: Path) -> Text | Report:
    try:
        return Text(str(path), decode(path.read_bytes()))
    except SourceError as fault:
        where = (str(path), fault.line, fault.column, fault.line, fault.column + 1)
        return Report((Statement(*where, 0, "mention", "", "unread", "", "ML101", fault.message),))


def _stands_beside(folder: Path, snippets: Path | None) -> bool:
    """Whether a folder holds all pages of a project: only then can a snippet be without a page."""
    return snippets is not None and folder.resolve().parent == snippets.resolve().parent


def _orphans(folder: Path, checks: Sequence[SnippetCheck]) -> tuple[SnippetCheck, ...]:
    """Public functions of the snippets folder that no page embeds and ties."""
    embedded = {(check.module, check.function) for check in checks}
    found = []
    for path in sorted(folder.rglob("*.py")):
        module = path.relative_to(folder).as_posix()
        for node in ast.parse(path.read_text("utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            if (module, node.name) not in embedded:
                message = f"no page says what {node.name} computes"
                place = (str(path), node.lineno, node.col_offset + 1)
                found.append(SnippetCheck(*place, module, node.name, "", 0, 0.0, 0.0,
                                          "unread", "ML404", message))  # fmt: skip
    return tuple(found)


def merged(reports: Sequence[Report]) -> Report:
    """Several reports as one."""
    return Report(
        tuple(s for report in reports for s in report.statements),
        tuple(s for report in reports for s in report.snippets),
        tuple(n for report in reports for n in report.notes),
    )


def check_text(text: str, path: str, settings: Settings, cache: Cache | None = None) -> Report:
    """Check one page's text; `path` only names it in the report."""
    return check_texts([Text(path, text)], settings, cache)[0]


def check_texts(
    texts: Sequence[Text], settings: Settings, cache: Cache | None = None, jobs: int = 1
) -> list[Report]:
    """A report for each text, from the cache where it has one."""
    if cache is None:
        judged = _judged(texts, settings, jobs)
        return [judged[text] for text in texts]
    keys = {text: cache.key(text.text, settings) for text in texts}
    kept = {text: cache.load(text.path, key) for text, key in keys.items()}
    judged = _judged([text for text in keys if kept[text] is None], settings, jobs)
    for text, report in judged.items():
        # code that has changed since the key was made belongs to another one
        if keys[text] == cache.key(text.text, settings):
            cache.store(text.path, keys[text], report)
    return [kept[text] or judged[text] for text in texts]


def _judged(texts: Sequence[Text], settings: Settings, jobs: int) -> dict[Text, Report]:
    """The reports of texts without one; those that may share their mathematics go together."""
    groups = list(_groups(texts, settings)) if len(texts) != 1 else [texts]
    jobs = min(jobs, len(groups) // 2)  # to start a process takes as long as a page or two
    if jobs < 2:
        return {text: report for group in groups for text, report in _together(group, settings)}
    longest_first = sorted(groups, key=lambda group: -len(group[0].text))
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        done = pool.map(_together, longest_first, [settings] * len(groups))
        return {text: report for group in done for text, report in group}


def _groups(texts: Sequence[Text], settings: Settings) -> Iterable[Sequence[Text]]:
    """Texts whose formulas are the same but for words."""
    found: dict[object, list[Text]] = {}
    for text in texts:
        source = read_page(text.text, text.path, settings.snippets)
        formulas = tuple(WORDS.sub("", formula.tex) for formula in source.formulas)
        code = tuple(fence.code for fence in source.fences)
        found.setdefault((formulas, code), []).append(text)
    return found.values()


def _together(texts: Sequence[Text], settings: Settings) -> list[tuple[Text, Report]]:
    from mathlint.sharing import judge

    sources = [read_page(text.text, text.path, settings.snippets) for text in texts]
    return list(zip(texts, judge(sources, settings), strict=True))


def explain(path: Path, line: int, settings: Settings) -> list[str]:
    """How the formulas on a line were read, in plain text; raises OSError, SourceError."""
    from mathlint.judging import PageCheck

    source = read_page(decode(path.read_bytes()), str(path), settings.snippets)
    check = PageCheck(source, settings)
    report = check.report()
    rows: list[str] = []
    for number, formula in enumerate(source.formulas):
        first, last = source.position(formula.begin)[0], source.position(formula.end - 1)[0]
        if first <= line <= last:
            rows += check.readings[number]
            mine = [s for s in report.statements if s.formula == number and s.line == line]
            rows += [f"{s.kind} {s.verdict} {s.method} {s.message}".rstrip() for s in mine]
    return rows
