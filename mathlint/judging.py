"""One page on its way through the checker: formulas to statements, code to comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mathlint import prose
from mathlint.claims import ACCEPTED, Judged
from mathlint.compare import Outcome
from mathlint.declarations import literal
from mathlint.einstein import summed
from mathlint.errors import Undecided, Unread
from mathlint.hearing import Hearing, Reading, is_mention
from mathlint.naming import introduced_by, named, names_in, survey
from mathlint.page import MAX_FORMULAS, Fence, Formula
from mathlint.page import Page as Source
from mathlint.plain import plain
from mathlint.reading import heads_of
from mathlint.report import Note, Report, SnippetCheck, Statement
from mathlint.scope import DENOMINATOR
from mathlint.settings import Settings
from mathlint.syntax import (
    COMPARISONS,
    Chain,
    Condition,
    Derivative,
    Num,
    Ref,
    Sentence,
    Symbol,
    bare,
    walk,
)
from mathlint.tie import Computes, Measure, Mismatch, computed, tie

SHOWN = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne", "approx": r"\approx"}
TO_SOLVE = Outcome("accepted", "an equation to be solved")


class PageCheck(Hearing):
    """One page on its way through the checker."""

    def __init__(self, source: Source, settings: Settings) -> None:
        super().__init__(source, settings)
        self.statements: list[tuple[Statement, Judged]] = []
        self.snippets: list[tuple[SnippetCheck, Fence, int]] = []
        self.notes: list[Note] = []
        self.readings: dict[int, list[str]] = {}
        self.visited: set[int] = set()
        self.declaring: set[int] = set()
        self.sets: dict[str, str] = {}
        self.solving: set[int] = set()
        self.giving: set[int] = set()
        self.premises: list[Sentence] = []

    def report(self) -> Report:
        """Judge every formula, then the snippets that the page embeds."""
        for offset, message in self.source.faults:
            line, column = self.source.position(offset)
            self._add(Statement(self.source.path, line, column, line, column + 1, 0, "mention", "",
                                "unread", "", "ML101", message))  # fmt: skip
        too_many = self.source.formulas[MAX_FORMULAS:]
        for formula in too_many:
            fault = Unread(f"a page of more than {MAX_FORMULAS} formulas is not read", 0)
            self._unread(MAX_FORMULAS, formula, fault)
        numbers = range(0 if too_many else len(self.source.formulas))
        peeked = [self._peek(number) for number in numbers]
        if not self.page.strict and self._note_called(peeked):
            peeked = [self._peek(number) for number in numbers]
        survey(peeked, self.page.scope)
        if not self.page.strict:
            self._note_definers(peeked)
            self.page.scope.sums_repeated = prose.sums_repeated_indices(self.source.text)
            if prose.takes_denominator_layout(self.source.text):
                self.page.scope.layouts.add(DENOMINATOR)
            self._note_sums(peeked)
            self._note_told(peeked)
            self._note_arrays(peeked)
        for number in numbers:
            self._visit(number)
        self.statements.sort(key=lambda item: item[0].formula)
        self._snippets()
        self._unused()
        return self.told()

    def told(self) -> Report:
        """The report on what was judged so far."""
        statements = tuple(statement for statement, _ in self.statements)
        return Report(statements, tuple(check for check, _, _ in self.snippets), tuple(self.notes))

    def _visit(self, number: int) -> None:
        """Judge a formula, after those that explain its names in the same sentence: `, where`."""
        if number in self.visited:
            return
        self.visited.add(number)
        formula = self.source.formulas[number]
        try:
            for later in (*self._explanations(number), *self._defined_behind(number)):
                self._visit(later)
            self._formula(number, formula)
        except Exception as fault:  # whatever a formula provokes is a finding, never green
            message = f"the checker failed here: {type(fault).__name__}"
            self._unread(number, formula, Unread(message, 0, len(formula.tex), "ML900"))

    def _add(self, statement: Statement, judged: Judged | None = None) -> None:
        self.statements.append((statement, judged or Judged(0, 1, "", ACCEPTED)))

    def _formula(self, number: int, formula: Formula) -> None:
        if formula.aside is not None:
            return self._aside(number, formula)
        if formula.error is not None:
            return self._unread(number, formula, Unread(formula.error, 0, len(formula.tex)))
        if self.source.begins_section(number):
            self.page.leave_cases()
        assumed = len(self.page.assumed)
        try:
            sentences = self._read(number, formula)
        except Unread as fault:
            return self._unread(number, formula, fault)
        if self._is_denied(number, sentences):
            denied = Unread(
                "a condition is not read after these words", 0, len(formula.tex), "ML106"
            )
            return self._unread(number, formula, denied, "mention")
        condition = self._condition(number, sentences)
        if condition is not None:
            return self._restricts(number, formula, condition)
        sentences = self._under(number, self._parted(sentences))
        if not self.page.strict:
            sentences = self._explained_first(sentences)
        self.readings[number] = [plain(sentence) for sentence in sentences]
        sentences = self._constrained(number, formula, sentences)
        self.page.expect(sentences)
        if self._is_said(number, formula, sentences):
            message = "write what these words say as an equation"
            words = Unread(message, 0, len(formula.tex), "ML105")
            return self._unread(number, formula, words, "mention")
        for sentence in sentences:
            self._sentence(number, formula, sentence, sentences)
        self._hear_of(number, sentences)
        for name, start in self.page.assumed[assumed:]:
            line, column = self.source.position(formula.offset(start))
            self.notes.append(Note(self.source.path, line, column, f"{name} is assumed real"))
        return None

    def _read(self, number: int, formula: Formula) -> tuple[Sentence, ...]:
        """The sentences of a formula with its names; raises Unread, the names lost."""
        self.read[number] = Reading(number)
        try:
            sentences = self._sentences(self.read[number])
        except Unread:
            self.page.scope.unread |= (
                heads_of(formula.tex, self.words) - self.page.scope.entries.keys()
            )
            raise
        found = named(sentences, self.page.scope, self.page.strict)
        found = tuple(map(self.page.by_diagonal, found))
        return tuple(map(summed, found)) if self.page.scope.sums_repeated else found

    def _constrained(
        self, number: int, formula: Formula, sentences: tuple[Sentence, ...]
    ) -> tuple[Sentence, ...]:
        """The sentences without those that only tie free variables to each other."""
        stated = self.page.constrain(sentences)
        for sentence in sentences:
            if sentence not in stated:
                span = (sentence.start, sentence.end)
                self.add(number, formula, Judged(*span, "declaration", ACCEPTED, "", span))
        return tuple(stated)

    def _sentence(
        self, number: int, formula: Formula, sentence: Sentence, others: Sequence[Sentence]
    ) -> None:
        """Judge one sentence of a formula and tell the verdicts."""
        must_state = formula.display and (self.page.strict or self._states(others))
        if must_state and isinstance(sentence, Chain) and not sentence.relations:
            empty = Unread("this line states nothing", sentence.start, sentence.end, "ML105")
            return self._unread(number, formula, empty, "mention")
        if self._is_second_set(sentence, formula):
            again = Unread("this set is told otherwise already", 0, len(formula.tex), "ML206")
            return self._unread(number, formula, again, "mention")
        self.page.shape_by_use(sentence)
        rests = self.page.rests_on(sentence)
        if rests is not None:
            self.page.lose(introduced_by((sentence,)), False)
            return self._unread(number, formula, rests)
        self.page.of_row = not self.page.strict and self._hears(prose.speaks_of_row, number + 1)
        passing = self._in_passing(number, formula, sentence)
        if passing is not None:
            return self.add(number, formula, passing)
        for judged in self._verdicts(number, formula, sentence):
            self.add(number, formula, judged)
            if judged.kind == "declaration" and judged.outcome.verdict == "accepted":
                self.declaring.add(number)
            if judged.outcome.verdict in ("unread", "undecided"):
                heads = introduced_by((sentence,)) or heads_of(formula.tex, self.words)
                self.page.lose(heads, judged.kind == "definition")
        return None

    def _verdicts(self, number: int, formula: Formula, sentence: Sentence) -> list[Judged]:
        """What is found of a sentence, as the words around it let it be meant."""
        slopes = any(isinstance(part, Derivative) for part in walk(sentence))
        if not slopes and not self.page.strict and isinstance(sentence, Chain):
            solved = self._solved(number, sentence)
            if solved is not None:
                return [solved]
        self.page.kinks = self._kinks(number)
        found = self._judge(sentence)
        if slopes:
            found = [self._to_solve(number, sentence, judged) for judged in found]
        for judged in found if not self.page.strict else ():
            self.page.note_slope(judged)
        if self._gives(number, sentence, found):
            span = (sentence.start, sentence.end)
            return [Judged(*span, "mention", Outcome("accepted", "a given value"), "", span)]
        found = [self._in_numbers(judged) for judged in found]
        if self._assumes(number, sentence, found):
            span = (sentence.start, sentence.end)
            found = [Judged(*span, "declaration", ACCEPTED, "", span)]
        return found if formula.display else list(map(_told_apart, found))

    @staticmethod
    def _states(sentences: Sequence[Sentence]) -> bool:
        """Whether one of several sentences states something."""
        return len(sentences) > 1 and any(getattr(s, "relations", True) for s in sentences)

    def _restricts(self, number: int, formula: Formula, condition: Condition) -> None:
        """A condition in prose is read, and must be met somewhere."""
        self.readings[number] = [plain(condition)]
        try:
            self.page.check_condition(condition)
        except (Unread, Undecided) as fault:
            missed = Unread(fault.message, condition.start, condition.end, fault.code)
            return self._unread(number, formula, missed, "mention")
        self._joined(number, condition)
        span = (condition.start, condition.end)
        outcome = Outcome("accepted", "read as a condition")
        return self.add(number, formula, Judged(*span, "mention", outcome, "", span))

    def _assumes(self, number: int, sentence: Sentence, found: Sequence[Judged]) -> bool:
        """Whether what is no theorem goes on with the declarations beside it: `, with x \\ne 0`."""
        wrong = any(j.outcome.verdict == "refuted" or j.code == "ML106" for j in found)
        if not wrong or self.source.formulas[number].display:
            return False
        if not isinstance(sentence, Chain) or self._is_doubtful(number):
            return False
        lax = not self.page.strict
        given = lax and self.page.supposes(sentence)
        defined = given and self.page.bounds_defined(sentence)
        excludes = isinstance(sentence.members[-1], Num) and sentence.relations == ("!=",)
        bounding = prose.introduces if excludes else prose.restricts
        question = prose.supposes_that if defined else bounding
        if given and self._hears(question, number):
            return self.page.assume(sentence)
        unequal = given and sentence.relations == ("!=",)
        if unequal and self._hears(prose.names_quantity, number):
            return self.page.assume(sentence)
        after = number - 1 in self.declaring and self._hears(prose.goes_on_declaring, number)
        worded = after and self._hears(prose.assumes, number)
        bare_list = after and self._hears(prose.is_bare, number)
        members = map(bare, sentence.members)
        plain_sides = all(isinstance(m, Ref) or literal(m) for m in members)
        bare_list |= lax and plain_sides and self._goes_on_listing(number)
        told = after and self._hears(prose.tells_symmetric, number)
        listed = bare_list or (told and self.page.restricts_one(sentence))
        plain = listed and not self._is_for_all(number)
        beside = number in self.declaring or worded or plain
        return beside and self.page.assume(sentence)

    def _goes_on_listing(self, number: int) -> bool:
        """Whether a formula goes on with a list of what is declared, words between its items."""
        after = number - 1 in self.declaring and self._hears(prose.goes_on_declaring, number)
        return after and self._hears(prose.lists, number)

    def _is_second_set(self, sentence: Sentence, formula: Formula) -> bool:
        """Whether a set such as `\\mathcal{D} = \\{...\\}` is told twice, in two ways."""
        node = sentence.members[0] if is_mention(sentence) else None
        if not isinstance(node, Symbol) or not node.text.startswith("set "):
            return False
        return self.sets.setdefault(node.text, formula.tex.strip()) != formula.tex.strip()

    def _in_passing(self, number: int, formula: Formula, sentence: Sentence) -> Judged | None:
        """What only looks like a declaration: `the kink at x = 0`, `on the branch x > 0`."""
        if formula.display or not isinstance(sentence, Chain) or sentence.conditions:
            return None
        span = (sentence.start, sentence.end)
        bound = bool(sentence.relations) and not self.page.strict and self.page.is_bound(sentence)
        region = bound and (
            self._hears(prose.names_region, number) or self._hears(prose.denied_after, number + 1)
        )
        apart = self.page.narrows(sentence) or (bound and self._puts_case_of_used(number, sentence))
        apart = apart and not self._hears(prose.restricts, number)
        if region or (apart and not self._goes_on_listing(number)):
            message = "this reads as a condition: write it in the formula that it is about"
            return Judged(*span, "claim", Outcome("unread", "", message), "ML106", span)
        if self.page.is_parameter(sentence) and self._is_typical(number, sentence):
            outcome = Outcome("accepted", "a value that this parameter has")
            return Judged(*span, "mention", outcome, "", span)
        if self._is_constraint(number, sentence):
            return Judged(*span, "mention", Outcome("accepted", "a constraint"), "", span)
        solved = self.page.solves_for(bare(sentence.members[0])) is not None
        solved |= not self.page.strict and self._hears(prose.solves_for_zero, number)
        value = self.page.is_value(sentence) and not solved
        if value and self._hears(prose.gives_numbers, number) and self.page.gives(sentence):
            self.giving.add(number)
            self.page.give(sentence)
        value = value and not self._hears(prose.concludes, number)
        if value and not self._hears(prose.gives_value, number):
            return Judged(*span, "mention", ACCEPTED, "", span)
        return None

    def _puts_case_of_used(self, number: int, sentence: Chain) -> bool:
        """Whether a bound of a name that formulas before used stands in a line by itself."""
        before = (read.sentences for at, read in self.read.items() if at < number)
        used = {name for sentences in before for name in names_in(sentences)}
        return bool(names_in((sentence,)) & used) and self._hears(prose.ends_line, number + 1)

    def _is_typical(self, number: int, sentence: Chain) -> bool:
        """Whether words give a parameter a value of which nothing on the page makes use."""
        if self._is_doubtful(number):
            return False
        if self._hears(prose.typifies, number):
            return True
        beside = self._hears(prose.introduces, number) or self._goes_on_listing(number)
        return beside and sentence.relations == ("approx",)

    def _is_constraint(self, number: int, sentence: Chain) -> bool:
        """Whether a relation is the constraint of a programme, which states nothing."""
        if self.page.strict or not self._hears(prose.constrains, number):
            return False
        if self._is_for_all(number) or self._hears(prose.says_it_holds, number + 1):
            return False
        orders = set(sentence.relations) <= {"=", *COMPARISONS}
        return orders and not self.page.introduces(sentence) and self.page.fits(sentence)

    def _gives(self, number: int, sentence: Sentence, found: Sequence[Judged]) -> bool:
        """Whether a formula gives a name its number in a worked example."""
        apart = any(j.outcome.verdict == "refuted" or j.code == "ML106" for j in found)
        if not apart or not isinstance(sentence, Chain) or not self.page.gives(sentence):
            return False
        goes_on = number - 1 in self.giving and self._hears(prose.is_bare, number)
        said = number in self.giving or goes_on or self._hears(prose.gives_numbers, number)
        if not said or self._is_doubtful(number):
            return False
        self.giving.add(number)
        self.page.give(sentence)
        return True

    def _in_numbers(self, judged: Judged) -> Judged:
        """A claim that is wrong in general, under the values that the page has given."""
        if not self.page.scope.given or judged.outcome.verdict != "refuted":
            return judged
        rounds = any([self._hears(prose.rounds, at) for at in range(self.count + 1)])  # noqa: C419
        return self.page.worked(judged, rounds) or judged

    def _kinks(self, number: int) -> frozenset[str]:
        """What the words around a formula take a derivative to be at a kink."""
        near = range(max(number - 1, 0), min(number + 3, self.count + 1))
        if self.page.strict or not self.count:
            return frozenset()
        return frozenset(
            kink for kink, question in prose.KINKS.items()
            if any(self._hears(question, at) for at in near)
        )  # fmt: skip

    def _solved(self, number: int, sentence: Chain) -> Judged | None:
        """The finding where words solve for a slope's zero, and the page has no such slope."""
        equation = sentence.relations[:1] == ("=",)
        if not equation or not self._hears(prose.solves_for_zero, number):
            return None
        if self.page.set_last_to_zero():
            return None
        message = "state the derivative that is set to zero, as an equation"
        span = (sentence.start, sentence.end)
        return Judged(*span, "claim", Outcome("unread", "", message), "ML202", span)

    def _to_solve(self, number: int, sentence: Sentence, judged: Judged) -> Judged:
        """A derivative that a page sets to zero is an equation to be solved, no claim."""
        zero = isinstance(judged.right, Num) and judged.right.value == 0
        refuted = judged.outcome.verdict == "refuted" and judged.relation == "="
        if not (zero and refuted and self._sets_to_zero(number, sentence)):
            return judged
        if not self.page.strict and isinstance(sentence, Chain):
            self.page.set_to_zero(bare(sentence.members[0]))
            self.solving.add(number)
        return replace(judged, kind="mention", outcome=TO_SOLVE, code="")

    def _sets_to_zero(self, number: int, sentence: Sentence) -> bool:
        """Whether words, or what is said to follow, tell that an equation is to be solved."""
        if self._hears(prose.sets_to_zero, number) or sentence in self.premises:
            return True
        lax = not self.page.strict
        again = lax and number - 1 in self.solving and self._hears(prose.is_bare, number)
        return again or (lax and self._hears(prose.names_stationary, number))

    def _parted(self, sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
        """`dL/dw = 0 \\Rightarrow w = ...` as the equation to be solved and what follows."""
        found: list[Sentence] = []
        for sentence in sentences:
            at = _implication(sentence) if not self.page.strict else None
            if at is None or not isinstance(sentence, Chain):
                found.append(sentence)
                continue
            members, relations = sentence.members, sentence.relations
            first = replace(
                sentence,
                members=members[: at + 1],
                relations=relations[:at],
                end=members[at].end,
            )
            rest = replace(
                sentence,
                members=members[at + 1 :],
                relations=relations[at + 1 :],
                start=members[at + 1].start,
            )
            self.premises.append(first)
            found += [first, rest]
        return tuple(found)

    def _judge(self, sentence: Sentence) -> list[Judged]:
        """The verdicts on a sentence; a fault of the checker itself is a finding, never green."""
        try:
            return self.page.judge(sentence)
        except Exception as fault:
            span = (sentence.start, sentence.end)
            outcome = Outcome(
                "unread", "", f"the checker failed here: {type(fault).__name__}: {fault}"
            )
            return [Judged(*span, "claim", outcome, "ML900", span)]

    def _aside(self, number: int, formula: Formula) -> None:
        if not formula.aside:
            fault = Unread("an aside must tell its reason", 0, len(formula.tex))
            return self._unread(number, formula, fault, "aside")
        self.readings[number] = []
        place = self._place(formula, 0, len(formula.tex))
        said = (formula.tex.strip(), "aside", "", "", formula.aside)
        self._add(Statement(self.source.path, *place, number, "aside", *said))
        return None

    def _unread(self, number: int, formula: Formula, fault: Unread, kind: str = "") -> None:
        self.readings[number] = []
        kind = kind or ("claim" if "=" in formula.tex else "mention")
        place = self._place(formula, fault.start, fault.end)
        said = (formula.tex.strip(), "unread", "", fault.code, fault.message)
        self._add(Statement(self.source.path, *place, number, kind, *said))

    def add(self, number: int, formula: Formula, judged: Judged) -> None:
        """Tell the verdict on one statement of a formula."""
        outcome = judged.outcome
        place = self._place(formula, judged.start, judged.end)
        statement = Statement(
            self.source.path,
            *place,
            number,
            judged.kind,
            _latex(formula, judged),
            outcome.verdict,
            outcome.method,
            judged.code,
            outcome.message,
            outcome.witness,
        )
        self._add(statement, judged)

    def _place(self, formula: Formula, start: int, end: int) -> tuple[int, int, int, int]:
        first = min(start, max(len(formula.tex) - 1, 0))
        last = max(first, min(end, len(formula.tex)) - 1)
        line, column = self.source.position(formula.offset(first))
        end_line, end_column = self.source.position(formula.offset(last))
        return line, column, end_line, end_column + 1

    def _unused(self) -> None:
        """A definition that nothing uses is a finding under the strict setting, else a note."""
        for k, (statement, judged) in enumerate(self.statements):
            number = judged.introduces
            if number is None or number in self.page.scope.used:
                continue
            message = "nothing on this page uses this definition"
            if self.page.strict:
                changed = {
                    **statement.__dict__,
                    "verdict": "undecided",
                    "code": "ML207",
                    "message": message,
                }
                self.statements[k] = (Statement(**changed), judged)
            else:
                self.notes.append(Note(statement.path, statement.line, statement.column, message))

    def _snippets(self) -> None:
        """Every function of every fence that says what it computes."""
        for fence in self.source.fences:
            try:
                items = computed(fence.info)
            except Unread as fault:
                self._tied(fence, None, fault.start, "unread", fault.code, fault.message)
                continue
            if items and not self._is_embedded(fence):
                message = "only code that is included from the snippets folder is run and compared"
                self._tied(fence, None, 0, "unread", "ML401", message)
                continue
            if fence.includes and not items:
                message = "this code is embedded, but nothing says what it computes"
                self._tied(fence, None, 0, "unread", "ML401", message)
            for item in items:
                self._snippet(fence, item)

    def _is_embedded(self, fence: Fence) -> bool:
        """Whether a fence holds nothing but one include: code in the page itself is never run."""
        lines = [line for line in fence.code.split("\n") if line.strip()]
        included = [line for include in fence.includes for line in include.text.split("\n")]
        return len(fence.includes) == 1 and lines == [line for line in included if line.strip()]

    def _snippet(self, fence: Fence, item: Computes) -> None:
        judged = [j for _, j in self.statements]
        try:
            measure = tie(item, fence.code, self.page, judged)
        except Mismatch as fault:
            return self._tied(fence, item, item.offset, "refuted", "ML403", str(fault))
        except Unread as fault:
            return self._tied(fence, item, item.offset, "unread", fault.code, fault.message)
        except Undecided as fault:
            return self._tied(fence, item, item.offset, "undecided", fault.code, fault.message)
        except Exception as fault:
            message = f"the checker failed here: {type(fault).__name__}: {fault}"
            return self._tied(fence, item, item.offset, "unread", "ML900", message)
        return self._tied(fence, item, item.offset, "numeric", "", "", measure)

    def _tied(
        self,
        fence: Fence,
        item: Computes | None,
        offset: int,
        verdict: str,
        code: str,
        message: str,
        measure: Measure | None = None,
    ) -> None:
        line, column = self.source.position(fence.info_begin + offset)
        measure = measure or Measure()
        check = SnippetCheck(
            self.source.path,
            line,
            column,
            ", ".join(include.name for include in fence.includes),
            item.function if item else "",
            item.latex if item else "",
            measure.samples,
            measure.ulps,
            measure.relative,
            verdict,
            code,
            message,
        )
        self.snippets.append((check, fence, offset))


def _implication(sentence: Sentence) -> int | None:
    """Where a chain that begins with `dL/dw = 0` goes on with what follows from it."""
    if not isinstance(sentence, Chain) or sentence.conditions:
        return None
    at = next((k for k, r in enumerate(sentence.relations) if r in ("implies", "iff")), None)
    if at is None or not isinstance(bare(sentence.members[0]), Derivative):
        return None
    zero = bare(sentence.members[at])
    equations = {r for k, r in enumerate(sentence.relations) if k != at} == {"="}
    return at if equations and isinstance(zero, Num) and zero.value == 0 else None


def _told_apart(judged: Judged) -> Judged:
    """A refuted `j \\ne i` in a sentence, which is a condition that stands apart."""
    names = all(isinstance(side, Ref | Num) for side in (judged.left, judged.right))
    unequal = judged.relation == "!=" or (names and judged.relation in COMPARISONS)
    if judged.outcome.verdict != "refuted" or not unequal:
        return judged
    counter = judged.outcome.message.removeprefix("refuted: ")
    message = f"not so at {counter}: a condition belongs in the formula that it is about"
    return replace(judged, outcome=Outcome("unread", "", message), code="ML106")


def _latex(formula: Formula, judged: Judged) -> str:
    """A statement's own TeX: for a claim, both its sides."""
    start, end = judged.span
    own = formula.tex[start:end].strip()
    if judged.kind == "claim" and judged.left is not None:
        left = formula.tex[judged.left.start : judged.left.end].strip()
        return f"{left} {SHOWN.get(judged.relation, judged.relation)} {own}"
    return own
