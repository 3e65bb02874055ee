"""What a page's equations introduce: names and functions, with their patterns and parameters."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from mathlint.claims import ACCEPTED, Judged, entry_pairs, is_plain
from mathlint.compare import (
    Instance,
    check_defined,
    compare_order,
)
from mathlint.declarations import index_places, literal
from mathlint.errors import Undecided, Unread
from mathlint.meaning import Meaning, differentiated_by
from mathlint.naming import with_number
from mathlint.scope import Declared, Defined, Entry, Function, Scope, shown
from mathlint.settings import Settings
from mathlint.stationary import Stationary
from mathlint.syntax import (
    BigOperator,
    Call,
    Chain,
    Component,
    Derivative,
    Differential,
    Dots,
    Evaluated,
    Group,
    Node,
    Num,
    Range,
    Ref,
    Sentence,
    Sum,
    Transpose,
    bare,
    rebuilt,
    walk,
)
from mathlint.terms import Term
from mathlint.tokens import BUILT_IN
from mathlint.values import Array, Value, same_shape
from mathlint.values import shown as shape_of

OPTIMA = frozenset({"ML", "MLE", "MAP", "OLS", "LS", "opt"})
INJECTIVE = frozenset({"tanh", "exp", "ln", "log", "sinh", "arctan"})


class _Again(Exception):
    """What a definition gives tells that its left side has to be read in another way."""


class Definitions(Stationary):
    """What equations introduce, and whether they may."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.pending: dict[tuple[Node, Node], Defined] = {}

    # -- what introduces a name ------------------------------------------------------------------

    def _introduces(self, left: Node) -> bool:
        """Whether an equation's left side is a name or function that it introduces."""
        head = left.base if isinstance(left, Component) else left
        if isinstance(head, Call):
            if head.function in BUILT_IN - {"\\Phi"}:  # a page may define it
                return False
            if head.function in self.scope.called:
                return False
            entry = self.scope.entries.get((head.function, False))
            names = [shown(a) for a in head.args if isinstance(a, Ref)]
            fresh = entry is None or entry.function is None
            return fresh and not head.primes and len(set(names)) == len(head.args)
        return isinstance(left, Ref) and self._is_new(left)

    def _is_new(self, left: Ref) -> bool:
        entry = self.scope.entry(left)
        if entry is None:
            constant = left.name in ("e", "\\pi") and not left.subs
            return not constant or (left.name == "e" and self.scope.lax and not self.scope.euler)
        whole = entry.range is not None or (entry.integer and not entry.assumed)
        by_parameter = entry.function is not None and any(
            isinstance(sub, Ref) and sub.name in entry.function.params for sub in left.subs
        )  # `f_x` is a derivative of f(x, y)
        if whole or by_parameter or (entry.function is not None and not left.subs):
            return False
        if entry.assumed and not entry.defined:
            return True
        if not left.subs and any(d.subs and not d.special for d in entry.defined):
            return False  # the entries tell the whole
        by_definition, by_declaration = self._covered(left, entry)
        marks = [*left.subs, *(() if left.layer is None else (left.layer,))]
        general = not all(map(self._is_fixed, marks)) and not self.strict
        if any(by_definition):
            special = [d for d in entry.defined if d.special]
            if general and len(special) == len(entry.defined):
                return len(special) == 1  # more members than one would have to fit the rule
            recurs = any(_recurs(d, left) for d in entry.defined)
            return not general and not self.strict and recurs and not special
        if not all(by_declaration):
            return True
        by_index = bool(left.subs) and not all(literal(sub) for sub in left.subs)
        return not (by_index and entry.read_free)

    def _is_condition(self, left: Node, right: Node) -> bool:
        """`x = 0` about a free variable that is known already neither defines nor claims."""
        if not isinstance(left, Ref) or left.subs or left.layer is not None:
            return False
        entry = self.scope.entry(left)
        plain = is_plain(right) or literal(right)
        if isinstance(right, Transpose) and right.base == left:
            return entry is not None and bool(entry.declared)
        if entry is not None and entry.range is not None:
            return True
        is_number = entry is not None and entry.parameter and literal(right)
        known = entry is not None and (entry.read_free or bool(entry.declared) or is_number)
        return known and entry is not None and entry.is_free and not entry.integer and plain

    def is_sum(self, sentence: Sentence) -> bool:
        """Whether `\\sum_k y_k = 1` gives what the entries of one name sum to."""
        if not isinstance(sentence, Chain) or sentence.relations != ("=",):
            return False
        left, right = (bare(member) for member in sentence.members)
        total = isinstance(left, BigOperator) and left.kind == "sum" and literal(right)
        return total and isinstance(left, BigOperator) and isinstance(bare(left.body), Ref)

    def note_sums(self, sentences: Sequence[Sentence]) -> None:
        """What a page says anywhere of the sum of free variables holds all over the page."""
        for sentence in sentences:
            assert isinstance(sentence, Chain)
            left, right = (bare(member) for member in sentence.members)
            self.scope.sums.append((left, right))

    def _covered(self, left: Ref, entry: Entry) -> tuple[list[bool], list[bool]]:
        """In which instances a definition, and a declaration, speaks of this name already."""

        def covered(meaning: Meaning) -> tuple[bool, bool]:
            target = meaning.target(left)
            return meaning.is_defined(entry, target), meaning.is_declared(entry, target)

        found = [item for _, item in self.instances(covered)]
        return [item[0] for item in found], [item[1] for item in found]

    def _injected(self, chain: Chain, members: tuple[Node, ...]) -> int | None:
        """The equality f(new) = f(known) of a chain, which introduces the new name."""
        for k, relation in enumerate(chain.relations[:2]):
            starts = k == 0 or self._introduces(members[0])
            if relation == "=" and starts and self._is_injection(members[k], members[k + 1]):
                return k
        return None

    def _is_injection(self, left: Node, right: Node) -> bool:
        if not (isinstance(left, Call) and isinstance(right, Call)):
            return False
        same = left.function == right.function and self._is_monotone(left.function)
        if not (same and len(left.args) == len(right.args) == 1) or left.primes:
            return False
        return self._is_unmet(left.args[0]) != self._is_unmet(right.args[0])

    def _is_monotone(self, name: str) -> bool:
        """Whether a function of one number rises, or falls, at every point that is tried."""
        if name in INJECTIVE:
            return True
        entry = self.scope.entries.get((name, False))
        function = entry.function if entry is not None else None
        if function is None or function.source is not None or len(function.refs) != 1:
            return False
        inner = self.terms.leaf(f"{name} at")

        def slope(meaning: Meaning) -> Term:
            meaning.locals = {function.refs[0].name: inner}
            return self.terms.diff(meaning.scalar(function.body), inner)

        try:
            slopes = [term for _, term in self.instances(slope)]
        except (Unread, Undecided):
            return False
        zero = self.terms.zero
        for relation in (">", "<"):
            instances = [Instance((), (("", term, zero),), ()) for term in slopes]
            try:
                found = compare_order(instances, relation, self.terms, "0", self._rules())
            except (Unread, Undecided):
                return False
            if found.verdict == "numeric":
                return True
        return False

    def _is_unmet(self, node: Node) -> bool:
        return isinstance(node, Ref) and self.scope.entry(node) is None

    def _inject(self, left: Node, right: Node) -> Judged:
        assert isinstance(left, Call)
        assert isinstance(right, Call)
        name, body = left.args[0], right.args[0]
        if not self._is_unmet(name):
            name, body = body, name
        judged = self._defined_as(name, body, left.start)
        return replace(judged, end=right.end, span=(left.start, right.end))

    def _defined_as(self, name: Node, body: Node, start: int) -> Judged:
        """The definition of a name that stands inside a chain or a function."""
        make = lambda: self._define(name, body, ())  # noqa: E731
        return self._guarded((start, body.end), "definition", make)

    def _last_of(self, names: Sequence[Ref]) -> Ref | None:
        """The name whose definition reaches all other names, or the one of the last layer."""
        last = [n for n in names if isinstance(n.layer, Ref) and n.layer.name.isupper()]
        if any(n.layer is not None and not isinstance(n.layer, Num) for n in names):
            return last[0] if last else None
        for name in names:
            own = with_number(name)
            others = {with_number(n) for n in names} - {own}
            inside = self._reached_from(own)
            aside = set(self.scope.bodies) - inside - {own}
            apart = not any(self._reached_from(other) & inside for other in aside)
            if own in self.scope.bodies and others <= inside and apart:
                return name
        return None

    def _reached_from(self, name: str) -> set[str]:
        """All names in the definitions behind a name, wherever the page prints them."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            fresh = self.scope.bodies.get(waiting.pop(), set()) - found
            found |= fresh
            waiting += fresh
        return found

    # -- definitions -----------------------------------------------------------------------------

    def _define(self, left: Node, right: Node, conditions: tuple[Node, ...]) -> Judged:
        for condition in conditions:
            if not isinstance(condition, Range):
                message = "a definition under a condition is not read: write it by cases"
                raise Unread(message, condition.start, condition.end, "ML104")
        if any(isinstance(part, Differential) for part in walk(right)):
            message = f"what {shown(left)} is made of here is a differential: write d before it"
            raise Unread(message, left.start, right.end, "ML104")
        if isinstance(left, Call):
            number = self._define_function(left, right, ())
        elif isinstance(left, Ref) and self._lacks_its_loss(left, right):
            message = f"say of what {left.name} is the gradient, as a derivative"
            raise Unread(message, left.start, left.end, "ML202")
        elif isinstance(left, Component):
            assert isinstance(left.base, Call)
            number = self._define_function(left.base, right, left.subs)
        else:
            assert isinstance(left, Ref)
            self._check_optimum(left, right)
            number = self._define_name(left, right, conditions)
            self._check_declared(left)
        return Judged(
            left.start, right.end, "definition", ACCEPTED, left=left, right=right, introduces=number
        )

    def _check_optimum(self, left: Ref, right: Node) -> None:
        """`w^* = ...` says that the gradient of the page's one function of w is zero there."""
        if not self.strict and self.solves_for(left) is not None:
            self.check_solution(left, right)
            return
        base, _, mark = left.name.partition("^{*}" if "^{*}" in left.name else "_{\\mathrm{")
        starred = "^{*}" in left.name
        if self.strict or left.subs or not (starred or mark.rstrip("}") in OPTIMA):
            return
        name = Ref(base, start=left.start, end=left.end)
        functions = [
            key for (key, _), entry in self.scope.entries.items()
            if entry.function is not None and entry.function.params == (base,)
            and any(isinstance(p, Ref) and p.name == base for p in walk(entry.function.body))
        ]  # fmt: skip
        if len(functions) != 1:
            message = f"say of which function of {base} this is the optimum, as in f({base}) = ..."
            raise Unread(message, left.start, left.end, "ML201")
        call = Call(functions[0], (name,), start=left.start, end=left.end)
        slope = Derivative(call, (name,), start=left.start, end=left.end)
        at = Evaluated(slope, name, right, start=left.start, end=right.end)
        zero = Num(Fraction(0), start=right.start, end=right.end)
        outcome = self._equal(at, zero, ())
        if outcome.verdict == "refuted":
            message = f"the gradient of {functions[0]} is not zero here: {outcome.message}"
            raise Undecided(message, "ML301")

    def _lacks_its_loss(self, left: Ref, right: Node) -> bool:
        """Whether `dz = a - y` leaves open of what it is the gradient by z."""
        name = left.name.removeprefix("d")
        gradient = left.name != name and name in self.scope.differentials
        known = gradient and any((name, layered) in self.scope.entries for layered in (False, True))
        return known and not any(isinstance(part, Derivative) for part in walk(right))

    def _check_declared(self, left: Ref) -> None:
        """What was declared of a name before it was defined must hold of its definition."""
        entry = self.scope.entry(left)
        for declared in entry.declared if entry else ():
            target = declared.target
            same = declared.subs == left.subs and declared.layer == left.layer
            if entry is not None and target is not None and target.interval is not None and same:
                self._member_claim(left, entry, target)

    def _define_function(self, left: Call, right: Node, subs: tuple[Node, ...]) -> int:
        samples: dict[str, Ref] = {}
        for arg in left.args:
            if isinstance(arg, Ref) and _is_sample(arg):
                samples[shown(arg)] = arg
                whole = _sampled(Group((left, right), "", start=left.start, end=right.end), arg)
                assert isinstance(whole, Group)
                found, right = whole.items
                assert isinstance(found, Call)
                left = found
        for sample in samples.values():
            self._check_sample(sample, right)
        name = left.function
        base, _, label = name.partition("_{")
        word = label.removeprefix("\\mathrm{").rstrip("}")
        # a word tells functions apart, and is no index
        worded = label.startswith("\\mathrm") and word not in {shown(arg) for arg in left.args}
        worded |= not self.strict and self.scope.entries.get((base, False)) is None
        if label and self.scope.is_function(base) and not worded:
            message = f"an index of the function {base} is not read"
            raise Unread(message, left.start, left.end, "ML104")
        entry = self.scope.entries.get((name, False))
        if entry is not None and ((entry.declared and not entry.assumed) or entry.range):
            raise Unread(f"{name} is already in use", left.start, left.end, "ML206")
        base = name.removesuffix("( | )")
        if not self.strict and any(
            self.scope.entries.get((other, False)) is not None and self.scope.is_function(base)
            for other in (base, f"{base}( | )") if other != name
        ):  # fmt: skip
            message = f"how {name} follows from what is known of {base} is not judged"
            raise Unread(message, left.start, left.end, "ML104")
        if any(isinstance(part, Call) and part.function == name for part in walk(right)):
            raise Unread("a definition by itself", right.start, right.end, "ML206")
        self._check_free_indices(Component(left, subs, start=left.start, end=left.end), right)
        if not self.strict:
            self._check_parameters(left, samples, right)
        refs = tuple(arg for arg in left.args if isinstance(arg, Ref))
        of_arrays = self._of_arrays(left) or any(map(self._is_array, samples.values()))
        function = Function(refs, right, self.scope.next_number(), subs, of_arrays)

        def body(meaning: Meaning) -> Value:
            for sub in subs:
                meaning.integer(sub)
            by = set() if self.strict else differentiated_by(right)
            plain = [arg for arg in refs if not arg.subs and arg.name not in by]
            given = {arg.name: samples.get(arg.name, arg) for arg in plain}
            meaning.locals = {n: self._parameter(arg, meaning) for n, arg in given.items()}
            return meaning.value(right)

        def of_numbers(meaning: Meaning) -> Value:
            meaning.locals = {arg.name: self.terms.leaf(arg.name) for arg in refs if not arg.subs}
            return meaning.value(right)

        try:
            values = [value for _, value in self.instances(body)]
        except Unread as fault:
            if self.strict or fault.code != "ML208" or not function.of_arrays:
                raise
            # `\\sigma(x) = ...` on a page on which x is a vector: x stands for any number there
            values = [value for _, value in self.instances(of_numbers)]
            function = replace(function, of_arrays=False)
        self._check_values(values)
        opened = self.scope.entries.setdefault((name, False), Entry())
        opened.function, opened.assumed = function, False
        for ref in refs:
            key = (self.scope.canonical(ref), False)
            self.scope.entries.setdefault(key, Entry(assumed=True)).parameter = True
        self.scope.changes += 1
        return function.number

    def _check_parameters(self, left: Call, samples: dict[str, Ref], body: Node) -> None:
        """A function must depend on a parameter, and not through its indices."""
        params = [arg for arg in left.args if isinstance(arg, Ref)]
        inside = {p.name for p in walk(body) if isinstance(p, Ref)}
        inside |= {p.function for p in walk(body) if isinstance(p, Call)}
        inside |= {name.removesuffix("^{2}") for name in inside}
        behind = inside.union(*(self._reached_from(name) for name in inside))
        labels = {name.partition("_{")[2].rstrip("}") for name in behind}
        known = {p.name.split("^")[0] for p in (*params, *samples.values())}
        if not known & (behind | labels | {name.split("^")[0] for name in behind}):
            message = f"this does not depend on {shown(params[0])}: a value at a point is not read"
            raise Unread(message, body.start, body.end, "ML104")
        for node in (n for part in walk(body) for n in index_places(part)):
            for name in (p for p in walk(node) if isinstance(p, Ref) and not p.subs):
                if any(name.name == param.name and not param.subs for param in params):
                    message = f"the parameter {name.name} in an index is not read"
                    raise Unread(message, name.start, name.end, "ML104")

    def _check_sample(self, sample: Ref, body: Node) -> None:
        """Raises Unread where a body depends on the index of a sample in any other way."""
        letters = _index_letters(sample)
        for part in walk(body):
            if isinstance(part, Ref) and part.name in letters and not part.subs:
                message = f"this depends on {part.name} not only through {shown(sample)}"
                raise Unread(message, part.start, part.end, "ML104")

    def _is_array(self, sample: Ref) -> bool:
        found = [v for _, v in self.instances(lambda meaning: meaning.value(sample))]
        return any(isinstance(value, Array) for value in found)

    def _of_arrays(self, left: Call) -> bool:
        entries = [self.scope.entry(arg) for arg in left.args if isinstance(arg, Ref)]
        samples = [
            self._sample(arg)
            for arg in left.args
            if isinstance(arg, Ref) and self.scope.entry(arg) is None
        ]
        whole = [entry is not None and any(d.dims for d in entry.declared) for entry in entries]
        return any(whole) or any(sample is not None for sample in samples)

    def _sample(self, arg: Ref) -> Declared | None:
        """How the samples `x^{(i)}` of a parameter x are declared."""
        known = self.scope.entries.get((arg.name, True))
        return next((d for d in known.declared if d.dims), None) if known else None

    def _parameter(self, arg: Ref, meaning: Meaning) -> Value:
        """A parameter as a variable of its declared shape and domain."""
        if _is_sample(arg):
            value = meaning.value(arg)
            if isinstance(value, Term):
                return self.terms.leaf(shown(arg))
            leaves = tuple(self.terms.leaf(f"{shown(arg)}_{k}") for k in range(len(value.entries)))
            return replace(value, entries=leaves)
        entry = self.scope.entry(arg)
        if entry is None:
            if self.strict:
                raise Unread(f"{shown(arg)} is not introduced", arg.start, arg.end, "ML201")
            family = self._sample(arg)
            if family is None:
                return self.terms.leaf(arg.name)
            axes = [meaning.axis(dim) for dim in family.dims]
            places = itertools.product(*axes)
            leaves = tuple(self.terms.leaf(f"{arg.name}_{place}") for place in places)
            firsts = tuple(axis[0] for axis in axes)
            return Array(tuple(map(len, axes)), leaves, firsts, family.row)
        if any(declared.dims for declared in entry.declared):
            return meaning.reference(arg)
        for declared in entry.declared:
            if declared.target is not None and not declared.subs:
                return self.terms.leaf(arg.name, meaning.domain(declared.target))
        return self.terms.leaf(arg.name)

    def _define_name(self, left: Ref, right: Node, conditions: tuple[Node, ...]) -> int:
        self._check_pattern(left)
        self._check_free_indices(left, right)
        if any(isinstance(part, Ref) and part == left for part in walk(right)):
            raise Unread(f"{shown(left)} is defined by itself", right.start, right.end, "ML206")
        known = self.pending.pop((left, right), None)
        found = known or self._register(left, right)

        def body(meaning: Meaning) -> Value:
            for sub in left.subs:
                meaning.integer(sub)
            value = meaning.value(right)
            if left.subs and isinstance(value, Array) and not entry.family:
                declared = any(d.dims and d.subs for d in entry.declared)
                if self.strict or not (declared or entry.is_free_but(found)):
                    message = f"{shown(left)} is one entry, and this is {shape_of(value)}"
                    raise Unread(message, right.start, right.end, "ML208")
                entry.family = len(left.subs)
                self.scope.changes += 1
                raise _Again
            whole = meaning.reference(left)
            if not same_shape(whole, value):
                message = f"{shown(left)} is {shape_of(whole)}, and this is {shape_of(value)}"
                raise Unread(message, right.start, right.end, "ML208")
            return value

        entry = self.scope.open(left)
        try:
            try:
                values = [value for _, value in self.instances(body, conditions)]
            except _Again:  # what was one entry is a vector of a family
                values = [value for _, value in self.instances(body, conditions)]
            if not values:
                raise Undecided("this definition has no instance", "ML303")
            self._check_values(values)
        except (Unread, Undecided):
            entry.defined.remove(found)
            self.scope.changes += 1
            raise
        if not (left.subs and all(literal(sub) for sub in left.subs)):
            entry.assumed = False
        # checking the definition is no use of it; what the check remembered goes too
        self.scope.used.discard(found.number)
        self.scope.changes += 1
        return found.number

    def _check_values(self, values: Sequence[Value]) -> None:
        """A definition must have a value somewhere; under the strict setting, wherever declared."""
        instances = [Instance((), entry_pairs(value, value), ()) for value in values]
        check_defined(instances, self.terms, f"{self.settings.seed}", self._rules())

    def _register(self, left: Ref, right: Node) -> Defined:
        """Let an equation hold from here on, so that it may recur over layers."""
        numbers = [sub.value for sub in left.subs if isinstance(sub, Num)]
        fixed = tuple(map(int, numbers)) if numbers and len(numbers) == len(left.subs) else None
        marks = [*left.subs, *(() if left.layer is None else (left.layer,))]
        special = bool(marks) and all(map(self._is_fixed, marks))
        number = self.scope.next_number()
        found = Defined(left.layer, left.subs, right, number, fixed, special)
        self.scope.open(left).defined.append(found)
        self.scope.changes += 1
        return found

    def _is_fixed(self, mark: Node) -> bool:
        """Whether an index has one value: a number, or a size such as L."""
        names = [part for part in walk(mark) if isinstance(part, Ref)]
        entries = [self.scope.entry(name) for name in names]
        return all(
            e is not None and e.integer and e.range is None and not e.assumed for e in entries
        )

    def expect(self, sentences: Sequence[Sentence]) -> None:
        """The equations of one formula may use one another: names that it introduces are known."""
        self.pending.clear()
        chains = [s for s in sentences if isinstance(s, Chain) and "=" in s.relations]
        if len(chains) < 2:
            return
        for chain in chains:
            left, right = bare(chain.members[0]), bare(chain.members[1])
            if not isinstance(left, Ref) or left.layer is None or chain.relations[0] != "=":
                continue
            try:
                fresh = self._introduces(left)
            except (Unread, Undecided):
                continue  # judging the line itself will tell the fault
            if fresh:
                self.pending[(left, right)] = self._register(left, right)

    def _check_pattern(self, left: Ref) -> None:
        for sub in left.subs:
            if not (literal(sub) or _is_pattern(sub)):
                message = "this index on the left of a definition is not read"
                raise Unread(message, sub.start, sub.end, "ML104")
        self.check_pattern(left)

    def _check_free_indices(self, left: Node, right: Node) -> None:
        """An index that is free on the right must stand on the left, or end a row of dots."""
        ours = {part.name for part in walk(left) if isinstance(part, Ref)}
        for name, node in _free_indices(right, self.scope).items():
            if name in ours:
                continue
            if self.strict and not _ends_dots(right, name):
                message = f"the index {name} is free on the right only"
                raise Unread(message, node.start, node.end, "ML204")
            self.scope.follows_indices = True

    # -- entrywise functions ---------------------------------------------------------------------

    def _is_entrywise(self, left: Node, right: Node) -> bool:
        """Whether `f(x)_i = f(x_i)` says that a known scalar function acts on each entry."""
        if not (isinstance(left, Component) and isinstance(left.base, Call)):
            return False
        call = left.base
        if not isinstance(right, Call) or right.function != call.function:
            return False
        if call.primes or right.primes or not (call.args and right.args):
            return False
        inner, entry = call.args[0], right.args[0]
        if not (isinstance(inner, Ref) and isinstance(entry, Ref)):
            return False
        known = self.scope.entries.get((call.function, False))
        scalar = known is None or known.function is None or not known.function.of_arrays
        return scalar and (inner.name, left.subs) == (entry.name, entry.subs)

    def _entrywise(self, left: Node, right: Node) -> Judged:
        assert isinstance(left, Component)
        assert isinstance(left.base, Call)
        self.instances(lambda meaning: meaning.value(right))
        name = left.base.function
        self.scope.entries.setdefault((name, False), Entry()).entrywise = True
        self.scope.changes += 1
        return Judged(left.start, right.end, "declaration", ACCEPTED)


def _recurs(found: Defined, name: Ref) -> bool:
    """Whether an equation gives a member of a family by other members."""
    return any(isinstance(p, Ref) and p.name == name.name for p in walk(found.body))


def _is_sample(node: Ref) -> bool:
    """Whether an argument of a definition stands for any of a family: `h(x^{(i)}) = ...`."""
    return node.layer is not None or not all(map(literal, node.subs))


def _sampled(node: Node, sample: Ref) -> Node:
    """A tree in which a sample is a name of its own, with its entries as entries of that name."""
    count = len(sample.subs)

    def change(part: Node) -> Node:
        if not isinstance(part, Ref) or (part.name, part.layer) != (sample.name, sample.layer):
            return part
        if part.subs[:count] != sample.subs:
            return part
        return replace(part, name=shown(sample), layer=None, subs=part.subs[count:])

    return rebuilt(node, change)


def _index_letters(node: Ref) -> set[str]:
    parts = [*node.subs, *(() if node.layer is None else (node.layer,))]
    return {p.name for part in parts for p in walk(part) if isinstance(p, Ref)}


def _is_pattern(node: Node) -> bool:
    if isinstance(node, Ref):
        return is_plain(node)
    return isinstance(node, Sum) and all(isinstance(part, Ref | Num) for _, part in node.terms)


def _free_indices(node: Node, scope: Scope) -> dict[str, Node]:
    """Names of declared ranges that stand in subscripts and that no sum binds."""
    bound = {name for part in walk(node) if isinstance(part, BigOperator) for name in part.indices}
    found: dict[str, Node] = {}
    for part in walk(node):
        subs = part.subs if isinstance(part, Ref | Component) else ()
        if isinstance(part, Ref) and part.layer is not None:
            subs = (part.layer, *subs)
        for name in (inner for sub in subs for inner in walk(sub) if is_plain(inner)):
            assert isinstance(name, Ref)
            entry = scope.entry(name)
            if name.name not in bound and entry is not None and entry.range is not None:
                found.setdefault(name.name, name)
    return found


def _ends_dots(node: Node, name: str) -> bool:
    """Whether an index is the last one of a row with dots."""
    for part in walk(node):
        if isinstance(part, Sum) and any(isinstance(term, Dots) for _, term in part.terms):
            last = part.terms[-1][1]
            if any(isinstance(inner, Ref) and inner.name == name for inner in walk(last)):
                return True
    return False
