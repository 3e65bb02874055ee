"""What a page that declares little leaves to be taken from its words and from usage."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from mathlint.claims import ACCEPTED, Judged, is_plain, printed_number
from mathlint.declarations import literal
from mathlint.definitions import Definitions
from mathlint.errors import Undecided, Unread
from mathlint.naming import (
    as_call,
    introduced_by,
    labelled,
    names_in,
    note_bodies,
    sentence_with,
    without_argument,
)
from mathlint.scope import Declared, Defined, Entry, Function, Key, key_of
from mathlint.settings import Settings
from mathlint.shapes import Arrays, key_in_set, lengths_in, sets_in, told_by_use
from mathlint.syntax import (
    COMPARISONS,
    ORDERS,
    BigOperator,
    Bracketed,
    Call,
    Chain,
    Component,
    Condition,
    Derivative,
    Mapping,
    Membership,
    Node,
    Num,
    NumberSet,
    Product,
    Range,
    Ref,
    Sentence,
    Sum,
    Symbol,
    Transpose,
    bare,
    rebuilt,
    walk,
)
from mathlint.tokens import BUILT_IN, INDEX_LETTERS

FREELY_USED = frozenset({"abs", "det", "tr"})
MAX_SURVEYED = 8_000  # sentences: a page of thousands of definitions is no reason to stop


class Guesses(Definitions):
    """What words and usage tell of names, where the page does not declare them."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.uses: list[Sentence] = []
        self.arrays = Arrays()
        self.by_use: tuple[int, list[tuple[Ref, NumberSet]]] = (-1, [])
        self.surveyed = 0

    def reads_as_condition(self, sentence: Sentence) -> bool:
        """Whether a formula after `if` or `for` restricts names that the page has introduced."""
        if not isinstance(sentence, Chain) or not sentence.relations or sentence.conditions:
            return False
        members = tuple(bare(member) for member in sentence.members)
        if self._restricts(sentence, members) or self._compares_indices(members):
            return True
        if sentence.relations == ("=",):
            return self._is_condition(*members) or (self.strict and self._sums_freely(*members))
        names = [member for member in members if isinstance(member, Ref)]
        if not names or not self.is_bound(sentence):
            return False
        entry = self.scope.entry(names[0])
        return entry is not None and not entry.integer

    def is_case(self, sentence: Chain) -> bool:
        """Whether `y = 1` is one of several cases that the page goes through."""
        left = bare(sentence.members[0])
        cases = self.scope.told.get(left.name, set()) if isinstance(left, Ref) else set()
        entry = self.scope.entry(left) if isinstance(left, Ref) else None
        free = entry is None or (entry.is_free and not entry.is_whole)
        plain = sentence.relations == ("=",) and literal(bare(sentence.members[-1]))
        return not self.strict and plain and free and len(cases) > 1

    def may_be_supposed(self, sentence: Chain) -> bool:
        """Whether `y = 1` or `x \\ne 0`, of a name that nothing introduces, may be a case."""
        left, right = bare(sentence.members[0]), bare(sentence.members[-1])
        entry = self.scope.entry(left) if isinstance(left, Ref) else None
        free = entry is None or (entry.assumed and entry.is_free and not entry.integer)
        alike = sentence.relations in (("=",), ("!=",)) and is_plain(left) and literal(right)
        return alike and free and not self.strict

    def may_be_put(self, sentence: Chain) -> bool:
        """Whether `x > 0`, of a name that nothing introduces, may be a case after `if`."""
        names = [member for member in map(bare, sentence.members) if isinstance(member, Ref)]
        unknown = len(names) == 1 and self.scope.entry(names[0]) is None
        return unknown and not self.strict and self.is_bound(sentence)

    def may_hold(self, sentence: Chain) -> bool:
        """Whether a relation between what the page has introduced may be a case after `if`."""
        orders = set(sentence.relations) <= {"=", *COMPARISONS}
        return not self.strict and orders and not self.unknown((sentence,))

    def fits(self, chain: Chain) -> bool:
        """Whether the sides of a relation have a meaning, and one shape."""
        try:
            for left, right in itertools.pairwise(map(bare, chain.members)):
                self._sides(left, right, ())
        except (Unread, Undecided):
            return False
        return True

    def fixes(self, chain: Chain) -> bool:
        """Whether `\\alpha = 1` gives a number to a free name that the page knows already."""
        left, right = bare(chain.members[0]), bare(chain.members[-1])
        equal = chain.relations == ("=",) and not chain.conditions
        return equal and literal(right) and self._is_condition(left, right)

    def is_parameter(self, sentence: Chain) -> bool:
        """Whether `\\alpha \\approx 1.67` gives a number to a name that nothing defines."""
        left, right = bare(sentence.members[0]), bare(sentence.members[-1])
        entry = self.scope.entry(left) if isinstance(left, Ref) else None
        free = entry is None or (entry.is_free and not entry.is_whole)
        alike = sentence.relations in (("=",), ("approx",)) and printed_number(right) is not None
        return not self.strict and is_plain(left) and free and alike

    def is_distribution(self, sentence: Chain) -> bool:
        """Whether `x \\sim \\mathcal{N}(0, 1)` tells how a name is drawn."""
        left, right = bare(sentence.members[0]), bare(sentence.members[-1])
        head: Node | None = right.factors[0] if isinstance(right, Product) else right
        name = head.function if isinstance(head, Call) else getattr(head, "name", "")
        drawn = len(right.factors) == 2 if isinstance(right, Product) else bool(name)
        if sentence.relations != ("sim",) or self.strict or sentence.conditions or not drawn:
            return False
        if self.scope.is_function(name) or name == "\\mathcal{O}":
            return False
        lettered = name in ("N", "U", "p", "q", "P") and not isinstance(right, Ref)
        worded = name.startswith(("\\mathcal{", "\\mathrm{", "\\mathscr{"))
        return isinstance(left, Ref) and (lettered or worded)

    def _compares_indices(self, members: Sequence[Node]) -> bool:
        """`i \\ne j` with letters for indices that nothing declares, which makes them indices."""
        refs = [member for member in members if isinstance(member, Ref)]
        plain = [m for m in refs if is_plain(m) or self.is_index(m)]
        known = [e is not None and e.is_whole for e in map(self.scope.entry, plain)]
        letters = INDEX_LETTERS | self.scope.below.keys()
        names = [m for m, k in zip(plain, known, strict=True) if k or m.name in letters]
        if known and all(known):
            return not self.strict
        names = [m for m in names if (e := self.scope.entry(m)) is None or not e.is_whole]
        if len(names) + sum(known) != len(members):
            return False
        entries = [self.scope.entry(name) for name in names]
        fit = all(entry is None or (entry.assumed and entry.may_be_whole) for entry in entries)
        if self.strict or not fit:
            return False
        for name in names:
            self._assume_whole(name, True)
        return True

    def unknown(self, sentences: Sequence[Sentence]) -> set[Key]:
        """The names in sentences that nothing has introduced yet."""
        return {key for key in names_in(sentences) if key not in self.scope.entries}

    def lose(self, heads: set[Key], defines: bool) -> None:
        """What a line that is not read would have introduced is unknown from here on."""
        for key in heads:
            entry = self.scope.entries.get(key)
            fresh = entry is None or (entry.is_free and not entry.declared)
            if defines or fresh:
                self.scope.unread.add(key)

    def rests_on(self, sentence: Sentence) -> Unread | None:
        """The fault of a statement with a name whose own line is not read; never refuted."""
        missing = names_in((sentence,)) & self.scope.unread
        self.scope.shapeless -= _defined_by(sentence)
        shapeless = names_in((sentence,)) & self.scope.shapeless
        if shapeless and not isinstance(sentence, Membership | Range | Mapping):
            message = f"say the shape of {min(shapeless)[0]}"
            return Unread(message, sentence.start, sentence.end, "ML208")
        if isinstance(sentence, Membership | Range | Mapping):
            self.scope.unread -= introduced_by((sentence,))
            self.scope.shapeless -= introduced_by((sentence,))
            return None
        if not missing:
            return None
        name = min(missing)[0]
        message = f"this rests on {name}, whose own line is not read"
        return Unread(message, sentence.start, sentence.end, "ML201")

    def check_condition(self, condition: Condition) -> None:
        """Raises Undecided for a condition that no point of the domain meets."""
        if not self._is_whole(condition):
            self._equal(condition.members[0], condition.members[0], (condition,))

    def supposes(self, chain: Chain) -> bool:
        """Whether a page says of a name by itself where it lies: `x \\ne 0`."""
        members = [bare(member) for member in chain.members]
        names = [member for member in members if isinstance(member, Ref)]
        numbers = all(literal(member) for member in members if not isinstance(member, Ref))
        parts = [self.scope.entry(p) for m in members for p in walk(m) if isinstance(p, Ref)]
        if parts and all(entry is not None and entry.is_whole for entry in parts):
            return set(chain.relations) <= {"!=", "<", "<=", ">", ">="}
        return len(names) == 1 and numbers and set(chain.relations) <= {"!=", "<", "<=", ">", ">="}

    def restricts_one(self, chain: Chain) -> bool:
        """Whether a relation bounds one name by numbers, or calls a matrix symmetric."""
        left, right = bare(chain.members[0]), bare(chain.members[-1])
        turned = isinstance(right, Transpose) and right.base == left
        turned |= isinstance(left, Transpose) and left.base == right
        return self.supposes(chain) or (chain.relations == ("=",) and turned)

    def narrows(self, chain: Chain) -> bool:
        """Whether a bound is about a name that the page has declared already."""
        names = [m for m in map(bare, chain.members) if isinstance(m, Ref)]
        entry = self.scope.entry(names[0]) if len(names) == 1 else None
        known = entry is not None and bool(entry.declared) and not entry.is_whole
        return known and bool(chain.relations) and not self.strict and self.is_bound(chain)

    def is_value(self, chain: Chain) -> bool:
        """Whether `x = 0` gives a number to a name of which nothing else is known."""
        left = bare(chain.members[0])
        plain = chain.relations == ("=",) and is_plain(left) and literal(bare(chain.members[-1]))
        plain = plain and isinstance(left, Ref) and "_{" not in left.name and "^" not in left.name
        entry = self.scope.entry(left) if isinstance(left, Ref) else None
        free = entry is None or (entry.assumed and entry.is_free and not entry.is_whole)
        return not self.strict and plain and free

    def knows(self, function: str) -> bool:
        """Whether anything has introduced a function, or a quantity of that name."""
        entry = self.scope.entries.get((function, False))
        known = entry is not None and not (entry.assumed and entry.is_free)
        return known or function in BUILT_IN or function in self.scope.called

    def is_index(self, name: Ref) -> bool:
        """Whether a name stands for whole numbers."""
        entry = self.scope.entry(name)
        return entry is not None and (entry.is_whole or entry.as_index)

    def assume(self, chain: Chain) -> bool:
        """Take a relation between free names as given from here on; False where it is a claim."""
        parts = [part for member in chain.members for part in walk(member)]
        entries = [self.scope.entry(part) for part in parts if isinstance(part, Ref)]
        lax = not self.strict
        excludes = lax and (chain.relations == ("!=",) or self.bounds_defined(chain))
        free = [
            e for e in entries
            if e is not None and not e.is_whole
            and ((e.is_free and (e.declared or lax)) or (excludes and e.defined))
        ]  # fmt: skip
        known = [entry for entry in entries if entry is not None and not entry.is_whole]
        calls = [p for p in parts if isinstance(p, Call) and p.function not in FREELY_USED]
        alone = any(isinstance(member, Ref) for member in chain.members) and "=" in chain.relations
        equal = alone and not any(isinstance(part, Transpose) for part in parts)
        orders = {"=", "!=", "<", "<=", ">", ">="}
        derived = any(isinstance(part, Derivative) for part in parts)
        whole = [entry for entry in entries if entry is not None and entry.is_whole]
        if whole and len(whole) == len(entries) and "=" not in chain.relations and not self.strict:
            free = whole
        if not free or len(free) < len(known) or calls or derived or equal:
            return False
        if not self._is_given(chain):
            return False
        if not set(chain.relations) <= orders or chain.conditions:
            return False
        start, end = chain.start, chain.end
        pairs = zip(itertools.pairwise(chain.members), chain.relations, strict=True)
        given = [Condition(pair, (r,), start=start, end=end) for pair, r in pairs]
        if any(e.defined for e in known) and not all(map(self._is_met, given)):
            return False
        if free is whole:
            self.leave_cases()
            self.scope.cases = given
        self.scope.assumptions += given
        self.scope.changes += 1
        return True

    def leave_cases(self) -> None:
        """Take back what was supposed of indices, `i \\ne j`, which ends with its section."""
        cases, self.scope.cases = self.scope.cases, []
        if cases:
            self.scope.assumptions = [c for c in self.scope.assumptions if c not in cases]
            self.scope.changes += 1

    def _is_met(self, condition: Condition) -> bool:
        """Whether what is supposed of a defined quantity holds at some point."""
        try:
            self.check_condition(condition)
        except (Unread, Undecided):
            return False
        return True

    def bounds_defined(self, chain: Chain) -> bool:
        """Whether `\\sigma > 0` bounds what a definition gives."""
        names = [member for member in map(bare, chain.members) if isinstance(member, Ref)]
        others = [member for member in map(bare, chain.members) if not isinstance(member, Ref)]
        entry = self.scope.entry(names[0]) if len(names) == 1 else None
        orders = set(chain.relations) <= set(ORDERS) and all(map(literal, others))
        return not self.strict and entry is not None and bool(entry.defined) and orders

    def _guess_losses(self, sentence: Sentence) -> None:
        """A name that a page only differentiates is any function of what follows last from all."""
        for part in walk(sentence):
            operand = part.operand if isinstance(part, Derivative) else None
            if not isinstance(operand, Ref) or not is_plain(operand):
                continue
            entry = self.scope.entry(operand)
            known = entry is not None and not (entry.assumed and entry.is_free)
            if known or operand.name in self.scope.heads:
                continue
            argument = self._last_of(self.scope.variables.get(operand.name, []))
            told = self.scope.mentioned.get(operand.name, set())
            if argument is not None and told <= {argument.name}:
                self.scope.entries.pop((operand.name, False), None)
                self.apply(operand, argument)
                self.scope.guessed.add(operand.name)

    def _beyond_step(self, sentence: Sentence) -> Ref | None:
        """A name further back than the one step of which the page speaks: `h_{t-2}`."""
        moments = self.scope.axes.moments
        for part in walk(sentence) if moments else ():
            marks = [*part.subs, part.layer] if isinstance(part, Ref) else []
            for mark in marks:
                match mark:
                    case Sum(terms=((1, Ref() as letter), (sign, Num() as shift))):
                        if letter.name in moments and abs(sign * shift.value) > 1:
                            assert isinstance(part, Ref)
                            return part
        return None

    def note_shapeless(self, name: Ref) -> None:
        """A matrix or vector of which nothing tells the shape can be judged by nothing."""
        entry = self.scope.entry(name)
        if entry is None or (entry.assumed and entry.is_free and not entry.declared):
            self.scope.shapeless.add(key_of(name))

    def shape_by_use(self, sentence: Sentence) -> None:
        """Declare the names of an equation whose shapes nothing but their use tells."""
        if self.strict or not isinstance(sentence, Chain) or not sentence.relations:
            return
        self._shape([part for part in walk(sentence) if isinstance(part, Ref)])

    def shape_called(self, name: Ref) -> None:
        """Declare a name that words call a matrix or vector, where its shape matters at once."""
        if name.name in self.arrays.ranks and not self.strict:
            self._shape([name])

    def _shape(self, refs: Sequence[Ref]) -> None:
        names = {key_of(name) for name in refs if self._is_shapeless(name)}
        if not names:
            return
        if self.by_use[0] != self.scope.changes and self.surveyed < MAX_SURVEYED:
            self.surveyed += len(self.uses)
            self.by_use = (self.scope.changes, self._told_by_use())
        found = [(name, target) for name, target in self.by_use[1] if self._is_shapeless(name)]
        for name, target in found:
            if name.name in self.arrays.special:
                self.scope.shapeless.add(key_of(name))
            elif key_of(name) in names:
                self._declare_by_use(name, target)

    def _told_by_use(self) -> list[tuple[Ref, NumberSet]]:
        """The shapes that the page's formulas demand of names that head no equation."""
        known = {
            key_in_set(Ref(name, declared.layer, declared.subs, start=0, end=0)): declared.target
            for (name, _), entry in self.scope.entries.items()
            for declared in entry.declared
            if declared.target is not None
        }
        numbers = self._no_arrays(self.uses)
        numbers |= {name for (name, _), entry in self.scope.entries.items() if entry.is_whole}
        axes = self.scope.axes
        found = told_by_use(self.uses, {**sets_in(self.uses), **known}, numbers, self.arrays, axes)
        heads = {key for sentence in self.uses for key in _defined_by(sentence)}
        return [(name, target) for name, target in found if key_of(name) not in heads]

    def use(self, sentences: Sequence[Sentence]) -> None:
        """Take the shapes of names from all sentences of the page.

        `W_1` and `W_2` are names of their own where they can only be arrays.
        """
        axes = self.scope.axes
        numbers = self._no_arrays(sentences)
        found = told_by_use(sentences, sets_in(sentences), numbers, self.arrays, axes)
        self.scope.numbered |= {
            name.name for name, _ in found
            if name.layer is None and name.subs and isinstance(name.subs[0], Num)
        }  # fmt: skip
        self.uses = [sentence_with(sentence, self._numbered) for sentence in sentences]
        note_bodies(self.uses, self.scope)

    def _no_arrays(self, sentences: Sequence[Sentence]) -> set[str]:
        """The names that are lengths, indices or functions, `L = L(Y)` among them."""
        chains = [s for s in sentences if isinstance(s, Chain) and s.relations[:1] == ("=",)]
        pairs = [tuple(map(bare, chain.members[:2])) for chain in chains]
        shown = {left.name for left, right in pairs
                 if isinstance(left, Ref) and self.is_dependence(left, right)}  # fmt: skip
        return lengths_in(sentences) | self.scope.functions | shown

    def _numbered(self, node: Node) -> Node:
        return labelled(node, self.scope, self.strict) if isinstance(node, Ref) else node

    def by_diagonal(self, sentence: Sentence) -> Sentence:
        """`S_{ii} = s_i` of what words call a diagonal matrix gives all its entries."""
        if self.strict or not isinstance(sentence, Chain) or sentence.relations[:1] != ("=",):
            return sentence
        left = bare(sentence.members[0])
        if not isinstance(left, Ref) or left.name not in self.arrays.diagonal:
            return sentence
        entry = self.scope.entry(left)
        known = entry is not None and (entry.defined or entry.function)
        twice = len(left.subs) == 2 and left.subs[0] == left.subs[1]
        if known or not twice or left.layer is not None or not isinstance(left.subs[0], Ref):
            return sentence
        start, end = left.start, left.end
        row = left.subs[0]
        column = Ref(f"column of {left.name}", start=start, end=end)
        index = self.scope.open(column)
        index.assumed = index.as_index = True
        for place in range(2):
            for letter in (row.name, column.name):
                self.scope.axes.join(letter, (self.scope.canonical(left), False, place))
        same = Bracketed(
            Condition((row, column), ("=",), start=start, end=end), start=start, end=end
        )
        body = sentence.members[1]
        marked = Product((same, body), ("",), start=body.start, end=body.end)
        whole = replace(left, subs=(row, column))
        return replace(sentence, members=(whole, marked, *sentence.members[2:]))

    def _is_shapeless(self, name: Ref) -> bool:
        entry = self.scope.entry(name)
        return entry is None or (entry.assumed and entry.is_free and not entry.declared)

    def _declare_by_use(self, name: Ref, target: NumberSet) -> None:
        for length in target.dims:
            if isinstance(length, Ref) and self.scope.entry(length) is None:
                entry = self.scope.open(length)
                entry.integer = True
                entry.declared.append(Declared(None, (), None))
        self.declare(name, target)
        self.scope.shapeless.discard(key_of(name))

    def declare_shape(self, name: Ref, sizes: tuple[Node, ...]) -> None:
        """Take a name as a matrix of the sizes that words give it."""
        entry = self.scope.entry(name)
        if entry is None or (entry.assumed and entry.is_free):
            target = NumberSet("R", sizes, start=name.start, end=name.end)
            self.declare(name, target)

    def apply(self, name: Ref, argument: Ref) -> None:
        """Let a function that may be any be applied to one argument: `a loss L of y`."""
        entry = self.scope.entry(name)
        function = entry.function if entry is not None else None
        general = function is not None and function.source is not None
        if general and entry is not None and function is not None and self._is_known(argument):
            if not function.applied:
                entry.function = replace(function, applied=(argument,))
                self.scope.changes += 1
            return
        if entry is None and self._is_known(argument) and not self.strict:
            self._let_depend(name, (argument,))

    def _let_depend(self, name: Ref, arguments: tuple[Node, ...]) -> None:
        """Let a name be any differentiable function of arguments."""
        number = self.scope.next_number()
        anything = NumberSet("any", start=name.start, end=name.end)
        body = Symbol("any", start=name.start, end=name.end)
        function = Function((name,), body, number, (), True, anything, arguments)
        self.scope.entries[(name.name, False)] = Entry(function=function)
        self.scope.used.add(number)
        self.scope.changes += 1

    def is_dependence(self, left: Node, right: Node) -> bool:
        """Whether `u = u(x)` says of what a quantity is a function."""
        call = as_call(right)
        if call is None or self.strict or not isinstance(left, Ref) or not is_plain(left):
            return False
        names = bool(call.args) and all(isinstance(arg, Ref) for arg in call.args)
        return names and call.function == left.name

    def depend(self, name: Ref, right: Node) -> Judged:
        """Take a name as a function of the arguments that it is shown with.

        Raises Unread where an equation gives its value already.
        """
        call = as_call(right)
        assert call is not None
        entry = self.scope.entry(name)
        function = entry.function if entry is not None else None
        known = entry is not None and not (entry.assumed and entry.is_free)
        known |= function is None and name.name in self.scope.quantities
        general = function is not None and function.source is not None
        if function is not None and not general and entry is not None:
            return self._shorten(name, entry, function, call)
        if known and (function is None or (function.applied and function.applied != call.args)):
            message = f"an equation gives {name.name} its value: write it without its argument"
            raise Unread(message, right.start, right.end, "ML206")
        if function is not None and entry is not None:
            entry.function = replace(function, applied=call.args)
            self.scope.used.add(function.number)
            self.scope.changes += 1
        else:
            self._let_depend(name, call.args)
        self.instances(lambda meaning: [meaning.value(arg) for arg in call.args])
        return Judged(name.start, right.end, "declaration", ACCEPTED)

    def with_arguments(self, chain: Chain) -> Chain:
        """`f' = f(1 - f)` as what it says of the values of f at any one argument."""
        parts = [part for member in chain.members for part in walk(member)]
        slopes = [p for p in parts if without_argument(p) is not None]
        argument = self._argument_in(slopes[0]) if slopes else None
        alone = [p for p in parts if isinstance(p, Ref) and is_plain(p)]
        functions = {p.name for p in alone if self._argument_of(p.name) is not None}
        if self.strict or argument is None or not functions:
            return chain
        functions |= {p.function for p in slopes if isinstance(p, Call)}

        def change(node: Node) -> Node:
            if isinstance(node, Call) and not node.args and node.function in functions:
                return replace(node, args=(argument,))
            if isinstance(node, Ref) and is_plain(node) and node.name in functions:
                return Call(node.name, (argument,), start=node.start, end=node.end)
            return node

        changed = rebuilt(chain, change)
        assert isinstance(changed, Chain)
        return changed

    def _argument_in(self, slope: Node) -> Ref | None:
        """Where a slope without an argument is taken: by its variable, or anywhere."""
        name = without_argument(slope)
        found = self._argument_of(name) if name is not None else None
        if found is None or isinstance(slope, Call):
            return found
        by = slope.variables[0] if isinstance(slope, Derivative) else None
        free = found.name.startswith("argument of ")
        return by if isinstance(by, Ref) and is_plain(by) and (free or by == found) else None

    def _argument_of(self, name: str) -> Ref | None:
        """What a function of one number is taken at where nothing stands behind it."""
        entry = self.scope.entries.get((name, False))
        function = entry.function if entry is not None and not entry.defined else None
        if function is not None and function.source is None and len(function.refs) == 1:
            return None if function.of_arrays or function.refs[0].subs else function.refs[0]
        scalar = function is not None and function.source is not None and not function.applied
        scalar = scalar and function is not None and not function.of_arrays
        named = entry is None and (name in self.scope.called or name in self.scope.guessed)
        anywhere = Ref(f"argument of {name}", start=0, end=0)
        return anywhere if scalar or named else None

    def _shorten(self, name: Ref, entry: Entry, function: Function, call: Call) -> Judged:
        """Let the name of a known function stand for its value at its own parameters."""
        if call.args != function.refs or function.subs:
            message = f"write {name.name} with its argument in brackets"
            raise Unread(message, name.start, call.end)
        if not entry.defined:
            number = self.scope.next_number()
            entry.defined.append(Defined(None, (), function.body, number))
            self.scope.used |= {number, function.number}
            self.scope.changes += 1
        return Judged(name.start, call.end, "declaration", ACCEPTED)

    def shows_argument(self, node: Node) -> Ref | None:
        """The name that a page differentiates alone and shows with one argument, as in `L(y)`."""
        call = as_call(node)
        if call is None or self.strict or len(self.scope.arguments.get(call.function, ())) != 1:
            return None
        name = Ref(call.function, start=node.start, end=node.end)
        entry = self.scope.entry(name)
        function = entry.function if entry is not None else None
        fresh = entry is None or (entry.assumed and entry.is_free)
        fresh = fresh and name.name not in self.scope.heads
        open_to = fresh or (function is not None and function.source is not None)
        shown = name.name in self.scope.variables and self.is_dependence(name, node)
        return name if shown and open_to and not (function and function.applied) else None

    def _is_known(self, name: Ref) -> bool:
        entry = self.scope.entry(name)
        return entry is not None and not entry.is_whole and entry.function is None

    def is_matrix(self, name: Ref) -> bool:
        """Whether a name is declared as a matrix."""
        entry = self.scope.entry(name)
        return entry is not None and any(len(d.dims) == 2 for d in entry.declared)

    def take_lines(self, matrix: Ref, member: Ref, which: str) -> None:
        """Let the members of a family be the rows or columns of a matrix, as columns."""
        entry = self.scope.open(member)
        index = member.subs[0] if member.subs else member.layer
        plain = isinstance(index, Ref) and len(member.subs) + (member.layer is not None) == 1
        if entry.defined or entry.function is not None or not plain or index is None:
            return
        start, end = member.start, member.end
        every = Symbol(":", start=start, end=end)
        subs = (index, every) if which == "row" else (every, index)
        layered = member.layer is not None
        place = (self.scope.canonical(member), layered, -1 if layered else 0)
        self.scope.axes.join(place, (matrix.name, False, 0 if which == "row" else 1))
        body = Component(matrix, subs, start=start, end=end)
        number = self.scope.next_number()
        entry.defined.append(Defined(member.layer, member.subs, body, number))
        entry.assumed, entry.family = False, len(member.subs)
        self.scope.shapeless.discard(key_of(member))
        self.scope.used.add(number)
        self.scope.changes += 1

    def is_square(self, name: Ref) -> bool:
        """Whether a name is declared as a square matrix of free entries."""
        entry = self.scope.entry(name)
        dims = [d.dims for d in entry.declared] if entry is not None and entry.is_free else []
        return any(len(lengths) == 2 and lengths[0] == lengths[1] for lengths in dims)

    def is_vector(self, name: Ref) -> bool:
        """Whether a name is declared as a vector of free entries."""
        entry = self.scope.entry(name)
        plain = entry is not None and entry.is_free and not name.subs and name.layer is None
        return plain and entry is not None and any(len(d.dims) == 1 for d in entry.declared)

    def is_family(self, name: Ref) -> bool:
        """Whether a page counts the entries of a free name without saying how many there are."""
        entry = self.scope.entry(name)
        plain = entry is not None and entry.is_free and is_plain(name)
        places = (self.scope.canonical(name), False, 0), (self.scope.canonical(name), False, 1)
        known = [place in self.scope.axes.parents for place in places]
        return plain and entry is not None and not entry.declared and known == [True, False]

    def assume_symmetric(self, name: Ref) -> None:
        """Take a matrix as symmetric from here on."""
        turned = Transpose(name, start=name.start, end=name.end)
        condition = Condition((name, turned), ("=",), start=name.start, end=name.end)
        if condition not in self.scope.assumptions:
            self.scope.assumptions.append(condition)
            self.scope.changes += 1

    def assume_one_hot(self, name: Ref) -> None:
        """Take the entries of a vector as summing to one, all over the page."""
        start, end = name.start, name.end
        index = "index of " + name.name
        entry = replace(name, subs=(Ref(index, start=start, end=end),))
        total = BigOperator("sum", (index,), None, None, None, entry, start=start, end=end)
        one = Num(Fraction(1), start=start, end=end)
        if not self.strict and (total, one) not in self.scope.sums:
            self.scope.axes.join(index, (self.scope.canonical(name), False, 0))
            self.scope.sums.append((total, one))
            self.scope.changes += 1

    def _is_given(self, chain: Chain) -> bool:
        """Whether a relation has the form of an assumption: `x \\ne 0`, `A = A^T`, a sum of 1."""
        left, right = bare(chain.members[0]), bare(chain.members[-1])
        if chain.relations == ("=",):
            turned = Transpose(left, start=0, end=0) == right
            return (
                turned or left == Transpose(right, start=0, end=0) or self._sums_freely(left, right)
            )
        plain = all(isinstance(member, Ref) for member in (left, right))
        whole = all(isinstance(p, Ref | Num | Sum) for m in (left, right) for p in walk(m))
        return plain or whole or literal(left) or literal(right)

    def _restricts(self, chain: Chain, members: tuple[Node, ...]) -> bool:
        """`x > 0` about a free variable that is declared already would silently narrow the page."""
        entries = [self.scope.entry(member) for member in members if isinstance(member, Ref)]
        ranged = [e is not None and e.range is not None for e in entries]
        whole = [e is not None and e.is_whole for e in entries]
        numbers = sum(1 for member in members if literal(member))
        if any(ranged) and all(whole) and len(entries) + numbers == len(members):
            return True
        names = [member for member in members if isinstance(member, Ref)]
        others = [member for member in members if not isinstance(member, Ref)]
        orders = all(relation in COMPARISONS for relation in chain.relations)
        if not orders or chain.conditions or len(names) != 1 or not all(map(literal, others)):
            return False
        entry = self.scope.entry(names[0])
        bounded = entry is not None and any(
            d.target is not None and d.target.name not in ("R", "Q") for d in entry.declared
        )
        used = entry is not None and (entry.read_free or entry.parameter or bounded)
        return used and entry is not None and entry.is_free and not entry.integer


def _defined_by(sentence: Sentence) -> set[Key]:
    """The names that an equation gives, and does not only speak of: no `A = A^T`."""
    if not isinstance(sentence, Chain):
        return set()
    inside = {key_of(p) for m in sentence.members[1:] for p in walk(m) if isinstance(p, Ref)}
    return introduced_by((sentence,)) - inside
