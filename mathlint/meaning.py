"""Trees to terms: every size and index becomes a number, every name what the page says of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction

from mathlint.errors import Unread
from mathlint.scope import Declared, Defined, Entry, Function, Key, Scope, from_zero, key_of, shown
from mathlint.syntax import (
    BigOperator,
    Bracketed,
    Call,
    Cases,
    Condition,
    Derivative,
    Dots,
    Group,
    Node,
    Num,
    NumberSet,
    Power,
    Product,
    Quotient,
    Range,
    Ref,
    Sum,
    Transpose,
    children,
    walk,
)
from mathlint.terms import REAL, Comparison, Domain, Term, Terms

Target = tuple[str, bool, int | None, tuple[int, ...]]
MAX_EXPANSION = 40
CONSTANTS = {"e": "exp", "\\pi": "pi"}
TWO_SIDED = frozenset({"max", "min"})
NAMED = {"log": "ln", "ln": "ln"}


class NeedsChoice(Exception):
    """A size or index whose value is still open; the driver tries each of its values."""

    def __init__(self, name: Key | tuple[str, int], values: tuple[int, ...]) -> None:
        super().__init__(str(name))
        self.name, self.values = name, values


class NoInstance(Exception):
    """The values chosen so far do not occur, because a condition excludes them."""


@dataclass
class Reached:
    """Whether a derivative of a named quantity ever met its variable, over all instances."""

    message: str
    reached: bool = False


@dataclass
class Meaning:
    """Gives terms to trees under one choice of sizes and indices.

    `choices` maps sizes (name or name and layer) and indices to integers; what it lacks raises
    NeedsChoice.
    """

    scope: Scope
    terms: Terms
    sizes: tuple[int, ...]
    strict: bool
    choices: Mapping[object, int]
    conditions: tuple[Node, ...] = ()
    cuts: dict[Target, Term] = field(default_factory=dict)
    locals: dict[str, Term] = field(default_factory=dict)
    bound: dict[str, int] = field(default_factory=dict)
    depth: int = 0
    reached: dict[Node, Reached] = field(default_factory=dict)
    assume: Callable[[Ref], None] | None = None
    memo: dict[object, Term] = field(default_factory=dict)

    # -- integers -----------------------------------------------------------------------------

    def integer(self, node: Node) -> int:
        """The value of an index or a length; raises Unread if it is no whole number."""
        value = self._integer(node)
        if value.denominator != 1:
            raise Unread("an index must be a whole number", node.start, node.end, "ML204")
        return value.numerator

    def _integer(self, node: Node) -> Fraction:
        match node:
            case Num():
                return node.value
            case Ref():
                return Fraction(self.choice(node))
            case Sum():
                return sum((sign * self._integer(part) for sign, part in node.terms), Fraction(0))
            case Product():
                value = Fraction(1)
                for factor in node.factors:
                    value *= self._integer(factor)
                return value
            case Quotient():
                bottom = self._integer(node.bottom)
                if bottom == 0:
                    raise Unread("an index divided by zero", node.start, node.end, "ML204")
                return self._integer(node.top) / bottom
            case Group(items=(item,)):
                return self._integer(item)
        raise Unread("this is no index that is read", node.start, node.end, "ML204")

    def choice(self, ref: Ref) -> int:
        """The value of a size or index in this instance."""
        if ref.layer is None and not ref.subs and ref.name in self.bound:
            return self.bound[ref.name]
        entry = self.scope.entry(ref)
        if ref.layer is not None or (entry is not None and not self.may_be_whole(entry)):
            raise Unread(f"{shown(ref)} is no index", ref.start, ref.end, "ML204")
        if ref.subs:
            return self._indexed_size(ref, entry)
        if ref.name in self.choices:
            return self.choices[ref.name]
        raise NeedsChoice(ref.name, self._candidates(ref, entry))

    @staticmethod
    def is_whole(entry: Entry) -> bool:
        """Whether a name stands for whole numbers."""
        return entry.range is not None or entry.integer

    @staticmethod
    def may_be_whole(entry: Entry) -> bool:
        """Whether a name may be used as an index; one that is only assumed may."""
        return Meaning.is_whole(entry) or (
            entry.assumed and not entry.declared and not entry.defined
        )

    def _indexed_size(self, ref: Ref, entry: Entry | None) -> int:
        if entry is None:
            if self.strict or self.assume is None:
                raise Unread(f"{shown(ref)} is not introduced", ref.start, ref.end, "ML201")
            self.assume(ref)
        name = (ref.name, tuple(self.integer(sub) for sub in ref.subs))
        if name in self.choices:
            return self.choices[name]
        raise NeedsChoice(name, self._size_values())

    def _size_values(self) -> tuple[int, ...]:
        """Values for a further size: all of them for the first, fewer later, in another order."""
        count = sum(1 for name in self.choices if not isinstance(name, str) or self._is_size(name))
        turned = self.sizes[count % len(self.sizes) :] + self.sizes[: count % len(self.sizes)]
        return turned if count == 0 else turned[:2] if count == 1 else turned[:1]

    def _is_size(self, name: str) -> bool:
        entry = self.scope.entries.get((name, False))
        return entry is not None and entry.integer

    def _candidates(self, ref: Ref, entry: Entry | None) -> tuple[int, ...]:
        for condition in self.conditions:
            if isinstance(condition, Range) and any(
                name.name == ref.name for name in condition.names
            ):
                return self.range_values(condition.items)
        if entry is not None and entry.range is not None:
            return self.range_values(entry.range)
        if entry is not None and self.is_whole(entry):
            low = self._lowest(entry)
            return tuple(value + low - 1 for value in self._size_values())
        if self.strict or self.assume is None:
            raise Unread(
                f"{ref.name} is used as an index, but nothing gives its range",
                ref.start,
                ref.end,
                "ML204",
            )
        return self.sizes

    def _lowest(self, entry: Entry) -> int:
        return 2 if any(d.target and d.target.name == "N>=2" for d in entry.declared) else 1

    def range_values(self, items: tuple[Node, ...]) -> tuple[int, ...]:
        """The values that a list such as `0, 1, \\dots, n` stands for."""
        marks = [k for k, item in enumerate(items) if isinstance(item, Dots)]
        if not marks:
            return tuple(self.integer(item) for item in items)
        at = marks[0]
        if len(marks) > 1 or at == 0 or at != len(items) - 2:
            raise Unread("the dots of this list are not read", items[at].start, items[at].end)
        shown_first = [self.integer(item) for item in items[:at]]
        last = self.integer(items[-1])
        if any(b != a + 1 for a, b in zip(shown_first, shown_first[1:], strict=False)):
            raise Unread(
                "the items of this list do not go up by one", items[0].start, items[-1].end
            )
        return tuple(range(shown_first[0], last + 1))

    # -- scalars ------------------------------------------------------------------------------

    def scalar(self, node: Node) -> Term:
        """The term of a tree; raises Unread where the tree means nothing."""
        self.depth += 1
        if self.depth > 400:
            raise Unread("definitions nested too deeply", node.start, node.end)
        try:
            return self._scalar(node)
        finally:
            self.depth -= 1

    def _scalar(self, node: Node) -> Term:
        terms = self.terms
        match node:
            case Num():
                return terms.const(node.value)
            case Ref():
                return self.reference(node)
            case Group(items=(item,)):
                return self.scalar(item)
            case Sum():
                return self._sum(node)
            case Product():
                if any(isinstance(factor, Dots) for factor in node.factors):
                    raise Unread("dots between factors are not read", node.start, node.end, "ML104")
                if "odot" in node.marks:
                    raise Unread(
                        "a product of whole vectors is not read yet", node.start, node.end, "ML104"
                    )
                self._refuse_unknown_call(node)
                return terms.mul([self.scalar(factor) for factor in node.factors])
            case Quotient():
                return terms.div(self.scalar(node.top), self.scalar(node.bottom))
            case Power():
                return self._power(node)
            case Call():
                return self._call(node)
            case Derivative():
                return self._derivative(node)
            case BigOperator():
                return self._big(node)
            case Cases():
                return terms.case(
                    [(self.comparisons(c), self.scalar(value)) for value, c in node.rows]
                )
            case Bracketed():
                rows = [(self.comparisons(node.condition), terms.one), ((), terms.zero)]
                return terms.case(rows)
            case Dots():
                raise Unread("dots with nothing to go on", node.start, node.end)
            case Transpose():
                raise Unread(
                    "the transpose of a whole vector is not read yet", node.start, node.end, "ML104"
                )
            case Group():
                raise Unread("a list is no number", node.start, node.end)
        raise Unread("this is not read here", node.start, node.end, "ML104")

    def comparisons(self, condition: Condition) -> tuple[Comparison, ...]:
        """A condition as comparisons between neighbouring members; none means otherwise."""
        found = []
        for left, relation, right in zip(
            condition.members, condition.relations, condition.members[1:], strict=False
        ):
            if relation not in ("<", "<=", ">", ">=", "=", "!="):
                raise Unread("this condition is not read", condition.start, condition.end, "ML104")
            found.append(Comparison(relation, self.scalar(left), self.scalar(right)))
        return tuple(found)

    def _refuse_unknown_call(self, node: Product) -> None:
        """`f(x)` with an f that nothing introduces could be a product or a call: no guess."""
        for name, mark, group in zip(node.factors, node.marks, node.factors[1:], strict=False):
            if (
                mark == ""
                and isinstance(name, Ref)
                and isinstance(group, Group)
                and group.bracket == "("
            ):
                entry = self.scope.entry(name)
                unknown = entry is None or (entry.assumed and not entry.declared)
                plain = all(isinstance(item, Ref) for item in group.items)
                if len(group.items) > 1 or (unknown and plain and name.name not in self.locals):
                    if not name.subs and name.name not in self.bound:
                        message = f"{name.name} is not introduced: a function, or a factor?"
                        raise Unread(message, name.start, group.end, "ML201")

    def _power(self, node: Power) -> Term:
        base = node.base
        exponent = self.scalar(node.exponent)
        if isinstance(base, Ref) and self._is_euler(base):
            return self.terms.fun("exp", exponent)
        return self.terms.power(self.scalar(base), exponent)

    def _is_euler(self, ref: Ref) -> bool:
        known = ref.name in self.locals or self.scope.entry(ref) is not None
        return ref.name == "e" and ref.layer is None and not ref.subs and not known

    # -- names --------------------------------------------------------------------------------

    def reference(self, ref: Ref) -> Term:
        """What a name stands for here: a parameter, a whole number, a definition or a variable."""
        plain = ref.layer is None and not ref.subs
        if plain and ref.name in self.locals:
            return self.locals[ref.name]
        if plain and ref.name in self.bound:
            return self.terms.const(self.bound[ref.name])
        entry = self.scope.entry(ref)
        if entry is None and plain and ref.name in CONSTANTS:
            return self._constant(ref.name)
        if entry is None or (
            entry.function is not None and not entry.defined and not entry.declared
        ):
            self._introduce(ref, entry)
            entry = self.scope.entry(ref)
            assert entry is not None
        if self.is_whole(entry):
            return self.terms.const(self.choice(ref))
        return self._resolved(ref, entry, self.target(ref))

    def _constant(self, name: str) -> Term:
        return self.terms.fun("exp", self.terms.one) if name == "e" else self.terms.fun("pi")

    def _introduce(self, ref: Ref, entry: Entry | None) -> None:
        if entry is not None:
            raise Unread(f"the function {ref.name} lacks its argument", ref.start, ref.end)
        if self.strict or self.assume is None:
            raise Unread(f"{shown(ref)} is not introduced", ref.start, ref.end, "ML201")
        self.assume(ref)

    def target(self, ref: Ref) -> Target:
        """A name with its layer and indices as numbers."""
        layer = None if ref.layer is None else self.integer(ref.layer)
        subs = tuple(self._sub(sub) for sub in ref.subs)
        return (ref.name, ref.layer is not None, layer, subs)

    def _sub(self, sub: Node) -> int:
        if (
            isinstance(sub, Ref)
            and not sub.subs
            and sub.layer is None
            and sub.name not in self.bound
        ):
            entry = self.scope.entry(sub)
            if entry is not None and not self.may_be_whole(entry):
                raise Unread(f"{sub.name} is a quantity, no index", sub.start, sub.end, "ML204")
        return self.integer(sub)

    def _resolved(self, ref: Ref, entry: Entry, target: Target) -> Term:
        if target in self.cuts:
            return self.cuts[target]
        definition = self._definition(entry, target)
        if definition is not None:
            found, bindings = definition
            return self._expanded(found, bindings, target, ref)
        entry.read_free = True
        domain = self._domain(ref, entry, target)
        return self.terms.leaf(leaf_name(target), domain)

    def _expanded(self, found: Defined, bindings: dict[str, int], target: Target, ref: Ref) -> Term:
        self.scope.used.add(found.number)
        key = (found.number, tuple(sorted(bindings.items())), self._cut_key())
        if key not in self.memo:
            if self.depth > MAX_EXPANSION * 6:
                raise Unread(f"the definition of {shown(ref)} never ends", ref.start, ref.end)
            with self._within(bindings):
                self.memo[key] = self._located(ref, lambda: self.scalar(found.body))
        return self.memo[key]

    def _located(self, ref: Node, make: Callable[[], Term]) -> Term:
        """Faults inside a definition are shown where the definition is used."""
        try:
            return make()
        except Unread as fault:
            raise Unread(fault.message, ref.start, ref.end, fault.code) from None

    def _cut_key(self) -> tuple[object, ...]:
        return tuple(sorted((str(target), leaf.number) for target, leaf in self.cuts.items()))

    @contextmanager
    def _within(
        self, bindings: dict[str, int], values: dict[str, Term] | None = None
    ) -> Iterator[None]:
        """Inside a definition: its own indices and parameters are known, its user's are not."""
        before = self.bound, self.locals
        self.bound, self.locals = bindings, values or {}
        try:
            yield
        finally:
            self.bound, self.locals = before

    def _definition(self, entry: Entry, target: Target) -> tuple[Defined, dict[str, int]] | None:
        for found in reversed(entry.defined):
            bindings = self._match(found.layer, found.subs, target)
            if bindings is not None:
                return found, bindings
        return None

    def is_defined(self, entry: Entry, target: Target) -> bool:
        """Whether an equation gives this entry of a name."""
        return self._definition(entry, target) is not None

    def is_declared(self, entry: Entry, target: Target) -> bool:
        """Whether a declaration speaks of this entry of a name."""
        return any(self._declares(declared, target) for declared in entry.declared)

    def _declares(self, declared: Declared, target: Target) -> bool:
        name, layered, layer, subs = target
        if declared.subs:
            return self._match(declared.layer, declared.subs, target) is not None
        plain = self._match(declared.layer, (), (name, layered, layer, ()))
        return plain is not None and len(subs) in (0, len(declared.dims))

    def _match(
        self, layer: Node | None, subs: tuple[Node, ...], target: Target
    ) -> dict[str, int] | None:
        """The indices under which a pattern is the target; None if it is not, or out of range."""
        _, _, at_layer, at_subs = target
        if len(subs) != len(at_subs) or (layer is None) != (at_layer is None):
            return None
        pairs = list(zip(subs, at_subs, strict=True))
        if layer is not None and at_layer is not None:
            pairs.insert(0, (layer, at_layer))
        bindings: dict[str, int] = {}
        later = []
        for pattern, value in pairs:
            name, shift = _shifted(pattern)
            if name is None or (self._fixed(name) and name not in bindings):
                later.append((pattern, value))
            elif bindings.setdefault(name, value - shift) != value - shift:
                return None
        with self._within(bindings):
            for pattern, value in later:
                if self.integer(pattern) != value:
                    return None
            for name, value in bindings.items():
                if not self._in_range(
                    name, value, layer is not None and _shifted(layer)[0] == name
                ):
                    return None
        return bindings

    def _fixed(self, name: str) -> bool:
        """Sizes such as L have one value in an instance; indices run."""
        entry = self.scope.entries.get((name, False))
        return entry is not None and entry.range is None and entry.integer

    def _in_range(self, name: str, value: int, is_layer: bool) -> bool:
        entry = self.scope.entries.get((name, False))
        if entry is None or entry.range is None:
            return not is_layer or value >= 1
        return value in self.range_values(entry.range)

    def _domain(self, ref: Ref, entry: Entry, target: Target) -> Domain:
        """The domain of a variable's entry; an index outside its range is a fault."""
        name, _, layer, subs = target
        for declared in reversed(entry.declared):
            if len(subs) == len(declared.subs) and (subs or not declared.dims):
                if declared.subs and self._match(declared.layer, declared.subs, target) is None:
                    continue
                return self._located_domain(declared)
            if not declared.subs and len(subs) == len(declared.dims):
                bindings = self._match(declared.layer, (), (name, layer is not None, layer, ()))
                if bindings is None:
                    continue
                self._check_indices(ref, declared, subs, bindings)
                return self._located_domain(declared)
        if not self.strict and not any(declared.dims for declared in entry.declared):
            return REAL
        if entry.declared and not subs and any(declared.dims for declared in entry.declared):
            raise Unread(
                f"{shown(ref)} stands for a whole vector here, which is not read yet",
                ref.start,
                ref.end,
                "ML104",
            )
        at = ", ".join(str(sub) for sub in subs) or str(layer)
        raise Unread(
            f"{shown(ref)} is not introduced for the index {at}", ref.start, ref.end, "ML204"
        )

    def _check_indices(
        self, ref: Ref, declared: Declared, subs: tuple[int, ...], bindings: dict[str, int]
    ) -> None:
        with self._within(bindings):
            for node, dim, sub in zip(ref.subs, declared.dims, subs, strict=True):
                first = 0 if from_zero(dim) else 1
                last = self.integer(dim) - 1 + first
                if not first <= sub <= last:
                    message = f"the index {sub} of {shown(ref)} is outside {first} to {last}"
                    raise Unread(message, node.start, node.end, "ML204")

    def _located_domain(self, declared: Declared) -> Domain:
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
            low = None if target.interval.low is None else self._number(target.interval.low)
            high = None if target.interval.high is None else self._number(target.interval.high)
            if low is not None and high is not None and low >= high:
                raise Unread("this interval is empty", target.start, target.end)
            return Domain(low, high, target.interval.low_open, target.interval.high_open)
        if target.name == "finite" and not any(isinstance(item, Dots) for item in target.items):
            return Domain(values=tuple(self._number(item) for item in target.items))
        raise Unread("this set is not read", target.start, target.end, "ML104")

    def _number(self, node: Node) -> Fraction:
        term = self.scalar(node)
        if term.kind != "const" or not isinstance(term.data, Fraction):
            raise Unread("a bound must be a number", node.start, node.end, "ML104")
        return term.data

    # -- whole arrays, entry by entry ---------------------------------------------------------

    def index_values(self, name: str) -> tuple[int, ...]:
        """The values that a declared index runs over."""
        entry = self.scope.entries[(name, False)]
        assert entry.range is not None
        return self.range_values(entry.range)

    def entries(self, ref: Ref) -> tuple[tuple[int, ...], list[Target]]:
        """The shape of what a name stands for, and all its entries in row order."""
        entry = self.scope.entry(ref)
        if entry is None:
            raise Unread(f"{shown(ref)} is not introduced", ref.start, ref.end, "ML201")
        layer = None if ref.layer is None else self.integer(ref.layer)
        axes = self._axes(ref, entry, layer)
        rows = itertools.product(*axes)
        targets = [(ref.name, ref.layer is not None, layer, subs) for subs in rows]
        return tuple(len(axis) for axis in axes), targets

    def _axes(self, ref: Ref, entry: Entry, layer: int | None) -> list[tuple[int, ...]]:
        if ref.subs:
            return [(self.integer(sub),) for sub in ref.subs]
        patterns = [(d.layer, d.subs, d.dims) for d in reversed(entry.declared)]
        patterns += [(d.layer, d.subs, ()) for d in reversed(entry.defined)]
        for pattern, subs, dims in patterns:
            bindings = self._match(pattern, (), (ref.name, layer is not None, layer, ()))
            if bindings is None:
                continue
            with self._within(bindings):
                if dims:
                    return [self._axis(dim) for dim in dims]
                return [self._sub_values(sub) for sub in subs]
        raise Unread(f"{shown(ref)} has no shape here", ref.start, ref.end, "ML204")

    def _axis(self, dim: Node) -> tuple[int, ...]:
        first = 0 if from_zero(dim) else 1
        return tuple(range(first, first + self.integer(dim)))

    def _sub_values(self, sub: Node) -> tuple[int, ...]:
        entry = self.scope.entry(sub) if isinstance(sub, Ref) else None
        if entry is None or entry.range is None:
            return (self.integer(sub),)
        return self.range_values(entry.range)

    def actual(self, ref: Ref, target: Target) -> Term:
        """The term of one entry."""
        entry = self.scope.entry(ref)
        assert entry is not None
        subs = tuple(Num(Fraction(sub), start=ref.start, end=ref.end) for sub in target[3])
        return self._resolved(
            Ref(ref.name, ref.layer, subs, start=ref.start, end=ref.end), entry, target
        )

    def is_defined_entry(self, target: Target) -> bool:
        """Whether an equation gives this entry."""
        entry = self.scope.entries[(target[0], target[1])]
        return self._definition(entry, target) is not None

    def hold(self, target: Target, domain: Domain) -> Term:
        """Hold an entry independent of its definition from here on."""
        leaf = self.terms.leaf(leaf_name(target) + " given", domain)
        self.cuts[target] = leaf
        return leaf

    # -- calls --------------------------------------------------------------------------------

    def _call(self, node: Call) -> Term:
        if node.subs:
            raise Unread(
                "an entry of a whole vector is not read yet", node.start, node.end, "ML104"
            )
        entry = self.scope.entries.get((node.function, False))
        function = entry.function if entry else None
        if function is not None:
            return self._own_call(node, function)
        if node.primes:
            raise Unread(
                f"the function {node.function} is not introduced", node.start, node.end, "ML201"
            )
        name = NAMED.get(node.function, node.function)
        args = [self.scalar(arg) for arg in node.args]
        if name in TWO_SIDED and len(args) >= 2:
            result = args[0]
            for arg in args[1:]:
                result = self.terms.fun(name, result, arg)
            return result
        if len(args) != 1 or name in TWO_SIDED:
            raise Unread(f"{node.function} has another number of arguments", node.start, node.end)
        return self._builtin(name, args[0], node)

    def _builtin(self, name: str, arg: Term, node: Call) -> Term:
        terms = self.terms
        inverse = {"sec": "cos", "csc": "sin", "cot": "tan", "coth": "tanh"}
        if name in inverse:
            return terms.power(terms.fun(inverse[name], arg), terms.const(-1))
        if name in ("tr", "det", "diag"):
            raise Unread(f"\\{name} is not read yet", node.start, node.end, "ML104")
        return terms.fun(name, arg)

    def _own_call(self, node: Call, function: Function) -> Term:
        if len(node.args) != len(function.params):
            message = (
                f"{node.function} takes {len(function.params)} argument(s), not {len(node.args)}"
            )
            raise Unread(message, node.start, node.end)
        self.scope.used.add(function.number)
        args = [self.scalar(arg) for arg in node.args]
        if node.primes:
            return self._primed(node, function, args)
        return self._applied(node, function, args)

    def _applied(self, node: Node, function: Function, args: list[Term]) -> Term:
        key = (function.number, tuple(arg.number for arg in args), self._cut_key())
        if key not in self.memo:
            values = dict(zip(function.params, args, strict=True))
            with self._within({}, values):
                self.memo[key] = self._located(node, lambda: self.scalar(function.body))
        return self.memo[key]

    def _primed(self, node: Call, function: Function, args: list[Term]) -> Term:
        if len(args) != 1:
            raise Unread("a dash after a function of several arguments", node.start, node.end)
        inner = self.terms.leaf(f"{node.function}'")
        value = self._applied(node, function, [inner])
        for _ in range(node.primes):
            value = self.terms.diff(value, inner)
        return self.terms.substitute(value, {inner.number: args[0]})

    # -- derivatives --------------------------------------------------------------------------

    def _derivative(self, node: Derivative) -> Term:
        value, back = None, {}
        cuts = dict(self.cuts)
        leaves = []
        for variable in node.variables:
            assert isinstance(variable, Ref)
            leaf, actual = self._variable(variable, cuts)
            leaves.append(leaf)
            if actual is not None:
                back[leaf.number] = actual
        self._check_named(node)
        before, self.cuts = self.cuts, cuts
        try:
            value = self.scalar(node.operand)
        finally:
            self.cuts = before
        self._note_reach(node, value, leaves)
        for leaf in leaves:
            value = self.terms.diff(value, leaf)
        return self.terms.substitute(value, back) if back else value

    def _variable(self, ref: Ref, cuts: dict[Target, Term]) -> tuple[Term, Term | None]:
        """The leaf to differentiate by, and what it stands for if it is no free variable."""
        if ref.name in self.locals and ref.layer is None and not ref.subs:
            raise Unread(
                f"a derivative by the parameter {ref.name} is not read", ref.start, ref.end, "ML104"
            )
        entry = self.scope.entry(ref)
        if entry is None:
            self._introduce(ref, None)
            entry = self.scope.entry(ref)
            assert entry is not None
        if self.is_whole(entry) or (ref.name in self.bound and not ref.subs):
            raise Unread(f"{ref.name} is a whole number: no derivative by it", ref.start, ref.end)
        target = self.target(ref)
        if target in cuts:
            return cuts[target], None
        actual = self._resolved(ref, entry, target)
        if actual.kind == "leaf" and self._definition(entry, target) is None:
            return actual, None
        leaf = self.terms.leaf(leaf_name(target) + " held")
        cuts[target] = leaf
        return leaf, actual

    def _check_named(self, node: Derivative) -> None:
        operand = node.operand
        if not isinstance(operand, Ref) or (operand.name in self.locals and not operand.subs):
            return
        entry = self.scope.entry(operand)
        same = any(isinstance(v, Ref) and v == operand for v in node.variables)
        if entry is not None and self.is_whole(entry):
            raise Unread(f"{shown(operand)} is a whole number", operand.start, operand.end)
        if (
            (entry is None or not entry.defined)
            and not same
            and key_of(operand) not in self._variable_keys(node)
        ):
            if entry is None and self.strict:
                raise Unread(
                    f"{shown(operand)} is not introduced", operand.start, operand.end, "ML201"
                )
            message = f"{shown(operand)} is differentiated, but nothing defines it"
            raise Unread(message, operand.start, operand.end, "ML202")

    @staticmethod
    def _variable_keys(node: Derivative) -> set[Key]:
        return {key_of(variable) for variable in node.variables if isinstance(variable, Ref)}

    def _note_reach(self, node: Derivative, value: Term, leaves: list[Term]) -> None:
        if not isinstance(node.operand, Ref):
            return
        names = " and ".join(shown(v) for v in node.variables if isinstance(v, Ref))
        message = f"the definition of {shown(node.operand)} never reaches {names}"
        note = self.reached.setdefault(node, Reached(message))
        note.reached = note.reached or all(leaf.number in value.leaves for leaf in leaves)

    # -- sums ---------------------------------------------------------------------------------

    def _big(self, node: BigOperator) -> Term:
        values = self._bound_values(node, list(node.indices))
        made = [self._body(node, bindings) for bindings in values]
        return self.terms.add(made) if node.kind == "sum" else self.terms.mul(made)

    def _body(self, node: BigOperator, bindings: dict[str, int]) -> Term:
        before = self.bound
        self.bound = {**self.bound, **bindings}
        try:
            return self.scalar(node.body)
        finally:
            self.bound = before

    def _bound_values(self, node: BigOperator, names: list[str]) -> list[dict[str, int]]:
        for name in names:
            if name in self.bound:
                raise Unread(
                    f"the index {name} is already in use here", node.start, node.end, "ML204"
                )
        if node.lower is not None and node.upper is not None:
            low, high = self.integer(node.lower), self.integer(node.upper)
            if high - low > 60:
                raise Unread("this range is too long", node.start, node.end)
            return [{names[0]: value} for value in range(low, high + 1)]
        found: list[dict[str, int]] = [{}]
        for name in names:
            entry = self.scope.entries.get((name, False))
            if entry is None or entry.range is None:
                raise Unread(
                    f"nothing gives the range of the index {name}", node.start, node.end, "ML204"
                )
            found = [
                {**row, name: value} for row in found for value in self.range_values(entry.range)
            ]
        return [row for row in found if self._admits(node, row)]

    def _admits(self, node: BigOperator, bindings: dict[str, int]) -> bool:
        if node.condition is None:
            return True
        before = self.bound
        self.bound = {**self.bound, **bindings}
        try:
            left, right = (self.integer(member) for member in node.condition.members)
        finally:
            self.bound = before
        return left != right

    def _sum(self, node: Sum) -> Term:
        marks = [k for k, (_, part) in enumerate(node.terms) if isinstance(part, Dots)]
        if not marks:
            return self.terms.add(self._signed(sign, part) for sign, part in node.terms)
        return self._elided(node, marks)

    def _signed(self, sign: int, part: Node) -> Term:
        value = self.scalar(part)
        return value if sign > 0 else self.terms.neg(value)

    def _elided(self, node: Sum, marks: list[int]) -> Term:
        """A sum with dots: the run of terms of one pattern, and what stands around it."""
        parts = node.terms
        first, last = marks[0] - 1, marks[-1] + 1
        if (
            first < 0
            or last >= len(parts)
            or any(b == a + 1 for a, b in zip(marks, marks[1:], strict=False))
        ):
            raise Unread("dots need a visible term on both sides", node.start, node.end)
        if any(parts[k][0] != parts[first][0] for k in range(first, last + 1)):
            raise Unread("the visible terms around the dots differ in sign", node.start, node.end)
        visible = [parts[k][1] for k in range(first, last + 1) if k not in marks]
        zeros = self._zeros(parts, marks)
        if zeros:
            return self.terms.add(
                self._signed(s, p) for k, (s, p) in enumerate(parts) if k not in marks
            )
        pattern = _Pattern(self, visible[0], visible[-1], node)
        low, high = pattern.low, pattern.high
        for middle in visible[1:-1]:
            value = pattern.value_of(middle)
            if not low <= value <= high:
                raise NoInstance
        sign = parts[first][0]
        while (
            first > 0 and parts[first - 1][0] == sign and pattern.fits(low - 1, parts[first - 1][1])
        ):
            first, low = first - 1, low - 1
        after = last + 1
        while (
            after < len(parts)
            and parts[after][0] == sign
            and pattern.fits(high + 1, parts[after][1])
        ):
            after, high = after + 1, high + 1
        around = [*parts[:first], *parts[after:]]
        run = [self._signed(sign, pattern.member(k)) for k in range(low, high + 1)]
        return self.terms.add([*(self._signed(s, p) for s, p in around), *run])

    @staticmethod
    def _zeros(parts: tuple[tuple[int, Node], ...], marks: list[int]) -> bool:
        """Whether each run of dots stands beside a printed zero, whose row it goes on."""

        def is_zero(k: int) -> bool:
            part = parts[k][1]
            return isinstance(part, Num) and part.value == 0

        return all(is_zero(k - 1) or is_zero(k + 1) for k in marks)


class _Pattern:
    """What two visible terms have in common, with one running number."""

    def __init__(self, meaning: Meaning, left: Node, right: Node, whole: Node) -> None:
        self.meaning, self.left, self.right, self.whole = meaning, left, right, whole
        ends = self._ends(left, right)
        if len(ends) != 1:
            raise Unread(
                "the terms on both sides of the dots have no pattern in common",
                whole.start,
                whole.end,
            )
        ((self.low, self.high),) = ends

    def _ends(self, left: Node, right: Node) -> set[tuple[int, int]]:
        found: set[tuple[int, int]] = set()
        self._compare(
            left, right, lambda a, b: found.add((self.meaning.integer(a), self.meaning.integer(b)))
        )
        return found

    def _compare(self, left: Node, right: Node, differ: Callable[[Node, Node], None]) -> None:
        """Call `differ` for every pair of smallest parts that are not the same."""
        if left == right:
            return
        if _alike(left, right):
            for one, other in zip(children(left), children(right), strict=True):
                self._compare(one, other, differ)
            return
        if not (_index_like(left) and _index_like(right)):
            raise Unread(
                "the terms on both sides of the dots have no pattern in common",
                self.whole.start,
                self.whole.end,
            )
        differ(left, right)

    def member(self, value: int) -> Node:
        """The term of the pattern for one value of the running number."""
        node = _replaced(self.left, self.right, value)
        assert isinstance(node, Node)
        return node

    def value_of(self, node: Node) -> int:
        """Which member of the pattern a visible term is."""
        found = self._ends(self.left, node)
        if not found:
            return self.low
        if len(found) > 1 or {a for a, _ in found} != {self.low}:
            raise Unread("this term does not fit the pattern of the dots", node.start, node.end)
        value = next(iter(found))[1]
        if not self.fits(value, node):
            raise Unread("this term does not fit the pattern of the dots", node.start, node.end)
        return value

    def fits(self, value: int, node: Node) -> bool:
        """Whether a visible term is the pattern's member for a value."""
        if isinstance(node, Dots):
            return False
        try:
            return self.meaning.scalar(self.member(value)) is self.meaning.scalar(node)
        except Unread:
            return False


def leaf_name(target: Target) -> str:
    """How a witness shows a variable's entry."""
    name, _, layer, subs = target
    text = name if layer is None else f"{name}^({layer})"
    return text + ("_" + ",".join(str(sub) for sub in subs) if subs else "")


def _shifted(pattern: Node) -> tuple[str | None, int]:
    """`l - 1` as the name l and the shift -1; no name for what is no single index."""
    if isinstance(pattern, Ref) and not pattern.subs and pattern.layer is None:
        return pattern.name, 0
    if isinstance(pattern, Sum) and len(pattern.terms) == 2:
        (sign, first), (shift_sign, shift) = pattern.terms
        if sign == 1 and isinstance(first, Ref) and not first.subs and isinstance(shift, Num):
            if shift.value.denominator == 1:
                return first.name, shift_sign * shift.value.numerator
    return None, 0


def _index_like(node: Node) -> bool:
    return all(isinstance(part, (Ref, Num, Sum, Group, Product)) for part in walk(node))


def _alike(left: Node, right: Node) -> bool:
    """Whether two nodes are of one kind and differ only below."""
    if type(left) is not type(right) or isinstance(left, Num):
        return False
    if isinstance(left, Ref) and isinstance(right, Ref):
        same = left.name == right.name and len(left.subs) == len(right.subs)
        return (
            same and (left.layer is None) == (right.layer is None) and bool(left.subs or left.layer)
        )
    ours, theirs = _shape(left), _shape(right)
    return ours == theirs


def _shape(node: Node) -> tuple[object, ...]:
    return tuple(
        _outline(getattr(node, name))
        for name in node.__dataclass_fields__
        if name not in ("start", "end")
    )


def _outline(value: object) -> object:
    if isinstance(value, Node):
        return "node"
    if isinstance(value, tuple):
        return tuple(_outline(item) for item in value)
    return value


def _replaced(left: object, right: object, value: int) -> object:
    """The left tree with the running number in place of every part in which the two differ."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        return tuple(_replaced(one, other, value) for one, other in zip(left, right, strict=True))
    if not isinstance(left, Node) or not isinstance(right, Node) or left == right:
        return left
    if not _alike(left, right):
        return Num(Fraction(value), start=left.start, end=left.end)
    fields = {
        name: _replaced(getattr(left, name), getattr(right, name), value)
        for name in left.__dataclass_fields__
        if name not in ("start", "end")
    }
    return type(left)(**fields, start=left.start, end=left.end)
