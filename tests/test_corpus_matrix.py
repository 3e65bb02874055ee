"""Other people's pages on vectors, matrices and layers: right ones are green, wrong twins are not.

Each document of tests/corpus/matrix_*.toml is a short page as it is printed elsewhere, with the
declarations that a reader would add. Its wrong twins replace one piece by a mistake that has been
published; `refused` says why a right document may not be read, in the checker's own words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from mathlint.report import Report
from tests.test_corpus_scalar import CORPUS, NOT_YET, caused, check, formula_at, only_place, told

Document = dict[str, Any]


def documents() -> Iterator[Document]:
    for path in sorted(CORPUS.glob("matrix*.toml")):
        yield from tomllib.loads(path.read_text(encoding="utf-8"))["document"]


def marks(name: str) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(reason=NOT_YET[name])] if name in NOT_YET else []


DOCUMENTS = list(documents())
NAMED = {document["name"]: document for document in DOCUMENTS}
RIGHT = [pytest.param(entry, id=entry["name"], marks=marks(entry["name"])) for entry in DOCUMENTS]
TWINS = [
    pytest.param(entry, right, wrong, id=f"{entry['name']}:{number}")
    for entry in DOCUMENTS
    for number, (right, wrong) in enumerate(entry["wrong"], 1)
]


@cache
def right_report(name: str) -> Report:
    """The report on a right document, made once for all its twins."""
    return check(NAMED[name], NAMED[name]["text"])


@pytest.mark.parametrize("document", RIGHT)
def test_a_right_document_is_green_or_refused_with_its_reason(document: Document) -> None:
    report = right_report(document["name"])
    messages = [finding.message for finding in report.findings]
    if "refused" in document:
        assert messages, "read by now: drop its refusal"
        assert all(document["refused"] in message for message in messages), told(report.findings)
    else:
        assert not messages, told(report.findings)
    assert any(statement.kind == "claim" for statement in report.statements), "it claims nothing"


@pytest.mark.parametrize(("document", "right", "wrong"), TWINS)
def test_a_wrong_twin_is_found_at_or_after_its_mistake(
    document: Document, right: str, wrong: str
) -> None:
    place = only_place(document["text"], right)
    report = check(document, document["text"].replace(right, wrong))
    found = caused(right_report(document["name"]), report, formula_at(report, place))
    assert found, told(report.findings) or "no finding at all"


def test_names_of_documents_are_unique() -> None:
    assert len(NAMED) == len(DOCUMENTS)
