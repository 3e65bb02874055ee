"""The page 'What mathlint reads' says what the checker says, of everything that it knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from mathlint import page, parser, reading, syntax, tokens
from mathlint.check import check_text
from mathlint.judging import PageCheck
from mathlint.naming import named
from mathlint.page import read_page
from tools import notation
from tools.notation import (
    ASSUMED,
    CODES,
    CONSTRUCTS,
    LAX,
    STRICT,
    is_read,
    message_of,
    page_of,
    pages,
    written,
)

MATHLINT = Path(page.__file__).parent
WITHOUT_EXAMPLE = {"ML001", "ML101", "ML302", "ML401", "ML402", "ML403", "ML404", "ML900"}


@pytest.mark.parametrize("language", notation.LANGUAGES)
def test_the_tables_are_what_the_checker_says(language: str) -> None:
    text = pages()[language].read_text("utf-8")
    assert text == written(text, language), "run `python -m tools.notation`"


@pytest.mark.parametrize("language", notation.LANGUAGES)
def test_a_page_holds_every_table_once(language: str) -> None:
    text = pages()[language].read_text("utf-8")
    found = [match["name"] for match in notation.TABLE.finditer(text)]
    assert sorted(found) == sorted(maker.__name__ for maker in notation.TABLES)


@pytest.mark.parametrize(
    ("examples", "known"),
    [
        (notation.FUNCTIONS, tokens.FUNCTIONS),
        (notation.PLAIN, tokens.PLAIN),
        (notation.WITH_ARGUMENT, tokens.WITH_ARGUMENT),
        (notation.BRACKETS, {*tokens.OPENING.values(), *tokens.BARS.values()}),
        (notation.ENVIRONMENTS, page.ENVIRONMENTS | reading.ROWS | parser.MATRICES),
    ],
    ids=["functions", "commands", "typography", "brackets", "environments"],
)
def test_every_symbol_has_its_example(examples: dict[str, str], known: set[str]) -> None:
    assert set(examples) == set(known)


@pytest.mark.parametrize(
    ("examples", "known"),
    [(notation.OPERATORS, tokens.OPERATORS), (notation.RELATIONS, tokens.RELATIONS)],
    ids=["operators", "relations"],
)
def test_every_symbol_with_a_meaning_of_its_own_has_its_example(
    examples: dict[str, str], known: dict[str, str]
) -> None:
    assert set(examples) <= set(known.values())


def nodes(example: str) -> set[type]:
    """The kinds of nodes that an example which is read consists of."""
    check = PageCheck(read_page(page_of(example), "", None), STRICT)
    check.report()
    sentences = [
        sentence
        for read in check.read.values()
        for sentence in named(read.sentences, check.page.scope, True)
    ]
    return {type(node) for sentence in sentences for node in syntax.walk(sentence)}


def test_every_kind_of_node_has_an_example_that_is_read() -> None:
    every = [example for _, examples in CONSTRUCTS for example in examples if is_read(example)]
    shown = set().union(*map(nodes, every))
    kinds = {kind for kind in vars(syntax).values() if isinstance(kind, type)}
    wanted = {kind for kind in kinds if issubclass(kind, syntax.Node)} - {syntax.Node}
    assert {kind.__name__ for kind in wanted - shown} == set()


@pytest.mark.parametrize("example", [example for _, example in ASSUMED])
def test_what_a_page_may_leave_unsaid_is_refused_where_all_must_be_said(example: str) -> None:
    assert not check_text(example, "", LAX).findings
    assert check_text(example, "", STRICT).findings


def test_every_finding_code_is_told() -> None:
    sources = [path.read_text("utf-8") for path in MATHLINT.glob("*.py")]
    assert {code for text in sources for code in notation.CODE.findall(text)} == set(CODES)
    assert {code for code, (_, example) in CODES.items() if not example} == WITHOUT_EXAMPLE


@pytest.mark.parametrize("code", sorted(set(CODES) - WITHOUT_EXAMPLE))
def test_the_example_of_a_finding_code_is_refused_under_it(code: str) -> None:
    assert message_of(CODES[code][1], code)
