"""Equations to be solved: which slopes a page sets to zero, and what it says follows from that."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from mathlint.claims import Judged
from mathlint.compare import Outcome
from mathlint.errors import Undecided, Unread
from mathlint.scope import shown
from mathlint.syntax import (
    Call,
    Derivative,
    Evaluated,
    Node,
    Num,
    Product,
    Quotient,
    Ref,
    Sum,
    bare,
    walk,
)
from mathlint.updates import Updates
from mathlint.values import Array

SHOWN_RIGHT = frozenset({"exact", "numeric"})
FACTORS = (Fraction(1), Fraction(2), Fraction(1, 2))
MAX_SCALARS = 4


class Stationary(Updates):
    """What follows from the slopes that a page sets to zero, and only that."""

    def note_slope(self, judged: Judged) -> None:
        """Keep a derivative that the page prints, and prints right."""
        slope = judged.left
        if not isinstance(slope, Derivative) or judged.outcome.verdict not in SHOWN_RIGHT:
            return
        if len(slope.variables) == 1 and slope not in self.scope.slopes:
            self.scope.slopes.append(slope)

    def set_to_zero(self, slope: Node) -> None:
        """Take a derivative as zero where the page solves for its variable."""
        if isinstance(slope, Derivative) and slope not in self.scope.zeros:
            self.scope.zeros.append(slope)

    def set_last_to_zero(self) -> bool:
        """Take the slopes of the quantity that was differentiated last as zero."""
        last = self.scope.slopes[-1] if self.scope.slopes else self._only_slope()
        if last is None:
            return False
        self.set_to_zero(last)
        for slope in self.scope.slopes:
            if slope.operand == last.operand:
                self.set_to_zero(slope)
        return True

    def _only_slope(self) -> Derivative | None:
        """The derivative of the page's one function, where it prints none."""
        found = [
            (name, entry.function.refs[0])
            for (name, _), entry in self.scope.entries.items()
            if entry.function is not None and len(entry.function.refs) == 1
        ]
        if len(found) != 1:
            return None
        name, variable = found[0]
        start, end = variable.start, variable.end
        call = Call(name, (variable,), start=start, end=end)
        return Derivative(call, (variable,), start=start, end=end)

    def solves_for(self, left: Node) -> Ref | None:
        """The variable whose value `w = ...` or `\\hat{w} = ...` tells, of those solved for."""
        for slope in self.scope.zeros:
            variable = slope.variables[0]
            if isinstance(left, Ref) and isinstance(variable, Ref):
                marked = (f"\\hat{{{variable.name}}}", f"{variable.name}^{{*}}")
                alike = left.subs == variable.subs and left.layer == variable.layer
                if left == variable or (left.name in marked and alike):
                    return variable
        return None

    def check_solution(self, left: Ref, right: Node) -> Outcome:
        """The proof that a value makes the slopes zero; raises Undecided where it does not."""
        variable = self.solves_for(left)
        ends = {"start": right.start, "end": right.end}
        outcome = None
        for slope in self.scope.zeros:
            if slope.variables[0] != variable or variable is None:
                continue
            at = Evaluated(slope, variable, right, **ends)
            outcome = self._equal(at, Num(Fraction(0), **ends), ())
            if outcome.verdict not in SHOWN_RIGHT:
                message = f"the slope is not zero at this {shown(left)}: {outcome.message}"
                raise Undecided(message.removesuffix(": "), "ML301")
        assert outcome is not None
        return Outcome("accepted", f"makes the slope zero: {outcome.method}")

    def follows(self, left: Node, right: Node) -> Outcome | None:
        """The proof that an equation is a multiple of one that the page sets to zero."""
        ends = {"start": left.start, "end": right.end}
        gap = Sum(((1, left), (-1, right)), **ends)
        for slope in self.scope.zeros:
            for factor in self._factors((left, right, slope)):
                product = Product((factor, slope), ("",), **ends)
                try:
                    outcome = self._equal(gap, product, ())
                except (Unread, Undecided):
                    continue
                if outcome.verdict in SHOWN_RIGHT:
                    return Outcome("accepted", f"a multiple of what is zero: {outcome.method}")
        return None

    def _factors(self, places: tuple[Node, ...]) -> Iterator[Node]:
        """Numbers, and numbers times or over a scalar that stands in an equation."""
        ends = {"start": places[0].start, "end": places[0].end}
        signed = [Num(sign * factor, **ends) for factor in FACTORS for sign in (1, -1)]
        yield from signed
        names = {p: None for place in self._bodies(places) for p in walk(place)}
        scalars = [p for p in names if isinstance(p, Ref) and self._is_scalar(p)]
        for scalar in scalars[:MAX_SCALARS]:
            for number in signed:
                yield Product((number, scalar), ("",), **ends)
                yield Quotient(number, scalar, **ends)

    def _bodies(self, places: tuple[Node, ...]) -> Iterator[Node]:
        """The sides of an equation, and what the page defines the differentiated name as."""
        for place in places:
            yield place
            operand = bare(place.operand) if isinstance(place, Derivative) else None
            entry = self.scope.entry(operand) if isinstance(operand, Ref) else None
            yield from (found.body for found in entry.defined) if entry is not None else ()
            if isinstance(operand, Call):
                called = self.scope.entries.get((operand.function, False))
                if called is not None and called.function is not None:
                    yield called.function.body

    def _is_scalar(self, name: Ref) -> bool:
        """Whether a name is a number that nothing defines, as a size or a weight is."""
        entry = self.scope.entry(name)
        if entry is None or name.subs or entry.defined or entry.function is not None:
            return False
        if entry.range is not None or name.layer is not None:
            return False
        try:
            values = self.instances(lambda meaning: meaning.value(name))
        except (Unread, Undecided):
            return False
        return not any(isinstance(value, Array) for _, value in values)
