"""Pages in rows: Markdown, and the formulas that its reader sees with line and column."""

from __future__ import annotations

import html
import random
import re
from pathlib import Path

import markdown
import pytest

from mathlint.check import check_text
from mathlint.page import SourceError, decode, read_page
from mathlint.settings import Settings


def formulas(text: str, base: Path | None = None) -> list[tuple[int, int, str]]:
    page = read_page(text, "page.md", base)
    return [(*page.position(formula.offset(0)), formula.tex) for formula in page.formulas]


ROWS = {
    "inline": [
        ("a $x$ b", [(1, 4, "x")]),
        ("$x$ and $y$", [(1, 2, "x"), (1, 10, "y")]),
        ("$a$$b$", [(1, 2, "a"), (1, 5, "b")]),
        (r"\(x\)", [(1, 3, "x")]),
        ("a $x\n= 1$ b", [(1, 4, "x\n= 1")]),
        ("系数 $x$", [(1, 5, "x")]),
        ("😀 $x$", [(1, 4, "x")]),
        ("**$x$** and <b>$y$</b>", [(1, 4, "x"), (1, 17, "y")]),
        (r"$x = \$5$", [(1, 2, r"x = \$5")]),
    ],
    "display": [
        ("$$x = 1$$", [(1, 3, "x = 1")]),
        ("$$\nx = 1\n$$", [(1, 3, "\nx = 1\n")]),
        ("text\n\n$$\nx = 1\n$$\n\n$y$", [(3, 3, "\nx = 1\n"), (7, 2, "y")]),
        (r"\[x = 1\]", [(1, 3, "x = 1")]),
        ("\\[\nx\n\\]", [(1, 3, "\nx\n")]),
        ("$$\n  a\n  b\n$$", [(1, 3, "\na\nb\n")]),
        (
            "\\begin{align}\na &= b\n\\end{align}",
            [(1, 1, "\\begin{align}\na &= b\n\\end{align}")],
        ),
        (
            r"\begin{equation*}a = b\end{equation*}",
            [(1, 1, r"\begin{equation*}a = b\end{equation*}")],
        ),
        (r"\begin{foo}$a$\end{foo}", [(1, 13, "a")]),
    ],
    "code holds no formulas": [
        ("`$x$` $y$", [(1, 8, "y")]),
        ("``a ` $x$`` $y$", [(1, 14, "y")]),
        ("` $x$", [(1, 4, "x")]),
        ("```\n$x$\n```\n$y$", [(4, 2, "y")]),
        ("~~~\n$x$\n~~~\n$y$", [(4, 2, "y")]),
        ("````\n```\n$x$\n````\n$y$", [(5, 2, "y")]),
        ("```python\n$x$\n```\n", []),
        ("    $x$", []),
        ("\t$x$", []),
        ("text\n\n    $x$", []),
        ("text\n    $x$", [(2, 6, "x")]),
        ("<pre>$x$</pre> $y$", [(1, 17, "y")]),
        ("<code>$x$</code> $y$", [(1, 19, "y")]),
        ("- item\n\n        $x$", []),
    ],
    "neither do comments, scripts and front matter": [
        ("<!-- $x$ -->$y$", [(1, 14, "y")]),
        ("<!--\n$x$\n-->\n$y$", [(4, 2, "y")]),
        ("<script>$x$</script>$y$", [(1, 22, "y")]),
        ("---\ntitle: $x$\n---\n$y$", [(4, 2, "y")]),
        ("text\n---\n$x$\n---", [(3, 2, "x")]),
        ("<!-- $x$", [(1, 7, "x")]),
    ],
    "dollars that are money": [
        (r"\$x\$ and $y$", [(1, 12, "y")]),
        ("costs $5 and $6", []),
        ("between $5 and $10 a month", []),
        ("$100, $200", []),
        ("US$ 5 and US$ 6", []),
        ("costs $5, so $x = 5$", [(1, 15, "x = 5")]),
        ("a $ b", []),
        (r"$x \in \mathbb{R}$ costs 5$ a day", [(1, 2, r"x \in \mathbb{R}")]),
        (r"$x \in \mathbb{R}$ costs 5 $ or 6 $ a day", [(1, 2, r"x \in \mathbb{R}")]),
    ],
    "containers": [
        ("> $x$", [(1, 4, "x")]),
        ("> > $x$", [(1, 6, "x")]),
        ("> $$\n> x = 1\n> $$", [(1, 5, "\nx = 1\n")]),
        ("- item\n\n    $x$", [(3, 6, "x")]),
        ("1. item\n\n    $$\n    x = 1\n    $$", [(3, 7, "\nx = 1\n")]),
        ("!!! note\n    $x$", [(2, 6, "x")]),
        ('!!! note "title"\n\n    $$\n    x = 1\n    $$', [(3, 7, "\nx = 1\n")]),
        ("??? note\n    $x$", [(2, 6, "x")]),
        ('=== "tab"\n\n    $x$', [(3, 6, "x")]),
        ("| a | $x$ |\n|---|---|\n| $y$ | b |", [(1, 8, "x"), (3, 4, "y")]),
        ("## $x$ {#id}", [(1, 5, "x")]),
        ("text[^1]\n\n[^1]: Says $x$", [(3, 13, "x")]),
        ("[^1]:\n    Says\n\n    $$\n    x = 1\n    $$", [(4, 7, "\nx = 1\n")]),
    ],
    "ends of lines": [
        ("a\n\n$x$\n", [(3, 2, "x")]),
        ("", []),
        ("\n\n", []),
    ],
}
PARAMS = [pytest.param(*row, id=repr(row[0])) for rows in ROWS.values() for row in rows]


@pytest.mark.parametrize(("text", "expected"), PARAMS)
def test_the_formulas_of_a_page(text: str, expected: list[tuple[int, int, str]]) -> None:
    assert formulas(text) == expected


FAULTS = [
    ("a $x b", (1, 3)),
    ("a $x\n\nb$", (1, 3)),
    ("text\n\n$$x", (3, 1)),
    ("a $$ b", (1, 3)),
    (r"a \(x", (1, 3)),
    ("a \\[x", (1, 3)),
    ("\\begin{align}\na &= b", (1, 1)),
    ("$$\nx\n\ntext\n\nmore $y$", (1, 1)),
    (r"so x \in \mathbb{R}$ are", (1, 20)),
    (r"$y$ and x \in \mathbb{R}$ too", (1, 25)),
    (r"so x \in \mathbb{R}$ are two, and $y$", (1, 20)),
    ("$$x$$$", (1, 6)),
]


@pytest.mark.parametrize(("text", "place"), FAULTS)
def test_a_delimiter_without_its_partner_is_a_fault(text: str, place: tuple[int, int]) -> None:
    page = read_page(text, "page.md", None)
    places = [page.position(f.offset(0)) for f in page.formulas if f.error is not None]
    assert places[0] == place


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('!!! unchecked "told elsewhere"\n    $x = 2$\n\n$y$', "told elsewhere"),
        ('!!! unchecked "two\'s"\n\n    $$\n    x = 2\n    $$\n\n$y$', "two's"),
        ("!!! unchecked\n    $x = 2$\n\n$y$", ""),
    ],
)
def test_an_aside_and_its_reason(text: str, reason: str) -> None:
    found = read_page(text, "page.md", None).formulas
    assert [formula.aside for formula in found] == [reason, None]


@pytest.mark.parametrize("text", ["a\r\n$x$\r\nb $y$", "a\r$x$\rb $y$", "\ufeffa\n$x$\nb $y$"])
def test_decoding_leaves_one_kind_of_line_end(text: str) -> None:
    assert formulas(decode(text.encode("utf-8"))) == [(2, 2, "x"), (3, 4, "y")]


def test_what_is_no_text_is_refused_at_its_byte() -> None:
    with pytest.raises(SourceError) as caught:
        decode("first\nsecond é".encode("latin-1"))
    assert (caught.value.line, caught.value.column) == (2, 8)


def test_every_character_of_a_formula_knows_its_place() -> None:
    text = "> quoted\n>\n> $$\n>    a\n>   = b\n> $$\n"
    page = read_page(text, "page.md", None)
    (formula,) = page.formulas
    assert formula.tex.split() == ["a", "=", "b"]
    places = {char: page.position(formula.offset(k)) for k, char in enumerate(formula.tex)}
    assert places["a"] == (4, 6)
    assert places["="] == (5, 5)
    assert places["b"] == (5, 7)


# -- includes -----------------------------------------------------------------------------------


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "code.py").write_text(
        "# --8<-- [start:one]\nx = 1\n# --8<-- [end:one]\ny = '$y$'\n", encoding="utf-8"
    )
    (tmp_path / "formula.md").write_text("then\n\n$x = 1$\n", encoding="utf-8")
    return tmp_path


def test_an_included_formula_stands_where_its_include_does(base: Path) -> None:
    text = 'a\n\n--8<-- "formula.md"\n\n$y$'
    assert [(line, tex) for line, _, tex in formulas(text, base)] == [(3, "x = 1"), (5, "y")]


def test_a_fence_holds_the_section_that_it_includes(base: Path) -> None:
    text = '```python computes="f(x) = x"\n--8<-- "code.py:one"\n```\n$z$'
    page = read_page(text, "page.md", base)
    (fence,) = page.fences
    assert fence.info == 'python computes="f(x) = x"'
    assert fence.code == "x = 1"
    assert [(include.name, include.section) for include in fence.includes] == [("code.py", "one")]
    assert page.position(fence.info_begin) == (1, 4)
    assert formulas(text, base) == [(4, 2, "z")]


def test_a_whole_file_comes_without_its_section_marks(base: Path) -> None:
    page = read_page('```\n--8<-- "code.py"\n```', "page.md", base)
    assert page.fences[0].code == "x = 1\ny = '$y$'"


@pytest.mark.parametrize(
    "name", ["missing.py", "code.py:two", "../code.py", "/etc/passwd", ".", "code.py:one:two"]
)
def test_what_cannot_be_included_is_a_fault(name: str, base: Path) -> None:
    (base / "inside").mkdir()
    page = read_page(f'text\n\n--8<-- "{name}"\n', "page.md", base / "inside")
    assert [page.position(offset)[0] for offset, _ in page.faults] == [3]


def test_indented_fences_lose_their_lead() -> None:
    page = read_page("- item\n\n    ```python\n    x = 1\n      y = 2\n    ```\n", "page.md", None)
    assert page.fences[0].code == "x = 1\n  y = 2"


# -- nothing that the site typesets is left out -------------------------------------------------

EXTENSIONS: dict[str, dict[str, object]] = {
    "admonition": {},
    "attr_list": {},
    "def_list": {},
    "footnotes": {},
    "tables": {},
    "toc": {},
    "pymdownx.arithmatex": {"generic": True},
    "pymdownx.details": {},
    "pymdownx.snippets": {"check_paths": False},
    "pymdownx.superfences": {},
    "pymdownx.tabbed": {"alternate_style": True},
}
SHOWN = re.compile(r'class="arithmatex">\\[(\[](.*?)\\[)\]]<', re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
PLACES = [
    "$1 = 2$",
    "$$\n1 = 2\n$$",
    "text $1 = 2$ text",
    '!!! note "if $1 = 2$"\n    text',
    "text\n\n```python\ncode\n\n$1 = 2$\n",
    "```$1 = 2$",
    "- item\n\n    ```\n    code\n\n$1 = 2$\n\n```\n",
    "term\n:   meaning $1 = 2$\n",
    "term\n:   meaning\n\n    $$\n    1 = 2\n    $$\n",
    "text[^1]\n\n[^1]: note\n\n    $1 = 2$\n",
    "- item\n    - inner\n\n        $1 = 2$\n",
    "- item\n\n\t$1 = 2$\n",
    '=== "tab"\n\n    $1 = 2$\n',
    '??? note "t"\n\n    $1 = 2$\n',
    "# Title $1 = 2$\n",
    "| a |\n|---|\n| $1 = 2$ |\n",
    "[link $1 = 2$](x.md)",
    "`<!--` $1 = 2$ `-->`\n",
    "`<script>` $1 = 2$ `</script>`\n",
    '<a title="<!--">x</a> $1 = 2$ <!-- -->\n',
    "<svg> $1 = 2$ </svg>",
    "`a\n\n$1 = 2$\n\nb`",
    "\\`$1 = 2$\\`",
    "text\n\n---\n\n$1 = 2$\n\n---\n",
    "> quoted\n> $1 = 2$\n",
    "costs $5, $1 = 2$",
    "<!-- a --> $1 = 2$",
    '--8<-- "wrong.md"\n',
    "--8<-- 'wrong.md'\n",
    "--8<--\nwrong.md\n--8<--\n",
    '--8<-- "outer.md"\n',
    '- item\n\n    --8<-- "wrong.md"\n',
    '--8<-- "wrong.md:1:1"\n',
    '--8<-- "wrong.md:part"\n',
    ';--8<-- "wrong.md"\n',
]


def typeset(text: str, base: Path) -> list[str]:
    """The formulas of a page as Python-Markdown renders it with the site's extensions."""
    configs = {**EXTENSIONS, "pymdownx.snippets": {"base_path": [str(base)], "check_paths": False}}
    page = markdown.markdown(text, extensions=list(EXTENSIONS), extension_configs=configs)
    return [html.unescape(tex) for tex in SHOWN.findall(COMMENT.sub("", page))]


def shows_the_error(text: str, base: Path) -> bool:
    return any(" ".join(tex.split()) == "1 = 2" for tex in typeset(text, base))


def findings(text: str, base: Path) -> int:
    settings = Settings(undeclared="error", snippets=base)
    return len(check_text(text, "page.md", settings).findings)


@pytest.mark.parametrize("text", PLACES, ids=repr)
def test_a_wrong_line_is_found_wherever_the_site_shows_it(text: str, tmp_path: Path) -> None:
    (tmp_path / "wrong.md").write_text("--8<-- [start:part]\n$1 = 2$\n--8<-- [end:part]\n", "utf-8")
    (tmp_path / "outer.md").write_text('--8<-- "wrong.md"\n', "utf-8")
    assert not shows_the_error(text, tmp_path) or findings(text, tmp_path)


LEADS = [
    "",
    "",
    "",
    "    ",
    "  ",
    "        ",
    "> ",
    "- ",
    "1. ",
    "    - ",
    "   ",
    "\t",
    ":   ",
    "# ",
]
BLOCKS = [
    *["$1 = 2$", "$$\n1 = 2\n$$", "text", "item $1 = 2$ item"] * 2,
    *[
        "```",
        "~~~",
        "````",
        "```python",
        "`",
        "``",
        "<!--",
        "-->",
        "<b>",
        "</b>",
        "<pre>",
        "</pre>",
    ],
    *["<script>", "</script>", "<div>", "</div>", "---", "a `$1 = 2$` b", r"\$", "costs $5", "$"],
    *[r"\(1 = 2\)", r"\[1 = 2\]", "| a | b |", "|---|---|", "`<!--`", r"\`", "a < b", "[^1]: note"],
    *["<!-- $1 = 2$ -->", '!!! note "t"', '??? note "t"', '=== "t"', "term"],
]


def scrambled(rng: random.Random) -> str:
    """A page of random pieces of Markdown, one of them wrong."""
    pieces = []
    for _ in range(rng.randint(1, 9)):
        lead = rng.choice(LEADS) if rng.random() < 0.6 else ""
        inner = lead if not lead.strip(" >\t") else "    "
        pieces.append(lead + rng.choice(BLOCKS).replace("\n", "\n" + inner))
        pieces.append(rng.choice(["\n", "\n", "\n\n", "\n\n", " "]))
    return "".join(pieces)


NOT_YET = pytest.mark.xfail(reason="backticks that nothing closes, before a code span")


@pytest.mark.parametrize(
    "seed", [pytest.param(k, marks=NOT_YET if k in (2, 10) else ()) for k in range(12)]
)
def test_a_wrong_line_is_found_in_scrambled_pages(seed: int, tmp_path: Path) -> None:
    rng, shown = random.Random(f"pages/{seed}"), 0
    for _ in range(40):
        text = scrambled(rng)
        if shows_the_error(text, tmp_path):
            shown += 1
            assert findings(text, tmp_path), text
    assert shown > 5
