"""Short pages as they stand on the web: right ones are green, their wrong twins never.

tests/corpus/scalar*.toml holds pages on scalars and sums in the notations of the field. `wrong`
lists replacements [right piece, wrong piece] that each make a wrong twin; `refused` is the message
with which mathlint declines a right page that it does not read.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mathlint.check import check_text
from mathlint.report import Report, SnippetCheck, Statement
from mathlint.settings import Settings

CORPUS = Path(__file__).parent / "corpus"
NOT_GREEN = ("refuted", "unread", "undecided")


def entries() -> Iterator[dict[str, Any]]:
    for path in sorted(CORPUS.glob("scalar*.toml")):
        yield from tomllib.loads(path.read_text(encoding="utf-8"))["page"]


PAGES = list(entries())
NOT_YET = tomllib.loads((CORPUS / "not_yet.toml").read_text(encoding="utf-8"))
RIGHT = [
    pytest.param(
        page,
        id=page["name"],
        marks=[pytest.mark.xfail(reason=NOT_YET[page["name"]])] if page["name"] in NOT_YET else [],
    )
    for page in PAGES
]
TWINS = [
    pytest.param(page, right, wrong, id=f"{page['name']}:{number}")
    for page in PAGES
    for number, (right, wrong) in enumerate(page["wrong"], 1)
]


def check(page: dict[str, Any], text: str) -> Report:
    settings = Settings(undeclared="error" if page.get("strict") else "real")
    return check_text(text, page["name"], settings)


@cache
def report_on_right(name: str) -> Report:
    """The report on the right page of a name, made once for all of its twins."""
    page = next(page for page in PAGES if page["name"] == name)
    return check(page, page["text"])


def told(findings: tuple[Statement | SnippetCheck, ...]) -> str:
    return "\n".join(f"{f.line}:{f.column} {f.verdict} {f.code} {f.message}" for f in findings)


def only_place(text: str, piece: str) -> tuple[int, int]:
    """Line and column at which a piece begins; it must stand in the text exactly once."""
    assert text.count(piece) == 1, f"{text.count(piece)} times on the page: {piece}"
    before = text[: text.index(piece)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def formula_at(report: Report, place: tuple[int, int]) -> int:
    """The number of the formula that a place on the page lies in."""
    starts = [s.formula for s in report.statements if (s.line, s.column) <= place]
    return max(starts, default=0)


def caused(right: Report, wrong: Report, changed: int) -> list[Statement]:
    """Findings in the changed formula, and those after it that the right page does not have."""
    known = {(s.formula, s.latex) for s in right.statements if s.verdict in NOT_GREEN}
    found = [s for s in wrong.statements if s.verdict in NOT_GREEN and s.formula >= changed]
    return [s for s in found if s.formula == changed or (s.formula, s.latex) not in known]


def test_names_are_unique() -> None:
    names = [page["name"] for page in PAGES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("page", RIGHT)
def test_right_page_is_green(page: dict[str, Any]) -> None:
    report = check(page, page["text"])
    assert report.statements
    if "refused" in page:
        assert report.findings, "no longer refused: take the mark away"
        assert {finding.verdict for finding in report.findings} <= {"unread", "undecided"}
        assert page["refused"] in report.findings[0].message
    else:
        assert not report.findings, told(report.findings)


@pytest.mark.parametrize(("page", "right", "wrong"), TWINS)
def test_wrong_twin_has_a_finding(page: dict[str, Any], right: str, wrong: str) -> None:
    place = only_place(page["text"], right)
    report = check(page, page["text"].replace(right, wrong))
    found = caused(report_on_right(page["name"]), report, formula_at(report, place))
    assert found, told(report.findings) or "no finding at all"
