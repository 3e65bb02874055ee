"""What the marks on a name are, by what the page introduces: a layer, a label or a square.

`W^l` of a page that introduces `W^l` has a layer and no power, `W_f` a label where f is no index,
and `\\sigma^2 = ...` of an unknown `\\sigma` introduces the root of what stands on its right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from mathlint.reading import layer_index
from mathlint.scope import Key, Scope, key_of
from mathlint.syntax import (
    Call,
    Chain,
    Component,
    Group,
    Membership,
    Node,
    Num,
    Power,
    Range,
    Ref,
    Sentence,
    bare,
    rebuilt,
    walk,
)
from mathlint.tokens import FUNCTIONS

EQUATIONS = ("=", ":=")


def named(sentences: Sequence[Sentence], scope: Scope, strict: bool) -> tuple[Sentence, ...]:
    """Sentences whose names carry their marks as the page means them."""
    for sentence in sentences:
        for name in _heads(sentence):
            _introduce(name, sentence, scope, strict)
    change = _change(scope, strict)
    found: list[Sentence] = []
    for sentence in sentences:
        found += _rooted(_rebuilt(sentence, change), scope)
    return tuple(found)


def named_node(node: Node, scope: Scope, strict: bool) -> Node:
    """A tree whose names carry their marks as the page means them."""
    return rebuilt(node, _change(scope, strict))


def introduced_by(sentences: Sequence[Sentence]) -> set[Key]:
    """The names that sentences begin with, as a definition or a declaration does."""
    found: set[Key] = set()
    for sentence in sentences:
        heads = sentence.names if isinstance(sentence, Range) else _heads(sentence)
        for head in heads:
            name = head.base if isinstance(head, Power | Component) else head
            if isinstance(name, Ref):
                found.add(key_of(name))
            elif isinstance(name, Call) and name.function not in FUNCTIONS:
                found.add((name.function, False))
    return found


def names_in(sentences: Sequence[Sentence]) -> set[Key]:
    """All names and functions that sentences use."""
    found: set[Key] = set()
    for part in (part for sentence in sentences for part in walk(sentence)):
        if isinstance(part, Ref):
            found.add(key_of(part))
        elif isinstance(part, Call) and part.function not in FUNCTIONS:
            found.add((part.function, False))
    return found


def _rebuilt(sentence: Sentence, change: Callable[[Node], Node]) -> Sentence:
    found = rebuilt(sentence, change)
    assert isinstance(found, Sentence)
    return found


# -- what introduces a mark -----------------------------------------------------------------------


def _heads(sentence: Sentence) -> list[Node]:
    """The names that a sentence may introduce."""
    if isinstance(sentence, Membership):
        return list(sentence.names)
    if isinstance(sentence, Chain) and sentence.relations[:1] and not sentence.goes_on:
        return [bare(sentence.members[0])] if sentence.relations[0] in EQUATIONS else []
    return []


def _introduce(head: Node, sentence: Sentence, scope: Scope, strict: bool) -> None:
    if isinstance(head, Power) and isinstance(head.base, Ref):
        index = layer_index(head.exponent)
        if index is not None and _is_new(head.base, scope) and not _is_square(head, scope):
            scope.superscripted.add(head.base.name)
            letters = {part.name for part in walk(index) if isinstance(part, Ref)}
            scope.layer_letters |= letters
    elif isinstance(head, Ref) and isinstance(head.layer, Group):
        scope.superscripted.add(head.name)
    name = head.base if isinstance(head, Power) else head
    if isinstance(name, Ref) and name.layer is None and name.subs:
        label = name.subs[0]
        if isinstance(label, Ref) and _is_label(label, name, sentence, scope, strict):
            scope.labels.add((name.name, label.name))


def _is_label(label: Ref, head: Ref, sentence: Sentence, scope: Scope, strict: bool) -> bool:
    """Whether a letter below a name that is introduced here is part of the name."""
    if label.subs or label.layer is not None or scope.entry(head) is not None:
        return False
    if label.name.startswith("\\mathcal"):
        return True
    entry = scope.entry(label)
    if entry is not None:
        quantity = bool(entry.declared or entry.defined or entry.function)
        return quantity and not entry.is_whole
    if not strict:
        return False
    elsewhere = [part for part in walk(sentence) if isinstance(part, Ref) and part != head]
    return not any(label in part.subs or part == label for part in elsewhere if part is not label)


def _is_new(name: Ref, scope: Scope) -> bool:
    entry = scope.entries.get((name.name, False))
    return name.layer is None and (entry is None or (entry.assumed and not entry.defined))


def _is_square(node: Power, scope: Scope) -> bool:
    exponent = bare(node.exponent)
    assert isinstance(node.base, Ref)
    two = isinstance(exponent, Num) and exponent.value == 2
    return two and node.base.name not in scope.superscripted


# -- what a mark then means ---------------------------------------------------------------------


def _change(scope: Scope, strict: bool) -> Callable[[Node], Node]:
    def change(node: Node) -> Node:
        if isinstance(node, Power) and isinstance(node.base, Ref):
            return _layered(node, scope, strict)
        if isinstance(node, Ref) and isinstance(node.layer, Group):
            node = replace(node, layer=bare(node.layer))
        if isinstance(node, Ref) and node.subs and isinstance(node.subs[0], Ref):
            label = node.subs[0]
            if (node.name, label.name) in scope.labels and not label.subs:
                name = f"{node.name}_{{{label.name}}}"
                return replace(node, name=name, subs=node.subs[1:])
        return node

    return change


def _layered(node: Power, scope: Scope, strict: bool) -> Node:
    assert isinstance(node.base, Ref)
    index = layer_index(node.exponent)
    if index is None or not _is_new(node.base, scope):
        return node
    letters = {part.name for part in walk(index) if isinstance(part, Ref)}
    alike = not strict and bool(letters) and letters <= scope.layer_letters
    if node.base.name not in scope.superscripted and not alike:
        return node
    return replace(node.base, layer=index, end=node.end)


def _rooted(sentence: Sentence, scope: Scope) -> list[Sentence]:
    """`\\sigma^2 = v` introduces the root of v, `\\sigma^2 > 0` a positive number."""
    if not isinstance(sentence, Chain) or len(sentence.members) < 2 or sentence.goes_on:
        return [sentence]
    head, body = bare(sentence.members[0]), sentence.members[1]
    if not (isinstance(head, Power) and isinstance(head.base, Ref) and _is_square(head, scope)):
        return [sentence]
    unknown = _is_new(head.base, scope) and not (head.base.name == "e" and not head.base.subs)
    if not unknown or any(part == head.base for part in walk(body)):
        return [sentence]
    if sentence.relations == (">",) and isinstance(bare(body), Num):
        return [replace(sentence, members=(head.base, body))]
    if sentence.relations[0] not in EQUATIONS:
        return [sentence]
    root = Call("sqrt", (body,), start=body.start, end=body.end)
    first = replace(
        sentence,
        members=(replace(head.base, end=head.end), root),
        relations=sentence.relations[:1],
        end=body.end,
    )
    if len(sentence.members) == 2:
        return [first]
    rest = replace(
        sentence,
        members=sentence.members[1:],
        relations=sentence.relations[1:],
        goes_on=True,
        start=body.start,
    )
    return [first, rest]
