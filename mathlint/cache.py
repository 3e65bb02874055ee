"""Green reports of pages, kept between runs, so that only what has changed is judged again.

One file a page, named after its path, in `.mathlint_cache` beside pyproject.toml. An entry counts
only for the very same text, embedded code, settings and checker, all of which its key is made of;
a page with a finding is not kept, so that every finding is found anew. The digest of an entry
tells damage, not ill will: whoever can write to the folder can forge an entry, as they could
change the checker itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mathlint.page import include
from mathlint.report import Note, Report, SnippetCheck, Statement, Witness
from mathlint.settings import Settings, nearest_pyproject

FOLDER = ".mathlint_cache"
IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)|import[ \t]+([^#;\n]+))", re.MULTILINE)
KNOWN = frozenset({"numpy", *sys.stdlib_module_names})
SOURCES = Path(__file__).parent


@dataclass(frozen=True)
class Cache:
    """The folder that holds the entries; it is made when there is one to keep."""

    folder: Path

    def key(self, text: str, settings: Settings) -> str | None:
        """What a page's report depends on, in short; None if that cannot be told.

        Code that imports more than NumPy and the standard library runs on files which nobody
        follows here.
        """
        whole = include(text.split("\n"), settings.snippets)
        if any(_imported(code.text) - KNOWN for code in whole[-1].values()):
            return None
        return _digest(repr((_checker(SOURCES), settings, text, whole)))

    def load(self, path: str, key: str | None) -> Report | None:
        """The report kept for a page under this key, or None; what does not verify is not there."""
        if key is None:
            return None
        try:
            entry = json.loads(self._file(path).read_text("utf-8"))
            report = entry["report"]
            if entry["key"] != key or entry["digest"] != _digest(key + _canonical(report)):
                return None
            return _report(report, path)
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return None

    def store(self, path: str, key: str | None, report: Report) -> None:
        """Keep a page's report if it is green; a folder that cannot be written to keeps nothing."""
        if key is None or report.findings:
            return
        data = {name: report.to_dict()[name] for name in ("statements", "snippets", "notes")}
        plain = json.loads(json.dumps(data))
        entry = {"key": key, "digest": _digest(key + _canonical(plain)), "report": plain}
        with contextlib.suppress(OSError):
            self._write(self._file(path), json.dumps(entry))

    def _file(self, path: str) -> Path:
        return self.folder / f"{_digest(str(Path(path).resolve()))[:32]}.json"

    def _write(self, target: Path, text: str) -> None:
        """Write a file at one stroke, whatever other processes write at the same time."""
        self.folder.mkdir(parents=True, exist_ok=True)
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", "utf-8")
        handle, name = tempfile.mkstemp(dir=self.folder)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(name, target)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise


def cache_for(start: Path, settings: Settings) -> Cache | None:
    """The cache of the project that a file or folder belongs to; outside one nothing is kept."""
    source = nearest_pyproject(start) if settings.cache else None
    return None if source is None else Cache(source.parent / FOLDER)


@cache
def _checker(folder: Path) -> str:
    """The checker's own source, and the versions of what it computes with."""
    sources = [(path.name, path.read_bytes()) for path in sorted(folder.glob("*.py"))]
    packages = [_version(name) for name in ("numpy", "python-flint")]
    return _digest(repr((sys.version, sys.platform, packages, sources)))


def _imported(code: str) -> set[str]:
    """The packages that lines of code import."""
    names = [name for pair in IMPORT.findall(code) for name in "".join(pair).split(",")]
    return {name.split()[0].partition(".")[0] for name in names if name.strip()}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(data: object) -> str:
    return json.dumps(data, sort_keys=True)


def _report(data: dict[str, Any], path: str) -> Report:
    """A report from plain data; raises TypeError, ValueError or LookupError for anything else."""
    return Report(
        tuple(_statement({**item, "path": path}) for item in data["statements"]),
        tuple(SnippetCheck(**{**item, "path": path}) for item in data["snippets"]),
        tuple(Note(**{**item, "path": path}) for item in data["notes"]),
    )


def _statement(data: dict[str, Any]) -> Statement:
    witness = data["witness"]
    if witness is not None:
        point = tuple((name, value) for name, value in witness["point"])
        data["witness"] = Witness(point, witness["left"], witness["right"])
    return Statement(**data)
