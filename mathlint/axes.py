"""Which indices of a page run over the same axis, told by the places at which they stand.

In `p_i = e^{z_i} / \\sum_k e^{z_k}` the letters i and k run over what p and z are numbered by,
although nothing says how far. Letters and places that meet belong to one class; what is declared
of one of them holds for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mathlint.syntax import (
    BigOperator,
    Chain,
    Dots,
    Group,
    Matrix,
    Membership,
    Node,
    Num,
    NumberSet,
    Range,
    Ref,
    Sentence,
    Sum,
    bare,
    children,
    walk,
)

LAYER = -1
LARGEST_NUMBER = 6
Ends = tuple[Node, Node]
Place = tuple[str, bool, int]  # a name, whether it has layers, and the place of an index
Member = str | Place


@dataclass
class Axes:
    """Classes of letters and places; `ends` are the bounds that sums give to places."""

    parents: dict[Member, Member] = field(default_factory=dict)
    classes: dict[Member, list[Member]] = field(default_factory=dict)
    sizes: set[str] = field(default_factory=set)
    ends: dict[Place, list[Ends]] = field(default_factory=dict)
    numbers: dict[Place, int] = field(default_factory=dict)
    moments: set[str] = field(default_factory=set)
    stepping: set[str] = field(default_factory=set)
    patterns: set[str] = field(default_factory=set)
    labels: dict[Place, set[tuple[str, bool]]] = field(default_factory=dict)

    def class_of(self, member: Member) -> Member:
        """The member that stands for the class of another."""
        while (parent := self.parents.setdefault(member, member)) != member:
            member = parent
        return member

    def join(self, one: Member, other: Member) -> None:
        """Put two members into one class."""
        self.parents[self.class_of(one)] = self.class_of(other)
        self.classes.clear()

    def members(self, member: Member) -> list[Member]:
        """All members of a class, in the order in which the page shows them."""
        if member not in self.parents:
            return []
        if not self.classes:
            for other in self.parents:
                self.classes.setdefault(self.class_of(other), []).append(other)
        return self.classes[self.class_of(member)]

    def bounds(self, member: Member) -> Ends | None:
        """The bounds that all sums over a class have in common; None if there are none."""
        found = [ends for m in self.members(member) if not isinstance(m, str)
                 for ends in self.ends.get(m, [])]  # fmt: skip
        if not found or not all(map(self.are_ends, found)):
            return None
        return found[0] if all(ends == found[0] for ends in found) else None

    def are_ends(self, ends: Ends) -> bool:
        """Whether bounds are those of a whole axis, and not of a part such as `1, ..., k`."""
        letters = {m for m in self.parents if isinstance(m, str)} | self.patterns
        upper = [part for part in walk(ends[1]) if isinstance(part, Ref)]
        first = getattr(ends[0], "value", None) in (0, 1)
        return first and not any(name.name in letters for name in upper)


def note_axes(sentences: Iterable[Sentence], axes: Axes) -> None:
    """Put the letters and places of sentences into classes."""
    sentences = list(sentences)
    axes.sizes |= {name for sentence in sentences for name in _sizes(sentence)}
    for sentence in sentences:
        equation = isinstance(sentence, Chain) and sentence.relations[:1] == ("=",)
        head = bare(sentence.members[0]) if isinstance(sentence, Chain) and equation else None
        if isinstance(head, Ref):
            axes.patterns |= {sub.name for sub in head.subs if isinstance(sub, Ref)}
        _note(sentence, {}, axes)
    axes.stepping |= {name for sentence in sentences for name in _steps(sentence)}
    ranges = [part for sentence in sentences for part in walk(sentence) if isinstance(part, Range)]
    axes.moments -= {name.name for part in ranges for name in part.names}


def _note(node: Node, bound: Mapping[str, Ends], axes: Axes) -> None:
    if isinstance(node, BigOperator) and node.lower is not None and node.upper is not None:
        bound = {**bound, node.indices[0]: (node.lower, node.upper)}
    elif isinstance(node, BigOperator):
        bound = {name: ends for name, ends in bound.items() if name not in node.indices}
    if isinstance(node, Membership):
        # `c_{t-1} \\in \\mathbb{R}` is given, so that only one step is spoken about
        marks = [mark for name in node.names for mark in (name.layer, *name.subs)]
        shifted = [m for m in marks if isinstance(m, Sum) and m.terms[0][0] == 1]
        axes.moments |= {m.terms[0][1].name for m in shifted if isinstance(m.terms[0][1], Ref)}
    if isinstance(node, Ref):
        layered = node.layer is not None
        _meet((node.name, layered, LAYER), node.layer, bound, axes)
        for number, sub in enumerate(node.subs):
            _meet((node.name, layered, number), sub, bound, axes)
    for child in children(node):
        _note(child, bound, axes)


def _steps(sentence: Sentence) -> Iterator[str]:
    """The letters of `h_{t-1}`: the page speaks of the member before."""
    for part in walk(sentence):
        for mark in (*part.subs, part.layer) if isinstance(part, Ref) else ():
            match mark:
                case Sum(terms=((1, Ref() as letter), (-1, Num(value=step)))) if step == 1:
                    yield letter.name


def _sizes(sentence: Sentence) -> Iterator[str]:
    """The letters that ranges and lengths end at."""
    places: list[Node] = []
    for part in walk(sentence):
        match part:
            case BigOperator(lower=Node() as lower, upper=Node() as upper):
                places += [lower, upper]
            case Range():
                places += part.items
            case NumberSet():
                places += part.dims
            case Group() | Matrix() | Sum() if any(isinstance(p, Dots) for p in children(part)):
                for ref in (p for p in walk(part) if isinstance(p, Ref)):
                    places += [*ref.subs, *(() if ref.layer is None else (ref.layer,))]
    return (part.name for place in places for part in walk(place) if isinstance(part, Ref))


def _meet(place: Place, index: Node | None, bound: Mapping[str, Ends], axes: Axes) -> None:
    if isinstance(index, Num) and index.value.denominator == 1:
        axes.class_of(place)
        if index.value < LARGEST_NUMBER:  # `w_{12}` rather has two indices
            axes.numbers[place] = max(axes.numbers.get(place, 0), int(index.value))
    if isinstance(index, Ref) and (index.subs or index.layer is not None):
        axes.class_of(place)
        axes.labels.setdefault(place, set()).add((index.name, index.layer is not None))
    if not isinstance(index, Ref) or index.subs or index.layer is not None:
        return
    axes.class_of(place)
    if index.name in axes.sizes and index.name not in bound:
        return
    if index.name in bound:
        axes.ends.setdefault(place, []).append(bound[index.name])
    else:
        axes.join(index.name, place)
