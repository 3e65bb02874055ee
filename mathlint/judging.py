"""One page on its way through the checker: formulas to statements, code to comparisons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from mathlint import prose, words
from mathlint.claims import ACCEPTED, Judged
from mathlint.compare import Outcome
from mathlint.errors import Undecided, Unread
from mathlint.naming import introduced_by, named, names_in, survey
from mathlint.page import MAX_FORMULAS, Fence, Formula
from mathlint.page import Page as Source
from mathlint.plain import plain
from mathlint.reading import heads_of, read_formula
from mathlint.report import Note, Report, SnippetCheck, Statement
from mathlint.scope import Key
from mathlint.settings import Settings
from mathlint.statements import Page
from mathlint.syntax import (
    COMPARISONS,
    Call,
    Chain,
    Condition,
    Derivative,
    Mapping,
    Membership,
    Node,
    Num,
    Power,
    Product,
    Quotient,
    Range,
    Ref,
    Sentence,
    Symbol,
    Transpose,
    bare,
    rebuilt,
    walk,
)
from mathlint.tie import Computes, Measure, Mismatch, computed, tie
from mathlint.words import Words

SHOWN = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne", "approx": r"\approx"}
LOOK_AHEAD = 8
TO_SOLVE = Outcome("accepted", "an equation to be solved")
Question = Callable[[str], bool]


@dataclass
class Reading:
    """A formula as it was read, and which of the names that it asked about were functions."""

    number: int
    before: Node | None = None
    sentences: tuple[Sentence, ...] = ()
    functions: dict[str, bool] = field(default_factory=dict)


def judge(sources: Sequence[Source], settings: Settings) -> list[Report]:
    """The reports of several pages; mathematics that they share is judged once."""
    first = PageCheck(sources[0], settings)
    reports = [first.report()]
    for source in sources[1:]:
        shared = _shared(first, reports[0], source)
        reports.append(shared or PageCheck(source, settings).report())
    return reports


class PageCheck:
    """One page on its way through the checker."""

    def __init__(self, source: Source, settings: Settings) -> None:
        self.source, self.settings = source, settings
        self.page = Page(settings)
        self.statements: list[tuple[Statement, Judged]] = []
        self.snippets: list[tuple[SnippetCheck, Fence, int]] = []
        self.notes: list[Note] = []
        self.read: dict[int, Reading] = {}
        self.peeked: list[Reading] = []
        self.heard: dict[tuple[Question, int], bool] = {}
        self.known: dict[int, tuple[frozenset[Key], frozenset[str]]] = {}
        self.readings: dict[int, list[str]] = {}
        spans = [(formula.begin, formula.end) for formula in source.formulas]
        self.gaps = prose.gaps(source.text, spans)
        self.count = len(source.formulas)
        lax = not self.page.strict
        self.words = words.survey(formula.tex for formula in source.formulas) if lax else Words()
        self.visited: set[int] = set()
        self.conditions: dict[int, tuple[Condition, ...]] = {}
        self.taken: set[int] = set()
        self.declaring: set[int] = set()
        self.mentions: set[int] = set()
        self.sets: dict[str, str] = {}

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
        survey(peeked, self.page.scope)
        if not self.page.strict:
            self._note_sums(peeked)
            self._note_told(peeked)
        for number in numbers:
            self._visit(number)
        self.statements.sort(key=lambda item: item[0].formula)
        self._snippets()
        self._unused()
        return self.told()

    def _note_sums(self, peeked: Sequence[Sequence[Sentence]]) -> None:
        """What the page gives sums of free variables to be, wherever it says so."""
        for number, sentences in enumerate(peeked):
            sums = [sentence for sentence in sentences if self.page.is_sum(sentence)]
            shown = self.source.formulas[number].display
            question = prose.gives_displayed if shown else prose.introduces
            if not sums or self._is_doubtful(number) or self._is_for_all(number):
                continue
            if self._hears(question, number):
                self.page.note_sums(sums)

    def _note_told(self, peeked: Sequence[Sequence[Sentence]]) -> None:
        """Which names the sentences that mention a name mention after it."""
        for number, sentences in enumerate(peeked):
            name = _mentioned(sentences)
            following = number + 1
            while name is not None and following < self.count and not self.page.strict:
                if not self._hears(prose.goes_on, following):
                    break
                other = _mentioned(peeked[following])
                if other is not None:
                    self.page.scope.mentioned.setdefault(name.name, set()).add(other.name)
                following += 1
            called = _called(sentences)
            if called == "\\Phi" and not self._hears(prose.names_distribution, number + 1):
                self.page.scope.heads.add(called)
            kronecker = name is not None and name.name == "\\delta" and len(name.subs) == 2
            if kronecker and not self._hears(prose.names_kronecker, number + 1):
                self.page.scope.heads.add("\\delta")

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
            for later in self._explanations(number):
                self._visit(later)
            self._formula(number, formula)
        except Exception as fault:  # whatever a formula provokes is a finding, never green
            message = f"the checker failed here: {type(fault).__name__}"
            self._unread(number, formula, Unread(message, 0, len(formula.tex), "ML900"))

    def _hears(self, question: Question, number: int) -> bool:
        """What the words before a formula say; kept, since another page's words must say it too."""
        answer = question(self.gaps[number])
        self.heard[question, number] = answer
        return answer

    def _explanations(self, number: int) -> list[int]:
        following = number + 1
        if following >= self.count:
            return []
        strict = self.page.strict
        question = prose.explains if strict else prose.may_explain
        if not question(self.gaps[following]):
            self._hears(question, following)
            scope = self.page.scope
            names = {name for name, _ in scope.entries} | {"\\Phi"}
            self.known[following] = (
                frozenset(scope.entries),
                frozenset(filter(scope.is_function, names)),
            )
            return []
        sentences = self._peek(number)
        unknown = self.page.unknown(sentences)
        found = []
        while unknown and following < self.count:
            later = self._peek(following)
            heads = introduced_by(later)
            declared = all(isinstance(s, Membership | Range | Mapping) for s in later)
            own = introduced_by(sentences)
            if (
                heads & unknown
                and not names_in(later) & own
                and (strict or declared or self._says_more(following))
            ):
                found.append(following)
            following += 1
            if following - number > LOOK_AHEAD:
                break
            if following < self.count and not self._hears(prose.goes_on, following):
                break
        if found:  # otherwise it did not matter whether the words explain
            self._hears(question, number + 1)
        return found

    def _says_more(self, number: int) -> bool:
        """Whether words put a formula among what is given in its sentence."""
        return self._hears(prose.introduces, number) or self._hears(prose.explains, number)

    def would_explain(self, number: int) -> bool:
        """Whether it would have mattered if the words before a formula had explained a name."""
        known, functions = self.known[number]

        def read(formula: Formula) -> tuple[Sentence, ...]:
            try:
                return read_formula(formula.tex, functions.__contains__, self.words)
            except (Unread, RecursionError):
                return ()

        before, *later = map(read, self.source.formulas[number - 1 :])
        unknown, own = names_in(before) - known, introduced_by(before)
        return any(introduced_by(one) & unknown and not names_in(one) & own for one in later)

    def _peek(self, number: int) -> tuple[Sentence, ...]:
        """The sentences of a formula as they would be read now; none if they cannot be."""
        formula = self.source.formulas[number]
        if formula.aside is not None or formula.error is not None:
            return ()
        self.peeked.append(Reading(number))
        try:
            return self._sentences(self.peeked[-1])
        except Exception:  # told where the formula is judged
            return ()

    def _sentences(self, read: Reading) -> tuple[Sentence, ...]:
        """The sentences of a formula, kept in `read` with what they were read by."""

        def is_function(name: str) -> bool:
            return read.functions.setdefault(name, self.page.scope.is_function(name))

        tex = self.source.formulas[read.number].tex
        read.before = self._before(read.number)
        read.sentences = read_formula(tex, is_function, self.words, read.before)
        return read.sentences

    def _before(self, number: int) -> Node | None:
        """What the display formula before this one ended in, if nothing but words are between."""
        formulas = self.source.formulas
        if self.page.strict or not formulas[number].display:
            return None
        last = next((k for k in range(number - 1, -1, -1) if formulas[k].display), None)
        read = self.read.get(last) if last is not None else None
        end = read.sentences[-1] if read is not None and read.sentences else None
        between = "" if last is None else self.source.text[formulas[last].end :]
        between = between[: formulas[number].begin - formulas[last or 0].end]
        if not isinstance(end, Chain) or end.relations[-1:] != ("=",) or "\n#" in between:
            return None
        if last != number - 1 or prose.speaks_of_other(between):
            return None
        return None if end.conditions else bare(end.members[-1])

    def _condition(self, number: int, sentences: Sequence[Sentence]) -> Condition | None:
        """What an inline formula after a word such as `if` restricts, if it states nothing."""
        if self.source.formulas[number].display or len(sentences) != 1:
            return None
        sentence = sentences[0]
        if not isinstance(sentence, Chain) or not sentence.relations:
            return None
        if self._is_declared_before(number, sentence):
            return None  # `x \\in \\mathbb{R}` with `x > 0` declares
        if self.page.is_case(sentence):
            ends = {"start": sentence.start, "end": sentence.end}
            return Condition(sentence.members, sentence.relations, **ends)
        words = [prose.begins_condition, prose.is_condition_after]
        words += [prose.joins] if number - 1 in self.conditions else []
        said = any(question(self.gaps[number]) for question in words)
        supposed = self.page.may_be_supposed(sentence) and self._hears(prose.supposes, number)
        supposed |= self.page.may_be_put(sentence) and self._hears(prose.puts_case, number)
        if said and not supposed and not self.page.reads_as_condition(sentence):
            return None  # whatever the words say
        answers = [self._hears(question, number) for question in words]
        if not any(answers) or self._hears(prose.denied_after, number + 1):
            return None
        ends = {"start": sentence.start, "end": sentence.end}
        return Condition(sentence.members, sentence.relations, **ends)

    def _under(self, number: int, sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
        """Claims under the conditions that their own sentence of prose puts them."""
        if not any(isinstance(s, Chain) and s.relations for s in sentences):
            return sentences  # a declaration stands under no condition
        before = () if number - 1 in self.taken else self.conditions.get(number - 1, ())
        found = before if before and self._hears(prose.leads_to_claim, number) else ()
        if not found and not any(
            isinstance(s, Chain) and self.page.introduces(s) for s in sentences
        ):
            found = self._conditions_of_sentence(number)
        following = number + 1
        while not (found and following == number + 1) and following < self.count:
            question = prose.joins if found else prose.is_condition_after
            after_it = question(self.gaps[following])
            later = self._peek(following) if after_it else ()
            after = self._condition(following, named(later, self.page.scope, self.page.strict))
            if not after_it or after is not None:
                self._hears(question, following)
            if after is None:
                break
            found = self._joined(following, after)
            self.taken.add(following)
            following += 1
        return tuple(self._narrowed(sentence, found) for sentence in sentences)

    def _conditions_of_sentence(self, number: int) -> tuple[Condition, ...]:
        """The conditions that a sentence begins with, before it mentions some names."""
        at = number
        while at == number or at in self.mentions:
            question = prose.leads_on if at == number else prose.goes_on
            if self.page.strict or not self._hears(question, at) or self._hears(prose.turns, at):
                return ()
            at -= 1
            if at in self.conditions:
                begins = at not in self.taken and self._hears(prose.begins_sentence, at)
                return self.conditions[at] if begins else ()
        return ()

    def _is_declared_before(self, number: int, sentence: Chain) -> bool:
        """Whether the formula before declares a name that this one restricts at once."""
        read = self.read.get(number - 1)
        before = read.sentences if read is not None else ()
        plain = [s for s in before if isinstance(s, Membership) and s.target.name == "R"]
        declared = {name for declaration in plain for name in declaration.names}
        named_again = bool(declared & set(map(bare, sentence.members)))
        return named_again and self._hears(prose.declares_too, number)

    def _joined(self, number: int, condition: Condition) -> tuple[Condition, ...]:
        """A condition with those that stand before it: `for $x > 0$ and $y > 0$`."""
        joined = number - 1 in self.conditions and prose.joins(self.gaps[number])
        before = self.conditions[number - 1] if joined else ()
        self.conditions[number] = (*before, condition)
        return self.conditions[number]

    def _is_denied(self, number: int, sentences: Sequence[Sentence]) -> bool:
        """Whether a condition stands behind words that no condition is read with: `unless`."""
        restricts = any(
            isinstance(s, Chain) and (self.page.reads_as_condition(s) or self.page.is_bound(s))
            for s in sentences
        )
        return restricts and self._hears(prose.denies, number)

    def _narrowed(self, sentence: Sentence, found: Sequence[Condition]) -> Sentence:
        if not found or not isinstance(sentence, Chain) or not sentence.relations:
            return sentence
        if self.page.introduces(sentence) and all(_is_needless(sentence, c) for c in found):
            return sentence  # anything else would define by cases
        start, end = sentence.start, sentence.end
        here = [rebuilt(part, lambda node: replace(node, start=start, end=end)) for part in found]
        return replace(sentence, conditions=(*sentence.conditions, *here))

    def _add(self, statement: Statement, judged: Judged | None = None) -> None:
        self.statements.append((statement, judged or Judged(0, 1, "", ACCEPTED)))

    def _formula(self, number: int, formula: Formula) -> None:
        if formula.aside is not None:
            return self._aside(number, formula)
        if formula.error is not None:
            return self._unread(number, formula, Unread(formula.error, 0, len(formula.tex)))
        assumed = len(self.page.assumed)
        self.read[number] = Reading(number)
        try:
            sentences = self._sentences(self.read[number])
        except Unread as fault:
            self.page.scope.unread |= (
                heads_of(formula.tex, self.words) - self.page.scope.entries.keys()
            )
            return self._unread(number, formula, fault)
        try:
            sentences = named(sentences, self.page.scope, self.page.strict)
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
        sentences = self._under(number, sentences)
        if not self.page.strict:
            sentences = self._explained_first(sentences)
        self.readings[number] = [plain(sentence) for sentence in sentences]
        stated = self.page.constrain(sentences)
        for sentence in sentences:
            if sentence not in stated:
                span = (sentence.start, sentence.end)
                self.add(number, formula, Judged(*span, "declaration", ACCEPTED, "", span))
        sentences = tuple(stated)
        self.page.expect(sentences)
        if self._is_said(number, formula, sentences):
            message = "write what these words say as an equation"
            words = Unread(message, 0, len(formula.tex), "ML105")
            return self._unread(number, formula, words, "mention")
        for sentence in sentences:
            must_state = formula.display and (self.page.strict or self._states(sentences))
            if must_state and isinstance(sentence, Chain) and not sentence.relations:
                empty = Unread("this line states nothing", sentence.start, sentence.end, "ML105")
                self._unread(number, formula, empty, "mention")
                continue
            if self._is_second_set(sentence, formula):
                again = Unread("this set is told otherwise already", 0, len(formula.tex), "ML206")
                self._unread(number, formula, again, "mention")
                continue
            rests = self.page.rests_on(sentence)
            if rests is not None:
                self.page.lose(introduced_by((sentence,)), False)
                self._unread(number, formula, rests)
                continue
            self.page.of_row = not self.page.strict and self._hears(prose.speaks_of_row, number + 1)
            passing = self._in_passing(number, formula, sentence)
            if passing is not None:
                self.add(number, formula, passing)
                continue
            found = self._judge(sentence)
            if any(isinstance(part, Derivative) for part in walk(sentence)):
                found = [self._to_solve(number, judged) for judged in found]
            if self._assumes(number, sentence, found):
                span = (sentence.start, sentence.end)
                found = [Judged(*span, "declaration", ACCEPTED, "", span)]
            if not formula.display:
                found = list(map(_told_apart, found))
            for judged in found:
                self.add(number, formula, judged)
                if judged.kind == "declaration" and judged.outcome.verdict == "accepted":
                    self.declaring.add(number)
                if judged.outcome.verdict in ("unread", "undecided"):
                    heads = introduced_by((sentence,)) or heads_of(formula.tex, self.words)
                    self.page.lose(heads, judged.kind == "definition")
        self._hear_of(number, sentences)
        for name, start in self.page.assumed[assumed:]:
            line, column = self.source.position(formula.offset(start))
            self.notes.append(Note(self.source.path, line, column, f"{name} is assumed real"))
        return None

    @staticmethod
    def _states(sentences: Sequence[Sentence]) -> bool:
        """Whether one of several sentences states something."""
        return len(sentences) > 1 and any(getattr(s, "relations", True) for s in sentences)

    def _hear_of(self, number: int, sentences: Sequence[Sentence]) -> None:
        """What the words beside a declaration or a mention say of the name in it."""
        sizes = _sizes(sentences)
        named = [] if self.page.strict or sizes is None else self._named_before(number)
        if named and sizes is not None and self._hears(prose.tells_shape, number):
            for name in named:
                self.page.declare_shape(name, sizes)
        names = [name for s in sentences if isinstance(s, Membership) for name in s.names]
        names += [
            m for s in sentences if isinstance(s, Chain) and not s.relations
            for m in map(bare, s.members) if isinstance(m, Ref)
        ]  # fmt: skip
        self._hear_rows(number, sentences)
        applied = self._applied(number, names)
        if applied is not None:
            self.page.apply(applied, names[0])
        for name in names:
            if not self.page.strict and self._hears(prose.names_image, number + 1):
                self.page.scope.others.add(name.name)
            if self._hears(prose.names_arrays, number + 1) and not self.page.strict:
                self.page.note_shapeless(name)
            told = self._hears(prose.tells_symmetric, number + 1)
            called = self.page.is_square(name) and self._hears(prose.calls_symmetric, number)
            said = self.page.is_square(name) and (told or called)
            if said and not self._hears(prose.puts_in_doubt, number):
                self.page.assume_symmetric(name)
            vector = not self.page.strict and self.page.is_vector(name)
            if vector and self._hears(prose.one_hot, number + 1):
                self.page.assume_one_hot(name)

    def _hear_rows(self, number: int, sentences: Sequence[Sentence]) -> None:
        """`X` with rows `x_i^T`: what words say of a matrix and a family of vectors."""
        if self.page.strict or len(sentences) != 1 or not _is_mention(sentences[0]):
            return
        node = bare(sentences[0].members[0])
        member = node.base if isinstance(node, Transpose) else node
        if not isinstance(member, Ref) or not (member.subs or member.layer is not None):
            return
        which = next(
            (w for w in ("row", "column") if self._hears(prose.SAYS_LINES[w], number)), None
        )
        matrix = self._matrix_before(number) if which is not None else None
        if which is not None and matrix is not None:
            self.page.take_lines(matrix, member, which)

    def _matrix_before(self, number: int) -> Ref | None:
        """The matrix that the sentence of a formula speaks of last."""
        while number > 0 and prose.goes_on(self.gaps[number]):
            number -= 1
            read = self.read.get(number)
            for sentence in read.sentences if read is not None else ():
                names = list(sentence.names) if isinstance(sentence, Membership) else []
                if _is_mention(sentence):
                    names = [m for m in map(bare, sentence.members) if isinstance(m, Ref)]
                for name in names:
                    if self.page.is_matrix(name):
                        return name
                    if not self.page.is_index(name):
                        return None
        return None

    def _named_before(self, number: int) -> list[Ref]:
        """The names mentioned just before, of which a shape may be told here."""
        behind = self.source.text[self.source.formulas[number].end :][:12]
        if not (prose.tells_shape_at_end(self.gaps[number]) or prose.names_matrix(behind)):
            return []
        read = self.read.get(number - 1)
        before = read.sentences if read is not None else ()
        found = [bare(s.members[0]) for s in before if _is_mention(s)]
        if self._hears(prose.is_part, number - 1):
            return []
        return [name for name in found if isinstance(name, Ref)]

    def _applied(self, number: int, names: Sequence[Ref]) -> Ref | None:
        """The function that is said to be one of the name mentioned here: `a loss L of y`."""
        read = self.read.get(number - 1)
        before = read.sentences[-1] if read is not None and read.sentences else None
        function: Node | None = before.name if isinstance(before, Mapping) else None
        if _is_mention(before):
            function = bare(before.members[0])
        fits = bool(names) and isinstance(function, Ref) and function != names[0]
        if self.page.strict or not fits or not isinstance(function, Ref):
            return None
        said = self._hears(prose.applies, number)
        behind = self._hears(prose.is_function_of, number + 1)
        behind = behind and self._hears(prose.says_is, number)
        more = self._hears(prose.goes_on_listing, number + 1)
        return function if (said or behind) and not more else None

    def _explained_first(self, sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
        """The sentences of a formula, each definition before what uses it."""
        order = list(sentences)
        for place in range(len(order)):
            own = introduced_by((order[place],))
            unknown = self.page.unknown((order[place],)) - own
            for later in order[place + 1 :]:
                defines = isinstance(later, Chain) and later.relations[:1] == ("=",)
                heads = introduced_by((later,))
                if defines and heads & unknown and not names_in((later,)) & own:
                    order.remove(later)
                    order.insert(place, later)
        return tuple(order)

    def _is_said(self, number: int, formula: Formula, sentences: Sequence[Sentence]) -> bool:
        """Whether words claim what no formula says: `the derivative of f is g`."""
        alone = len(sentences) == 1 and isinstance(sentences[0], Chain)
        self.mentions |= {number} if alone and not getattr(sentences[0], "relations", 1) else set()
        both = number in self.mentions and number - 1 in self.mentions
        numbers = alone and all(
            isinstance(p, Num | Product | Chain | Ref) for p in walk(sentences[0])
        )
        sizes = numbers and any(isinstance(p, Product) for p in walk(sentences[0]))
        if not both or formula.display or sizes or not self._hears(prose.equates, number):
            return False
        return not self._hears(prose.is_part_of, number + 1)

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
        given = not self.page.strict and self.page.supposes(sentence)
        if given and self._hears(prose.introduces, number):
            return self.page.assume(sentence)
        after = number - 1 in self.declaring and self._hears(prose.goes_on_declaring, number)
        worded = after and self._hears(prose.assumes, number)
        bare_list = after and self._hears(prose.is_bare, number)
        told = after and self._hears(prose.tells_symmetric, number)
        listed = bare_list or (told and self.page.restricts_one(sentence))
        plain = listed and not self._is_for_all(number)
        beside = number in self.declaring or worded or plain
        return beside and self.page.assume(sentence)

    def _is_doubtful(self, number: int) -> bool:
        """Whether the words around a formula take it back."""
        return self._hears(prose.denied_after, number + 1) or self._hears(prose.concludes, number)

    def _is_for_all(self, number: int) -> bool:
        """Whether the sentence of a formula speaks of all values."""
        for at in range(number, max(number - LOOK_AHEAD, -1), -1):
            if self._hears(prose.quantifies, at):
                return True
            if not self._hears(prose.goes_on, at):
                return False
        return False

    def _is_second_set(self, sentence: Sentence, formula: Formula) -> bool:
        """Whether a set such as `\\mathcal{D} = \\{...\\}` is told twice, in two ways."""
        node = sentence.members[0] if _is_mention(sentence) else None
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
        if region or (self.page.narrows(sentence) and not self._hears(prose.introduces, number)):
            message = "this reads as a condition: write it in the formula that it is about"
            return Judged(*span, "claim", Outcome("unread", "", message), "ML106", span)
        if self.page.is_value(sentence) and not self._hears(prose.gives_value, number):
            return Judged(*span, "mention", ACCEPTED, "", span)
        return None

    def _to_solve(self, number: int, judged: Judged) -> Judged:
        """A derivative that a page sets to zero is an equation to be solved, no claim."""
        zero = isinstance(judged.right, Num) and judged.right.value == 0
        refuted = judged.outcome.verdict == "refuted" and judged.relation == "="
        if not (zero and refuted and self._hears(prose.sets_to_zero, number)):
            return judged
        return replace(judged, kind="mention", outcome=TO_SOLVE, code="")

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


def _told_apart(judged: Judged) -> Judged:
    """A refuted `j \\ne i` in a sentence, which is a condition that stands apart."""
    names = all(isinstance(side, Ref | Num) for side in (judged.left, judged.right))
    unequal = judged.relation == "!=" or (names and judged.relation in COMPARISONS)
    if judged.outcome.verdict != "refuted" or not unequal:
        return judged
    counter = judged.outcome.message.removeprefix("refuted: ")
    message = f"not so at {counter}: a condition belongs in the formula that it is about"
    return replace(judged, outcome=Outcome("unread", "", message), code="ML106")


def _is_needless(definition: Chain, condition: Condition) -> bool:
    """Whether a condition only says where a definition has a value: `\\ln x` for `x > 0`."""
    names = {part.name for part in walk(condition) if isinstance(part, Ref)}
    excludes = set(condition.relations) == {"!="}
    for part in walk(definition):
        root = isinstance(part, Call) and part.function in ("ln", "log", "sqrt")
        power = isinstance(part, Power) and not isinstance(bare(part.exponent), Num)
        inside = {inner.name for inner in walk(part) if isinstance(inner, Ref)}
        if (root or power or (excludes and isinstance(part, Quotient))) and names <= inside:
            return "=" not in condition.relations
    return False


def _sizes(sentences: Sequence[Sentence]) -> tuple[Node, ...] | None:
    """The lengths of `m \\times n`, if a formula is nothing else."""
    node = (
        bare(sentences[0].members[0]) if len(sentences) == 1 and _is_mention(sentences[0]) else None
    )
    if not isinstance(node, Product) or set(node.marks) != {"*"}:
        return None
    plain = all(isinstance(factor, Num | Ref) for factor in node.factors)
    return node.factors if plain and len(node.factors) == 2 else None


def _mentioned(sentences: Sequence[Sentence]) -> Ref | None:
    """The name that a formula mentions, if it does nothing else."""
    if len(sentences) != 1 or not _is_mention(sentences[0]):
        return None
    name = bare(sentences[0].members[0])
    return name if isinstance(name, Ref) else None


def _called(sentences: Sequence[Sentence]) -> str:
    """The function that a formula mentions with its argument, if it does nothing else."""
    if len(sentences) != 1 or not _is_mention(sentences[0]):
        return ""
    node = bare(sentences[0].members[0])
    return node.function if isinstance(node, Call) else ""


def _is_mention(sentence: Sentence | None) -> TypeGuard[Chain]:
    return isinstance(sentence, Chain) and not sentence.relations


def _latex(formula: Formula, judged: Judged) -> str:
    """A statement's own TeX: for a claim, both its sides."""
    start, end = judged.span
    own = formula.tex[start:end].strip()
    if judged.kind == "claim" and judged.left is not None:
        left = formula.tex[judged.left.start : judged.left.end].strip()
        return f"{left} {SHOWN.get(judged.relation, judged.relation)} {own}"
    return own


# -- mathematics that two pages share -----------------------------------------------------------


def _shared(check: PageCheck, report: Report, source: Source) -> Report | None:
    """The report of a page that says the same as a page found green; None for another page.

    Every formula has to be read to the same tree as its counterpart, the words between formulas
    have to answer alike what was asked of them, and the code has to be the same for the same
    quantities: what differs are words that say nothing here, and places, which are this page's.
    """
    if report.findings or report.notes or not _alike(check.source, source):
        return None
    twin = PageCheck(source, check.settings)
    if twin.words != check.words:
        return None
    for (question, number), said in check.heard.items():
        if question(twin.gaps[number]) != said and (
            said or question is not prose.explains or check.would_explain(number)
        ):
            return None
    try:
        for read in check.peeked:
            _same(read, twin)
        places = [_places(check.read[k], twin) for k in range(len(source.formulas))]
        for statement, judged in check.statements:
            number = statement.formula
            twin.add(number, source.formulas[number], _moved(judged, *places[number]))
    except Exception:  # the page is then judged by itself, which tells what is the matter with it
        return None
    for snippet, fence, offset in check.snippets:
        counterpart = source.fences[check.source.fences.index(fence)]
        line, column = source.position(counterpart.info_begin + offset)
        moved = replace(snippet, path=source.path, line=line, column=column)
        twin.snippets.append((moved, counterpart, offset))
    return twin.told()


def _alike(one: Source, other: Source) -> bool:
    """Whether two pages without asides and faults differ in nothing but formulas and prose."""

    def outline(source: Source) -> object:
        displayed = [formula.display for formula in source.formulas]
        return displayed, [(fence.info, fence.code, fence.includes) for fence in source.fences]

    formulas = (*one.formulas, *other.formulas)
    plain = all(formula.aside is None and formula.error is None for formula in formulas)
    return plain and not one.faults and not other.faults and outline(one) == outline(other)


def _same(read: Reading, twin: PageCheck) -> tuple[Sentence, ...]:
    """The sentences of a formula's counterpart; raises LookupError if it is read otherwise."""
    tex = twin.source.formulas[read.number].tex
    try:
        sentences = read_formula(tex, read.functions.__getitem__, twin.words, read.before)
    except (Unread, RecursionError):
        sentences = ()
    if sentences != read.sentences:
        raise LookupError("the formulas differ")
    return sentences


def _places(read: Reading, twin: PageCheck) -> tuple[dict[int, int], dict[int, int]]:
    """Where each start and each end of a part of a formula stands in its counterpart."""
    sentences = _same(read, twin)
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    for one, other in zip(read.sentences, sentences, strict=True):
        for node, counterpart in zip(walk(one), walk(other), strict=True):
            if starts.setdefault(node.start, counterpart.start) != counterpart.start:
                raise LookupError("one place would be two")
            if ends.setdefault(node.end, counterpart.end) != counterpart.end:
                raise LookupError("one place would be two")
    return starts, ends


def _moved(judged: Judged, starts: dict[int, int], ends: dict[int, int]) -> Judged:
    """A statement at its places in the counterpart of its formula."""
    left = judged.left
    if left is not None:
        left = replace(left, start=starts[left.start], end=ends[left.end])
    span = (starts[judged.span[0]], ends[judged.span[1]])
    start, end = starts[judged.start], ends[judged.end]
    return replace(judged, start=start, end=end, span=span, left=left)
