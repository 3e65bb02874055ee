"""Whether a changed snippet is caught, and if not, whether it is the same function bit for bit."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from shutil import copytree

import numpy as np

from mathlint.check import check_text
from mathlint.report import GREEN
from tests.mutation.judge import ROOT, SETTINGS, Source, Verdict, crashed
from tests.mutation.snippets import Change
from tests.test_snippets import GRADIENT, call, cases, names_of, pasted

TESTS = ROOT / "tests" / "test_snippets.py"
SAME = tomllib.loads((Path(__file__).parent / "same.toml").read_text(encoding="utf-8"))["same"]


def module_of(source: Source) -> Path:
    """The place of a page's module in the folder of snippets."""
    return source.path.relative_to(ROOT / "docs" / "en").with_suffix(".py")


@cache
def code_of(source: Source) -> str:
    return (ROOT / "snippets" / module_of(source)).read_text(encoding="utf-8")


def judged_code(source: Source, change: Change) -> Verdict:
    """The verdict on a page whose module is changed: by its report, else by the module's tests."""
    with tempfile.TemporaryDirectory() as folder:
        copytree(ROOT / "snippets", Path(folder) / "snippets")
        changed = Path(folder) / "snippets" / module_of(source)
        changed.write_text(change.applied(code_of(source)), encoding="utf-8")
        settings = replace(SETTINGS, snippets=Path(folder) / "snippets")
        report = check_text(source.text, source.name, settings)
        if crash := crashed(report):
            return Verdict("survived", crash)
        found = [check for check in report.snippets if check.verdict not in GREEN]
        if found:
            return Verdict("killed", f"{found[0].function}: {found[0].message}")
        reason = stated_reason(source, change)
        if reason and same_bits(source, changed):
            return Verdict("equivalent", reason)
        if fails_its_tests(Path(folder), module_of(source).stem):
            return Verdict("killed", "by the module's own tests")
    return Verdict("survived", "")


def stated_reason(source: Source, change: Change) -> str | None:
    """Why a change of a line makes no difference, as same.toml states it."""
    before, after = line_of(code_of(source), change), changed_line(code_of(source), change)
    for entry in SAME:
        for old, new in zip(entry["before"], entry["after"], strict=True):
            if old in before and before.replace(old, new) == after:
                return str(entry["reason"])
    return None


def line_of(code: str, change: Change) -> str:
    begin = code.rfind("\n", 0, change.start) + 1
    return code[begin : code.find("\n", change.start)]


def changed_line(code: str, change: Change) -> str:
    begin = code.rfind("\n", 0, change.start) + 1
    return code[begin : change.start] + change.text + code[change.end : code.find("\n", change.end)]


def same_bits(source: Source, changed: Path) -> bool:
    """Whether both modules return the same bits wherever the module's tests call them."""
    old, new = pasted(ROOT / "snippets" / module_of(source), np), pasted(changed, np)
    return all(
        bits(old, name, given) == bits(new, name, given)
        for name in vars(old)
        for given in arguments(source, old, name)
    )


def arguments(source: Source, module: object, name: str) -> Iterator[dict[str, object]]:
    match = GRADIENT.fullmatch(name)
    names = names_of(getattr(module, name))
    every = [*names_of(getattr(module, match["forward"])), *names] if match else names
    for given in cases(ROOT / "snippets" / module_of(source), name, list(dict.fromkeys(every))):
        yield {key: given[key] for key in names}


def bits(module: object, name: str, given: dict[str, object]) -> bytes:
    with np.errstate(all="ignore"):
        return np.asarray(call(getattr(module, name), given)).tobytes()


def fails_its_tests(folder: Path, name: str) -> bool:
    """Whether the tests of the snippets find the change."""
    copy = folder / "tests" / TESTS.name
    copy.parent.mkdir()
    copy.write_text(TESTS.read_text(encoding="utf-8"), encoding="utf-8")
    options = ["-q", "-x", "-k", name, "-c", str(ROOT / "pyproject.toml"), "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options, str(copy)]
    run = subprocess.run(command, capture_output=True, check=False, cwd=folder)
    assert run.returncode in (0, 1), run.stdout.decode()
    return run.returncode == 1
