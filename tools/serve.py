"""Serves the site while it is being written: `python -m tools.serve [PORT]`.

A changed page rebuilds its language; snippets, checker, theme and settings rebuild both. Each build
is a process of its own, so that it runs today's code and that an error ends the build alone: what
was built before stays served. Findings are printed and do not stop anything.
"""

import logging
import sys
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

from mkdocs.livereload import LiveReloadServer

from tools.build import LANGUAGES, ROOT, SHARED, build, sources, write_entrance

HOST = "127.0.0.1"

log = logging.getLogger("gradbook")

State = dict[Path, int]


class Site:
    """The built site, and the state of the files that each language was last built from."""

    def __init__(self, folder: Path) -> None:
        self.served = folder / "served"
        self._fresh = folder / "fresh"
        self._built: dict[str, State] = {language: {} for language in LANGUAGES}
        write_entrance(self.served)

    def update(self) -> None:
        """Rebuild the languages that a change concerns, at once; keep the old one on an error."""
        states = {language: _state(language) for language in LANGUAGES}
        stale = [language for language in LANGUAGES if states[language] != self._built[language]]
        running = {language: build(language, self._fresh, strict=False) for language in stale}
        for language, process in running.items():
            self._built[language] = states[language]
            if process.wait() == 0:
                rmtree(self.served / language, ignore_errors=True)
                (self._fresh / language).rename(self.served / language)
            else:
                log.error("%s was not built; what was built before stays served", language)


def _state(language: str) -> State:
    """The time of change of every file that a language is built from."""
    times = {}
    for path in sources(language):
        with suppress(FileNotFoundError):  # an editor's file that has just gone
            times[path] = path.stat().st_mtime_ns
    return times


def main() -> None:
    """Build both languages, then serve and rebuild until interrupted."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)-7s -  %(message)s")
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    with TemporaryDirectory(prefix="gradbook-") as folder:
        site = Site(Path(folder))
        server = LiveReloadServer(site.update, HOST, port, str(site.served))
        site.update()
        for path in (ROOT / "docs", *SHARED, *ROOT.glob("mkdocs.*.yml")):
            server.watch(str(path))
        try:
            server.serve()  # type: ignore[no-untyped-call]
        except KeyboardInterrupt:
            log.info("Stopped")
        except OSError as error:
            log.error("Port %d cannot be served (%s): name another", port, error)
        finally:
            server.shutdown()


if __name__ == "__main__":
    main()
