"""Sums that a page leaves out because it sums over every index that stands twice in a term."""

from __future__ import annotations

from collections import Counter

from mathlint.errors import Unread
from mathlint.syntax import (
    BigOperator,
    Chain,
    Group,
    Node,
    Power,
    Ref,
    Sentence,
    Sum,
    bare,
    children,
    rebuilt,
)

TWICE = 2


def summed(sentence: Sentence) -> Sentence:
    """A sentence with its sums written out; raises Unread where an index stands thrice."""
    if not isinstance(sentence, Chain):
        return sentence
    members = tuple(map(_contracted, sentence.members))
    return Chain(
        members,
        sentence.relations,
        sentence.conditions,
        sentence.goes_on,
        start=sentence.start,
        end=sentence.end,
    )


def _contracted(node: Node) -> Node:
    """An expression in which every term has the sums that it leaves out."""
    if isinstance(node, Group) and len(node.items) == 1:
        return Group((_contracted(node.items[0]),), node.bracket, start=node.start, end=node.end)
    if isinstance(node, Sum):
        terms = tuple((sign, _contracted(term)) for sign, term in node.terms)
        return Sum(terms, start=node.start, end=node.end)
    inner = rebuilt(node, _sums_inside)
    letters = _letters(inner)
    again = sorted(letter for letter, count in letters.items() if count == TWICE)
    if any(count > TWICE for count in letters.values()):
        letter = max(letters, key=lambda name: letters[name])
        message = f"the index {letter} stands more than twice in this term: write its sum out"
        raise Unread(message, node.start, node.end, "ML204")
    if not again:
        return inner
    ends = {"start": node.start, "end": node.end}
    return BigOperator("sum", tuple(again), None, None, None, inner, **ends)


def _sums_inside(node: Node) -> Node:
    """A sum in brackets with the sums of its own terms."""
    if isinstance(node, Group) and len(node.items) == 1 and isinstance(bare(node.items[0]), Sum):
        return _contracted(node)
    return node


def _letters(node: Node) -> Counter[str]:
    """How often each index stands in a term; of the terms of a sum, as often as in one of them."""
    found: Counter[str] = Counter()
    match node:
        case Ref():
            found.update(sub.name for sub in node.subs if isinstance(sub, Ref) and _is_index(sub))
            return found
        case Sum():
            for _, term in node.terms:
                found |= _letters(term)
            return found
        case BigOperator():
            inside = _letters(node.body)
            return Counter({name: n for name, n in inside.items() if name not in node.indices})
        case Power() if _letters(node.base):
            message = "are the indices of this power summed? write it as a product or with its sum"
            raise Unread(message, node.start, node.end, "ML204")
    for part in children(node):
        found += _letters(part)
    return found


def _is_index(sub: Ref) -> bool:
    return len(sub.name) == 1 and sub.name.islower() and not sub.subs and sub.layer is None
