"""What the words around formulas tell of them: conditions, explanations, shapes, doubts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from mathlint import called, prose, words
from mathlint.differentials import root
from mathlint.errors import Unread
from mathlint.naming import (
    called_functions,
    defined_function,
    functions_in,
    introduced_by,
    named,
    named_as_function,
    names_in,
)
from mathlint.page import Formula
from mathlint.page import Page as Source
from mathlint.reading import read_formula
from mathlint.scope import Key
from mathlint.settings import Settings
from mathlint.statements import Page
from mathlint.syntax import (
    Call,
    Chain,
    Condition,
    Group,
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
from mathlint.tokens import NAMED
from mathlint.words import Words

LOOK_AHEAD = 8
Question = Callable[[str], bool]


@dataclass
class Reading:
    """A formula as it was read, and which of the names that it asked about were functions."""

    number: int
    before: Node | None = None
    sentences: tuple[Sentence, ...] = ()
    functions: dict[str, bool] = field(default_factory=dict)


class Hearing:
    """The formulas of one page with what the words between them say."""

    def __init__(self, source: Source, settings: Settings) -> None:
        self.source, self.settings = source, settings
        self.page = Page(settings)
        self.read: dict[int, Reading] = {}
        self.peeked: list[Reading] = []
        self.heard: dict[tuple[Question, int], bool] = {}
        self.known: dict[int, tuple[frozenset[Key], frozenset[str]]] = {}
        spans = [(formula.begin, formula.end) for formula in source.formulas]
        self.gaps = prose.gaps(source.text, spans)
        self.count = len(source.formulas)
        lax = not self.page.strict
        self.words = words.survey(formula.tex for formula in source.formulas) if lax else Words()
        self.conditions: dict[int, tuple[Condition, ...]] = {}
        self.taken: set[int] = set()
        self.mentions: set[int] = set()
        self.definers: dict[str, list[int]] = {}

    def _hears(self, question: Question, number: int) -> bool:
        """What the words before a formula say; kept, since another page's words must say it too."""
        answer = question(self.gaps[number])
        self.heard[question, number] = answer
        return answer

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

    def _note_called(self, peeked: Sequence[Sequence[Sentence]]) -> bool:
        """What the page's words call its functions, unless an equation defines them.

        False where they call none.
        """
        kinds: dict[str, set[str]] = {}
        for number, sentences in enumerate(peeked):
            name = _spoken_of(sentences)
            if name is not None:
                kinds.setdefault(name, set()).update(self._called(number, peeked))
        told = called_functions([s for sentences in peeked for s in sentences])
        scope, found = self.page.scope, False
        for name in kinds.keys() & told:
            kind = called.the_one(kinds[name])
            if kind == called.ANY:
                scope.guessed.add(name)
                scope.functions.add(name)
            elif kind is not None:
                scope.called[name] = kind
            found |= kind is not None
        self._note_softmax(peeked)
        return found

    def _called(self, number: int, peeked: Sequence[Sequence[Sentence]]) -> set[str]:
        """What the words beside a mention call the function that it speaks of."""
        last = number
        while last + 1 < self.count and _spoken_of(peeked[last + 1]) is not None:
            if not self._hears(called.lists, last + 1):
                break
            last += 1
        questions = called.BEHIND if last == number else dict.fromkeys(called.OPEN)
        found = {k for k in questions if self._hears(called.BEHIND[k], last + 1)}
        found |= {k for k in called.BEFORE if self._hears(called.BEFORE[k], number)}
        if found and self._hears(called.supposes, number):
            return set()
        return found | ({called.ENTRIES} if self._hears(called.of_entries, last + 1) else set())

    def _note_softmax(self, peeked: Sequence[Sequence[Sentence]]) -> None:
        """Whether the page's softmax of a matrix is that of each row or of each column."""
        found: set[str] = set()
        for number, sentences in enumerate(peeked):
            beside = any(map(_takes_softmax, sentences))
            for line, (speaks, by) in called.SOFTMAX_OF.items():
                said = self._hears(speaks, number) or self._hears(speaks, number + 1)
                if said or (beside and self._hears(by, number + 1)):
                    found.add(line)
        self.page.scope.softmax_of = min(found) if len(found) == 1 else None

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

    def _note_arrays(self, peeked: Sequence[Sequence[Sentence]]) -> None:
        """Which names words call matrices or vectors, one after the other: `matrices A and B`."""
        arrays = self.page.arrays
        listed: list[Ref] = []
        before = 0
        for number, sentences in enumerate(peeked):
            name = _mentioned(sentences) or _declared_alone(sentences)
            line = _line_mentioned(sentences)
            said = [self._hears(question, number) for question in prose.SAYS_LINES.values()]
            if line is not None and any(said):
                arrays.special.add(line.name)
            if name is None or name.subs or name.layer is not None:
                listed, before = [], 0
                continue
            goes_on = bool(listed) and self._hears(prose.is_bare, number)
            listed = [*listed, name] if goes_on else [name]
            before = before if goes_on else self._rank_told(prose.CALLED_BEFORE, number)
            rank = before or self._rank_told(prose.CALLED_AFTER, number + 1)
            square = self._says(prose.calls_symmetric, prose.tells_symmetric, number)
            square |= self._says(prose.calls_square, prose.is_square, number)
            diagonal = self._says(prose.calls_diagonal, prose.is_diagonal, number)
            special = diagonal or self._says(prose.calls_special, prose.is_special, number)
            names = {one.name for one in listed}
            if rank or square:
                arrays.ranks.update(dict.fromkeys(names, 2 if square else rank))
            arrays.square |= names if square else set()
            arrays.special |= names if special else set()
            arrays.diagonal |= names if diagonal else set()
        self.page.use([sentence for sentences in peeked for sentence in sentences])

    def _says(self, before: Question, after: Question, number: int) -> bool:
        """Whether the words before a formula say something of it, or those behind it."""
        return self._hears(before, number) or self._hears(after, number + 1)

    def _rank_told(self, words: Table[int, Question], number: int) -> int:
        """The rank of what words call an array; 0 if they do not."""
        return next((rank for rank, question in words.items() if self._hears(question, number)), 0)

    def _explanations(self, number: int) -> list[int]:
        following = number + 1
        if following >= self.count:
            return []
        if not prose.may_explain(self.gaps[following]):
            self._hears(prose.may_explain, following)
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
            own = introduced_by(sentences)
            needed = heads & unknown and not names_in(later) & own
            if needed and self._may_be_ahead(number, following, later):
                found.append(following)
            following += 1
            if following - number > LOOK_AHEAD:
                break
            ends = following < self.count and not self._hears(prose.goes_on, following)
            lists = (prose.gives_entries, prose.lists_more)
            if ends and not any(self._hears(question, following) for question in lists):
                break
        if found:  # otherwise it did not matter whether the words explain
            self._hears(prose.may_explain, number + 1)
        return found

    def _may_be_ahead(self, number: int, following: int, later: Sequence[Sentence]) -> bool:
        """Whether what stands behind a formula in its sentence may be taken before it.

        A page that declares all its names says so in words, `, where`, but for the ranges of its
        indices, which commonly stand behind: `$x_i \\ge 0$ for $i = 1, \\dots, n$`.
        """
        if not self.page.strict:
            declares = all(isinstance(s, Membership | Range | Mapping) for s in later)
            return declares or self._says_more(following)
        ranges = all(isinstance(s, Range) for s in later)
        return ranges or self._hears(prose.explains, number + 1)

    def _defined_behind(self, number: int) -> list[int]:
        """The formulas behind one, in its section, that alone define the functions in it."""
        if self.page.strict:
            return []
        used = _functions_in(self._peek(number))
        unknown = {name for name in used if not self.page.knows(name)} & self.definers.keys()
        found = []
        for name in unknown:
            places = self.definers[name]
            between = range(number + 1, places[0] + 1)
            if len(places) == 1 and places[0] > number and all(
                self._hears(prose.stays_in_section, k) for k in between
            ):  # fmt: skip
                found.append(places[0])
        return sorted(found)

    def _note_definers(self, peeked: Sequence[Sequence[Sentence]]) -> None:
        """Where on the page an equation stands that begins with a function and defines it."""
        for number, sentences in enumerate(peeked):
            for name in filter(None, map(defined_function, sentences)):
                self.definers.setdefault(name, []).append(number)

    def _says_more(self, number: int) -> bool:
        """Whether words put a formula among what is given in its sentence."""
        questions = (prose.introduces, prose.explains, prose.gives_entries)
        return any(self._hears(question, number) for question in questions)

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

    def _is_denied(self, number: int, sentences: Sequence[Sentence]) -> bool:
        """Whether a condition stands behind words that no condition is read with: `unless`."""
        restricts = any(
            isinstance(s, Chain) and (self.page.reads_as_condition(s) or self.page.is_bound(s))
            for s in sentences
        )
        return restricts and self._hears(prose.denies, number)

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
        words += [] if self.page.strict else [prose.puts_case]
        fixes = not self.page.strict and self.page.fixes(sentence)
        words += [prose.sets_value] if fixes else []
        said = any(question(self.gaps[number]) for question in words)
        supposed = self.page.may_be_supposed(sentence) and self._hears(prose.supposes, number)
        may_be_case = self.page.may_be_put(sentence) or self.page.may_hold(sentence)
        supposed |= may_be_case and self._puts_case(number)
        if said and not supposed and not self.page.reads_as_condition(sentence):
            return None  # whatever the words say
        answers = [self._hears(question, number) for question in words]
        if not any(answers) or self._hears(prose.denied_after, number + 1):
            return None
        ends = {"start": sentence.start, "end": sentence.end}
        return Condition(sentence.members, sentence.relations, **ends)

    def _puts_case(self, number: int) -> bool:
        """Whether a formula stands after `if`, and not after `only if`."""
        return self._hears(prose.puts_case, number) and not self._hears(prose.denies, number)

    def _heads_case(self, number: int) -> bool:
        """Whether the condition before a formula ends a heading: `**Case 1: i = j**`."""
        closed = not self.page.strict and self._hears(prose.closes_heading, number)
        begun = closed and self._hears(prose.begins_heading, number - 1)
        return begun and self._puts_case(number - 1)

    def _is_declared_before(self, number: int, sentence: Chain) -> bool:
        """Whether the formula before declares a name that this one restricts at once."""
        read = self.read.get(number - 1)
        before = read.sentences if read is not None else ()
        plain = [s for s in before if isinstance(s, Membership) and s.target.name == "R"]
        declared = {name for declaration in plain for name in declaration.names}
        named_again = bool(declared & set(map(bare, sentence.members)))
        return named_again and self._hears(prose.declares_too, number)

    def _under(self, number: int, sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
        """Claims under the conditions that their own sentence of prose puts them."""
        if not any(isinstance(s, Chain) and s.relations for s in sentences):
            return sentences  # a declaration stands under no condition
        before = () if number - 1 in self.taken else self.conditions.get(number - 1, ())
        leads = bool(before) and self._hears(prose.leads_to_claim, number)
        found = before if leads or (before and self._heads_case(number)) else ()
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
            if any(self._hears(taken, at) for taken in prose.KINKS.values()):
                return ()  # the words are about the kink, the formula is not
            at -= 1
            if at in self.conditions:
                begins = at not in self.taken and self._hears(prose.begins_sentence, at)
                return self.conditions[at] if begins else ()
        return ()

    def _joined(self, number: int, condition: Condition) -> tuple[Condition, ...]:
        """A condition with those that stand before it: `for $x > 0$ and $y > 0$`."""
        joined = number - 1 in self.conditions and prose.joins(self.gaps[number])
        before = self.conditions[number - 1] if joined else ()
        self.conditions[number] = (*before, condition)
        return self.conditions[number]

    def _narrowed(self, sentence: Sentence, found: Sequence[Condition]) -> Sentence:
        if not found or not isinstance(sentence, Chain) or not sentence.relations:
            return sentence
        if self.page.introduces(sentence) and all(_is_needless(sentence, c) for c in found):
            return sentence  # anything else would define by cases
        start, end = sentence.start, sentence.end
        here = [rebuilt(part, lambda node: replace(node, start=start, end=end)) for part in found]
        return replace(sentence, conditions=(*sentence.conditions, *here))

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
        counts = not self.page.strict and self._hears(prose.counts, number + 1)
        return not counts and not self._hears(prose.is_part_of, number + 1)

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
            behind = self._hears(prose.tells_constant, number + 1)
            before = behind or self._hears(prose.calls_constant, number)
            if before and not self._hears(prose.puts_in_doubt, number):
                self.page.scope.constants.add(root(name.name))
            told = self._hears(prose.tells_symmetric, number + 1)
            if told or self._hears(prose.calls_symmetric, number):
                self.page.shape_called(name)
            called = self.page.is_square(name) and self._hears(prose.calls_symmetric, number)
            said = self.page.is_square(name) and (told or called)
            if said and not self._hears(prose.puts_in_doubt, number):
                self.page.assume_symmetric(name)
            vector = self.page.is_vector(name) or self.page.is_family(name)
            vector = vector and not self.page.strict
            if vector and self._says(prose.calls_one_hot, prose.one_hot, number):
                self.page.assume_one_hot(name)

    def _hear_rows(self, number: int, sentences: Sequence[Sentence]) -> None:
        """`X` with rows `x_i^T`: what words say of a matrix and a family of vectors."""
        if self.page.strict or len(sentences) != 1 or not is_mention(sentences[0]):
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
                if is_mention(sentence):
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
        found = [bare(s.members[0]) for s in before if is_mention(s)]
        if self._hears(prose.is_part, number - 1):
            return []
        return [name for name in found if isinstance(name, Ref)]

    def _applied(self, number: int, names: Sequence[Ref]) -> Ref | None:
        """The function that is said to be one of the name mentioned here: `a loss L of y`."""
        read = self.read.get(number - 1)
        before = read.sentences[-1] if read is not None and read.sentences else None
        function: Node | None = before.name if isinstance(before, Mapping) else None
        if is_mention(before):
            function = bare(before.members[0])
        fits = bool(names) and isinstance(function, Ref) and function != names[0]
        if self.page.strict or not fits or not isinstance(function, Ref):
            return None
        said = self._hears(prose.applies, number)
        behind = self._hears(prose.is_function_of, number + 1)
        behind = behind and self._hears(prose.says_is, number)
        more = self._hears(prose.goes_on_listing, number + 1)
        return function if (said or behind) and not more else None


def _sizes(sentences: Sequence[Sentence]) -> tuple[Node, ...] | None:
    """The lengths of `m \\times n`, if a formula is nothing else."""
    node = (
        bare(sentences[0].members[0]) if len(sentences) == 1 and is_mention(sentences[0]) else None
    )
    if not isinstance(node, Product) or set(node.marks) != {"*"}:
        return None
    plain = all(isinstance(factor, Num | Ref) for factor in node.factors)
    return node.factors if plain and len(node.factors) == 2 else None


def _mentioned(sentences: Sequence[Sentence]) -> Ref | None:
    """The name that a formula mentions, if it does nothing else."""
    if len(sentences) != 1 or not is_mention(sentences[0]):
        return None
    name = bare(sentences[0].members[0])
    return name if isinstance(name, Ref) else None


def _line_mentioned(sentences: Sequence[Sentence]) -> Ref | None:
    """The member of a family that a formula mentions, such as `x_i^T`."""
    if len(sentences) != 1 or not is_mention(sentences[0]):
        return None
    node = bare(sentences[0].members[0])
    name = bare(node.base) if isinstance(node, Transpose) else node
    return name if isinstance(name, Ref) and (name.subs or name.layer is not None) else None


def _declared_alone(sentences: Sequence[Sentence]) -> Ref | None:
    """The one name that a formula declares, if it does nothing else."""
    sentence = sentences[0] if len(sentences) == 1 else None
    alone = isinstance(sentence, Membership) and len(sentence.names) == 1
    return sentence.names[0] if alone and isinstance(sentence, Membership) else None


def _called(sentences: Sequence[Sentence]) -> str:
    """The function that a formula mentions with its argument, if it does nothing else."""
    if len(sentences) != 1 or not is_mention(sentences[0]):
        return ""
    node = bare(sentences[0].members[0])
    return node.function if isinstance(node, Call) else ""


def _functions_in(sentences: Sequence[Sentence]) -> set[str]:
    """The functions that a formula uses; one that only mentions them uses none."""
    if len(sentences) == 1 and is_mention(sentences[0]):
        return set()
    return {name for sentence in sentences for name in functions_in(sentence)}


def _takes_softmax(sentence: Sentence) -> bool:
    """Whether a softmax stands in a sentence."""
    calls = (part.function for part in walk(sentence) if isinstance(part, Call))
    return any(NAMED.get(name) == "softmax" for name in calls)


def _spoken_of(sentences: Sequence[Sentence]) -> str | None:
    """The name that may be a function's in a formula that does nothing but mention it."""
    if len(sentences) != 1 or not is_mention(sentences[0]):
        return None
    match bare(sentences[0].members[0]):
        case Symbol(text=name) | Call(function=name, primes=0):
            return name
        case Ref() as name:
            return named_as_function(name)
        case Product(factors=(Ref() as name, Group(bracket="(")), marks=("",)):
            return named_as_function(name)
    return None


def is_mention(sentence: Sentence | None) -> TypeGuard[Chain]:
    return isinstance(sentence, Chain) and not sentence.relations


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
