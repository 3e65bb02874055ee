"""The command line: what it prints for which report, and how it ends."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mathlint.cli import main
from mathlint.output import render_github, render_json, render_text, summary_line
from mathlint.report import Note, Report, SnippetCheck, Statement, Witness
from mathlint.settings import Settings, SettingsError

PAGE = "# Sigmoid\n\n系数 $a = b$\n"
PLACE = re.compile(r"^.+:\d+:\d+: ML\d+ .+$", re.MULTILINE)


def statement(**changed: object) -> Statement:
    values: dict[str, object] = {
        "path": "docs/a.md",
        "line": 3,
        "column": 5,
        "end_line": 3,
        "end_column": 10,
        "formula": 0,
        "kind": "claim",
        "latex": "a = b",
        "verdict": "refuted",
        "method": "",
        "code": "ML301",
        "message": "the two sides differ: z = 0.61, left 0.228, right -0.228",
        "witness": Witness((("z", "0.61"),), "0.228", "-0.228"),
    }
    return Statement(**(values | changed))  # type: ignore[arg-type]


def snippet(**changed: object) -> SnippetCheck:
    values: dict[str, object] = {
        "path": "docs/a.md",
        "line": 3,
        "column": 1,
        "module": "activations/sigmoid.py",
        "function": "sigmoid",
        "quantity": r"\sigma(z)",
        "samples": 120,
        "worst_ulps": 1.5,
        "worst_relative": 1e-16,
        "verdict": "numeric",
        "code": "",
        "message": "",
    }
    return SnippetCheck(**(values | changed))  # type: ignore[arg-type]


GREEN = statement(verdict="exact", code="", message="", witness=None)
ZERO = "0 exact, 0 numeric, 0 refuted, 0 unread, 0 undecided, 0 accepted, 0 aside"
NO_SNIPPETS = "0 snippet functions: 0 numeric, 0 refuted, 0 unread, 0 undecided"


def test_text_shows_message_witness_source_line_and_caret() -> None:
    text = render_text(Report((GREEN, statement())), {"docs/a.md": PAGE}, assumed_real=False)
    assert text.splitlines() == [
        "docs/a.md:3:5: ML301 the two sides differ: z = 0.61, left 0.228, right -0.228",
        "    系数 $a = b$",
        "          ^",
        "2 statements: 1 exact, 0 numeric, 1 refuted, 0 unread, 0 undecided, 0 accepted, 0 aside; "
        + NO_SNIPPETS,
    ]


def test_text_of_a_green_report_is_the_summary_line_alone() -> None:
    text = render_text(Report((GREEN,), (snippet(),)), {}, assumed_real=True)
    assert text == (
        "1 statement: 1 exact, 0 numeric, 0 refuted, 0 unread, 0 undecided, 0 accepted, 0 aside; "
        "1 snippet function: 1 numeric, 0 refuted, 0 unread, 0 undecided; "
        "free names assumed real\n"
    )


def test_text_orders_findings_and_notes_by_position() -> None:
    report = Report(
        (statement(line=9), statement(path="docs/b.md", line=1)),
        (snippet(line=4, verdict="refuted", code="ML401", message="wrong shape"),),
        (Note("docs/a.md", 7, 2, "never used"),),
    )
    lines = render_text(report, {}, assumed_real=False).splitlines()
    assert [line.split(": ")[0] for line in lines[:-1]] == [
        "docs/a.md:4:1",
        "docs/a.md:7:2",
        "docs/a.md:9:5",
        "docs/b.md:1:5",
    ]
    assert lines[1] == "docs/a.md:7:2: note: never used"


@pytest.mark.parametrize(
    ("line", "column", "shown", "caret"),
    [
        ("x = 1", 5, "    x = 1", "        ^"),
        ("零 = 1", 3, "    零 = 1", "       ^"),
        ("\tx", 2, "        x", "        ^"),
        ("e\N{COMBINING ACUTE ACCENT}x", 3, "    e\N{COMBINING ACUTE ACCENT}x", "     ^"),
        ("a\x1b[31mb", 7, "    a\N{REPLACEMENT CHARACTER}[31mb", "          ^"),
        ("ends", 5, "    ends", "        ^"),
        ("x" * 900, 250, "    …" + "x" * 400 + "…", " " * 125 + "^"),
        ("x" * 900, 900, "    …" + "x" * 121, " " * 125 + "^"),
    ],
)
def test_caret_stands_under_its_character(line: str, column: int, shown: str, caret: str) -> None:
    finding = statement(line=1, column=column)
    lines = render_text(Report((finding,)), {"docs/a.md": line}, assumed_real=False).split("\n")
    assert lines[1:3] == [shown, caret]


def test_a_position_outside_the_text_has_no_excerpt() -> None:
    lines = render_text(Report((statement(line=99),)), {"docs/a.md": PAGE}, False).splitlines()
    assert len(lines) == 2


def test_a_message_stays_one_line() -> None:
    finding = statement(message="cannot read\n  \\foo\x07")
    first = render_text(Report((finding,)), {}, assumed_real=False).splitlines()[0]
    assert first == "docs/a.md:3:5: ML301 cannot read \\foo\N{REPLACEMENT CHARACTER}"


def test_summary_counts_every_verdict() -> None:
    assert summary_line(Report(), assumed_real=False) == f"0 statements: {ZERO}; {NO_SNIPPETS}"


def test_json_holds_every_statement_with_stable_keys() -> None:
    text = render_json(Report((GREEN, statement(message="左右不等")), (snippet(),)))
    data = json.loads(text)
    assert list(data) == ["version", "statements", "snippets", "notes", "summary"]
    assert data["version"] == 1
    assert [item["verdict"] for item in data["statements"]] == ["exact", "refuted"]
    keys = "path line column end_line end_column kind latex verdict method message witness"
    assert set(keys.split()) <= set(data["statements"][0])
    witness = {"point": [["z", "0.61"]], "left": "0.228", "right": "-0.228"}
    assert data["statements"][1]["witness"] == witness
    assert data["summary"]["refuted"] == 1
    assert "左右不等" in text


def test_json_has_null_for_an_error_that_is_not_finite() -> None:
    data = json.loads(render_json(Report(snippets=(snippet(worst_ulps=float("inf")),))))
    assert data["snippets"][0]["worst_ulps"] is None


def test_github_commands_escape_what_would_end_them() -> None:
    finding = statement(path="docs/a,b:c.md", message="50%\nleft")
    lines = render_github(Report((finding,)), assumed_real=False).splitlines()
    assert lines[0] == (
        "::error file=docs/a%2Cb%3Ac.md,line=3,col=5,endLine=3,endColumn=10,"
        "title=mathlint ML301::50%25%0Aleft"
    )


def test_github_shows_notes_and_snippets() -> None:
    bad = snippet(verdict="refuted", code="ML401", message="wrong shape")
    note = Note("docs/a.md", 7, 2, "never used")
    lines = render_github(Report((), (bad,), (note,)), assumed_real=False).splitlines()
    assert lines[:2] == [
        "::error file=docs/a.md,line=3,col=1,title=mathlint ML401::wrong shape",
        "::notice file=docs/a.md,line=7,col=2,title=mathlint note::never used",
    ]


@pytest.fixture(autouse=True)
def _default_settings(tmp_path: Path) -> None:
    """Defaults for the pages of a test, whatever lies in the folders above."""
    write(tmp_path, "pyproject.toml", "[tool.mathlint]\n")


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


RIGHT = "$z \\in \\mathbb{R}$\n\n$$\n(z+1)^2 = z^2 + 2z + 1\n$$\n"
WRONG = "$z \\in \\mathbb{R}$\n\n$$\n(z+1)^2 = z^2 + 2z - 1\n$$\n"


def test_a_right_page_ends_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(write(tmp_path, "a.md", RIGHT))]) == 0
    out = capsys.readouterr().out
    assert out.startswith("2 statements: 1 exact")
    assert out.endswith("free names assumed real\n")


def test_a_wrong_page_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "a.md", WRONG)
    assert main([str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert re.match(re.escape(str(path)) + r":4:\d+: ML\d+ .*z = .*, left .*, right .*", lines[0])
    assert lines[1].strip() == "(z+1)^2 = z^2 + 2z - 1"
    assert lines[2].strip() == "^"


def test_folders_hold_pages_of_three_suffixes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("b.txt", "a.md", "sub/c.markdown", "sub/D.MD", ".hidden/e.md", "f.py"):
        write(tmp_path, name, RIGHT)
    assert main([str(tmp_path), str(tmp_path / "sub"), "--output-format", "json"]) == 0
    found = [item["path"] for item in json.loads(capsys.readouterr().out)["statements"]]
    names = [str(tmp_path / name) for name in ("a.md", "b.txt", "sub/D.MD", "sub/c.markdown")]
    assert list(dict.fromkeys(found)) == names
    assert len(found) == 8


def test_settings_are_those_of_the_folder_and_an_option_overrides_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "pyproject.toml", '[tool.mathlint]\nundeclared = "error"\n')
    path = write(tmp_path, "sub/a.md", "$$\n(q+1)^2 = q^2 + 2q + 1\n$$\n")
    assert main([str(path)]) == 1
    assert "assumed real" not in capsys.readouterr().out
    assert main([str(path), "--undeclared", "real"]) == 0
    assert "assumed real" in capsys.readouterr().out


def test_explain_says_how_a_line_was_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, "a.md", RIGHT)
    assert main(["--explain", f"{path}:4"]) == 0
    assert "claim" in capsys.readouterr().out


@pytest.mark.parametrize("output_format", ["text", "json", "github"])
def test_the_same_input_gives_the_same_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], output_format: str
) -> None:
    path = write(tmp_path, "a.md", WRONG)
    outputs = []
    for _ in range(2):
        assert main([str(path), "--output-format", output_format]) == 1
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["missing.md"],
        ["page.md", "missing"],
        ["--explain", "page.md"],
        ["--explain", "page.md:0"],
        ["--explain", "page.md:two"],
        ["--explain", "missing.md:1"],
        ["--explain", "page.md:2"],
        ["--explain", "bytes.md:1"],
        ["--explain", "page.md:1", "page.md"],
        ["bad/page.md"],
        ["x" * 5000],
    ],
)
def test_usage_errors_end_with_2_and_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
) -> None:
    write(tmp_path, "page.md", RIGHT)
    write(tmp_path, "bytes.md", b"$\xff$")
    write(tmp_path, "bad/page.md", RIGHT)
    write(tmp_path, "bad/pyproject.toml", "[tool.mathlint]\nsize = [1]\n")
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch("mathlint: .+\n", err)
    assert "internal" not in err


@pytest.mark.parametrize("option", ["--output-format=xml", "--undeclared=maybe", "--nothing"])
def test_bad_options_end_with_2(option: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["page.md", option])
    assert ended.value.code == 2


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert re.fullmatch(r"mathlint \S.*\n", capsys.readouterr().out)


HOSTILE = {
    "unbalanced-open": b"$$\n\\dfrac{1}{2 = 3\n$$\n",
    "unbalanced-close": b"$$\n\\dfrac{1}2}} = 3\n$$\n",
    "unclosed-display": b"$$\nx = 1\n",
    "megabyte-formula": b"$" + b"x+" * 500_000 + b"x = 1$\n",
    "megabyte-letters": b"$$\n" + b"x" * 1_000_000 + b"\n$$\n",
    "megabyte-of-dollars": b"$" * 1_000_001 + b"\n",
    "nested-braces": b"$$\n" + b"{" * 10_000 + b"x" + b"}" * 10_000 + b" = 1\n$$\n",
    "nested-parentheses": b"$$\n" + b"(" * 10_000 + b"x" + b")" * 10_000 + b" = 1\n$$\n",
    "nested-fractions": b"$$\n" + b"\\dfrac{1}{" * 10_000 + b"x" + b"}" * 10_000 + b" = 1\n$$\n",
    "definition": b"$\\def\\x{1} \\x = 1$\n",
    "unknown-command": b"$$\n\\wibble{x} = 1\n$$\n",
    "control-characters": b"$x \x00\x07\x1b[2J = 1$\n",
    "not-utf-8": b"$x = 1$\n\xff\xfe\n",
    "empty": b"",
    "blank": b"\n \n",
    "no-mathematics": b"# Title\n\nWords.\n",
}


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mathlint", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_input_is_a_finding_with_a_position(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path, "page.md", content)
    ended = run(path)
    assert ended.returncode == 1, ended.stderr[-2000:]
    assert PLACE.match(ended.stdout)
    assert ended.stderr == ""
    assert max(map(len, ended.stdout.splitlines())) < 2000


def test_a_folder_without_pages_is_a_finding(tmp_path: Path) -> None:
    ended = run(tmp_path)
    assert ended.returncode == 1
    assert ended.stdout.startswith(f"{tmp_path}:1:1: ML001 ")


def test_a_silent_page_beside_a_right_one_is_still_a_finding(tmp_path: Path) -> None:
    right, empty = write(tmp_path, "a.md", RIGHT), write(tmp_path, "b.md", "")
    assert run(right, empty).stdout.startswith(f"{empty}:1:1: ML001 ")
    assert run(tmp_path).returncode == 0


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    for number in range(40):
        write(tmp_path, f"{number}.md", "$" * 1001)
    command = f"'{sys.executable}' -m mathlint '{tmp_path}' --output-format json | head -c 10"
    ended = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert ended.stdout == '{\n  "versi'
    assert ended.stderr == ""


@pytest.mark.parametrize(
    ("toml", "complaint"),
    [
        ("size = [1]", "has no setting size"),
        ("sizes = 3", "sizes must be a list"),
        ("sizes = []", "sizes must be one or more whole numbers"),
        ("sizes = [true]", "sizes must be one or more whole numbers"),
        ('digits = "30"', "digits must be a whole number from 1 up, not '30'"),
        ("digits = 0", "digits must be a whole number from 1 up, not 0"),
        ("seed = 1.5", "seed must be a whole number"),
        ('undeclared = "maybe"', "undeclared must be"),
        ("time_limit = 0", "time_limit must be seconds above 0"),
        ("time_limit = nan", "time_limit must be seconds above 0"),
        ("snippets = 3", "snippets must be the path of a folder"),
        ("undeclared =", "cannot be read"),
    ],
)
def test_bad_settings_name_the_file_and_the_key(tmp_path: Path, toml: str, complaint: str) -> None:
    source = write(tmp_path, "pyproject.toml", f"[tool.mathlint]\n{toml}\n")
    with pytest.raises(SettingsError, match=re.escape(complaint)) as raised:
        Settings.load(tmp_path)
    assert str(raised.value).startswith(f"{source}: ")


def test_settings_come_from_the_nearest_pyproject(tmp_path: Path) -> None:
    toml = '[tool.mathlint]\nundeclared = "error"\nsizes = [2, 4]\nsnippets = "code"\n'
    write(tmp_path, "pyproject.toml", toml)
    page = write(tmp_path, "docs/en/a.md", "")
    wanted = Settings(undeclared="error", sizes=(2, 4), snippets=tmp_path / "code")
    assert Settings.load(page) == wanted
    write(tmp_path, "docs/pyproject.toml", "[project]\n")
    assert Settings.load(page) == Settings()
