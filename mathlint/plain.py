"""A syntax tree in plain words and brackets: how a formula was read."""

from __future__ import annotations

from mathlint.syntax import (
    BigOperator,
    Bracketed,
    Call,
    Cases,
    Chain,
    Component,
    Condition,
    Dashed,
    Derivative,
    Differential,
    Dots,
    Evaluated,
    Group,
    Interval,
    Mapping,
    Matrix,
    Membership,
    Node,
    Norm,
    Num,
    NumberSet,
    Power,
    Product,
    Quotient,
    Range,
    Ref,
    Sum,
    Symbol,
    Transpose,
)


def plain(node: Node) -> str:
    """A tree as text in which every grouping shows."""
    match node:
        case Num():
            return str(node.value)
        case Ref():
            return _name(node)
        case Group(items=(item,)):
            return plain(item)
        case Group():
            return "(" + ", ".join(map(plain, node.items)) + ")"
        case Sum():
            text = " ".join(
                ("+ " if sign > 0 else "- ") + _inner(part) for sign, part in node.terms
            )
            return text.removeprefix("+ ")
        case Product():
            return " * ".join(_inner(factor) for factor in node.factors)
        case Quotient():
            return f"{_inner(node.top)} / {_inner(node.bottom)}"
        case Power():
            return f"{_inner(node.base)} ^ {_inner(node.exponent)}"
        case Transpose():
            return f"transpose({plain(node.base)})"
        case Call():
            name = node.function.removeprefix("\\") + "'" * node.primes
            return f"{name}({', '.join(map(plain, node.args))})"
        case Derivative():
            by = ", ".join(map(plain, node.variables))
            return f"derivative of [{plain(node.operand)}] by [{by}]"
        case Differential():
            return f"differential of [{plain(node.operand)}]"
        case Component():
            return f"entry [{', '.join(map(plain, node.subs))}] of [{plain(node.base)}]"
        case Evaluated():
            return f"[{plain(node.base)}] at {plain(node.variable)} = {plain(node.at)}"
        case Norm():
            return f"norm{node.kind}({plain(node.base)})"
        case Matrix():
            return "[" + "; ".join(", ".join(map(plain, row)) for row in node.rows) + "]"
        case Dashed():
            return f"slope{node.primes} of [{plain(node.base)}]"
        case Symbol():
            return f"the sign {node.text}"
        case Dots():
            return "..."
        case BigOperator() | Cases() | Bracketed() | Condition():
            return _compound(node)
    return _sentence(node)


def _inner(node: Node) -> str:
    text = plain(node)
    return text if isinstance(node, (Num, Ref, Call, Dots)) else f"({text})"


def _name(node: Ref) -> str:
    layer = "" if node.layer is None else f"^({plain(node.layer)})"
    subs = "[" + ", ".join(map(plain, node.subs)) + "]" if node.subs else ""
    return node.name.removeprefix("\\") + layer + subs


def _compound(node: BigOperator | Cases | Bracketed | Condition) -> str:
    match node:
        case BigOperator():
            over = ", ".join(node.indices)
            if node.lower is not None and node.upper is not None:
                over += f" from {plain(node.lower)} to {plain(node.upper)}"
            if node.condition is not None:
                over += f" with {plain(node.condition)}"
            return f"{node.kind} over {over} of [{plain(node.body)}]"
        case Cases():
            return "; ".join(
                f"{plain(value)} if {plain(condition)}" for value, condition in node.rows
            )
        case Bracketed():
            return f"1 if {plain(node.condition)} else 0"
    if not node.members:
        return "otherwise"
    return _joined(node.members, node.relations)


def _joined(members: tuple[Node, ...], relations: tuple[str, ...]) -> str:
    rest = "".join(
        f" {relation} {plain(member)}"
        for relation, member in zip(relations, members[1:], strict=True)
    )
    return plain(members[0]) + rest


def _sentence(node: Node) -> str:
    match node:
        case Chain():
            text = _joined(node.members, node.relations)
            return text + "".join(f", for {plain(condition)}" for condition in node.conditions)
        case Range():
            return f"{', '.join(map(plain, node.names))} = {', '.join(map(plain, node.items))}"
        case Membership():
            return f"{', '.join(map(plain, node.names))} in {plain(node.target)}"
        case Mapping():
            return f"{plain(node.name)} maps {plain(node.source)} to {plain(node.target)}"
        case NumberSet():
            return _set(node)
    return type(node).__name__


def _set(node: NumberSet) -> str:
    dims = " x ".join(map(plain, node.dims))
    power = f" ^ ({dims})" if dims else ""
    if node.interval is not None:
        return _interval(node.interval) + power
    if node.name == "finite":
        return "{" + ", ".join(map(plain, node.items)) + "}" + power
    return node.name + power


def _interval(node: Interval) -> str:
    low = "-infinity" if node.low is None else plain(node.low)
    high = "infinity" if node.high is None else plain(node.high)
    return f"{'(' if node.low_open else '['}{low}, {high}{')' if node.high_open else ']'}"
