"""Pages from the cache, judged together or in several processes: each as if it were alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mathlint import cache as cache_module
from mathlint import judging, sharing
from mathlint.cache import Cache, cache_for
from mathlint.check import Text, check_paths, check_text, check_texts
from mathlint.cli import main
from mathlint.page import read_page
from mathlint.report import Report
from mathlint.settings import Settings

STRICT = Settings(undeclared="error")
CODE = """\
import numpy as np


def slope(x):
    return 2.0 * np.asarray(x, dtype=float)
"""
PAGE = r"""
For $x \in \mathbb{R}$ let $f(x) = x^2$, so that

$$
\begin{aligned}
    \dfrac{d}{dx}f(x) &= \dfrac{d}{dx}x^2 && \text{definition} \\
    &= 2x && \text{power rule}
\end{aligned}
$$

```python computes="slope(x) = \dfrac{d}{dx}f(x)"
--8<-- "code.py"
```
"""


class Counted:
    """Counts the pages that are judged."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pages: list[str] = []
        whole = judging.PageCheck.report

        def report(check: judging.PageCheck) -> Report:
            self.pages.append(check.source.path)
            return whole(check)

        monkeypatch.setattr(judging.PageCheck, "report", report)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(monkeypatch)


class Project:
    """A page, its code and its settings in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.page, self.code = folder / "page.md", folder / "code.py"
        self.page.write_text(PAGE, encoding="utf-8")
        self.code.write_text(CODE, encoding="utf-8")
        self.settings = replace(STRICT, snippets=folder)
        self.cache = Cache(folder / "cache")

    def check(self) -> Report:
        return check_paths([self.page], self.settings, self.cache)

    def alone(self) -> Report:
        return check_paths([self.page], self.settings)

    @property
    def entry(self) -> Path:
        (found,) = self.cache.folder.glob("*.json")
        return found


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


# The cache


def test_an_unchanged_page_is_not_judged_again(project: Project, counted: Counted) -> None:
    first, second = project.check(), project.check()
    assert len(counted.pages) == 1
    assert first == second == project.alone()
    assert [s.verdict for s in first.snippets] == ["numeric"]
    assert (project.cache.folder / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_what_a_lenient_run_notes_and_a_claim_by_samples_come_back_the_same(tmp_path: Path) -> None:
    text, cache = "$u = 2x$ $x^2 \\ge 0$ $\\ln 2 < 1$", Cache(tmp_path)
    first, second = (check_text(text, "page.md", Settings(), cache) for _ in range(2))
    assert first == second
    assert first.notes
    assert list(tmp_path.glob("*.json"))


def test_an_entry_serves_every_name_of_its_page(
    project: Project, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.check()
    monkeypatch.chdir(project.folder)
    report = check_paths([Path("page.md")], project.settings, project.cache)
    assert len(counted.pages) == 1
    assert {item.path for item in (*report.statements, *report.snippets)} == {"page.md"}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def other_settings(**changed: object) -> Callable[[Project, pytest.MonkeyPatch], None]:
    def change(project: Project, _: pytest.MonkeyPatch) -> None:
        project.settings = replace(project.settings, **changed)  # type: ignore[arg-type]

    return change


def other_checker(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(Path(cache_module.__file__).parent, project.folder / "mathlint")
    edit(project.folder / "mathlint" / "compare.py", "import", "import  ")
    monkeypatch.setattr(cache_module, "SOURCES", project.folder / "mathlint")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda p, _: edit(p.page, "&= 2x", "&= 3x"), id="a formula"),
        pytest.param(lambda p, _: edit(p.page, "For $x", "For any $x"), id="a word"),
        pytest.param(lambda p, _: edit(p.page, "slope(x)", "other(x)"), id="what code computes"),
        pytest.param(lambda p, _: edit(p.code, "2.0", "3.0"), id="the code"),
        pytest.param(lambda p, _: edit(p.code, "slope", "other"), id="a name in the code"),
        pytest.param(lambda p, _: p.code.unlink(), id="the code is gone"),
        pytest.param(other_settings(seed=1), id="the seed"),
        pytest.param(other_settings(digits=31), id="the digits"),
        pytest.param(other_settings(undeclared="real"), id="undeclared"),
        pytest.param(other_settings(sizes=(2,)), id="the sizes"),
        pytest.param(other_settings(time_limit=9.0), id="the time limit"),
        pytest.param(other_settings(snippets=None), id="the folder of the code"),
        pytest.param(other_checker, id="the checker"),
        pytest.param(
            lambda _, m: m.setattr(cache_module, "_version", lambda name: f"{name} 9"), id="NumPy"
        ),
    ],
)
def test_what_has_changed_is_judged_again(
    project: Project,
    counted: Counted,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Project, pytest.MonkeyPatch], None],
) -> None:
    cache_module._checker.cache_clear()
    project.check()
    change(project, monkeypatch)
    cache_module._checker.cache_clear()
    report = project.check()
    cache_module._checker.cache_clear()
    assert len(counted.pages) == 2
    assert report == project.alone()


def forged(text: str) -> str:
    """A right entry that somebody has added a statement to."""
    entry = json.loads(text)
    entry["report"]["statements"].append(entry["report"]["statements"][0])
    return json.dumps(entry)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda text: "", id="empty"),
        pytest.param(lambda text: text[: len(text) // 2], id="cut off"),
        pytest.param(lambda text: text + "}", id="too long"),
        pytest.param(lambda text: "[]", id="a list"),
        pytest.param(lambda text: "{}", id="nothing in it"),
        pytest.param(lambda text: "[" * 100_000, id="nested"),
        pytest.param(lambda text: text.replace("exact", "numeric", 1), id="another verdict"),
        pytest.param(lambda text: text.replace('"line": 2', '"line": 3', 1), id="another line"),
        pytest.param(forged, id="another statement"),
        pytest.param(lambda text: text.replace('"key": "', '"key": "0', 1), id="another key"),
        pytest.param(lambda text: text.replace('"digest": "', '"digest": "0', 1), id="digest"),
    ],
)
def test_a_damaged_entry_is_judged_again_and_replaced(
    project: Project, counted: Counted, damage: Callable[[str], str]
) -> None:
    report = project.check()
    whole = project.entry.read_text(encoding="utf-8")
    assert damage(whole) != whole
    project.entry.write_text(damage(whole), encoding="utf-8")
    assert project.check() == report
    assert len(counted.pages) == 2
    assert project.entry.read_text(encoding="utf-8") == whole
    project.entry.write_bytes(b"\xff\xfe")
    assert project.check() == report
    assert len(counted.pages) == 3


def test_an_entry_of_another_form_is_no_entry(project: Project, counted: Counted) -> None:
    report = project.check()
    entry = json.loads(project.entry.read_text(encoding="utf-8"))
    for wrong in ([], {"statements": 1}, {"statements": [{}], "snippets": [], "notes": []}):
        digest = cache_module._digest(entry["key"] + cache_module._canonical(wrong))
        text = json.dumps(entry | {"digest": digest, "report": wrong})
        project.entry.write_text(text, encoding="utf-8")
        assert project.check() == report
    assert len(counted.pages) == 4


def test_the_entry_of_one_page_is_none_for_another(project: Project, counted: Counted) -> None:
    project.check()
    other = project.folder / "other.md"
    other.write_text(PAGE.replace("2x", "3x"), encoding="utf-8")
    stolen = project.cache._file(str(other))
    shutil.copy(project.entry, stolen)
    assert check_paths([other], project.settings, project.cache).findings
    assert len(counted.pages) == 2


def test_a_page_with_a_finding_is_judged_each_time(project: Project, counted: Counted) -> None:
    edit(project.page, "&= 2x", "&= 3x")
    assert project.check() == project.check()
    assert len(counted.pages) == 2
    assert not project.cache.folder.exists()


@pytest.mark.parametrize(
    ("line", "judged"),
    [
        ("import math", 1),
        ("import math, os.path as path", 1),
        ("from math import erf", 1),
        ("import snippets", 2),
        ("import math, snippets", 2),
        ("from tests.test_check import CODE", 2),
        ("    import snippets  # inside a function", 2),
    ],
)
def test_code_that_imports_what_may_change_is_run_each_time(
    project: Project, counted: Counted, line: str, judged: int
) -> None:
    place = "    return" if line.startswith(" ") else "import numpy"
    edit(project.code, place, f"{line}\n{place}")
    assert project.check() == project.check()
    assert len(counted.pages) == judged


def test_code_that_changes_under_the_check_is_not_kept(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = judging.PageCheck.report

    def report(check: judging.PageCheck) -> Report:
        edit(project.code, "2.0", "3.0")
        return whole(check)

    monkeypatch.setattr(judging.PageCheck, "report", report)
    project.check()
    assert not project.cache.folder.exists()


def test_without_a_folder_to_write_to_nothing_is_kept(project: Project, counted: Counted) -> None:
    project.cache.folder.write_text("a file in its place", encoding="utf-8")
    assert project.check() == project.check()
    assert len(counted.pages) == 2


def test_a_write_that_fails_leaves_nothing_behind(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "replace", refuse)
    project.check()
    assert [path.name for path in project.cache.folder.iterdir()] == [".gitignore"]


@pytest.mark.parametrize(
    ("toml", "options", "kept"),
    [
        ("", [], True),
        ("", ["--no-cache"], False),
        ("cache = true", [], True),
        ("cache = false", [], False),
    ],
)
def test_the_command_keeps_what_is_green_beside_pyproject(
    tmp_path: Path, toml: str, options: list[str], kept: bool
) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.mathlint]\n{toml}\n", encoding="utf-8")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text("$1 + 1 = 2$\n", encoding="utf-8")
    assert main([str(tmp_path / "docs"), "--jobs", "1", *options]) == 0
    assert (tmp_path / ".mathlint_cache").exists() == kept


def test_a_run_in_which_nothing_has_changed_loads_nothing_that_judges(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text("$1 + 1 = 2$\n", encoding="utf-8")
    code = (
        "import sys; from mathlint.cli import main; assert main(sys.argv[1:]) == 0; "
        "print({'numpy', 'flint', 'mathlint.judging'} & set(sys.modules))"
    )
    loaded = [
        subprocess.run([sys.executable, "-c", code, page], capture_output=True, check=True).stdout
        for _ in range(2)
    ]
    assert b"numpy" in loaded[0]
    assert loaded[1].endswith(b"set()\n")


def test_outside_a_project_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "nearest_pyproject", lambda _: None)
    assert cache_for(tmp_path, STRICT) is None


# Pages that say the same in two languages

ENGLISH = r"""
For $x \in \mathbb{R}$ let

$$
r(x) = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}
$$

$$
\begin{aligned}
    \dfrac{d}{dx}x^2 &= 2x && \text{power rule} \\
    r(x)^2 &= x \cdot r(x) && \text{squared}
\end{aligned}
$$

$r(x) \ge 0$, and $\dfrac{d}{dx}r(x) = 1 \text{ for } x > 0$. If $x > 1$, then $r(x) > 1$.

Let $q = \sum_{k=1}^{3} kx$. Also $q = 6x$. Later $k = 1, 2$ will do.

The same holds for $s + 1$, where $s = r(x)$, with $s \ge 0$.
"""
WORDS = {
    "For $x": "设 $x",
    "let\n": "，令\n",
    r"\text{if }": r"\text{若 }",
    r"\text{otherwise}": r"\text{否则}",
    r"\text{power rule}": r"\text{幂函数的求导法则}",
    r"\text{squared}": r"\text{平方}",
    "$, and $": "$，且 $",
    r"\text{ for }": r"\text{ 当 }",
    "If $": "若 $",
    "Let $q": "令 $q",
    "$. Also $": "$。另有 $",
    "$. Later $": "$。此后取 $",
    "$ will do.": "$ 即可。",
    ", then $": "，则 $",
    "The same holds for $s": "对 $s",
    "$, where $": "$，其中 $",
    "$, with $": "$，且 $",
    "0$.\n": "0$，结论相同。\n",
}


def chinese() -> str:
    text = ENGLISH
    for old, new in WORDS.items():
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    ("old", "new", "judged"),
    [
        pytest.param("", "", 1, id="other words"),
        pytest.param("设", "\n\n设", 1, id="other lines"),
        pytest.param(r"\text{平方}", "", 1, id="no word"),
        pytest.param("= 2x", "=  2x", 2, id="another spacing"),
        pytest.param("= 2x", "= 3x", 2, id="another number"),
        pytest.param("0 &", "1 &", 2, id="another branch"),
        pytest.param(r"\text{否则}", r"\text{若 } x < 0", 2, id="another condition"),
        pytest.param(r"\text{否则}", r"\text{平方}", 2, id="a word that says nothing"),
        pytest.param(r"\text{若 }", r"\text{不 }", 2, id="a word that is no condition"),
        pytest.param(r"\text{平方}", r"\text{$x$}", 2, id="mathematics among the words"),
        pytest.param(r"$r(x) \ge 0$", "$$\nr(x) \\ge 0\n$$", 2, id="displayed"),
        pytest.param("若 $x > 1", "又 $x > 1", 2, id="no word that makes a condition"),
        pytest.param("此后取", "其中", 1, id="a word that explains what is known"),
        pytest.param("另有", "其中", 2, id="a word that might explain a name"),
        pytest.param("其中", "而", 2, id="no word that explains a name"),
        pytest.param("且 $s", "。且 $s", 2, id="a sentence that ends"),
        pytest.param("且 $", "且\n\n!!! unchecked\n\n    $", 2, id="an aside"),
        pytest.param("且 $", "$1 = 1$ 且 $", 2, id="one formula more"),
        pytest.param("且 $", "$ 且 $", 2, id="a lone dollar"),
    ],
)
def test_two_languages_are_judged_as_if_each_were_alone(
    counted: Counted, old: str, new: str, judged: int
) -> None:
    assert old in chinese()
    other = chinese().replace(old, new) if old else chinese()
    texts = [Text("en.md", ENGLISH), Text("zh.md", other)]
    together = check_texts(texts, STRICT)
    assert len(counted.pages) == judged
    assert together == [check_text(text.text, text.path, STRICT) for text in texts]
    assert not together[0].findings


def test_pages_are_told_apart_by_their_trees_whatever_their_words(counted: Counted) -> None:
    """The trees alone decide, without the look at the text that brings pages together."""
    for changed in (chinese(), chinese().replace("= 2x", "=  2x"), chinese().replace("2x", "3x")):
        counted.pages.clear()
        pages = [read_page(text, "", None) for text in (ENGLISH, changed)]
        reports = sharing.judge(pages, STRICT)
        assert len(counted.pages) == 1 + ("3x" in changed)
        assert reports[1] == judging.PageCheck(pages[1], STRICT).report()


def test_a_finding_is_found_in_both_languages() -> None:
    texts = [Text("en.md", ENGLISH + "$1 = 2$"), Text("zh.md", chinese() + "$1 = 2$")]
    together = check_texts(texts, STRICT)
    assert together == [check_text(text.text, text.path, STRICT) for text in texts]
    assert [len(report.findings) for report in together] == [1, 1]


def test_code_is_compared_once_for_both_languages(project: Project, counted: Counted) -> None:
    other = project.folder / "zh.md"
    other.write_text(PAGE.replace("power rule", "求导") + "\n\n", encoding="utf-8")
    edit(other, "\nFor", "\n\n对")
    paths = [project.page, other]
    together = check_paths(paths, project.settings)
    assert len(counted.pages) == 1
    assert together.snippets == sum(
        (check_paths([path], project.settings).snippets for path in paths), ()
    )
    assert together.snippets[1].line == together.snippets[0].line + 1


# Several processes


def test_several_processes_say_the_same_in_the_same_order(tmp_path: Path) -> None:
    for number in range(4):
        text = f"$x \\in \\mathbb{{R}}$ $x + {number} = {number} + x$ $1 = {number}$\n" * number
        (tmp_path / f"{number}.md").write_text(text, encoding="utf-8")
    assert check_paths([tmp_path], STRICT, jobs=2) == check_paths([tmp_path], STRICT)


@pytest.mark.parametrize("jobs", ["0", "-1", "two", "1.5"])
def test_a_number_of_jobs_is_a_whole_one(jobs: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--jobs", jobs, "page.md"])
    assert ended.value.code == 2
    assert "no whole number from 1 up" in capsys.readouterr().err
