"""From pages to a report: the whole way once, page by page."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mathlint import prose
from mathlint.compare import Outcome
from mathlint.errors import Undecided, Unread
from mathlint.naming import introduced_by, named, names_in
from mathlint.page import MAX_FORMULAS, Fence, Formula, SourceError, decode, read_page
from mathlint.page import Page as Source
from mathlint.plain import plain
from mathlint.reading import read_formula
from mathlint.report import Note, Report, SnippetCheck, Statement
from mathlint.settings import Settings
from mathlint.statements import Judged, Page
from mathlint.syntax import Chain, Condition, Sentence, rebuilt
from mathlint.tie import Computes, Measure, Mismatch, computed, tie

SHOWN = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne", "approx": r"\approx"}
SUFFIXES = frozenset({".md", ".markdown", ".txt"})


def pages_in(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The pages that files and folders stand for, sorted; a file counts whatever its ending."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(_inside(path), key=lambda page: page.as_posix())
        else:
            found.append(path)
    return tuple(dict.fromkeys(found))


def _inside(folder: Path) -> Iterator[Path]:
    """The pages below a folder, without hidden folders and installed packages."""
    for root, folders, files in os.walk(folder):
        folders[:] = [
            name for name in folders if not name.startswith(".") and name != "node_modules"
        ]
        yield from (Path(root, name) for name in files if Path(name).suffix.lower() in SUFFIXES)


def check_paths(paths: Sequence[Path], settings: Settings) -> Report:
    """Check files and folders of Markdown; raises OSError for what cannot be opened."""
    reports = [_check_file(path, settings) for path in pages_in(paths)]
    whole = merged(reports)
    beside = [path for path in paths if path.is_dir() and _stands_beside(path, settings.snippets)]
    if settings.snippets is None or not beside:
        return whole
    return merged([whole, Report(snippets=_orphans(settings.snippets, whole.snippets))])


def _stands_beside(folder: Path, snippets: Path | None) -> bool:
    """Whether a folder holds all pages of a project: only then can a snippet be without a page."""
    return snippets is not None and folder.resolve().parent == snippets.resolve().parent


def _orphans(folder: Path, checks: Sequence[SnippetCheck]) -> tuple[SnippetCheck, ...]:
    """Public functions of the snippets folder that no page embeds and ties."""
    embedded = {(check.module, check.function) for check in checks}
    found = []
    for path in sorted(folder.rglob("*.py")):
        module = path.relative_to(folder).as_posix()
        for node in ast.parse(path.read_text("utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            if (module, node.name) not in embedded:
                message = f"no page says what {node.name} computes"
                place = (str(path), node.lineno, node.col_offset + 1)
                found.append(SnippetCheck(*place, module, node.name, "", 0, 0.0, 0.0,
                                          "unread", "ML404", message))  # fmt: skip
    return tuple(found)


def merged(reports: Sequence[Report]) -> Report:
    """Several reports as one."""
    return Report(
        tuple(s for report in reports for s in report.statements),
        tuple(s for report in reports for s in report.snippets),
        tuple(n for report in reports for n in report.notes),
    )


def _check_file(path: Path, settings: Settings) -> Report:
    try:
        text = decode(path.read_bytes())
    except SourceError as fault:
        where = (str(path), fault.line, fault.column, fault.line, fault.column + 1)
        return Report((Statement(*where, 0, "mention", "", "unread", "", "ML101", fault.message),))
    return check_text(text, str(path), settings)


def check_text(text: str, path: str, settings: Settings) -> Report:
    """Check one page's text; `path` only names it in the report."""
    source = read_page(text, path, settings.snippets)
    return PageCheck(source, settings).report()


def explain(path: Path, line: int, settings: Settings) -> list[str]:
    """How the formulas on a line were read, in plain text; raises OSError, SourceError."""
    source = read_page(decode(path.read_bytes()), str(path), settings.snippets)
    check = PageCheck(source, settings)
    report = check.report()
    rows: list[str] = []
    for number, formula in enumerate(source.formulas):
        first, last = source.position(formula.begin)[0], source.position(formula.end - 1)[0]
        if first <= line <= last:
            rows += check.readings[number]
            mine = [s for s in report.statements if s.formula == number and s.line == line]
            rows += [f"{s.kind} {s.verdict} {s.method} {s.message}".rstrip() for s in mine]
    return rows


class PageCheck:
    """One page on its way through the checker."""

    def __init__(self, source: Source, settings: Settings) -> None:
        self.source, self.settings = source, settings
        self.page = Page(settings)
        self.statements: list[tuple[Statement, Judged]] = []
        self.notes: list[Note] = []
        self.readings: dict[int, list[str]] = {}
        spans = [(formula.begin, formula.end) for formula in source.formulas]
        self.gaps = prose.gaps(source.text, spans)
        self.visited: set[int] = set()
        self.conditions: dict[int, Condition] = {}
        self.taken: set[int] = set()

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
        for number in range(0 if too_many else len(self.source.formulas)):
            self._visit(number)
        self.statements.sort(key=lambda item: item[0].formula)
        snippets = self._snippets()
        self._unused()
        return Report(tuple(s for s, _ in self.statements), snippets, tuple(self.notes))

    def _visit(self, number: int) -> None:
        """Judge a formula, after those that explain its names in the same sentence: `, where`."""
        if number in self.visited:
            return
        self.visited.add(number)
        for later in self._explanations(number):
            self._visit(later)
        self._formula(number, self.source.formulas[number])

    def _explanations(self, number: int) -> list[int]:
        following = number + 1
        if following >= len(self.gaps) or not prose.explains(self.gaps[following]):
            return []
        sentences = self._peek(number)
        unknown = self.page.unknown(sentences)
        found = []
        while unknown and following < len(self.gaps):
            later = self._peek(following)
            heads = introduced_by(later)
            if heads & unknown and not names_in(later) & introduced_by(sentences):
                found.append(following)
            following += 1
            if following < len(self.gaps) and not prose.goes_on(self.gaps[following]):
                break
        return found

    def _peek(self, number: int) -> tuple[Sentence, ...]:
        """The sentences of a formula as they would be read now; none if they cannot be."""
        formula = self.source.formulas[number]
        if formula.aside is not None or formula.error is not None:
            return ()
        try:
            return read_formula(formula.tex, self.page.scope.is_function)
        except (Unread, RecursionError):
            return ()

    def _condition(self, number: int, sentences: Sequence[Sentence]) -> Condition | None:
        """What an inline formula after a word such as `if` restricts, if it states nothing."""
        gap, formula = self.gaps[number], self.source.formulas[number]
        word = prose.begins_condition(gap) or prose.is_condition_after(gap)
        if not word or formula.display or len(sentences) != 1:
            return None
        sentence = sentences[0]
        if not isinstance(sentence, Chain) or not self.page.reads_as_condition(sentence):
            return None
        ends = {"start": sentence.start, "end": sentence.end}
        return Condition(sentence.members, sentence.relations, **ends)

    def _under(self, number: int, sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
        """Claims under the conditions that their own sentence of prose puts them."""
        found = []
        before = self.conditions.get(number - 1)
        leads = number - 1 not in self.taken and prose.leads_to_claim(self.gaps[number])
        if before is not None and leads:
            found.append(before)
        following = number + 1
        after_it = following < len(self.gaps) and prose.is_condition_after(self.gaps[following])
        if after_it and not found:
            later = named(self._peek(following), self.page.scope, self.page.strict)
            after = self._condition(following, later)
            if after is not None:
                found.append(after)
                self.taken.add(following)
        return tuple(self._narrowed(sentence, found) for sentence in sentences)

    def _narrowed(self, sentence: Sentence, found: Sequence[Condition]) -> Sentence:
        if not found or not isinstance(sentence, Chain) or not sentence.relations:
            return sentence
        if self.page.introduces(sentence):
            return sentence
        start, end = sentence.start, sentence.end
        here = [rebuilt(part, lambda node: replace(node, start=start, end=end)) for part in found]
        return replace(sentence, conditions=(*sentence.conditions, *here))

    def _add(self, statement: Statement, judged: Judged | None = None) -> None:
        self.statements.append((statement, judged or Judged(0, 1, "", None)))  # type: ignore[arg-type]

    def _formula(self, number: int, formula: Formula) -> None:
        if formula.aside is not None:
            return self._aside(number, formula)
        if formula.error is not None:
            return self._unread(number, formula, Unread(formula.error, 0, len(formula.tex)))
        assumed = len(self.page.assumed)
        try:
            sentences = read_formula(formula.tex, self.page.scope.is_function)
        except Unread as fault:
            return self._unread(number, formula, fault)
        except Exception as fault:
            failed = Unread(
                f"the checker failed here: {type(fault).__name__}", 0, len(formula.tex), "ML900"
            )
            return self._unread(number, formula, failed)
        sentences = named(sentences, self.page.scope, self.page.strict)
        condition = self._condition(number, sentences)
        if condition is not None:
            return self._restricts(number, formula, condition)
        sentences = self._under(number, sentences)
        self.readings[number] = [plain(sentence) for sentence in sentences]
        stated = self.page.constrain(sentences)
        for sentence in sentences:
            if sentence not in stated:
                place = self._place(formula, sentence.start, sentence.end)
                said = (formula.tex[sentence.start : sentence.end], "accepted", "read", "", "")
                self._add(Statement(self.source.path, *place, number, "declaration", *said))
        sentences = tuple(stated)
        self.page.expect(sentences)
        for sentence in sentences:
            must_state = formula.display and (self.page.strict or len(sentences) > 1)
            if must_state and isinstance(sentence, Chain) and not sentence.relations:
                empty = Unread("this line states nothing", sentence.start, sentence.end, "ML105")
                self._unread(number, formula, empty, "mention")
                continue
            for judged in self._judge(sentence):
                self._judged(number, formula, judged)
        for name, start in self.page.assumed[assumed:]:
            line, column = self.source.position(formula.offset(start))
            self.notes.append(Note(self.source.path, line, column, f"{name} is assumed real"))
        return None

    def _restricts(self, number: int, formula: Formula, condition: Condition) -> None:
        """A condition in prose is read, and must be met somewhere."""
        self.readings[number] = [plain(condition)]
        try:
            self.page.check_condition(condition)
        except (Unread, Undecided) as fault:
            missed = Unread(fault.message, condition.start, condition.end, fault.code)
            return self._unread(number, formula, missed, "mention")
        self.conditions[number] = condition
        place = self._place(formula, condition.start, condition.end)
        said = (formula.tex.strip(), "accepted", "read as a condition", "", "")
        self._add(Statement(self.source.path, *place, number, "mention", *said))
        return None

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

    def _judged(self, number: int, formula: Formula, judged: Judged) -> None:
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

    def _snippets(self) -> tuple[SnippetCheck, ...]:
        """Every function of every fence that says what it computes."""
        found: list[SnippetCheck] = []
        for fence in self.source.fences:
            try:
                items = computed(fence.info)
            except Unread as fault:
                found.append(
                    self._tied(fence, None, fault.start, "unread", fault.code, fault.message)
                )
                continue
            if items and not self._is_embedded(fence):
                message = "only code that is included from the snippets folder is run and compared"
                found.append(self._tied(fence, None, 0, "unread", "ML401", message))
                continue
            if fence.includes and not items:
                message = "this code is embedded, but nothing says what it computes"
                found.append(self._tied(fence, None, 0, "unread", "ML401", message))
            found += [self._snippet(fence, item) for item in items]
        return tuple(found)

    def _is_embedded(self, fence: Fence) -> bool:
        """Whether a fence holds nothing but one include: code in the page itself is never run."""
        lines = [line for line in fence.code.split("\n") if line.strip()]
        included = [line for include in fence.includes for line in include.text.split("\n")]
        return len(fence.includes) == 1 and lines == [line for line in included if line.strip()]

    def _snippet(self, fence: Fence, item: Computes) -> SnippetCheck:
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
    ) -> SnippetCheck:
        line, column = self.source.position(fence.info_begin + offset)
        measure = measure or Measure()
        return SnippetCheck(
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


def _latex(formula: Formula, judged: Judged) -> str:
    """A statement's own TeX: for a claim, both its sides."""
    start, end = judged.span
    own = formula.tex[start:end].strip()
    if judged.kind == "claim" and judged.left is not None:
        left = formula.tex[judged.left.start : judged.left.end].strip()
        return f"{left} {SHOWN.get(judged.relation, judged.relation)} {own}"
    return own
