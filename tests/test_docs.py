"""Every statement and every snippet of every page, each a test of its own, found and not listed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from mathlint.check import Text, check_text, check_texts
from mathlint.output import headline
from mathlint.page import decode, read_page
from mathlint.report import GREEN, Report, SnippetCheck, Statement
from mathlint.settings import Settings

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
SETTINGS = Settings.load(ROOT)
PAGES = sorted(DOCS.glob("*/**/*.md"))
DERIVATIONS = sorted(path.relative_to(DOCS / "en") for path in DOCS.glob("en/*/*.md"))
WORDS = re.compile(r"\\text\{[^{}]*\}")


def text_of(page: Path) -> Text:
    return Text(str(page), decode(page.read_bytes()))


@cache
def reports_of(slug: Path) -> dict[Path, Report]:
    """What one run of the checker says about a page in each language."""
    pages = [page for page in PAGES if page.relative_to(DOCS).parts[1:] == slug.parts]
    return dict(zip(pages, check_texts([text_of(page) for page in pages], SETTINGS), strict=True))


def report_of(page: Path) -> Report:
    return reports_of(Path(*page.relative_to(DOCS).parts[1:]))[page]


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


@pytest.mark.parametrize("slug", DERIVATIONS, ids=str)
def test_what_both_languages_share_is_judged_as_if_it_were_not(slug: Path) -> None:
    text = text_of(DOCS / "zh" / slug)
    assert report_of(DOCS / "zh" / slug) == check_text(text.text, text.path, SETTINGS)


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
