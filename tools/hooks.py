"""What a build of the site adds to MkDocs: typeset mathematics, a tidy notebook."""

import logging
import os
import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the `mkdocs` command does not look in the folder it runs in

from tools.notebook import inputs_digest, tidy  # noqa: E402
from tools.typeset import TypesetExtension, typeset  # noqa: E402


def on_config(config: MkDocsConfig) -> None:
    """Typeset every page; give each state of what the notebook reads a cache of its own.

    SITE_URL, where it is set, is the address at which the site of all languages is published.
    """
    language = config.theme["language"]
    if address := os.environ.get("SITE_URL"):
        config.site_url = f"{address.rstrip('/')}/{language}/"
    config.theme.static_templates.discard("404.html")  # a server asks for the site's own alone
    config.markdown_extensions.append(TypesetExtension())  # type: ignore[arg-type]
    logging.getLogger("jieba").setLevel(logging.WARNING)
    os.environ["JUPYTER_CONFIG_PATH"] = str(ROOT / "tools")  # the kernel says only what matters
    cache = ROOT / ".cache" / "notebooks" / language / inputs_digest(ROOT)
    config.plugins["mkdocs-jupyter"].config["cache_dir"] = str(cache)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Replace what nbconvert made of a notebook; leave other pages as they are."""
    if not page.file.src_uri.endswith(".ipynb"):
        return html
    notebook = tidy(html, page.file, files)
    page.toc = get_toc(notebook.headings)  # type: ignore[arg-type]
    return typeset(notebook.html)
