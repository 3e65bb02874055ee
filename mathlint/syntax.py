"""The syntax tree of a formula: what stands on the page, before it means anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction

ORDERS = ("<", "<=", ">", ">=")
COMPARISONS = (*ORDERS, "!=")


@dataclass(frozen=True)
class Node:
    """A piece of a formula; `start` and `end` are offsets in its TeX and no part of equality."""

    start: int = field(compare=False, kw_only=True)
    end: int = field(compare=False, kw_only=True)


@dataclass(frozen=True)
class Num(Node):
    """A number as printed, exact; `decimals` counts the digits behind its point."""

    value: Fraction
    decimals: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Ref(Node):
    """A name with its layer or sample index `^{(l)}` and its subscripts."""

    name: str
    layer: Node | None = None
    subs: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Sum(Node):
    """Signed terms, `Dots` among them."""

    terms: tuple[tuple[int, Node], ...]


@dataclass(frozen=True)
class Product(Node):
    """Factors; `marks` holds what stands before each one but the first: '', '*', 'odot'."""

    factors: tuple[Node, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Quotient(Node):
    """A fraction or a slash."""

    top: Node
    bottom: Node


@dataclass(frozen=True)
class Power(Node):
    """A base and its exponent."""

    base: Node
    exponent: Node


@dataclass(frozen=True)
class Transpose(Node):
    """The transpose of a matrix or vector."""

    base: Node


@dataclass(frozen=True)
class Call(Node):
    """A function applied to arguments; `primes` counts the dashes, `power` its exponent if any."""

    function: str
    args: tuple[Node, ...]
    primes: int = 0


@dataclass(frozen=True)
class Component(Node):
    """An entry of something in brackets or of a function's result: `(Wx)_i`."""

    base: Node
    subs: tuple[Node, ...]


@dataclass(frozen=True)
class Evaluated(Node):
    """Something at a point: the bar with `x = 0` below it."""

    base: Node
    variable: Ref
    at: Node


@dataclass(frozen=True)
class Norm(Node):
    """A norm; `kind` is its subscript: nothing, `1`, `2` or `F`."""

    base: Node
    kind: str = ""


@dataclass(frozen=True)
class Group(Node):
    """Something in brackets: one item, or several separated by commas."""

    items: tuple[Node, ...]
    bracket: str


@dataclass(frozen=True)
class Matrix(Node):
    """Rows of entries in brackets, `Dots` among them; a single column or row is a vector."""

    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True)
class Dashed(Node):
    """Something in brackets with dashes behind: its slope by the one variable in it."""

    base: Node
    primes: int


@dataclass(frozen=True)
class Symbol(Node):
    """A sign of mathematics that a text speaks about, as `\\odot` by itself."""

    text: str


@dataclass(frozen=True)
class Derivative(Node):
    """A derivative of `operand` with respect to each of `variables` in turn.

    One that is `of_number` reaches no further than its operand only if that is a number.
    """

    operand: Node
    variables: tuple[Node, ...]
    of_number: bool = False


@dataclass(frozen=True)
class Differential(Node):
    """What `d` before something stands for: how it changes as the page's variables do."""

    operand: Node


@dataclass(frozen=True)
class BigOperator(Node):
    """A sum or product over `index` from `lower` to `upper`, or over a declared range."""

    kind: str
    indices: tuple[str, ...]
    lower: Node | None
    upper: Node | None
    condition: Condition | None
    body: Node


@dataclass(frozen=True)
class Dots(Node):
    """The elided members of a visible pattern."""


@dataclass(frozen=True)
class Condition(Node):
    """A chain of relations that restricts a statement; no members at all means otherwise."""

    members: tuple[Node, ...]
    relations: tuple[str, ...]


@dataclass(frozen=True)
class Cases(Node):
    """A function by cases: each row an expression and its condition."""

    rows: tuple[tuple[Node, Condition], ...]


@dataclass(frozen=True)
class Bracketed(Node):
    """An indicator: 1 where the condition holds, else 0."""

    condition: Condition


@dataclass(frozen=True)
class Interval(Node):
    """An interval; a missing end is infinite."""

    low: Node | None
    high: Node | None
    low_open: bool
    high_open: bool


@dataclass(frozen=True)
class NumberSet(Node):
    """A set of numbers with its exponents, or a finite set of items; a `row` is no column."""

    name: str
    dims: tuple[Node, ...] = ()
    items: tuple[Node, ...] = ()
    interval: Interval | None = None
    row: bool = False


@dataclass(frozen=True)
class Membership(Node):
    """Names declared to lie in a set."""

    names: tuple[Ref, ...]
    target: NumberSet


@dataclass(frozen=True)
class Mapping(Node):
    """A function known by its domain and codomain alone: `f : \\mathbb{R}^n \\to \\mathbb{R}`."""

    name: Ref
    source: NumberSet
    target: NumberSet


@dataclass(frozen=True)
class Range(Node):
    """Names that run over listed values: `j = 0, 1, \\dots, n`."""

    names: tuple[Ref, ...]
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Chain(Node):
    """Members joined by relations, under conditions; a single member is a mention.

    One that `goes_on` begins with the member that the row before it ended in.
    """

    members: tuple[Node, ...]
    relations: tuple[str, ...]
    conditions: tuple[Node, ...] = ()
    goes_on: bool = False


Sentence = Membership | Mapping | Range | Chain


def children(node: object) -> list[Node]:
    """The nodes directly below a node, in order."""
    found: list[Node] = []
    for name in getattr(node, "__dataclass_fields__", ()):
        _collect(getattr(node, name), found)
    return found


def _collect(value: object, found: list[Node]) -> None:
    if isinstance(value, Node):
        found.append(value)
    elif isinstance(value, tuple):
        for item in value:
            _collect(item, found)


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """A tree with every node changed, the ones below first."""
    made: dict[str, object] = {}
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        new = _rebuilt(value, change)
        if new is not value:
            made[name] = new
    return change(replace(node, **made) if made else node)  # type: ignore[arg-type]


def _rebuilt(value: object, change: Callable[[Node], Node]) -> object:
    if isinstance(value, Node):
        return rebuilt(value, change)
    if isinstance(value, tuple):
        items = tuple(_rebuilt(item, change) for item in value)
        same = all(new is old for new, old in zip(items, value, strict=True))
        return value if same else items
    return value


def bare(node: Node) -> Node:
    """A node without the braces around it."""
    while isinstance(node, Group) and node.bracket == "" and len(node.items) == 1:
        node = node.items[0]
    return node


def walk(node: Node) -> list[Node]:
    """A node and all below it, parents first."""
    found, stack = [], [node]
    while stack:
        top = stack.pop()
        found.append(top)
        stack.extend(reversed(children(top)))
    return found
