"""The settings of a run, read from `[tool.mathlint]` of the nearest pyproject.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

UNDECLARED = ("error", "real")


class SettingsError(Exception):
    """A setting that cannot be used; the message names the file and the key."""


@dataclass(frozen=True)
class Settings:
    """What a run is told from outside the pages.

    `undeclared` says what a free name is: an "error", or assumed "real". `sizes` are the values
    that lengths such as n take, `digits` the agreement that a numeric verdict asks for,
    `time_limit` the seconds that one statement may take, `snippets` the folder of the code that
    pages embed, `cache` whether what was green is kept for the next run. Raises SettingsError for a
    value of the wrong type or out of range.
    """

    undeclared: str = "real"
    seed: int = 0
    digits: int = 30
    sizes: tuple[int, ...] = (1, 2, 3)
    time_limit: float = 10.0
    snippets: Path | None = None
    cache: bool = True

    def __post_init__(self) -> None:
        if self.undeclared not in UNDECLARED:
            raise SettingsError(f'undeclared must be "error" or "real", not {self.undeclared!r}')
        if not _is_integer(self.seed, least=0):
            raise SettingsError(f"seed must be a whole number from 0 up, not {self.seed!r}")
        if not _is_integer(self.digits, least=1):
            raise SettingsError(f"digits must be a whole number from 1 up, not {self.digits!r}")
        if not self.sizes or not all(_is_integer(size, least=1) for size in self.sizes):
            raise SettingsError("sizes must be one or more whole numbers from 1 up")
        if not _is_number(self.time_limit) or not 0 < self.time_limit < float("inf"):
            raise SettingsError(f"time_limit must be seconds above 0, not {self.time_limit!r}")
        if not isinstance(self.cache, bool):
            raise SettingsError(f"cache must be true or false, not {self.cache!r}")

    @classmethod
    def load(cls, start: Path) -> Settings:
        """The settings in force for a file or folder, defaults where no pyproject.toml is found.

        Raises SettingsError for an unreadable file, an unknown key or a value of the wrong type.
        """
        source = nearest_pyproject(start)
        if source is None:
            return cls()
        table = _table(source)
        unknown = sorted(set(table) - {field.name for field in fields(cls)})
        if unknown:
            raise SettingsError(f"{source}: [tool.mathlint] has no setting {', '.join(unknown)}")
        try:
            return cls(**_converted(table, source.parent))
        except SettingsError as error:
            raise SettingsError(f"{source}: [tool.mathlint] {error}") from None


def nearest_pyproject(start: Path) -> Path | None:
    """The pyproject.toml of the folder that holds a file or folder, or of the next one above."""
    here = start.resolve()
    for folder in (here, *here.parents):
        candidate = folder / "pyproject.toml"
        if candidate.is_file():
            return candidate
    return None


def _table(source: Path) -> dict[str, Any]:
    try:
        tool = tomllib.loads(source.read_text(encoding="utf-8")).get("tool", {})
    except (OSError, ValueError) as error:
        raise SettingsError(f"{source}: cannot be read: {error}") from None
    table = tool.get("mathlint", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise SettingsError(f"{source}: tool.mathlint must be a table")
    return table


def _converted(table: dict[str, Any], folder: Path) -> dict[str, Any]:
    """TOML's lists and strings as the tuple and the path that the fields hold."""
    values = dict(table)
    if "sizes" in values:
        sizes = values["sizes"]
        if not isinstance(sizes, list):
            raise SettingsError("sizes must be a list of whole numbers")
        values["sizes"] = tuple(sizes)
    if "snippets" in values:
        snippets = values["snippets"]
        if not isinstance(snippets, str):
            raise SettingsError("snippets must be the path of a folder")
        values["snippets"] = folder / snippets
    return values


def _is_integer(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
