"""The Markdown extension: where captions, verdicts and findings stand, and that they are logged."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import markdown
import pytest

from mathlint import markdown_extension
from mathlint.markdown_extension import WORDS, MathlintExtension, verdict_words
from mathlint.report import Report, SnippetCheck, Statement, Witness
from mathlint.settings import SettingsError

OTHERS = {
    "admonition": {},
    "footnotes": {},
    "md_in_html": {},
    "tables": {},
    "pymdownx.arithmatex": {"generic": True},
    "pymdownx.blocks.caption": {},
    "pymdownx.details": {},
    "pymdownx.highlight": {},
    "pymdownx.snippets": {"check_paths": True},
    "pymdownx.superfences": {},
    "pymdownx.tabbed": {"alternate_style": True},
}
SNIPPET = "import numpy as np\n\n\ndef sigmoid(z):\n    return 1 / (1 + np.exp(-z))\n"
MESSAGE = "the sides differ: z = 0.61, left 0.228, right -0.228"
VERDICT = '<p class="mathlint-verdict">1 line: exact</p>'


def claim(line: int, formula: int = 0, **changed: object) -> Statement:
    values: dict[str, object] = {
        "path": "page",
        "line": line,
        "column": 1,
        "end_line": line,
        "end_column": 6,
        "formula": formula,
        "kind": "claim",
        "latex": "a = b",
        "verdict": "exact",
        "method": "",
        "code": "",
        "message": "",
    }
    return Statement(**(values | changed))  # type: ignore[arg-type]


def refuted(line: int, formula: int = 0, **changed: object) -> Statement:
    witness = Witness((("z", "0.61"),), "0.228", "-0.228")
    values = {"verdict": "refuted", "code": "ML301", "message": MESSAGE}
    return claim(line, formula, **(values | {"witness": witness} | changed))


def check(line: int, **changed: object) -> SnippetCheck:
    values: dict[str, object] = {
        "path": "page",
        "line": line,
        "column": 1,
        "module": "sigmoid.py",
        "function": "sigmoid",
        "quantity": r"\sigma(z)",
        "samples": 1204,
        "worst_ulps": 1.25,
        "worst_relative": 1e-16,
        "verdict": "numeric",
        "code": "",
        "message": "",
    }
    return SnippetCheck(**(values | changed))  # type: ignore[arg-type]


class Site:
    """A folder with pages and a snippet, rendered with the extensions of a real site."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.monkeypatch = monkeypatch
        self.checked: list[tuple[str, str]] = []
        (root / "docs").mkdir()
        (root / "snippets").mkdir()
        (root / "snippets" / "sigmoid.py").write_text(SNIPPET, encoding="utf-8")
        (root / "pyproject.toml").write_text('[tool.mathlint]\nsnippets = "snippets"\n')

    def render(self, text: str, *items: Statement | SnippetCheck, language: str = "en") -> str:
        statements = tuple(item for item in items if isinstance(item, Statement))
        snippets = tuple(item for item in items if isinstance(item, SnippetCheck))

        def check_text(text: str, path: str, *_: object) -> Report:
            self.checked.append((path, text))
            return Report(statements, snippets)

        self.monkeypatch.setattr(markdown_extension, "check_text", check_text)
        return self.convert(text, language)

    def convert(self, text: str, language: str = "en") -> str:
        own = MathlintExtension(pages="docs", language=language, root=str(self.root))
        configs = OTHERS | {"pymdownx.snippets": {"base_path": [str(self.root / "snippets")]}}
        return markdown.markdown(text, extensions=[*OTHERS, own], extension_configs=configs)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("verdicts", "english", "chinese"),
    [
        (["exact"], "1 line: exact", "1 行：精确成立"),
        (["numeric"], "1 line: to 50 digits", "1 行：核对到 50 位"),
        (["undecided"], "1 line: undecided", "1 行：未能判定"),
        (
            ["exact"] * 9 + ["numeric"] * 2,
            "11 lines: 9 exact, 2 to 50 digits",
            "11 行：9 行精确成立，2 行核对到 50 位",
        ),
        (
            ["undecided", "unread", "refuted"],
            "3 lines: 1 refuted, 1 unread, 1 undecided",
            "3 行：1 行不成立，1 行未能读懂，1 行未能判定",
        ),
    ],
)
def test_verdict_in_words(verdicts: list[str], english: str, chinese: str) -> None:
    assert verdict_words(verdicts, 50, WORDS["en"]) == english
    assert verdict_words(verdicts, 50, WORDS["zh"]) == chinese


def test_both_languages_have_the_same_words() -> None:
    assert list(WORDS["en"]) == list(WORDS["zh"])
    blanks = [[re.findall(r"{\w+}", text) for text in words.values()] for words in WORDS.values()]
    assert [sorted(found) for found in blanks[0]] == [sorted(found) for found in blanks[1]]


@pytest.mark.parametrize(
    ("text", "line", "pattern"),
    [
        ("Before.\n\n$$\na = b\n$$\n\nAfter.", 4, r"\\\]</div>\s*{v}\s*<p>After"),
        ("$$\na = b\n$$\nAfter.", 2, r"\\\]</div>\s*{v}\s*<p>After"),
        ("$$ a = b $$\n\nAfter.", 1, r"\\\]</div>\s*{v}\s*<p>After"),
        (
            "1. One\n\n    $$\n    a = b\n    $$\n\n2. Two\n",
            4,
            r"<li>\s*<p>One</p>\s*<div[^>]*>\\\[\s*a = b\s*\\\]</div>\s*{v}\s*</li>\s*<li>",
        ),
        (
            '!!! note "Title"\n\n    $$\n    a = b\n    $$\n\n    Inside.\n\nAfter.',
            4,
            r"\\\]</div>\s*{v}\s*<p>Inside.</p>\s*</div>\s*<p>After",
        ),
        (
            '??? note "Title"\n    - One\n\n        $$\n        a = b\n        $$\n\n    Inside.\n',
            5,
            r"\\\]</div>\s*{v}\s*</li>\s*</ul>\s*<p>Inside.</p>\s*</details>",
        ),
        (
            '=== "Tab"\n\n    $$\n    a = b\n    $$\n\n=== "Other"\n\n    Text.\n',
            4,
            r"\\\]</div>\s*{v}\s*</div>\s*<div class=\"tabbed-block\">",
        ),
        ("> $$\n> a = b\n> $$\n>\n> Inside.\n", 2, r"{v}\s*<p>Inside.</p>\s*</blockquote>"),
        (
            "- $$\n  a = b\n  $$\n\nAfter.",
            2,
            r"{v}\s*(</li>\s*</ul>\s*)?<p>After",
        ),
        (
            "$$\na = b\n$$\n\n/// caption\nWords.\n///\n",
            2,
            r"<figure>\s*<div class=\"arithmatex\">[\s\S]*<p>Words.</p>[\s\S]*</figure>\s*{v}",
        ),
    ],
)
def test_a_verdict_follows_its_formula_in_the_same_container(
    site: Site, text: str, line: int, pattern: str
) -> None:
    html = site.render(text, claim(line))
    assert html.count(VERDICT) == 1
    assert re.search(pattern.replace("{v}", re.escape(VERDICT)), html), html
    assert "%%" not in html


def test_verdicts_count_the_claims_of_each_display_formula(site: Site) -> None:
    text = "$$\nx = 1\n$$\n\nInline $a = b$.\n\n$$\na = b\n$$\n\n$$\nc = d\n$$\n"
    html = site.render(
        text,
        claim(2, 0, kind="definition", verdict="accepted"),
        claim(5, 1),
        claim(8, 2),
        claim(8, 2, verdict="numeric"),
        claim(12, 3),
    )
    assert re.findall('mathlint-verdict">(.*?)<', html) == [
        "2 lines: 1 exact, 1 to 30 digits",
        "1 line: exact",
    ]


FENCE = '```python computes="{}"\n--8<-- "sigmoid.py"\n```\n'


def test_a_fence_gets_its_caption_and_its_verdict(site: Site) -> None:
    computes = r"sigmoid(z) = \sigma(z); sigmoid_grad(z) = \dfrac{d}{dz}\sigma(z)"
    text = "Before.\n\n" + FENCE.format(computes) + "\nAfter.\n"
    html = site.render(text, check(3), check(3, function="sigmoid_grad", worst_ulps=1e6))
    caption, code, verdicts = re.split(r'(<div class="highlight">[\s\S]*?</div>)', html)
    assert "computes=" not in html
    assert "def" in code
    assert re.findall("<p>(.*?)</p>", caption)[1:] == [
        r'<code>sigmoid(z)</code> computes <span class="arithmatex">\(\sigma(z)\)</span>',
        r"<code>sigmoid_grad(z)</code> computes "
        r'<span class="arithmatex">\(\dfrac{d}{dz}\sigma(z)\)</span>',
    ]
    assert re.findall('<p class="mathlint-verdict">(.*?)</p>', verdicts) == [
        "<code>sigmoid</code>: worst error 1.2 ulp over 1,204 samples",
        "<code>sigmoid_grad</code>: worst error 1,000,000 ulp over 1,204 samples",
    ]


def test_a_caption_says_what_an_argument_stands_for(site: Site) -> None:
    computes = r"neuron(theta=\theta^{(l-1)}, a=a^{(l-1)}, b) = z^{(l)}_i"
    html = site.render(FENCE.format(computes))
    assert (
        r'<code>neuron(theta, a, b)</code> computes <span class="arithmatex">\(z^{(l)}_i\)</span>'
        r' with <code>theta</code> = <span class="arithmatex">\(\theta^{(l-1)}\)</span>,'
        r' <code>a</code> = <span class="arithmatex">\(a^{(l-1)}\)</span></p>'
    ) in html


def test_chinese_words(site: Site) -> None:
    text = "$$\na = b\n$$\n\n" + FENCE.format(r"neuron(theta=\theta^{(l-1)}) = z_i")
    html = site.render(text, claim(2), check(5), refuted(2), language="zh")
    assert "2 行：1 行精确成立，1 行不成立" in html
    assert '<code>neuron(theta)</code> 计算 <span class="arithmatex">' in html
    assert "</span>，其中 <code>theta</code> = " in html
    assert "<code>sigmoid</code>：1,204 个样本，最大误差 1.2 ulp" in html
    assert "ML301，第 2 行" in html


@pytest.mark.parametrize(
    "text",
    [
        '- Item\n\n    ```python computes="f(z) = z"\n    x = 1\n    ```\n\n    Inside.\n',
        '- ```python computes="f(z) = z"\n  x = 1\n  ```\n',
        '=== "Tab"\n\n    ```{.python computes="f(z) = z"}\n    x = 1\n    ```\n',
        '> ~~~python computes="f(z) = z" title="t"\n> x = 1\n> ~~~\n',
    ],
)
def test_fences_in_containers(site: Site, text: str) -> None:
    html = site.render(text)
    assert "<code>f(z)</code> computes " in html
    assert "computes=" not in html
    assert "%%" not in html
    assert re.search(
        r"(<li>|<div class=\"tabbed-block\">|<blockquote>)[\s\S]*mathlint-caption", html
    )


def test_a_fence_shown_inside_a_fence_is_left_alone(site: Site) -> None:
    html = site.render("$a$\n\n````markdown\n" + FENCE.format("f(z) = z") + "````\n", claim(1))
    assert "computes=" in html
    assert "mathlint-caption" not in html


@pytest.mark.parametrize(
    ("text", "line", "before", "after"),
    [
        ("Words $a = b$\nmore.\n\nAfter.", 1, "more.</p>", "<p>After"),
        ("$$\na = b\n$$\n\nAfter.", 2, VERDICT.replace("exact", "refuted"), "<p>After"),
        ("| A | B |\n|---|---|\n| $a = b$ | 2 |\n\nAfter.", 3, "</table>", "<p>After"),
        ("- One $a = b$\n- Two\n\nAfter.", 1, "", "</li>"),
        ("Words $a = b$:\n```\ncode\n```\n", 1, "<p>", "<div"),
        ('!!! note "On $a = b$"\n    Inside.\n\nAfter.', 1, "Inside.</p>", "</div>\n<p>After"),
        ("Words $a = b$", 1, "</p>", ""),
    ],
)
def test_a_finding_is_shown_after_its_block(
    site: Site, text: str, line: int, before: str, after: str
) -> None:
    html = site.render(text, refuted(line))
    box = re.search(r'<div class="admonition failure mathlint-finding">[\s\S]*?</div>', html)
    assert box is not None, html
    assert "ML301, line" in box[0]
    assert MESSAGE in box[0]
    assert before in html[: box.start()]
    assert html[box.end() :].lstrip().startswith(after)
    assert "%%" not in html


def test_a_finding_is_shown_as_it_is_written(site: Site) -> None:
    message = r"unknown command \foo_bar*a*<b> `c` $d$ [e](f)"
    html = site.render("$a = b$", refuted(1, message=message, witness=None, latex="a < b_*c*"))
    assert r"unknown command \foo_bar*a*&lt;b&gt; `c` $d$ [e](f)</p>" in html
    assert "<code>a &lt; b_*c*</code>" in html


def test_a_snippet_finding_is_shown_below_its_fence(site: Site) -> None:
    bad = check(1, verdict="refuted", code="ML401", message="wrong shape")
    html = site.render(FENCE.format(r"sigmoid(z) = \sigma(z)"), bad)
    assert "mathlint-verdict" not in html
    assert re.search(r"</code></pre>\s*</div>\s*<div class=\"admonition failure", html)


def test_findings_are_logged_as_warnings(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.render("$a = b$", claim(1), refuted(1, path="docs/a.md"))
    assert caplog.record_tuples == [
        (
            "mkdocs.mathlint",
            logging.WARNING,
            "docs/a.md:1:1: ML301 " + MESSAGE,
        )
    ]


@pytest.mark.parametrize("text", ["", "# Home\n\nWords.\n", "```python\nx = 1\n```\n"])
def test_a_page_without_mathematics_is_not_checked(
    site: Site, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    html = site.render(text, refuted(1))
    assert "mathlint" not in html
    assert caplog.record_tuples == []


def test_the_page_is_found_by_its_text_after_the_front_matter(site: Site) -> None:
    body = "$$\na = b\n$$\n\nAfter.\n"
    whole = "---\ntitle: A\n---\n\n" + body
    (site.root / "docs" / "other.md").write_text("Other.\n")
    (site.root / "docs" / "page.md").write_text(whole)
    html = site.render(body, claim(6), refuted(6))
    assert site.checked == [(str(site.root / "docs" / "page.md"), whole)]
    assert re.search(r"\\\]</div>\s*<p class=\"mathlint-verdict\">2 lines", html)
    assert html.index("mathlint-finding") < html.index("After.")


def test_a_text_from_nowhere_is_checked_under_a_plain_name(site: Site) -> None:
    site.render("$a = b$\n")
    assert site.checked == [("page", "$a = b$\n")]


def test_one_converter_renders_page_after_page(site: Site) -> None:
    site.render("")
    own = MathlintExtension(root=str(site.root))
    converter = markdown.Markdown(extensions=[own, "pymdownx.arithmatex"])
    statements = (claim(2),)
    site.monkeypatch.setattr(markdown_extension, "check_text", lambda *_: Report(statements))
    pages = [converter.reset().convert("$$\na = b\n$$\n") for _ in range(2)]
    assert pages[0] == pages[1]
    assert pages[0].count("mathlint-verdict") == 1


def test_an_unknown_language_or_setting_stops_the_build(site: Site) -> None:
    with pytest.raises(ValueError, match="no words for language 'fr'"):
        MathlintExtension(language="fr")
    (site.root / "pyproject.toml").write_text("[tool.mathlint]\nsize = 1\n")
    with pytest.raises(SettingsError):
        site.convert("$a$")


def test_the_extension_is_found_by_its_name() -> None:
    html = markdown.markdown("Words.", extensions=["mathlint.markdown_extension"])
    assert html == "<p>Words.</p>"


def test_a_wrong_formula_is_judged_logged_and_shown(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    path = site.root / "docs" / "a.md"
    text = "$z \\in \\mathbb{R}$\n\n$$\n(z+1)^2 = z^2 + 2z - 1\n$$\n\n$$\nz + z = 2z\n$$\n"
    path.write_text(text)
    html = site.convert(text)
    assert re.search('mathlint-message">.*z = .*, left .*, right .*</p>', html)
    assert re.findall('mathlint-verdict">(.*?)<', html) == ["1 line: refuted", "1 line: exact"]
    assert [record[2].split(" ")[0] for record in caplog.record_tuples] == [f"{path}:4:11:"]


def test_a_header_that_cannot_be_read_is_a_finding_without_a_caption(site: Site) -> None:
    html = site.convert(FENCE.format("sigmoid = z"))
    assert "mathlint-caption" not in html
    assert re.search('mathlint-message">.*function', html)
    assert "<pre>" in html


def test_a_snippet_is_measured_and_its_warning_is_a_finding(site: Site) -> None:
    page = "For $z \\in \\mathbb{R}$\n\n$$\n\\sigma(z) = \\dfrac{1}{1+e^{-z}}\n$$\n\n"
    fence = FENCE.format(r"sigmoid(z) = \sigma(z)")
    assert "ML403" in site.convert(page + fence)
    stable = SNIPPET.replace("1 / (1 + np.exp(-z))", "np.exp(-np.logaddexp(0, -z))")
    (site.root / "snippets" / "sigmoid.py").write_text(stable)
    html = site.convert(page + fence)
    assert "mathlint-finding" not in html
    assert re.search(r"<code>sigmoid</code>: worst error [\d.,]+ ulp over \d+ samples</p>", html)
