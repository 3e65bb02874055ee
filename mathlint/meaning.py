"""Trees to terms: every size and index becomes a number, every name what the page says of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction

from mathlint.differentials import is_upright, root
from mathlint.dots import Reader, expanded
from mathlint.errors import Unread
from mathlint.indices import LONGEST_RANGE, MOMENT, Indices, NeedsChoice, NoInstance
from mathlint.scope import (
    DENOMINATOR,
    NUMERATOR,
    Declared,
    Defined,
    Entry,
    Function,
    Key,
    from_zero,
    key_of,
    shown,
)
from mathlint.syntax import (
    BigOperator,
    Bracketed,
    Call,
    Cases,
    Component,
    Condition,
    Dashed,
    Derivative,
    Differential,
    Dots,
    Evaluated,
    Group,
    Matrix,
    Node,
    Norm,
    Num,
    NumberSet,
    Power,
    Product,
    Quotient,
    Ref,
    Sum,
    Symbol,
    Transpose,
    bare,
    walk,
)
from mathlint.terms import REAL, Comparison, Domain, Term, Terms
from mathlint.tokens import BUILT_IN, INNER, NAMED, OFTEN_CALLED
from mathlint.values import (
    Array,
    ShapeError,
    Value,
    added,
    chained,
    determinant,
    diagonal,
    identity,
    inner,
    inverse,
    mapped,
    multiplied,
    ones,
    paired,
    same_shape,
    spread,
    squares,
    stacked,
    told,
    trace,
    transposed,
    zeros_shaped,
)
from mathlint.values import shown as shape_of

__all__ = ["Meaning", "NeedsChoice", "NoInstance", "Reached", "Target", "leaf_name"]

Target = tuple[str, bool, int | None, tuple[int, ...]]
MAX_DEPTH = 100
DIRECTION = "d "
CONSTANTS = {"e": "exp", "\\pi": "pi", "\\mathbf{0}": "zero"}
ZERO = Ref("\\mathbf{0}", start=0, end=0)
TWO_SIDED = frozenset({"max", "min"})
INVERTED = {
    "sech": "cosh",
    "csch": "sinh",
    "sec": "cos",
    "csc": "sin",
    "cot": "tan",
    "coth": "tanh",
}
IDENTITIES = frozenset({"I", "\\mathbf{I}", "\\mathbf{1}"})
NOT_READ = "ML104"
DENSITIES = frozenset({"p", "P", "q", "\\mathrm{Pr}"})
LAYOUTS = {
    "gradient": r"\left(\dfrac{\partial f}{\partial x}\right)_i = \dfrac{\partial f}{\partial x_i}",
    "Jacobian": r"\left(\dfrac{\partial y}{\partial x}\right)_{ij}"
    r" = \dfrac{\partial y_i}{\partial x_j}",
}


@dataclass
class Reached:
    """Whether a derivative of a named quantity ever met its variable, over all instances.

    One that is `open` holds values of functions that may follow any variable.
    """

    message: str
    reached: bool = False
    open: bool = False


@dataclass
class Meaning(Indices):
    """Gives values to trees under one choice of sizes and indices."""

    terms: Terms = field(default_factory=Terms)
    cuts: dict[Target, Term] = field(default_factory=dict)
    locals: dict[str, Value] = field(default_factory=dict)
    depth: int = 0
    by_entry: bool = False
    slopes: list[tuple[Term, frozenset[int]]] = field(default_factory=list)
    reached: dict[Node, Reached] = field(default_factory=dict)
    expanding: set[object] = field(default_factory=set)
    memo: dict[object, Value] = field(default_factory=dict)
    shapes: dict[object, tuple[tuple[int, ...], ...]] = field(default_factory=dict)

    def scalar(self, node: Node) -> Term:
        """The term of a tree that must be a scalar; raises Unread where it is none."""
        value = self.value(node)
        if isinstance(value, Array):
            message = f"a scalar is needed here, and this is {shape_of(value)}"
            raise Unread(message, node.start, node.end, "ML208")
        return value

    def value(self, node: Node) -> Value:
        """The value of a tree; raises Unread where the tree means nothing."""
        self.depth += 1
        self.terms.spend()
        if self.depth > MAX_DEPTH:
            raise Unread("definitions nested too deeply", node.start, node.end)
        try:
            return self._value(node)
        except ShapeError as fault:
            message = f"the shapes do not fit: {fault}"
            raise Unread(message, node.start, node.end, "ML208") from None
        finally:
            self.depth -= 1

    def _value(self, node: Node) -> Value:
        terms = self.terms
        match node:
            case Num():
                return terms.const(node.value)
            case Ref():
                return self.reference(node)
            case Group(items=(item,)):
                return self.value(item)
            case Sum():
                return self._sum(node)
            case Product():
                return self._product(node)
            case Quotient():
                bottom = terms.power(self.scalar(self._divisor(node.bottom)), terms.const(-1))
                return multiplied(terms, self.value(node.top), bottom)
            case Power():
                return self._power(node)
            case Call():
                return self._call(node)
            case Derivative():
                return self._derivative(node)
            case Differential():
                return self._differential(node)
            case BigOperator():
                return self._big(node)
            case Cases():
                return self._cases(node)
            case Bracketed():
                return terms.case([(self.comparisons(node.condition), terms.one), ((), terms.zero)])
            case Transpose():
                return self._transposed(node)
            case Component():
                return self._component(node)
            case Norm():
                return self._norm(node)
            case Evaluated():
                return self._evaluated(node)
            case Matrix():
                return self._matrix(node)
            case Dashed():
                return self._dashed_group(node)
            case Dots():
                raise Unread("dots with nothing to go on", node.start, node.end)
            case Group():
                return self._listed(node)
        raise Unread("this is not read here", node.start, node.end, NOT_READ)

    def _cases(self, node: Cases) -> Value:
        """A value by cases; the rows may be vectors, with 0 for the zero of their shape."""
        rows = [(self.comparisons(condition), self.value(value)) for value, condition in node.rows]
        whole = next((value for _, value in rows if isinstance(value, Array)), None)
        if whole is None:
            return self.terms.case([(c, v) for c, v in rows if isinstance(v, Term)])
        values = [zeros_shaped(self.terms, whole, value)[1] for _, value in rows]
        arrays = [v for v in values if isinstance(v, Array) and same_shape(v, whole)]
        if len(arrays) < len(rows):
            raise Unread("the cases differ in shape", node.start, node.end, "ML208")
        entries = tuple(
            self.terms.case([(c, v.entries[k]) for (c, _), v in zip(rows, arrays, strict=True)])
            for k in range(len(whole.entries))
        )
        return Array(whole.shape, entries, whole.first, whole.row)

    def comparisons(self, condition: Condition) -> tuple[Comparison, ...]:
        """A condition as comparisons between neighbouring members; none means otherwise."""
        found = []
        for (left, right), relation in zip(
            itertools.pairwise(condition.members), condition.relations, strict=True
        ):
            if relation not in ("<", "<=", ">", ">=", "=", "!="):
                message = "this condition is not read"
                raise Unread(message, condition.start, condition.end, NOT_READ)
            found.append(Comparison(relation, self.scalar(left), self.scalar(right)))
        return tuple(found)

    # -- operations ---------------------------------------------------------------------------

    def _sum(self, node: Sum) -> Value:
        parts = node.terms
        if any(isinstance(part, Dots) for _, part in parts):
            parts = expanded(node, Reader(self.integer, self._same))
        minus = self.terms.const(-1)
        values = [(sign, self.value(part)) for sign, part in parts]
        signed = [v if sign > 0 else multiplied(self.terms, minus, v) for sign, v in values]
        return added(self.terms, signed if self.strict else spread(signed))

    def _same(self, left: Node, right: Node) -> bool:
        return self.value(left) == self.value(right)

    def _product(self, node: Product) -> Value:
        if any(isinstance(factor, Dots) for factor in node.factors):
            raise Unread("dots between factors are not read", node.start, node.end, NOT_READ)
        self._refuse_unknown_call(node)
        runs: list[list[Value]] = []
        entrywise = "odot" in node.marks
        for mark, factor in zip(("odot", *node.marks), node.factors, strict=True):
            value = self._by_entry(factor) if entrywise else self.value(factor)
            if mark == "odot":
                runs.append([value])
            elif mark == "*":
                runs[-1] = [inner(self.terms, chained(self.terms, runs[-1]), value)]
            else:
                runs[-1].append(value)
        products = [chained(self.terms, run) for run in runs]
        total = products[0]
        for value in products[1:]:
            what = "an entrywise product of"
            total = paired(self.terms, total, value, lambda a, b: self.terms.mul((a, b)), what)
        return total

    def _by_entry(self, node: Node) -> Value:
        """A value in which the power of a vector can only be that of its entries."""
        before, self.by_entry = self.by_entry, not self.strict
        try:
            return self.value(node)
        finally:
            self.by_entry = before

    def _refuse_unknown_call(self, node: Product) -> None:
        """`f(x)` with an f that nothing introduces could be a product or a call: no guess."""
        pairs = zip(itertools.pairwise(node.factors), node.marks, strict=True)
        for (name, group), mark in pairs:
            if not mark and self._is_differential(name, group):
                message = (
                    "d may be a differential, a factor or part of a name here: write \\mathrm{d}"
                    " for a differential, \\partial L / \\partial W for a gradient"
                )
                raise Unread(message, name.start, group.end, NOT_READ)
            if (
                mark
                or not isinstance(name, Ref)
                or not isinstance(group, Group)
                or group.bracket != "("
            ):
                continue
            entry = self.scope.entry(name)
            unknown = entry is None or (entry.assumed and not entry.declared)
            plain = all(isinstance(item, Ref | Num) for item in group.items)
            known_here = name.name in self.locals or name.subs or name.name in self.bound
            word = name.name.startswith("\\mathrm") and unknown and not known_here
            often = name.name in OFTEN_CALLED and not any(part == name for part in walk(group))
            often |= name.name in self.scope.ambiguous
            if len(group.items) > 1 or word or (unknown and (plain or often) and not known_here):
                message = f"{name.name} is not introduced: a function, or a factor?"
                raise Unread(message, name.start, group.end, "ML201")

    def _is_differential(self, name: Node, group: Node) -> bool:
        """Whether `d` before a name is no quantity of the page."""
        if not (isinstance(name, Ref) and isinstance(group, Ref)) or name.name != "d" or name.subs:
            return False
        if is_upright(name) or self.scope.doubts_d:
            return True
        entry = self.scope.entry(name)
        return entry is None or (entry.assumed and not entry.declared and not entry.defined)

    def _power(self, node: Power) -> Value:
        base = node.base
        if isinstance(base, Ref) and self._is_euler(base):
            return self.terms.fun("exp", self.scalar(node.exponent))
        value, exponent = self.value(self._length(base)), self.scalar(node.exponent)
        if isinstance(value, Term):
            return self.terms.power(value, exponent)
        if self.by_entry and len(value.shape) == 1 and exponent.kind == "const":
            return mapped(value, lambda entry: self.terms.power(entry, exponent))
        if exponent.kind == "const" and exponent.data == -1:
            return inverse(self.terms, value)
        if exponent.kind == "const" and exponent.data == 2 and len(value.shape) == 2:
            return multiplied(self.terms, value, value)
        raise Unread(f"this power of {shape_of(value)} is not read", node.start, node.end, NOT_READ)

    def _is_euler(self, ref: Ref) -> bool:
        known = ref.name in self.locals or self.scope.entry(ref) is not None
        return ref.name == "e" and ref.layer is None and not ref.subs and not known

    def _component(self, node: Component) -> Value:
        """An entry of something in brackets, or of a function's result."""
        listed = self._by_entries(node)
        if listed is not None:
            return listed
        value = self.value(node.base)
        lines = any(isinstance(sub, Symbol) for sub in node.subs)
        if lines and isinstance(value, Array) and len(node.subs) == len(value.shape) == 2:
            return self._line(node, value)
        if isinstance(value, Term) or len(node.subs) != len(value.shape):
            message = f"{shape_of(value)} does not have {len(node.subs)} indices"
            raise Unread(message, node.start, node.end, "ML204")
        places = []
        for sub, size, first in zip(node.subs, value.shape, value.first, strict=True):
            place = self.integer(sub) - first
            if not 0 <= place < size and self._runs_freely(sub):
                raise NoInstance
            if not 0 <= place < size:
                message = f"the index {place + first} is outside {first} to {first + size - 1}"
                raise Unread(message, sub.start, sub.end, "ML204")
            places.append(place)
        return value.at(tuple(places))

    def _by_entries(self, node: Component) -> Value | None:
        """`(x_i y_j)_{ij}`, the matrix with these entries; None where the brackets hold arrays."""
        names = [sub.name for sub in node.subs if isinstance(sub, Ref) and not sub.subs]
        inside = {p.name for part in walk(node.base) if isinstance(part, Ref)
                  for sub in part.subs for p in walk(sub) if isinstance(p, Ref)}  # fmt: skip
        told = len(set(names)) == len(node.subs) and set(names) <= inside - self.bound.keys()
        if not told or self.strict or not isinstance(node.base, Group):
            return None
        ranges = [self._values_at(name, node.base, node) for name in names]
        parts: list[Value] = []
        for places in itertools.product(*ranges):
            with self.also(dict(zip(names, places, strict=True))):
                parts.append(self.value(node.base))
        if not all(isinstance(part, Term) for part in parts):
            return None
        return stacked(tuple(map(len, ranges)), parts, tuple(r[0] for r in ranges))

    def _values_at(self, name: str, body: Node, place: Node) -> tuple[int, ...]:
        """The values of an index by its declared range, or by the axis that it stands at."""
        return self._unsaid_values(name, body) or self.index_values(name, place)

    def _line(self, node: Component, value: Array) -> Value:
        """A row or a column of a matrix, as a column."""
        axis = next(k for k, sub in enumerate(node.subs) if not isinstance(sub, Symbol))
        place = self.integer(node.subs[axis]) - value.first[axis]
        if not 0 <= place < value.shape[axis]:
            raise NoInstance
        across = range(value.shape[1 - axis])
        places = [(place, k) if axis == 0 else (k, place) for k in across]
        return Array((len(places),), tuple(map(value.at, places)), (value.first[1 - axis],))

    def _transposed(self, node: Transpose) -> Value:
        value = self.value(node.base)
        if value is self.terms.zero and node.base == ZERO:
            return value
        listed = isinstance(node.base, Group) and len(node.base.items) > 1
        if listed and isinstance(value, Array) and len(value.shape) == 1:
            return value  # `(x_1, ..., x_n)^T` is a column however the list itself is read
        exponent = Ref("T", start=node.start, end=node.end)
        entry = self.scope.entry(exponent)
        if isinstance(value, Term) and entry is not None and entry.is_whole:
            return self.terms.power(value, self.terms.const(self.choice(exponent)))
        if isinstance(node.base, Ref) and isinstance(value, Term):
            message = f"{shown(node.base)} is a number, which has no transpose"
            raise Unread(message, node.start, node.end, "ML208")
        return transposed(value)

    def _evaluated(self, node: Evaluated) -> Value:
        """A value with one name held and then replaced by what stands below the bar."""
        cuts, back = dict(self.cuts), dict[int, Term]()
        leaf = self._variable(node.variable, cuts, back)
        at = self.value(node.at)
        before, self.cuts = self.cuts, cuts
        try:
            value = self.value(node.base)
        finally:
            self.cuts = before
        if not same_shape(leaf, at):
            message = f"{shown(node.variable)} is {shape_of(leaf)}, and this is {shape_of(at)}"
            raise Unread(message, node.start, node.end, "ML208")
        pairs = zip(_entries(leaf), _entries(at), strict=True)
        values = {variable.number: entry for variable, entry in pairs}
        return mapped(value, lambda entry: self.terms.substitute(entry, values))

    def _length(self, node: Node) -> Node:
        """The norm that single bars around a vector are, where a number is needed."""
        inner = bare(node)
        if self.strict or not isinstance(inner, Call) or inner.function != "abs":
            return node
        value = self.value(inner.args[0])
        if not isinstance(value, Array) or len(value.shape) != 1:
            return node
        return Norm(inner.args[0], start=node.start, end=node.end)

    def _divisor(self, node: Node) -> Node:
        """A divisor, which is a number: bars around the vectors in it are their lengths."""
        inner = bare(node)
        if isinstance(inner, Product):
            return replace(inner, factors=tuple(map(self._length, inner.factors)))
        return self._length(node)

    def _norm(self, node: Norm) -> Value:
        value = self.value(node.base)
        told(value)
        if node.kind == "1":
            if isinstance(value, Array) and len(value.shape) == 2:
                raise Unread("the 1-norm of a matrix is not read", node.start, node.end, NOT_READ)
            return self.terms.add(self.terms.fun("abs", entry) for entry in _entries(value))
        if node.kind not in ("", "2", "F") or (
            isinstance(value, Array) and len(value.shape) == 2 and node.kind != "F"
        ):
            raise Unread("say which norm this is", node.start, node.end, NOT_READ)
        return self.terms.fun("sqrt", squares(self.terms, value))

    def _listed(self, node: Group) -> Value:
        """`(x_1, x_2)` and `(x_1, \\dots, x_n)`: a vector by its entries."""
        values = [self.value(item) for item in self._undotted(node.items, node)]
        columns = [v for v in values if isinstance(v, Array) and len(v.shape) == 1 and not v.row]
        if len(columns) == len(values) and len({v.shape for v in columns}) == 1:
            rows = stacked((len(columns),), list(values), (1,))
            return transposed(rows)
        if any(isinstance(value, Array) for value in values):
            raise Unread("this list of arrays is not read", node.start, node.end, "ML208")
        entries = tuple(value for value in values if isinstance(value, Term))
        return Array((len(entries),), entries, (1,))

    def _undotted(self, items: tuple[Node, ...], place: Node) -> tuple[Node, ...]:
        """The items of a list with its dots written out."""
        if not any(isinstance(item, Dots) for item in items):
            return items
        if any(isinstance(item, Num) and item.value == 0 for item in items):
            raise Unread("zeros beside dots are not read here", place.start, place.end, NOT_READ)
        whole = Sum(tuple((1, item) for item in items), start=place.start, end=place.end)
        return tuple(item for _, item in expanded(whole, Reader(self.integer, self._same)))

    def _matrix(self, node: Matrix) -> Value:
        """A matrix by its rows, dots written out; a single column or row is a vector."""
        node = _with_two_indices(node)
        if len(node.rows[0]) == 1:
            column = self._undotted(tuple(row[0] for row in node.rows), node)
            return self._entrywise_array((len(column),), column)
        rows = [
            row if all(isinstance(cell, Dots) for cell in row) else self._undotted(row, node)
            for row in node.rows
        ]
        width = len(rows[0])
        rows = [row if len(row) == width else (row[0],) * width for row in rows]
        if any(len(row) != width for row in rows):
            raise Unread("the rows of this matrix differ in length", node.start, node.end)
        columns = [self._undotted(column, node) for column in zip(*rows, strict=True)]
        if len({len(column) for column in columns}) != 1:
            raise Unread("the columns of this matrix differ in length", node.start, node.end)
        cells = tuple(cell for row in zip(*columns, strict=True) for cell in row)
        if len(node.rows) == 1:
            return transposed(self._entrywise_array((len(cells),), cells))
        return self._entrywise_array((len(cells) // width, width), cells)

    def _entrywise_array(self, shape: tuple[int, ...], cells: tuple[Node, ...]) -> Array:
        return Array(shape, tuple(map(self.scalar, cells)), (1,) * len(shape))

    # -- names --------------------------------------------------------------------------------

    def reference(self, ref: Ref) -> Value:
        """What a name stands for here: a parameter, a whole number, a definition or a variable."""
        if ref.layer is None and ref.name in self.locals:
            return self._parameter(ref)
        plain = ref.layer is None and not ref.subs
        if plain and ref.name in self.bound:
            return self.terms.const(self.bound[ref.name])
        if ref.name in IDENTITIES and len(ref.subs) == 1 and self._is_length(ref.subs[0]):
            return self._of_size(ref)
        if self._lacks_length(ref):
            return ones(self.terms) if ref.name == "\\mathbf{1}" else identity(self.terms)
        function = self._left_open(ref)
        if function is not None:
            return self._entry_of_function(ref, function)
        plain_entry = self.scope.entry(ref)
        if plain and plain_entry is not None and plain_entry.function is not None:
            applied = plain_entry.function.applied
            if applied and not plain_entry.defined:
                return self.value(Call(ref.name, applied, start=ref.start, end=ref.end))
        entry = self._known(ref)
        if entry is None:
            return self._constant(ref.name)
        if entry.is_whole and not entry.defined:
            return self.terms.const(self.choice(ref))
        target = self.target(ref)
        axes = self.axes(ref, entry, target[2])
        if len(axes) == len(target[3]):
            return self._resolved(ref, entry, target)
        if target[3] and len(target[3]) != _family(entry):
            return self._split_digits(ref, entry, target, axes)
        return self._whole(ref, entry, target, axes)

    def _left_open(self, ref: Ref) -> Function | None:
        """The function that `f_i` is an entry of, if f is no vector."""
        known = self.scope.entry(ref) if ref.subs else None
        if known is None or known.defined or known.declared or known.function is None:
            return None
        return known.function if known.function.source is None else None

    def _entry_of_function(self, ref: Ref, function: Function) -> Value:
        """`f_i`, the entry of a function whose argument is left out."""
        call = Call(ref.name, function.refs, start=ref.start, end=ref.end)
        return self._component(Component(call, ref.subs, start=ref.start, end=ref.end))

    def _is_length(self, sub: Node) -> bool:
        """Whether what stands below `I` or `\\mathbf{1}` is a size, and no index of an entry."""
        if isinstance(sub, Num):
            return any(d.dims for known in self.scope.entries.values() for d in known.declared)
        names = [part for part in walk(sub) if isinstance(part, Ref)]
        entries = [self.scope.entry(name) for name in names]
        runs = any(name.name in self.bound for name in names) or any(
            entry is not None and entry.range is not None for entry in entries
        )
        sized = self.strict or all(
            name.name in self.scope.axes.sizes or (entry is not None and entry.integer)
            for name, entry in zip(names, entries, strict=True)
        )
        return sized and not runs

    def _of_size(self, ref: Ref) -> Value:
        """`I_n` and `\\mathbf{1}_m`: the identity and the vector of ones of a length."""
        size = len(self.axis(ref.subs[0]))
        column = Array((size,), (self.terms.one,) * size, (1,))
        return column if ref.name == "\\mathbf{1}" else diagonal(self.terms, column)

    def _parameter(self, ref: Ref) -> Value:
        value = self.locals[ref.name]
        if not ref.subs:
            return value
        base = Ref(ref.name, start=ref.start, end=ref.end)
        return self._component(Component(base, ref.subs, start=ref.start, end=ref.end))

    def _known(self, ref: Ref) -> Entry | None:
        """The entry of a name, assumed if need be; None for a constant such as pi."""
        entry = self.scope.entry(ref)
        if entry is None and ref.layer is None and not ref.subs and ref.name in CONSTANTS:
            return None
        if (
            entry is not None
            and entry.function is not None
            and not (entry.defined or entry.declared)
        ):
            raise Unread(f"the function {ref.name} lacks its argument", ref.start, ref.end)
        if entry is None and ref.name.endswith("'"):
            raise Unread(f"{shown(ref)} is not introduced", ref.start, ref.end, "ML201")
        if entry is None:
            self.assumed(ref)
            entry = self.scope.entry(ref)
        return entry

    def _constant(self, name: str) -> Term:
        if name == "\\mathbf{0}":
            return self.terms.zero
        return self.terms.fun("exp", self.terms.one) if name == "e" else self.terms.fun("pi")

    def target(self, ref: Ref) -> Target:
        """A name with its layer and indices as numbers."""
        layer = None if ref.layer is None else self.integer(ref.layer)
        name = self.scope.canonical(ref)
        return (name, ref.layer is not None, layer, tuple(map(self._sub, ref.subs)))

    def _sub(self, sub: Node) -> int:
        if (
            isinstance(sub, Ref)
            and not sub.subs
            and sub.layer is None
            and sub.name not in self.bound
        ):
            entry = self.scope.entry(sub)
            if entry is not None and not entry.may_be_whole:
                raise Unread(f"{sub.name} is a quantity, no index", sub.start, sub.end, "ML204")
        return self.integer(sub)

    def axes(self, ref: Ref, entry: Entry, layer: int | None) -> tuple[tuple[int, ...], ...]:
        """The index values along each axis of what a name stands for; none for a scalar."""
        if not entry.defined and not entry.declared:
            return tuple((self.integer(sub),) for sub in ref.subs)
        member = tuple(map(self._sub, ref.subs)) if _family(entry) else len(ref.subs)
        key = (ref.name, layer, member)
        if key not in self.shapes:
            self.shapes[key] = self._axes(ref, entry, layer)
        return self.shapes[key]

    def _axes(self, ref: Ref, entry: Entry, layer: int | None) -> tuple[tuple[int, ...], ...]:
        """Declared lengths come first, then what the definition gives, then declared indices."""
        declared = [d for d in reversed(entry.declared) if d.dims]
        for lengths in declared:
            bindings = self.match(lengths.layer, (), layer, (), before=True)
            if bindings is not None:
                with self._within(bindings):
                    family = tuple(self._sub_values(sub, ref) for sub in lengths.subs)
                    return (*family, *(self.axis(dim) for dim in lengths.dims))
        by_definition = self._axes_of_definition(ref, entry, layer)
        if by_definition is not None:
            return by_definition
        for pattern in reversed(entry.declared):
            bindings = self.match(pattern.layer, (), layer, ())
            if bindings is not None:
                with self._within(bindings):
                    return tuple(self._sub_values(sub, ref) for sub in pattern.subs)
        return tuple(() for _ in ref.subs)

    def _axes_of_definition(
        self, ref: Ref, entry: Entry, layer: int | None
    ) -> tuple[tuple[int, ...], ...] | None:
        for defined in _special_first(entry.defined):
            bindings = None if defined.fixed else self.match(defined.layer, (), layer, ())
            if bindings is None:
                continue
            if defined.subs:
                inside = self._axes_of_member(ref, defined, layer) if entry.family else ()
                with self._within(bindings):
                    family = tuple(self._sub_values(sub, ref) for sub in defined.subs)
                return (*family, *inside)
            whole = self._expanded(defined, bindings, ref)
            if isinstance(whole, Term):
                return ()
            ends = zip(whole.first, whole.shape, strict=True)
            return tuple(tuple(range(first, first + size)) for first, size in ends)
        return None

    def _axes_of_member(
        self, ref: Ref, defined: Defined, layer: int | None
    ) -> tuple[tuple[int, ...], ...]:
        """The axes of one vector of a family that a definition gives."""
        given = tuple(map(self._sub, ref.subs[: len(defined.subs)]))
        bindings = self.match(defined.layer, defined.subs, layer, given)
        value = None if bindings is None else self._expanded(defined, bindings, ref)
        if not isinstance(value, Array):
            return ()
        ends = zip(value.first, value.shape, strict=True)
        return tuple(tuple(range(first, first + size)) for first, size in ends)

    def axis(self, dim: Node) -> tuple[int, ...]:
        """The numbers of the entries along an axis of this length."""
        first, length = 0 if from_zero(dim) else 1, self.integer(dim)
        if not 0 < length <= LONGEST_RANGE:
            raise Unread(f"the length {length} is not read", dim.start, dim.end, "ML204")
        return tuple(range(first, first + length))

    def _sub_values(self, sub: Node, ref: Ref) -> tuple[int, ...]:
        """The values that an index of a name's pattern runs over."""
        entry = self.scope.entry(sub) if isinstance(sub, Ref) else None
        if entry is not None and entry.range is not None:
            return self.range_values(entry.range)
        if isinstance(sub, Num):
            return (self.integer(sub),)
        if ref.subs:
            return ()
        values = self.class_values(sub.name) if isinstance(sub, Ref) else ()
        if values:
            return values
        raise Unread(f"{shown(ref)} has no known length", ref.start, ref.end, "ML204")

    def _split_digits(
        self, ref: Ref, entry: Entry, target: Target, axes: tuple[tuple[int, ...], ...]
    ) -> Value:
        """`w_{12}` of a matrix: one index with two digits stands for two indices."""
        name, layered, layer, subs = target
        digits = tuple(int(digit) for digit in str(subs[0])) if isinstance(ref.subs[0], Num) else ()
        if len(subs) == 1 and len(digits) == len(axes):
            return self._resolved(ref, entry, (name, layered, layer, digits))
        message = f"{shown(ref)} has {len(subs)} of {len(axes)} indices"
        raise Unread(message, ref.start, ref.end, "ML204")

    def _whole(
        self, ref: Ref, entry: Entry, target: Target, axes: tuple[tuple[int, ...], ...]
    ) -> Value:
        name, layered, layer, given = target
        axes = axes[len(given) :]
        entries = tuple(
            self._resolved(ref, entry, (name, layered, layer, (*given, *subs)))
            for subs in itertools.product(*axes)
        )
        firsts = tuple(axis[0] for axis in axes if axis)
        return Array(tuple(map(len, axes)), entries, firsts, self._is_row(entry, layer))

    def _is_row(self, entry: Entry, layer: int | None) -> bool:
        """Whether a name stands for a row: by its declaration, or else by its definition."""
        for declared in reversed(entry.declared):
            if declared.dims and self.match(declared.layer, (), layer, ()) is not None:
                return declared.row
        for found in _special_first(entry.defined):
            bindings = self.match(found.layer, (), layer, ()) if not found.subs else None
            if bindings is not None:
                body = found.body
                value = self._expanded(found, bindings, Ref("", start=body.start, end=body.end))
                return isinstance(value, Array) and value.row
        return False

    def _resolved(self, ref: Ref, entry: Entry, target: Target) -> Term:
        """One entry of a name: held, defined, or a free variable."""
        if target in self.cuts:
            return self.cuts[target]
        key = ("entry", target, self._cut_key())
        found = self.memo.get(key)
        if found is None:
            found = self.memo[key] = self._looked_up(ref, entry, target)
        assert isinstance(found, Term)
        return found

    def _looked_up(self, ref: Ref, entry: Entry, target: Target) -> Term:
        definition = self._definition(entry, target)
        if definition is not None:
            value = self._expanded(*definition, ref)
            if isinstance(value, Array):
                inside = target[3][len(definition[0].subs) :]
                subs = tuple(Num(Fraction(s), start=ref.start, end=ref.end) for s in inside)
                value = self._entry_of(value, subs, ref)
            return value
        if self._is_beyond(ref, entry, target):
            raise NoInstance
        entry.read_free = True
        if ref.name == "\\delta" and self._is_kronecker(entry, target[3]):
            return self.terms.const(int(len(set(target[3])) == 1))
        if ref.name == "\\mathbf{1}" and _is_filled(entry):
            return self.terms.one
        known = ref.name in IDENTITIES and ref.name not in self.scope.others
        if known and _is_identity(ref.name, entry):
            return self.terms.const(int(len(set(target[3])) == 1))
        return self.terms.leaf(leaf_name(target), self._domain(ref, entry, target))

    def _is_beyond(self, ref: Ref, entry: Entry, target: Target) -> bool:
        """Whether this is `z^{l+1}` at the last of the layers for which the page defines z."""
        letters = _names(ref.layer) if isinstance(ref.layer, Sum) else set[str]()
        layer = target[2]
        if self.strict or not letters or layer is None or letters & self.bound.keys():
            return False
        for found in entry.defined:
            pattern = self.scope.entry(found.layer) if isinstance(found.layer, Ref) else None
            if pattern is not None and pattern.range is not None:
                return layer > max(self.range_values(pattern.range), default=layer)
        return False

    def _lacks_length(self, ref: Ref) -> bool:
        """Whether the ones or the identity stand undeclared on a page of vectors."""
        entry = self.scope.entry(ref)
        known = entry is not None and (entry.declared or entry.defined or entry.function)
        if self.strict or ref.name not in IDENTITIES or known or ref.subs or ref.layer is not None:
            return False
        vectors = any(d.dims for known in self.scope.entries.values() for d in known.declared)
        return vectors or ref.name != "I"

    def _is_kronecker(self, entry: Entry, subs: tuple[int, ...]) -> bool:
        """Whether nothing on a lax page says otherwise of a delta with two indices."""
        free = entry.is_free and not entry.declared and "\\delta" not in self.scope.heads
        return not self.strict and free and len(subs) == 2

    def _entry_of(self, value: Array, subs: tuple[Node, ...], ref: Ref) -> Term:
        places = tuple(self.integer(s) - f for s, f in zip(subs, value.first, strict=False))
        inside = len(places) == len(value.shape) and all(
            0 <= place < size for place, size in zip(places, value.shape, strict=True)
        )
        if not inside and any(map(self._runs_freely, ref.subs)):
            raise NoInstance
        if not inside:
            raise Unread(
                f"an index of {shown(ref)} is outside its range", ref.start, ref.end, "ML204"
            )
        return value.at(places)

    def _expanded(self, found: Defined, bindings: dict[str, int], ref: Ref) -> Value:
        self.scope.used.add(found.number)
        key = (found.number, tuple(sorted(bindings.items())), self._cut_key())
        if key not in self.memo:
            if key in self.expanding:
                raise Unread(f"{shown(ref)} is defined by itself", ref.start, ref.end, "ML206")
            self.expanding.add(key)
            try:
                with self._within(bindings):
                    self.memo[key] = self._located(ref, lambda: self.value(found.body))
            finally:
                self.expanding.discard(key)
        return self.memo[key]

    def _located(self, ref: Node, make: Callable[[], Value]) -> Value:
        """Faults inside a definition are shown where the definition is used."""
        try:
            return make()
        except Unread as fault:
            raise Unread(fault.message, ref.start, ref.end, fault.code) from None

    def _cut_key(self) -> tuple[object, ...]:
        return tuple(sorted((str(target), leaf.number) for target, leaf in self.cuts.items()))

    @contextmanager
    def _within(
        self, bindings: dict[str, int], values: dict[str, Value] | None = None
    ) -> Iterator[None]:
        """Inside a definition: its own indices and parameters are known, its user's are not."""
        before = self.bound, self.locals, self.by_entry
        self.bound, self.locals, self.by_entry = bindings, values or {}, False
        try:
            yield
        finally:
            self.bound, self.locals, self.by_entry = before

    def _definition(self, entry: Entry, target: Target) -> tuple[Defined, dict[str, int]] | None:
        """The equation that gives an entry: by its own indices, or of the whole."""
        _, _, layer, subs = target
        if self._is_given_step(entry, layer, subs):
            return None
        for found in _special_first(entry.defined):
            if not found.may_be(subs):
                continue
            own = subs[: len(found.subs)] if _family(entry) else subs
            bindings = self.match(found.layer, found.subs, layer, own) if found.subs else None
            if found.subs == () == subs:
                bindings = self.match(found.layer, (), layer, ())
            if bindings is not None:
                return found, bindings
        for found in _special_first(entry.defined):
            bindings = self.match(found.layer, (), layer, ()) if not found.subs else None
            if bindings is not None:
                return found, bindings
        return None

    def _is_given_step(self, entry: Entry, layer: int | None, subs: tuple[int, ...]) -> bool:
        """Whether `c_{t-1}` is declared as given, so that it is not made of the step before."""
        moments = self.scope.axes.moments
        for declared in entry.declared if moments else ():
            marks = declared.subs if declared.layer is None else (declared.layer, *declared.subs)
            shifted = [m for m in marks if isinstance(m, Sum) and _names(m) & moments]
            values = subs if layer is None else (layer, *subs)
            if shifted and tuple(MOMENT - 1 if m in shifted else None for m in marks) == tuple(
                v if m in shifted else None for m, v in zip(marks, values, strict=False)
            ):
                return True
        return False

    def is_defined(self, entry: Entry, target: Target) -> bool:
        """Whether an equation gives this entry of a name."""
        return self._definition(entry, target) is not None

    def is_declared(self, entry: Entry, target: Target) -> bool:
        """Whether a declaration speaks of this entry of a name."""
        _, _, layer, subs = target
        for declared in entry.declared:
            if declared.subs and self.match(declared.layer, declared.subs, layer, subs) is not None:
                return True
            whole = not declared.subs and len(subs) in (0, len(declared.dims))
            if whole and self.match(declared.layer, (), layer, ()) is not None:
                return True
        return False

    def _domain(self, ref: Ref, entry: Entry, target: Target) -> Domain:
        """The domain of a variable's entry; an index outside its range is a fault."""
        _, _, layer, subs = target
        if not self.strict and not any(declared.dims for declared in entry.declared):
            self._check_spans(ref)
        for declared in reversed(entry.declared):
            whole = declared.subs and self.match(
                declared.layer, declared.subs, layer, subs, before=True
            )
            if declared.subs and whole is not None:
                return self._declared_domain(declared)
            family = len(declared.subs)
            given = subs[:family]
            bindings = self.match(declared.layer, declared.subs, layer, given, before=True)
            if len(subs) == family + len(declared.dims) and bindings is not None:
                self._check_indices(ref, declared, subs[family:], bindings)
                return self._declared_domain(declared)
        if not self.strict and not any(declared.dims for declared in entry.declared):
            return REAL
        at = ", ".join(str(sub) for sub in subs) or str(layer)
        message = f"{shown(ref)} is not introduced for the index {at}"
        raise Unread(message, ref.start, ref.end, "ML204")

    def _check_indices(
        self, ref: Ref, declared: Declared, subs: tuple[int, ...], bindings: dict[str, int]
    ) -> None:
        shown_subs = ref.subs[len(ref.subs) - len(subs) :]
        nodes = shown_subs if len(shown_subs) == len(subs) else (ref,) * len(subs)
        with self._within(bindings):
            for node, dim, sub in zip(nodes, declared.dims, subs, strict=True):
                axis = self.axis(dim)
                if sub not in axis and self._runs_freely(node):
                    raise NoInstance
                if sub not in axis:
                    message = f"the index {sub} of {shown(ref)} is outside {axis[0]} to {axis[-1]}"
                    raise Unread(message, node.start, node.end, "ML204")

    def _check_spans(self, ref: Ref) -> None:
        """An index that nothing declares ends where the sums over it end."""
        for place, sub in enumerate(ref.subs):
            ends = self.scope.spans.get((ref.name, ref.layer is not None, place))
            if (
                ends is None
                or not self.scope.axes.are_ends(ends)
                or not isinstance(sub, Ref)
                or sub.name in self.bound
            ):
                continue
            if not self._runs_freely(sub):
                continue
            low, high = map(self.integer, ends)
            if not low <= self.integer(sub) <= high:
                raise NoInstance

    def _runs_freely(self, node: Node) -> bool:
        """Whether nothing declares an index, so that it runs over the axis that it stands at."""
        entry = self.scope.entry(node) if isinstance(node, Ref) and not node.subs else None
        return not self.strict and entry is not None and entry.assumed and entry.range is None

    def _declared_domain(self, declared: Declared) -> Domain:
        return self.domain(declared.target) if declared.target else REAL

    def domain(self, target: NumberSet) -> Domain:
        """The numbers of a set."""
        if target.name in ("R", "Q"):
            return REAL
        if target.name in ("R>0", "R>=0"):
            return Domain(low=Fraction(0), low_open=target.name == "R>0")
        if target.name.startswith(("N", "Z")):
            low = None if target.name == "Z" else Fraction(0 if target.name == "N>=0" else 1)
            return Domain(low=low, integer=True)
        if target.interval is not None:
            return self._interval(target)
        if target.name == "finite" and not any(isinstance(item, Dots) for item in target.items):
            return Domain(values=tuple(self._bound(item) for item in target.items))
        raise Unread("this set is not read", target.start, target.end, NOT_READ)

    def _interval(self, target: NumberSet) -> Domain:
        interval = target.interval
        assert interval is not None
        low = None if interval.low is None else self._bound(interval.low)
        high = None if interval.high is None else self._bound(interval.high)
        if low is not None and high is not None and low >= high:
            raise Unread("this interval is empty", target.start, target.end)
        return Domain(low, high, interval.low_open, interval.high_open)

    def _bound(self, node: Node) -> Fraction:
        term = self.scalar(node)
        if term.kind != "const" or not isinstance(term.data, Fraction):
            raise Unread("a bound must be a number", node.start, node.end, NOT_READ)
        return term.data

    # -- entries for the tie ------------------------------------------------------------------

    def entries(self, ref: Ref) -> tuple[tuple[int, ...], list[Target]]:
        """The shape of what a name stands for, and all its entries in row order."""
        entry = self.scope.entry(ref)
        if entry is None:
            raise Unread(f"{shown(ref)} is not introduced", ref.start, ref.end, "ML201")
        name, layered, layer, subs = self.target(ref)
        if subs:
            return (), [(name, layered, layer, subs)]
        axes = self.axes(ref, entry, layer)
        targets = [(name, layered, layer, place) for place in itertools.product(*axes)]
        return tuple(map(len, axes)), targets

    def entry_term(self, ref: Ref, target: Target) -> Term:
        """The term of one entry."""
        entry = self.scope.entry(ref)
        assert entry is not None
        return self._resolved(ref, entry, target)

    def hold(self, target: Target, domain: Domain) -> Term:
        """Hold an entry independent of its definition from here on."""
        leaf = self.terms.leaf(leaf_name(target) + " given", domain)
        self.cuts[target] = leaf
        return leaf

    # -- calls --------------------------------------------------------------------------------

    def _call(self, node: Call) -> Value:
        entry = self.scope.entries.get((node.function, False))
        function = entry.function if entry else None
        if not node.args:
            return self._dashed(node, function)
        if function is not None:
            return self._own_call(node, function)
        name = {"log": "ln"}.get(node.function, node.function)
        if name == "diag" and len(node.args) > 1:
            return self._diagonal_of(node)
        entrywise = name == "diag"
        args = [self._by_entry(arg) if entrywise else self.value(arg) for arg in node.args]
        kind = self.scope.called.get(name, NAMED.get(name))
        if not self.strict and kind not in (None, "any", "smooth") and len(args) == 1:
            return self._named(node, kind, args[0])
        if kind == "smooth" and isinstance(args[0], Array):
            message = f"say whether {node.function} acts on each entry"
            raise Unread(message, node.start, node.end, "ML209")
        if not self.strict and (kind or name in self.scope.guessed) and len(args) == 1:
            return mapped(args[0], lambda t: self.terms.opaque(name, (0,) * node.primes, (t,)))
        if name == INNER:
            return self._inner_product(node, *args)
        if name not in BUILT_IN:
            message = f"the function {node.function} is not introduced"
            raise Unread(message, node.start, node.end, "ML201")
        if name in TWO_SIDED:
            vector = args[0] if len(args) == 1 else None
            if isinstance(vector, Array):
                return self._most(node, name, list(vector.entries))
            return self._extreme(name, args, node)
        if len(args) != 1:
            raise Unread(f"{node.function} takes one argument", node.start, node.end)
        if node.primes:
            inner = self.terms.leaf(f"{name}'")
            return self._slope(node, self._builtin(name, inner, node), inner, args[0])
        return self._builtin(name, args[0], node)

    def _inner_product(self, node: Call, left: Value, right: Value) -> Term:
        """The sum of the products of two vectors' entries, or of two matrices'."""
        if not (isinstance(left, Array) and isinstance(right, Array)):
            message = "angle brackets are read around two vectors: their inner product"
            raise Unread(message, node.start, node.end, NOT_READ)
        if left.shape != right.shape:
            message = f"the inner product of {shape_of(left)} and {shape_of(right)}"
            raise Unread(f"the shapes do not fit: {message}", node.start, node.end, "ML208")
        told(left)
        told(right)
        pairs = zip(left.entries, right.entries, strict=True)
        return self.terms.add(self.terms.mul(pair) for pair in pairs)

    def _diagonal_of(self, node: Call) -> Value:
        """`diag(s_1, \\dots, s_n)`: the diagonal matrix with these entries."""
        listed = self._listed(Group(node.args, "(", start=node.start, end=node.end))
        if node.primes or not isinstance(listed, Array) or len(listed.shape) != 1:
            message = "this diagonal matrix is not read: write its entries out"
            raise Unread(message, node.start, node.end, NOT_READ)
        return diagonal(self.terms, listed)

    def _named(self, node: Call, kind: str, arg: Value) -> Value:
        """A function that the field knows by its name, on a page that does not define it."""
        if kind == "softmax":
            return self._softmax(node, arg)
        if not node.primes:
            return mapped(arg, lambda entry: self._of_kind(kind, entry))
        inner = self.terms.leaf(f"{node.function}'")
        return self._slope(node, self._of_kind(kind, inner), inner, arg)

    def _softmax(self, node: Call, arg: Value) -> Value:
        """The softmax of a vector, or of each row or column of a matrix, as the page says."""
        if not isinstance(arg, Array) or len(arg.shape) > 2 or node.primes:
            message = f"the softmax of {shape_of(arg)} is not read: write its entries out"
            raise Unread(message, node.start, node.end, NOT_READ)
        if len(arg.shape) == 2 and self.scope.softmax_of is None:
            message = "say whether this softmax is of each row or of each column"
            raise Unread(message, node.start, node.end, NOT_READ)
        told(arg)
        terms = self.terms
        powers = [terms.fun("exp", entry) for entry in arg.entries]
        width = arg.shape[-1] if len(arg.shape) == 2 else len(powers)

        def together(place: int) -> list[Term]:
            if len(arg.shape) == 2 and self.scope.softmax_of == "column":
                return powers[place % width :: width]
            return powers[place // width * width :][:width]

        entries = tuple(
            terms.div(power, terms.add(together(place))) for place, power in enumerate(powers)
        )
        return replace(arg, entries=entries)

    def _of_kind(self, kind: str, x: Term) -> Term:
        """The value of a function of one number that the field knows by its name."""
        terms, one = self.terms, self.terms.one
        match kind:
            case "tanh":
                return terms.fun("tanh", x)
            case "relu":
                return terms.fun("max", terms.zero, x)
            case "softplus":
                return terms.fun("ln", terms.add((one, terms.fun("exp", x))))
            case "silu":
                return terms.mul((x, self._of_kind("sigmoid", x)))
            case "mish":
                return terms.mul((x, terms.fun("tanh", self._of_kind("softplus", x))))
            case "softsign":
                return terms.div(x, terms.add((one, terms.fun("abs", x))))
            case "density":
                half = terms.mul((terms.const(Fraction(-1, 2)), x, x))
                scale = terms.fun("sqrt", terms.mul((terms.const(2), terms.fun("pi"))))
                return terms.div(terms.fun("exp", half), scale)
            case "distribution":
                return self._normal_distribution(x)
        assert kind == "sigmoid"
        return terms.power(terms.add((one, terms.fun("exp", terms.neg(x)))), _minus(terms))

    def _dashed(self, node: Call, function: Function | None) -> Value:
        """`y'` and `f'` without brackets: the slope by the one variable that there is."""
        if function is not None and function.source is None and len(function.params) == 1:
            return self._own_call(replace(node, args=function.refs), function)
        if function is not None and len(function.applied) == 1:
            return self._own_call(replace(node, args=function.applied), function)
        name = Ref(node.function, start=node.start, end=node.end)
        entry = self.scope.entry(name)
        if node.primes == 1 and not self.strict and self._may_turn(node.function, entry):
            value = self.reference(name)
            if isinstance(value, Array):
                return transposed(value)
        if function is not None or entry is None or not entry.defined:
            message = f"{node.function}' needs its argument"
            raise Unread(message, node.start, node.end)
        return self._dashed_value(self.reference(name), node, node.primes)

    def _may_turn(self, name: str, entry: Entry | None) -> bool:
        """Whether a dash may be the transpose of a known array: `X'X`, with no other `X'`."""
        known = entry is not None and entry.function is None and entry.range is None
        return known and name not in self.scope.functions

    def _dashed_group(self, node: Dashed) -> Value:
        """`(1 + e^{-x})'` by the x of which the page has functions."""
        names = [p for p in walk(node.base) if isinstance(p, Ref)]
        entries = [self.scope.entry(name) for name in names if not self._is_euler(name)]
        if any(entry is None or entry.defined or not entry.parameter for entry in entries):
            message = "this dash does not tell by what is differentiated"
            raise Unread(message, node.start, node.end)
        return self._dashed_value(self.value(node.base), node, node.primes)

    def _dashed_value(self, value: Value, node: Node, primes: int) -> Value:
        """The slope of a value by the one variable that it depends on."""
        leaves = frozenset().union(*(part.leaves for part in _entries(value)))
        if self.cuts or len(leaves) > 1:
            message = "this dash does not tell by what is differentiated"
            raise Unread(message, node.start, node.end)
        if not leaves:
            return mapped(value, lambda _: self.terms.zero)
        variable = self.terms.leaf(self.terms.leaf_names[next(iter(leaves))])
        for _ in range(primes):
            value = mapped(value, lambda part: self.terms.diff(part, variable))
        return value

    def _slope(self, node: Call, value: Value, inner: Term, at: Value) -> Value:
        """The derivative that dashes stand for, at the function's argument."""
        if isinstance(value, Array):
            raise Unread("a dash after this function is not read", node.start, node.end, NOT_READ)
        for _ in range(node.primes):
            value = self.terms.diff(value, inner)
        slope = value
        return mapped(at, lambda entry: self.terms.substitute(slope, {inner.number: entry}))

    def _extreme(self, name: str, args: list[Value], node: Call) -> Term:
        scalars = [arg for arg in args if isinstance(arg, Term)]
        if len(scalars) != len(args) or len(args) < 2:
            message = f"{name} of this is not read"
            raise Unread(message, node.start, node.end, NOT_READ)
        result = scalars[0]
        for arg in scalars[1:]:
            result = self.terms.fun(name, result, arg)
        return result

    def _builtin(self, name: str, arg: Value, node: Call) -> Value:
        match name:
            case "tr" if isinstance(arg, Term) and self._is_of_arrays(arg):
                return arg
            case "tr":
                return trace(self.terms, arg)
            case "det":
                return determinant(self.terms, arg)
            case "diag":
                return diagonal(self.terms, arg)
        if name == "abs" and isinstance(arg, Array) and len(arg.shape) == 2:
            return determinant(self.terms, arg)
        if isinstance(arg, Array):
            self._check_entrywise(node)
        if name == "\\Phi" and name in self.scope.heads:
            raise Unread("the function \\Phi is not introduced", node.start, node.end, "ML201")
        if name == "\\Phi":
            return mapped(arg, self._normal_distribution)
        if name in INVERTED:
            one = self.terms.const(-1)
            return mapped(arg, lambda t: self.terms.power(self.terms.fun(INVERTED[name], t), one))
        return mapped(arg, lambda entry: self.terms.fun(name, entry))

    def _is_of_arrays(self, term: Term) -> bool:
        """Whether a number is made of arrays, as `x^T A x` is, which is its own trace."""
        names = {root(self.terms.leaf_names[leaf].removeprefix(DIRECTION)) for leaf in term.leaves}
        return not self.strict and any(
            root(name) in names and any(declared.dims for declared in entry.declared)
            for (name, _), entry in self.scope.entries.items()
        )

    def _normal_distribution(self, x: Term) -> Term:
        """The distribution function of the standard normal distribution."""
        half = self.terms.const(Fraction(1, 2))
        scaled = self.terms.mul((self.terms.const(-1), x, self.terms.fun("sqrt", half)))
        return self.terms.mul((half, self.terms.fun("erfc", scaled)))

    def _check_entrywise(self, node: Call) -> None:
        """A scalar function of a vector is read only where the page says what it means."""
        entry = self.scope.entries.get((node.function, False))
        if self.strict and not (entry is not None and entry.entrywise):
            name = node.function
            message = f"say that {name} acts on each entry: {name}(x)_i = {name}(x_i)"
            raise Unread(message, node.start, node.end, "ML209")

    def _opaque_call(self, node: Call, source: NumberSet) -> Value:
        """A function known by its domain alone, of a value that lies in it."""
        args = [self.value(arg) for arg in node.args]
        of_one = len(args) == 1 and isinstance(args[0], Term)
        if source.name == "any" and (of_one or not node.primes):
            values = [entry for arg in args for entry in _entries(arg)]
            return self.terms.opaque(node.function, (0,) * node.primes, values)
        if not source.dims and len(args) == 1 and isinstance(args[0], Array):
            self._check_entrywise(node)
            return mapped(
                args[0], lambda t: self.terms.opaque(node.function, (0,) * node.primes, (t,))
            )
        shape = tuple(self.integer(dim) for dim in source.dims)
        found = args[0].shape if isinstance(args[0], Array) else ()
        others = [arg for arg in args[1:] if isinstance(arg, Term)]
        if others and len(others) == len(args) - 1 and found == shape and not node.primes:
            return self.terms.opaque(node.function, (), (*_entries(args[0]), *others))
        if len(args) != 1 or found != shape:
            message = f"{node.function} is no function of {shape_of(args[0])}"
            raise Unread(message, node.start, node.end, "ML208")
        if node.primes and shape:
            raise Unread("a dash after this function is not read", node.start, node.end, NOT_READ)
        return self.terms.opaque(node.function, (0,) * node.primes, _entries(args[0]))

    def _own_call(self, node: Call, function: Function) -> Value:
        if function.source is not None:
            self.scope.used.add(function.number)
            return self._opaque_call(node, function.source)
        if len(node.args) != len(function.params):
            message = (
                f"{node.function} takes {len(function.params)} argument(s), not {len(node.args)}"
            )
            raise Unread(message, node.start, node.end)
        self.scope.used.add(function.number)
        entry = self.scope.entries[(node.function, False)]
        here = not any(ref.name in self.locals for ref in function.refs)
        if entry.defined and node.args != function.refs:
            message = f"{node.function} before brackets may be a factor or a function here"
            raise Unread(message, node.start, node.end)
        if entry.defined and here and not node.primes:
            return self.reference(Ref(node.function, start=node.start, end=node.end))
        self._check_density(node, function)
        args = [self.value(arg) for arg in node.args]
        if not function.of_arrays and any(isinstance(arg, Array) for arg in args):
            return self._entrywise(node, function, args)
        return self._primed(node, function, args)

    def _check_density(self, node: Call, function: Function) -> None:
        """`p(x)` and `p(y)` are two densities: the names of their arguments tell which."""
        if not (node.function.endswith("( | )") or node.function in DENSITIES):
            return
        for ref, arg in zip(function.refs, node.args, strict=True):
            if not (isinstance(arg, Ref) and ref.name.startswith(arg.name)):
                message = f"{node.function} of other names may be another density"
                raise Unread(message, arg.start, arg.end, "ML104")

    def _entrywise(self, node: Call, function: Function, args: list[Value]) -> Value:
        self._check_entrywise(node)
        if len(args) != 1:
            raise Unread(
                "vectors for several arguments are not read", node.start, node.end, NOT_READ
            )

        def applied(entry: Term) -> Term:
            value = self._primed(node, function, [entry])
            if isinstance(value, Array):
                message = f"{node.function} of a vector is not read"
                raise Unread(message, node.start, node.end, NOT_READ)
            return value

        return mapped(args[0], applied)

    def _applied(self, node: Node, function: Function, args: list[Value]) -> Value:
        numbers = tuple(tuple(entry.number for entry in _entries(arg)) for arg in args)
        key = (function.number, numbers, self._cut_key())
        if key not in self.memo:
            values = dict(zip(function.params, args, strict=True))
            make = self._through_names if self._may_hide(function) else self._inside
            self.memo[key] = self._located(node, lambda: make(function, values))
        return self.memo[key]

    def _inside(self, function: Function, values: dict[str, Value]) -> Value:
        by = set() if self.strict else differentiated_by(function.body)
        plain = {
            ref.name: values[shown(ref)]
            for ref in function.refs
            if not ref.subs and ref.name not in by
        }
        with self._within({}, plain):
            return self._body(function)

    def _may_hide(self, function: Function) -> bool:
        """Whether a function's body uses names or functions through which a parameter may come."""
        if any(ref.subs for ref in function.refs):
            return True
        if not self.strict and differentiated_by(function.body):
            return True
        for part in walk(function.body):
            if isinstance(part, Call) and (part.function, False) in self.scope.entries:
                return True
            known = self.scope.entry(part) if isinstance(part, Ref) else None
            if known is not None and known.defined:
                return True
        return False

    def _through_names(self, function: Function, values: dict[str, Value]) -> Value:
        """A parameter that other names follow, as in `u = x^2`, `f(x) = u`, moves them along."""
        outer, held, moved = self.cuts, dict[Target, Term](), False
        arguments: dict[int, Term] = {}
        for ref, value in zip(function.refs, values.values(), strict=True):
            entry = self.scope.entry(ref)
            if entry is None or (entry.function is not None and not entry.defined):
                continue
            if entry.is_whole and self._follows(function.body, ref.name):
                self._refuse_hidden(function.body)
            targets = [] if entry.is_whole else self.entries(ref)[1]
            for target, argument in zip(targets, _entries(value), strict=False):
                held[target] = self.terms.leaf(leaf_name(target) + " inside")
                arguments[held[target].number] = argument
                moved = moved or argument is not self._resolved(ref, entry, target)
        try:
            self.cuts = {**outer, **held}
            result = self._inside(function, values)
            if moved and outer:
                # what is held further out must not stand still while its parameter moves
                self.cuts = held
                free = self._inside(function, values)
                hides = any(leaf in arguments for part in _entries(free) for leaf in part.leaves)
                if hides and free != result:
                    self._refuse_hidden(function.body)
        finally:
            self.cuts = outer
        return mapped(result, lambda entry: self.terms.substitute(entry, arguments))

    def _follows(self, body: Node, name: str) -> bool:
        """Whether the definitions behind a body's names mention a name."""
        seen: set[int] = set()
        waiting = [body]
        while waiting:
            for part in walk(waiting.pop()):
                known = self.scope.entry(part) if isinstance(part, Ref) else None
                if isinstance(part, Call):
                    known = self.scope.entries.get((part.function, False))
                found = [(d.number, d.body) for d in known.defined] if known else []
                if known and known.function:
                    found.append((known.function.number, known.function.body))
                fresh = [entry for entry in found if entry[0] not in seen]
                seen |= {number for number, _ in fresh}
                if any(isinstance(p, Ref) and p.name == name for _, b in fresh for p in walk(b)):
                    return True
                waiting += [b for _, b in fresh]
        return False

    @staticmethod
    def _refuse_hidden(body: Node) -> None:
        message = "a parameter is hidden in another name here: write the function out"
        raise Unread(message, body.start, body.end, "ML206")

    def _body(self, function: Function) -> Value:
        """A function's value; one that is defined by entries is made of all of them."""
        if not function.subs:
            return self.value(function.body)
        names = [sub.name for sub in function.subs if isinstance(sub, Ref)]
        ranges = [self.index_values(name, function.body) for name in names]
        parts: list[Value] = []
        for places in itertools.product(*ranges):
            with self.also(dict(zip(names, places, strict=True))):
                parts.append(self.scalar(function.body))
        return stacked(tuple(map(len, ranges)), parts, tuple(r[0] for r in ranges))

    def _primed(self, node: Call, function: Function, args: list[Value]) -> Value:
        if not node.primes:
            return self._applied(node, function, args)
        if len(args) != 1 or isinstance(args[0], Array):
            raise Unread("a dash after this function is not read", node.start, node.end, NOT_READ)
        inner = self.terms.leaf(f"{node.function}'")
        return self._slope(node, self._applied(node, function, [inner]), inner, args[0])

    # -- derivatives --------------------------------------------------------------------------

    def _derivative(self, node: Derivative) -> Value:
        if any(isinstance(part, Differential) for part in walk(node.operand)):
            message = "a differential inside a derivative is not read"
            raise Unread(message, node.start, node.end, NOT_READ)
        node = self._of_function(node)
        back: dict[int, Term] = {}
        cuts = dict(self.cuts)
        variables = [self._variable(variable, cuts, back) for variable in node.variables]
        self._check_named(node)
        before, self.cuts = self.cuts, cuts
        try:
            value = self.value(node.operand)
        finally:
            self.cuts = before
        if node.of_number and isinstance(value, Array):
            message = "brackets must tell how far this gradient reaches"
            raise Unread(message, node.start, node.end)
        self._note_reach(node, value, variables)
        operand = value
        by = frozenset(leaf.number for v in variables for leaf in _entries(v))
        self.slopes += [(entry, by) for entry in _entries(value)]
        for variable in variables:
            value = self._differentiated(node, value, variable)
        if isinstance(operand, Term) and not operand.total:
            # even a slope of 0 needs a function that has values
            guard = self.terms.mul((self.terms.zero, operand))
            value = mapped(value, lambda t: guard if t is self.terms.zero else t)
        if not back:
            return value
        return mapped(value, lambda entry: self.terms.substitute(entry, back))

    def _differential(self, node: Differential) -> Value:
        """How something changes as the variables of the page do, each in a direction of its own."""
        self._check_operand(node)
        if self.cuts:
            message = "a differential inside a derivative is not read"
            raise Unread(message, node.start, node.end, NOT_READ)
        whole = Derivative(node.operand, (), start=node.start, end=node.end)
        value = self.value(self._of_function(whole).operand)
        told(value)
        return mapped(value, lambda entry: self._along(entry, node))

    @staticmethod
    def _check_operand(node: Differential) -> None:
        """`dx^2` is the differential of a square, or the square of one."""
        power = node.operand
        raised = isinstance(power, Power) and isinstance(power.base, Ref | Group | Call)
        exponent = bare(power.exponent) if isinstance(power, Power) else None
        if raised and isinstance(exponent, Num) and exponent.value > 0:
            message = "brackets must tell whether the differential or what follows is raised"
            raise Unread(message, node.start, node.end)
        if not any(isinstance(part, Ref) for part in walk(node.operand)):
            message = "how far this differential reaches is ambiguous: add brackets"
            raise Unread(message, node.start, node.end)

    def _along(self, term: Term, node: Node) -> Term:
        """The change of a term along the directions of its variables; other names are constant."""
        terms = self.terms
        parts, moved = [], set[int]()
        for number in sorted(term.leaves):
            name = terms.leaf_names[number]
            if root(name) in self.scope.varied:
                if root(name) in self.scope.constants:
                    message = f"{root(name)} is called constant, and is differentiated by"
                    raise Unread(message, node.start, node.end, "ML202")
                moved.add(number)
                slope = terms.diff(term, terms.leaf(name))
                parts.append(terms.mul((slope, terms.leaf(DIRECTION + name))))
            elif not (name.startswith(DIRECTION) or self.scope.is_held(root(name))):
                message = f"does {root(name)} vary in this differential? call it a constant if not"
                raise Unread(message, node.start, node.end, "ML202")
        self.slopes.append((term, frozenset(moved)))
        if not parts and not term.total:
            # even a change of 0 needs a function that has values
            return terms.mul((terms.zero, term))
        return terms.add(parts)

    def _of_function(self, node: Derivative) -> Derivative:
        """`df/dx` of a function f(x) is the derivative of f(x)."""
        name = node.operand
        if isinstance(name, Call) and name.function in BUILT_IN and not name.primes:
            inner = [self._of_function(replace(node, operand=arg)).operand for arg in name.args]
            return replace(node, operand=replace(name, args=tuple(inner)))
        if not isinstance(name, Ref) or name.subs or name.layer is not None:
            return node
        entry = self.scope.entry(name)
        function = entry.function if entry else None
        if function is None or name.name in self.locals or key_of(name) in _keys(node):
            return node
        if function.applied:
            call = Call(name.name, function.applied, start=name.start, end=name.end)
            return replace(node, operand=call)
        known = {part.name for part in walk(function.body) if isinstance(part, Ref)}
        if {v.name for v in node.variables if isinstance(v, Ref)} - known - set(function.params):
            message = f"write {name.name} with its argument in brackets"
            raise Unread(message, name.start, name.end)
        return replace(node, operand=Call(name.name, function.refs, start=name.start, end=name.end))

    def _differentiated(self, node: Derivative, value: Value, variable: Value) -> Value:
        """Gradients have the variable's shape; a vector by a vector gives the Jacobian."""
        if isinstance(variable, Term):
            return mapped(value, lambda entry: self.terms.diff(entry, variable))
        self._check_layout(node, "gradient" if isinstance(value, Term) else "Jacobian")
        if isinstance(value, Term):
            return mapped(variable, lambda leaf: self.terms.diff(value, leaf))
        if len(value.shape) != 1 or len(variable.shape) != 1:
            message = f"the derivative of {shape_of(value)} by {shape_of(variable)} has no shape"
            raise Unread(message, node.start, node.end, "ML208")
        shape = (value.shape[0], variable.shape[0])
        pairs = itertools.product(value.entries, variable.entries)
        entries = tuple(self.terms.diff(entry, leaf) for entry, leaf in pairs)
        jacobian = Array(shape, entries, (value.first[0], variable.first[0]))
        if DENOMINATOR in self.scope.layouts:
            return transposed(jacobian)
        self.scope.layouts.add(NUMERATOR)
        return jacobian

    def _check_layout(self, node: Derivative, layout: str) -> None:
        """By a whole vector, a page must say which entry of the result is which derivative."""
        second = len(node.variables) == 2 and "Hessian" in self.scope.layouts
        if self.strict and layout not in self.scope.layouts and not second:
            message = f"say what the {layout}'s entries are, e.g. {LAYOUTS[layout]}"
            raise Unread(message, node.start, node.end, "ML210")

    def _variable(self, node: Node, cuts: dict[Target, Term], back: dict[int, Term]) -> Value:
        """The leaves to differentiate by; `back` learns what stands for a held name."""
        ref = node.base if isinstance(node, Transpose) else node
        assert isinstance(ref, Ref)
        if ref.name in self.locals and ref.layer is None:
            message = f"a derivative by the parameter {ref.name} is not read"
            raise Unread(message, ref.start, ref.end, NOT_READ)
        entry = self._known(ref)
        if entry is None or entry.is_whole or (ref.name in self.bound and not ref.subs):
            message = f"{ref.name} is no variable: no derivative by it"
            raise Unread(message, ref.start, ref.end)
        target = self.target(ref)
        axes = self.axes(ref, entry, target[2])
        if len(axes) == len(target[3]):
            return self._held(ref, entry, target, cuts, back)
        given = target[3]
        if given and len(given) != _family(entry):
            raise Unread(f"an index of {shown(ref)} is missing", ref.start, ref.end, "ML204")
        axes = axes[len(given) :]
        leaves = tuple(
            self._held(ref, entry, (*target[:3], (*given, *place)), cuts, back)
            for place in itertools.product(*axes)
        )
        firsts = tuple(axis[0] for axis in axes)
        row = self._is_row(entry, target[2])
        return Array(tuple(map(len, axes)), leaves, firsts, row)

    def _held(
        self,
        ref: Ref,
        entry: Entry,
        target: Target,
        cuts: dict[Target, Term],
        back: dict[int, Term],
    ) -> Term:
        if target in cuts:
            return cuts[target]
        actual = self._resolved(ref, entry, target)
        if actual.kind == "leaf" and not self.is_defined(entry, target):
            return actual
        leaf = self.terms.leaf(leaf_name(target) + " held")
        cuts[target] = leaf
        back[leaf.number] = actual
        return leaf

    def _check_named(self, node: Derivative) -> None:
        """A name that is differentiated must have a definition, or be the variable itself."""
        operand = node.operand
        if not isinstance(operand, Ref) or operand.name in self.locals:
            return
        entry = self.scope.entry(operand)
        if self._left_open(operand) is not None:
            return
        if entry is not None and entry.is_whole:
            raise Unread(f"{shown(operand)} is a whole number", operand.start, operand.end)
        if (entry is None or not entry.defined) and key_of(operand) not in _keys(node):
            if entry is None and self.strict:
                raise Unread(
                    f"{shown(operand)} is not introduced", operand.start, operand.end, "ML201"
                )
            message = f"{shown(operand)} is differentiated, but nothing defines it"
            raise Unread(message, operand.start, operand.end, "ML202")

    def _note_reach(self, node: Derivative, value: Value, variables: list[Value]) -> None:
        if not isinstance(node.operand, Ref):
            return
        names = " and ".join(shown(v) for v in node.variables if isinstance(v, Ref))
        message = f"the definition of {shown(node.operand)} never reaches {names}"
        note = self.reached.setdefault(node, Reached(message))
        leaves = frozenset().union(*(entry.leaves for entry in _entries(value)))
        met = all(any(leaf.number in leaves for leaf in _entries(v)) for v in variables)
        note.reached = note.reached or met
        shown_as = (self.terms.leaf_names.get(leaf, "") for leaf in leaves)
        note.open = note.open or any("(" in text.split("^")[0].split("_")[0] for text in shown_as)

    # -- sums and products over ranges --------------------------------------------------------

    def _big(self, node: BigOperator) -> Value:
        made = []
        for bindings in self._bound_values(node):
            with self.also(bindings):
                made.append(self.value(node.body))
        if node.kind in TWO_SIDED:
            return self._most(node, node.kind, made)
        if node.kind == "sum":
            return added(self.terms, made or [self.terms.zero])
        total: Value = self.terms.one
        for value in made:
            total = multiplied(self.terms, total, value)
        return total

    def _most(self, node: Node, name: str, made: Sequence[Value]) -> Term:
        """The largest or smallest over a range."""
        if not made:
            raise NoInstance
        found = [value for value in made if isinstance(value, Term)]
        if len(found) < len(made):
            message = f"the {name} of vectors is not read"
            raise Unread(message, node.start, node.end, NOT_READ)
        result = found[0]
        for value in found[1:]:
            result = self.terms.fun(name, result, value)
        return result

    def _bound_values(self, node: BigOperator) -> list[dict[str, int]]:
        for name in node.indices:
            if name in self.bound:
                message = f"the index {name} is already in use here"
                raise Unread(message, node.start, node.end, "ML204")
        if node.lower is not None and node.upper is not None:
            name, values = node.indices[0], self.range_values((node.lower, _dots(node), node.upper))
            if not values and self.integer(node.lower) > self.integer(node.upper) + 1:
                raise Unread("this range runs downwards", node.start, node.end, "ML204")
            return [{name: value} for value in values]
        found: list[dict[str, int]] = [{}]
        for name in node.indices:
            values = self._values_at(name, node.body, node)
            found = [{**row, name: value} for row in found for value in values]
        return [row for row in found if self._admits(node, row)]

    def _unsaid_values(self, name: str, body: Node) -> tuple[int, ...]:
        """The axis that an index stands at, where nothing else gives its range."""
        entry = self.scope.entries.get((name, False))
        if self.strict or (entry is not None and entry.range is not None):
            return ()
        for part in walk(body):
            if not isinstance(part, Ref) or (known := self.scope.entry(part)) is None:
                continue
            places = [
                k for k, sub in enumerate(part.subs) if isinstance(sub, Ref) and sub.name == name
            ]
            if places and (known.declared or known.defined):
                layer = None if part.layer is None else self.integer(part.layer)
                axes = self.axes(part, known, layer)
                if len(axes) > places[0] and axes[places[0]]:
                    return axes[places[0]]
        return ()

    def _admits(self, node: BigOperator, bindings: dict[str, int]) -> bool:
        if node.condition is None:
            return True
        with self.also(bindings):
            left, right = (self.integer(member) for member in node.condition.members)
        return left != right


def _minus(terms: Terms) -> Term:
    return terms.const(-1)


def _entries(value: Value) -> tuple[Term, ...]:
    return (value,) if isinstance(value, Term) else value.entries


def _is_identity(name: str, entry: Entry) -> bool:
    """Whether a name is declared with the shape that makes it the ones or the identity."""
    dims = [declared.dims for declared in entry.declared if declared.dims]
    if name == "\\mathbf{1}":
        return any(len(lengths) == 1 for lengths in dims)
    return any(len(lengths) == 2 and lengths[0] == lengths[1] for lengths in dims)


def _is_filled(entry: Entry) -> bool:
    """Whether ones are declared as a matrix that is no square, which then is full of them."""
    dims = [declared.dims for declared in entry.declared]
    return any(len(lengths) == 2 and lengths[0] != lengths[1] for lengths in dims)


def _family(entry: Entry) -> int:
    """How many indices tell the vectors of a family apart."""
    return max((len(d.subs) for d in entry.declared if d.dims), default=entry.family)


def _with_two_indices(node: Matrix) -> Matrix:
    """A matrix whose `a_{11}` has two indices because its `a_{1n}` has."""
    names = [cell for row in node.rows for cell in row if isinstance(cell, Ref)]
    two = {name.name for name in names if len(name.subs) == 2}

    def split(cell: Node) -> Node:
        sub = cell.subs[0] if isinstance(cell, Ref) and len(cell.subs) == 1 else None
        if not isinstance(cell, Ref) or cell.name not in two or not isinstance(sub, Num):
            return cell
        digits = str(sub.value)
        marks = tuple(Num(Fraction(int(d)), start=sub.start, end=sub.end) for d in digits)
        return replace(cell, subs=marks) if len(digits) == 2 else cell

    return replace(node, rows=tuple(tuple(map(split, row)) for row in node.rows))


def _special_first(defined: Sequence[Defined]) -> list[Defined]:
    """Equations in the order in which they count: those of single members, the latest first."""
    latest = list(reversed(defined))
    return [d for d in latest if d.special] + [d for d in latest if not d.special]


def differentiated_by(body: Node) -> set[str]:
    """The whole names by which a tree takes derivatives."""
    found = {v for p in walk(body) if isinstance(p, Derivative) for v in p.variables}
    return {v.name for v in found if isinstance(v, Ref) and not v.subs and v.layer is None}


def _names(node: Node) -> set[str]:
    return {part.name for part in walk(node) if isinstance(part, Ref)}


def _dots(node: Node) -> Dots:
    return Dots(start=node.start, end=node.end)


def _keys(node: Derivative) -> set[Key]:
    return {key_of(variable) for variable in node.variables if isinstance(variable, Ref)}


def leaf_name(target: Target) -> str:
    """How a witness shows a variable's entry."""
    name, _, layer, subs = target
    text = name if layer is None else f"{name}^({layer})"
    return text + ("_" + ",".join(str(sub) for sub in subs) if subs else "")
