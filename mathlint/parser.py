"""Tokens to expressions: a Pratt parser whose precedences are the tables below."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from mathlint.errors import Unread
from mathlint.syntax import (
    BigOperator,
    Bracketed,
    Call,
    Cases,
    Component,
    Condition,
    Dashed,
    Derivative,
    Dots,
    Evaluated,
    Group,
    Matrix,
    Node,
    Norm,
    Num,
    Power,
    Product,
    Quotient,
    Ref,
    Sum,
    Transpose,
    bare,
    walk,
)
from mathlint.tokens import ACCENTS, CONDITION_WORDS, ENDINGS, INNER, WIDE, Token

MAX_DEPTH = 90
SUM, SIGN, PRODUCT, FACTOR = 10, 15, 20, 30
INFIX = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "odot": PRODUCT}
JUXTAPOSED = frozenset(
    {"name", "number", "function", "open", "{", "command", "begin", "bar", "dots"}
)
FRACTIONS = frozenset({"frac", "dfrac", "tfrac", "cfrac"})
TRANSPOSES = frozenset(
    {"top", "intercal", "T", "\\mathsf{T}", "\\mathrm{T}", "\\mathrm{t}", "\\mathbf{T}"}
)
INVERSE = Num(Fraction(-1), start=0, end=0)
INDICATORS = frozenset(
    {"\\mathbb{1}", "\\mathbb{I}", "\\mathbf{1}", "\\mathbf{I}", "\\mathrm{1}", "I"}
)
CASES = frozenset({"array", "aligned", "gathered", "matrix", "cases"})
NORMS = frozenset({"1", "2", "F"})
ZERO = "\\mathbf{0}"
UNSAID = "the variable of the gradient"
STARS = frozenset({"*", "ast", "star"})
MATRICES = frozenset({"matrix", "pmatrix", "bmatrix", "smallmatrix", "vmatrix", "array"})
DEPTH = {"{": 1, "open": 1, "begin": 1, "}": -1, "close": -1, "end": -1}


class Parser:
    """Reads a run of tokens as one expression; `is_function` tells calls from products."""

    def __init__(self, tokens: Sequence[Token], is_function: Callable[[str], bool]) -> None:
        self.tokens = without_gaps(tokens)
        self.is_function = is_function
        self.at = 0
        self.depth = 0

    def whole(self) -> Node:
        """The expression that all tokens make up; raises Unread where they do not."""
        node = self.expression(0)
        if self.at < len(self.tokens):
            token = self.tokens[self.at]
            raise Unread(f"{token.text!r} does not belong here", token.start, token.end)
        return node

    def peek(self, ahead: int = 0) -> Token | None:
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else None

    def peek_is(self, kind: str, text: str | None = None, ahead: int = 0) -> bool:
        token = self.peek(ahead)
        return token is not None and token.kind == kind and text in (None, token.text)

    def take(self) -> Token:
        token = self.peek()
        if token is None:
            last = self.tokens[-1] if self.tokens else None
            raise Unread("something is missing at the end", last.end if last else 0)
        self.at += 1
        return token

    def expect(self, kind: str, text: str | None = None) -> Token:
        token = self.take()
        if token.kind != kind or text not in (None, token.text):
            raise Unread(
                f"{text or kind!r} was expected here, not {token.text!r}", token.start, token.end
            )
        return token

    # -- precedence ---------------------------------------------------------------------------

    def expression(self, power: int) -> Node:
        """An expression whose operators bind tighter than `power`."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            token = self.peek()
            raise Unread("nested too deeply", token.start if token else 0)
        node = self.prefix()
        while (binding := self.binding()) > power:
            node = self.additive(node) if binding == SUM else self.multiplicative(node)
        self.depth -= 1
        return node

    def binding(self) -> int:
        token = self.peek()
        if token is None:
            return -1
        if token.kind == "operator":
            if token.text not in INFIX:
                raise Unread(
                    f"the operator {token.text!r} is not read", token.start, token.end, "ML104"
                )
            return INFIX[token.text]
        if token.kind == "bar" and self.closing_bar == token.text:
            return -1
        if token.kind == "close" or token.kind not in JUXTAPOSED or self.at_condition():
            return -1
        return PRODUCT

    closing_bar: str | None = None

    def at_condition(self) -> bool:
        """Whether an opening bracket here holds a relation: a condition, no factor."""
        if not self.peek_is("open"):
            return False
        depth = 0
        for token in self.tokens[self.at :]:
            depth += DEPTH.get(token.kind, 0)
            if token.kind == "relation" and depth == 1:
                return True
            if depth == 0:
                return False
        return False

    def prefix(self) -> Node:
        if self.peek_is("operator", "-") or self.peek_is("operator", "+"):
            sign = self.take()
            node = self.expression(SIGN)
            factor = -1 if sign.text == "-" else 1
            return Sum(((factor, node),), start=sign.start, end=node.end)
        return self.factor()

    def additive(self, left: Node) -> Node:
        terms = (
            list(left.terms)
            if isinstance(left, Sum) and not self.is_bracketed(left)
            else [(1, left)]
        )
        while self.peek_is("operator", "+") or self.peek_is("operator", "-"):
            sign = -1 if self.take().text == "-" else 1
            node = self.expression(SUM)
            if isinstance(node, Sum) and len(node.terms) == 1:
                inner, node = node.terms[0]
                sign *= inner
            terms.append((sign, node))
        return Sum(tuple(terms), start=left.start, end=terms[-1][1].end)

    @staticmethod
    def is_bracketed(node: Node) -> bool:
        return isinstance(node, Group)

    def multiplicative(self, left: Node) -> Node:
        if self.peek_is("operator", "/"):
            return self.slash(left)
        factors, marks = [left], []
        while self.binding() == PRODUCT and not self.peek_is("operator", "/"):
            mark = self.take().text if self.peek_is("operator") else ""
            if mark:
                factors.append(self.signed_factor())
            else:
                if self.peek_is("number"):
                    token = self.take()
                    raise Unread("a number behind a factor needs a sign", token.start, token.end)
                factors.append(self.factor())
            marks.append(mark)
        return Product(tuple(factors), tuple(marks), start=left.start, end=factors[-1].end)

    def signed_factor(self) -> Node:
        if self.peek_is("operator", "-"):
            sign = self.take()
            node = self.factor()
            return Sum(((-1, node),), start=sign.start, end=node.end)
        return self.factor()

    def slash(self, left: Node) -> Node:
        slash = self.take()
        bottom = self.signed_factor()
        if self.binding() == PRODUCT and not self.peek_is("operator"):
            token = self.peek()
            assert token is not None
            raise Unread(
                "what follows the slash is ambiguous: add brackets", token.start, token.end
            )
        if self.peek_is("operator", "/"):
            raise Unread("two slashes in a row are ambiguous: add brackets", slash.start, slash.end)
        return Quotient(left, bottom, start=left.start, end=bottom.end)

    # -- factors ------------------------------------------------------------------------------

    def factor(self) -> Node:
        """One factor: an atom with its exponents."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            token = self.peek()
            raise Unread("nested too deeply", token.start if token else 0)
        node = self.postfix(self.atom())
        self.depth -= 1
        return node

    def atom(self) -> Node:
        token = self.take()
        match token.kind:
            case "number" if token.text == "1" and self.at_indicator("\\mathbb{1}"):
                return self.indicator(token)
            case "number":
                decimals = len(token.text.partition(".")[2])
                return Num(Fraction(token.text), decimals, start=token.start, end=token.end)
            case "name" if token.text == "d" and (found := self.slashed_d(token)) is not None:
                return found
            case "name":
                return self.name(token, token.text)
            case "function":
                return self.function(token)
            case "{" if (
                self.peek_is("name")
                and self.peek_is("}", None, 1)
                and (self.peek_is("'", None, 2) or self.peek_is("open", "(", 2))
            ):
                name = self.take()
                self.take()
                return self.name(name, name.text)
            case "{":
                return self.resumed(self.braces(token), token)
            case "open":
                return self.group(token)
            case "bar":
                return self.absolute(token)
            case "dots":
                return Dots(start=token.start, end=token.end)
            case "command":
                return self.command(token)
            case "begin":
                return self.environment(token)
            case "text" if self.peek_is("open") and token.text.isalpha():
                return self.name(token, f"\\mathrm{{{token.text}}}")
            case "text":
                raise Unread(
                    f"the words {token.text!r} stand inside the mathematics", token.start, token.end
                )
        raise Unread(f"{token.text!r} does not belong here", token.start, token.end)

    def resumed(self, node: Node, opened: Token) -> Node:
        """`{{h}_{\\theta}}(x)`: braces around a name hold no scripts and brackets off."""
        inside = bare(node)
        goes_on = any(self.peek_is(kind) for kind in ("^", "_", "'")) or self.peek_is("open", "(")
        name = inside.name if isinstance(inside, Ref) else "\\mathbb"
        if not goes_on or not isinstance(inside, Ref) or name.startswith("\\mathbb"):
            return node
        if inside.layer is not None and self.peek_is("^"):
            return node  # the exponent is of the whole: `{W^{(1)}}^T`
        token = Token("name", inside.name, opened.start, self.tokens[self.at - 1].end)
        return self.name(token, inside.name, inside.layer, inside.subs)

    def braces(self, opened: Token) -> Node:
        if self.peek_is("}"):
            token = self.take()
            raise Unread("empty braces", opened.start, token.end)
        saved, self.closing_bar = self.closing_bar, None
        node = self.expression(0)
        self.closing_bar = saved
        closed = self.expect("}")
        return Group((node,), "", start=opened.start, end=closed.end)

    def group(self, opened: Token) -> Node:
        if opened.text == "|" or opened.text == "||":
            return self.absolute(opened)
        if opened.text == ".":
            return self.evaluated(opened)
        if opened.text == "{" and self.peek_is("begin"):
            return self.braced_rows()
        if opened.text in "([" and self.at_matrix():
            node = self.environment(self.take())
            self.expect("close", opened.text)
            return node
        if opened.text not in ("(", "[", "{", "<"):
            raise Unread(
                f"the bracket {opened.text!r} is not read", opened.start, opened.end, "ML104"
            )
        if opened.text == "[" and self.at_doubled():
            return self.doubled(opened)
        saved, self.closing_bar = self.closing_bar, None
        items = [self.expression(0)]
        while self.peek_is(","):
            self.take()
            items.append(self.expression(0))
        self.closing_bar = saved
        closed = self.expect("close")
        if closed.text != opened.text:
            raise Unread("this bracket is closed by another kind", opened.start, closed.end)
        if opened.text == "<":
            if len(items) != 2:
                message = "angle brackets are read around two vectors: their inner product"
                raise Unread(message, opened.start, closed.end, "ML104")
            return Call(INNER, tuple(items), start=opened.start, end=closed.end)
        return Group(tuple(items), opened.text, start=opened.start, end=closed.end)

    def at_doubled(self) -> bool:
        """Whether the second of two square brackets stands here that hold a condition together."""
        if not self.peek_is("open", "[") or not self.at_condition():
            return False
        end = matching(self.tokens, self.at) + 1
        return 0 < end < len(self.tokens) and self.tokens[end].kind == "close"

    def doubled(self, opened: Token) -> Node:
        """`[[x > 0]]`: 1 where the condition holds, else 0."""
        node = self.indicator(opened)
        closed = self.expect("close", "[")
        return replace(node, end=closed.end)

    def absolute(self, opened: Token) -> Node:
        saved, self.closing_bar = self.closing_bar, opened.text
        node = self.expression(0)
        self.closing_bar = saved
        closed = self.take()
        if closed.text != opened.text or closed.kind not in ("bar", "close"):
            raise Unread("this bar is not closed", opened.start, opened.end)
        whole = isinstance(node, Norm) and not node.kind
        if opened.text == "|" and not is_absolute(node) and not self.at_norm_kind():
            return Call("abs", (node,), start=opened.start, end=closed.end)
        if whole or (opened.text == "|" and is_absolute(node)):
            assert isinstance(node, Call | Norm)
            node = node.args[0] if isinstance(node, Call) else node.base  # doubled bars
        kind = self.norm_kind()
        return Norm(node, kind, start=opened.start, end=self.tokens[self.at - 1].end)

    def at_norm_kind(self) -> bool:
        """Whether the index of a norm follows single bars: `|x|_2^2`, `|x|_1`."""
        at = self.after_script(self.at) if self.peek_is("^") else self.at
        if at >= len(self.tokens) or self.tokens[at].kind != "_":
            return False
        return norm_named(self.tokens[at + 1 : self.after_script(at)]) in NORMS

    def evaluated(self, opened: Token) -> Node:
        """`\\left. f \\right|_{x = 0}`: the value at a point."""
        base = self.expression(0)
        closed = self.take()
        if closed.kind != "close" or closed.text != "|" or not self.peek_is("_"):
            raise Unread("an open bracket without its bar", opened.start, closed.end, "ML104")
        return self.below_bar(base, closed)

    def below_bar(self, base: Node, closed: Token) -> Node:
        """The point below a bar."""
        self.expect("_")
        points: list[tuple[Ref, Node]] = []
        for part in split_at(self.argument(), [","]):
            pieces, relations = split_relations(part)
            if relations != ["="]:
                message = "write the point as x = a below the bar"
                raise Unread(message, closed.start, closed.end, "ML104")
            variable, at = (self.inner(piece, closed.end) for piece in pieces)
            if not isinstance(variable, Ref):
                raise Unread("a name was expected below the bar", closed.start, closed.end)
            points.append((variable, at))
        end = self.tokens[self.at - 1].end
        for variable, at in points:
            if any(part == other for other, _ in points for part in walk(at)) and len(points) > 1:
                message = "a point of this bar depends on another"
                raise Unread(message, at.start, at.end, "ML104")
            base = Evaluated(base, variable, at, start=base.start, end=end)
        return base

    def norm_kind(self) -> str:
        """The subscript of a norm, which may also stand behind its exponent: `^2_2`."""
        if self.peek_is("^"):
            below = self.after_script(self.at)
            if below < len(self.tokens) and self.tokens[below].kind == "_":
                end = self.after_script(below)
                moved = [*self.tokens[below:end], *self.tokens[self.at : below]]
                self.tokens[self.at : end] = moved
        if not self.peek_is("_"):
            return ""
        at = self.take()
        text = norm_named(self.argument())
        if text not in NORMS:
            raise Unread(f"the norm {text} is not read", at.start, at.end, "ML104")
        return text

    def after_script(self, at: int) -> int:
        """The place behind an exponent or index whose sign stands at a place."""
        opened = at + 1 < len(self.tokens) and self.tokens[at + 1].kind == "{"
        return matching(self.tokens, at + 1) + 1 if opened else at + 2

    def script(self) -> list[Token]:
        """The tokens of an index or exponent; a number of several digits needs braces."""
        token = self.peek()
        if token is not None and token.kind == "number" and len(token.text) > 1:
            raise Unread("put this number in braces", token.start, token.end)
        return self.argument()

    def argument(self) -> list[Token]:
        """The tokens of a TeX argument: a brace group, or a single token."""
        token = self.take()
        if token.kind == "{":
            inside: list[Token] = []
            depth = 1
            while True:
                token = self.take()
                depth += {"{": 1, "}": -1}.get(token.kind, 0)
                if depth == 0:
                    return inside
                inside.append(token)
        if token.kind == "number" and len(token.text) > 1:
            rest = Token("number", token.text[1:].lstrip(), token.start + 1, token.end)
            if not rest.text[0].isdigit():
                raise Unread("put this number in braces", token.start, token.end)
            self.at -= 1
            self.tokens[self.at] = rest
            return [Token("number", token.text[0], token.start, token.start + 1)]
        if token.kind in ("command", "function", "^", "_", "}", "&", "relation", "operator"):
            if token.kind == "operator" or (
                token.kind == "command" and token.text in ("top", "prime", "intercal", "nabla")
            ):
                return [token]
            raise Unread("put this argument in braces", token.start, token.end)
        return [token]

    def braced_argument(self) -> list[Token]:
        """An argument that TeX takes as one token, so that a font command needs braces."""
        token = self.peek()
        if token is not None and token.kind == "name" and token.text.startswith("\\math"):
            raise Unread("put this argument in braces", token.start, token.end)
        return self.argument()

    def inner(self, tokens: list[Token], at: int) -> Node:
        """An argument's tokens as an expression."""
        if not tokens:
            raise Unread("empty braces", at)
        parser = Parser(tokens, self.is_function)
        parser.depth = self.depth + 1
        return parser.whole()

    # -- names, indices, exponents ------------------------------------------------------------

    def name(
        self, token: Token, name: str, layer: Node | None = None, subs: tuple[Node, ...] = ()
    ) -> Node:
        """A name with the layer and the indices that follow it, or a call of a function."""
        if self.at_indicator(name):
            return self.indicator(token)
        if name == "\\Sigma" and self.at_range():
            return self.big_operator(Token("command", "sum", token.start, token.end))
        if name.startswith("\\mathbb"):
            return self.blackboard(token, name)
        end, primes = token.end, 0
        exponent: Node | None = None
        while True:
            if self.peek_is("'"):
                end = self.take().end
                primes += 1
            elif self.peek_is("_"):
                at = self.take()
                if subs:
                    raise Unread("a second subscript", at.start, at.end)
                name, subs = self.subscript(name, self.script(), at)
                end = self.tokens[self.at - 1].end
            elif self.peek_is("^") and exponent is None:
                at = self.take()
                if layer is not None:
                    raise Unread("a second superscript: put braces around the first", at.start)
                tokens = self.script()
                if tokens and all(part.text in ("prime", "'") for part in tokens):
                    primes += len(tokens)
                    continue
                if is_star(tokens):
                    name, end = f"{name}^{{*}}", self.tokens[self.at - 1].end
                    continue
                if name != "e" and is_label(tokens):
                    name, end = f"{name}^{{{tokens[0].text}}}", self.tokens[self.at - 1].end
                    continue
                tokens, turned = without_transpose(tokens)
                found = self.superscript(tokens, at)
                end = self.tokens[self.at - 1].end
                if turned is not None:
                    exponent = self.superscript([turned], at)
                if isinstance(found, Group) and found.bracket in "([" and found.bracket:
                    layer = found.items[0]
                else:
                    exponent = found
            else:
                break
        named = f"{name}_{{{','.join(part.name for part in subs if isinstance(part, Ref))}}}"
        plain = all(isinstance(part, Ref) for part in subs)
        if subs and plain and layer is None and self.peek_is("open") and self.is_function(named):
            name, subs = named, ()
        if exponent is not None and _is_minus_one(exponent) and self.is_call(name, layer):
            raise Unread(
                f"{name}^{{-1}} could be the inverse or the reciprocal", token.start, end, "ML104"
            )
        if primes and subs and not self.peek_is("open") and not self.is_function(name):
            name, primes = name + "'" * primes, 0
        if primes or self.is_call(name, layer):
            return self.call(token, name, primes, exponent, subs)
        node: Node = Ref(name, layer, subs, start=token.start, end=end)
        return self.raised(node, exponent, end)

    def at_range(self) -> bool:
        """Whether an index with its first value stands below the sign that was just read."""
        at = self.after_script(self.at) if self.peek_is("^") else self.at
        if at >= len(self.tokens) or self.tokens[at].kind != "_":
            return False
        return bool(split_relations(self.tokens[at + 2 : self.after_script(at) - 1])[1])

    def is_call(self, name: str, layer: Node | None) -> bool:
        return (
            layer is None
            and self.is_function(name)
            and self.peek_is("open")
            and not self.at_condition()
            and not self.holds_itself(name)
        )

    def holds_itself(self, name: str) -> bool:
        """Whether the brackets that follow hold the same name without brackets: `y(1 - y)`.

        What stands before them is a value then, and the two are a product.
        """
        inside = self.tokens[self.at + 1 : matching(self.tokens, self.at)]
        sign, _, letter = name.removeprefix("\\").partition("{")
        accented = name.startswith("\\") and sign in ACCENTS
        size = 4 if accented else 1
        for place, token in enumerate(inside):
            shown = "".join(part.text for part in inside[place : place + size])
            same = shown == f"{sign}{{{letter}" if accented else token.text == name
            after = inside[place + size].kind if place + size < len(inside) else ""
            if same and token.kind in ("name", "command") and after not in ("open", "'", "_", "^"):
                return True
        return False

    def call(
        self, token: Token, name: str, primes: int, exponent: Node | None, subs: tuple[Node, ...]
    ) -> Node:
        if subs:
            raise Unread(f"an index of the function {name} is not read", token.start, token.end)
        if not self.peek_is("open"):
            end = self.tokens[self.at - 1].end
            return self.raised(Call(name, (), primes, start=token.start, end=end), exponent, end)
        barred = self.at_barred()
        group = self.arguments()
        name = f"{name}( | )" if barred else name
        node: Node = Call(name, group.items, primes, start=token.start, end=group.end)
        return self.raised(self.component(node), exponent, group.end)

    def at_barred(self) -> bool:
        """Whether one bar stands between the arguments that follow: `p(x | y)`."""
        end = matching(self.tokens, self.at)
        return end > 0 and len(split_at(self.tokens[self.at + 1 : end], ["bar"])) == 2

    def arguments(self) -> Group:
        """The arguments of a call, which commas, semicolons or one bar hold apart."""
        end = matching(self.tokens, self.at)
        for mark in (";", "bar"):
            runs = split_at(self.tokens[self.at + 1 : end], [mark])
            if end > 0 and len(runs) == 2:
                place = self.at + 1 + len(runs[0])
                sign = self.tokens[place]
                self.tokens[place] = Token(",", ",", sign.start, sign.end)
        group = self.group(self.take())
        if isinstance(group, Group):
            return group
        return Group((group,), "(", start=group.start, end=group.end)

    def component(self, node: Node) -> Node:
        """An index after brackets or a call picks an entry."""
        if not self.peek_is("_"):
            return node
        at = self.take()
        name, subs = self.subscript("", self.script(), at)
        if name:
            raise Unread("this subscript is not read", at.start, at.end, "ML104")
        return Component(node, subs, start=node.start, end=self.tokens[self.at - 1].end)

    @staticmethod
    def raised(node: Node, exponent: Node | None, end: int) -> Node:
        if exponent is None:
            return node
        if isinstance(exponent, Transpose):
            if exponent.base is INVERSE:
                node = Power(node, INVERSE, start=node.start, end=end)
            return Transpose(node, start=node.start, end=end)
        return Power(node, exponent, start=node.start, end=end)

    def subscript(self, name: str, tokens: list[Token], at: Token) -> tuple[str, tuple[Node, ...]]:
        """The indices of a subscript; words and single signs become part of the name."""
        if not tokens:
            raise Unread("an empty subscript", at.start, at.end)
        if len(tokens) == 1 and (
            tokens[0].kind in ("text", "function") or tokens[0].text.startswith("\\mathrm{")
        ):
            word = tokens[0].text.removeprefix("\\mathrm{").removesuffix("}")
            return f"{name}_{{\\mathrm{{{word}}}}}", ()
        if (
            tokens[0].kind == "open"
            and self.closes_at_end(tokens)
            and any(token.kind == "," for token in tokens)
        ):
            return f"{name}_{{({''.join(token.text for token in tokens[1:-1])})}}", ()
        if len(tokens) == 1 and tokens[0].kind == "operator" and tokens[0].text in "+-*":
            return f"{name}_{{{tokens[0].text}}}", ()
        parts: list[list[Token]] = [[]]
        depth = 0
        for token in tokens:
            depth += {"{": 1, "open": 1, "}": -1, "close": -1}.get(token.kind, 0)
            if token.kind == "," and depth == 0:
                parts.append([])
            else:
                parts[-1].append(token)
        for part in [part for part in parts if [token.kind for token in part] == ["text"]]:
            name = f"{name}_{{\\mathrm{{{part[0].text}}}}}"
            parts.remove(part)
        return name, tuple(node for part in parts for node in self.indices(part, at))

    def indices(self, tokens: list[Token], at: Token) -> list[Node]:
        """`ij` is two indices, `j-1` is one."""
        if not tokens:
            raise Unread("an empty index", at.start, at.end)
        tokens = with_dashed_names(tokens)
        if any(token.kind in ("operator", "open") for token in at_depth_zero(tokens)):
            return [self.inner(tokens, at.start)]
        parser = Parser(tokens, self.is_function)
        parser.depth = self.depth + 1
        found = []
        while parser.peek() is not None:
            found.append(parser.factor())
        return found

    def superscript(self, tokens: list[Token], at: Token) -> Node:
        tokens = [token for token in tokens if token.kind != "text" or token.text]
        if len(tokens) == 1:
            token = tokens[0]
            if token.text in TRANSPOSES:
                return Transpose(Num(Fraction(0), start=0, end=0), start=token.start, end=token.end)
            if token.kind == "operator" or token.text == "prime":
                raise Unread(
                    f"the superscript {token.text!r} is not read", token.start, token.end, "ML104"
                )
        if len(tokens) == 2 and tokens[0].text == "-" and tokens[1].text in TRANSPOSES:
            return Transpose(INVERSE, start=tokens[0].start, end=tokens[1].end)
        if (
            tokens
            and tokens[0].kind == "open"
            and tokens[0].text in "(["
            and self.closes_at_end(tokens)
        ):
            return Group(
                (self.inner(tokens[1:-1], at.start),),
                tokens[0].text,
                start=tokens[0].start,
                end=tokens[-1].end,
            )
        if not tokens:
            raise Unread("an empty superscript", at.start, at.end)
        node = self.inner(tokens, at.start)
        is_index = isinstance(node, Product) and isinstance(node.factors[0], Group)
        if is_index and isinstance(node, Product) and isinstance(node.factors[1], Num):
            raise Unread("an index and an exponent in one superscript", at.start, node.end, "ML104")
        return Group((node,), "", start=node.start, end=node.end)

    @staticmethod
    def closes_at_end(tokens: list[Token]) -> bool:
        depth = 0
        for place, token in enumerate(tokens):
            depth += {"open": 1, "close": -1}.get(token.kind, 0)
            if depth == 0:
                return place == len(tokens) - 1
        return False

    def at_bar(self) -> bool:
        """Whether a bar with a point below it follows: a value at that point."""
        below = self.peek_is("_", None, 1)
        return self.peek_is("bar", "|") and below and self.closing_bar != "|"

    def postfix(self, node: Node) -> Node:
        """Indices and exponents after brackets, numbers, fractions and calls."""
        if isinstance(node, Group) and node.bracket in ("(", "["):
            node = self.component(node)
        while self.peek_is("^"):
            at = self.take()
            if isinstance(node, (Power, Derivative, BigOperator)):
                raise Unread("a second exponent is ambiguous: add brackets", at.start, at.end)
            exponent = self.superscript(self.script(), at)
            if isinstance(exponent, Group) and exponent.bracket:
                raise Unread("an index in brackets may only follow a name", at.start, exponent.end)
            node = self.raised(node, exponent, self.tokens[self.at - 1].end)
        if self.at_bar() and isinstance(node, Derivative | Group | Call):
            bar = self.take()
            node = self.below_bar(node, bar)
        if self.peek_is("'") and isinstance(node, Group) and node.bracket in ("(", "["):
            node = self.dashed(node)
        if self.peek_is("_") or self.peek_is("'") or self.peek_is("!"):
            token = self.take()
            raise Unread(f"{token.text!r} after this is not read", token.start, token.end, "ML104")
        return node

    def dashed(self, node: Node) -> Node:
        """Dashes behind brackets: `(1 + e^{-x})'`."""
        primes = 0
        while self.peek_is("'"):
            self.take()
            primes += 1
        return Dashed(node, primes, start=node.start, end=self.tokens[self.at - 1].end)

    # -- functions and commands ---------------------------------------------------------------

    def function(self, token: Token) -> Node:
        if token.text == "sqrt":
            return self.root(token)
        if token.text in ("max", "min") and self.peek_is("_"):
            return self.big_operator(token)
        exponent = None
        primes = 0
        while self.peek_is("'"):
            self.take()
            primes += 1
        while self.peek_is("^") or self.peek_is("_"):
            at = self.take()
            if at.kind == "_":
                raise Unread(
                    f"a subscript of \\{token.text} is not read", at.start, at.end, "ML104"
                )
            exponent = self.superscript(self.script(), at)
            if not isinstance(exponent, Group) or not isinstance(exponent.items[0], Num):
                raise Unread(
                    f"this exponent of \\{token.text} is not read", at.start, at.end, "ML104"
                )
        args = self.function_arguments(token)
        end = self.tokens[self.at - 1].end
        call = Call(token.text, args, primes, start=token.start, end=end)
        return self.raised(self.component(call), exponent, end)

    def function_arguments(self, token: Token) -> tuple[Node, ...]:
        following = self.peek()
        if following is None or following.kind not in JUXTAPOSED:
            raise Unread(f"\\{token.text} needs an argument", token.start, token.end)
        if following.kind == "open" and following.text in "([{":
            return self.arguments().items
        return (self.bare_argument(token),)

    def bare_argument(self, token: Token) -> Node:
        """`\\ln a`, `\\sin 2x`: numbers and then one factor; more is ambiguous."""
        factors = [self.factor()]
        while (
            isinstance(factors[-1], Num) and self.peek() is not None and self.binding() == PRODUCT
        ):
            if self.peek_is("operator"):
                break
            factors.append(self.factor())
        following = self.peek()
        if (
            following is not None
            and following.kind in ("name", "number", "open", "{", "bar")
            and self.binding() == PRODUCT
        ):
            raise Unread(
                f"how far \\{token.text} reaches is ambiguous: add brackets",
                following.start,
                following.end,
            )
        if len(factors) == 1:
            return factors[0]
        marks = ("",) * (len(factors) - 1)
        return Product(tuple(factors), marks, start=factors[0].start, end=factors[-1].end)

    def root(self, token: Token) -> Node:
        if self.peek_is("open", "["):
            raise Unread(
                "roots other than the square root are not read", token.start, token.end, "ML104"
            )
        node = self.inner(self.argument(), token.end)
        return Call("sqrt", (node,), start=token.start, end=self.tokens[self.at - 1].end)

    def command(self, token: Token) -> Node:
        if token.text in FRACTIONS:
            return self.fraction(token)
        if token.text in ("sum", "prod"):
            return self.big_operator(token)
        if token.text == "nabla":
            return self.gradient(token)
        if token.text in ACCENTS:
            return self.accented(token)
        if token.text == "boxed":
            node = self.inner(self.argument(), token.end)
            return Group((node,), "", start=token.start, end=node.end)
        if token.text == "underbrace":
            return self.braced(token)
        if token.text == "partial" and self.peek_is("_"):
            return self.gradient(token)
        if token.text == "partial":
            return self.slashed(token)
        raise Unread(f"\\{token.text} is not read", token.start, token.end, "ML104")

    def braced(self, token: Token) -> Node:
        """What an underbrace spans; its label may hold words alone."""
        node = self.inner(self.argument(), token.end)
        if self.peek_is("_"):
            self.take()
            label = self.argument()
            if any(part.kind != "text" for part in label):
                raise Unread("an underbrace may be labelled with words", token.start, label[-1].end)
        return Group((node,), "", start=token.start, end=self.tokens[self.at - 1].end)

    def accented(self, token: Token) -> Node:
        inside = self.argument()
        if token.text == "vec" and [part.text for part in inside] == ["nabla"]:
            return self.gradient(token)
        if len(inside) > 1 and inside[0].kind == "name" and inside[1].kind == "_":
            self.tokens[self.at : self.at] = inside[1:]  # \hat{x_i} is \hat{x}_i
            inside = inside[:1]
        if [part.text for part in inside] == ["0"]:
            end = self.tokens[self.at - 1].end
            return self.name(Token("name", ZERO, token.start, end), ZERO)
        if len(inside) != 1 or inside[0].kind != "name":
            raise Unread(
                f"\\{token.text} over more than one letter is not read",
                token.start,
                token.end,
                "ML104",
            )
        accent = WIDE.get(token.text, token.text)
        if accent in ("dot", "ddot"):
            raise Unread(
                "derivatives by dots over a letter are not read", token.start, token.end, "ML104"
            )
        end = self.tokens[self.at - 1].end
        return self.name(
            Token("name", inside[0].text, token.start, end), f"\\{accent}{{{inside[0].text}}}"
        )

    def blackboard(self, token: Token, name: str) -> Node:
        if name in INDICATORS and (self.peek_is("open") or self.peek_is("_")):
            return self.indicator(token)
        raise Unread(f"{name} is not read here", token.start, token.end, "ML104")

    def at_indicator(self, name: str) -> bool:
        """Whether an indicator's name is followed by its condition."""
        if name not in INDICATORS:
            return False
        if not self.peek_is("_"):
            number = self.at > 0 and self.tokens[self.at - 1].kind == "number"
            return self.at_condition() and not (number and self.could_restrict())
        if not self.peek_is("{", None, 1):
            return False
        before = self.at
        self.at += 1
        inside = self.argument()
        self.at = before
        return bool(split_relations(inside)[1])

    def could_restrict(self) -> bool:
        """Whether the brackets behind a 1 may be the condition that its whole line stands under."""
        closed = matching(self.tokens, self.at)
        return self.peek_is("open", "(") and closed == len(self.tokens) - 1

    def indicator(self, token: Token) -> Node:
        """`1[x > 0]`, `1_{x > 0}`: 1 where the condition holds, else 0."""
        opened = self.take()
        if opened.kind == "_":
            condition = self.condition(self.argument(), opened)
            return Bracketed(condition, start=token.start, end=self.tokens[self.at - 1].end)
        inside: list[Token] = []
        depth = 1
        while True:
            part = self.take()
            depth += {"open": 1, "close": -1}.get(part.kind, 0)
            if depth == 0:
                break
            inside.append(part)
        condition = self.condition(inside, opened)
        return Bracketed(condition, start=token.start, end=part.end)

    # -- fractions and derivatives ------------------------------------------------------------

    def fraction(self, token: Token) -> Node:
        top, bottom = map(unbraced, (self.braced_argument(), self.braced_argument()))
        end = self.tokens[self.at - 1].end
        sign = derivative_sign(top)
        if sign and derivative_sign(bottom) == sign:
            return self.derivative(token, top, bottom, end)
        if any(item.text == "partial" for item in (*top[:1], *at_depth_zero(bottom))):
            raise Unread("this fraction is no derivative that is read", token.start, end, "ML104")
        return Quotient(
            self.inner(top, token.end), self.inner(bottom, token.end), start=token.start, end=end
        )

    def slashed(self, token: Token) -> Node:
        """`\\partial L / \\partial W` in a line; without a slash the sign of a differential."""
        before = self.at
        if self.peek_is("name"):
            operand = self.factor()
            if self.peek_is("operator", "/"):
                self.take()
                self.expect("command", "partial")
                return self.by(operand, self.factor(), token)
        self.at = before
        following = self.peek()
        if following is None or following.kind not in JUXTAPOSED:
            message = r"\partial outside a derivative's fraction is not read"
            raise Unread(message, token.start, token.end, "ML104")
        return Ref("d", start=token.start, end=token.end)

    def slashed_d(self, token: Token) -> Node | None:
        """`dL/dw` in a line; None where what follows is no such derivative."""
        before = self.at
        if self.peek_is("name") or self.peek_is("command"):
            operand = self.factor()
            slash, sign = self.peek(), self.peek(1)
            follows = self.peek_is("name", None, 2) or self.peek_is("command", None, 2)
            if slash and slash.text == "/" and sign and sign.text == "d" and follows:
                self.at += 2
                return self.by(operand, self.factor(), token)
        self.at = before
        return None

    @staticmethod
    def by(operand: Node, variable: Node, token: Token) -> Node:
        if not isinstance(variable, Ref):
            raise Unread("only a name can be differentiated by", variable.start, variable.end)
        return Derivative(operand, (variable,), start=token.start, end=variable.end)

    def derivative(self, token: Token, top: list[Token], bottom: list[Token], end: int) -> Node:
        order, rest = self.order(top[1:])
        variables = self.variables(bottom, token)
        square = order == 1 and len(variables) == 2 and variables[0] is variables[1]
        if order != len(variables) and not square:
            raise Unread("the orders above and below differ", token.start, end)
        if rest:
            operand = self.inner(rest, token.end)
        else:
            operand = self.operand(token)
            end = operand.end
        if square:
            name = variables[0]
            two = Num(Fraction(2), start=name.start, end=name.end)
            variables = (Power(name, two, start=name.start, end=name.end),)
        return Derivative(operand, variables, start=token.start, end=end)

    def gradient(self, token: Token) -> Node:
        """`\\nabla_x f` and `\\nabla_x^2 f`: the variable stands below."""
        times = 1
        variable: Node | None = None
        while self.peek_is("_") or self.peek_is("^"):
            mark = self.take()
            inside = self.argument()
            if mark.kind == "_":
                variable = self.inner(inside, mark.end)
                if isinstance(variable, Power) and isinstance(variable.base, Ref):
                    variable = layered(variable)
            elif [part.text for part in inside] == ["2"]:
                times = 2
            else:
                raise Unread("this order of a gradient is not read", mark.start, mark.end, "ML104")
        if variable is None and self.peek_is("command", "nabla"):
            self.take()  # `\nabla\nabla f` is `\nabla^2 f`
            times = 2
        operand, turned, of_number = self.reached(token)
        called = isinstance(operand, Call) and len(operand.args) == 1 and not operand.primes
        if variable is None and called and isinstance(operand, Call):
            variable = operand.args[0]  # the gradient of f(x) is by x
        if variable is None:
            variable = Ref(UNSAID, start=token.start, end=token.end)
        if not isinstance(variable, Ref):
            raise Unread(r"write the variable below \nabla", token.start, token.end, "ML104")
        variables = (variable,) * times
        node = Derivative(operand, variables, of_number, start=token.start, end=operand.end)
        if turned is None:
            return node
        return Transpose(node, start=token.start, end=turned.end)

    def reached(self, token: Token) -> tuple[Node, Node | None, bool]:
        """What a gradient is of, the transpose that turns it, and whether that takes a number.

        `\\nabla f(x)^T v` and `\\nabla f(x) v` have one meaning if f(x) is a number: then the
        transpose and what follows belong to the gradient.
        """
        following = self.peek()
        if following is None or following.kind not in JUXTAPOSED:
            raise Unread("nothing follows this derivative", token.start, token.end)
        node = self.scaled_factor()
        if isinstance(node, Transpose) and isinstance(node.base, Ref | Call | Group):
            return node.base, node, True
        if isinstance(node, Power) and not isinstance(node.base, Norm):
            message = "brackets must tell whether the gradient or what follows is raised"
            raise Unread(message, node.start, node.end)
        whole = Group | BigOperator | Cases | Derivative | Power | Norm | Product
        bracketed = isinstance(node, whole)
        goes_on = not bracketed and self.binding() == PRODUCT and not self.at_derivative()
        if goes_on and not isinstance(node, Ref | Call):
            after = self.peek()
            assert after is not None
            message = "how far this derivative reaches is ambiguous: add brackets"
            raise Unread(message, after.start, after.end)
        return node, None, goes_on

    def order(self, tokens: list[Token]) -> tuple[int, list[Token]]:
        if len(tokens) >= 2 and tokens[0].kind == "^":
            parser = Parser(tokens[1:], self.is_function)
            exponent = parser.argument()
            if len(exponent) == 1 and exponent[0].text in ("1", "2", "3", "4"):
                return int(exponent[0].text), parser.tokens[parser.at :]
            raise Unread(
                "this order of a derivative is not read", tokens[0].start, tokens[1].end, "ML104"
            )
        return 1, tokens

    def variables(self, tokens: list[Token], token: Token) -> tuple[Node, ...]:
        found: list[Node] = []
        parser = Parser(tokens, self.is_function)
        while parser.peek() is not None:
            sign = parser.take()
            if not is_differential(sign):
                raise Unread("a variable of this derivative lacks its d", sign.start, sign.end)
            node = parser.differentiated()
            times = 1
            if isinstance(node, Transpose):
                node = node.base
            if isinstance(node, Power):
                node, times = self.repeated(node) if self.counts(node) else (layered(node), 1)
            if isinstance(node, Group) and len(node.items) == 1:
                node = node.items[0]
            if not isinstance(node, Ref):
                raise Unread(
                    "only a name can be differentiated with respect to", node.start, node.end
                )
            found += [node] * times
        if not found:
            raise Unread("this derivative lacks its variable", token.start, token.end)
        return tuple(found)

    def differentiated(self) -> Node:
        token = self.peek()
        if token is not None and token.kind not in ("name", "command", "open", "{"):
            raise Unread(
                "only a name can be differentiated with respect to", token.start, token.end
            )
        return self.factor()

    @staticmethod
    def counts(node: Power) -> bool:
        """Whether an exponent below a derivative is its order; a letter there is a layer."""
        letters = any(isinstance(part, Ref) for part in walk(node.exponent))
        return not (letters and isinstance(node.base, Ref))

    @staticmethod
    def repeated(node: Power) -> tuple[Node, int]:
        exponent = node.exponent
        while isinstance(exponent, Group):
            exponent = exponent.items[0]
        if isinstance(exponent, Num) and exponent.value in (1, 2, 3, 4):
            return node.base, int(exponent.value)
        raise Unread("this order of a derivative is not read", node.start, node.end, "ML104")

    def operand(self, token: Token) -> Node:
        """The next factor alone; what could also be read as more is refused."""
        following = self.peek()
        if following is None or following.kind not in JUXTAPOSED:
            raise Unread("nothing follows this derivative", token.start, token.end)
        node = self.scaled_factor()
        bracketed = isinstance(node, Group | BigOperator | Cases | Derivative | Product)
        if not bracketed and self.binding() == PRODUCT and not self.at_derivative():
            after = self.peek()
            assert after is not None
            message = "how far this derivative reaches is ambiguous: add brackets"
            raise Unread(message, after.start, after.end)
        return node

    def scaled_factor(self) -> Node:
        """A factor, with the numbers before it that scale it: `\\frac12 x^2`.

        Nothing may follow, since the numbers would then scale more than one factor.
        """
        factors = [self.factor()]
        while is_number(factors[-1]) and self.binding() == PRODUCT and not self.peek_is("operator"):
            factors.append(self.factor())
        if len(factors) == 1:
            return factors[0]
        whole = Group | BigOperator | Norm
        if not isinstance(factors[-1], whole) and self.binding() == PRODUCT:
            after = self.peek()
            assert after is not None
            message = "how far this derivative reaches is ambiguous: add brackets"
            raise Unread(message, after.start, after.end)
        marks = ("",) * (len(factors) - 1)
        return Product(tuple(factors), marks, start=factors[0].start, end=factors[-1].end)

    def at_derivative(self) -> bool:
        """Whether the fraction of a derivative follows: then a chain rule goes on."""
        token = self.peek()
        if token is None or token.kind != "command" or token.text not in FRACTIONS:
            return False
        first = self.peek(2) if self.peek_is("{", None, 1) else self.peek(1)
        return first is not None and is_differential(first)

    # -- big operators, cases, conditions -----------------------------------------------------

    def big_operator(self, token: Token) -> Node:
        below: list[Token] = []
        above: list[Token] = []
        while self.peek_is("_") or self.peek_is("^"):
            which = self.take()
            if below if which.kind == "_" else above:
                raise Unread("a second limit", which.start, which.end)
            if which.kind == "_":
                below = self.argument()
            else:
                above = self.argument()
        if not below:
            raise Unread(f"\\{token.text} needs its index below it", token.start, token.end)
        indices, lower, condition = self.bounds(below, token)
        upper = self.inner(above, token.end) if above else None
        if upper is not None and lower is None and condition is None and len(indices) == 1:
            lower = Num(Fraction(1), start=token.start, end=token.end)
        if (lower is None) != (upper is None):
            raise Unread("a range needs both its ends", token.start, token.end)
        body = self.expression(SIGN)
        return BigOperator(
            token.text, indices, lower, upper, condition, body, start=token.start, end=body.end
        )

    def bounds(
        self, below: list[Token], token: Token
    ) -> tuple[tuple[str, ...], Node | None, Condition | None]:
        below = with_dashed_names(below)
        names = [item for item in below if item.kind == "name"]
        relations = [item for item in below if item.kind == "relation"]
        if not relations:
            if [item.kind for item in below if item.kind != ","] != ["name"] * len(names):
                raise Unread("this range is not read", below[0].start, below[-1].end, "ML104")
            return tuple(item.text for item in names), None, None
        if len(below) > 2 and below[0].kind == "name" and below[1].text == "=":
            return (below[0].text,), self.inner(below[2:], token.end), None
        condition = self.condition(below, below[0])
        first = condition.members[0]
        if not isinstance(first, Ref) or first.subs or condition.relations != ("!=",):
            raise Unread("this range is not read", below[0].start, below[-1].end, "ML104")
        return (first.name,), None, condition

    def braced_rows(self) -> Node:
        """A brace before an array of values and conditions, open on its right: cases."""
        token = self.take()
        node = self.cases(token)
        closed = self.expect("close")
        if closed.text != "." or token.text not in CASES:
            raise Unread("this bracket around rows is not read", token.start, closed.end, "ML104")
        return node

    def environment(self, token: Token) -> Node:
        if token.text in MATRICES:
            return self.matrix(token)
        if token.text != "cases":
            raise Unread(
                f"the environment {token.text} is not read inside a formula",
                token.start,
                token.end,
                "ML104",
            )
        return self.cases(token)

    def at_matrix(self) -> bool:
        """Whether what stands in brackets is nothing but an array of entries."""
        token = self.peek()
        if token is None or token.kind != "begin" or token.text not in MATRICES:
            return False
        end = matching(self.tokens, self.at) + 1
        return end < len(self.tokens) and self.tokens[end].kind == "close"

    def matrix(self, token: Token) -> Node:
        """Rows of entries; between single bars, their determinant."""
        rows, end = self.rows()
        found = tuple(tuple(self.cells(row, token)) for row in rows)
        if len({len(row) for row in found}) != 1:
            raise Unread("the rows of a matrix differ in length", token.start, end)
        node = Matrix(found, start=token.start, end=end)
        return Call("det", (node,), start=node.start, end=end) if token.text == "vmatrix" else node

    def cells(self, row: list[Token], near: Token) -> Iterator[Node]:
        """The entries of a row; one that is left empty between dots belongs to them."""
        dotted = any(token.kind == "dots" for token in row)
        for cell in split_at(row, ["&", ","]):
            if dotted and not any(token.kind != "gap" for token in cell):
                yield Dots(start=near.start, end=near.end)
            else:
                yield self.inner(cell, near.end)

    def rows(self) -> tuple[list[list[Token]], int]:
        """The rows up to the end of an environment, and where it ends."""
        inside: list[Token] = []
        depth = 1
        while True:
            part = self.take()
            depth += {"begin": 1, "end": -1}.get(part.kind, 0)
            if depth == 0:
                return [row for row in split_at(inside, ["newline"]) if row], part.end
            inside.append(part)

    def cases(self, token: Token) -> Node:
        rows, end = self.rows()
        return Cases(tuple(self.case(row, token) for row in rows), start=token.start, end=end)

    def case(self, row: list[Token], token: Token) -> tuple[Node, Condition]:
        cells = split_at(row, ["&"])
        if len(cells) == 1:  # `x, x > 0` without a column of its own
            runs = [run for run in split_at(row, [",", "gap"]) if run]
            cells = [] if split_relations(runs[0])[1] else runs
        if len(cells) != 2:
            raise Unread("a case needs one & before its condition", row[0].start, row[-1].end)
        value, condition = cells
        while value and value[-1].kind in (",", "gap"):
            value.pop()
        return self.inner(value, row[0].start), self.condition(condition, token)

    def condition(self, tokens: list[Token], near: Token) -> Condition:
        """Relations with the words around them; `otherwise` alone gives no members."""
        rest = [
            part
            for part in tokens
            if part.kind != "gap" and not (part.kind == "text" and part.text in CONDITION_WORDS)
        ]
        while rest and rest[-1].kind in (",", ".", ";"):
            rest.pop()
        while rest and rest[0].kind == ":":
            rest = rest[1:]
        while len(rest) > 1 and rest[-1].kind == "text":
            rest.pop()
        spelled = "".join(part.text for part in rest if part.kind == "name")
        if len(rest) == len(spelled) and spelled in ENDINGS:
            return Condition((), (), start=rest[0].start, end=rest[-1].end)
        if len(rest) == 1 and rest[0].kind == "text" and rest[0].text in ENDINGS:
            return Condition((), (), start=rest[0].start, end=rest[0].end)
        pieces, relations = split_relations(rest)
        if not relations or any(not piece for piece in pieces):
            at = rest[0] if rest else near
            raise Unread("this condition is not read", at.start, at.end, "ML104")
        members = tuple(self.inner(piece, near.end) for piece in pieces)
        return Condition(members, tuple(relations), start=rest[0].start, end=rest[-1].end)


def norm_named(tokens: Sequence[Token]) -> str:
    """The index of a norm without its braces and its font."""
    return "".join(token.text for token in tokens).replace("\\mathrm", "").strip("{}")


def is_number(node: Node) -> bool:
    """Whether a node is a number or a fraction of numbers."""
    return isinstance(bare(node), Num | Quotient) and not any(
        isinstance(part, Ref | Call) for part in walk(node)
    )


def is_absolute(node: Node) -> bool:
    """Whether single bars stand around a node."""
    return isinstance(node, Call) and node.function == "abs"


def _is_minus_one(node: Node) -> bool:
    match node:
        case Group(items=(Sum(terms=((-1, Num() as number),)),)):
            return number.value == 1
    return False


def without_transpose(tokens: list[Token]) -> tuple[list[Token], Token | None]:
    """`(l)T`, an index in brackets with the sign of a transpose behind it, taken apart."""
    rest = [token for token in tokens if token.kind not in ("^", "{", "}")]
    last = rest[-1] if rest else None
    if last is None or last.text not in TRANSPOSES or len(rest) < 4:
        return tokens, None
    whole = rest[0].kind == "open" and rest[0].text in "([" and Parser.closes_at_end(rest[:-1])
    return (rest[:-1], last) if whole else (tokens, None)


def without_gaps(tokens: Sequence[Token]) -> list[Token]:
    """Tokens without wide spaces; within an environment they may stand before a condition."""
    found: list[Token] = []
    depth = 0
    for token in tokens:
        depth += {"begin": 1, "end": -1}.get(token.kind, 0)
        if depth or token.kind != "gap":
            found.append(token)
    return found


def is_star(tokens: Sequence[Token]) -> bool:
    """Whether a superscript is the star of a solution, as in `w^*`, and no sign of a product."""
    if len(tokens) != 1 or tokens[0].kind != "operator":
        return False
    sign = tokens[0]
    return sign.text in ("ast", "star") or (sign.text == "*" and sign.end == sign.start + 1)


def is_label(tokens: Sequence[Token]) -> bool:
    """Whether a superscript is a word, as in `W^{\\text{new}}`."""
    if len(tokens) != 1 or tokens[0].text in TRANSPOSES:
        return False
    word = tokens[0].text
    named = word.startswith("\\mathrm{") and len(word) > 10
    return named or (tokens[0].kind == "text" and word.isalpha())


def unbraced(tokens: list[Token]) -> list[Token]:
    """Tokens without braces around all of them."""
    while tokens and tokens[0].kind == "{" and matching(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return tokens


def with_dashed_names(tokens: Sequence[Token]) -> list[Token]:
    """Tokens of indices, in which `j'` is one name."""
    found: list[Token] = []
    for token in tokens:
        last = found[-1] if found else None
        if token.kind == "'" and last is not None and last.kind == "name":
            found[-1] = Token("name", last.text + "'", last.start, token.end)
        else:
            found.append(token)
    return found


def layered(node: Power) -> Ref:
    """`z^l` as a name with a layer."""
    assert isinstance(node.base, Ref)
    return replace(node.base, layer=bare(node.exponent), end=node.end)


def is_differential(token: Token) -> bool:
    """Whether a token is the d or the curly d of a derivative."""
    return (token.kind == "name" and token.text == "d") or (
        token.kind == "command" and token.text == "partial"
    )


def derivative_sign(tokens: list[Token]) -> str:
    """`d` or `partial` where a fraction's half begins with it, else nothing."""
    return tokens[0].text if tokens and is_differential(tokens[0]) else ""


def at_depth_zero(tokens: Sequence[Token]) -> list[Token]:
    """The tokens outside all braces."""
    found, depth = [], 0
    for token in tokens:
        depth += {"{": 1, "}": -1}.get(token.kind, 0)
        if depth == 0:
            found.append(token)
    return found


def matching(tokens: Sequence[Token], at: int) -> int:
    """The place of the token that closes what one opens; -1 where nothing does."""
    depth = 0
    for place in range(at, len(tokens)):
        depth += DEPTH.get(tokens[place].kind, 0)
        if depth == 0:
            return place
    return -1


def split_at(tokens: Sequence[Token], kinds: Sequence[str]) -> list[list[Token]]:
    """The runs of tokens between separators that stand outside all brackets."""
    pieces: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += DEPTH.get(token.kind, 0)
        if depth == 0 and token.kind in kinds:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return pieces


def split_relations(tokens: Sequence[Token]) -> tuple[list[list[Token]], list[str]]:
    """The runs of tokens between the relations outside all brackets, and those relations."""
    pieces: list[list[Token]] = [[]]
    relations: list[str] = []
    depth = 0
    for token in tokens:
        depth += DEPTH.get(token.kind, 0)
        if token.kind == "relation" and depth == 0:
            relations.append(token.text)
            pieces.append([])
        else:
            pieces[-1].append(token)
    return pieces, relations
