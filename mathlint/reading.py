"""A formula to sentences: rows, chains, conditions, declarations; read whole or refused whole."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from mathlint.errors import Unread
from mathlint.parser import (
    DEPTH,
    FRACTIONS,
    INDICATORS,
    Parser,
    is_differential,
    matching,
    split_at,
    split_relations,
    with_dashed_names,
)
from mathlint.syntax import (
    Call,
    Chain,
    Condition,
    Derivative,
    Dots,
    Group,
    Interval,
    Mapping,
    Membership,
    Node,
    Num,
    NumberSet,
    Power,
    Range,
    Ref,
    Sentence,
    Sum,
    Symbol,
    bare,
    rebuilt,
    walk,
)
from mathlint.tokens import (
    ACCENTS,
    ADDING,
    BEGINNING_WORDS,
    CONDITION_WORDS,
    ENDINGS,
    EXPLAINING,
    INDEX_LETTERS,
    JOINING_WORDS,
    WIDE,
    Token,
    tokenize,
)
from mathlint.words import Words, joined

ROWS = frozenset(
    [
        "aligned",
        "align",
        "split",
        "gathered",
        "gather",
        "equation",
        "eqnarray",
        "alignat",
        "alignedat",
        "multline",
        "displaymath",
        "math",
    ]
)
BOLD_SETS = frozenset({"\\mathbf{R}", "\\mathbf{N}", "\\mathbf{Z}"})
SIGNS = frozenset({"operator", "function"})
ORDINALS = frozenset({"th", "st", "nd", "rd"})
FOLLOWING = frozenset({"implies", "iff"})
LABELS = ("name", "text", "function")
IsFunction = Callable[[str], bool]
NO_WORDS = Words()


@dataclass(frozen=True)
class Row:
    """The tokens of one statement line, with the tokens of its condition column."""

    tokens: tuple[Token, ...]
    condition: tuple[Token, ...] = ()
    goes_on: bool = False


def read_formula(
    tex: str, is_function: IsFunction, words: Words = NO_WORDS, before: Node | None = None
) -> tuple[Sentence, ...]:
    """The sentences of a formula; raises Unread if any part of it cannot be read.

    A formula that begins with `=` goes on with what the one `before` ended in.
    """
    tokens = [token for token in tokenize(tex) if token.kind != "text" or token.text]
    tokens = _without_ordinal(joined(_unbraced(tokens), words))
    if not tokens:
        raise Unread("an empty formula", 0)
    if _is_sign(tokens):
        sign = tokens[0]
        shown = tex.strip() if _is_operator(tokens) or sign.text == "nabla" else sign.text
        symbol = Symbol(shown, start=sign.start, end=sign.end)
        return (Chain((symbol,), (), start=sign.start, end=sign.end),)
    members = _members_of_set(tokens)
    if members is not tokens and tokens[0].text.startswith("\\mathcal"):
        name = Symbol(f"set {tokens[0].text}", start=0, end=tokens[-1].end)
        return (Chain((name,), (), start=0, end=tokens[-1].end),)
    tokens = members
    inside = _bracketed_condition(tokens)
    ranges = any(t.kind == "dots" or t.text == "in" for t in inside)
    rows = _rows(inside if ranges else tokens)
    known = _introduced(rows, is_function)
    sentences: list[Sentence] = []
    for row in rows:
        called = lambda name: name in known or is_function(name)  # noqa: E731
        sentences += _Row(row, called, None if sentences else before).sentences()
    if not sentences:
        raise Unread("no mathematics in this formula", 0, len(tex))
    return tuple(sentences)


def _unbraced(tokens: list[Token]) -> list[Token]:
    """Tokens without braces that say nothing: those of `\\theta{=}1` and of `\\delta{_2}`."""
    found: list[Token] = []
    scripts = {
        mark
        for place in range(1, len(tokens) - 1)
        if tokens[place].kind == "{" and tokens[place + 1].kind in ("_", "^")
        if tokens[place - 1].kind == "name"
        for mark in (place, matching(tokens, place))
    }
    for place, token in enumerate(tokens):
        if place in scripts:
            continue
        around = [t.kind for t in tokens[max(place - 1, 0) : place + 2]]
        opens = [t.kind for t in tokens[place : place + 3]] == ["{", "relation", "}"]
        closes = [t.kind for t in tokens[max(place - 2, 0) : place + 1]] == ["{", "relation", "}"]
        if not (opens or closes) or len(around) < 2:
            found.append(token)
    return found


def _without_ordinal(tokens: list[Token]) -> list[Token]:
    """Tokens without the ending of an ordinal number: `j^{th}`, which states nothing."""
    at = next((k for k in range(len(tokens) - 1, 0, -1) if tokens[k].kind == "^"), 0)
    shown = "".join(token.text for token in tokens[at + 1 :]).replace("\\mathrm", "")
    related = any(token.kind == "relation" for token in tokens)
    return tokens[:at] if at and shown.strip("{}") in ORDINALS and not related else tokens


def _has_place(tokens: list[Token]) -> bool:
    """Whether a dot stands for an argument: `f(\\cdot)`, `\\| \\cdot \\|`."""
    for place in range(1, len(tokens) - 1):
        before, after = tokens[place - 1], tokens[place + 1]
        if tokens[place].text != "*" or tokens[place].kind != "operator":
            continue
        opens = before.kind in ("open", "{", ",") or (before.kind == "bar" and place == 1)
        if opens and after.kind in ("close", "}", ",", "bar"):
            return True
    return False


def _is_space(tokens: list[Token]) -> bool:
    """Whether a text only names a set or a mapping between sets: `\\mathbb{R}^n`."""
    pieces, relations = split_relations(tokens)
    return set(relations) <= {"to"} and all(
        piece and piece[0].text.startswith("\\mathbb") and _after_scripts(piece, 1) == len(piece)
        for piece in pieces
    )


def _after_scripts(tokens: list[Token], at: int) -> int:
    """The place behind the indices and exponents that begin at a place."""
    while at < len(tokens) and tokens[at].kind in ("_", "^"):
        opened = at + 1 < len(tokens) and tokens[at + 1].kind == "{"
        at = matching(tokens, at + 1) + 1 if opened else at + 2
    return at


def _is_sign(tokens: list[Token]) -> bool:
    """Whether a text only shows a sign: `\\odot`, `\\sum_i`, `f(\\cdot)`, `^T`, a dash."""
    if _is_space(tokens) or tokens[0].kind in ("^", "_", "'"):
        return (
            _is_space(tokens) or tokens[0].kind == "'" or _after_scripts(tokens, 0) == len(tokens)
        )
    if _has_place(tokens) and not any(token.kind == "relation" for token in tokens):
        return True
    if _is_operator(tokens):
        return True
    if tokens[0].kind == "command" and tokens[0].text in ("sum", "prod", "nabla"):
        return _after_scripts(tokens, 1) == len(tokens)
    needs_argument = tokens[0].text == "sqrt"  # TeX itself refuses a lone one
    return len(tokens) == 1 and tokens[0].kind in (*SIGNS, "text") and not needs_argument


def _is_operator(tokens: list[Token]) -> bool:
    """Whether a text only shows by what is differentiated: `\\frac{\\partial}{\\partial x}`."""
    parts = [token for token in tokens if token.kind not in ("{", "}")]
    shown = tokens[0].kind == "command" and tokens[0].text in FRACTIONS and len(parts) > 3
    end = matching(tokens, 1) + 1 if shown and tokens[1].kind == "{" else 0
    if end < 1 or end >= len(tokens) or tokens[end].kind != "{":
        return False
    top, bottom = tokens[2 : end - 1], tokens[end + 1 : -1]
    whole = matching(tokens, end) == len(tokens) - 1
    return (
        whole
        and len(top) == 1
        and len(bottom) > 1
        and all(is_differential(half[0]) for half in (top, bottom))
    )


def heads_of(tex: str, words: Words = NO_WORDS) -> set[tuple[str, bool]]:
    """The name that a formula would introduce, as far as its first tokens tell."""
    try:
        tokens = [
            t for t in joined(tokenize(tex), words) if t.kind not in ("{", "}", "gap", "&", "begin")
        ]
    except Unread:
        return set()
    while tokens and tokens[0].kind == "function":
        tokens = tokens[1:]
    related = any(token.kind == "relation" and token.text in ("=", ":=") for token in tokens)
    if not related or not tokens or tokens[0].kind != "name":
        return set()
    layered = [t.text for t in tokens[1:3]] in (["^", "("], ["^", "["])
    return {(tokens[0].text, layered)}


def declared_name(node: Node) -> Ref | None:
    """The name that a declaration speaks of: `x`, `W^l` with its index in braces, `\\sigma^2`."""
    if isinstance(node, Ref):
        return node
    if isinstance(node, Power) and isinstance(node.base, Ref) and node.base.layer is None:
        exponent = bare(node.exponent)
        if isinstance(exponent, Num) and exponent.value == 2:
            return squared(node.base)
        index = layer_index(node.exponent)
        if index is None:
            return None
        marked = Group((index,), "", start=index.start, end=index.end)
        return replace(node.base, layer=marked, end=node.end)
    return None


def squared(name: Ref) -> Ref:
    """The name of a square that is a quantity by itself, as the variance `\\sigma^2` is."""
    return replace(name, name=f"{name.name}^{{2}}")


def layer_index(exponent: Node) -> Node | None:
    """An exponent that may be a layer: a letter, a number, or their sum."""
    node = bare(exponent)
    if isinstance(node, Num):
        return node if node.value.denominator == 1 and node.value >= 0 else None
    if isinstance(node, Ref):
        return node if node.layer is None and not node.subs else None
    if isinstance(node, Sum) and all(isinstance(bare(part), Ref | Num) for _, part in node.terms):
        return node if isinstance(node.terms[0][1], Ref) else None
    return None


def _members_of_set(tokens: list[Token]) -> list[Token]:
    """The list inside `\\mathcal{D} = \\{(x_1, y_1), \\dots\\}_{i=1}^m`, which states nothing."""
    pieces, relations = split_relations(tokens)
    last = pieces[-1]
    if relations not in ([], ["="]) or not last or (last[0].kind, last[0].text) != ("open", "{"):
        return tokens
    end = matching(last, 0)
    inside = last[1:end]
    listed = len(split_at(inside, [","])) > 1 or any(token.kind == "dots" for token in inside)
    scripts = listed and all(token.kind != "relation" for token in inside)
    behind = last[end + 1] if end + 1 < len(last) else None
    ranged = behind is not None and behind.kind == "_" and bool(inside)
    scripts |= ranged and all(token.kind != "relation" for token in inside)
    named = not relations or (len(pieces[0]) == 1 and pieces[0][0].text.startswith("\\mathcal"))
    ends = behind is None or behind.kind in ("_", ".", ",")
    return inside if inside and scripts and named and ends and end > 0 else tokens


# -- rows ---------------------------------------------------------------------------------------


def _rows(tokens: list[Token]) -> list[Row]:
    tokens = _without_end_mark(tokens)
    if not tokens:
        return []
    end = matching(tokens, 0) if tokens[0].kind == "begin" else -1
    beside = _bracketed_condition(_without_gaps(tokens[end + 1 :])) if end > 0 else []
    if beside:
        return [
            row if row.condition else replace(row, condition=tuple(beside))
            for row in _rows(tokens[: end + 1])
        ]
    if end == len(tokens) - 1:
        inside = tokens[1:-1]
        if tokens[0].text == "cases":
            return [row for part in split_at(inside, ["newline"]) for row in _case_rows(part)]
        if tokens[0].text not in ROWS:
            raise Unread(
                f"the environment {tokens[0].text} is not read",
                tokens[0].start,
                tokens[0].end,
                "ML104",
            )
        if _inner_environment(inside):
            return _rows(inside)
        if tokens[0].text == "eqnarray":
            rows = [
                [token for cell in split_at(row, ["&"]) for token in cell]
                for row in split_at(inside, ["newline"])
            ]
            breaks = [Token("newline", "", row[0].start, row[0].start) for row in rows[1:] if row]
            joined_rows = [rows[0]] + [
                [mark, *row] for mark, row in zip(breaks, [r for r in rows[1:] if r], strict=True)
            ]
            return _aligned([token for row in joined_rows for token in row])
        return _aligned(inside)
    stray = next(
        (token for part in split_at(tokens, ["newline"]) for token in part if token.kind == "&"),
        None,
    )
    if stray is not None and not any(token.kind == "begin" for token in tokens):
        raise Unread("an & outside an environment", stray.start, stray.end)
    return _aligned(tokens)


def _inner_environment(tokens: list[Token]) -> bool:
    tokens = _without_end_mark(tokens)
    return bool(tokens) and tokens[0].kind == "begin" and matching(tokens, 0) == len(tokens) - 1


def _without_end_mark(tokens: list[Token]) -> list[Token]:
    end = len(tokens)
    while end and tokens[end - 1].kind in (".", ",", ";", "newline", ":"):
        end -= 1
    return tokens[:end]


def _case_rows(tokens: list[Token]) -> list[Row]:
    cells = split_at(tokens, ["&"])
    if len(cells) > 2:
        raise Unread("a row of cases has more than two columns", tokens[0].start, tokens[-1].end)
    if not tokens:
        return []
    return [Row(tuple(cells[0]), tuple(cells[1]) if len(cells) == 2 else ())]


def _aligned(tokens: list[Token]) -> list[Row]:
    """Rows joined to statement lines: a row that begins with a relation goes on with its column."""
    lines: list[_Line] = []
    latest: dict[int, _Line] = {}
    for row in split_at(tokens, ["newline"]):
        cells = _without_reasons(split_at(row, ["&"]))
        for column in range(0, len(cells), 2):
            pair = cells[column : column + 2]
            joined = _without_gaps([token for cell in pair for token in cell])
            if not joined:
                continue
            beside = _bracketed_condition(joined) or _worded_condition(joined)
            if beside and column and lines:
                lines[-1].narrow(beside)
                continue
            worded = joined
            joined = _without_beginning(joined)
            if not joined:
                continue
            told = joined is not worded and _states(joined)
            goes_on = column in latest and _goes_on(latest[column].tokens, pair, joined)
            goes_on = goes_on and not told
            begins = column in latest and (latest[column].in_second or told) and _states(joined)
            if column in latest and not goes_on and not pair[0] and not begins:
                message = "this row neither begins a statement nor goes on with one"
                raise Unread(message, joined[0].start, joined[-1].end, "ML105")
            if not goes_on:
                latest[column] = _Line(not pair[0])
                lines.append(latest[column])
            latest[column].add(joined)
    return [row for line in lines for row in line.rows()]


def _without_beginning(row: list[Token]) -> list[Token]:
    """A row without the words or the arrow that tell how it follows from what stands before."""
    at = 0
    while at < len(row) and (
        (row[at].kind == "text" and row[at].text in BEGINNING_WORDS)
        or (row[at].kind == "relation" and row[at].text in FOLLOWING)
        or (at and row[at].kind in (",", "gap", ":", "&"))
    ):
        at += 1
    return row[at:] if at else row


class _Line:
    """The rows that one statement goes on over, each with the condition at its end.

    One that begins `in_second` has nothing before the mark of its first row.
    """

    def __init__(self, in_second: bool) -> None:
        self.in_second = in_second
        self.tokens: list[Token] = []
        self.ends: list[tuple[int, tuple[Token, ...]]] = []
        self.last: tuple[int, list[Token]] | None = None

    def add(self, row: list[Token]) -> None:
        """Go on with a row; a comma before the one that ends here began a condition."""
        if self.last is not None:
            at, condition = self.last
            self.tokens = self.tokens[:at]
            self.ends[-1] = (at, tuple(condition))
        kept, condition = _condition_at_end(row)
        open_end = None if condition else _condition_after_comma(row)
        self.last = None if open_end is None else (len(self.tokens) + open_end[0], open_end[1])
        self.tokens += kept
        self.ends.append((len(self.tokens), tuple(condition)))

    def narrow(self, condition: list[Token]) -> None:
        """Put the latest row under a condition that stands in a column of its own."""
        end, before = self.ends[-1]
        if before:
            raise Unread("a second condition", condition[0].start, condition[-1].end)
        self.ends[-1] = (end, tuple(condition))

    def rows(self) -> list[Row]:
        """One statement under the condition at its very end, or one for each row that has its own.

        A later one begins with the member that the row before ended in.
        """
        if not any(condition for _, condition in self.ends[:-1]):
            return [Row(tuple(self.tokens), self.ends[-1][1])]
        shown = {tuple(token.text for token in condition) for _, condition in self.ends} - {()}
        first = next(k for k, (_, condition) in enumerate(self.ends) if condition)
        if len(shown) > 1 or not all(condition for _, condition in self.ends[first:]):
            message = "from the first row with a condition on, every row must state the same one"
            raise Unread(message, self.tokens[0].start, self.tokens[-1].end)
        found: list[Row] = []
        begin = 0
        for end, condition in self.ends:
            found.append(Row(tuple(self.tokens[begin:end]), condition, bool(found)))
            pieces, _ = split_relations(self.tokens[:end])
            begin = end - len(pieces[-1])
        return found


def _condition_at_end(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    """A row and the brackets with a relation that it ends in."""
    row = _without_end_mark(tokens)
    if not row or row[-1].kind != "close" or row[-1].text != "(":
        return tokens, []
    ends = [k for k in range(len(row)) if matching(row, k) == len(row) - 1]
    opened = ends[0] if ends else 0
    if opened and row[opened - 1].text in INDICATORS:
        return tokens, []
    inside = _bracketed_condition(row[opened:])
    one = row[opened - 1] if opened else None
    # a blank, unlike `\;` or `\quad`, sets nothing apart in TeX
    if inside and one is not None and one.text == "1" and row[opened].start - one.end <= 1:
        message = (
            "an indicator, or a condition? write \\mathbb{1}[...], or \\quad before the bracket"
        )
        raise Unread(message, one.start, row[-1].end)
    kept = _without_gaps(row[:opened])
    return (kept, inside) if inside and split_relations(kept)[1] else (tokens, [])


def _bracketed_condition(tokens: list[Token]) -> list[Token]:
    """What stands in brackets that hold a relation, if tokens are nothing else."""
    tokens = _without_end_mark(tokens)
    while tokens and tokens[0].kind in ("text", "gap"):
        tokens = tokens[1:]
    if not tokens or tokens[0].text != "(" or matching(tokens, 0) != len(tokens) - 1:
        return []
    return tokens[1:-1] if split_relations(tokens[1:-1])[1] else []


def _worded_condition(tokens: list[Token]) -> list[Token]:
    """What stands behind a word such as `for`, if tokens begin with one and hold a relation."""
    tokens = _without_end_mark(tokens)
    if len(tokens) < 2 or tokens[0].kind != "text" or tokens[0].text not in CONDITION_WORDS:
        return []
    return tokens[1:] if split_relations(tokens[1:])[1] else []


def _condition_after_comma(tokens: list[Token]) -> tuple[int, list[Token]] | None:
    """Where a restriction such as `, i \\ne j` at the end of a row begins, and what it is."""
    row = _without_end_mark(tokens)
    parts = split_at(row, [",", "gap"])
    if len(parts) < 2 or not split_relations(parts[0])[1]:
        return None
    last = parts[-1]
    relations = split_relations(last)[1]
    if not relations or "=" in relations or ":=" in relations or last[0].kind == "relation":
        return None
    at = len(row) - len(last) - 1
    while at and row[at - 1].kind in (",", "gap"):
        at -= 1
    return at, last


def _as_comma(token: Token) -> Token:
    """Words such as `and` and `where` stand between statements as a comma does."""
    joins = token.kind == "text" and token.text in JOINING_WORDS
    return Token(",", ",", token.start, token.end) if joins else token


def _joined_by_commas(tokens: Sequence[Token]) -> list[Token]:
    """Tokens with one comma for the words between statements and the commas beside them."""
    found: list[Token] = []
    after_word = False
    for token in tokens:
        comma = _as_comma(token)
        is_word = comma is not token
        if is_word and (not found or found[-1].kind in (",", ";")):
            after_word = True
        elif not (after_word and token.kind in (",", "gap")):
            found.append(comma)
            after_word = is_word
    return found


def _without_gaps(tokens: list[Token]) -> list[Token]:
    """Tokens without wide spaces at their ends."""
    start, end = 0, len(tokens)
    while start < end and tokens[start].kind == "gap":
        start += 1
    while end > start and tokens[end - 1].kind == "gap":
        end -= 1
    return tokens[start:end]


def _separated(tokens: Sequence[Token]) -> list[Token]:
    """Wide spaces between two statements become commas; elsewhere they are only spaces."""
    parts = split_at(tokens, ["gap"])
    numbered = [token.kind for token in parts[-1]] == ["open", "number", "close"]
    if len(parts) > 1 and numbered:
        parts.pop()  # the number of an equation, set at its end by hand
    found: list[Token] = list(parts[0])
    for part in parts[1:]:
        related = bool(split_relations(found)[1]) and bool(split_relations(part)[1])
        goes_on = not part or part[0].kind in ("relation", "operator", "text", ",")
        if related and not goes_on and found[-1].kind not in (",", ";", "relation", "operator"):
            found.append(Token(",", ",", part[0].start, part[0].start))
        found += part
    return [token for token in found if token.kind != "gap"]


def _without_reasons(cells: list[list[Token]]) -> list[list[Token]]:
    """Cells without those that hold words alone, and without words that end a cell."""
    kept = []
    for cell in cells:
        cell = _without_gaps(cell)
        end = len(cell)
        while end and cell[end - 1].kind == "text" and cell[end - 1].text not in ENDINGS:
            end -= 1
        kept.append(_without_gaps(cell[:end]))
    return kept


def _states(row: list[Token]) -> bool:
    """Whether a row holds a relation that it does not begin with."""
    return row[0].kind not in ("relation", "operator") and bool(split_relations(row)[1])


def _goes_on(line: list[Token], pair: list[list[Token]], joined: list[Token]) -> bool:
    first, last = joined[0], line[-1]
    if first.kind == "relation" or last.kind == "relation" or last.kind == "operator":
        return True
    has_relation = len(split_relations(joined)[1]) > 0
    return first.kind == "operator" and (not has_relation or not pair[0])


def _introduced(rows: list[Row], is_function: IsFunction) -> frozenset[str]:
    """Names that a row of this formula defines as functions: `f(x, y) = ...`, `y = f(x) = ...`."""
    names: set[str] = set()
    for row in rows:
        for part in split_at(_joined_by_commas(row.tokens), [",", ";", "gap"]):
            pieces, relations = split_relations(part)
            for place, (piece, relation) in enumerate(zip(pieces, relations, strict=False)):
                if relation in ("=", ":=") and (place == 0 or relations[place - 1] == "="):
                    found = _function_named(piece, place > 0)
                    others = [t for other in pieces if other is not piece for t in other]
                    if not ("d" in found and any(map(is_differential, others))):
                        names |= found  # `d(x^2) = 2x dx` defines no d
    return frozenset(name for name in names if not is_function(name))


def _accented(tokens: list[Token]) -> list[Token]:
    """Tokens that begin with a letter under an accent, as one name: `\\hat{y}(z)`."""
    sign = tokens[0] if tokens else None
    rest = [t for t in tokens[1:4] if t.kind not in ("{", "}")]
    if sign is None or sign.kind != "command" or sign.text not in ACCENTS or not rest:
        return tokens
    name = f"\\{WIDE.get(sign.text, sign.text)}{{{rest[0].text}}}"
    end = matching(tokens, 1) + 1 if tokens[1].kind == "{" else 2
    return [Token("name", name, sign.start, tokens[end - 1].end), *tokens[end:]]


def _function_named(piece: list[Token], inside: bool) -> set[str]:
    """The function that a side of an equation consists of, with plain arguments.

    `inside` a chain a letter before brackets may as well be a factor; words and Greek letters are
    functions there, and so is what the field calls by f, g and h.
    """
    tokens = [t for t in _accented(piece) if t.kind not in ("{", "}") and t.text not in ACCENTS]
    if len(tokens) > 1 and tokens[0].kind == "function" and tokens[0].text in ("ln", "log"):
        tokens = tokens[1:]  # the logarithm of a function tells that function
    if len(tokens) >= 6 and tokens[1].kind == "_" and tokens[2].kind in LABELS:
        # a parameter or a word below the function's name: h_\\theta(x) = ...
        label = tokens[2].text
        label = label if tokens[2].kind == "name" else f"\\mathrm{{{label}}}"
        named = f"{tokens[0].text}_{{{label}}}"
        tokens = [Token("name", named, tokens[0].start, tokens[2].end), *tokens[3:]]
    if len(tokens) < 4 or tokens[0].kind != "name" or tokens[1].text != "(":
        return set()
    end = matching(tokens, 1)
    plain = all(map(_is_parameter, split_at(tokens[2:end], [",", ";", "bar"])))
    whole = end == len(tokens) - 1 or (end > 0 and tokens[end + 1].kind == "_")
    if not plain or not whole or (inside and not _is_called(tokens[0].text)):
        return set()
    return {tokens[0].text}


def _is_called(name: str) -> bool:
    return len(name) > 1 or name in "fgh"


def _is_parameter(tokens: list[Token]) -> bool:
    """`x`, an entry or sample such as `x_1` and `x^{(i)}`, a square; braces are gone here."""
    kinds = [token.kind for token in tokens]
    if kinds[:1] != ["name"]:
        return False
    index = kinds[1:] in (["_", "number"], ["_", "name"], ["^", "number"])
    layered = kinds[1:3] == ["^", "open"] and kinds[-1] == "close"
    return len(kinds) == 1 or index or layered


# -- one row ------------------------------------------------------------------------------------


class _Row:
    def __init__(self, row: Row, is_function: IsFunction, before: Node | None) -> None:
        self.row, self.is_function, self.before = row, is_function, before

    def sentences(self) -> list[Sentence]:
        tokens = _unwrapped(_without_end_mark(_separated(self.row.tokens)))
        if not tokens:
            return []
        tokens, trailing = self._trailing_condition(tokens)
        units = self._units(tokens)
        conditions = [*self._conditions(trailing), *self._conditions(list(self.row.condition))]
        sentences = self._stated(units)
        words = [t.start for t in self.row.tokens if t.kind == "text" and t.text in ADDING]
        added = [
            later
            for before, later in itertools.pairwise(sentences)
            if any(before.end <= word < later.start for word in words)
        ]
        found = self._joined(sentences, added, conditions)
        if self.row.goes_on and isinstance(found[0], Chain):
            found[0] = replace(found[0], goes_on=True)
        return self._explained_first(found)

    def _explained_first(self, sentences: list[Sentence]) -> list[Sentence]:
        """What stands after `where` explains names that the row uses before."""
        words = [t.start for t in self.row.tokens if t.kind == "text" and t.text in EXPLAINING]
        if not words:
            return sentences
        last = [s for s in sentences if s.start > words[0] and _names_something(s)]
        return [*last, *(sentence for sentence in sentences if sentence not in last)]

    def parse(self, tokens: list[Token], near: Token) -> Node:
        if not tokens:
            raise Unread("a side of this relation is missing", near.start, near.end)
        return Parser(tokens, self.is_function).whole()

    def _trailing_condition(self, tokens: list[Token]) -> tuple[list[Token], list[Token]]:
        """A bracket with a relation at the end, or words like `for` and what follows them."""
        depth = 0
        for place, token in enumerate(tokens):
            depth += DEPTH.get(token.kind, 0)
            if depth == 0 and token.kind == "text":
                if token.text in JOINING_WORDS and 0 < place < len(tokens) - 1:
                    continue
                if token.text in CONDITION_WORDS and place + 1 < len(tokens) and place:
                    return _without_end_mark(tokens[:place]), tokens[place + 1 :]
                after = tokens[place + 1 : place + 2]
                if not (after and after[0].kind == "open" and token.text.isalpha()):
                    raise Unread(
                        f"the words {token.text!r} stand inside the mathematics",
                        token.start,
                        token.end,
                    )
            called = place > 0 and tokens[place - 1].text in (*INDICATORS, "1")
            if depth == 1 and token.kind == "open" and token.text == "(" and place and not called:
                end = matching(tokens, place)
                inside = tokens[place + 1 : end]
                if end == len(tokens) - 1 and split_relations(inside)[1]:
                    return _without_end_mark(tokens[:place]), inside
        return tokens, []

    def _units(self, tokens: list[Token]) -> list[list[list[Token]]]:
        """Comma-separated parts; parts without a relation go with their neighbour's list."""
        parts = split_at(_joined_by_commas(tokens), [",", ";"])
        if not all(parts):
            at = tokens or list(self.row.condition) or list(self.row.tokens)
            raise Unread("an empty item between commas", at[0].start, at[-1].end)
        related = [bool(split_relations(part)[1]) for part in parts]
        if not any(related):
            shown = [part for part in parts if [token.kind for token in part] != ["dots"]]
            return [[part] for part in shown or parts]
        units: list[list[list[Token]]] = []
        leading: list[list[Token]] = []
        for part, relation in zip(parts, related, strict=True):
            if not relation:
                leading.append(part)
                continue
            listed = _ends_list(leading) if units else 0
            if units:
                units[-1] += leading[:listed]
            units.append([*leading[listed:], part])
            leading = []
        units[-1] += leading
        return units

    def _stated(self, units: list[list[list[Token]]]) -> list[Sentence]:
        """What each part of a row states."""
        return [s for unit in units for s in self._bounds_of_list(unit) or [self._unit(unit)]]

    def _bounds_of_list(self, parts: list[list[Token]]) -> list[Sentence]:
        """`x, y > 0`: the same bound for every name of a list."""
        pieces, relations = split_relations(parts[-1])
        family = self._family(parts, pieces, relations)
        if family:
            return family
        if relations == ["to"] and len(parts) > 1:
            return self._mappings(parts)
        if relations[-1:] == ["in"] and set(relations[:-1]) <= {"="} and len(parts) == 1:
            return self._result_in(pieces, relations[:-1])
        if relations == ["in"] and any(_is_call(part) for part in (*parts[:-1], pieces[0])):
            return self._values_in([*parts[:-1], pieces[0]], pieces[1])
        if relations == ["!="] and len(parts) == 1 and pieces[1] and pieces[1][0].text == "pm":
            return self._both_signs(pieces)
        orders = {"<", "<=", ">", ">=", "!="}
        if len(parts) < 2 or not relations or not set(relations) <= orders:
            return []
        if any(split_relations(part)[1] for part in parts[:-1]):
            return []
        found: list[Sentence] = []
        others = tuple(self.parse(piece, parts[-1][0]) for piece in pieces[1:])
        for name in map(self._ref, [*parts[:-1], pieces[0]]):
            end = others[-1].end
            found.append(Chain((name, *others), tuple(relations), start=name.start, end=end))
        return found

    def _result_in(self, pieces: list[list[Token]], relations: list[str]) -> list[Sentence]:
        """`x = (x_1, ..., x_n) \\in \\mathbb{R}^n`: where a name lies, and what it consists of.

        What is no name, as a derivative, is computed: that it lies there is a claim.
        """
        near = pieces[0][0] if pieces[0] else self.row.tokens[0]
        members = tuple(self.parse(piece, near) for piece in pieces[:-1])
        name = declared_name(bare(members[0]))
        if not relations and name is not None:
            return []
        start, end = members[0].start, (pieces[-1] or pieces[-2])[-1].end
        target = self._set(pieces[-1], start)
        chain = Chain(members, tuple(relations), start=start, end=members[-1].end)
        if name is not None:
            return [Membership((name,), target, start=start, end=end), chain]
        lies = Chain((members[-1], target), ("in",), start=members[-1].start, end=end)
        return [chain, lies] if relations else [lies]

    def _values_in(self, parts: list[list[Token]], tokens: list[Token]) -> list[Sentence]:
        """`y, h(x) \\in \\{0, 1\\}`: names, and values of functions, in one set."""
        target = self._set(tokens, parts[0][0].start)
        found: list[Sentence] = []
        for part in parts:
            value = self.parse(part, part[0])
            name = declared_name(bare(value))
            if name is not None:
                found.append(Membership((name,), target, start=name.start, end=target.end))
            else:
                found.append(Chain((value, target), ("in",), start=value.start, end=target.end))
        return found

    def _mappings(self, parts: list[list[Token]]) -> list[Sentence]:
        """`f, g : A \\to B`: each of several functions."""
        colon = next((k for k, token in enumerate(parts[-1]) if token.kind == ":"), None)
        if colon is None:
            return []
        names = [*parts[:-1], parts[-1][:colon]]
        return [self._unit([[*name, *parts[-1][colon:]]]) for name in names]

    def _both_signs(self, pieces: list[list[Token]]) -> list[Sentence]:
        """`x \\ne \\pm 3`: neither the number nor its opposite."""
        name, sign = self.parse(pieces[0], pieces[1][0]), pieces[1][0]
        value = self.parse(pieces[1][1:], sign)
        opposite = Sum(((-1, value),), start=sign.start, end=value.end)
        both = (value, opposite)
        return [Chain((name, v), ("!=",), start=name.start, end=value.end) for v in both]

    def _family(
        self, parts: list[list[Token]], pieces: list[list[Token]], relations: list[str]
    ) -> list[Sentence]:
        """`x_1, \\dots, x_n \\in \\mathbb{R}`: every x_i, with the range of i."""
        dots = [k for k, part in enumerate(parts) if [t.kind for t in part] == ["dots"]]
        if relations != ["in"] or dots != [len(parts) - 2] or len(parts) < 3:
            return []
        names = [self._ref(part) for part in parts[: dots[0]]]
        last = self._ref(pieces[0])
        layered = all(n.layer is not None and not n.subs for n in (*names, last))
        indexed = all(n.layer is None and len(n.subs) == 1 for n in (*names, last))
        if any(n.name != last.name for n in names) or not (layered or indexed):
            return []
        start, end = names[0].start, parts[-1][-1].end
        index = Ref(f"index of {last.name}", start=start, end=last.end)
        mark = parts[dots[0]][0]
        ends = [n.subs[0] if n.subs else n.layer for n in (*names, last)]
        numbers = [end for end in ends if end is not None]
        items = (*numbers[:-1], Dots(start=mark.start, end=mark.end), numbers[-1])
        place = {"layer": index} if layered else {"subs": (index,)}
        every = replace(last, start=start, **place)
        target = self._set(pieces[1], start)
        return [
            Range((index,), items, start=start, end=last.end),
            Membership((every,), target, start=start, end=end),
        ]

    def _unit(self, parts: list[list[Token]]) -> Sentence:
        tokens = [token for part in parts for token in part]
        start, end = tokens[0].start, tokens[-1].end
        at = next((k for k, part in enumerate(parts) if split_relations(part)[1]), None)
        if at is None:
            if tokens[0].kind == "dots" and len(tokens) == 1:
                raise Unread("dots alone", start, end)
            return Chain((self.parse(tokens, tokens[0]),), (), start=start, end=end)
        pieces, relations = split_relations(parts[at])
        colon = next((k for k, token in enumerate(pieces[0]) if token.kind == ":"), None)
        if colon is not None and relations == ["to"] and len(parts) == 1:
            name, source = self._mapped(pieces[0][:colon]), self._set(pieces[0][colon + 1 :], start)
            return Mapping(name, source, self._set(pieces[1], start), start=start, end=end)
        if "in" in relations:
            return self._membership(parts, at, pieces, relations, start, end)
        if at > 0 or at + 1 < len(parts):
            return self._range(parts, at, pieces, relations, start, end)
        if relations == ["="] and len(split_at(pieces[1], ["dots"])) > 1:
            listed = self._spaced_range(pieces)
            if listed is not None:
                return Range((self._ref(pieces[0]),), listed, start=start, end=end)
        if self.before is not None and not pieces[0] and relations[0] == "=":
            place = {"start": start, "end": tokens[0].end}
            first = rebuilt(self.before, lambda node: replace(node, **place))
            others = tuple(self.parse(piece, tokens[0]) for piece in pieces[1:])
            return Chain((first, *others), tuple(relations), goes_on=True, start=start, end=end)
        members = tuple(self.parse(piece, tokens[0]) for piece in pieces)
        return Chain(members, tuple(relations), start=start, end=end)

    def _spaced_range(self, pieces: list[list[Token]]) -> tuple[Node, ...] | None:
        """`i = 1 \\dots n` without commas."""
        marks = [k for k, token in enumerate(pieces[1]) if token.kind == "dots"]
        left, right = pieces[1][: marks[0]], pieces[1][marks[0] + 1 :]
        if len(marks) != 1 or not left or not right or len(pieces[0]) != 1:
            return None
        if left[-1].kind == "operator" or right[0].kind == "operator":
            return None
        dots = pieces[1][marks[0]]
        return (
            self.parse(left, dots),
            Dots(start=dots.start, end=dots.end),
            self.parse(right, dots),
        )

    def _ref(self, tokens: list[Token]) -> Ref:
        node = declared_name(bare(self.parse(tokens, tokens[0]))) if tokens else None
        if node is None:
            at = tokens[0] if tokens else None
            raise Unread("a name was expected here", at.start if at else 0, at.end if at else None)
        return node

    def _mapped(self, tokens: list[Token]) -> Ref:
        """The name of a function, without the place of its argument: `l(\\cdot, y)`."""
        opened = next((k for k, token in enumerate(tokens) if token.kind == "open"), None)
        placed = opened is not None and any(t.kind == "operator" for t in tokens[opened:])
        return self._ref(tokens[:opened] if placed else tokens)

    def _membership(
        self,
        parts: list[list[Token]],
        at: int,
        pieces: list[list[Token]],
        relations: list[str],
        start: int,
        end: int,
    ) -> Sentence:
        listed = [pieces[-1], *parts[at + 1 :]]
        dotted = any(token.kind == "dots" for part in listed for token in part)
        if relations != ["in"] or (len(listed) > 1 and not dotted):
            raise Unread("this declaration is not read", start, end, "ML104")
        names = tuple(self._ref(part) for part in [*parts[:at], pieces[0]])
        if dotted and pieces[1] and pieces[1][0].kind != "open":
            target = self._listed_set(listed, (), pieces[1][0], end)
        else:
            target = self._set(pieces[1], start)
        return Membership(names, target, start=start, end=end)

    def _listed_set(
        self, parts: list[list[Token]], dims: tuple[Node, ...], first: Token, end: int
    ) -> NumberSet:
        """`\\{1, \\dots, n\\}`, also without its braces: a set by its members."""
        items = self._items([piece for part in parts for piece in _spaced(part)], first.start)
        if isinstance(items[-1], Dots) and isinstance(items[0], Num):
            name = "N>=0" if items[0].value == 0 else "N"
            return NumberSet(name, dims, start=first.start, end=end)
        return NumberSet("finite", dims, items, start=first.start, end=end)

    def _range(
        self,
        parts: list[list[Token]],
        at: int,
        pieces: list[list[Token]],
        relations: list[str],
        start: int,
        end: int,
    ) -> Sentence:
        if relations != ["="]:
            if at == 0 and len(parts) == 1:
                raise Unread("this list is not read", start, end, "ML104")
            raise Unread("a list after this relation is not read", start, end, "ML104")
        names = tuple(self._ref(part) for part in [*parts[:at], pieces[0]])
        listed = [pieces[1], *parts[at + 1 :]]
        return Range(names, self._items(listed, start), start=start, end=end)

    def _items(self, parts: list[list[Token]], start: int) -> tuple[Node, ...]:
        found: list[Node] = []
        for part in parts:
            if not part:
                raise Unread("an empty item in a list", start)
            if len(part) == 1 and part[0].kind == "dots":
                found.append(Dots(start=part[0].start, end=part[0].end))
            else:
                found.append(self.parse(part, part[0]))
        return tuple(found)

    def _set(self, tokens: list[Token], at: int) -> NumberSet:
        if not tokens:
            raise Unread("the set is missing", at)
        first, end = tokens[0], tokens[-1].end
        if first.kind == "name" and first.text in BOLD_SETS:
            first = replace(first, text=first.text.replace("bf", "bb"))
            tokens = [first, *tokens[1:]]
        if first.kind == "name" and first.text.startswith("\\mathbb{"):
            return self._numbers(tokens)
        if first.kind != "open":
            raise Unread("this set is not read", first.start, end, "ML104")
        close = matching(tokens, 0)
        inside, dims = split_at(tokens[1:close], [","]), self._dims(tokens[close + 1 :])
        if first.text == "{" and tokens[close].text == "{":
            return self._listed_set(inside, dims, first, end)
        if first.text == "[" and tokens[close].text == "[" and len(inside) == 1 and inside[0]:
            place = {"start": first.start, "end": end}  # [n] is {1, ..., n}
            items = (Num(Fraction(1), **place), Dots(**place), self.parse(inside[0], first))
            return NumberSet("finite", dims, items, start=first.start, end=end)
        if first.text in "([" and tokens[close].text in "([" and len(inside) == 2:
            interval = Interval(
                self._bound(inside[0], first),
                self._bound(inside[1], first),
                first.text == "(",
                tokens[close].text == "(",
                start=first.start,
                end=end,
            )
            return NumberSet("interval", dims, (), interval, start=first.start, end=end)
        raise Unread("this set is not read", first.start, end, "ML104")

    def _bound(self, tokens: list[Token], near: Token) -> Node | None:
        rest = [token for token in tokens if token.text != "infty"]
        if len(rest) < len(tokens):
            if any(token.text not in ("-", "+") for token in rest):
                raise Unread("this bound is not read", tokens[0].start, tokens[-1].end, "ML104")
            return None
        return self.parse(tokens, near)

    def _numbers(self, tokens: list[Token]) -> NumberSet:
        first, end = tokens[0], tokens[-1].end
        letter = first.text.removeprefix("\\mathbb{").removesuffix("}")
        if letter not in "RNZQ":
            raise Unread(f"the set {first.text} is not read", first.start, first.end, "ML104")
        rest = tokens[1:]
        sign = ""
        dims: tuple[Node, ...] = ()
        while rest:
            mark, argument, rest = self._script(rest, first)
            shown = "".join(token.text for token in argument)
            if mark == "_" and shown in ("+", ">0", "++", ">=0", "0"):
                sign = {"+": ">0", "++": ">0", "0": ">=0" if letter == "N" else "?"}.get(
                    shown, shown
                )
            elif mark == "^" and shown in ("+", "*"):
                sign = ">0"
            elif mark == "^" and dims:
                raise Unread("a second exponent of a set", first.start, end)
            elif mark == "^":
                dims = self._product_dims(argument, first)
            else:
                raise Unread("this set is not read", first.start, end, "ML104")
            if sign == "?":
                raise Unread("this set is not read", first.start, end, "ML104")
        return NumberSet(letter + sign, dims, start=first.start, end=end)

    def _script(self, tokens: list[Token], near: Token) -> tuple[str, list[Token], list[Token]]:
        if tokens[0].kind not in ("^", "_") or len(tokens) < 2:
            raise Unread("this set is not read", near.start, tokens[-1].end, "ML104")
        if tokens[1].kind == "{":
            end = matching(tokens, 1)
            return tokens[0].kind, tokens[2:end], tokens[end + 1 :]
        return tokens[0].kind, [tokens[1]], tokens[2:]

    def _dims(self, tokens: list[Token]) -> tuple[Node, ...]:
        if not tokens:
            return ()
        mark, argument, rest = self._script(tokens, tokens[0])
        if mark != "^" or rest:
            raise Unread("this set is not read", tokens[0].start, tokens[-1].end, "ML104")
        return self._product_dims(argument, tokens[0])

    def _product_dims(self, tokens: list[Token], near: Token) -> tuple[Node, ...]:
        parts: list[list[Token]] = [[]]
        depth = 0
        for token in tokens:
            depth += DEPTH.get(token.kind, 0)
            if token.kind == "operator" and token.text == "*" and depth == 0:
                parts.append([])
            else:
                parts[-1].append(token)
        if not tokens:
            raise Unread("an empty exponent of a set", near.start, near.end)
        return tuple(self.parse(with_dashed_names(part), near) for part in parts)

    def _conditions(self, tokens: list[Token]) -> list[Node]:
        words = CONDITION_WORDS - JOINING_WORDS
        tokens = [
            t for t in tokens if t.kind != "gap" and not (t.kind == "text" and t.text in words)
        ]
        tokens = _without_end_mark(tokens)
        if not tokens:
            return []
        if len(tokens) == 1 and tokens[0].kind == "text" and tokens[0].text in ENDINGS:
            return [Condition((), (), start=tokens[0].start, end=tokens[0].end)]
        if tokens[0].kind == "open" and matching(tokens, 0) == len(tokens) - 1:
            tokens = tokens[1:-1]
        found = []
        for sentence in self._stated(self._units(tokens)):
            if isinstance(sentence, Chain) and not sentence.relations:
                raise Unread("a condition was expected here", sentence.start, sentence.end)
            found.append(self._as_condition(sentence))
        return found

    @staticmethod
    def _as_condition(sentence: Sentence) -> Node:
        if isinstance(sentence, Chain):
            return Condition(
                sentence.members, sentence.relations, start=sentence.start, end=sentence.end
            )
        return sentence

    def _joined(
        self, sentences: list[Sentence], added: list[Sentence], conditions: list[Node]
    ) -> list[Sentence]:
        """What restricts names after an equation in the same row is its condition.

        What is `added` by the word `and`, and what speaks of functions, is a claim of its own.
        """
        kept: list[Sentence] = []
        for sentence in sentences:
            equation = (
                kept[0]
                if kept and isinstance(kept[0], Chain) and "=" in kept[0].relations
                else None
            )
            declares = not isinstance(sentence, Chain) or (
                _restricts(sentence) and not any(sentence is other for other in added)
            )
            if equation is not None and declares:
                conditions.append(self._as_condition(sentence))
            else:
                kept.append(sentence)
        if not conditions:
            return kept
        if any(sentence in added for sentence in kept):
            message = "say by an own formula under which condition each of these stands"
            raise Unread(message, conditions[0].start, conditions[0].end)
        if not all(isinstance(sentence, Chain) and sentence.relations for sentence in kept):
            raise Unread(
                "a condition on what is no equation",
                conditions[0].start,
                conditions[0].end,
                "ML104",
            )
        return [replace(s, conditions=tuple(conditions)) for s in kept if isinstance(s, Chain)]


def _is_call(part: list[Token]) -> bool:
    """Whether a part of a list ends in brackets behind a name."""
    return len(part) > 3 and part[0].kind == "name" and part[-1].kind == "close"


def _spaced(part: list[Token]) -> list[list[Token]]:
    """`1 \\dots n` without commas as the parts of a list."""
    runs = split_at(part, ["dots"])
    if len(runs) != 2 or not all(runs):
        return [part]
    if runs[0][-1].kind == "operator" or runs[1][0].kind == "operator":
        return [part]
    dots = next(token for token in part if token.kind == "dots")
    return [runs[0], [dots], runs[1]]


def _names_something(sentence: Sentence) -> bool:
    """Whether an equation begins with a name or a function, and no derivative."""
    head = bare(sentence.members[0]) if isinstance(sentence, Chain) else None
    named = isinstance(head, Ref) or (isinstance(head, Call) and not head.primes)
    return named and isinstance(sentence, Chain) and "=" in sentence.relations


def _ends_list(parts: list[list[Token]]) -> int:
    """How many parts between two relations go on with the list of the first: `1, \\dots, n`.

    Plain names behind the end of that list belong to the second: `..., y, z \\in \\mathbb{R}`.
    """
    dots = [k for k, part in enumerate(parts) if [token.kind for token in part] == ["dots"]]
    end = dots[-1] + 2 if dots else 0
    while end < len(parts) and not _is_name(parts[end]):
        end += 1
    return min(end, len(parts))


def _is_name(tokens: list[Token]) -> bool:
    """Whether a part of a list begins as a name does."""
    return tokens[0].kind == "name" or tokens[0].text in ACCENTS


def _restricts(chain: Chain) -> bool:
    """Whether an inequality is about names alone, so that it can be a condition."""
    parts = [part for member in chain.members for part in walk(member)]
    functions = [part for part in parts if isinstance(part, Call) and part.function != "abs"]
    if "in" in chain.relations:
        return False
    if functions or any(isinstance(part, Derivative) for part in parts):
        return False
    letters = all(isinstance(m, Ref) and m.name in INDEX_LETTERS for m in map(bare, chain.members))
    if chain.relations == ("=",) and letters:
        return True
    return bool(chain.relations) and not {"=", ":=", "approx"} & set(chain.relations)


def _unwrapped(tokens: list[Token]) -> list[Token]:
    """Braces that only colour or box a whole relation are taken away."""
    place = 0
    while place < len(tokens):
        token = tokens[place]
        before = tokens[place - 1] if place else None
        boxed = before is not None and before.kind == "command" and before.text == "boxed"
        free = before is None or boxed or before.kind in ("relation", ",", "operator")
        if token.kind == "{" and free:
            end = matching(tokens, place)
            if end > place and split_relations(tokens[place + 1 : end])[1]:
                head = tokens[: place - 1] if boxed else tokens[:place]
                tokens = [*head, *tokens[place + 1 : end], *tokens[end + 1 :]]
                place = len(head)
                continue
        place += 1
    return tokens
