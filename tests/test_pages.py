"""The form of the pages, told by their text alone: this test knows nothing of the checker."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ENGLISH, CHINESE = ROOT / "docs" / "en", ROOT / "docs" / "zh"
PAGES = sorted(path.relative_to(ENGLISH) for path in ENGLISH.glob("*/*.md"))
SNIPPETS = sorted(
    path.relative_to(ROOT / "snippets").with_suffix(".md")
    for path in (ROOT / "snippets").glob("*/*.py")
    if path.name != "__init__.py"
)
SECTIONS = ["definition", "derivation", "result", "code", "shapes", "pitfalls", "references"]

CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.DOTALL | re.MULTILINE)
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)
REASON = re.compile(r"\\text\{([^{}]*)\}")
ROW_END = re.compile(r"\\\\(?:\[1ex\])?\n")
CASES = re.compile(r"\\begin\{cases\}.*?\\end\{cases\}", re.DOTALL)
HEADING = re.compile(r"^(#+) (.+?)(?: \{#([\w-]+)\})?$", re.MULTILINE)
FENCE = re.compile(r'^```python computes="(.+)"\n(--8<-- "(.+)")\n```$', re.MULTILINE)
TARGET = re.compile(r"\]\(([^)]+)\)")
HAN = re.compile(r"[\u4e00-\u9fff]")
HAN_BESIDE_LATIN = re.compile(r"[\u4e00-\u9fff][\w$`]|[\w$`][\u4e00-\u9fff]", re.ASCII)
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:.!?]|[,;:!?][\u4e00-\u9fff]")

pages = pytest.mark.parametrize("page", PAGES, ids=str)
languages = pytest.mark.parametrize("root", [ENGLISH, CHINESE], ids=["en", "zh"])


def read(root, page):
    return (root / page).read_text(encoding="utf-8")


def formulas(text):
    """Return all formulas of a page in order, display as well as inline."""
    return [display or inline for display, inline in FORMULA.findall(CODE.sub("", text))]


def headings(text):
    return HEADING.findall(CODE.sub("", text))


def test_every_page_has_its_two_languages_and_its_snippet():
    assert PAGES
    assert sorted(path.relative_to(CHINESE) for path in CHINESE.glob("*/*.md")) == PAGES
    assert SNIPPETS == PAGES


@pages
def test_both_languages_hold_the_same_formulas_in_the_same_order(page):
    english, chinese = (
        [REASON.sub(r"\\text{}", formula) for formula in formulas(read(root, page))]
        for root in (ENGLISH, CHINESE)
    )
    assert english
    assert chinese == english


@pages
@languages
def test_every_section_is_there_and_has_its_id(page, root):
    (level, title, identifier), *sections = headings(read(root, page))
    assert (level, identifier) == ("#", "")
    assert "$" not in title
    identifiers = [identifier for _, _, identifier in sections]
    assert all(identifiers)
    assert [identifier for identifier in identifiers if identifier in SECTIONS] == SECTIONS


@pages
def test_both_languages_have_the_same_headings(page):
    english, chinese = (
        [(level, identifier) for level, _, identifier in headings(read(root, page))]
        for root in (ENGLISH, CHINESE)
    )
    assert chinese == english


@pages
@languages
def test_one_fence_embeds_the_snippet_of_the_page(page, root):
    ((_, _, snippet),) = FENCE.findall(read(root, page))
    assert snippet == f"{page.with_suffix('.py').as_posix()}:{page.stem}"


@pages
def test_both_languages_tie_the_code_alike(page):
    assert FENCE.findall(read(ENGLISH, page)) == FENCE.findall(read(CHINESE, page))


@pages
@languages
def test_every_step_of_the_derivation_has_its_reason_in_words(page, root):
    text = read(root, page)
    derivation = text[text.index("{#derivation}") : text.index("{#result}")]
    chains = [formula for formula in formulas(derivation) if r"\begin{aligned}" in formula]
    assert chains
    rows = (row for chain in chains for row in ROW_END.split(CASES.sub("", chain)))
    for line in rows:
        (reason,) = REASON.findall(line)
        assert reason
        assert not re.search(r"[\\$^_=]", reason)
        assert bool(HAN.search(reason)) == (root == CHINESE)


@pages
@languages
def test_links_lead_to_pages_and_headings(page, root):
    for target in TARGET.findall(CODE.sub("", read(root, page))):
        path, _, anchor = target.partition("#")
        linked = (root / page.parent / path).resolve().relative_to(root)
        assert linked in PAGES
        identifiers = [identifier for _, _, identifier in headings(read(root, linked))]
        assert not anchor or anchor in identifiers, target


@pages
def test_chinese_is_set_as_chinese(page):
    prose = REASON.sub("", read(CHINESE, page))
    assert not HAN_BESIDE_LATIN.findall(prose), "a space stands between Chinese and Latin letters"
    assert not HALF_WIDTH.findall(prose), "Chinese has its own punctuation"
