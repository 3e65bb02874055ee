"""Words without a font: letters in a row that a page means as one name, as in `loss = ...`.

TeX sets `loss` as a product of four letters. Where names need no introduction, a run of letters is
read as one name if it stands where a name is introduced and one of its letters at least is used
nowhere else; and `log(x)` is the logarithm although its backslash is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mathlint import habits, samples
from mathlint.errors import Unread
from mathlint.tokens import FUNCTIONS, NAMED, OTHER_NAMES, Token, tokenize

SPELLED = {
    **{name: name for name in FUNCTIONS - {"sqrt"}},
    **OTHER_NAMES,
    "Tanh": "tanh",
    "Exp": "exp",
    "Max": "max",
}
BEHIND = ("ln", "log", "exp", "tanh")
COUNTERS = frozenset("ijklmn")
BEGINS = frozenset({"&", "newline", ",", ";", "gap", "begin"})
TAKES = frozenset({"open", "{"})
Run = tuple[int, int]


@dataclass(frozen=True)
class Words:
    """The names of a page that are words, and the letters that it uses as indices."""

    names: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()
    indices: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    labels: bool = False
    reals: bool = False
    quantities: frozenset[str] = frozenset()
    above: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()


def survey(formulas: Iterable[str]) -> Words:
    """The words of a page, found in all its formulas."""
    read: list[list[Token]] = []
    for tex in formulas:
        try:
            read.append(list(tokenize(tex)))
        except Unread:
            continue
    found = {word for tokens in read for word in _introduced(tokens)}
    indices = frozenset(letter for tokens in read for letter in _indices(tokens)) | COUNTERS
    letters: Counter[str] = Counter()
    for tokens in read:
        for begin, end in _runs(tokens):
            if _word(tokens, begin, end) not in found:
                letters.update(token.text for token in tokens[begin:end] if token.kind == "name")
    names = {word for word in found if _is_word(word, letters)}
    alone = frozenset(name for tokens in read for name in _alone(tokens))
    reals, above = habits.names_reals(read), habits.labels(read)
    quantities = habits.quantities(read)
    marks = (reals, quantities, above, samples.survey(read))
    return Words(frozenset(names), frozenset(letters), indices, alone, True, *marks)


def joined(tokens: Sequence[Token], words: Words) -> list[Token]:
    """Tokens in which every word of the page is one name."""
    tokens = habits.with_reals(tokens) if words.reals else tokens
    tokens = habits.with_quantities(tokens, words.quantities)
    tokens = habits.with_labels(tokens, words.above)
    found = list(tokens)
    for begin, end in reversed(_runs(tokens)):
        found[begin:end] = _joined(tokens, begin, end, words)
    if not words.labels:
        return found
    return samples.joined(_labelled(found, words), words.families)


def _joined(tokens: Sequence[Token], begin: int, end: int, words: Words) -> Sequence[Token]:
    word = _word(tokens, begin, end)
    start, last = tokens[begin].start, tokens[end - 1].end
    if word in words.names:
        return [Token("name", f"\\mathrm{{{word}}}", start, last)]
    if word.startswith("d") and word[1:] in words.names:
        name = Token("name", f"\\mathrm{{{word[1:]}}}", tokens[begin + 1].start, last)
        return [tokens[begin], name]
    if not words.labels:
        return tokens[begin:end]
    takes = end < len(tokens) and (tokens[end].kind in TAKES or tokens[end].text == "frac")
    if takes and f"\\mathrm{{{word}}}" in NAMED:
        return [Token("name", f"\\mathrm{{{word}}}", start, last)]
    if word in SPELLED and (takes or len(word) > 2):
        return [Token("function", SPELLED[word], start, last)]
    for ending in BEHIND:
        before = word.removesuffix(ending)
        if takes and 0 < len(before) < len(word) and set(before) <= words.letters:
            at = begin + len(before)
            return [*tokens[begin:at], Token("function", ending, tokens[at].start, last)]
    return tokens[begin:end]


def _runs(tokens: Sequence[Token]) -> list[Run]:
    """Letters, and digits behind them, that follow one another without a space."""
    found: list[Run] = []
    begin = 0
    for place in range(1, len(tokens) + 1):
        if place < len(tokens) and _goes_on(tokens[place - 1], tokens[place]):
            continue
        if tokens[begin].kind == "name" and place > begin:
            found.append((begin, place))
        begin = place
    return [run for run in found if len(tokens[run[0]].text) == 1]


def _goes_on(last: Token, token: Token) -> bool:
    plain = last.kind == "name" and len(last.text) == 1 and last.end == token.start
    letter = token.kind == "name" and len(token.text) == 1
    digits = token.kind == "number" and token.text.isdigit() and len(token.text) < 3
    return plain and last.end - last.start == 1 and (letter or digits)


def _word(tokens: Sequence[Token], begin: int, end: int) -> str:
    return "".join(token.text for token in tokens[begin:end])


def _is_word(word: str, letters: Counter[str]) -> bool:
    alone = [letter for letter in word if letter.isalpha() and not letters[letter]]
    if word[-1].isdigit():
        return not letters[word[:-1]] or len(word) > 2
    return len(alone) == len(word) or (len(alone) > 0 and (len(word) > 2 or word.isupper()))


def _introduced(tokens: Sequence[Token]) -> Iterable[str]:
    """The runs that stand where a name is introduced, or are a formula by themselves."""
    for begin, end in _runs(tokens):
        word = _word(tokens, begin, end)
        if word[0] == "d" and (len(word) == 2 or (begin and tokens[begin - 1].text == "/")):
            continue
        if len(word) < 2 or word in FUNCTIONS:
            continue
        before = tokens[begin - 1] if begin else None
        first = before is None or before.kind in BEGINS
        after = _behind_scripts(tokens, end)
        ends = after >= len(tokens)
        related = not ends and tokens[after].kind == "relation"
        if first and (related or (ends and begin == 0)):
            yield word
        elif first and not ends and tokens[after].kind == "open" and tokens[after].text == "(":
            closed = _closing(tokens, after)
            if closed + 1 < len(tokens) and tokens[closed + 1].kind == "relation":
                yield word


def _behind_scripts(tokens: Sequence[Token], at: int) -> int:
    """The place behind the indices and exponents that stand at a place."""
    while at < len(tokens) and tokens[at].kind in ("_", "^", "'"):
        at += 1
        if tokens[at - 1].kind != "'" and at < len(tokens):
            at = _closing(tokens, at) + 1 if tokens[at].kind == "{" else at + 1
    return at


def _closing(tokens: Sequence[Token], at: int) -> int:
    depth = 0
    for place in range(at, len(tokens)):
        depth += {"{": 1, "open": 1, "}": -1, "close": -1}.get(tokens[place].kind, 0)
        if depth == 0:
            return place
    return len(tokens) - 1


# -- labels below a name ------------------------------------------------------------------------


def _indices(tokens: Sequence[Token]) -> Iterable[str]:
    """Letters that stand alone below a name or a sum, or run over a range."""
    for place, (sign, token) in enumerate(pairwise(tokens)):
        if place and tokens[place - 1].text in ("nabla", "partial"):
            continue  # a variable stands there, and no index
        if sign.kind == "_" and token.kind == "name":
            yield token.text
        elif sign.kind == "_" and token.kind == "{":
            inside = tokens[place + 2 : _closing(tokens, place + 1)]
            compared = any(part.kind in ("relation", ",", "operator") for part in inside)
            if len(inside) == 1 or compared:
                yield from (part.text for part in inside if part.kind == "name")
    if any(token.kind == "dots" for token in tokens):
        for token, relation in pairwise(tokens):
            if relation.kind == "relation" and token.kind == "name":
                yield token.text


def _alone(tokens: Sequence[Token]) -> Iterable[str]:
    """Names that stand without anything below them, or are called."""
    for place, token in enumerate(tokens):
        after = tokens[place + 1].kind if place + 1 < len(tokens) else ""
        closes = after == "}" and place + 2 < len(tokens) and tokens[place + 2].kind == "_"
        if token.kind == "name" and after != "_" and not closes:
            yield token.text


def _labelled(tokens: list[Token], words: Words) -> list[Token]:
    """Tokens in which the letters below `W_{hx}` and `net_{o1}` are a label and no indices."""
    found: list[Token] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        below = found and found[-1].kind == "_" and token.kind == "{"
        end = _closing(tokens, place) if below else -1
        inside = tokens[place + 1 : end] if below else []
        found.append(token)
        place += 1
        base = found[-3].text if below and len(found) > 2 else ""
        if below and _is_label(inside, words) and _may_carry(base, inside, words):
            label = "".join(part.text for part in inside)
            found.append(Token("text", label, inside[0].start, inside[-1].end))
            place = end
    return found


def _may_carry(base: str, inside: Sequence[Token], words: Words) -> bool:
    """Whether what stands below a name is no list of its indices.

    `f_{xy}` of f(x, y) is one, and so is `w_{uv}` beside a matrix W.
    """
    label = "".join(part.text for part in inside)
    entry = base.upper() != base and base.upper() in words.alone and len(label) == 2
    return (base not in words.alone and not entry) or label.isupper() or len(label) > 2


def _is_label(inside: Sequence[Token], words: Words) -> bool:
    if len(inside) < 2 or any(part.kind not in ("name", "number") for part in inside):
        return False
    letters = [part.text for part in inside if part.kind == "name"]
    plain = all(len(letter) == 1 for letter in letters)
    return bool(letters) and plain and not words.indices & set(letters)
