"""Every statement and every snippet of every page, each a test of its own, found and not listed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from mathlint.check import check_paths
from mathlint.output import headline
from mathlint.page import read_page
from mathlint.report import GREEN, Report, SnippetCheck, Statement
from mathlint.settings import Settings

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
SETTINGS = Settings.load(ROOT)
PAGES = sorted(DOCS.glob("*/**/*.md"))
DERIVATIONS = sorted(path.relative_to(DOCS / "en") for path in DOCS.glob("en/*/*.md"))
WORDS = re.compile(r"\\text\{[^{}]*\}")


@cache
def report_of(page: Path) -> Report:
    """What one run of the checker says about a page."""
    return check_paths([page], SETTINGS)


def name_of(page: Path) -> str:
    return page.relative_to(DOCS).as_posix()


def numbered(items: Iterable[tuple[int, str]], name: str) -> Iterator[str]:
    """Ids such as `en/activations/sigmoid.md:24:claim3`, numbered by kind in page order."""
    seen: Counter[str] = Counter()
    for line, kind in items:
        seen[kind] += 1
        yield f"{name}:{line}:{kind}{seen[kind]}"


def statements() -> Iterator[object]:
    for page in PAGES:
        found = report_of(page).statements
        ids = numbered(((item.line, item.kind) for item in found), name_of(page))
        yield from (pytest.param(item, id=name) for item, name in zip(found, ids, strict=True))


def snippets() -> Iterator[object]:
    for page in PAGES:
        for item in report_of(page).snippets:
            yield pytest.param(item, id=f"{name_of(page)}:{item.line}:{item.function}")


def require_green(item: Statement | SnippetCheck) -> None:
    if item.verdict not in GREEN:
        pytest.fail(headline(item), pytrace=False)


@pytest.mark.parametrize("statement", list(statements()))
def test_statement(statement: Statement) -> None:
    require_green(statement)


@pytest.mark.parametrize("snippet", list(snippets()))
def test_snippet(snippet: SnippetCheck) -> None:
    require_green(snippet)
    assert snippet.samples > 0


@pytest.mark.parametrize("slug", DERIVATIONS, ids=str)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_derivation_has_claims_and_a_snippet_and_no_aside(language: str, slug: Path) -> None:
    report = report_of(DOCS / language / slug)
    kinds = Counter(statement.kind for statement in report.statements)
    assert kinds["claim"] > 0
    assert kinds["aside"] == 0
    assert report.snippets


def formulas(page: Path) -> list[str]:
    """The TeX of a page without words and spacing, as the checker finds it."""
    found = read_page(page.read_text(encoding="utf-8"), str(page), SETTINGS.snippets).formulas
    return [" ".join(WORDS.sub(r"\\text{}", formula.tex).split()) for formula in found]


@pytest.mark.parametrize(
    "english", [page for page in PAGES if page.is_relative_to(DOCS / "en")], ids=name_of
)
def test_both_languages_hold_the_same_formulas(english: Path) -> None:
    chinese = DOCS / "zh" / english.relative_to(DOCS / "en")
    assert formulas(chinese) == formulas(english)
