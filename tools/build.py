"""Builds the site: `python -m tools.build [FOLDER]`, one folder a language and a redirect above."""

import os
import subprocess
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = {"en": "English", "zh": "中文"}
SHARED = tuple(
    ROOT / name
    for name in ("snippets", "mathlint", "overrides", "tools", "pyproject.toml", "mkdocs.yml")
)
IGNORED = ("__pycache__", ".ipynb_checkpoints")

_ENTRANCE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gradbook</title>
<style>
  :root {{ color-scheme: light dark }}
  body {{ font: 1.2rem/2 system-ui, sans-serif; text-align: center; margin-top: 20vh }}
</style>
</head>
<body>
<h1>Gradbook</h1>
<p>{links}</p>
{script}
</body>
</html>
"""
_REDIRECT = """<script>
  const language = navigator.languages.find((one) => /^(en|zh)\\b/.test(one)) ?? "en";
  location.replace(new URL(`${language.slice(0, 2)}/${location.hash}`, location));
</script>"""


def sources(language: str) -> Iterator[Path]:
    """Every file that a language is built from."""
    for source in (ROOT / "docs" / language, ROOT / f"mkdocs.{language}.yml", *SHARED):
        for path in source.rglob("*") if source.is_dir() else [source]:
            if path.is_file() and not any(name in path.parts for name in IGNORED):
                yield path


def build(language: str, site: Path, *, strict: bool) -> subprocess.Popen[bytes]:
    """Start building one language into its folder of the site; the exit status tells the result.

    A build that is not strict takes a notebook's results from the cache where nothing that it reads
    in this repository has changed.
    """
    command = [sys.executable, "-m", "mkdocs", "build"]
    command += ["--config-file", f"mkdocs.{language}.yml", "--site-dir", str(site / language)]
    if strict:
        command.append("--strict")
    settings = {
        "NO_MKDOCS_2_WARNING": "1",
        "NOTEBOOK_CACHE": "false" if strict else "true",
        "PYTHONWARNINGS": "ignore::DeprecationWarning",  # other packages'; tests see ours
    }
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings})


def write_entrance(site: Path) -> None:
    """Write the page that leads to the reader's language, and the one for a wrong address."""
    base = os.environ.get("SITE_URL", "/").rstrip("/") + "/"
    site.mkdir(parents=True, exist_ok=True)
    (site / "index.html").write_text(
        _ENTRANCE.format(links=_links(""), script=_REDIRECT), encoding="utf-8"
    )
    (site / "404.html").write_text(
        _ENTRANCE.format(links=f"404<br>{_links(base)}", script=""), encoding="utf-8"
    )


def _links(base: str) -> str:
    return " · ".join(
        f'<a href="{escape(base)}{code}/" lang="{code}">{name}</a>'
        for code, name in LANGUAGES.items()
    )


def main() -> int:
    """Build both languages at once, strictly; return 0 if both hold."""
    site = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "site").resolve()
    (site / "index.html").unlink(missing_ok=True)  # it is there when the whole site is
    running = [build(language, site, strict=True) for language in LANGUAGES]
    failures = [process for process in running if process.wait() != 0]
    if failures:
        return 1
    write_entrance(site)
    return 0


if __name__ == "__main__":
    sys.exit(main())
