"""Pages that share their mathematics: it is judged once, and told at the places of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mathlint import prose
from mathlint.claims import Judged
from mathlint.errors import Unread
from mathlint.hearing import Reading
from mathlint.judging import PageCheck
from mathlint.page import Page as Source
from mathlint.reading import read_formula
from mathlint.report import Report
from mathlint.settings import Settings
from mathlint.syntax import (
    Sentence,
    walk,
)


def judge(sources: Sequence[Source], settings: Settings) -> list[Report]:
    """The reports of several pages; mathematics that they share is judged once."""
    first = PageCheck(sources[0], settings)
    reports = [first.report()]
    for source in sources[1:]:
        shared = _shared(first, reports[0], source)
        reports.append(shared or PageCheck(source, settings).report())
    return reports


def _shared(check: PageCheck, report: Report, source: Source) -> Report | None:
    """The report of a page that says the same as a page found green; None for another page.

    Every formula has to be read to the same tree as its counterpart, the words between formulas
    have to answer alike what was asked of them, and the code has to be the same for the same
    quantities: what differs are words that say nothing here, and places, which are this page's.
    """
    if report.findings or report.notes or not _alike(check.source, source):
        return None
    twin = PageCheck(source, check.settings)
    pages = (check.source.text, source.text)
    told = {(prose.takes_denominator_layout(t), prose.sums_repeated_indices(t)) for t in pages}
    if twin.words != check.words or len(told) > 1:
        return None
    for (question, number), said in check.heard.items():
        if question(twin.gaps[number]) != said and (
            said or question is not prose.may_explain or check.would_explain(number)
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
        sections = [source.begins_section(number) for number in range(len(source.formulas))]
        fences = [(fence.info, fence.code, fence.includes) for fence in source.fences]
        return displayed, sections, fences

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
