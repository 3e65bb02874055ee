"""Habits of writing where names need no introduction: `R^n`, words as quantities, labels above.

What a letter or a word means there shows in how the whole page uses it: `R` is the set of the real
numbers if it stands nowhere but where a set stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mathlint.tokens import BEGINNING_WORDS, CONDITION_WORDS, ENDINGS, Token

REALS = "\\mathbb{R}"
NO_QUANTITIES = BEGINNING_WORDS | CONDITION_WORDS | ENDINGS
Tokens = Sequence[Token]


def without_braces(tokens: Tokens) -> list[Token]:
    """Tokens in which a lone `{R}` has no braces."""
    found = list(tokens)
    for place in range(len(found) - 3, -1, -1):
        kinds = [
            token.text if token.text == "R" else token.kind for token in found[place : place + 3]
        ]
        if kinds == ["{", "R", "}"]:
            found[place : place + 3] = [found[place + 1]]
    return found


def names_reals(read: Iterable[Tokens]) -> bool:
    """Whether every R of a page stands where a set stands."""
    return all(
        _is_set(tokens, place)
        for tokens in map(without_braces, read)
        for place, token in enumerate(tokens)
        if token.text == "R"
    )


def _is_set(tokens: Tokens, place: int) -> bool:
    before = tokens[place - 1] if place else None
    if before is None:
        return place + 1 < len(tokens) and tokens[1].kind == "^"
    mapped = any(token.kind == "relation" and token.text == "to" for token in tokens)
    arrow = before.kind == "relation" and before.text in ("in", "to")
    return arrow or (before.kind == ":" and mapped)


def with_reals(tokens: Tokens) -> list[Token]:
    """Tokens in which each R is the set of the real numbers."""
    return [
        Token("name", REALS, token.start, token.end) if token.text == "R" else token
        for token in without_braces(tokens)
    ]


def quantities(read: Iterable[Tokens]) -> frozenset[str]:
    """The words that a page uses as quantities somewhere: `\\text{score} = ...`."""
    return frozenset(
        token.text[8:-1]
        for tokens in read
        for place, token in enumerate(tokens)
        if token.text.startswith("\\mathrm{") and not _script(tokens, place)
    )


def _script(tokens: Tokens, place: int) -> str:
    """The sign of the index or the exponent that a word makes up; nothing for other words."""
    before = [token.kind for token in tokens[max(place - 2, 0) : place]]
    if before[-1:] == ["{"]:
        before.pop()
    return before[-1] if before and before[-1] in ("_", "^") else ""


def with_quantities(tokens: Tokens, words: frozenset[str]) -> list[Token]:
    """Tokens in which the words of quantities are names, above others too: then an exponent."""
    found: list[Token] = []
    for place, token in enumerate(tokens):
        word = token.text.removeprefix("\\mathrm{").removesuffix("}")
        found.append(token)
        if token.kind not in ("text", "name") or word not in words or word in NO_QUANTITIES:
            continue
        before = tokens[place - 1].kind if place else ""
        after = tokens[place + 1].kind if place + 1 < len(tokens) else ""
        reason = before in ("gap", "&") and after in ("", "newline", "end")
        script = _script(tokens, place)
        if script == "_" or (reason and token.kind == "text"):
            continue
        name = Token("name", f"\\mathrm{{{word}}}", token.start, token.end)
        opened, closed = (
            replace(token, kind=kind, text=kind) if script else None for kind in ("{", "}")
        )
        found[-1:] = [part for part in (opened, name, closed) if part is not None]
    return found


def _label_above(tokens: Tokens, at: int) -> str:
    """The capital letters that are all that stands in the braces of an exponent."""
    if [token.kind for token in tokens[at : at + 2]] != ["^", "{"]:
        return ""
    letters = ""
    for place in range(at + 2, len(tokens)):
        token = tokens[place]
        if token.kind == "}":
            return letters if len(letters) > 1 else ""
        if token.kind != "name" or len(token.text) != 1 or not token.text.isupper():
            return ""
        letters += token.text
    return ""


def labels(read: Iterable[Tokens]) -> frozenset[str]:
    """Capitals above names, as in `y^{LS}`, whose letters a page uses nowhere else."""
    found: set[str] = set()
    used: set[str] = set()
    for tokens in read:
        inside: set[int] = set()
        for place in range(len(tokens)):
            label = _label_above(tokens, place)
            if label:
                found.add(label)
                inside |= set(range(place + 2, place + 2 + len(label)))
        used |= {token.text for place, token in enumerate(tokens) if place not in inside}
    return frozenset(label for label in found if not set(label) & used)


def with_labels(tokens: Tokens, known: frozenset[str]) -> list[Token]:
    """Tokens in which a label above a name is a word: `y^{LS}` as `y^{\\text{LS}}`."""
    found: list[Token] = []
    place = 0
    while place < len(tokens):
        label = _label_above(tokens, place)
        found.append(tokens[place])
        place += 1
        if label in known:
            opened, last = tokens[place], tokens[place + len(label)]
            found += [opened, Token("text", label, opened.end, last.end)]
            place += 1 + len(label)
    return found
