"""A short run of the fuzzer, and the fuzzer itself."""

from __future__ import annotations

import pytest

from mathlint.page import read_page
from mathlint.report import Report, Statement
from tests import fuzz

CHUNKS, SIZE = 6, 250


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_garbled_pages(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # a test must not depend on how fast its machine is; `make fuzz` holds to 2 seconds
    monkeypatch.setattr(fuzz, "SECONDS", 20.0)
    seen = fuzz.run(0, range(chunk * SIZE, (chunk + 1) * SIZE))
    failures = fuzz.failures_of(seen)
    told = [f"{kind}: {text!r} (undeclared = {setting!r})" for kind, setting, _, text in failures]
    assert not told, "\n".join(told)
    assert seen.counts["broken"] > SIZE / 10
    assert seen.counts["green pages"] > SIZE / 20


def test_no_formula_of_the_pages_counts_as_broken() -> None:
    for page in fuzz.source().pages:
        for formula in read_page(page, "", None).formulas:
            assert fuzz.fault_of(formula.tex) == ""


@pytest.mark.parametrize(
    "tex",
    [
        "{",
        "x}",
        r"\dfrac{1}{2",
        r"\left(x",
        r"x\right)",
        r"\left({x\right)}",
        r"\begin{aligned}x",
        r"\begin{aligned}{x\end{aligned}}",
        "(x",
        "x)",
        r"\{x",
        r"\text{if",
        "x^",
        "x_}",
        "x^^2",
        "{x_}",
        "^2",
        "x =",
        "= x",
        r"(x = )",
        r"\left(",
        r"x \cdot",
        r"\cdot x",
        r"(x \cdot) = 1",
        r"x \cdot \cdot y",
        "x + = y",
        "x = y +,",
        "x\u200b",
        "x\x00",
        "\u202ex",
    ],
)
def test_what_counts_as_broken(tex: str) -> None:
    assert fuzz.fault_of(tex)


@pytest.mark.parametrize(
    "tex",
    [
        r"y \in [0, 1)",
        r"\{0, 1\}",
        r"\left(x\right]",
        r"\left.x\right|",
        r"x^{+}_- = x^*",
        "-x + 1 = +x",
        r"a \text{ for (x } b",
        r"\text{a {b} c}",
        r"x % {",
        r"\bigl(x\bigr)",
        r"\begin{aligned} &= x \\ &= y \end{aligned}",
        "a {=} b",
        r"\cdot",
        "-",
    ],
)
def test_what_does_not_count_as_broken(tex: str) -> None:
    assert fuzz.fault_of(tex) == ""


def test_the_same_number_gives_the_same_page() -> None:
    assert [fuzz.garbled(1, n) for n in range(50)] == [fuzz.garbled(1, n) for n in range(50)]
    assert fuzz.garbled(1, 0) != fuzz.garbled(2, 0)


def test_a_hang_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def forever(*arguments: object) -> Report:
        while True:
            pass

    monkeypatch.setattr(fuzz, "check_text", forever)
    monkeypatch.setattr(fuzz, "SECONDS", 0.05)
    assert fuzz.look(fuzz.Input("$x$", fuzz.LENIENT), fuzz.Seen()) == "hang"


def test_an_exception_is_told_and_its_input_shortened(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(text: str, *arguments: object) -> Report:
        return Report() if "!" not in text else Report(1 / 0)  # type: ignore[arg-type]

    monkeypatch.setattr(fuzz, "check_text", fails)
    given = fuzz.Input("words and $x$ " * 20 + "!" + " more words" * 20, fuzz.LENIENT)
    told = fuzz.look(given, fuzz.Seen())
    assert told.startswith("exception: ZeroDivisionError in test_fuzz.py:")
    assert fuzz.shrunk(given, told).text == "!"


def green(text: str, *arguments: object) -> Report:
    """A checker that accepts everything."""
    number = len(read_page(text, "", None).formulas)
    return Report(
        tuple(
            Statement("page.md", 1, 1, 1, 2, k, "mention", "", "accepted", "", "", "")
            for k in range(number)
        )
    )


def test_a_checker_that_accepts_everything_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "check_text", green)
    monkeypatch.setattr(fuzz, "SHRINKS", 0)
    kinds = {row[0].split(":")[0] for row in fuzz.failures_of(fuzz.run(0, range(150)))}
    assert "green" in kinds
    assert fuzz.untypesettable([r"\dfrac{1}{2}", "x^2^3"])[0][0] == "x^2^3"


def test_a_formula_that_was_not_read_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "check_text", lambda *arguments: Report())
    monkeypatch.setattr(fuzz, "read_page", lambda *arguments: read_page("", "", None))
    told = fuzz.look(fuzz.Input("Let $x$ be.", fuzz.LENIENT), fuzz.Seen())
    assert told.startswith("unread")
