"""Changes to a formula's TeX, one token or one part at a time.

The tokens are found here by a pattern of their own, not by mathlint's tokenizer: what that one
would drop by mistake is changed all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from mathlint.errors import Unread
from mathlint.reading import read_formula
from mathlint.syntax import Node, Product, Sum, walk
from mathlint.tokens import CONDITION_WORDS, ENDINGS, GREEK

WORD = r"\\(?:operatorname\*?|math(?:rm|bf|sf|tt|it|cal|bb|frak)|boldsymbol|bm|hat|bar|tilde)"
PIECE = re.compile(rf"{WORD}\{{[^{{}}]*\}}|\\[A-Za-z]+|\\.|\d|[A-Za-z]|\S", re.DOTALL)
MEANT = "|".join(re.escape(word) for word in sorted(CONDITION_WORDS | ENDINGS))
OPAQUE = re.compile(
    rf"\\text\{{(?!\s*(?:{MEANT})[\s,，]*\}})[^{{}}]*\}}|\\(?:textcolor|begin|end)\{{[^{{}}]*\}}"
)
CONDITION = re.compile(r"\\text\{[^{}]*\}")
LAYER = re.compile(r"\^\{([(\[])([^()\[\]{}]*)[)\]]\}")
SCRIPT = re.compile(r"[_^](?:\\[A-Za-z]+|\{(?:[^{}]|\{[^{}]*\})*\}|[^\\{}\s])")
SUBSCRIPT = re.compile(r"_\{([A-Za-z])([A-Za-z0-9])\}")
CASES = re.compile(r"\\begin\{cases\}(.*?)\\end\{cases\}", re.DOTALL)
NUMBERS = re.compile(r"\\mathbb\{([RN])\}")
LETTER = re.compile(rf"[A-Za-z]|\\(?:{'|'.join(sorted(GREEK))})|{WORD}\{{\\?[A-Za-z]+\}}")
MATRIX = re.compile(r"[A-Z]|\\(?:mathbf|boldsymbol|bm)\{\\?[A-Za-z]+\}")
NO_NAMES = frozenset({"d", "e", r"\mathbb{R}", r"\mathbb{N}", r"\mathbb{Z}", r"\mathrm{d}"})
FUNCTIONS = {
    r"\ln": (r"\exp", r"\sin", "-"), r"\log": (r"\exp", r"\sin", "-"), r"\exp": (r"\ln",),
    r"\sin": (r"\cos", r"\tan"), r"\cos": (r"\sin",), r"\tan": (r"\sin",),
    r"\sinh": (r"\cosh",), r"\cosh": (r"\sinh",), r"\tanh": (r"\sinh", r"\arctan"),
    r"\max": (r"\min",), r"\min": (r"\max",), r"\sum": (r"\prod", r"\max"), r"\prod": (r"\sum",),
    r"\operatorname{erf}": (r"\operatorname{erfc}", r"\tanh"), r"\det": (r"\operatorname{tr}",),
    r"\operatorname{tr}": (r"\det",), r"\operatorname{sign}": (r"\tanh",), r"\sqrt": (r"\ln",),
    r"\partial": ("d ",), r"\odot": ("+", r"\cdot"),
}  # fmt: skip
RELATIONS = {
    "=": ("<", r"\ne", "+"), "<": (">", "=", r"\ge"), ">": ("<", "=", r"\le"), r"\in": ("=",),
    r"\le": (r"\ge", "<", "="), r"\ge": (r"\le", ">", "="), r"\ne": ("=", "<"), r"\to": ("=",),
}  # fmt: skip
OPENERS, CLOSERS = "({[", ")}]"


@dataclass(frozen=True)
class Edit:
    """A stretch of a formula and what stands there instead.

    `kind` names the kind of change, and of the token where it is taken away or exchanged.
    """

    start: int
    end: int
    text: str
    kind: str

    def applied(self, tex: str) -> str:
        return tex[: self.start] + self.text + tex[self.end :]


def edits(tex: str, names: tuple[str, ...], functions: frozenset[str]) -> list[Edit]:
    """All changes of a formula, each only once; `names` are those of its page."""
    found: dict[tuple[int, int, str], Edit] = {}
    pieces = visible(tex)
    makers = (
        digits(pieces),
        signs(tex, pieces),
        swapped_names(pieces, names),
        indices(tex),
        layers(tex),
        exchanged(pieces),
        deletions(tex, pieces),
        moved(tex, pieces),
        transposes(tex, pieces),
        branches(tex),
        fractions(tex),
        dropped_parts(tex, functions),
        doubled(tex, functions),
    )
    for edit in (edit for maker in makers for edit in maker):
        changed = edit.applied(tex)
        if changed.split() != tex.split():
            found.setdefault((edit.start, edit.end, edit.text), edit)
    return list(found.values())


def names_of(formulas: list[str]) -> tuple[str, ...]:
    """The letters that the formulas of a page use as names."""
    letters = {match[0] for tex in formulas for match in visible(tex) if LETTER.fullmatch(match[0])}
    return tuple(sorted(letters - NO_NAMES - set(FUNCTIONS)))


def class_of(token: str) -> str:
    """The class that a token belongs to: digits, names and words of a kind are of one."""
    if token.isdigit():
        return "digit"
    if token in FUNCTIONS or not LETTER.fullmatch(token):
        return token
    return token.partition("{")[0] if "{" in token else "name"


def visible(tex: str) -> list[re.Match[str]]:
    """The tokens outside words that say nothing, colours and the names of environments."""
    hidden = [range(*match.span()) for match in OPAQUE.finditer(tex)]
    return [m for m in PIECE.finditer(tex) if not any(m.start() in part for part in hidden)]


# -- single tokens ------------------------------------------------------------------------------


def digits(pieces: list[re.Match[str]]) -> Iterator[Edit]:
    for piece in pieces:
        if piece[0].isdigit():
            value = int(piece[0])
            for other in {value + 1, max(value - 1, 0), 0} - {value}:
                yield Edit(*piece.span(), str(other), "digit")


def signs(tex: str, pieces: list[re.Match[str]]) -> Iterator[Edit]:
    before = None
    for piece in pieces:
        if piece[0] in "+-":
            yield Edit(*piece.span(), "-" if piece[0] == "+" else "+", "sign")
            yield Edit(*piece.span(), r"\cdot ", "operator")
        elif (
            before is not None and before[0] in ("=", "(", "{", "&") and piece[0] not in ("&", "=")
        ):
            yield Edit(piece.start(), piece.start(), "-", "sign")
        if piece[0] == r"\cdot":
            yield Edit(*piece.span(), "+", "operator")
            yield Edit(*piece.span(), "/", "operator")
        before = piece


def swapped_names(pieces: list[re.Match[str]], names: tuple[str, ...]) -> Iterator[Edit]:
    for piece in pieces:
        if LETTER.fullmatch(piece[0]) and piece[0] not in {*NO_NAMES, *FUNCTIONS}:
            for other in names:
                if other != piece[0]:
                    yield Edit(*piece.span(), other + (" " if other[0] == "\\" else ""), "name")


def indices(tex: str) -> Iterator[Edit]:
    for match in SUBSCRIPT.finditer(tex):
        first, second = match[1], match[2]
        for pair in (second + first, first + first, second + second, first, second):
            if pair != first + second:
                yield Edit(*match.span(), f"_{{{pair}}}", "index")


def layers(tex: str) -> Iterator[Edit]:
    known = {match[2] for match in LAYER.finditer(tex)}
    for match in LAYER.finditer(tex):
        for other in sorted(known | {match[2] + "+1"}):
            if other != match[2]:
                yield Edit(*match.span(2), other, "layer")


def exchanged(pieces: list[re.Match[str]]) -> Iterator[Edit]:
    table = {**FUNCTIONS, **RELATIONS}
    for piece in pieces:
        for other in table.get(piece[0], ()):
            text = other + " " if other[0] == "\\" else other
            yield Edit(*piece.span(), text, f"{piece[0]} exchanged")
        if number := NUMBERS.fullmatch(piece[0]):  # a set declared larger or smaller
            other = r"\mathbb{N}" if number[1] == "R" else r"\mathbb{R}"
            yield Edit(*piece.span(), other, "set")


def deletions(tex: str, pieces: list[re.Match[str]]) -> Iterator[Edit]:
    for piece in pieces:
        yield Edit(*piece.span(), " ", f"{class_of(piece[0])} left out")
    for match in SCRIPT.finditer(tex):
        yield Edit(*match.span(), "", f"{match[0][0]} left out")
    for match in CONDITION.finditer(tex):
        if not OPAQUE.fullmatch(match[0]):
            yield Edit(*match.span(), " ", "condition word left out")


def transposes(tex: str, pieces: list[re.Match[str]]) -> Iterator[Edit]:
    """What may be a matrix or a vector, transposed."""
    for piece in pieces:
        if MATRIX.fullmatch(piece[0]) and not tex.startswith(("^", "_"), piece.end()):
            yield Edit(piece.end(), piece.end(), r"^\top ", "transpose")


def branches(tex: str) -> Iterator[Edit]:
    """Cases without one of their rows, and with the values of two rows exchanged."""
    for match in CASES.finditer(tex):
        rows = [row.split("&") for row in match[1].split(r"\\") if row.count("&") == 1]
        if len(rows) < 2:
            continue
        (one, first), (other, second), *_ = rows
        for some in ([(other, first), (one, second), *rows[2:]], rows[1:], rows[:-1]):
            yield Edit(*match.span(1), r"\\".join("&".join(row) for row in some), "branch")


def moved(tex: str, pieces: list[re.Match[str]]) -> Iterator[Edit]:
    """A bracket or brace on the other side of its neighbour."""
    for first, second in pairwise(pieces):
        one, two = first[0], second[0]
        if (one in OPENERS + CLOSERS) != (two in OPENERS + CLOSERS):
            between = tex[first.end() : second.start()]
            gap = " " if two[0] == "\\" or one[0] == "\\" else ""
            yield Edit(first.start(), second.end(), two + gap + between + one, "bracket")


# -- parts --------------------------------------------------------------------------------------


def group_end(tex: str, at: int) -> int:
    """The place behind the brace group that opens at `at`."""
    depth = 0
    for place in range(at, len(tex)):
        depth += {"{": 1, "}": -1}.get(tex[place], 0)
        if depth == 0:
            return place + 1
    return len(tex)


def fractions(tex: str) -> Iterator[Edit]:
    for match in re.finditer(r"\\d?frac(?=\{)", tex):
        middle = group_end(tex, match.end())
        end = group_end(tex, middle)
        top, bottom = tex[match.end() : middle], tex[middle:end]
        yield Edit(match.end(), end, bottom + top, "fraction")
        yield Edit(match.start(), end, top, "fraction")
        yield Edit(match.start(), end, top + bottom, "fraction")


def trees(tex: str, functions: frozenset[str]) -> list[Node]:
    """All nodes of a formula's trees, or none where it cannot be read."""
    try:
        sentences = read_formula(tex, lambda name: name in functions)
    except Unread:
        return []
    return [node for sentence in sentences for node in walk(sentence)]


def dropped_parts(tex: str, functions: frozenset[str]) -> Iterator[Edit]:
    for node in trees(tex, functions):
        if isinstance(node, Sum) and len(node.terms) > 1:
            parts = [part for _, part in node.terms]
            second = "-" if node.terms[1][0] < 0 else ""
            yield Edit(node.start, parts[1].start, second, "term")
            for before, part in pairwise(parts):
                yield Edit(before.end, part.end, "", "term")
        elif isinstance(node, Product):
            parts = list(node.factors)
            yield Edit(node.start, parts[1].start, "", "factor")
            for before, part in pairwise(parts):
                yield Edit(before.end, part.end, "", "factor")


def doubled(tex: str, functions: frozenset[str]) -> Iterator[Edit]:
    """A factor that stands there twice, and a factor 2."""
    for node in trees(tex, functions):
        if isinstance(node, Product):
            for part in node.factors:
                own = tex[part.start : part.end]
                yield Edit(part.end, part.end, r" \cdot " + own, "factor")
        if isinstance(node, Sum) and len(node.terms) > 1:
            for _, part in node.terms:
                if part.end > part.start:
                    yield Edit(part.start, part.start, r"2 \cdot ", "factor")
