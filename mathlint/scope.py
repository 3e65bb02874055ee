"""What a page has introduced so far: variables, sizes, indices, definitions, functions."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from mathlint.axes import Axes
from mathlint.syntax import Condition, Derivative, Group, Node, Num, NumberSet, Ref, Sum
from mathlint.tokens import NAMED

Key = tuple[str, bool]
DENOMINATOR = "denominator"
NUMERATOR = "numerator"


def key_of(ref: Ref) -> Key:
    """A name with a layer index is another name than the same letter without one."""
    return (ref.name, ref.layer is not None)


def shown(node: Node) -> str:
    """A name or an index as a message shows it."""
    match node:
        case Ref():
            layer = "" if node.layer is None else f"^{{({shown(node.layer)})}}"
            subs = "".join(shown(sub) if _short(sub) else f",{shown(sub)}" for sub in node.subs)
            return (
                node.name
                + layer
                + (f"_{{{subs.lstrip(',')}}}" if len(subs) > 1 else f"_{subs}" if subs else "")
            )
        case Num():
            return str(node.value)
        case Sum():
            text = "".join(("+" if sign > 0 else "-") + shown(part) for sign, part in node.terms)
            return text.removeprefix("+")
    return "…"


def _short(node: Node) -> bool:
    return isinstance(node, Num) or (isinstance(node, Ref) and not node.subs and node.layer is None)


@dataclass(frozen=True)
class Declared:
    """Where a name's values lie; `layer` and `subs` are the pattern it was declared with."""

    layer: Node | None
    subs: tuple[Node, ...]
    target: NumberSet | None

    @property
    def row(self) -> bool:
        """Whether a vector was declared as `1 x n`."""
        return self.target is not None and self.target.row

    @property
    def dims(self) -> tuple[Node, ...]:
        """The lengths of its axes, where the declaration tells them."""
        return self.target.dims if self.target else ()


@dataclass(frozen=True)
class Defined:
    """An equation that introduces a name; `number` tells definitions apart.

    One that is `special` is about single members of a family: `h_0 = 0`, `\\delta^{(L)} = ...`.
    """

    layer: Node | None
    subs: tuple[Node, ...]
    body: Node
    number: int
    fixed: tuple[int, ...] | None = None
    special: bool = False

    def may_be(self, subs: tuple[int, ...]) -> bool:
        """Whether a definition of one entry, by its numbers, can be that of these indices."""
        return self.fixed is None or self.fixed == subs


@dataclass(frozen=True)
class Function:
    """A function with its parameters; `subs` are the indices of its result's entries."""

    refs: tuple[Ref, ...]
    body: Node
    number: int
    subs: tuple[Node, ...] = ()
    of_arrays: bool = False
    source: NumberSet | None = None
    applied: tuple[Node, ...] = ()

    @property
    def params(self) -> tuple[str, ...]:
        """The parameters as they are shown."""
        return tuple(map(shown, self.refs))


@dataclass
class Entry:
    """All that is known of one name."""

    declared: list[Declared] = field(default_factory=list)
    defined: list[Defined] = field(default_factory=list)
    function: Function | None = None
    range: tuple[Node, ...] | None = None
    integer: bool = False
    assumed: bool = False
    read_free: bool = False
    entrywise: bool = False
    parameter: bool = False
    lies_in: NumberSet | None = None
    as_index: bool = False
    as_size: bool = False
    family: int = 0
    labels: tuple[Node, ...] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the name stands for whole numbers."""
        return self.range is not None or self.integer or self.labels is not None

    @property
    def may_be_whole(self) -> bool:
        """Whether the name may be used as an index; one that is only assumed may."""
        return self.is_whole or (self.assumed and not self.declared and not self.defined)

    @property
    def least(self) -> int:
        """The smallest value that a size may take."""
        names = [d.target.name for d in self.declared if d.target]
        return max((int(n[3:]) for n in names if n.startswith("N>=") and n[3:] != "0"), default=1)

    def is_free_but(self, found: Defined) -> bool:
        """Whether a definition is the only thing that is known of it."""
        return self.defined == [found] and not any(d.dims for d in self.declared)

    @property
    def is_free(self) -> bool:
        """Whether it is a variable without any definition."""
        return not self.defined and self.function is None and self.range is None


@dataclass
class Scope:
    """The names of a page, in the state that the reading has reached."""

    entries: dict[Key, Entry] = field(default_factory=dict)
    lax: bool = False
    euler: bool = False
    numbers: int = 0
    changes: int = 0
    follows_indices: bool = False
    spans: dict[tuple[str, bool, int], tuple[Node, Node] | None] = field(default_factory=dict)
    axes: Axes = field(default_factory=Axes)
    labels: set[tuple[str, str]] = field(default_factory=set)
    label_letters: set[str] = field(default_factory=set)
    unread: set[Key] = field(default_factory=set)
    numbered: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    guessed: set[str] = field(default_factory=set)
    called: dict[str, str] = field(default_factory=dict)
    softmax_of: str | None = None
    bodies: dict[str, set[str]] = field(default_factory=dict)
    ambiguous: set[str] = field(default_factory=set)
    mentioned: dict[str, set[str]] = field(default_factory=dict)
    shapeless: set[Key] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    told: dict[str, set[Fraction]] = field(default_factory=dict)
    below: dict[str, set[str]] = field(default_factory=dict)
    compared: set[str] = field(default_factory=set)
    variables: dict[str, list[Ref]] = field(default_factory=dict)
    arguments: dict[str, set[tuple[Node, ...]]] = field(default_factory=dict)
    fixed: set[str] = field(default_factory=set)
    quantities: set[str] = field(default_factory=set)
    differentials: set[str] = field(default_factory=set)
    sums_repeated: bool = False
    reads_d: bool = False
    knows_d: bool = False
    doubts_d: bool = False
    varied: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    constants: set[str] = field(default_factory=set)
    heads: set[str] = field(default_factory=set)
    running: set[str] = field(default_factory=set)
    squares: set[str] = field(default_factory=set)
    rooted: set[tuple[str, int]] = field(default_factory=set)
    superscripted: set[str] = field(default_factory=set)
    layer_letters: set[str] = field(default_factory=set)
    assumptions: list[Condition] = field(default_factory=list)
    cases: list[Condition] = field(default_factory=list)
    constraints: list[tuple[Node, Node]] = field(default_factory=list)
    sums: list[tuple[Node, Node]] = field(default_factory=list)
    given: dict[Ref, Node] = field(default_factory=dict)
    slopes: list[Derivative] = field(default_factory=list)
    zeros: list[Derivative] = field(default_factory=list)
    layouts: set[str] = field(default_factory=set)
    used: set[int] = field(default_factory=set)

    def entry(self, ref: Ref) -> Entry | None:
        """What is known of a name."""
        return self.entries.get((self.canonical(ref), ref.layer is not None))

    def is_held(self, name: str) -> bool:
        """Whether a name does not change where the page takes differentials."""
        return name in self.constants or name in self.held

    def canonical(self, ref: Ref) -> str:
        """A name, or the bold or capital one whose entry `x_i` or `a_{ij}` is."""
        layered = ref.layer is not None
        bold = _bold(ref.name) if self.lax and ref.subs else None
        if bold is not None and (ref.name, layered) not in self.entries:
            whole = self.entries.get((bold, layered))
            if whole is not None and any(not found.subs for found in whole.defined):
                return bold
        if not ref.subs or (ref.name, layered) in self.entries or len(ref.name) > 1:
            bold = f"\\mathbf{{{ref.name}}}"
            greek = (
                ref.subs and ref.name.startswith("\\") and (ref.name, layered) not in self.entries
            )
            return bold if greek and self._has_axes(bold, layered, len(ref.subs)) else ref.name
        names = [f"\\mathbf{{{ref.name}}}"]
        if len(ref.subs) == 2:
            names += [ref.name.upper(), f"\\mathbf{{{ref.name.upper()}}}"]
        return next((n for n in names if self._has_axes(n, layered, len(ref.subs))), ref.name)

    def note_span(self, ref: Ref, place: int, ends: tuple[Node, Node]) -> None:
        """A sum from `x_1` to `x_n` tells where the index of x ends; two that differ do not."""
        key = (ref.name, ref.layer is not None, place)
        known = self.spans.setdefault(key, ends)
        if known is not None and known != ends:
            self.spans[key] = None

    def in_another_font(self, ref: Ref) -> str | None:
        """The same letter, bold where this one is plain or the other way round, if it is known."""
        bold = ref.name.removeprefix("\\mathbf{")
        other = bold[:-1] if bold != ref.name else f"\\mathbf{{{ref.name}}}"
        known = self.entries.get((other, ref.layer is not None))
        return other if known is not None and not known.assumed else None

    def _has_axes(self, name: str, layered: bool, count: int) -> bool:
        entry = self.entries.get((name, layered))
        lengths = [len(d.subs) + len(d.dims) for d in entry.declared if d.dims] if entry else []
        return count in lengths

    def open(self, ref: Ref) -> Entry:
        """The entry of a name, made if there is none."""
        key = (self.canonical(ref), ref.layer is not None)
        return self.entries.setdefault(key, Entry())

    def next_number(self) -> int:
        """A number for the next definition."""
        self.numbers += 1
        return self.numbers

    def is_function(self, name: str) -> bool:
        """Whether a name, followed by a bracket, is a call."""
        barred = self.entries.get((f"{name}( | )", False))
        if barred is not None and barred.function is not None:
            return True
        entry = self.entries.get((name, False))
        if entry is None or (entry.assumed and not entry.defined and not entry.declared):
            known = name in self.functions or name in self.called
            return name == "\\Phi" or known or (self.lax and name in NAMED)
        return entry.function is not None


def _bold(name: str) -> str | None:
    """The bold form of a plain letter, with its accent if it has one."""
    accent, _, letter = name.rpartition("{")
    letter = letter.removesuffix("}")
    if len(letter) != 1 or accent not in ("", "\\hat", "\\bar", "\\tilde"):
        return None
    return f"{accent}{{\\mathbf{{{letter}}}}}" if accent else f"\\mathbf{{{letter}}}"


def from_zero(dim: Node) -> bool:
    """Whether an axis of this length counts from 0: a length `n + 1` holds the numbers 0 to n."""
    if isinstance(dim, Group) and len(dim.items) == 1:
        return from_zero(dim.items[0])
    return isinstance(dim, Sum) and len(dim.terms) >= 2 and _is_one(dim.terms[-1])


def _is_one(term: tuple[int, Node]) -> bool:
    sign, node = term
    return sign == 1 and getattr(node, "value", None) == 1
