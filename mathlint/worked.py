"""Worked examples: numbers that a page gives its names, and the numbers that it says follow."""

from __future__ import annotations

from mathlint.claims import Judged, printed_number
from mathlint.declarations import literal
from mathlint.errors import Undecided, Unread
from mathlint.guesses import Guesses
from mathlint.syntax import Call, Chain, Derivative, Evaluated, Group, Node, Num, Ref, bare, walk
from mathlint.tokens import BUILT_IN

NEAR_UNITS = 3


class Worked(Guesses):
    """Values under which a page goes through its formulas in numbers."""

    def gives(self, chain: Chain) -> bool:
        """Whether `x = 0.05` gives a number to a name that nothing defines."""
        if self.strict or chain.relations != ("=",) or chain.conditions:
            return False
        left, right = map(bare, chain.members)
        return bool(self._given_by(left, right))

    def _given_by(self, left: Node, right: Node) -> list[tuple[Ref, Node]]:
        """The names that an equation gives values, with these; none if it does anything else."""
        pairs = [(left, right)]
        if isinstance(left, Group) and isinstance(right, Group):
            pairs = list(zip(left.items, right.items, strict=False))
            if len(left.items) != len(right.items):
                return []
        found = [(bare(one), bare(two)) for one, two in pairs]
        free = [(one, two) for one, two in found if self._is_given_freely(one) and literal(two)]
        return [(one, two) for one, two in free if isinstance(one, Ref)] * (len(free) == len(found))

    def _is_given_freely(self, name: Node) -> bool:
        entry = self.scope.entry(name) if isinstance(name, Ref) else None
        free = entry is None or (entry.is_free and not entry.is_whole)
        return isinstance(name, Ref) and free

    def give(self, chain: Chain) -> None:
        """Take what a line gives as the values of the lines with numbers that come after it."""
        left, right = map(bare, chain.members)
        for name, value in self._given_by(left, right):
            self.scope.given[name] = value

    def worked(self, judged: Judged, rounds: bool) -> Judged | None:
        """The verdict on a claim in numbers under the values that the page gives, if it is one."""
        left, right = judged.left, judged.right
        if left is None or right is None or judged.relation not in ("=", "approx"):
            return None
        if self.strict or not self._is_number(right):
            return None
        return self._guarded(judged.span, "claim", lambda: self._in_numbers(judged, rounds))

    def _is_number(self, node: Node) -> bool:
        """Whether an expression holds numbers alone, the constants of the page among them."""
        constants = {"e"} if self.scope.euler else set()
        parts = list(walk(node))
        names = {part.name for part in parts if isinstance(part, Ref)}
        calls = {part.function for part in parts if isinstance(part, Call)}
        derived = any(isinstance(part, Derivative) for part in parts)
        return names <= {*constants, "\\pi"} and calls <= BUILT_IN and not derived

    def _in_numbers(self, judged: Judged, rounds: bool) -> Judged:
        assert judged.left is not None
        assert judged.right is not None
        left = self._at_given(judged.left)
        right = judged.right
        outcome = self._equal(left, right, ())
        rounded = judged.relation == "approx" or (rounds and printed_number(right) is not None)
        if outcome.verdict == "refuted" and rounded:
            outcome = self._rounded(left, right, ())
            if outcome.verdict == "refuted" and self._is_near(left, right):
                message = "a few units of the last digit off: is this computed from rounded values?"
                raise Undecided(message, "ML302")
        code = "ML301" if outcome.verdict == "refuted" else ""
        return Judged(judged.start, judged.end, "claim", outcome, code, judged.span,
                      judged.left, right, judged.relation)  # fmt: skip

    def _at_given(self, node: Node) -> Node:
        """An expression at the values that the page gives its names."""
        for name, value in self.scope.given.items():
            if self.scope.entry(name) is None or not self._is_given_freely(name):
                continue  # nothing rests on it, or what defines it was told since
            node = Evaluated(node, name, value, start=node.start, end=node.end)
        return node

    def _is_near(self, left: Node, right: Node) -> bool:
        """Whether a printed number is off by some units of its last digit."""
        found = printed_number(right)
        if found is None:
            return False
        value, unit = found
        ends = {"start": right.start, "end": right.end}
        low = Num(value - NEAR_UNITS * unit, **ends)
        high = Num(value + NEAR_UNITS * unit, **ends)
        try:
            above = self._ordered(left, low, ">=", ())
            below = self._ordered(left, high, "<=", ())
        except (Unread, Undecided):
            return False
        return "refuted" not in (above.verdict, below.verdict)
