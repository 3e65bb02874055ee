"""The built site in a browser: every page of both languages, served below a sub-path."""

from __future__ import annotations

import ast
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from mkdocs.structure.files import File, Files
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tools import serve
from tools.build import LANGUAGES, ROOT, sources
from tools.notebook import FORMULA, tidy
from tools.typeset import typeset

PREFIX = "/gradbook/"  # a project's site is published below its name
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


def addresses(language: str) -> list[str]:
    """The address of every page of a language, relative to the language's folder."""
    docs = ROOT / "docs" / language
    pages = [*docs.rglob("*.md"), *docs.rglob("*.ipynb")]
    found = (page.relative_to(docs).with_suffix("").as_posix() + "/" for page in pages)
    return sorted(address.removesuffix("index/") for address in found)


PAGES = [f"{language}/{address}" for language in LANGUAGES for address in addresses(language)]


# The site, built once however many workers there are, and a server for it


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The site in site/ if it is as new as its sources, else one built for this run."""
    if is_fresh(ROOT / "site"):
        return ROOT / "site"
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "site"
    result = folder.with_name("site-built")
    try:
        folder.mkdir()
    except FileExistsError:
        wait_for(result)
    else:
        done = subprocess.run(
            [sys.executable, "-m", "tools.build", str(folder)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        result.write_text("" if done.returncode == 0 else done.stdout + done.stderr)
    assert result.read_text() == ""
    return folder


def is_fresh(folder: Path) -> bool:
    entrance = folder / "index.html"
    newest = max(path.stat().st_mtime for one in LANGUAGES for path in sources(one))
    return entrance.is_file() and entrance.stat().st_mtime > newest


def wait_for(path: Path) -> None:
    for _ in range(600):
        if path.exists():
            return
        time.sleep(0.5)
    pytest.fail("the other worker did not finish building the site")


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder below PREFIX, nothing elsewhere, and does not say so."""

    def translate_path(self, path: str) -> str:
        if not path.startswith(PREFIX):
            return str(ROOT / "no such file")
        return super().translate_path("/" + path.removeprefix(PREFIX))

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture(scope="session")
def base(site: Path) -> Iterator[str]:
    """The address of the served site."""
    handler = functools.partial(Handler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{PREFIX}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium from the system; missing, it fails under CI and skips elsewhere."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        missing = f"no browser on PATH: none of {', '.join(BROWSERS)}"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser, base: str) -> Iterator[BrowserContext]:
    """A fresh profile; at the end it must have asked no other host and met no error."""
    context = browser.new_context(viewport=DESKTOP, permissions=["clipboard-read"])
    troubles: list[str] = []
    context.on("console", lambda message: troubles.append(f"{message.type}: {message.text}"))
    context.on("weberror", lambda error: troubles.append(str(error.error)))
    context.on("request", lambda request: troubles.extend(foreign(request.url, base)))
    context.on("response", lambda response: troubles.extend(failed(response.status, response.url)))
    context.set_default_timeout(10_000)
    yield context
    context.close()
    assert troubles == []


def foreign(url: str, base: str) -> list[str]:
    return [] if url.startswith((base, "data:", "blob:")) else [f"asked for {url}"]


def failed(status: int, url: str) -> list[str]:
    return [f"{status}: {url}"] if status >= 400 else []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty tab."""
    return context.new_page()


# Every page

LOOK = """() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const shown = [];
  for (let text; (text = texts.nextNode()); ) {
    if (!text.parentElement.closest("code, pre, script, style, mjx-assistive-mml, .gb-plot"))
      shown.push(text.data);
  }
  const all = (selector) => [...document.querySelectorAll(selector)];
  const ids = all("[id]").map((element) => element.id);
  return {
    text: shown.join(" "),
    formulas: all(".arithmatex").length,
    pictures: all(".arithmatex[data-tex] > mjx-container").filter(
      (box) => [...box.querySelectorAll("svg")].every((one) => one.getBoundingClientRect().width),
    ).length,
    refused: all(".arithmatex-error").length,
    blanks: all("use").filter((use) => !document.querySelector(
      CSS.escape(use.getAttribute("href").slice(1)).replace(/^/, "#"))).length,
    duplicates: ids.filter((id, index) => ids.indexOf(id) !== index),
    clipped: all(".arithmatex").filter((box) => {
      const style = getComputedStyle(box);
      return box.scrollWidth > box.clientWidth + 1 && style.overflowX === "visible"
        && style.display !== "inline";
    }).length,
  };
}"""
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
BARRIERS = """async (options) => (await axe.run(options)).violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes[0].html}`)"""
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
SCHEME = """() => {
  const number = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const grey = (colour) => number(colour).reduce((a, b) => a + b) / 3;
  const heading = document.querySelector("h1");
  const glyph = document.querySelector("mjx-container g");
  return {
    scheme: document.body.dataset.mdColorScheme,
    paper: grey(getComputedStyle(document.body).backgroundColor),
    ink: grey(getComputedStyle(heading).color),
    glyph: glyph === null ? null : grey(getComputedStyle(glyph).fill),
  };
}"""


def formulas_in_source(address: str) -> int:
    """How many formulas a page's source has: a rough count, to see that none is lost."""
    path = ROOT / "docs" / (address.rstrip("/") + ".md")
    if not path.is_file():
        return 0
    text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text("utf-8"), flags=re.DOTALL)
    return len(FORMULA.findall(text))


@pytest.mark.browser
@pytest.mark.parametrize("address", PAGES)
def test_page(page: Page, base: str, address: str):
    page.goto(base + address)
    seen = page.evaluate(LOOK)
    assert seen["formulas"] >= formulas_in_source(address)
    assert seen["pictures"] == seen["formulas"]
    assert (seen["refused"], seen["blanks"], seen["clipped"]) == (0, 0, 0)
    assert seen["duplicates"] == []
    assert re.findall(r"\\[a-zA-Z(\[]+|\$|\^\{|_\{", seen["text"]) == []
    assert page.locator("html").get_attribute("lang") == address.split("/")[0]
    for viewport in (PHONE, DESKTOP):
        page.set_viewport_size(viewport)
        page.wait_for_function(FITS)  # laid out anew a moment after the window has its size
    assert barriers(page) == []


def barriers(page: Page, *rules: str) -> list[str]:
    """What axe-core finds, by some rules or all, that keeps people from reading the page."""
    page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = page.evaluate(BARRIERS, {"runOnly": list(rules)} if rules else {})
    return found


@pytest.mark.browser
@pytest.mark.parametrize("address", PAGES)
def test_dark(page: Page, base: str, address: str):
    page.emulate_media(color_scheme="dark")
    page.goto(base + address)
    seen = page.evaluate(SCHEME)
    assert seen["scheme"] == "slate"
    assert seen["paper"] < 60
    assert seen["ink"] > 150
    assert seen["glyph"] is None or seen["glyph"] > 150
    assert barriers(page, "color-contrast") == []


@pytest.mark.browser
@pytest.mark.parametrize("address", addresses("en"))
def test_switcher_stays_on_page_and_section(page: Page, base: str, address: str):
    page.goto(f"{base}en/{address}")
    section = page.locator("article :is(h1, h2)[id]").last.get_attribute("id")
    page.goto(f"{base}en/{address}#{section}")
    for language in ("zh", "en"):
        page.locator("a.gb-language").click()
        page.wait_for_url(f"{base}{language}/{address}#{section}")
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator(f"#{section}").count() == 1


# Search, entrance, copying

QUERIES = [
    ("en", "sigmoid", "activations/sigmoid/"),
    ("en", "neuron", "networks/neuron/"),
    ("en", "extrapolation", "examples/challenger/"),
    ("zh", "神经元", "networks/neuron/"),
    ("zh", "sigmoid", "activations/sigmoid/"),
    ("zh", "外推", "examples/challenger/"),
]


@pytest.mark.browser
@pytest.mark.parametrize(("language", "query", "address"), QUERIES)
def test_search(page: Page, base: str, language: str, query: str, address: str):
    page.goto(f"{base}{language}/")
    page.locator(".md-search__input").click()
    page.locator(".md-search__input").press_sequentially(query)
    page.keyboard.press("Shift")  # the box listens to keys, which inserted Chinese text lacks
    results = page.locator(".md-search-result__item")
    results.first.wait_for()
    links = results.locator("a").evaluate_all("links => links.map(link => link.href)")
    assert any(link.startswith(f"{base}{language}/{address}") for link in links)
    assert "\\" not in " ".join(results.all_inner_texts())


@pytest.mark.parametrize("language", LANGUAGES)
def test_search_index_holds_no_tex(site: Path, language: str):
    index = json.loads((site / language / "search" / "search_index.json").read_text("utf-8"))
    code = re.compile(r"<(pre|code)>.*?</\1>", re.DOTALL)
    texts = [code.sub("", one["text"]) for one in index["docs"]]
    assert [text for text in texts if "\\(" in text or "\\[" in text] == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("locale", "language"), [("en-GB", "en"), ("zh-CN", "zh"), ("zh", "zh"), ("fr-FR", "en")]
)
def test_entrance_leads_to_the_language(browser: Browser, base: str, locale: str, language: str):
    page = browser.new_page(locale=locale)
    page.goto(base)
    page.wait_for_url(f"{base}{language}/")
    page.context.close()


@pytest.mark.browser
def test_entrance_without_script(browser: Browser, base: str):
    page = browser.new_page(java_script_enabled=False)
    page.goto(base)
    for language, name in LANGUAGES.items():
        with page.expect_navigation(url=f"{base}{language}/"):
            page.get_by_text(name, exact=True).click()
        page.goto(base)
    page.context.close()


SNIPPETS = [address for address in PAGES if (ROOT / "snippets" / f"{address[3:-1]}.py").is_file()]


@pytest.mark.browser
@pytest.mark.parametrize("address", SNIPPETS)
def test_copied_code_runs_by_itself(page: Page, base: str, address: str):
    page.goto(base + address)
    page.locator("article pre:has(> code)").first.hover()
    page.locator("article .md-code__button").first.click()
    code = page.evaluate("navigator.clipboard.readText()")
    names: dict[str, object] = {}
    exec(compile(code, address, "exec"), names)
    source = ast.parse((ROOT / "snippets" / f"{address[3:-1]}.py").read_text("utf-8"))
    functions = {node.name for node in source.body if isinstance(node, ast.FunctionDef)}
    assert functions
    assert functions <= names.keys()


@pytest.mark.browser
def test_copied_formulas_are_tex(page: Page, base: str):
    page.goto(base + "en/activations/sigmoid/")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('article'))")
    page.keyboard.press("Control+c")
    copied = page.evaluate("navigator.clipboard.readText()")
    formulas = page.locator(".arithmatex").evaluate_all("all => all.map(one => one.dataset.tex)")
    assert all(" ".join(tex.split()) in " ".join(copied.split()) for tex in formulas)
    assert copied.count("$$") == 2 * page.locator("div.arithmatex").count()


# The notebook


def notebook_code(language: str) -> list[ast.Module]:
    """The notebook's code as syntax trees, the words in its plots left out."""
    path = ROOT / "docs" / language / "examples" / "challenger.ipynb"
    cells = json.loads(path.read_text("utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    trees = [ast.parse(source.replace("%config ", "")) for source in sources]
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "").endswith("label"):
            node.args = []
        if isinstance(node, ast.keyword) and node.arg == "label":
            node.value = ast.Constant(value="")
    return trees


def test_notebooks_hold_the_same_code_and_data():
    english, chinese = (list(map(ast.dump, notebook_code(one))) for one in ("en", "zh"))
    assert english == chinese
    data = [(ROOT / "docs" / one / "examples/challenger.csv").read_bytes() for one in LANGUAGES]
    assert data[0] == data[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_notebook_was_executed(site: Path, language: str):
    html = (site / language / "examples/challenger/index.html").read_text("utf-8")
    assert "z = 15.0429 -0.2322 T" in html
    assert html.count('class="gb-plot"') == 2
    assert "data:image" not in html
    assert len(html) < 200_000


# A finding

WRONG = """# Wrong

For every $z \\in \\mathbb{R}$,

$$
\\dfrac{d}{dz} z^2 = 3z
$$
"""
SETTINGS = """
INHERIT: {root}/mkdocs.en.yml
docs_dir: {folder}/docs
theme:
  custom_dir: {root}/overrides
hooks: ["{root}/tools/hooks.py"]
nav: [index.md]
markdown_extensions:
  mathlint.markdown_extension:
    pages: {folder}/docs
"""


def test_a_finding_is_shown_and_fails_a_strict_build(tmp_path: Path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(WRONG, "utf-8")
    config = tmp_path / "mkdocs.yml"
    config.write_text(SETTINGS.format(root=ROOT.as_posix(), folder=tmp_path.as_posix()), "utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "-f", str(config), "-d", f"{tmp_path}/site"]
    for flag, status in (("--no-strict", 0), ("--strict", 1)):
        done = subprocess.run(
            [*command, flag], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == status, done.stderr
        assert re.search(r"WARNING.*index\.md:6:\d+: \w+ .*left \S+, right ", done.stderr)
    html = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert html.count('mathlint-finding"') == 1


# The tools by themselves


def test_what_mathjax_refuses_is_a_warning(caplog: pytest.LogCaptureFixture):
    html = typeset('<p><span class="arithmatex">\\(a &amp; \\frac{1}\\)</span></p>')
    assert html == ('<p><span class="arithmatex-error"><code>a &amp; \\frac{1}</code></span></p>')
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert caplog.records[0].name.startswith("mkdocs.")


def test_glyphs_are_drawn_once_a_page():
    html = typeset('<span class="arithmatex">\\(z + z = 2z\\)</span>')
    assert len(re.findall(r'<path id="([^"]+)"', html)) == 4  # z, plus, equals, 2


NOTEBOOK = """
<div class="jp-Notebook">
  <div class="jp-Cell"><div class="jp-MarkdownOutput">
    <h2>Data<a class="anchor-link" href="#Data">¶</a></h2>
    <h2><a id="fit"></a>Fit<a class="anchor-link" href="#Fit">¶</a></h2>
    <p><a href="nowhere.md">nowhere</a> <a href="other.md#here">other</a> $z &lt; 1$</p>
  </div></div>
  <div class="jp-Cell"><div class="jp-Cell">
    <div class="jp-InputArea"><div class="highlight-ipynb"><pre>x = "$a$"</pre></div></div>
    <div class="jp-OutputArea-output" data-mime-type="application/vnd.jupyter.stderr">
      <pre>overflow</pre></div>
  </div></div>
</div>
"""


def test_a_notebook_becomes_a_page_and_its_faults_are_warnings(caplog: pytest.LogCaptureFixture):
    file, other = (
        File(f"examples/{name}", "docs", "site", use_directory_urls=True)
        for name in ("one.md", "other.md")
    )
    page = tidy(NOTEBOOK, file, Files([file, other]))
    assert '<h2 id="fit">Fit</h2>' in page.html
    assert '<a href="../other/#here">' in page.html
    assert '<span class="arithmatex">\\(z &lt; 1\\)</span>' in page.html
    assert page.html.count("<pre><code>") == 1
    assert 'x = "$a$"' in page.html
    assert [entry["name"] for entry in page.headings] == ["Data", "Fit"]
    assert [record.args[-1] for record in caplog.records] == ["Data", "nowhere.md", "overflow"]


def test_serving_rebuilds_what_a_change_concerns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    states = {"en": {Path("a"): 1}, "zh": {Path("a"): 1}}
    built: list[str] = []

    def build(language: str, folder: Path, *, strict: bool) -> subprocess.Popen[bytes]:
        built.append(language)
        (folder / language).mkdir(parents=True)
        (folder / language / "index.html").write_text(str(states[language]))
        status = int("broken" in str(states[language]))
        return subprocess.Popen([sys.executable, "-c", f"raise SystemExit({status})"])

    monkeypatch.setattr(serve, "build", build)
    monkeypatch.setattr(serve, "_state", lambda language: dict(states[language]))
    site = serve.Site(tmp_path)
    site.update()
    site.update()
    assert sorted(built) == ["en", "zh"]
    states["zh"] = {Path("a"): 2}
    site.update()
    assert built[2:] == ["zh"]
    assert "2" in (site.served / "zh/index.html").read_text()
    states["en"] = {Path("broken"): 3}
    site.update()
    assert built[3:] == ["en"]
    assert "broken" not in (site.served / "en/index.html").read_text()
