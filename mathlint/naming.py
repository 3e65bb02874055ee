"""What the marks on a name are, by what the page introduces: a layer, a label or a square.

`W^l` of a page that introduces `W^l` has a layer and no power, `W_f` a label where f is no index,
`\\sigma^2 = ...` of an unknown `\\sigma` gives the square a name of its own, and `dW = ...` is the
name of a gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from mathlint.axes import note_axes
from mathlint.differentials import note_differentials, with_differentials
from mathlint.errors import Unread
from mathlint.parser import UNSAID
from mathlint.reading import layer_index, squared
from mathlint.scope import Key, Scope, key_of
from mathlint.syntax import (
    COMPARISONS,
    ORDERS,
    BigOperator,
    Call,
    Chain,
    Component,
    Condition,
    Derivative,
    Group,
    Mapping,
    Matrix,
    Membership,
    Node,
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
    children,
    rebuilt,
    walk,
)
from mathlint.tokens import BUILT_IN, INDEX_LETTERS, OFTEN_CALLED

EQUATIONS = ("=", ":=")
POSITIVE = frozenset({"\\sigma", "\\tau"})
HEADS = frozenset("ijkln")
FACTORS = frozenset(
    {"\\alpha", "\\beta", "\\gamma", "\\lambda", "\\eta", "\\epsilon", "\\varepsilon", "\\rho"}
)


def survey(formulas: Sequence[Sequence[Sentence]], scope: Scope) -> None:
    """What the whole page tells of its letters: which head a definition, which run over ranges.

    A letter over which two numbers stand on left sides, as in `z^2 = ...`, `z^3 = ...`, has layers.
    """
    numbers: dict[str, set[Fraction]] = {}
    for sentence in (sentence for sentences in formulas for sentence in sentences):
        for head in _heads(sentence):
            name = head.base if isinstance(head, Power | Component) else head
            if isinstance(name, Ref) and not _compares_letters(sentence):
                scope.heads.add(name.name)
            if isinstance(name, Call) and name.function not in BUILT_IN:
                scope.functions.add(name.function)
            if isinstance(head, Power) and isinstance(name, Ref):
                exponent = bare(head.exponent)
                if isinstance(exponent, Num) and not _stands_alone(name, sentence):
                    numbers.setdefault(name.name, set()).add(exponent.value)
        scope.running |= _running(sentence)
        _note_body(sentence, scope)
        _note_arguments(sentence, scope)
        _note_case(sentence, scope)
        _note_letters(sentence, scope)
        powers = [p for p in walk(sentence) if isinstance(p, Power) and isinstance(p.base, Ref)]
        scope.euler |= any(getattr(power.base, "name", "") == "e" for power in powers)
        for part in walk(sentence):
            if isinstance(part, Derivative):
                scope.heads |= {v.name for v in part.variables if isinstance(v, Ref)}
                _note_variables(part, scope)
    if scope.lax:
        scope.guessed |= _called_only(
            [sentence for sentences in formulas for sentence in sentences]
        )
        scope.functions |= scope.guessed
        scope.fixed |= _fixed([s for sentences in formulas for s in sentences], scope)
        note_axes([sentence for sentences in formulas for sentence in sentences], scope.axes)
        scope.ambiguous |= _bracketed_twice([s for sentences in formulas for s in sentences])
        sentences = [sentence for sentences in formulas for sentence in sentences]
        scope.label_letters |= _label_letters(sentences, scope)
        scope.labels |= _size_labels(sentences)
    note_differentials([sentence for sentences in formulas for sentence in sentences], scope)
    scope.superscripted |= {name for name, found in numbers.items() if len(found) > 1}
    scope.numbered |= _numbered([sentence for sentences in formulas for sentence in sentences])


def _label_letters(sentences: Sequence[Sentence], scope: Scope) -> set[str]:
    """The t of a page where `p_t` is made of `p`, and no letter t is counted with anywhere."""
    found: set[str] = set()
    for sentence in sentences:
        for head in _heads(sentence) if isinstance(sentence, Chain) else ():
            label = head.subs[0] if isinstance(head, Ref) and len(head.subs) == 1 else None
            if isinstance(head, Ref) and isinstance(label, Ref) and not label.subs:
                inside = [p for member in sentence.members[1:] for p in walk(member)]  # type: ignore[union-attr]
                if any(isinstance(p, Ref) and p == replace(head, subs=()) for p in inside):
                    found.add(label.name)
    counted = scope.running | scope.compared | INDEX_LETTERS
    for part in (part for sentence in sentences for part in walk(sentence)):
        if isinstance(part, Ref):
            marks = [*part.subs, *(() if part.layer is None else (part.layer,))]
            below = {p.name for m in marks for p in walk(m) if isinstance(p, Ref)}
            plain = {m.name for m in part.subs if isinstance(m, Ref) and not m.subs}
            counted = counted | (below - plain if len(marks) == 1 else below)
    alone = {p.name for p in _quantities(sentences)}
    return found - counted - alone


def _size_labels(sentences: Sequence[Sentence]) -> set[tuple[str, str]]:
    """The sizes such as `n_x` and `d_k` below which no index stands, but the name of what they are.

    A letter that counts anything on the page is an index there too.
    """
    found: set[tuple[str, str]] = set()
    sizes: set[str] = set()
    counted: set[str] = set()
    for part in (part for sentence in sentences for part in walk(sentence)):
        dims = part.dims if isinstance(part, NumberSet) else ()
        for size in dims:
            label = size.subs[0] if isinstance(size, Ref) and len(size.subs) == 1 else None
            if isinstance(size, Ref) and isinstance(label, Ref) and not label.subs:
                found.add((size.name, label.name))
                sizes.add(size.name)
        if isinstance(part, BigOperator):
            counted |= set(part.indices)
        if isinstance(part, Range):
            counted |= {name.name for name in part.names}
        if isinstance(part, Chain | Condition) and part.relations:
            plain = [m for m in map(bare, part.members) if isinstance(m, Ref) and not m.subs]
            counted |= {m.name for m in plain} if set(part.relations) & set(COMPARISONS) else set()
    for part in (part for sentence in sentences for part in walk(sentence)):
        if isinstance(part, Ref):
            marks = [*part.subs, *(() if part.layer is None else (part.layer,))]
            if part.name not in sizes:
                counted |= {p.name for m in marks for p in walk(m) if isinstance(p, Ref)}
            else:
                shifted = [m for m in marks if not isinstance(m, Ref)]
                counted |= {p.name for m in shifted for p in walk(m) if isinstance(p, Ref)}
    return {(size, label) for size, label in found if label not in counted}


def _quantities(sentences: Sequence[Sentence]) -> list[Ref]:
    """The names that stand in sentences as quantities, and not as marks on other names."""
    found: list[Ref] = []
    stack: list[Node] = list(sentences)
    while stack:
        node = stack.pop()
        if isinstance(node, Ref):
            found.append(node)
        else:
            stack += children(node)
    return found


def note_bodies(sentences: Sequence[Sentence], scope: Scope) -> None:
    """What names are made of and by what they are differentiated, once numbers are told apart."""
    scope.bodies.clear()
    scope.variables.clear()
    for sentence in sentences:
        _note_body(sentence, scope)
        for part in walk(sentence):
            if isinstance(part, Derivative):
                _note_variables(part, scope)


def with_number(name: Ref) -> str:
    """A name with the number of its layer, if it has one: `z^{[1]}` is made of `W^{[1]}`."""
    layer = bare(name.layer) if name.layer is not None else None
    return f"{name.name}^{{{layer.value}}}" if isinstance(layer, Num) else name.name


def _note_body(sentence: Sentence, scope: Scope) -> None:
    """What a name is made of, by the equations that it heads."""
    head = bare(sentence.members[0]) if isinstance(sentence, Chain) and sentence.relations else None
    head = head.base if isinstance(head, Power | Component) else head
    name = head.function if isinstance(head, Call) else None
    name = with_number(head) if isinstance(head, Ref) else name
    if name is not None and isinstance(sentence, Chain) and sentence.relations[0] in EQUATIONS:
        inside = {with_number(p) for p in walk(sentence.members[1]) if isinstance(p, Ref)}
        inside |= {p.function for p in walk(sentence.members[1]) if isinstance(p, Call)}
        scope.bodies.setdefault(name, set()).update(inside)


def _note_arguments(sentence: Sentence, scope: Scope) -> None:
    """With which arguments the page shows a name, and which names its equations give a value."""
    for call in filter(None, map(as_call, walk(sentence))):
        scope.arguments.setdefault(call.function, set()).add(call.args)
    if isinstance(sentence, Chain) and sentence.relations[:1] in (("=",), (":=",)):
        left, right = map(bare, sentence.members[:2])
        shown_as = as_call(right)
        if isinstance(left, Ref) and (shown_as is None or shown_as.function != left.name):
            scope.quantities.add(left.name)


def _note_case(sentence: Sentence, scope: Scope) -> None:
    """`y = 1` on a page that also says `y = 0`: two cases of one name."""
    if isinstance(sentence, Chain) and sentence.relations == ("=",):
        left, right = (bare(member) for member in sentence.members)
        if isinstance(left, Ref) and not left.subs and isinstance(right, Num):
            scope.told.setdefault(left.name, set()).add(right.value)


def _note_letters(sentence: Sentence, scope: Scope) -> None:
    """Below which names a letter stands, and which letters are compared with others."""
    for part in walk(sentence):
        if isinstance(part, Ref):
            marks = [*part.subs, *(() if part.layer is None else (part.layer,))]
            inside = [p for mark in marks for p in walk(mark) if isinstance(p, Ref)]
            for letter in inside:
                scope.below.setdefault(letter.name, set()).add(part.name)
            scope.compared |= {p.name for m in marks if isinstance(m, Sum) for p in walk(m)
                               if isinstance(p, Ref)}  # fmt: skip
        if isinstance(part, Chain | Condition):
            plain = [m for m in map(bare, part.members) if isinstance(m, Ref) and not m.subs]
            scope.compared |= {m.name for m in plain if len(m.name) == 1 and part.relations}


def _note_variables(node: Derivative, scope: Scope) -> None:
    """By which whole names the page differentiates a name."""
    name = node.operand.function if isinstance(node.operand, Call) else node.operand
    name = name.name if isinstance(name, Ref) else name
    for variable in node.variables:
        if isinstance(name, str) and isinstance(variable, Ref) and variable.name != UNSAID:
            whole = replace(variable, subs=())
            known = scope.variables.setdefault(name, [])
            if whole not in known:
                known.append(whole)


def _bracketed_twice(sentences: Sequence[Sentence]) -> set[str]:
    """Letters before brackets of several kinds, as in `u(x+h) - u(x-h)`: functions, or factors."""
    found: dict[str, set[Node]] = {}
    for part in (part for sentence in sentences for part in walk(sentence)):
        if not isinstance(part, Product):
            continue
        for (name, group), mark in zip(pairwise(part.factors), part.marks, strict=True):
            call = isinstance(group, Group) and group.bracket == "(" and not mark
            if call and isinstance(name, Ref) and not name.subs:
                found.setdefault(name.name, set()).add(group)
    return {name for name, groups in found.items() if len(groups) > 1}


def _called_only(sentences: Sequence[Sentence]) -> set[str]:
    """Letters for functions that a page uses with one argument in brackets and never defines."""
    called: set[str] = set()
    others: set[str] = set()
    for sentence in sentences:
        heads = [h.base if isinstance(h, Power | Component) else h for h in _heads(sentence)]
        if isinstance(sentence, Chain):  # `y = f(x) = wx + b` defines f as well
            heads += [bare(member) for member in sentence.members[1:-1]]
        others |= {h.function for h in heads if isinstance(h, Call)}
        if isinstance(sentence, Mapping):
            others.add(sentence.name.name)
        inside: list[Node] = []
        for part in walk(sentence):
            if isinstance(part, Product):
                for (name, group), mark in zip(pairwise(part.factors), part.marks, strict=True):
                    call = isinstance(group, Group) and (group.bracket, len(group.items)) == (
                        "(",
                        1,
                    )
                    if call and not mark and isinstance(name, Ref) and not name.subs:
                        inside.append(name)
            if isinstance(part, Call) and part.args:
                called |= {part.function} & OFTEN_CALLED
        called |= {n.name for n in inside if isinstance(n, Ref) and n.layer is None} & OFTEN_CALLED
        if isinstance(sentence, Chain) and not sentence.relations:
            continue
        bare_names = [p for p in walk(sentence) if isinstance(p, Ref)]
        others |= {p.name for p in bare_names if not any(p is name for name in inside)}
    return called - others


def named_as_function(name: Ref) -> str:
    """A name as that of a function, with its label: `\\sigma_g`."""
    letters = ",".join(sub.name for sub in name.subs if isinstance(sub, Ref))
    return f"{name.name}_{{{letters}}}" if letters else name.name


def called_functions(sentences: Sequence[Sentence]) -> set[str]:
    """The names that a page uses with brackets alone and defines by no equation."""
    called: set[str] = set()
    others: set[str] = set()
    for sentence in sentences:
        if isinstance(sentence, Mapping):
            others.add(sentence.name.name)
        if isinstance(sentence, Chain):
            for member, other in pairwise(sentence.members):
                call = as_call(bare(member))
                plain = call is not None and all(isinstance(arg, Ref) for arg in call.args)
                if plain and call is not None and call.function not in functions_in(other):
                    others.add(call.function)
        inside = [name for part in walk(sentence) for name in _before_brackets(part)]
        called |= {named_as_function(name) for name in inside}
        called |= {p.function for p in walk(sentence) if isinstance(p, Call)}
        if not isinstance(sentence, Chain) or sentence.relations:
            names = [p for p in walk(sentence) if isinstance(p, Ref)]
            bare_names = {
                named_as_function(p) for p in names if not any(p is name for name in inside)
            }
            others |= bare_names - {without_argument(part) for part in walk(sentence)}
    return called - others


def without_argument(node: Node) -> str | None:
    """The function of which a tree is the slope, with nothing behind it: `f'`, `df/dx`."""
    match node:
        case Call(function=name, args=()):
            return name
        case Derivative(operand=Ref(name=name, layer=None, subs=()), variables=(Ref(),)):
            return name
    return None


def defined_function(sentence: Sentence) -> str | None:
    """The function that an equation begins with and defines."""
    if not isinstance(sentence, Chain) or sentence.relations[:1] not in (("=",), (":=",)):
        return None
    call = as_call(bare(sentence.members[0]))
    if call is None or not all(isinstance(bare(arg), Ref) for arg in call.args):
        return None
    inside = any(call.function in functions_in(member) for member in sentence.members[1:])
    return None if inside else call.function


def functions_in(node: Node) -> set[str]:
    """The functions that a tree calls, whether they are known to be functions or not."""
    found = {p.function for p in walk(node) if isinstance(p, Call)}
    return found | {named_as_function(n) for p in walk(node) for n in _before_brackets(p)}


def as_call(node: Node) -> Call | None:
    """A call, or a product that is one if its first factor is a function."""
    if isinstance(node, Call):
        return None if node.primes else node
    match node:
        case Product(factors=(Ref() as name, Group(bracket="(") as group), marks=("",)):
            function = named_as_function(name)
            return Call(function, group.items, start=node.start, end=node.end)
    return None


def _before_brackets(node: Node) -> list[Ref]:
    """The names in a product that stand before brackets with nothing between."""
    if not isinstance(node, Product):
        return []
    pairs = zip(pairwise(node.factors), node.marks, strict=True)
    found: list[Ref] = []
    for (name, group), mark in pairs:
        inside = group.base if isinstance(group, Power | Component) else group
        brackets = isinstance(inside, Group) and inside.bracket == "("
        if brackets and not mark and isinstance(name, Ref) and name.layer is None:
            found.append(name)
    return found


def _fixed(sentences: Sequence[Sentence], scope: Scope) -> set[str]:
    """The letters that stand below names as a label does, always the same at the same place.

    In `L(p_t) = -\\alpha_t \\ln p_t` nothing runs over t: p_t and \\alpha_t are two names.
    """
    places: dict[str, set[tuple[str, int]]] = {}
    shapes: dict[str, set[int]] = {}
    marks: dict[tuple[str, int], set[Node]] = {}
    others: set[str] = set(scope.running | scope.compared)
    for sentence in sentences:
        alone = isinstance(sentence, Chain) and not sentence.relations
        below: set[int] = set()
        for ref in (p for p in walk(sentence) if isinstance(p, Ref) and id(p) not in below):
            below |= {id(part) for sub in ref.subs for part in walk(sub)}
            if ref.layer is not None:
                others |= {p.name for p in walk(ref.layer) if isinstance(p, Ref)} | {ref.name}
            if not alone or ref.subs:
                shapes.setdefault(ref.name, set()).add(len(ref.subs))
            for place, sub in enumerate(ref.subs):
                marks.setdefault((ref.name, place), set()).add(sub)
                if isinstance(sub, Ref) and is_mark(sub):
                    places.setdefault(sub.name, set()).add((ref.name, place))
                else:
                    others |= {p.name for p in walk(sub) if isinstance(p, Ref)}
    free = {
        letter for letter in places.keys() - others - shapes.keys() - HEADS
        if len(letter) == 1 and letter.islower()
    }  # fmt: skip
    told = {name for sentence in sentences for name in _told_by_itself(sentence)}

    def is_label(name: str, place: int) -> bool:
        whole = {f"\\mathbf{{{name}}}", f"\\mathbf{{{name.upper()}}}", name.upper()} - {name}
        alone = 0 in shapes[name] and name not in told
        same = len(marks[name, place]) == 1 and len(shapes[name] - {0}) == 1
        return same and not alone and not whole & shapes.keys()

    return {letter for letter in free if all(is_label(*at) for at in places[letter])}


def _told_by_itself(sentence: Sentence) -> set[str]:
    """The p of `p_t = 1 - p`, which are two quantities."""
    if not isinstance(sentence, Chain) or sentence.relations[:1] != ("=",):
        return set()
    head, *others = map(bare, sentence.members)
    inside = [p for other in others for p in walk(other) if isinstance(p, Ref) and not p.subs]
    same = isinstance(head, Ref) and bool(head.subs)
    return {p.name for p in inside if same and isinstance(head, Ref) and p.name == head.name}


def is_mark(node: Ref) -> bool:
    """Whether a letter below a name has no marks of its own."""
    return not node.subs and node.layer is None


def _numbered(sentences: Sequence[Sentence]) -> set[str]:
    """The letters of vectors and matrices told apart by numbers: `W_1`, `z_1 = W_1x`, `W_2`.

    A letter that the page uses with an index or alone too is a family, or has entries.
    """
    found: set[str] = set()
    others: set[str] = set()
    for sentence in sentences:
        for head in filter(lambda h: isinstance(h, Ref) and h.layer is None, _heads(sentence)):
            assert isinstance(head, Ref)
            arrays = isinstance(sentence, Membership) and bool(sentence.target.dims)
            arrays |= isinstance(sentence, Chain) and _is_array(bare(sentence.members[1]))
            inside = [p for p in walk(sentence) if isinstance(p, Ref) and p.name in found]
            whole = isinstance(sentence, Membership) and sentence.target.name.startswith("N")
            if not head.subs and not whole:
                others.add(head.name)
            elif arrays or (inside and isinstance(sentence, Chain)):
                found.add(head.name)
        indexed = [p for p in walk(sentence) if isinstance(p, Ref) and p.subs]
        others |= {p.name for p in indexed if not isinstance(p.subs[0], Num)}
    return found - others


def _is_array(node: Node) -> bool:
    """Whether entries are written out: `[0.1, 0.2]`, a matrix in brackets."""
    node = bare(node.base) if isinstance(node, Transpose) else node
    return isinstance(node, Matrix) or (isinstance(node, Group) and len(node.items) > 1)


def _compares_letters(sentence: Sentence) -> bool:
    """`i = j`, which rather is a condition than a definition."""
    members = map(bare, sentence.members) if isinstance(sentence, Chain) else [None]
    return all(isinstance(m, Ref) and not m.subs and m.layer is None for m in members)


def _running(sentence: Sentence) -> set[str]:
    """The letters that a sentence uses as indices of sums, ranges and lengths."""
    found: set[str] = set()
    places: list[Node] = []
    for part in walk(sentence):
        match part:
            case BigOperator():
                found |= set(part.indices)
                places += [end for end in (part.lower, part.upper) if end is not None]
            case Range():
                found |= {name.name for name in part.names}
                places += part.items
            case Membership() if part.target.name.startswith(("finite", "N", "Z")):
                found |= {name.name for name in part.names}
            case NumberSet():
                places += part.dims
    return found | {p.name for place in places for p in walk(place) if isinstance(p, Ref)}


def named(sentences: Sequence[Sentence], scope: Scope, strict: bool) -> tuple[Sentence, ...]:
    """Sentences whose names carry their marks as the page means them."""
    for sentence in sentences:
        for name in _heads(sentence):
            _introduce(name, sentence, scope, strict)
    change = _change(scope, strict)
    found: list[Sentence] = []
    for sentence in sentences:
        found.append(sentence_with(sentence, change))
        _refuse_roots(found[-1], scope)
    return tuple(found)


def named_node(node: Node, scope: Scope, strict: bool) -> Node:
    """A tree whose names carry their marks as the page means them."""
    found = rebuilt(node, _change(scope, strict))
    _refuse_roots(found, scope)
    return found


def introduced_by(sentences: Sequence[Sentence]) -> set[Key]:
    """The names that sentences begin with, as a definition or a declaration does."""
    found: set[Key] = set()
    for sentence in sentences:
        heads = sentence.names if isinstance(sentence, Range) else _heads(sentence)
        if isinstance(sentence, Mapping):
            heads = [sentence.name]
        if isinstance(sentence, Chain) and set(sentence.relations) & set(ORDERS) and not heads:
            members = [bare(member) for member in sentence.members]
            heads = [m for m in members if isinstance(m, Ref)] if len(members) < 4 else []
        for head in heads:
            name = head.base if isinstance(head, Power | Component) else head
            if isinstance(name, Ref):
                found.add(key_of(name))
            elif isinstance(name, Call) and not name.primes and name.function not in BUILT_IN:
                found.add((name.function, False))
    return found


def names_in(sentences: Sequence[Sentence]) -> set[Key]:
    """All names and functions that sentences use."""
    found: set[Key] = set()
    for part in (part for sentence in sentences for part in walk(sentence)):
        if isinstance(part, Ref):
            found.add(key_of(part))
        elif isinstance(part, Call) and part.function not in BUILT_IN:
            found.add((part.function, False))
    return found


def sentence_with(sentence: Sentence, change: Callable[[Node], Node]) -> Sentence:
    """A sentence with every node changed."""
    found = rebuilt(sentence, change)
    assert isinstance(found, Sentence)
    return found


# -- what introduces a mark -----------------------------------------------------------------------


def _heads(sentence: Sentence) -> list[Node]:
    """The names that a sentence may introduce."""
    if isinstance(sentence, Membership):
        return list(sentence.names)
    if isinstance(sentence, Chain) and sentence.relations[:1] and not sentence.goes_on:
        head = bare(sentence.members[0])
        positive = sentence.relations == (">",) and isinstance(head, Power)
        return [head] if sentence.relations[0] in EQUATIONS or positive else []
    return []


def _introduce(head: Node, sentence: Sentence, scope: Scope, strict: bool) -> None:
    if isinstance(head, Call) and head.function not in BUILT_IN:
        for place, arg in enumerate(map(bare, head.args)):
            if isinstance(arg, Power) and isinstance(arg.base, Ref) and _is_square(arg, scope):
                if _is_new(arg.base, scope):
                    _introduce_square(arg.base, sentence, scope, parameter=True)
                else:
                    scope.rooted.add((head.function, place))
    name = head.base if isinstance(head, Power) else head
    if isinstance(name, Ref) and name.layer is None and name.subs:
        label = name.subs[0]
        if not strict and len(name.subs) == 2 and all(_is_quantity(s, scope) for s in name.subs):
            scope.labels.add((name.name, _joined(name.subs)))
        elif isinstance(label, Ref) and _is_label(label, name, sentence, scope, strict):
            scope.labels.add((name.name, label.name))
    if isinstance(head, Power) and isinstance(name, Ref):
        index = layer_index(head.exponent)
        if _is_square(head, scope):
            _introduce_square(labelled(name, scope, strict), sentence, scope)
        elif index is not None and _is_new(name, scope) and not _stands_alone(name, sentence):
            scope.superscripted.add(name.name)
            letters = {part.name for part in walk(index) if isinstance(part, Ref)}
            scope.layer_letters |= letters
    elif isinstance(head, Ref) and isinstance(sentence, Membership) and head.name.endswith("^{2}"):
        scope.squares.add(head.name.removesuffix("^{2}"))
    elif isinstance(head, Ref) and isinstance(head.layer, Group):
        scope.superscripted.add(head.name)


def _stands_alone(root: Ref, sentence: Sentence) -> bool:
    """Whether a name has no exponent somewhere, as in `x^3 = 9x`, which makes `x^3` a power."""
    bases = {id(part.base) for part in walk(sentence) if isinstance(part, Power)}
    return any(part == root and id(part) not in bases for part in walk(sentence))


def _introduce_square(root: Ref, sentence: Sentence, scope: Scope, parameter: bool = False) -> None:
    """`\\sigma^2 = ...` of an unknown letter gives the square a name of its own."""
    inside = sentence.members[1:] if isinstance(sentence, Chain) and not parameter else ()
    used = any(isinstance(p, Ref) and p.name == root.name for m in inside for p in walk(m))
    if root.name in scope.told and not root.subs:
        return
    entry = scope.entries.get((root.name, False))
    used |= entry is not None and entry.read_free and root.name not in POSITIVE
    if _is_new(root, scope) and not (root.name == "e" and not root.subs) and not used:
        scope.squares.add(root.name)


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
    if (
        not strict
        and isinstance(sentence, Membership)
        and scope.below.get(label.name) == {head.name}
    ):
        others = [m for m in scope.axes.members((head.name, False, 0)) if m != label.name]
        return bool(others) and label.name not in scope.running and label.name not in scope.compared
    if not strict:
        alone = any(
            isinstance(p, Ref) and p.name == head.name and not p.subs for p in walk(sentence)
        )
        return label.name.isupper() and label.name not in scope.running and alone
    elsewhere = [part for part in walk(sentence) if isinstance(part, Ref) and part != head]
    return not any(label in part.subs or part == label for part in elsewhere if part is not label)


def _is_quantity(label: Node, scope: Scope) -> bool:
    """Whether a letter below a name is a quantity of the page, which counts nothing."""
    if not isinstance(label, Ref) or label.subs or label.layer is not None:
        return False
    entry = scope.entry(label)
    return entry is not None and bool(entry.declared or entry.defined) and not entry.is_whole


def _joined(subs: Sequence[Node]) -> str:
    return "".join(getattr(sub, "name", "") for sub in subs)


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
        match node:
            case Power(base=Ref()):
                return _layered(node, scope, strict)
            case Power(base=Call(function="sqrt", args=(Ref() as square,)), exponent=exponent):
                number = bare(exponent)
                known = square.name.removesuffix("^{2}") in scope.squares
                return _power(square, number, node) if known and isinstance(number, Num) else node
            case Product():
                return _gradients_named(node, scope)
            case Call() if any(name == node.function for name, _ in scope.rooted):
                return _with_roots(node, scope)
            case Derivative(variables=(Ref(name=name), *_)) if name == UNSAID:
                return _by_the_only(node, scope)
            case Derivative(variables=(Power() | Call(),)):
                return _by_square(node)
            case Ref():
                plain = replace(node, layer=_plain(node.layer))
                found = _root(labelled(plain, scope, strict), scope)
                return found if strict else _turned(found, scope)
        return node

    return change


def _turned(node: Node, scope: Scope) -> Node:
    """`x_i'` as the transpose of a vector x_i, on a page that introduces no such name."""
    if not isinstance(node, Ref) or not node.name.endswith("'") or node.name in scope.heads:
        return node
    name = replace(node, name=node.name[:-1])
    entry = scope.entry(name)
    if entry is None or scope.entry(node) is not None or name.name.endswith("'"):
        return node
    arrays = [d for d in entry.declared if len(d.subs) == len(node.subs) and d.dims]
    return Transpose(name, start=node.start, end=node.end) if arrays else node


def _gradients_named(node: Product, scope: Scope) -> Node:
    """A product in which `dW` is one name or a differential, as the page tells."""
    factors, marks = [node.factors[0]], list[str]()
    for mark, factor in zip(node.marks, node.factors[1:], strict=True):
        last = factors[-1]
        name = factor.base if isinstance(factor, Transpose | Power) else factor
        ours = isinstance(name, Ref) and name.name in scope.differentials
        if not mark and ours and isinstance(last, Ref) and last.name == "d" and not last.subs:
            assert isinstance(name, Ref)
            named_d = replace(name, name=f"d{name.name}", start=last.start)
            whole = replace(factor, base=named_d) if factor is not name else named_d  # type: ignore[call-arg]
            factors[-1] = replace(whole, start=last.start)
        else:
            factors.append(factor)
            marks.append(mark)
    if len(factors) == 1:
        return factors[0]
    return with_differentials(replace(node, factors=tuple(factors), marks=tuple(marks)), scope)


def _plain(layer: Node | None) -> Node | None:
    return bare(layer) if layer is not None else None


def labelled(node: Ref, scope: Scope, strict: bool) -> Ref:
    """A name with the label below it, if what stands there is one.

    Where names need no introduction, a letter that heads a definition of the page is no index.
    """
    fixed = [s for s in node.subs if isinstance(s, Ref) and s.name in scope.fixed]
    if fixed and node.layer is None and not strict:
        below = ",".join(sub.name for sub in fixed if isinstance(sub, Ref))
        rest = tuple(sub for sub in node.subs if sub not in fixed)
        return replace(node, name=f"{node.name}_{{{below}}}", subs=rest)
    label = node.subs[0] if node.subs else None
    if isinstance(label, Num) and node.layer is None and node.name in scope.numbered:
        return replace(node, name=f"{node.name}_{{{label.value}}}", subs=node.subs[1:])
    if not isinstance(label, Ref) or label.subs or node.layer is not None:
        return node
    if len(node.subs) == 2 and (node.name, _joined(node.subs)) in scope.labels:
        return replace(node, name=f"{node.name}_{{{_joined(node.subs)}}}", subs=())
    entry = scope.entry(label)
    heads = label.name in scope.heads - scope.running and not (entry and entry.is_whole)
    heads |= label.name in scope.label_letters and len(node.subs) == 1
    if (node.name, label.name) in scope.labels or (heads and not strict):
        return replace(node, name=f"{node.name}_{{{label.name}}}", subs=node.subs[1:])
    return node


def _refuse_roots(node: Node, scope: Scope) -> None:
    """Only a deviation is the positive root of its square without a word."""
    for part in walk(node):
        square = part.args[0] if isinstance(part, Call) and part.args else None
        if not isinstance(square, Ref) or getattr(part, "function", "") != "sqrt":
            continue
        root = square.name.removesuffix("^{2}")
        if root in scope.squares and root != square.name and root.split("_")[0] not in POSITIVE:
            message = f"{root} is known by its square alone: which root?"
            raise Unread(message, part.start, part.end)


def _by_the_only(node: Derivative, scope: Scope) -> Derivative:
    """The gradient by the one variable by which the page differentiates its operand."""
    operand = node.operand
    name = operand.function if isinstance(operand, Call) else getattr(operand, "name", "")
    found = scope.variables.get(name, [])
    entry = scope.entries.get((name, False))
    several = entry is not None and entry.function is not None and len(entry.function.refs) > 1
    known = scope.entry(found[0]) if len(found) == 1 else None
    whole = known is not None and any(d.dims for d in known.declared)
    if len(found) != 1 or several or not whole:
        message = r"write the variable below \nabla"
        raise Unread(message, node.start, node.start + 1, "ML104")
    variable = replace(found[0], start=node.start, end=node.end)
    return replace(node, variables=(variable,) * len(node.variables))


def _with_roots(node: Call, scope: Scope) -> Call:
    """A call of `L(\\mu, \\sigma^2)`, which is a function of the known root of its square."""
    args = list(node.args)
    for place, arg in enumerate(map(bare, node.args)):
        if (node.function, place) not in scope.rooted:
            continue
        exponent = bare(arg.exponent) if isinstance(arg, Power) else None
        if isinstance(arg, Power) and isinstance(exponent, Num) and exponent.value == 2:
            args[place] = arg.base
        else:
            args[place] = Call("sqrt", (arg,), start=arg.start, end=arg.end)
    return replace(node, args=tuple(args))


def _root(node: Ref, scope: Scope) -> Node:
    """The root of a square that has a name of its own."""
    if node.layer is not None or node.name not in scope.squares:
        return node
    return Call("sqrt", (squared(node),), start=node.start, end=node.end)


def _power(square: Ref, exponent: Num, node: Power) -> Node:
    """`\\sigma^2` is a name, and `\\sigma^4` its square."""
    name = replace(square, start=node.start, end=node.end)
    if exponent.value == 2:
        return name
    half = Num(exponent.value / 2, start=exponent.start, end=exponent.end)
    return Power(name, half, start=node.start, end=node.end)


def _by_square(node: Derivative) -> Node:
    """The derivative by a square with the root known, or by the root with the square known."""
    (variable,) = node.variables
    two = Num(Fraction(2), start=node.start, end=node.end)
    if isinstance(variable, Power) and isinstance(variable.base, Ref):
        slope = replace(node, variables=(variable.base,))
        twice = Product((two, variable.base), ("",), start=node.start, end=node.end)
        return Quotient(slope, twice, start=node.start, end=node.end)
    if isinstance(variable, Call) and variable.function == "sqrt":
        slope = replace(node, variables=variable.args)
        factors = (two, variable, slope)
        return Product(factors, ("", ""), start=node.start, end=node.end)
    raise Unread("only a name can be differentiated with respect to", node.start, node.end)


def _layered(node: Power, scope: Scope, strict: bool) -> Node:
    assert isinstance(node.base, Ref)
    index = layer_index(node.exponent)
    if index is None or not _is_new(node.base, scope):
        return node
    letters = {part.name for part in walk(index) if isinstance(part, Ref)}
    alike = not strict and bool(letters) and letters <= scope.layer_letters
    alike = alike and node.base.name not in FACTORS
    if node.base.name not in scope.superscripted and not alike:
        return node
    return replace(node.base, layer=index, end=node.end)
