"""Functions that a page knows by their values at samples alone: `F(x_i)` is one of a family.

Where the samples are used for nothing else, nothing is said of F but what it gives at each of them:
`F_m(x_i)` then has the indices m and i, and a derivative by it is one by a variable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mathlint.tokens import ACCENTS, NAMED, Token

COUNTERS = frozenset("ijklmn")
LISTED = frozenset(
    {"name", "number", "_", "^", "{", "}", ",", ".", "open", "close", "dots", "text"}
)
SCRIPTS = frozenset({"_", "^"})
PAIRS = {"{": "}", "open": "close"}


@dataclass(frozen=True)
class Value:
    """A function's name with brackets behind it, by the places of its tokens."""

    name: str
    begin: int
    end: int
    below: tuple[Token, ...]
    above: tuple[Token, ...]
    sample: str
    index: tuple[Token, ...]


def survey(formulas: Sequence[Sequence[Token]]) -> frozenset[str]:
    """The functions of a page, each as `F(x)`, that it knows by their values alone."""
    found: dict[str, set[str]] = {}
    others: set[str] = set()
    for tokens in formulas:
        for at, token in enumerate(tokens):
            if token.kind != "name":
                continue
            value = _value(tokens, at)
            if value is not None:
                found.setdefault(value.name, set()).add(value.sample)
            elif _is_other_use(tokens, at):
                others.add(token.text)
    samples = {name: next(iter(used)) for name, used in found.items() if len(used) == 1}
    known = {name for name in samples if name not in others}
    while True:
        kept = {n for n in known if not _is_used_elsewhere(samples[n], formulas, known)}
        if kept == known:
            return frozenset(f"{name}({samples[name]})" for name in known)
        known = kept


def joined(tokens: Sequence[Token], functions: frozenset[str]) -> list[Token]:
    """Tokens in which `F_m(x_i)` is the member m, i of a family."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        value = _value(tokens, at) if tokens[at].kind == "name" else None
        if value is None or f"{value.name}({value.sample})" not in functions:
            found.append(tokens[at])
            at += 1
            continue
        first, last = tokens[at], tokens[value.end - 1]
        found.append(Token("name", f"{value.name}({value.sample})", first.start, first.end))
        found += value.above
        found += [Token("_", "_", last.start, last.end), Token("{", "{", last.start, last.end)]
        if value.below:
            found += [*value.below, Token(",", ",", last.start, last.end)]
        found += [*value.index, Token("}", "}", last.start, last.end)]
        at = value.end
    return found


def _value(tokens: Sequence[Token], at: int) -> Value | None:
    """The value of a function at a sample that begins at a place."""
    before = tokens[at - 1] if at else None
    if before is not None and (before.kind in SCRIPTS or before.text in ACCENTS):
        return None
    below: tuple[Token, ...] = ()
    above: tuple[Token, ...] = ()
    end = at + 1
    while end < len(tokens) and tokens[end].kind in SCRIPTS:
        sign = tokens[end].kind
        inside, after = _argument(tokens, end + 1)
        if (below if sign == "_" else above) or not inside:
            return None
        if sign == "_":
            below = inside
        else:
            above = tuple(tokens[end:after])
        end = after
    opened = end < len(tokens) and (tokens[end].kind, tokens[end].text) == ("open", "(")
    close = _closing(tokens, end) if opened else -1
    plain = all(t.kind in ("name", "number", "operator", ",") for t in below)
    plain = plain and not any(t.text.startswith("\\") for t in below)
    if close < 0 or not plain or tokens[at].text in NAMED:
        return None
    marked = _sample(tokens[end + 1 : close])
    if marked is None:
        return None
    return Value(tokens[at].text, at, close + 1, below, above, *marked)


def _sample(tokens: Sequence[Token]) -> tuple[str, tuple[Token, ...]] | None:
    """The letter and the index of a sample: `x_i`, `x^{(i)}`, or the index i alone."""
    while len(tokens) > 2 and tokens[0].kind == "{" and _closing(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    if not tokens or tokens[0].kind != "name":
        return None
    if len(tokens) == 1:
        return ("", tuple(tokens)) if tokens[0].text in COUNTERS else None
    if tokens[1].kind not in SCRIPTS:
        return None
    inside, end = _argument(tokens, 2)
    bracketed = [t.kind for t in inside] == ["open", "name", "close"]
    index = inside[1:2] if bracketed else inside
    fits = len(index) == 1 and (tokens[1].kind == "_" or bracketed) and end == len(tokens)
    letter = fits and (index[0].kind == "number" or index[0].text in COUNTERS)
    return (tokens[0].text, tuple(index)) if letter else None


def _is_other_use(tokens: Sequence[Token], at: int) -> bool:
    """Whether a name is called otherwise, has a dash, or heads an equation by itself."""
    end = at + 1
    while end < len(tokens) and tokens[end].kind in SCRIPTS:
        end = _argument(tokens, end + 1)[1]
    if end >= len(tokens):
        return False
    after = tokens[end]
    opens = (after.kind, after.text) == ("open", "(")
    relates = (
        after.kind == "relation" and after.text in ("=", ":=", "from") and not _depth(tokens, at)
    )
    return opens or after.kind in ("'", ":") or relates


def _is_used_elsewhere(
    sample: str, formulas: Sequence[Sequence[Token]], functions: set[str]
) -> bool:
    """Whether a page uses a sample for more than to name it and to apply functions to it."""
    for tokens in formulas:
        inside: set[int] = set()
        for at, token in enumerate(tokens):
            value = _value(tokens, at) if token.kind == "name" else None
            if value is not None and value.name in functions:
                inside |= set(range(value.begin + 1, value.end))
        free = [k for k in _places(tokens, sample) if k not in inside]
        if free and not _only_lists(tokens):
            return True
    return False


def _places(tokens: Sequence[Token], sample: str) -> Iterator[int]:
    """Where a sample stands; an index stands for itself only outside of scripts and ranges."""
    for at, token in enumerate(tokens):
        if token.kind != "name":
            continue
        if sample and token.text == sample:
            yield at
        if not sample and token.text in COUNTERS and not _is_index(tokens, at):
            yield at


def _is_index(tokens: Sequence[Token], at: int) -> bool:
    """Whether a letter stands in a script, or beside a relation as in `i = 1`."""
    related = any(0 <= k < len(tokens) and tokens[k].kind == "relation" for k in (at - 1, at + 1))
    return related or _in_script(tokens, at)


def _in_script(tokens: Sequence[Token], at: int) -> bool:
    k = 0
    while k < at:
        if tokens[k].kind in SCRIPTS:
            end = _argument(tokens, k + 1)[1]
            if k < at < end:
                return True
        k += 1
    return False


def _only_lists(tokens: Sequence[Token]) -> bool:
    """Whether a formula only lists or declares: `(x_i, y_i)`, `x_i \\in \\mathbb{R}^d`."""
    head = tokens
    for at, token in enumerate(tokens):
        if token.kind == "relation" and token.text == "in" and not _depth(tokens, at):
            head = tokens[:at]
            break
    return all(
        token.kind in LISTED or (token.kind == "relation" and _in_script(head, at))
        for at, token in enumerate(head)
    )


def _depth(tokens: Sequence[Token], at: int) -> int:
    opened = sum(token.kind in PAIRS for token in tokens[:at])
    return opened - sum(token.kind in PAIRS.values() for token in tokens[:at])


def _argument(tokens: Sequence[Token], at: int) -> tuple[tuple[Token, ...], int]:
    """What a script holds, without its braces, and the place behind it."""
    if at >= len(tokens):
        return (), at
    if tokens[at].kind != "{":
        return (tokens[at],), at + 1
    end = _closing(tokens, at)
    return (tuple(tokens[at + 1 : end]), end + 1) if end > 0 else ((), len(tokens))


def _closing(tokens: Sequence[Token], at: int) -> int:
    depth = 0
    for place in range(at, len(tokens)):
        kind = tokens[place].kind
        depth += (kind in PAIRS) - (kind in PAIRS.values())
        if depth == 0:
            return place
    return -1
