"""Turns what nbconvert makes of a notebook into the markup of the site's other pages.

Nothing of the notebook application's own look is kept: code is marked up as on every page, plots
become inline SVG in the colours of the theme, headings keep the ids that the author gave them
(`## <a id="data"></a>Data`), mathematics waits to be typeset, and links to pages are checked.
"""

import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path
from posixpath import dirname, normpath
from typing import Any
from urllib.parse import urldefrag

from bs4 import BeautifulSoup, Tag
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, Files

log = get_plugin_logger("notebook")

# The colours of notebook.mplstyle, and what the style sheet calls them
COLOURS = {
    "#1f2328": "currentColor",
    "#0e7490": "var(--gb-plot-1)",
    "#c2410c": "var(--gb-plot-2)",
    "#c9cfd6": "var(--gb-plot-grid)",
}
FORMULA = re.compile(r"\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$]+?)\$", re.DOTALL)
HEADING = re.compile(r"h[1-6]")


@dataclass(frozen=True)
class Notebook:
    """A notebook's HTML and its headings, nested as Python-Markdown's `toc` nests them."""

    html: str
    headings: list[dict[str, Any]]


def inputs_digest(root: Path) -> str:
    """Digest what a notebook reads besides itself: the snippets, the data, and its looks."""
    digest = sha256()
    for pattern in ("snippets/**/*.py", "docs/*/examples/*.csv", "tools/*notebook*"):
        for path in sorted(root.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def tidy(html: str, file: File, files: Files) -> Notebook:
    """Rewrite a notebook's HTML; a missing link target or a cell's complaint is a warning."""
    soup = BeautifulSoup(html, "html.parser")
    _name_headings(soup)
    _resolve_links(soup, file, files)
    _mark_mathematics(soup)
    parts = [part for cell in soup.select(".jp-Notebook > .jp-Cell") for part in _cell(cell, file)]
    return Notebook(_share_plots("\n".join(parts)), _nest(soup))


def _name_headings(soup: BeautifulSoup) -> None:
    for heading in soup.find_all(HEADING):
        for link in heading.select("a.anchor-link"):
            link.decompose()
        anchor = heading.find("a", id=True)
        if anchor is None:
            log.warning('heading without <a id="…"></a>: %s', heading.get_text())
        else:
            heading["id"] = anchor["id"]
            anchor.decompose()


def _resolve_links(soup: BeautifulSoup, file: File, files: Files) -> None:
    for link in soup.select(".jp-MarkdownOutput a[href]"):
        path, fragment = urldefrag(str(link["href"]))
        if not path or ":" in path:
            continue
        target = files.get_file_from_path(normpath(f"{dirname(file.src_uri)}/{path}"))
        if target is None:
            log.warning("%s links to '%s', which is not there", file.src_uri, path)
        else:
            link["href"] = target.url_relative_to(file) + (f"#{fragment}" if fragment else "")


def _mark_mathematics(soup: BeautifulSoup) -> None:
    for output in soup.select(".jp-MarkdownOutput"):
        for text in output.find_all(string=FORMULA):
            if text.find_parent(["code", "pre"]) is None:
                marked = FORMULA.sub(_marked, escape(text, quote=False))
                text.replace_with(BeautifulSoup(marked, "html.parser"))


def _marked(match: re.Match[str]) -> str:
    if match["inline"] is not None:
        return f'<span class="arithmatex">\\({match["inline"]}\\)</span>'
    return f'<div class="arithmatex">\\[{match["display"]}\\]</div>'


def _cell(cell: Tag, file: File) -> Iterator[str]:
    for text in cell.select(".jp-MarkdownOutput"):
        yield text.decode_contents()
    for code in cell.select(".jp-InputArea .highlight-ipynb pre"):
        inner = code.decode_contents().strip("\n")
        yield f'<div class="language-python highlight"><pre><code>{inner}\n</code></pre></div>'
    for output in cell.select(".jp-OutputArea-output"):
        yield _output(output, file)


def _output(output: Tag, file: File) -> str:
    if "application/vnd.jupyter.stderr" in output.get_attribute_list("data-mime-type"):
        log.warning("%s complains: %s", file.src_uri, output.get_text().strip())
    image = output.find("img")
    if isinstance(image, Tag):
        data = str(image["src"]).removeprefix("data:image/svg+xml;base64,")
        svg = b64decode(data).decode("utf-8")
        return f'<div class="gb-plot" data-search-exclude="true">{svg[svg.index("<svg") :]}</div>'
    return f'<div class="gb-output"><pre>{escape(output.get_text().strip())}</pre></div>'


def _share_plots(html: str) -> str:
    """Give every plot ids of its own and the theme's colours; drop what no browser needs."""
    numbers = iter(range(1, html.count("<svg") + 1))

    def share(match: re.Match[str]) -> str:
        svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", match[0], flags=re.DOTALL)
        svg = svg.replace("xlink:href", "href")
        prefix = f"plot{next(numbers)}-"
        svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}", svg)
        for colour, name in COLOURS.items():
            svg = svg.replace(colour, name)
        return re.sub(r"\s*\n\s*", "\n", svg)

    return re.sub(r"<svg.*?</svg>", share, html, flags=re.DOTALL)


def _nest(soup: BeautifulSoup) -> list[dict[str, Any]]:
    root: dict[str, Any] = {"level": 0, "children": []}
    open_headings = [root]
    for heading in soup.find_all(HEADING):
        entry = {
            "level": int(heading.name[1]),
            "id": str(heading.get("id", "")),
            "name": escape(heading.get_text().strip()),
            "children": [],
        }
        while open_headings[-1]["level"] >= entry["level"]:
            open_headings.pop()
        open_headings[-1]["children"].append(entry)
        open_headings.append(entry)
    children: list[dict[str, Any]] = root["children"]
    return children
