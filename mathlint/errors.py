"""What stops a statement from being read or decided; each carries the place in the formula."""

from __future__ import annotations


class Unread(Exception):
    """A construct that is not read; `start` and `end` are offsets in the formula's TeX."""

    def __init__(
        self, message: str, start: int, end: int | None = None, code: str = "ML102"
    ) -> None:
        super().__init__(message)
        self.message, self.code = message, code
        self.start, self.end = start, start + 1 if end is None else end


class Undecided(Exception):
    """A statement that was read but can be neither shown nor refuted; the reason is the message."""

    def __init__(self, message: str, code: str = "ML302") -> None:
        super().__init__(message)
        self.message, self.code = message, code
