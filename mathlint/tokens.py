"""TeX tokens with their places; typography (spacing, colour, delimiter sizes) is dropped here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mathlint.errors import Unread


def words_in(text: str) -> list[str]:
    """Words in order."""
    return text.split()


def words(text: str) -> frozenset[str]:
    """A set of words."""
    return frozenset(text.split())


GREEK = words(
    """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi
    pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta
    Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell hbar
    """
)
FUNCTIONS = words(
    """
    ln log exp sin cos tan sec csc cot sinh cosh tanh sech csch coth arcsin arccos arctan arctanh
    sqrt erf erfc max min sign det tr diag
    """
)
INNER = "inner product"
BUILT_IN = FUNCTIONS | {"abs", "\\Phi", INNER}
OFTEN_CALLED = frozenset({"f", "\\sigma", "\\phi", "\\varphi", "\\psi"})
INDEX_LETTERS = frozenset("ijklmnpqrs")
FONTS = {
    "mathbf": "mathbf", "boldsymbol": "mathbf", "bm": "mathbf", "pmb": "mathbf", "symbf": "mathbf",
    "mathcal": "mathcal", "mathscr": "mathcal", "mathsf": "mathsf", "mathtt": "mathtt",
    "mathrm": "mathrm", "operatorname": "mathrm", "text": "mathrm", "textrm": "mathrm",
    "mbox": "mathrm", "mathit": "mathrm", "textit": "mathrm", "texttt": "mathrm",
    "mathfrak": "mathfrak", "mathbb": "mathbb", "Bbb": "mathbb", "mathds": "mathbb",
    "mathbbm": "mathbb", "bold": "mathbf", "textbf": "mathbf", "rm": "mathrm", "bf": "mathbf",
    "cal": "mathcal",
}  # fmt: skip
ACCENTS = words(
    """
    hat bar tilde vec widehat widetilde overline dot ddot check breve
    """
)
WIDE = {"widehat": "hat", "widetilde": "tilde", "overline": "bar"}
RELATIONS = {
    "=": "=", "<": "<", ">": ">", ":=": ":=",
    "ne": "!=", "neq": "!=", "le": "<=", "leq": "<=", "leqslant": "<=", "ge": ">=", "geq": ">=",
    "geqslant": ">=", "lt": "<", "gt": ">", "in": "in", "approx": "approx", "equiv": "=",
    "coloneqq": ":=", "triangleq": ":=", "propto": "propto", "sim": "sim", "simeq": "approx",
    "to": "to", "rightarrow": "to", "implies": "implies", "Rightarrow": "implies", "iff": "iff",
    "Leftrightarrow": "iff", "notin": "notin", "ll": "ll", "gg": "gg", "cong": "cong",
    "longrightarrow": "to", "mapsto": "to", "subset": "subset", "subseteq": "subset",
    "succ": "succ", "succeq": "succ", "prec": "prec", "preceq": "prec",
    "leftarrow": "from", "gets": "from",
}  # fmt: skip
OPERATORS = {
    "+": "+", "-": "-", "*": "*", "/": "/", "cdot": "*", "times": "*", "div": "/", "odot": "odot",
    "circ": "odot", "otimes": "otimes", "pm": "pm", "mp": "mp", "oplus": "oplus", "ast": "ast",
    "star": "star",
}  # fmt: skip
DOTS = words(
    """
    dots ldots cdots dotsb dotsc dotsm dotso vdots ddots
    """
)
UNICODE = {
    **dict(zip("αβγδεζηθικλμνξπρστυφχψω", words_in(
        "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma"
        " tau upsilon varphi chi psi omega"), strict=True)),
    "ϵ": "epsilon", "ϕ": "phi", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda",
    "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega", "ℓ": "ell", "∂": "partial", "∇": "nabla",
    "∑": "sum", "∏": "prod", "∈": "in", "≤": "le", "≥": "ge", "≠": "ne", "≈": "approx",
    "×": "times", "·": "cdot", "⋅": "cdot", "⊙": "odot", "→": "to", "←": "gets", "−": "-",
    "∞": "infty", "⊤": "top", "▽": "nabla", "…": "dots", "⋯": "dots", "⇒": "implies",
}  # fmt: skip
OTHER_COMMANDS = {"bigtriangledown": "nabla", "triangledown": "nabla"}
OTHER_ENVIRONMENTS = {"dcases": "cases"}
LENGTHS = frozenset({"kern", "mkern", "hskip", "mskip"})
SAYING = {"therefore": "therefore", "because": "as"}
SPACING = words(
    """
    , ; : ! > quad qquad enspace enskip thinspace medspace thickspace displaystyle textstyle
    scriptstyle limits nolimits nonumber notag mathstrut strut hfill break allowbreak nobreak
    mathop mathrel mathbin mathord mathopen mathclose mathpunct mathinner hline noindent relax
    negthinspace null scriptscriptstyle tiny small normalsize large Large LARGE huge Huge
    """
) | {" ", "\n"}
CLASSES = words("mathop mathrel mathbin mathord mathopen mathclose mathpunct mathinner")
WITH_ARGUMENT = words(
    """
    color textcolor tag label hspace vspace mspace
    """
)
SIZES = words(
    """
    big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm middle
    """
)
OPENING = {"(": "(", "[": "[", "{": "{", "lvert": "|", "lVert": "||", "langle": "<", "lbrack": "[",
           "lfloor": "floor", "lceil": "ceil", "lbrace": "{"}  # fmt: skip
CLOSING = {")": "(", "]": "[", "}": "{", "rvert": "|", "rVert": "||", "rangle": "<", "rbrack": "[",
           "rfloor": "floor", "rceil": "ceil", "rbrace": "{"}  # fmt: skip
BARS = {"|": "|", "vert": "|", "mid": "|", "Vert": "||", "\\|": "||", "parallel": "||"}
PLAIN = words(
    """
    frac dfrac tfrac cfrac partial nabla sum prod int infty top intercal prime forall emptyset
    mathbb operatorname boxed underbrace overbrace lim argmax argmin colon binom substack
    underset overset stackrel cancel phantom over
    """
)
WITH_ROWS = {"eqalign": "aligned", "cases": "cases", "matrix": "matrix", "pmatrix": "pmatrix"}
INVISIBLE = frozenset({"white", "transparent", "#fff", "#ffffff"})
BRACED = re.compile(r"\s*(?:\{|[^\s\\&}]|\\(?!math|bm|bold|begin|left))")
COLOUR = re.compile(r"[A-Za-z0-9#.,! -]+")
COLOURED = re.compile(r"\s*(?:[^\s&}\\]|\\[^\\])")
PLACED = re.compile(r"\s*\[[tbclr]\]")
LENGTH = re.compile(r"\s*-?\s*[\d.]+\s*(?:em|ex|pt|mm|cm|px|in|mu)")
SCRIPTED = re.compile(r"(?:\\[A-Za-z]+|[A-Za-z01])\s*[_^]")
FONTS_OF_LETTERS = frozenset({"mathbf", "mathbb", "mathcal", "mathsf", "mathfrak"})
UNSEEN_SPACE = re.compile("[\x0b\x0c\x1c-\x1f\x85\xad\u200b-\u200f\u2060-\u2064\ufeff]")
MAX_LENGTH = 20_000
MAX_DEPTH = 60
MAX_DIGITS = 200
SIZE_SWITCH = re.compile(r"\\(?:tiny|small|normalsize|large|Large|LARGE|huge|Huge)\b\s*")
CALLED = re.compile(r"\s*(?:\\left|\\[bB]igg?l?)?\s*[(_']")
APPLIED = re.compile(r"\s*(?:\\left|\\[bB]igg?l?)?\s*(?:[(_'\[^]|\\\{)")
RELATED = re.compile(r"\s*&?\s*(?:=|:=|[<>]|\\in\b|\\[gl]eq?\b|\\approx|\\coloneqq|\\triangleq)")
WORDS = frozenset({"text", "textrm", "textit", "texttt", "textbf", "mbox"})
ENDINGS = frozenset(
    {"otherwise", "else", "elsewhere", "others", "oth", "其他", "其它", "否则", "其余", "其他情况",
     "其它情况", "其他情形"}
)  # fmt: skip
ADDING = frozenset({"and", "且", "并且", "和"})
EXPLAINING = frozenset({"where", "with", "其中"})
JOINING_WORDS = frozenset(
    {"and", "where", "with", "as", "so", "thus", "hence", "therefore", "then", "i.e.", "or",
     "其中", "且", "并且", "和", "所以", "因此", "即", "则", "故", "从而"}
)  # fmt: skip
BEGINNING_WORDS = JOINING_WORDS | frozenset(
    {"then we have", "we have", "we get", "we obtain", "which gives", "this gives", "similarly",
     "finally", "likewise", "hence we have", "so we have", "it follows that", "note that", "also",
     "since", "because", "可得", "得到", "得", "有", "于是", "同理", "由此", "因为", "所以有"}
)  # fmt: skip
CONDITION_WORDS = JOINING_WORDS | frozenset(
    {"if", "for", "for all", "for each", "for every", "when", "whenever", "若", "当", "对", "如果",
     "对于", "对所有", "对每个", "时", "且当"}
)  # fmt: skip
OTHER_NAMES = {
    "Tr": "tr", "trace": "tr", "Trace": "tr", "Diag": "diag", "Det": "det", "sgn": "sign",
    "Sign": "sign", "Log": "log",
}  # fmt: skip
NAMED = {
    f"\\mathrm{{{word}}}": kind
    for kind, spellings in {
        "softmax": "softmax Softmax SoftMax",
        "sigmoid": "sigmoid Sigmoid sigm Sigm logistic expit",
        "relu": "relu ReLU Relu RELU",
        "softplus": "softplus Softplus SoftPlus",
        "silu": "silu SiLU Silu",
        "softsign": "softsign Softsign",
        "mish": "mish Mish",
        "any": "gelu GELU Gelu",
    }.items()
    for word in spellings.split()
}
SCIENTIFIC = re.compile(r"[\d.]+[eE][-+]?\d")
PIECE = re.compile(
    r"\\(?P<command>[A-Za-z]+)|\\(?P<escaped>.|\n)|(?P<number>\d+(?:\.\d+)?)|(?P<char>[^\s%])|%[^\n]*",
    re.S,
)


@dataclass(frozen=True)
class Token:
    """A token of TeX; `kind` says what it is, `text` which one, `start` and `end` where."""

    kind: str
    text: str
    start: int
    end: int


def tokenize(tex: str) -> tuple[Token, ...]:
    """The tokens of a formula.

    Raises Unread for unknown commands, unbalanced braces and formulas beyond the limits.
    """
    if len(tex) > MAX_LENGTH:
        raise Unread(f"a formula of {len(tex)} characters is too long to be read", 0)
    if (unseen := UNSEEN_SPACE.search(tex)) is not None:
        raise Unread("an invisible character stands here", *unseen.span(), "ML103")
    tokens = _Tokenizer(tex).run()
    _check_balance(tokens)
    return tuple(_with_rows(_over_as_fractions(tokens)))


class _Tokenizer:
    def __init__(self, tex: str) -> None:
        self.tex, self.at = tex, 0
        self.lefts: list[int] = []
        self.tokens: list[Token] = []

    def run(self) -> list[Token]:
        while (match := self._next()) is not None:
            start, end = match.span()
            if match["command"]:
                self._command(match["command"], start, end)
            elif match["escaped"]:
                self._escaped(match["escaped"], start, end)
            elif match["number"] and SCIENTIFIC.match(self.tex, start):
                raise Unread("write a power of ten as 10^{-8}", start, end)
            elif match["number"] and end - start > MAX_DIGITS:
                raise Unread(f"a number of more than {MAX_DIGITS} digits", start, end)
            elif match["number"]:
                self._add("number", match["number"], start, end)
            elif match["char"]:
                self._char(match["char"], start, end)
        if self.lefts:
            raise Unread(r"this \left has no \right", self.lefts[-1])
        return self.tokens

    def _next(self) -> re.Match[str] | None:
        match = PIECE.search(self.tex, self.at)
        if match:
            self.at = match.end()
        return match

    def _add(self, kind: str, text: str, start: int, end: int) -> None:
        self.tokens.append(Token(kind, text, start, end))

    def _char(self, char: str, start: int, end: int) -> None:
        if char == ":" and self.tex.startswith("=", end):
            self.at = end + 1
            return self._add("relation", ":=", start, end + 1)
        if char in "<>" and self.tex.startswith("=", end):
            self.at = end + 1
            return self._add("relation", char + "=", start, end + 1)
        if char == "~":
            return None
        if char in UNICODE and UNICODE[char] != "-":
            return self._command(UNICODE[char], start, end)
        char = UNICODE.get(char, char)
        if char == "." and self.tex.startswith("..", end):
            self.at = end + 2
            return self._add("dots", "\\dots", start, end + 2)
        if char == "." and self.tex.startswith(".", end):
            self.at = end + 1
            return self._add("dots", "\\dots", start, end + 1)
        if char.isascii() and char.isalpha():
            return self._add("name", char, start, end)
        if char == "|" and self.tex.startswith("|", end) and self._is_norm():
            self.at = end + 1
            return self._add("bar", "||", start, end + 1)
        if char in "{}^_&',.;:!":
            return self._add(char, char, start, end)
        return self._symbol(char, char, start, end)

    def _is_norm(self) -> bool:
        """Whether two bars open a norm, or close one: else each belongs to a number of its own."""
        last = self.tokens[-1] if self.tokens else None
        closes = last is not None and last.kind in ("name", "number", "close", "}", "dots", "'")
        bars = [token.text for token in self.tokens if token.kind == "bar"]
        opened = bars.count("||") % 2
        return bool(opened) or "|" not in bars if closes else not opened

    def _symbol(self, key: str, shown: str, start: int, end: int) -> None:
        if key in OPERATORS:
            self._add("operator", OPERATORS[key], start, end)
        elif key in RELATIONS:
            self._add("relation", RELATIONS[key], start, end)
        elif key in OPENING:
            self._add("open", OPENING[key], start, end)
        elif key in CLOSING:
            self._add("close", CLOSING[key], start, end)
        elif key in BARS:
            self._add("bar", BARS[key], start, end)
        else:
            raise Unread(f"{shown!r} is not read in mathematics", start, end, "ML103")

    def _escaped(self, char: str, start: int, end: int) -> None:
        if char == "\\":
            self._optional_length()
            self._add("newline", "\\\\", start, end)
        elif char == "_":
            raise Unread(
                r"\_ shows a literal underscore to the reader; write _ for an index",
                start,
                end,
                "ML103",
            )
        elif char == "{":
            self._add("open", "{", start, end)
        elif char == "}":
            self._add("close", "{", start, end)
        elif char == "|":
            self._add("bar", "||", start, end)
        elif char not in SPACING:
            raise Unread(f"\\{char} is not read in mathematics", start, end, "ML103")

    def _optional_length(self) -> None:
        match = re.compile(r"\s*\[-?[\d.]+ *(?:em|ex|pt|mm|cm|px|in|mu)\]").match(self.tex, self.at)
        if match:
            self.at = match.end()

    def _command(self, name: str, start: int, end: int) -> None:
        name = OTHER_COMMANDS.get(name, name)
        if name in ("newline", "cr"):
            return self._add("newline", "\\\\", start, end)
        if name == "Re":
            return self._add("name", "\\mathbb{R}", start, end)
        if name in LENGTHS:
            return self._length(name, start)
        if name in SAYING:
            return self._add("text", SAYING[name], start, end)
        if name in ("quad", "qquad"):
            return self._add("gap", name, start, end)
        if name in CLASSES and BRACED.match(self.tex, self.at) is None:
            raise Unread(f"\\{name} needs an argument in braces", start, end)
        if name in SPACING:
            return None
        if name in WITH_ARGUMENT:
            content, _ = self._argument(name, start)
            if name == "hspace":
                self._add("gap", name, start, self.at)
            if "color" in name:
                self._check_colour(name, content, start)
            return None
        if name in SIZES:
            return None
        if name == "colon":
            return self._add(":", ":", start, end)
        if name == "forall":
            return self._add("text", "for all", start, end)
        if name in ("left", "right"):
            return self._delimiter(name, start)
        if name in ("begin", "end"):
            return self._environment(name, start)
        if name in FONTS:
            return self._font(name, start)
        if name in DOTS:
            return self._add("dots", "\\dots", start, end)
        if name in GREEK:
            return self._add("name", "\\" + name, start, end)
        if name in FUNCTIONS:
            return self._add("function", name, start, end)
        if name in PLAIN or name in ACCENTS or name in WITH_ROWS:
            return self._add("command", name, start, end)
        try:
            return self._symbol(name, "\\" + name, start, end)
        except Unread:
            raise Unread(f"\\{name} is not read", start, end, "ML103") from None

    def _length(self, name: str, start: int) -> None:
        """The length behind a command that moves what follows."""
        match = LENGTH.match(self.tex, self.at)
        if match is None:
            raise Unread(f"\\{name} needs a length", start, self.at)
        self.at = match.end()

    def _check_colour(self, name: str, colour: str, start: int) -> None:
        if colour.strip().lower() in INVISIBLE:
            raise Unread(f"the reader cannot see what is coloured {colour}", start, self.at)
        if COLOUR.fullmatch(colour) is None:
            raise Unread(f"{colour!r} is no colour", start, self.at)
        if name == "textcolor" and COLOURED.match(self.tex, self.at) is None:
            raise Unread(r"\textcolor needs something to colour", start, self.at)

    def _argument(self, name: str, start: int) -> tuple[str, int]:
        """The raw text of a braced argument, and where it begins."""
        match = re.compile(r"\*?\s*\{").match(self.tex, self.at)
        if match is None:
            raise Unread(f"\\{name} needs an argument in braces", start, self.at)
        depth = 0
        for place in range(match.end() - 1, len(self.tex)):
            char = self.tex[place]
            if char in "{}" and self.tex[place - 1] != "\\":
                depth += 1 if char == "{" else -1
                if depth == 0:
                    self.at = place + 1
                    return self.tex[match.end() : place], match.end()
        raise Unread("this brace is never closed", match.end() - 1)

    def _delimiter(self, side: str, start: int) -> None:
        match = re.compile(r"\s*(\\[A-Za-z]+|\\.|[^\s\\])").match(self.tex, self.at)
        if match is None:
            raise Unread(f"\\{side} needs a delimiter", start, self.at)
        self.at = match.end()
        if side == "left":
            self.lefts.append(start)
        elif not self.lefts:
            raise Unread(r"this \right has no \left", start, match.end())
        else:
            self.lefts.pop()
        shown = match[1].lstrip("\\") if match[1] != "\\|" else "||"
        table = {
            **OPENING,
            **CLOSING,
            **BARS,
            ".": ".",
            "||": "||",
        }
        if shown not in table:
            raise Unread(f"{match[1]} is no delimiter that is read", start, match.end(), "ML103")
        self._add("open" if side == "left" else "close", table[shown], start, match.end())

    def _environment(self, name: str, start: int) -> None:
        content, _ = self._argument(name, start)
        plain = content.rstrip("*")
        aligned = PLACED.match(self.tex, self.at) if name == "begin" else None
        if aligned and (content != plain or plain in ("array", "aligned", "gathered")):
            self.at = aligned.end()
        if name == "begin" and plain in ("array", "alignat", "alignedat", "tabular"):
            self._argument(name, start)
        self._add(name, OTHER_ENVIRONMENTS.get(plain, plain), start, self.at)

    def _font(self, name: str, start: int) -> None:
        if name in ("rm", "bf", "cal"):
            self._switched(name, start)
            return
        match = re.compile(r"\s*(\\[A-Za-z]+|[A-Za-z0-9](?![A-Za-z]))").match(self.tex, self.at)
        if match is None and not re.compile(r"\*?\s*\{").match(self.tex, self.at):
            match = re.compile(r"\s*([A-Za-z0-9])").match(self.tex, self.at)
        if match and name not in WORDS:
            self.at = match.end()
            content = match[1]
        else:
            content, _ = self._argument(name, start)
        content = SIZE_SWITCH.sub("", content)
        content = content if name in WORDS else content.strip(" ~")
        self._add_font(
            FONTS[name], name, content if name in ("text", "mbox") else content.strip(), start
        )

    def _switched(self, name: str, start: int) -> None:
        """`{\\rm T}`: the letters up to the end of the braces."""
        match = re.compile(r"\s*([A-Za-z]+|\\[A-Za-z]+|[01])\s*(?=\})").match(self.tex, self.at)
        if match is None:
            message = f"\\{name} is read before the letters of its braces alone"
            raise Unread(message, start, self.at, "ML103")
        self.at = match.end(1)
        self._add_font(FONTS[name], name, match[1], start)

    def _add_font(self, font: str, name: str, content: str, start: int) -> None:
        if name == "textbf" and len(content.strip()) == 1:
            name = "mathbf"
        if content == "\\nabla":
            self._add("command", "nabla", start, self.at)
            return
        if font == "mathrm" and content.strip() == "d":
            self._add("name", "d", start, self.at)
            return
        is_word = content.isalpha() and len(content) > 1
        function = OTHER_NAMES.get(content, content)
        raised = self.tokens and self.tokens[-1].kind == "^"
        if raised and content.strip() in ("T", "t"):
            self._add("name", f"\\mathrm{{{content.strip()}}}", start, self.at)
        elif is_word and function in FUNCTIONS and APPLIED.match(self.tex, self.at):
            self._add("function", function, start, self.at)
        elif is_word and content not in CONDITION_WORDS and self._is_quantity(name, content):
            self._add("name", f"\\mathrm{{{content}}}", start, self.at)
        elif name in WORDS or (font == "mathrm" and " " in content):
            self._check_words(content, start)
            self._add("text", content.strip(" .,;:，。；："), start, self.at)
        elif font == "mathrm" and OTHER_NAMES.get(content, content) in FUNCTIONS:
            self._add("function", OTHER_NAMES.get(content, content), start, self.at)
        elif font == "mathrm" and content == "e":
            self._add("name", "e", start, self.at)
        elif font == "mathbf" and re.fullmatch(r"[A-Za-z]{2,3}", content):
            for place, letter in enumerate(content):
                at = self.at - len(content) - 1 + place
                self._add("name", f"\\mathbf{{{letter}}}", at, at + 1)
        elif font in FONTS_OF_LETTERS and SCRIPTED.match(content):
            self._add_scripted(font, name, content, start)
        elif re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*|\\[A-Za-z]+|[01]", content):
            if content.startswith("\\") and content[1:] not in GREEK and content != "\\ell":
                raise Unread(f"{content} is not read in \\{name}", start, self.at, "ML103")
            self._add("name", f"\\{font}{{{content}}}", start, self.at)
        else:
            raise Unread(f"\\{name}{{{content}}} is not read", start, self.at, "ML103")

    def _add_scripted(self, font: str, name: str, content: str, start: int) -> None:
        """`\\mathbf{x_i}` as `\\mathbf{x}_i`: the font is of the letters outside all scripts."""
        begin = self.tex.index(content, start)
        depth = 0
        before = ""
        for token in tokenize(content):
            depth += {"{": 1, "}": -1}.get(token.kind, 0)
            outside = depth == 0 and before not in ("_", "^")
            before = "" if depth else token.kind
            text = token.text
            if outside and (token.kind == "name" or (token.kind == "number" and text in "01")):
                if token.kind == "name" and not (len(text) == 1 or text[1:] in GREEK):
                    raise Unread(f"\\{name}{{{content}}} is not read", start, self.at, "ML103")
                token = Token("name", f"\\{font}{{{text}}}", token.start, token.end)
            self._add(token.kind, token.text, begin + token.start, begin + token.end)

    def _is_quantity(self, font: str, word: str) -> bool:
        """Whether a word stands where a quantity stands: `\\text{MSE} = ...`."""
        if CALLED.match(self.tex, self.at):
            return True
        if font not in WORDS or not word.isascii() or word in ENDINGS:
            return False
        last = self.tokens[-1] if self.tokens else None
        if last is not None and (
            last.kind in ("relation", "operator") or last.text in ("partial", "d")
        ):
            return True
        begins = last is None or last.kind in ("&", "newline", "{", "begin", "gap")
        return begins and RELATED.match(self.tex, self.at) is not None

    def _check_words(self, content: str, start: int) -> None:
        if re.search(r"[$\\^_=<>+*/{}|≤≥≠·×]|\d\s*[-–]|[a-zA-Z]\s+-\s+", content):
            raise Unread(r"\text may hold words only, no mathematics", start, self.at, "ML103")


def _over_as_fractions(tokens: list[Token]) -> list[Token]:
    """`{a \\over b}` as `\\frac{a}{b}`."""
    at = next((k for k, t in enumerate(tokens) if t.kind == "command" and t.text == "over"), None)
    if at is None:
        return tokens
    depth, begin = 0, at
    while begin > 0 and depth >= 0:
        begin -= 1
        depth += {"}": 1, "{": -1}.get(tokens[begin].kind, 0)
    depth, end = 0, at
    while end + 1 < len(tokens) and depth >= 0:
        end += 1
        depth += {"{": 1, "}": -1}.get(tokens[end].kind, 0)
    over, opened, closed = tokens[at], tokens[begin], tokens[end]
    whole = opened.kind == "{" and closed.kind == "}"
    if not whole or any(t.text == "over" for t in tokens[at + 1 : end]):
        raise Unread(r"put braces around what \over divides", over.start, over.end)
    middle = [Token("}", "}", over.start, over.start), Token("{", "{", over.end, over.end)]
    frac = Token("command", "frac", opened.start, opened.start)
    top, bottom = tokens[begin:at], tokens[at + 1 : end + 1]
    inside = [opened, frac, *top, *middle, *bottom, closed]
    return _over_as_fractions([*tokens[:begin], *inside, *tokens[end + 1 :]])


def _with_rows(tokens: list[Token]) -> list[Token]:
    """`\\eqalign{...}`, plain TeX's rows in braces, as the environment of that name."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        if token.kind != "command" or token.text not in WITH_ROWS:
            continue
        depth, end = 0, place
        while end + 1 < len(tokens) and (depth or end == place):
            end += 1
            depth += {"{": 1, "}": -1}.get(tokens[end].kind, 0)
        if depth or end < place + 2:
            raise Unread(f"\\{token.text} needs its rows in braces", token.start, token.end)
        name = WITH_ROWS[token.text]
        found[place] = Token("gap", "", token.start, token.start)
        found[place + 1] = Token("begin", name, token.start, tokens[place + 1].end)
        found[end] = Token("end", name, tokens[end].start, tokens[end].end)
    return [token for token in found if token.kind != "gap" or token.text]


def _check_balance(tokens: list[Token]) -> None:
    stack: list[Token] = []
    for token in tokens:
        if token.kind in ("{", "begin"):
            stack.append(token)
            if len(stack) > MAX_DEPTH:
                raise Unread(f"nested more than {MAX_DEPTH} deep", token.start, token.end)
        elif token.kind in ("}", "end"):
            if not stack or (stack[-1].kind == "{") != (token.kind == "}"):
                raise Unread("this closes nothing", token.start, token.end)
            opened = stack.pop()
            if token.kind == "end" and opened.text != token.text:
                raise Unread(
                    f"\\begin{{{opened.text}}} is closed by another environment", opened.start
                )
    if stack:
        raise Unread("this is never closed", stack[-1].start, stack[-1].end)
