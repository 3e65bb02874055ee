"""The report: one plain data structure, the only contract between the checker and its edges."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field

KINDS = ("declaration", "definition", "claim", "mention", "aside")
VERDICTS = ("exact", "numeric", "refuted", "unread", "undecided", "accepted", "aside")
GREEN = frozenset({"exact", "numeric", "accepted", "aside"})


@dataclass(frozen=True)
class Witness:
    """The point at which two sides differ, with the value of each side."""

    point: tuple[tuple[str, str], ...]
    left: str
    right: str

    def __str__(self) -> str:
        at = [f"{name} = {value}" for name, value in self.point]
        return ", ".join([*at, f"left {self.left}", f"right {self.right}"])


@dataclass(frozen=True)
class Statement:
    """One statement of a page and its verdict; lines and columns count from 1, the end is open."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    formula: int
    kind: str
    latex: str
    verdict: str
    method: str
    code: str
    message: str
    witness: Witness | None = None


@dataclass(frozen=True)
class SnippetCheck:
    """One function that a page embeds, compared with the page's definition and printed result."""

    path: str
    line: int
    column: int
    module: str
    function: str
    quantity: str
    samples: int
    worst_ulps: float
    worst_relative: float
    verdict: str
    code: str
    message: str


@dataclass(frozen=True)
class Note:
    """Something an author may want to know; never a finding."""

    path: str
    line: int
    column: int
    message: str


@dataclass(frozen=True)
class Report:
    """All that a run found out: every statement, green ones too."""

    statements: tuple[Statement, ...] = ()
    snippets: tuple[SnippetCheck, ...] = ()
    notes: tuple[Note, ...] = field(default=())

    @property
    def findings(self) -> tuple[Statement | SnippetCheck, ...]:
        """What is not green, in page order."""
        every: tuple[Statement | SnippetCheck, ...] = (*self.statements, *self.snippets)
        items = [item for item in every if item.verdict not in GREEN]
        return tuple(sorted(items, key=lambda item: (item.path, item.line, item.column)))

    @property
    def summary(self) -> dict[str, int]:
        """How many statements have each verdict; every verdict is present."""
        counts = Counter(statement.verdict for statement in self.statements)
        return {verdict: counts[verdict] for verdict in VERDICTS}

    def to_dict(self) -> dict[str, object]:
        """The report as plain data, version 1 of the JSON output."""
        return {
            "version": 1,
            "statements": [asdict(statement) for statement in self.statements],
            "snippets": [asdict(snippet) for snippet in self.snippets],
            "notes": [asdict(note) for note in self.notes],
            "summary": self.summary,
        }
