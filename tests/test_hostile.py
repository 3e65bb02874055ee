"""Hostile pages: each gives a finding with a position, soon, and never a traceback or a guess."""

from __future__ import annotations

import contextlib
import multiprocessing
import resource
import string
import time
from collections.abc import Iterator
from itertools import pairwise, product
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from mathlint.check import check_paths, check_text
from mathlint.page import SourceError, decode
from mathlint.report import GREEN, Report
from mathlint.settings import Settings
from tests.fuzz import faulty, misplaced

STRICT = Settings(undeclared="error")
LENIENT = Settings()
# a bound on a hang, not a measure of speed: machines differ and are shared
SECONDS = 8.0
MEMORY = 2 << 30
MEGABYTE = 1_000_000


# -- each page in a process of its own, with limits ---------------------------------------------


def _child(connection: Connection, text: str, settings: Settings) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # Some loops are in C, where no signal handler runs: the system ends the process.
    resource.setrlimit(resource.RLIMIT_CPU, (4 * int(SECONDS), 4 * int(SECONDS)))
    began = time.process_time()
    try:
        report: object = check_text(text, "page.md", settings)
    except BaseException as error:
        report = f"{type(error).__name__}: {error}"
    seconds = time.process_time() - began
    if isinstance(report, Report) and len(report.statements) > 10_000:
        report = f"{len(report.statements)} statements after {seconds:.1f} s"
    connection.send((report, seconds))


@pytest.fixture(scope="session")
def server() -> multiprocessing.context.ForkServerContext:
    """A process that has loaded the checker, from which each page's own process forks."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", __name__])
    return context


def checked(
    server: multiprocessing.context.ForkServerContext, text: str, settings: Settings
) -> Report:
    """The report on a page; fails on an exception, a hang, a crash or a position off the page."""
    for _ in range(3):  # a busy machine counts too much
        report, seconds = once(server, text, settings)
        if seconds <= SECONDS:
            break
    fault = report if isinstance(report, str) else faulty(report) or misplaced(text, report)
    if seconds > SECONDS:
        fault = fault or f"{seconds:.1f} s"
    if fault:
        pytest.fail(fault, pytrace=False)
    assert isinstance(report, Report)
    return report


def once(
    server: multiprocessing.context.ForkServerContext, text: str, settings: Settings
) -> tuple[Report | str, float]:
    """The report on a page, or what went wrong, and the processor time that it took."""
    receiver, sender = server.Pipe(duplex=False)
    process = server.Process(target=_child, args=(sender, text, settings))
    process.start()
    sender.close()
    report: Report | str = "too slow or too large"
    seconds = 4 * SECONDS
    with contextlib.suppress(EOFError):
        report, seconds = receiver.recv()
    process.join()
    return report, seconds


# -- pages --------------------------------------------------------------------------------------


def display(tex: str) -> str:
    return f"$$\n{tex}\n$$\n"


def declared(tex: str) -> str:
    return "$x \\in \\mathbb{R}$\n\n" + display(tex)


def names() -> Iterator[str]:
    """Different names of words, as many as wanted."""
    for letters in product(string.ascii_lowercase, repeat=4):
        yield f"\\mathrm{{{''.join(letters)}}}"


def chain(length: int, step: str, last: str) -> str:
    """Definitions each of which uses the one before, and a claim about the last."""
    known = [name for name, _ in zip(names(), range(length), strict=False)]
    rows = [f"{known[0]} = x"]
    rows += [f"{new} = {step.replace('@', old)}" for old, new in pairwise(known)]
    rows.append(last.replace("@", known[-1]))
    return "$x \\in \\mathbb{R}$\n\n" + "".join(map(display, rows))


UNREADABLE = {
    # braces, brackets, environments
    "open brace": display(r"\dfrac{1}{2 = 3"),
    "closed brace": display(r"\dfrac{1}2}} = 3"),
    "left alone": display(r"\left(x = 1"),
    "right alone": display(r"x\right) = 1"),
    "left crosses a brace": display(r"\left({x\right)} = 1"),
    "left without delimiter": display(r"x = \left"),
    "left and a plain bracket": declared(r"\left(x) = x"),
    "plain bracket and right": declared(r"(x\right) = x"),
    "left and a large bracket": declared(r"\left(x\bigr) = x"),
    "call closed by right": declared(r"\ln(2\right) = \ln 2"),
    "interval closed by right": r"$x \in (0, 1\right)$",
    "set closed by right": r"$x \in \{0, 1\right\}$",
    "parenthesis open": display("(x + 1 = 2"),
    "parenthesis closed": display("x + 1) = 2"),
    "brackets cross": display("([x)] = 2"),
    "environment open": display(r"\begin{aligned} x &= 1"),
    "environment closed": display(r"x &= 1 \end{aligned}"),
    "environments cross": display(r"\begin{aligned}\begin{cases}x\end{aligned}\end{cases} = 1"),
    "environment without name": display(r"\begin x = 1 \end"),
    "unknown environment": display(r"\begin{tikzpicture} x \end{tikzpicture} = 1"),
    "bar alone": display(r"|x = 1"),
    "text open": display(r"x = 1 \text{ if"),
    "10,000 braces": display("{" * 10_000 + "x" + "}" * 10_000 + " = 1"),
    "10,000 parentheses": display("(" * 10_000 + "x" + ")" * 10_000 + " = 1"),
    "900 parentheses": display("(" * 900 + "x" + ")" * 900 + " = 1"),
    "10,000 left": display(r"\left(" * 10_000 + "x" + r"\right)" * 10_000 + " = 1"),
    "10,000 bars": display("|" * 10_000 + "x" + "|" * 10_000 + " = 1"),
    "10,000 fractions": display(r"\dfrac{1}{" * 10_000 + "x" + "}" * 10_000 + " = 1"),
    "1,000 fractions": display(r"\dfrac{1}{" * 1_000 + "x" + "}" * 1_000 + " = 1"),
    "1,000 exponents": display("x^{" * 1_000 + "2" + "}" * 1_000 + " = 1"),
    "1,000 subscripts": display("x_{" * 1_000 + "2" + "}" * 1_000 + " = 1"),
    "1,000 calls": display(r"\ln(" * 1_000 + "x" + ")" * 1_000 + " = 1"),
    "1,000 roots": display(r"\sqrt{" * 1_000 + "x" + "}" * 1_000 + " = 1"),
    "1,000 derivatives": display(r"\dfrac{d}{dx}" * 1_000 + "x = 1"),
    "1,000 derivatives inside": display(r"\dfrac{dx}{d" * 1_000 + "x" + "}" * 1_000 + " = 1"),
    "1,000 accents": display(r"\hat{" * 1_000 + "x" + "}" * 1_000 + " = 1"),
    "1,000 functions": display(r"\ln" * 1_000 + " x = 1"),
    "1,000 sums": display(r"\sum_{i=1}^{2}" * 1_000 + " i = 1"),
    "1,000 boxes": display(r"\boxed{" * 1_000 + "x" + "}" * 1_000 + " = 1"),
    "1,000 indicators": display(r"\mathbb{1}[" * 1_000 + "x > 0" + "]" * 1_000 + " = 1"),
    "1,000 cases": display(
        r"\begin{cases}" * 1_000 + "1 & x > 0" + r"\end{cases}" * 1_000 + " = 1"
    ),
    "1,000 slashes": display("1/" * 1_000 + "x = 1"),
    "1,000 relations": display("x" + r" \le x" * 1_000 + r" \in x"),
    "1,000 colours": display(r"\textcolor{red}{" * 1_000 + "x" + "}" * 1_000 + " = 1"),
    "1,000 sizes": display(r"\bigl(" * 1_000 + "x" + r"\bigr)" * 1_000 + " = 1"),
    "1,000 environments": display(r"\begin{aligned}" * 1_000 + "x &= 1" + r"\end{aligned}" * 1_000),
    "1,000 signs": display("-" * 1_000 + "x = x"),
    "1,000 exponents of bars": display("|x|^{" * 1_000 + "2" + "}" * 1_000 + " = 1"),
    # commands
    "def": display(r"\def\x{1} \x = 1"),
    "newcommand": display(r"\newcommand{\x}{1} \x = 1"),
    "let": display(r"\let\x=y \x = 1"),
    "csname": display(r"\csname frac\endcsname{1}{2} = \dfrac{1}{2}"),
    "require": display(r"\require{physics} x = 1"),
    "href": display(r"\href{javascript:alert(1)}{x} = 1"),
    "input": display(r"\input{/etc/passwd} = 1"),
    "unknown command": display(r"\wibble{x} = 1"),
    "command without argument": display(r"x = \dfrac"),
    "half a fraction": display(r"x = \dfrac{1}"),
    "backslash at the end": "Let $x = 1\\$ be, and $y$.",
    "empty braces": display(r"\dfrac{}{} = 1"),
    "empty exponent": declared("x^{} = 1"),
    "empty set exponent": r"$x \in \mathbb{R}^{}$",
    "empty set": r"$x \in \{\}$",
    "two exponents": declared("x^2^3 = 1"),
    "two exponents of a set": r"$x \in \mathbb{R}^2^3$",
    "two exponents of a bracket": declared("(x)^2^3 = 1"),
    "two exponents of a number": declared("2^2^3 = 1"),
    "two exponents of a call": declared(r"\ln(2)^2^3 = 1"),
    "fraction of a fraction": declared(r"\dfrac\dfrac{1}{2}{3} = \dfrac{1}{6}"),
    "root of a fraction": declared(r"\sqrt\dfrac{1}{4} = \dfrac{1}{2}"),
    "two layers": r"$a^{(l)}^{(m)} = 1$",
    "two subscripts": declared("x_1_2 = 1"),
    "tab in a row": declared("x & = x"),
    "nothing": "$$\n\n$$\n",
    "spacing alone": display(r"\, \quad ~ {}"),
    "relation alone": display("="),
    "relations alone": display("= = ="),
    "dots alone": display(r"\dots"),
    "factorial": display("100000! = 1"),
    "iterated factorial": display("((((9!)!)!)!)! = 1"),
    # characters
    "NUL": declared("x\x00 = x"),
    "control characters": declared("x \x07\x1b[2J = x"),
    "delete": declared("x\x7f = x"),
    "next line": declared("x\x85 = x"),
    "form feed": declared("x \x0c = x"),
    "right to left": declared("x = \u202ex"),
    "isolate": declared("x = \u2067x\u2069"),
    "zero width": declared("x = x\u200b + 1"),
    "zero width among words": declared("x = x + 1 - 1 \\text{ f\u200bor all}"),
    "zero width joiner": declared("x\u200dy = x"),
    "word joiner": declared("x = \u2060x"),
    "soft hyphen": declared("x = x\u00ad"),
    "variation selector": declared("x = x\ufe0f"),
    "byte order mark inside": declared("x = \ufeffx"),
    "combining accent": declared("x\u0301 = x"),
    "full-width": declared("ｘ = x"),
    "full-width sign": declared("x ＝ x"),
    "minus sign": declared("x \u2212 x = 0"),
    "mathematical letter": declared("𝑥 = x"),
    "Cyrillic letter": declared("х = x"),
    "letter of no alphabet of mathematics": declared("ж = x"),
    "superscript digit": declared("x² = x"),
    "surrogate": declared("x = \ud800"),
    "private use": declared("x = \ue000"),
    # sizes
    "10^5 characters": declared("x = " + "x+" * 50_000 + "x"),
    "10^5 letters": declared("x = " + "x" * 100_000),
    "10^5 digits": declared("x = " + "9" * 100_000),
    "5,000 digits": declared("x = " + "9" * 5_000),
    "5,000 decimals": declared("x = 0." + "9" * 5_000),
    "10^5 blanks in a row of commands": declared("x = " + r"\, " * 33_000 + "x + 1"),
    "megabyte of letters": display("x" * MEGABYTE),
    "megabyte of braces": display("{" * MEGABYTE),
    "megabyte of pairs": display("{}" * (MEGABYTE // 2)),
    "megabyte of fractions": display(r"\frac" * (MEGABYTE // 5)),
    "megabyte of open fractions": display(r"\frac{" * (MEGABYTE // 6)),
    "megabyte of environments": display(r"\begin{aligned}" * (MEGABYTE // 15)),
    "megabyte of backslashes": display("\\" * MEGABYTE),
    "megabyte of exponents": display("x^" * (MEGABYTE // 2)),
    "megabyte inline": "$" + "x+" * (MEGABYTE // 2) + "x$",
    "megabyte of dollars": "$" * MEGABYTE,
    "megabyte of odd dollars": "$" * (MEGABYTE + 1),
    "megabyte of dollar lines": "$\n" * (MEGABYTE // 2),
    "megabyte of displays": "$$\n" * (MEGABYTE // 3),
    "megabyte of opened brackets": "\\(" * (MEGABYTE // 2),
    "megabyte of opened displays": "\\[\n" * (MEGABYTE // 3),
    "megabyte of begins": "\\begin{align}" * (MEGABYTE // 13),
    "megabyte of begins in lines": "\\begin{align}\n" * (MEGABYTE // 14),
    "megabyte of mentions": "$q$ " * (MEGABYTE // 4) + "$q$$",
}


NEVER_GREEN = {
    # numbers too large for anything
    "tower": display("10^{10^{10}} = 1"),
    "tower of a variable": declared("x^{10^{10^{10}}} = x"),
    "tall tower": declared("2^{2^{2^{2^{2^{2}}}}} = x"),
    "negative tower": declared("10^{-10^{10^{10}}} = x"),
    "tower in an index": "$x \\in \\mathbb{R}^{n}$\n\n" + display("x_{10^{10^{10}}} = 1"),
    "tower in a dimension": "$x \\in \\mathbb{R}^{10^{10^{10}}}$\n\n" + display("x_1 = x_2"),
    "tower in dots": display(r"s = 1 + 2 + \dots + 10^{10^{10}}") + display("s = 1"),
    "tower in a domain": r"$x \in (0, 10^{10^{10}})$" + "\n\n" + display("x = 2x"),
    "tower in a sum": display(r"\sum_{i=1}^{10^{10^{10}}} i = 1"),
    "power": declared("(1+x)^{100000} = x"),
    "root of huge order": declared("x^{1/1000000007} = x"),
    "factors": declared("".join(f"({k}+x)" for k in range(300)) + " = 0"),
    "dimension": "$x \\in \\mathbb{R}^{1000000000}$\n\n" + display("x_1 = x_2"),
    "matrix": r"$x \in \mathbb{R}^{100000 \times 100000}$" + "\n\n" + display("x_{11} = x_{12}"),
    "size of seven figures": "$x \\in \\mathbb{R}^{9999999}$\n\n" + display("x_1 = x_2"),
    # huge ranges
    "range": "$n = 1, \\dots, 10^9$\n\n" + display("n = n + 1"),
    "range of figures": "$n = 1, 2, \\dots, 1000000000$\n\n" + display("n = n + 1"),
    "range upwards": "$n = 1, 2, \\dots$\n\n" + display("n = n + 1"),
    "range downwards": "$n = 5, 4, \\dots, -1000000000$\n\n" + display("n = n + 1"),
    "sum": declared(r"\sum_{i=1}^{1000000000} i = x"),
    "product": declared(r"\prod_{i=1}^{1000000000} i = x"),
    "dots": display(r"s = 1 + 2 + \dots + 1000000000") + display("s = 1"),
    "factors with dots": display(r"s = 1 \cdot 2 \cdots 1000000000") + display("s = 1"),
    "set with dots": r"$x \in \{0, 1, \dots, 10^{9}\}$" + "\n\n" + display("x = 2x"),
    "six nested sums": declared("".join(rf"\sum_{{{i}=1}}^{{39}}" for i in "abcfgh") + " x = x"),
    "nested sums of entries": "$x \\in \\mathbb{R}^{40}$\n\n"
    + display("".join(rf"\sum_{{{i}=1}}^{{39}}" for i in "abcf") + " x_ax_bx_cx_f = 1"),
    "eleven indices": "".join(f"${i} = 1, \\dots, 39$\n\n" for i in "abcfghijkmn")
    + display("a b c f g h i j k m n = 1"),
    "eleven sizes": "".join(f"${i} \\in \\mathbb{{N}}$\n\n" for i in "abcfghijkmn")
    + display("a b c f g h i j k m n = 2"),
    # what has no value
    "one over zero": display(r"\dfrac{1}{0} = \dfrac{1}{0}"),
    "zero over zero": declared(r"x + \dfrac{0}{0} = x"),
    "zero times one over zero": display(r"0 \cdot \dfrac{1}{0} = 0"),
    "power of one over zero": display(r"\left(\dfrac{1}{0}\right)^0 = 1"),
    "negative power of zero": display("0^{-1} = 0^{-1}"),
    "zero in disguise": declared(r"\dfrac{x}{x-x} = \dfrac{x}{x-x}"),
    "zero times zero in disguise": declared(r"0 \cdot \dfrac{1}{x-x} = 0"),
    "derivative of one over zero": declared(r"\dfrac{d}{dx}\left(\dfrac{1}{0}\right) = 0"),
    "logarithm of zero": display(r"\ln(0) = \ln(0)"),
    "logarithm of a negative number": display(r"0 \cdot \ln(-1) = 0"),
    "derivative of a logarithm": declared(r"\dfrac{d}{dx}\ln(-1) = 0"),
    "root of a negative number": display(r"\sqrt{-1}^2 = -1"),
    "named one over zero": display(r"s = \dfrac{1}{0}"),
    "named and cancelled": display(r"s = \dfrac{1}{0} - \dfrac{1}{0}"),
    "empty interval": "$x \\in (1, 0)$\n\n" + display("x = x + 1"),
    # differences below every precision
    "one beside 10^60": display("10^{60} + 1 = 10^{60}"),
    "10^-70": declared("x + 10^{-70} = x"),
    "10^-5000": declared("x + 10^{-5000} = x"),
    "e^-10^6": declared("x + e^{-10^6} = x"),
    "one beside a high power": "$x \\in (10, 20)$\n\n" + display("x^{100} + 1 = x^{100}"),
    "one beside a tower of exponentials": declared(
        "e^{e^{e^{e^{e^{x}}}}} + 1 = e^{e^{e^{e^{e^{x}}}}}"
    ),
    # circles
    "itself": display("a = a + 1") + display("a = 2"),
    "function of itself": declared("f(x) = f(x) + 1") + display("f(1) = f(2)"),
    "two functions": declared("f(x) = g(x)") + display("g(x) = f(x)") + display("f(1) = 2"),
    "two functions at once": declared(
        r"\begin{aligned} f(x) &= g(x) \\ g(x) &= f(x) \\ f(1) &= f(2) \end{aligned}"
    ),
    "used before it is defined": declared(
        r"\begin{aligned} g(2) &= g(3) \\ g(x) &= x \end{aligned}"
    ),
    "two names": display("a = b + 1") + display("b = a + 1") + display("a = 2"),
    "three names": display("a = b") + display("b = c") + display("c = a + 1") + display("a = 2"),
    "entries": "$n \\in \\mathbb{N}$\n\n$a \\in \\mathbb{R}^n$\n\n$i = 1, \\dots, n$\n\n"
    + display("a_i = a_{i+1}"),
    "sizes": "$n = m$, $m = n$\n\n$x \\in \\mathbb{R}^n$\n\n" + display("x_1 = 2x_1"),
    "argument": declared("f(x) = x + 1") + display("f = f(f)"),
    # long and deep
    "2,000 definitions in a chain": chain(2_000, "@ + 1", "@ = x"),
    "200 exponentials in a chain": chain(200, "e^{-@}", "@ = x"),
    "200 squares in a chain": chain(200, r"@ \cdot @ + 1", "@ = x"),
    "derivative along a chain": chain(200, r"\dfrac{1}{1+e^{-@}} + @", r"\dfrac{d@}{dx} = 1"),
    "70 calls": declared("f(x) = x + 1") + display("f(" * 70 + "x" + ")" * 70 + " = x"),
    "calls that double": declared("f(x) = f_1(x) f_1(x)")
    + "".join(display(f"f_{k}(x) = f_{k + 1}(x) f_{k + 1}(x)") for k in range(1, 60))
    + display("f(x) = 1"),
    "a derivative of high order": declared(
        r"\dfrac{d^4}{dx^4}\left(" * 4 + r"\dfrac{1}{1+e^{-x}}" + r"\right)" * 4 + " = 0"
    ),
    "a derivative of a long product": declared(
        r"\dfrac{d^4}{dx^4}\left(" + "".join(f"({k}+x)" for k in range(200)) + r"\right) = 0"
    ),
    "2,000 equalities": declared(" = ".join(["x + 1"] * 1_000 + ["x + 2"] * 1_000)),
    "2,000 rows": declared(
        r"\begin{aligned} x + 1 &= x + 2 \\" + r"&= x + 2 \\" * 1_999 + r"\end{aligned}"
    ),
    "900 cases": declared(
        r"y = \begin{cases}" + "".join(rf"{k} & x < {k} \\" for k in range(900)) + r"\end{cases}"
    )
    + display("y = 3"),
}


HARMLESS = {
    "megabyte of words": "word " * (MEGABYTE // 5),
    "megabyte of backticks": "`" * MEGABYTE,
    "megabyte of braces in prose": "{" * MEGABYTE,
    "megabyte of commands in code": "`" + r"\frac" * (MEGABYTE // 5) + "`",
    "megabyte of comments": "<!--" * (MEGABYTE // 4),
    "megabyte of elements": "<pre>" * (MEGABYTE // 5),
    "megabyte of lists": "- " * (MEGABYTE // 2),
    "megabyte of quotations": "> " * (MEGABYTE // 2),
    "megabyte of blanks": " " * MEGABYTE,
    "100,000 lines": "word\n" * 100_000,
    "100,000 fences": "```\n" * 100_000,
    "100,000 asides": '!!! unchecked "why"\n' * 100_000,
    "empty": "",
    "blank": "\n \n\t\n",
    "sum of 4,000 terms": declared("x" + "+x" * 3_999 + " = 4000x"),
    "product of 1,000 factors": declared("x" * 1_000 + " = x^{1000}"),
    "binomial": declared("(1+x)^{1000}(1-x)^{1000} = (1-x^2)^{1000}"),
    "2,000 declarations": "".join(
        f"${name} \\in \\mathbb{{R}}$\n\n" for name, _ in zip(names(), range(2_000), strict=False)
    ),
    "20,000 blanks": declared("x + 1 = 1" + " " * 19_000 + "+ x"),
    "huge exponent": declared("x^{1000000000} = x^{1000000000}"),
    "tower of exponentials": declared("e^{e^{e^{x}}} = e^{e^{e^{x + 0}}}"),
}


# -- tests --------------------------------------------------------------------------------------

settings = pytest.mark.parametrize("settings", [STRICT, LENIENT], ids=["error", "real"])


@settings
@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable(
    server: multiprocessing.context.ForkServerContext, text: str, settings: Settings
) -> None:
    report = checked(server, text, settings)
    assert report.findings
    unread = [item for item in report.statements if item.verdict not in GREEN]
    assert all(item.verdict in ("unread", "undecided") and item.message for item in unread)


@settings
@pytest.mark.parametrize("text", NEVER_GREEN.values(), ids=NEVER_GREEN)
def test_never_green(
    server: multiprocessing.context.ForkServerContext, text: str, settings: Settings
) -> None:
    report = checked(server, text, settings)
    assert report.findings
    for item in report.statements:
        assert item.verdict not in ("exact", "numeric") or _is_true(item.latex), item


def _is_true(latex: str) -> bool:
    """Whether both sides of an equality are the same, letter by letter."""
    left, _, right = latex.partition(" = ")
    return left == right != ""


@settings
@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_harmless(
    server: multiprocessing.context.ForkServerContext, text: str, settings: Settings
) -> None:
    assert checked(server, text, settings).findings == ()


@settings
def test_2000_definitions(
    server: multiprocessing.context.ForkServerContext, settings: Settings
) -> None:
    """Definitions of different names, and entries of one name: linear in their number."""
    known = [name for name, _ in zip(names(), range(2_000), strict=False)]
    for rows in (
        [f"{name} = x + {k}" for k, name in enumerate(known)],
        [f"a_{{{k}}} = x + {k}" for k in range(2_000)],
    ):
        text = "$x \\in \\mathbb{R}$\n\n" + "".join(map(display, rows))
        report = checked(server, text, settings)
        assert len(report.statements) == 2_001
        assert {item.code for item in report.findings} <= {"ML207"}


def test_bytes_that_are_no_utf8(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    for data, line, column in [
        (b"\xff\xfe$\x00x\x00$\x00", 1, 1),
        (b"$x = 1$\n\nab\xe9 $x$\n", 3, 3),
        (b"\xc0\xaf", 1, 1),
        (b"$x = \xed\xa0\x80$", 1, 6),
        ("零 ".encode() + b"\x80", 1, 3),
    ]:
        page.write_bytes(data)
        report = check_paths([page], LENIENT)
        assert [item.verdict for item in report.statements] == ["unread"]
        found = report.statements[0]
        assert (found.line, found.column, found.code) == (line, column, "ML101")
        with pytest.raises(SourceError):
            decode(data)


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte-order-mark"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_line_endings_and_byte_order_mark_change_nothing(
    tmp_path: Path, mark: str, ending: str
) -> None:
    text = "# 题\n\n$x \\in \\mathbb{R}$\n\n$$\n(x+1)^2 = x^2 + 2x\n$$\n\nSee $x_{$.\n"
    page = tmp_path / "page.md"
    page.write_bytes((mark + text).replace("\n", ending).encode())
    found = check_paths([page], LENIENT)
    page.write_bytes(text.encode())
    assert found == check_paths([page], LENIENT)
    assert [(item.line, item.column) for item in found.findings] == [(6, 11), (9, 8)]


@pytest.mark.parametrize("name", ["empty.md", "image.png", "sub/notes.rst"])
def test_nothing_to_read_is_told_by_the_number_of_statements(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"")
    report = check_paths([tmp_path], LENIENT)
    assert report.statements == ()
    assert sum(report.summary.values()) == 0
