"""Updates such as `w := w - \\alpha \\nabla_w J`: a step is judged by the slope that it follows."""

from __future__ import annotations

from collections.abc import Iterator

from mathlint.claims import Claims, Judged
from mathlint.compare import Outcome
from mathlint.errors import Undecided, Unread
from mathlint.scope import shown
from mathlint.syntax import Call, Derivative, Node, Num, Product, Quotient, Ref, Sum, bare, walk
from mathlint.values import Array, same_shape, zeros_shaped

ASSIGNS = (":=", "from")
DESCENT = Outcome("accepted", "a step down the slope that it names")


class Updates(Claims):
    """Steps that give a name a new value; the name keeps the old one on the rest of the page."""

    def is_update(self, left: Node, right: Node, relation: str) -> bool:
        """Whether a line gives a name a value from the one that it has."""
        sums = isinstance(right, Sum) and bare(right.terms[0][1]) == left
        entry = self.scope.entry(left) if isinstance(left, Ref) else None
        known = entry is not None and not entry.defined
        return sums and isinstance(left, Ref) and (relation in ASSIGNS or known)

    def update(self, left: Ref, right: Sum) -> Judged:
        """The verdict on a step: that it goes down the slope of a quantity of the page.

        Raises Unread where it does not say the slope of what, and where it goes up.
        """
        (first, _), *steps = right.terms
        if first != 1 or len(steps) != 1:
            raise Unread("this update is not read", left.start, right.end, "ML104")
        sign, step = steps[0]
        place = (left.start, right.end)
        slope, rates = _parts(bare(step))
        if slope is None:
            found = self._followed(left, bare(step), sign)
            if found is None:
                message = (
                    "no quantity of the page has this slope: state the derivative that this"
                    " update follows"
                )
                raise Unread(message, *place, "ML104")
            return Judged(*place, "mention", found, span=place)
        if slope.variables != (left,) or any(part == left for rate in rates for part in walk(rate)):
            message = f"this update of {shown(left)} follows another slope than its own"
            raise Unread(message, *place, "ML104")
        if sign != -1 or any(isinstance(rate, Num) and rate.value < 0 for rate in rates):
            raise Unread("this update goes up the slope, which is not judged", *place, "ML104")
        if not all(self._is_rate(rate) for rate in rates):
            message = "the slope in this update is scaled: state what is followed as an equation"
            raise Unread(message, *place, "ML104")
        self._check_fits(left, slope)
        return Judged(*place, "mention", DESCENT, span=place)

    def _is_rate(self, node: Node) -> bool:
        """Whether a factor of a slope is a name for a number, as a learning rate is."""
        if not isinstance(node, Ref):
            return False
        entry = self.scope.entry(node)
        if entry is not None and (entry.defined or entry.is_whole):
            return False
        return not any(isinstance(v, Array) for _, v in self.instances(lambda m: m.value(node)))

    def _check_fits(self, left: Ref, slope: Node) -> None:
        for _, (one, other) in self.instances(
            lambda m: zeros_shaped(self.terms, m.value(left), m.value(slope))
        ):
            if not same_shape(one, other):
                message = f"{shown(left)} and the slope that it follows differ in shape"
                raise Unread(message, left.start, slope.end, "ML208")

    def _followed(self, left: Ref, step: Node, sign: int) -> Outcome | None:
        """The proof that a step is a rate times the slope of some quantity, downwards."""
        ends = {"start": step.start, "end": step.end}
        for rate in filter(self._is_rate, _tops(step)):
            for quantity in self._quantities(step):
                slope = Derivative(quantity, (left,), start=step.start, end=step.end)
                product = Product((rate, slope), ("",), **ends)
                down: Node = Sum(((-sign, step),), **ends)
                try:
                    outcome = self._equal(down, product, ())
                except (Unread, Undecided):
                    continue
                if outcome.verdict in ("exact", "numeric"):
                    return Outcome("accepted", f"a step down a slope of the page: {outcome.method}")
        return None

    def _quantities(self, at: Node) -> Iterator[Node]:
        """What the page defines, as names and as functions of their own parameters."""
        ends = {"start": at.start, "end": at.end}
        for (name, layered), entry in list(self.scope.entries.items()):
            if entry.function is not None:
                yield Call(name, entry.function.refs, **ends)
            elif entry.defined and not layered and not any(d.subs for d in entry.defined):
                yield Ref(name, None, (), **ends)


def _parts(step: Node) -> tuple[Derivative | None, tuple[Node, ...]]:
    """The slope that a step names and its other factors; no slope if it names none."""
    factors = tuple(map(bare, step.factors)) if isinstance(step, Product) else (step,)
    slopes = [factor for factor in factors if isinstance(factor, Derivative)]
    rates = tuple(factor for factor in factors if not isinstance(factor, Derivative))
    return (slopes[0] if len(slopes) == 1 else None), rates


def _tops(step: Node) -> Iterator[Node]:
    """The factors of a step, those of numerators among them."""
    match step:
        case Product():
            for factor in step.factors:
                yield from _tops(bare(factor))
        case Quotient():
            yield from _tops(bare(step.top))
        case Ref():
            yield step
