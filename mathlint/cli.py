"""The command line: the only module that prints."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from mathlint.cache import Cache, cache_for
from mathlint.check import check_paths, explain, merged, pages_in
from mathlint.output import render_github, render_json, render_text
from mathlint.page import SourceError
from mathlint.report import Report, Statement
from mathlint.settings import UNDECLARED, Settings, SettingsError

FORMATS = ("text", "json", "github")
GREEN, FINDINGS, USAGE_ERROR = 0, 1, 2


class UsageError(Exception):
    """The command was asked for something that it cannot do."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 0 all green, 1 findings, 2 usage error."""
    options = _parser().parse_args(argv)
    try:
        output, status = _explain(options) if options.explain else _check(options)
    except (UsageError, SettingsError) as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except KeyboardInterrupt:
        return _complain("interrupted")
    except Exception as error:  # whatever a page provokes, its reader gets a sentence
        return _complain(f"internal error: {type(error).__name__}: {error}")
    _write(output, options.output_format)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mathlint",
        description="Read the mathematics of Markdown pages and judge every statement.",
        epilog="Exit status: 0 all green, 1 findings, 2 usage error.",
    )
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="a page, or a folder of pages"
    )
    parser.add_argument("--output-format", choices=FORMATS, default="text")
    parser.add_argument(
        "--undeclared",
        choices=UNDECLARED,
        help="what a name is that the page never introduces: an error, or assumed real",
    )
    parser.add_argument(
        "--explain", metavar="FILE:LINE", help="say how the formulas of a line were read"
    )
    parser.add_argument("--no-cache", action="store_true", help="judge every page anew")
    parser.add_argument(
        "--jobs",
        type=_number,
        default=os.cpu_count() or 1,
        metavar="N",
        help="how many pages are judged at a time: as many as there are cores",
    )
    parser.add_argument("--version", action="version", version=f"mathlint {_version()}")
    return parser


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 up")
    return int(text)


def _version() -> str:
    try:
        return version("mathlint")
    except PackageNotFoundError:
        return "(not installed)"


def _check(options: argparse.Namespace) -> tuple[str, int]:
    if not options.paths:
        raise UsageError("name a page or a folder (see --help)")
    pages = {path: _pages(path) for path in options.paths}
    groups: dict[tuple[Settings, Cache | None], list[Path]] = {}
    for path in pages:
        settings = _settings(path, options)
        cache = None if options.no_cache else cache_for(path, settings)
        groups.setdefault((settings, cache), []).append(path)
    reports = [check_paths(paths, *known, options.jobs) for known, paths in groups.items()]
    report = merged(reports)
    report = merged([report, Report(statements=_silent(pages, report))])
    assumed_real = any(settings.undeclared == "real" for settings, _ in groups)
    return _rendered(report, options.output_format, assumed_real), _status(report)


def _status(report: Report) -> int:
    return FINDINGS if report.findings else GREEN


def _explain(options: argparse.Namespace) -> tuple[str, int]:
    name, _, number = options.explain.rpartition(":")
    if options.paths:
        raise UsageError("--explain takes no further paths")
    if not name or not number.isdecimal() or int(number) == 0:
        raise UsageError(f"--explain wants FILE:LINE, not {options.explain!r}")
    path = Path(name)
    if not path.is_file():
        raise UsageError(f"{path}: no such file")
    try:
        lines = explain(path, int(number), _settings(path, options))
    except SourceError as error:
        raise UsageError(f"{path}:{error.line}:{error.column}: {error.message}") from None
    if not lines:
        raise UsageError(f"{options.explain}: no formula stands on this line")
    return "".join(f"{line}\n" for line in lines), GREEN


def _settings(path: Path, options: argparse.Namespace) -> Settings:
    settings = Settings.load(path)
    return replace(settings, undeclared=options.undeclared) if options.undeclared else settings


def _pages(path: Path) -> tuple[Path, ...]:
    """The file itself, or the pages below a folder in a fixed order."""
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder")
    return pages_in([path])


def _silent(pages: dict[Path, tuple[Path, ...]], report: Report) -> tuple[Statement, ...]:
    """A finding for each path in which no statement was found."""
    speaking = {statement.path for statement in report.statements}
    return tuple(
        _nothing_found(path)
        for path, found in pages.items()
        if not speaking.intersection(map(str, found))
    )


def _nothing_found(path: Path) -> Statement:
    return Statement(
        path=str(path),
        line=1,
        column=1,
        end_line=1,
        end_column=1,
        formula=0,
        kind="mention",
        latex="",
        verdict="unread",
        method="",
        code="ML001",
        message="no mathematics was found here, so nothing was checked",
    )


def _rendered(report: Report, output_format: str, assumed_real: bool) -> str:
    if output_format == "json":
        return render_json(report)
    if output_format == "github":
        return render_github(report, assumed_real)
    paths = {finding.path for finding in report.findings}
    return render_text(report, {path: _source(Path(path)) for path in paths}, assumed_real)


def _source(path: Path) -> str:
    if not path.is_file():
        return ""
    return path.read_bytes().decode("utf-8-sig", errors="replace")


def _complain(message: str) -> int:
    print(f"mathlint: {message}", file=sys.stderr)
    return USAGE_ERROR


def _write(output: str, output_format: str) -> None:
    """Print what was found; a reader that has gone, as `head` does, is no error."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        encoding = None if output_format == "text" else "utf-8"
        sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")
    try:
        print(output, end="", flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
