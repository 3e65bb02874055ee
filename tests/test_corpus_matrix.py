"""Other people's pages on vectors, matrices and layers: right ones are green, wrong twins are not.

Each document of tests/corpus/matrix_*.toml is a short page as it is printed elsewhere, with the
declarations that a reader would add. Its wrong twins replace one piece by a mistake that has been
published; `refused` says why a right document may not be read, in the checker's own words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mathlint.check import check_text
from mathlint.report import GREEN, Report
from mathlint.settings import Settings

CORPUS = Path(__file__).parent / "corpus"
Document = dict[str, Any]


def documents() -> list[Document]:
    return [
        document
        for path in sorted(CORPUS.glob("matrix*.toml"))
        for document in tomllib.loads(path.read_text(encoding="utf-8"))["document"]
    ]


DOCUMENTS = documents()
NOT_YET = tomllib.loads((CORPUS / "not_yet.toml").read_text(encoding="utf-8"))
RIGHT = [
    pytest.param(
        document,
        id=document["name"],
        marks=[pytest.mark.xfail(reason=NOT_YET[document["name"]])]
        if document["name"] in NOT_YET
        else [],
    )
    for document in DOCUMENTS
]


def settings(document: Document) -> Settings:
    return Settings(undeclared="error" if document.get("strict") else "real")


@cache
def judged(text: str, strict: bool) -> Report:
    return check_text(text, "corpus.md", settings({"strict": strict}))


def report_of(document: Document, text: str) -> Report:
    return judged(text, bool(document.get("strict")))


def messages(report: Report) -> list[str]:
    return [f"{item.line}: {item.code} {item.message}" for item in report.findings]


def twins() -> Iterator[object]:
    """Every wrong twin: its document, the right piece, what wrongly stands there."""
    for document in DOCUMENTS:
        for number, (right, wrong) in enumerate(document["wrong"], 1):
            yield pytest.param(document, right, wrong, id=f"{document['name']}:{number}")


@pytest.mark.parametrize("document", RIGHT)
def test_a_right_document_is_green_or_refused_with_its_reason(document: Document) -> None:
    found = messages(report_of(document, document["text"]))
    if "refused" in document:
        assert found, "read by now: drop its refusal"
        assert all(document["refused"] in message for message in found), found
    else:
        assert not found


@pytest.mark.parametrize(("document", "right", "wrong"), list(twins()))
def test_a_wrong_twin_is_found_at_or_after_its_mistake(
    document: Document, right: str, wrong: str
) -> None:
    text = document["text"]
    assert text.count(right) == 1, f"stale: {text.count(right)} times in the document: {right}"
    begin = text.index(right)
    line, block = (text.count("\n", 0, at) + 1 for at in (begin, text.rfind("\n\n", 0, begin) + 2))
    report = report_of(document, text.replace(right, wrong))
    found = [item for item in report.findings if item.verdict not in GREEN]
    # a formula that cannot be read is a finding at its first fault, for all its lines
    assert any(
        item.line >= line or (item.verdict == "unread" and item.line >= block) for item in found
    )


def test_names_of_documents_are_unique() -> None:
    names = [document["name"] for document in DOCUMENTS]
    assert len(set(names)) == len(names)
