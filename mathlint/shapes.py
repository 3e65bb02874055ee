"""Which shapes names need for a page's formulas to fit, where nothing declares them.

In `(AB)^\\top = B^\\top A^\\top` the letters can only be matrices: each axis has a length of its
own, and lengths are the same where a product, a sum or an equation demands it. A capital is a
matrix and a small letter a column; where that does not fit, nothing is said.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from mathlint.axes import Axes
from mathlint.syntax import (
    BigOperator,
    Bracketed,
    Call,
    Cases,
    Chain,
    Component,
    Derivative,
    Evaluated,
    Group,
    Membership,
    Node,
    Norm,
    Num,
    NumberSet,
    Power,
    Product,
    Quotient,
    Range,
    Ref,
    Sentence,
    Sum,
    Transpose,
    bare,
    walk,
)
from mathlint.tokens import BUILT_IN, NAMED

IDENTITIES = frozenset({"I", "\\mathbf{I}"})
ONES = "\\mathbf{1}"
NUMBERS = frozenset({"\\alpha", "\\lambda", "\\eta", "\\epsilon", "\\varepsilon", "\\gamma"})
ONE = 0  # the axis of length 1 that a column and a row have
NO_NAMES = frozenset({"d", "e", "\\pi"})
ROUNDS = 4
ROW = -1  # the rank of what words call a row
# a name, whether it has layers, how many indices it stands with, and the numbers among its marks
Key = tuple[str, bool, int, tuple[Fraction, ...]]
Shape = tuple[int, int]
SCALAR = (ONE, ONE)


class Unfit(Exception):
    """A formula whose parts cannot have one shape each."""


@dataclass
class Arrays:
    """What words call names: matrices (2), vectors (1) or rows, and which matrices are square.

    The entries of `special` ones, among them `diagonal` matrices, are not free.
    """

    ranks: dict[str, int] = field(default_factory=dict)
    square: set[str] = field(default_factory=set)
    special: set[str] = field(default_factory=set)
    diagonal: set[str] = field(default_factory=set)


@dataclass
class Shapes:
    """The shapes of a page's names; an axis is a number, and stands for another once joined."""

    fixed: dict[Key, Shape] = field(default_factory=dict)
    found: dict[Key, Shape] = field(default_factory=dict)
    patterns: dict[Key, Ref] = field(default_factory=dict)
    parents: list[int] = field(default_factory=lambda: [ONE])
    lengths: dict[int, Node] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    ranks: dict[str, int] = field(default_factory=dict)
    lettered: set[tuple[str, bool, int]] = field(default_factory=set)
    alone: set[str] = field(default_factory=set)
    last: bool = False

    # -- axes -----------------------------------------------------------------------------------

    def axis(self, length: Node | None = None) -> int:
        """A new axis; one without a length is as long as others demand, but not of length 1."""
        self.parents.append(len(self.parents))
        number = len(self.parents) - 1
        if length is None:
            return number
        if isinstance(length, Num) and length.value == 1:
            return ONE
        same = [axis for axis, known in self.lengths.items() if known == length]
        if same:
            return self.root(same[0])
        self.lengths[number] = length
        return number

    def root(self, axis: int) -> int:
        """The axis that stands for all that are as long as this one."""
        while self.parents[axis] != axis:
            axis = self.parents[axis]
        return axis

    def join(self, one: int, other: int) -> None:
        """Let two axes be of one length; raises Unfit where they cannot be."""
        one, other = self.root(one), self.root(other)
        if one == other:
            return
        if ONE in (one, other) or (one in self.lengths and other in self.lengths):
            raise Unfit
        if one in self.lengths:
            one, other = other, one
        self.parents[one] = other

    def same(self, one: Shape, other: Shape) -> Shape:
        """Let two shapes be one."""
        self.join(one[0], other[0])
        self.join(one[1], other[1])
        return one

    def is_array(self, shape: Shape | None) -> bool:
        """Whether a shape is known, and none of a number."""
        return shape is not None and (self.root(shape[0]), self.root(shape[1])) != SCALAR

    # -- names ----------------------------------------------------------------------------------

    def key(self, name: Ref) -> Key:
        """What has one shape: a name, all members of a family, or a name with its number."""
        marks = _marks(name)
        kind = (name.name, name.layer is not None, len(name.subs))
        numbers = tuple(mark.value for mark in marks if isinstance(mark, Num))
        return (*kind, numbers if len(numbers) == len(marks) and kind not in self.lettered else ())

    def known(self, name: Ref) -> Shape | None:
        """The shape of a name with its indices, if it has one."""
        key = self.key(name)
        if key in self.fixed or key in self.found:
            return self.fixed.get(key) or self.found[key]
        whole = (name.name, name.layer is not None, 0, ())
        shape = self.fixed.get(whole) or self.found.get(whole)
        if shape is not None and len(name.subs) == 1 + (shape[1] != ONE != shape[0]):
            return SCALAR
        return SCALAR if name.name in self.numbers else None

    def take(self, name: Ref, shape: Shape) -> Shape | None:
        """Let a name of which nothing is known have a shape, if its letter goes with it."""
        known = self.known(name)
        if known is not None:
            return known
        pattern = self._pattern(name)
        if pattern is None or not self._may_be(name, shape):
            return None
        self.patterns.setdefault(self.key(name), pattern)
        self.found[self.key(name)] = shape
        return shape

    def _pattern(self, name: Ref) -> Ref | None:
        """The name with which a shape is declared: `h_t` for `h_{t-1}`; None for an entry."""
        numbers = any(isinstance(mark, Num) for mark in _marks(name))
        family = (name.name, name.layer is not None, len(name.subs)) in self.lettered
        if len(name.subs) > 1 or (numbers and (family or (name.subs and name.name in self.alone))):
            return None
        if name.subs and (name.name, name.layer is not None, 0, ()) in {*self.fixed, *self.found}:
            return None
        subs = tuple(mark for mark in map(_counter, name.subs) if mark is not None)
        layer = None if name.layer is None else _counter(name.layer)
        if len(subs) < len(name.subs) or (name.layer is not None and layer is None):
            return None
        return replace(name, subs=subs, layer=layer)

    def _may_be(self, name: Ref, shape: Shape) -> bool:
        """Whether a letter is used for what has this shape."""
        letter = _letter(name.name)
        others = self.numbers | NUMBERS | NO_NAMES
        if letter is None or name.name in others:
            return False
        rows, columns = self.root(shape[0]), self.root(shape[1])
        rank = self._rank(name.name, letter)
        return rank == (1 if ONE in (rows, columns) else 2) or (rank == ROW and rows == ONE)

    def _rank(self, name: str, letter: str) -> int:
        return self.ranks.get(name, 2 if _is_capital(letter) else 1)

    def array(self, name: Ref) -> Shape | None:
        """Let a name be a matrix or a column, as its letter tells."""
        letter = _letter(name.name)
        if letter is None:
            return None
        rank = self._rank(name.name, letter)
        rows = ONE if rank == ROW else self.axis()
        return self.take(name, (rows, ONE if rank == 1 else self.axis()))

    # -- formulas -------------------------------------------------------------------------------

    def note(self, sentence: Sentence) -> None:
        """What a sentence demands; nothing of one that does not fit what others demand."""
        if not isinstance(sentence, Chain):
            return
        before = dict(self.found), list(self.parents), dict(self.lengths), dict(self.patterns)
        try:
            self._note_chain(sentence)
        except Unfit:
            self.found, self.parents, self.lengths, self.patterns = before

    def _note_chain(self, chain: Chain) -> None:
        members = [bare(member) for member in chain.members]
        shapes = [self.shape(member) for member in members]
        if not set(chain.relations) <= {"=", ":="}:
            return
        whole = next((shape for shape in shapes if self.is_array(shape)), None)
        if whole is None:
            return
        for member, shape in zip(members, shapes, strict=True):
            if shape is not None:
                self.same(whole, shape)
            else:
                self.give(member, whole)

    def give(self, node: Node, shape: Shape) -> None:
        """Let an unknown part of a formula have the shape that its place demands."""
        node = bare(node)
        match node:
            case Ref():
                self.take(node, shape)
            case Group(items=(item,)):
                self.give(item, shape)
            case Call(function=name, args=(arg,)) if name in BUILT_IN or name in NAMED:
                if name not in ("tr", "det", "diag"):
                    self.give(arg, shape)
            case Sum():
                for _, part in node.terms:
                    if self.shape(part) is None:
                        self.give(part, shape)
            case Product():
                self._give_product(node, shape)

    def _give_product(self, node: Product, shape: Shape) -> None:
        """`Wx` in the place of an array: a matrix and what follows it."""
        factors = [bare(factor) for factor in node.factors]
        names = [f for f in factors if isinstance(f, Ref) and self.shape(f) is None]
        if "odot" in node.marks:
            for name in names:
                self.take(name, shape)
            return
        matrix = next((f for f in names if _is_capital(_letter(f.name) or "")), None)
        if matrix is not None and len(factors) > 1 and matrix is not factors[-1]:
            self.array(matrix)
        whole = self.shape(node)
        if whole is not None and self.is_array(whole):
            self.same(whole, shape)

    def shape(self, node: Node) -> Shape | None:
        """The shape of a tree as far as it is known; raises Unfit."""
        match node:
            case Num():
                return None if node.value == 0 else SCALAR
            case Ref():
                return self._of_name(node)
            case Group(items=(item,)):
                return self.shape(item)
            case Sum():
                return self._of_sum(node)
            case Product():
                return self._of_product(node)
            case Quotient():
                self.shape(node.bottom)
                return self.shape(node.top)
            case Power():
                return self._of_power(node)
            case Transpose():
                return self._of_transpose(node)
            case Call():
                return self._of_call(node)
            case Derivative():
                return self._of_derivative(node)
            case BigOperator():
                inside = self.shape(node.body)
                return inside if node.kind == "sum" else None
            case Component() | Norm():
                self.shape(node.base)
                return SCALAR
            case Evaluated():
                return self.shape(node.base)
            case Bracketed():
                return SCALAR
            case Cases():
                return None
        return None

    def _of_name(self, name: Ref) -> Shape | None:
        if name.name == ONES and not name.subs and self.known(name) is None:
            return (self.axis(), ONE)
        return self.known(name)

    def _of_sum(self, node: Sum) -> Shape | None:
        parts = [bare(part) for _, part in node.terms]
        shapes = [self.shape(part) for part in parts]
        whole = next((shape for shape in shapes if self.is_array(shape)), None)
        if whole is None:
            return SCALAR if all(shape == SCALAR for shape in shapes) else None
        for part, shape in zip(parts, shapes, strict=True):
            if isinstance(part, Num):
                continue  # a number among arrays stands for all their entries
            if shape is not None:
                self.same(whole, shape)
            elif _identity_in(part):
                self.join(*whole)
            else:
                self.give(part, whole)
        return whole

    def _of_product(self, node: Product) -> Shape | None:
        factors = [bare(factor) for factor in node.factors]
        shapes = [self.shape(factor) for factor in factors]
        if "odot" in node.marks and not any(map(self.is_array, shapes)):
            for factor in factors:
                self._demand(factor, matrices=False)
            shapes = [self.shape(factor) for factor in factors]
        if not any(map(self.is_array, shapes)):
            return SCALAR if all(shape == SCALAR for shape in shapes) else None
        total: Shape | None = SCALAR
        for mark, factor, shape in zip(("", *node.marks), factors, shapes, strict=True):
            if isinstance(factor, Ref) and factor.name in IDENTITIES and shape is None:
                continue
            if shape is None:
                shape = self._beside(factor, total, mark)
            if shape is None or total is None:
                return None
            total = self._times(total, shape, mark)
        return total

    def _beside(self, factor: Node, left: Shape | None, mark: str) -> Shape | None:
        """The shape of an unknown factor of a product of arrays, by its letter."""
        inverse = isinstance(factor, Power) and _is_inverse(factor)
        name = bare(factor.base) if isinstance(factor, Power) and inverse else factor
        letter = _letter(name.name) if isinstance(name, Ref) else None
        if letter is None or not isinstance(name, Ref) or name.name in NO_NAMES:
            return None
        if name.name in self.numbers or name.name in NUMBERS:
            return SCALAR
        if mark == "odot" and left is not None and self.is_array(left):
            return self.take(name, left)
        if self.ranks.get(name.name) == 2 or _is_capital(letter):
            shape = self.array(name)
            if inverse and shape is not None:
                self.join(*shape)
            return shape
        if inverse:
            return SCALAR
        follows = left is not None and self.root(left[1]) != ONE
        if follows or self.ranks.get(name.name) == 1 or _is_bold(name.name):
            return self.array(name)
        return SCALAR if self.last else None

    def _times(self, left: Shape, right: Shape, mark: str) -> Shape:
        if not self.is_array(left):
            return right
        if not self.is_array(right):
            return left
        if mark == "odot":
            return self.same(left, right)
        columns = self.root(left[1]) == ONE == self.root(right[1])
        if mark == "*" and columns:
            self.join(left[0], right[0])
            return SCALAR
        self.join(left[1], right[0])
        return (left[0], right[1])

    def _of_power(self, node: Power) -> Shape | None:
        shape = self.shape(node.base)
        if shape is not None and self.is_array(shape) and ONE not in map(self.root, shape):
            self.join(*shape)
        elif shape is None and _is_inverse(node):
            return None
        return shape

    def _of_transpose(self, node: Transpose) -> Shape | None:
        shape = self.shape(node.base)
        if shape is None:
            self._demand(node.base, matrices=False)
            shape = self.shape(node.base)
        return None if shape is None else (shape[1], shape[0])

    def _demand(self, node: Node, *, matrices: bool) -> None:
        """What is transposed is no number, and what has a trace is made of matrices."""
        node = bare(node)
        if isinstance(node, Group) and len(node.items) == 1:
            return self._demand(node.items[0], matrices=matrices)
        if isinstance(node, Sum):
            for _, part in node.terms:
                self._demand(part, matrices=matrices)
        if isinstance(node, Power) and (_is_inverse(node) or not matrices):
            self._demand(node.base, matrices=_is_inverse(node))
        if isinstance(node, Call) and len(node.args) == 1 and not matrices:
            self._demand(node.args[0], matrices=False)
        parts = node.factors if isinstance(node, Product) else (node,)
        for part in map(bare, parts):
            capital = isinstance(part, Ref) and _is_capital(_letter(part.name) or "")
            # where T is a length, `x^T` may be a power
            alone = len(parts) == 1 and not matrices and "T" not in self.numbers
            if isinstance(part, Ref) and (capital or alone or _is_bold(part.name)):
                self.array(part)
        return None

    def _of_call(self, node: Call) -> Shape | None:
        if node.function in ("tr", "det") and len(node.args) == 1:
            self._demand(node.args[0], matrices=True)
            shape = self.shape(node.args[0])
            if shape is not None and self.is_array(shape):
                self.join(*shape)
            return SCALAR
        if node.function == "diag" and len(node.args) == 1:
            if self.shape(node.args[0]) is None:
                self._demand(node.args[0], matrices=False)
            shape = self.shape(node.args[0])
            return (shape[0], shape[0]) if shape is not None and self.is_array(shape) else None
        if NAMED.get(node.function) == "softmax" and len(node.args) == 1:
            of = bare(node.args[0])
            if isinstance(of, Ref) and self.shape(of) is None:
                self.array(of)  # a number has no softmax
        inside = [self.shape(arg) for arg in node.args]
        entrywise = node.function in BUILT_IN or node.function in NAMED
        return inside[0] if entrywise and len(inside) == 1 else None

    def _of_derivative(self, node: Derivative) -> Shape | None:
        whole = self.shape(node.operand)
        by = [self.shape(bare(variable)) for variable in node.variables]
        if whole is None and (self.last or isinstance(node.operand, Call)):
            whole = SCALAR
        if whole is None or any(shape is None for shape in by):
            return None
        if not self.is_array(whole) and len(by) == 1:
            return by[0]
        columns = [shape for shape in (whole, *by) if shape is not None and shape[1] == ONE]
        if len(columns) == 2 == len(by) + 1 and self.is_array(by[0]):
            return (columns[0][0], columns[1][0])
        if len(by) == 2 and not self.is_array(whole) and len(columns) == 3:
            return (columns[1][0], columns[2][0])
        return whole if not any(map(self.is_array, by)) else None


def told_by_use(
    sentences: Iterable[Sentence],
    declared: Mapping[Key, NumberSet],
    numbers: set[str],
    arrays: Arrays,
    axes: Axes,
) -> list[tuple[Ref, NumberSet]]:
    """The names whose shapes a page's formulas demand, with sets of matrices or columns.

    `declared` are names with a set of their own, `numbers` those that are indices, lengths or
    functions; `axes` tell how far the sums over entries run.
    """
    sentences = list(sentences)
    shapes = Shapes(numbers=numbers, ranks=arrays.ranks)
    for name in (p for sentence in sentences for p in walk(sentence) if isinstance(p, Ref)):
        if not _marks(name):
            shapes.alone.add(name.name)
        elif not all(isinstance(mark, Num) for mark in _marks(name)):
            shapes.lettered.add((name.name, name.layer is not None, len(name.subs)))
    for key, target in declared.items():
        family = key[:3] in shapes.lettered
        shapes.fixed[(*key[:3], ()) if family else key] = _declared(shapes, target)
    for name in (p for s in sentences for p in walk(s) if isinstance(p, Ref) and not p.subs):
        if name.name in arrays.ranks and shapes.known(name) is None:
            shape = shapes.array(name)
            if shape is not None and name.name in arrays.square:
                shapes.join(*shape)
    for turn in range(ROUNDS):
        shapes.last = turn >= ROUNDS // 2
        for sentence in sentences:
            shapes.note(sentence)
    for key, name in shapes.patterns.items():
        _measure(shapes, key, arrays.ranks.get(name.name, 1), axes)
    return [
        (name, _as_set(shapes, name, shapes.found[key]))
        for key, name in shapes.patterns.items()
        if shapes.is_array(shapes.found[key])
    ]


def _measure(shapes: Shapes, key: Key, rank: int, axes: Axes) -> None:
    """Let an axis be as long as the sums over the entries along it.

    Which axis of a matrix is which is only told if words call the name itself a matrix.
    """
    name, layered, family, _ = key
    shape = shapes.found[key]
    sides = [axis for axis in shape if shapes.root(axis) != ONE]
    for number, axis in enumerate(sides if len(sides) == abs(rank) else ()):
        ends = axes.bounds((name, layered, family + number))
        if ends is None or getattr(ends[0], "value", None) != 1 or not isinstance(ends[1], Ref):
            continue
        with contextlib.suppress(Unfit):
            shapes.join(axis, shapes.axis(ends[1]))


def lengths_in(sentences: Iterable[Sentence]) -> set[str]:
    """The letters that stand for whole numbers: indices, bounds and lengths."""
    found: set[str] = set()
    for part in (part for sentence in sentences for part in walk(sentence)):
        places: tuple[Node | None, ...] = ()
        match part:
            case Ref():
                places = (*part.subs, part.layer)
            case BigOperator():
                found |= set(part.indices)
                places = (part.lower, part.upper)
            case Range():
                places = (*part.names, *part.items)
            case NumberSet():
                places = part.dims
        inside = [p for place in places if place is not None for p in walk(place)]
        found |= {p.name for p in inside if isinstance(p, Ref)}
    return found


def sets_in(sentences: Iterable[Sentence]) -> dict[Key, NumberSet]:
    """The names that sentences put in sets, with the sets."""
    return {
        key_in_set(name): part.target
        for sentence in sentences
        for part in walk(sentence)
        if isinstance(part, Membership)
        for name in part.names
    }


def _declared(shapes: Shapes, target: NumberSet) -> Shape:
    if len(target.dims) > 2:
        return SCALAR
    axes = [shapes.axis(dim) for dim in target.dims] + [ONE, ONE]
    return (ONE, axes[0]) if target.row else (axes[0], axes[1])


def _as_set(shapes: Shapes, name: Ref, shape: Shape) -> NumberSet:
    """The set of all arrays of a shape; lengths that nothing names are named after the name."""
    rows, columns = (shapes.root(axis) for axis in shape)
    start, end = name.start, name.end
    dims: list[Node] = []
    for axis in (axis for axis in (rows, columns) if axis != ONE):
        length = shapes.lengths.get(axis)
        if length is None:
            side = "length" if ONE in (rows, columns) else "rows" if axis == rows else "columns"
            length = shapes.lengths[axis] = Ref(f"{side} of {name.name}", start=start, end=end)
        dims.append(length)
    return NumberSet("R", tuple(dims), row=rows == ONE, start=start, end=end)


def key_in_set(name: Ref) -> Key:
    """A name with the numbers that it is declared with."""
    marks = _marks(name)
    numbers = tuple(mark.value for mark in marks if isinstance(mark, Num))
    whole = numbers if len(numbers) == len(marks) else ()
    return (name.name, name.layer is not None, len(name.subs), whole)


def _marks(name: Ref) -> tuple[Node, ...]:
    return name.subs if name.layer is None else (*name.subs, name.layer)


def _counter(mark: Node) -> Node | None:
    """The letter or number of an index such as `t` and `t - 1`."""
    match bare(mark):
        case Num() as number:
            return number
        case Ref(subs=(), layer=None) as letter:
            return letter
        case Sum(terms=((1, Ref(subs=(), layer=None) as letter), (_, Num()))):
            return letter
    return None


def _letter(name: str) -> str | None:
    """The letter of a name without its font, accents and labels; None for a word."""
    for font in ("\\mathbf{", "\\hat{", "\\bar{", "\\tilde{", "\\vec{", "\\mathbf{"):
        name = name.removeprefix(font)
    letter = name.split("_")[0].split("^")[0].rstrip("}")
    greek = letter.startswith("\\") and letter[1:].isalpha() and not letter.startswith("\\math")
    return letter if len(letter) == 1 or greek else None


def _is_capital(letter: str) -> bool:
    return letter.removeprefix("\\")[:1].isupper()


def _is_bold(name: str) -> bool:
    return "\\mathbf{" in name or "\\vec{" in name


def _is_inverse(node: Power) -> bool:
    exponent = bare(node.exponent)
    if isinstance(exponent, Sum) and len(exponent.terms) == 1:
        sign, part = exponent.terms[0]
        return isinstance(part, Num) and sign * part.value == Fraction(-1)
    return isinstance(exponent, Num) and exponent.value == -1


def _identity_in(node: Node) -> bool:
    return any(isinstance(part, Ref) and part.name in IDENTITIES for part in walk(node))
