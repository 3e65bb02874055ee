"""Changes to a snippet's syntax tree, one node at a time, written back into its text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

COMPARISONS = {
    ast.GtE: ">=",
    ast.Gt: ">",
    ast.LtE: "<=",
    ast.Lt: "<",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
OPERATORS = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.BitAnd: "&",
    ast.BitOr: "|",
}
OTHER_OPERATORS = ("+", "-", "*", "/", "**")
CALLS = {
    "exp": ("expm1", "exp2", "log", "abs"),
    "log": ("log1p", "log2", "log10", "exp"),
    "log1p": ("log", "expm1"),
    "logaddexp": ("logaddexp2", "maximum", "add", "subtract"),
    "matmul": ("outer", "subtract", "add"),
    "sum": ("mean", "prod", "max", "cumsum", "asarray"),
    "copy": ("asarray", "negative", "abs", "zeros_like", "sort"),
    "ones_like": ("zeros_like", "copy"),
    "expm1": ("exp", "tanh"),
    "sqrt": ("cbrt", "square", "abs"),
    "tanh": ("arctan", "sinh"),
    "maximum": ("minimum", "add"),
    "minimum": ("maximum", "add"),
    "max": ("min", "mean"),
    "min": ("max", "mean"),
    "mean": ("sum", "median"),
    "var": ("std",),
    "argmax": ("argmin",),
    "abs": ("negative", "asarray"),
    "sign": ("asarray", "ones_like"),
    "transpose": ("asarray",),
}


@dataclass(frozen=True)
class Change:
    """A stretch of a module's text and what stands there instead."""

    start: int
    end: int
    text: str
    kind: str

    def applied(self, source: str) -> str:
        return source[: self.start] + self.text + source[self.end :]


def changes(source: str) -> list[Change]:
    """All changes to the functions of a module, each only once."""
    tree = ast.parse(source)
    found: dict[tuple[int, int, str], Change] = {}
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        names = names_in(function)
        for node in nodes_of(function):
            for change in changes_of(source, node, names):
                same = source[change.start : change.end].strip() == change.text.strip()
                if not same:
                    found.setdefault((change.start, change.end, change.text), change)
    return list(found.values())


def nodes_of(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function's statements, its docstring left out."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    for statement in body:
        yield from ast.walk(statement)


def names_in(function: ast.FunctionDef) -> tuple[str, ...]:
    """Parameters and variables of a function."""
    stored = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and n.id != "np"}
    return tuple(sorted({arg.arg for arg in function.args.args} | stored))


def span(source: str, node: ast.AST) -> tuple[int, int]:
    """Where a node stands in the text."""
    lines = source.splitlines(keepends=True)

    def offset(line: int, column: int) -> int:
        own = lines[line - 1].encode()[:column].decode()
        return sum(map(len, lines[: line - 1])) + len(own)

    assert isinstance(node, (ast.expr, ast.stmt))
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset)


def changes_of(source: str, node: ast.AST, names: tuple[str, ...]) -> Iterator[Change]:
    match node:
        case ast.Constant(value=float() | int()):
            yield from constant(source, node)
        case ast.Compare():
            yield from comparison(source, node)
        case ast.BinOp():
            yield from operation(source, node)
        case ast.UnaryOp(op=ast.USub()):
            yield Change(*span(source, node), text(source, node.operand), "minus dropped")
        case ast.Call():
            yield from call(source, node)
        case ast.Name(ctx=ast.Load()) if node.id in names:
            for other in names:
                yield Change(*span(source, node), other, "name")
            yield Change(*span(source, node), f"(-{node.id})", "negation")
        case ast.Subscript():
            yield from subscript(source, node)
        case ast.Attribute(value=ast.Name(id="np")):
            pass  # a function, which its call changes, or a constant of the module
        case ast.Attribute():
            yield Change(*span(source, node), text(source, node.value), "attribute dropped")
        case ast.BoolOp():
            first, second = (span(source, part) for part in node.values[:2])
            other = "or" if isinstance(node.op, ast.And) else "and"
            yield Change(first[1], second[0], f" {other} ", "and exchanged with or")
        case ast.IfExp() | ast.If():
            yield Change(*span(source, node.test), f"not ({text(source, node.test)})", "test")
        case ast.Assign() | ast.AugAssign() | ast.Expr():
            yield Change(*span(source, node), "pass", "statement dropped")
        case ast.Return() if node.value is not None:
            yield Change(*span(source, node.value), f"-({text(source, node.value)})", "negation")
            yield Change(*span(source, node.value), f"2 * ({text(source, node.value)})", "factor")


def text(source: str, node: ast.AST) -> str:
    start, end = span(source, node)
    return source[start:end]


def constant(source: str, node: ast.Constant) -> Iterator[Change]:
    value = node.value
    assert isinstance(value, (int, float))
    kind = type(value)
    for other in {value + 1, value - 1, kind(0), kind(1), -value} - {value}:
        yield Change(*span(source, node), f"{kind(other)!r}", "constant")
    if kind is float:
        yield Change(*span(source, node), repr(value + 1e-9), "constant")


def comparison(source: str, node: ast.Compare) -> Iterator[Change]:
    left, right = text(source, node.left), text(source, node.comparators[0])
    for kind, sign in COMPARISONS.items():
        if not isinstance(node.ops[0], kind):
            yield Change(*span(source, node), f"{left} {sign} {right}", "comparison")


def operation(source: str, node: ast.BinOp) -> Iterator[Change]:
    left, right = text(source, node.left), text(source, node.right)
    between = (span(source, node.left)[1], span(source, node.right)[0])
    gap = source[between[0] : between[1]]
    own = OPERATORS[type(node.op)]
    for sign in OTHER_OPERATORS:
        if sign != own:
            yield Change(*between, gap.replace(own, sign), "operator")
    yield Change(*span(source, node), f"({left})", "part dropped")
    yield Change(*span(source, node), f"({right})", "part dropped")
    if own in ("-", "/", "@"):
        yield Change(*span(source, node), f"({right}) {own} ({left})", "sides swapped")


def call(source: str, node: ast.Call) -> Iterator[Change]:
    function = node.func
    if isinstance(function, ast.Attribute):
        for other in CALLS.get(function.attr, ()):
            yield Change(*span(source, function), f"np.{other}", "call")
    if node.args and not isinstance(node.args[0], ast.Starred):
        yield Change(*span(source, node), f"({text(source, node.args[0])})", "call dropped")
    for keyword in node.keywords:
        value = span(source, keyword.value)
        start = source.rindex(",", 0, value[0])
        yield Change(start, value[1], "", "keyword dropped")
    for one, other in combinations(node.args, 2):
        (a, b), (c, d) = span(source, one), span(source, other)
        swapped = source[c:d] + source[b:c] + source[a:b]
        yield Change(a, d, swapped, "arguments swapped")
    yield Change(*span(source, node), f"(-{text(source, node)})", "negation")


def subscript(source: str, node: ast.Subscript) -> Iterator[Change]:
    index = node.slice
    yield Change(*span(source, node), text(source, node.value), "index dropped")
    if isinstance(index, ast.Tuple):
        parts = [text(source, part) for part in index.elts]
        for k in range(len(parts) - 1):
            swapped = [*parts[:k], parts[k + 1], parts[k], *parts[k + 2 :]]
            yield Change(*span(source, index), ", ".join(swapped), "axes swapped")
