"""Planted wrong lines: each is refuted or refused where it stands.

tests/wrong holds, page by page, right pieces of formulas and code and what could wrongly stand
there, by kind of mistake; tests/wrong/published.toml holds whole short pages with mistakes that
readers have found in print.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from mathlint.check import check_text
from mathlint.report import GREEN, Report
from tests.mutation.judge import ROOT, SETTINGS, UNUSED, Source, source_of

WRONG = Path(__file__).parent / "wrong"
PAGES = sorted(WRONG.glob("*/*.toml"))
PUBLISHED = tomllib.loads((WRONG / "published.toml").read_text(encoding="utf-8"))["page"]
FORMULA_END = re.compile(r"(?<=[^$])\$\$?(?!\$)")


def slug(path: Path) -> str:
    return path.relative_to(WRONG).with_suffix("").as_posix()


def page_of(path: Path) -> Source:
    return source_of(ROOT / "docs" / "en" / f"{slug(path)}.md")


def snippet_of(path: Path) -> str:
    return (ROOT / "snippets" / f"{slug(path)}.py").read_text(encoding="utf-8")


def plants(table: str) -> Iterator[object]:
    """Every wrong variant: its file, the right piece, the wrong one."""
    for path in PAGES:
        for number, entry in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))[table], 1):
            for kind, wrong in entry.items():
                if kind != "right":
                    name = f"{slug(path)}:{table}{number}:{kind}"
                    yield pytest.param(path, entry["right"], wrong, id=name)


def only_place(text: str, right: str) -> int:
    """Where the right piece stands; a plant whose right piece is gone or repeated is stale."""
    assert text.count(right) == 1, f"stale: {text.count(right)} times on the page: {right}"
    return text.index(right)


def lines_of(text: str, begin: int, length: int) -> range:
    first = text.count("\n", 0, begin) + 1
    return range(first, first + text.count("\n", begin, begin + length) + 1)


def finding_lines(report: Report, ignored: str = "") -> set[int]:
    lines = set()
    for item in report.findings:
        if item.verdict not in GREEN and item.code != ignored:
            lines |= set(range(item.line, getattr(item, "end_line", item.line) + 1))
    return lines


@cache
def claims_by_line(source: Source) -> Counter[int]:
    """How many claims of the right page end on each line."""
    report = check_text(source.bare, source.name, SETTINGS)
    return Counter(s.line for s in report.statements if s.kind == "claim")


@pytest.mark.parametrize(("path", "right", "wrong"), list(plants("formula")))
def test_a_wrong_formula_is_found_where_it_stands(path: Path, right: str, wrong: str) -> None:
    source = page_of(path)
    begin = only_place(source.bare, right)
    end = next(stop for start, stop in source.formulas if start <= begin < stop)
    here = set(lines_of(source.bare, begin, len(right)))
    closing = FORMULA_END.search(source.bare, end)
    assert closing is not None
    head = source.bare[:begin] + wrong + source.bare[begin + len(right) : closing.end()]
    found = finding_lines(check_text(head, source.name, SETTINGS), UNUSED)
    if found & here:
        return
    assert not any(claims_by_line(source)[line] for line in here), "a wrong claim is green"
    # a wrong declaration or definition is in force from there on: it shows in what follows from it
    whole = source.text[:begin] + wrong + source.text[begin + len(right) :]
    found |= finding_lines(check_text(whole, source.name, SETTINGS))
    assert found, "a wrong definition is green"


@pytest.mark.parametrize(("path", "right", "wrong"), list(plants("code")))
def test_wrong_code_is_found(path: Path, right: str, wrong: str, tmp_path: Path) -> None:
    source, code = page_of(path), snippet_of(path)
    begin = only_place(code, right)
    changed = tmp_path / f"{slug(path)}.py"
    changed.parent.mkdir()
    changed.write_text(code[:begin] + wrong + code[begin + len(right) :], encoding="utf-8")
    report = check_text(source.text, source.name, replace(SETTINGS, snippets=tmp_path))
    assert any(check.verdict not in GREEN for check in report.snippets), "wrong code is green"


@pytest.mark.parametrize("entry", PUBLISHED, ids=lambda entry: entry["mistake"])
def test_a_published_mistake_is_found_where_it_stands(entry: dict[str, str]) -> None:
    text, wrong = entry["text"], entry["wrong"]
    begin = only_place(text, wrong)
    found = finding_lines(check_text(text, "published.md", SETTINGS), UNUSED)
    assert found & set(lines_of(text, begin, len(wrong)))


@pytest.mark.parametrize("path", PAGES, ids=slug)
def test_every_step_of_a_page_has_wrong_variants(path: Path) -> None:
    source = page_of(path)
    planted: set[int] = set()
    for entry in tomllib.loads(path.read_text(encoding="utf-8"))["formula"]:
        begin = only_place(source.bare, entry["right"])
        planted |= set(lines_of(source.bare, begin, len(entry["right"])))
    assert set(claims_by_line(source)) - planted == set()
    functions = set(re.findall(r"^def (\w+)", snippet_of(path), re.MULTILINE))
    assert functions
    for name in functions:
        body = snippet_of(path).split(f"def {name}(")[1].split("\ndef ")[0]
        code = tomllib.loads(path.read_text(encoding="utf-8"))["code"]
        assert any(entry["right"] in body for entry in code), name
