"""Writes the tables of the pages docs/*/notation.md: `python -m tools.notation`.

The rows come from the checker's own tables, and what stands beside an example is what the checker
says of it, so that neither can drift: tests/test_notation.py fails where a page differs from what
is written here, and where a symbol, a kind of node or a finding code has no example.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mathlint import page as source
from mathlint import parser, reading, tokens
from mathlint.check import check_text
from mathlint.report import GREEN, Report, SnippetCheck, Statement
from mathlint.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "zh")
STRICT = Settings(undeclared="error")
LAX = Settings(undeclared="real")
CONTEXT = (
    r"x, y, t \in \mathbb{R}",
    r"m, n \in \mathbb{N}",
    r"i, j, k = 1, \dots, n",
    r"v, w \in \mathbb{R}^n",
    r"A, B \in \mathbb{R}^{m \times n}",
    r"S \in \mathbb{R}^{n \times n}",
)
TABLE = re.compile(r"(<!-- (?P<name>[a-z]+) -->\n\n).*?(\n?<!-- end -->)", re.DOTALL)
CODE = re.compile(r"\bML\d{3}\b")


@dataclass(frozen=True)
class Text:
    """The same words in both languages."""

    en: str
    zh: str


KIND = {
    "declaration": Text("declaration", "声明"),
    "definition": Text("definition", "定义"),
    "mention": Text("mention", "提及"),
    "claim exact": Text("claim, exact", "断言，精确成立"),
    "claim numeric": Text("claim, numeric", "断言，数值成立"),
    "claim accepted": Text("claim", "断言"),
    "aside": Text("not judged, as the page says", "不作判定，页面已说明"),
}
GREEN_PAGE = Text("all green", "全部通过")
HEADINGS = {
    "written": Text("Written", "写法"),
    "example": Text("Example", "示例"),
    "result": Text("What the checker says", "核验结果"),
    "what": Text("What", "内容"),
    "code": Text("Code", "代码"),
    "message": Text("Message", "信息"),
    "meaning": Text("Meaning", "含义"),
}

# -- examples -----------------------------------------------------------------------------------

FUNCTIONS = {
    "ln": r"\ln(e^x) = x",
    "log": r"\log(e^x) = x",
    "exp": r"\exp(x) = e^x",
    "sin": r"\dfrac{d}{dx}\sin(x) = \cos(x)",
    "cos": r"\dfrac{d}{dx}\cos(x) = -\sin(x)",
    "tan": r"\tan(x) = \dfrac{\sin(x)}{\cos(x)}",
    "sec": r"\sec(x)\cos(x) = 1",
    "csc": r"\csc(x)\sin(x) = 1",
    "sech": r"\operatorname{sech}(x)\cosh(x) = 1",
    "csch": r"\operatorname{csch}(x)\sinh(x) = 1",
    "cot": r"\cot(x)\tan(x) = 1",
    "sinh": r"\sinh(x) = \dfrac{e^x - e^{-x}}{2}",
    "cosh": r"\cosh(x) = \dfrac{e^x + e^{-x}}{2}",
    "tanh": r"\dfrac{d}{dx}\tanh(x) = 1 - \tanh^2(x)",
    "coth": r"\coth(x)\tanh(x) = 1",
    "arcsin": r"\dfrac{d}{dt}\arcsin(t) = \dfrac{1}{\sqrt{1 - t^2}}, \quad t \in (-1, 1)",
    "arccos": r"\arccos(t) = \dfrac{\pi}{2} - \arcsin(t), \quad t \in (-1, 1)",
    "arctan": r"\dfrac{d}{dx}\arctan(x) = \dfrac{1}{1 + x^2}",
    "arctanh": r"\operatorname{arctanh}(\tanh(x)) = x",
    "sqrt": r"\sqrt{x^2} = |x|",
    "erf": r"\dfrac{d}{dx}\operatorname{erf}(x) = \dfrac{2}{\sqrt{\pi}}e^{-x^2}",
    "erfc": r"\operatorname{erfc}(x) = 1 - \operatorname{erf}(x)",
    "max": r"\max(x, y) = \dfrac{x + y + |x - y|}{2}",
    "min": r"\min(x, y) = \dfrac{x + y - |x - y|}{2}",
    "sign": r"|x| = x\operatorname{sign}(x)",
    "det": r"\det(S^\top) = \det(S)",
    "tr": r"\operatorname{tr}(S^\top) = \operatorname{tr}(S)",
    "diag": r"\operatorname{diag}(v)w = v \odot w",
}
OPERATORS = {
    "+": "x {} y = y + x",
    "-": "x {} y = -(y - x)",
    "*": "x {} y = yx",
    "/": r"x {} 2 = \dfrac{{x}}{{2}}",
    "odot": r"v {} w = w \odot v",
}
ANY_OPERATOR = "x {} y"
RELATIONS = {
    "=": "x + x {} 2x",
    ":=": "u {} x + 1",
    "<": "x {} x + 1",
    ">": "x + 1 {} x",
    "<=": "2xy {} x^2 + y^2",
    ">=": "x^2 + y^2 {} 2xy",
    "!=": "x {} x + 1",
    "in": r"u {} (0, 1)",
    "to": r"f : \mathbb{{R}}^n {} \mathbb{{R}}",
}
ANY_RELATION = "x {} y"
BRACKETS = {
    "(": "{}x + y{} = x + y",
    "[": "{}x + y{} = x + y",
    "{": "{}x + y{} = x + y",
    "|": "{}x{} = |-x|",
    "||": r"{}v{}^2 = v^\top v",
    "<": r"{}v, w{} = v^\top w",
    "floor": "{}x{}",
    "ceil": "{}x{}",
}
PLAIN = {
    "frac": r"\frac{x}{2} = 0.5x",
    "dfrac": r"\dfrac{x}{2} = 0.5x",
    "tfrac": r"\tfrac{x}{2} = 0.5x",
    "cfrac": r"\cfrac{x}{2} = 0.5x",
    "over": r"{x \over 2} = 0.5x",
    "partial": r"\frac{\partial}{\partial x}(xy) = y",
    "nabla": r"\nabla_v(w^\top v) = w",
    "sum": r"\sum_{k=1}^{3} k = 6",
    "prod": r"\prod_{k=1}^{3} k = 6",
    "int": r"\int_0^1 x dx = \frac{1}{2}",
    "infty": r"u \in (0, \infty)",
    "top": r"(AS)^\top = S^\top A^\top",
    "intercal": r"(AS)^\intercal = S^\intercal A^\intercal",
    "prime": r"x^\prime",
    "forall": r"\forall x",
    "emptyset": r"\emptyset",
    "mathbb": r"u \in \mathbb{R}",
    "operatorname": r"\operatorname{tr}(S) = \operatorname{tr}(S^\top)",
    "boxed": r"\boxed{x + x = 2x}",
    "underbrace": r"\underbrace{x + x}_{2x} = 2x",
    "overbrace": r"\overbrace{x + x}^{2x} = 2x",
    "lim": r"\lim_{x \to 0} x = 0",
    "argmax": r"\argmax_i v_i",
    "argmin": r"\argmin_i v_i",
    "colon": r"f \colon \mathbb{R}^n \to \mathbb{R}",
    "binom": r"\binom{3}{2} = 3",
    "substack": r"\sum_{\substack{k=1}}^{3} k = 6",
    "underset": r"\underset{k}{x}",
    "overset": r"x \overset{k}{=} x",
    "stackrel": r"x \stackrel{k}{=} x",
    "cancel": r"\cancel{x}",
    "phantom": r"\phantom{x}",
}
WITH_ARGUMENT = {
    "color": r"\color{red} x + x = 2x",
    "textcolor": r"\textcolor{red}{x + x = 2x}",
    "tag": r"x + x = 2x \tag{1}",
    "label": r"x + x = 2x \label{sum}",
    "hspace": r"x + x = 2x \hspace{1em}",
    "vspace": r"x + x = 2x \vspace{1em}",
    "mspace": r"x + x = \mspace{3mu} 2x",
}
ENVIRONMENTS = {
    "split": r"$$\begin{split} x + x &= 2x \end{split}$$",
    "cases": r"$$|x| = \begin{cases} x & \text{if } x > 0 \\ -x & \text{otherwise} \end{cases}$$",
    "array": r"$$|x| = \left\{\begin{array}{ll} x & x > 0 \\ -x & x \le 0 \end{array}\right.$$",
    "alignat": r"\begin{alignat}{2} x + x &= 2x \end{alignat}",
    "alignedat": r"$$\begin{alignedat}{2} x + x &= 2x \end{alignedat}$$",
    "eqnarray": r"\begin{eqnarray} x + x &=& 2x \end{eqnarray}",
    "equation": r"\begin{equation} x + x = 2x \end{equation}",
    "gather": r"\begin{gather} x + x = 2x \end{gather}",
    "gathered": r"$$\begin{gathered} x + x = 2x \end{gathered}$$",
    "multline": r"\begin{multline} x + x = 2x \end{multline}",
    "math": r"\begin{math} x + x = 2x \end{math}",
    "displaymath": r"\begin{displaymath} x + x = 2x \end{displaymath}",
    "aligned": r"$$\begin{aligned} x + x &= 2x && \text{one by one} \end{aligned}$$",
    "align": r"\begin{align} x + x &= 2x \end{align}",
    "pmatrix": r"$$\begin{pmatrix} x & y \end{pmatrix} \begin{pmatrix} x \\ y \end{pmatrix}"
    r" = x^2 + y^2$$",
    "bmatrix": r"$$\begin{bmatrix} x & y \\ y & x \end{bmatrix}"
    r" \begin{bmatrix} 1 \\ 1 \end{bmatrix} = \begin{bmatrix} x + y \\ x + y \end{bmatrix}$$",
    "matrix": r"$$\left(\begin{matrix} x & 0 \\ 0 & x \end{matrix}\right)"
    r" \left(\begin{matrix} 1 \\ 1 \end{matrix}\right)"
    r" = \left(\begin{matrix} x \\ x \end{matrix}\right)$$",
    "smallmatrix": r"$$\det\left(\begin{smallmatrix} x & 0 \\ 0 & x \end{smallmatrix}\right)"
    r" = x^2$$",
    "vmatrix": r"$$\begin{vmatrix} x & y \\ y & x \end{vmatrix} = x^2 - y^2$$",
}
DELIMITERS = (
    "$x + x = 2x$",
    "$$x + x = 2x$$",
    r"\(x + x = 2x\)",
    r"\[x + x = 2x\]",
)

# What no table of the checker lists: each construct with an example or several.
CONSTRUCTS: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (
        Text("Names and the values that they may take", "名称及其取值范围"),
        (
            r"u \in \mathbb{R}",
            r"a, b \in (0, 1]",
            r"u \in \{0, 1\}",
            r"u \in \mathbb{R}_{+}",
            r"u > 0",
            r"p \in \mathbb{N}",
            r"z \in \mathbb{C}",
            r"u^{(1)}, \dots, u^{(m)} \in \mathbb{R}",
        ),
    ),
    (
        Text("Vectors, matrices, samples, layers", "向量、矩阵、样本、层"),
        (
            r"\mathbf{u} \in \mathbb{R}^n",
            r"\mathbf{W} \in \mathbb{R}^{m \times n}",
            r"u^{(i)} \in \mathbb{R}",
            r"b^{[1]} \in \mathbb{R}^m",
            r"U \in \mathbb{R}^{m \times n \times 2}",
        ),
    ),
    (
        Text("The range of an index", "指标的取值范围"),
        (r"l = 0, 1, \dots, n", r"l \in \{1, \dots, n\}", r"l = 1, 2, 3", r"l = 1..n",
         r"l \in [n]", r"l = \overline{1, n}"),
    ),
    (
        Text("Definitions, which introduce their left side", "定义：引入等式左边的名称"),
        (
            r"u = x + 1",
            r"f(t) = t^2",
            r"\operatorname{sq}(t) = t^2",
            r"c_i = 2v_i",
            r"f : \mathbb{R}^n \to \mathbb{R}",
            r"$a^{(0)} = v$ $l = 1, \dots, n$ $a^{(l)} = 2a^{(l-1)}$",
            r"u = u + 1",
        ),
    ),
    (
        Text("Chains of equalities and inequalities", "连等式与不等式"),
        (r"(x + 1)^2 = x^2 + 2x + 1 \ge 2x", r"x = y \implies y = x"),
    ),
    (
        Text("Numbers, products without a sign, powers, fractions", "数、省略乘号的乘积、幂、分式"),
        (
            r"0.5 \cdot 10^{-8} = \frac{1}{2 \cdot 10^{8}}",
            r"2xy = y \cdot 2x",
            r"x^2 x^3 = x^5",
            r"x / 2y = x",
            r"1e-8 = 10^{-8}",
            r"3! = 6",
            r"\sqrt[3]{8} = 2",
            r"\log_2(2^x) = x",
            r"\sin^2(x) + \cos^2(x) = 1",
        ),
    ),
    (
        Text("Conditions beside a claim", "断言所附的条件"),
        (
            r"\ln(x^2) = 2\ln(x) \quad (x > 0)",
            r"\ln(x^2) = 2\ln(x), \quad x > 0",
            r"\ln(x^2) = 2\ln(x) \text{ for } x > 0",
        ),
    ),
    (
        Text("Cases, indicators", "分段函数、示性函数"),
        (
            r"\max(x, 0) = \begin{cases} x & x > 0 \\ 0 & x \le 0 \end{cases}",
            r"\mathbb{1}[x > 0] \, x = \max(x, 0)",
        ),
    ),
    (
        Text("Sums and products over a range, rows with dots", "求和、连乘与省略号"),
        (
            r"\sum_{l=1}^{n} (v_l + w_l) = \sum_{l=1}^{n} v_l + \sum_{l=1}^{n} w_l",
            r"\sum_i v_i w_i = v^\top w",
            r"\sum_{k \ne i} v_k = \sum_k v_k - v_i",
            r"\sum_{i,j} v_i w_j = \sum_i v_i \sum_j w_j",
            r"v_1 + v_2 + \dots + v_n = \sum_k v_k",
            r"\prod_{l=1}^{n} e^{v_l} = e^{\sum_k v_k}",
            r"\sum_{l \in \{1, 2\}} l = 3",
            r"\sum_{j < i} v_j = \sum_{l=1}^{i-1} v_l",
        ),
    ),
    (
        Text("Derivatives", "导数"),
        (
            r"\dfrac{d}{dx}x^2 = 2x",
            r"\dfrac{\mathrm{d}}{\mathrm{d}x}x^2 = 2x",
            r"\dfrac{\partial^2}{\partial x \partial y}(x^2 y) = 2x",
            r"\dfrac{\partial x^2}{\partial x} = 2x",
            r"$u = x^2$ $\dfrac{du}{dx} = 2x$",
            r"\partial_x(x^2) = 2x",
            r"$f(t) = t^2$ $f'(x) = 2x$",
            r"$f(t) = t^2$ $f''(x) = 2$",
            r"$f(t) = t^2$ $(t^2)' = 2t$",
            r"\left. \dfrac{d}{dx}x^2 \right|_{x=3} = 6",
            r"\dot{x} = 1",
            r"d(x^2) = 2x \, dx",
        ),
    ),
    (
        Text("Gradients and Jacobians, once the page says what their entries are",
             "梯度与雅可比矩阵，须先说明其元素"),
        (
            r"$(\nabla_v(w^\top v))_i = \dfrac{\partial}{\partial v_i}(w^\top v)$ "
            r"$\nabla_v(w^\top v) = w$",
            r"$f : \mathbb{R}^n \to \mathbb{R}$ $L = f(v)$ "
            r"$\left(\dfrac{\partial L}{\partial v}\right)_i = \dfrac{\partial L}{\partial v_i}$ "
            r"$g = \dfrac{\partial L}{\partial v}$ $g_i = \dfrac{\partial L}{\partial v_i}$",
            r"$u = Sv$ $\left(\dfrac{\partial u}{\partial v}\right)_{ij} = "
            r"\dfrac{\partial u_i}{\partial v_j}$ $\dfrac{\partial u}{\partial v} = S$",
            r"\dfrac{\partial (Sv)}{\partial v} = S",
        ),
    ),
    (
        Text("Vectors and matrices", "向量与矩阵"),
        (
            r"(AS)^\top = S^\top A^\top",
            r"(AS)^T = S^T A^T",
            r"v \cdot w = v^\top w",
            r"Sv \in \mathbb{R}^n",
            r"(Sv)_i = \sum_j S_{ij} v_j",
            r"(v w^\top)_{ij} = v_i w_j",
            r"(v \odot w)_i = v_i w_i",
            r"S^{-1} S v = v",
            r"\|v\|^2 = v^\top v",
            r"\|v\|_1 = \sum_i |v_i|",
            r"\|A\|_F^2 = \operatorname{tr}(A^\top A)",
            r"\|S\|_2 = 1",
            r"$\mathbf{1} \in \mathbb{R}^n$ $v^\top \mathbf{1} = \sum_i v_i$",
            r"$I \in \mathbb{R}^{n \times n}$ $IS = S$",
            r"S = \begin{bmatrix} S_{11} & \cdots & S_{1n} \\ \vdots & & \vdots \\ "
            r"S_{n1} & \cdots & S_{nn} \end{bmatrix}",
        ),
    ),
    (
        Text("Functions that act on each entry, once the page says so",
             "逐元素作用的函数，须先说明"),
        (
            r"$\exp(v)_i = \exp(v_i)$ $\exp(v) \odot \exp(w) = \exp(v + w)$",
            r"$f(t) = t^2$ $f(v)_i = f(v_i)$ $f(2v) = 4f(v)$",
            r"\exp(v) = \exp(v)",
        ),
    ),
    (
        Text("Updates, by the slope that they follow", "更新，按其所沿的斜率"),
        (
            r"$a \in \mathbb{R}$ $u = x^2y$ $x \leftarrow x - a\dfrac{\partial u}{\partial x}$",
            r"$a \in \mathbb{R}$ $u = x^2y$ $x := x - 2axy$",
            r"x \leftarrow x - y",
        ),
    ),
    (
        Text("Expectations, sets", "期望、集合"),
        (r"\mathbb{E}[x] = 0", r"\{v_i\}_{i=1}^{n}"),
    ),
    (
        Text("A sign that the text speaks of", "正文所说的记号"),
        (r"\odot",),
    ),
)  # fmt: skip

# What a page may leave unsaid where undeclared names are assumed real; each is a page of its own.
ASSUMED: tuple[tuple[Text, str], ...] = (
    (
        Text("a name that nothing introduces is any real number", "未经引入的名称取任意实数"),
        r"$\frac{d}{dx} e^{ax} = ae^{ax}$",
    ),
    (
        Text("a name with an index is a family as long as its sum", "带指标的名称长度与求和一致"),
        r"$s = \sum_i w_i x_i$ $\frac{\partial s}{\partial w_j} = x_j$",
    ),
    (
        Text("a function of a vector acts on each entry", "作用于向量的函数逐元素计算"),
        r"$v \in \mathbb{R}^n$ $\exp(v) \odot \exp(v) = \exp(2v)$",
    ),
    (
        Text("a gradient has the shape of its variable, a Jacobian a row for each output",
             "梯度与自变量同形，雅可比矩阵每个输出占一行"),
        r"$A \in \mathbb{R}^{m \times n}$, $v \in \mathbb{R}^n$ "
        r"$\frac{\partial (Av)}{\partial v} = A$ $\nabla_v \|v\|^2 = 2v$",
    ),
    (
        Text("a function known by its name has its usual meaning", "通用名称的函数取其通行含义"),
        r"$a = \text{ReLU}(z)$ $\frac{da}{dz} = \mathbb{1}[z > 0]$ for $z \ne 0$",
    ),
    (
        Text("a name without a font, or a letter of Greek as it is",
             "未用字体命令的名称与希腊字母"),
        r"$z \in \mathbb{R}^n$ $p = softmax(z)$ $p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$ "
        r"$\frac{∂(αx)}{∂x} = α$",
    ),
    (
        Text("matrices and vectors have the lengths that their products need",
             "矩阵与向量的大小由乘积决定"),
        r"$J = (Xw - y)^T(Xw - y)$ $\nabla_w J = 2X^T(Xw - y)$",
    ),
    (
        Text("words name a function, or leave it open", "由文字指明函数，或说明为任意函数"),
        r"where $\sigma$ is the sigmoid, $a = \sigma(z)$ $\frac{da}{dz} = a(1 - a)$",
    ),
    (
        Text("a loss may be any function of what the page says", "损失可为所述变量的任意可微函数"),
        r"$Y = XW$, $X \in \mathbb{R}^{n \times d}$, $W \in \mathbb{R}^{d \times k}$, $L = L(Y)$ "
        r"$\frac{\partial L}{\partial W} = X^T \frac{\partial L}{\partial Y}$",
    ),
    (
        Text("what follows from a slope that is set to zero is judged by it",
             "由导数为零推出的结论按该导数核验"),
        r"$f = (w - a)^2$ $\frac{df}{dw} = 2(w - a) = 0 \Rightarrow w = a$",
    ),
    (
        Text("a worked example is judged in its own numbers", "算例按给定数值核验"),
        r"$h = wx$. Let $w = 0.5$, $x = 3$. Then $h = 1.5$",
    ),
)  # fmt: skip

# The finding codes; those that a formula alone can provoke have an example.
CODES: dict[str, tuple[Text, str]] = {
    "ML001": (Text("no formula was found", "没有找到公式"), ""),
    "ML101": (Text("a file that is no text, or includes what is not there",
                   "文件不是文本，或引用的内容不存在"), ""),
    "ML102": (Text("TeX that is incomplete, or that reads two ways", "TeX 不完整，或读法不唯一"),
              r"x = \dfrac{1}{"),
    "ML103": (Text("a symbol or command that is not read", "不读取的符号或命令"), r"x \leadsto y"),
    "ML104": (Text("a notation that is not read", "不读取的记法"), r"x \propto y"),
    "ML105": (Text("a line that states nothing", "该行没有作出陈述"), "$$x + y$$"),
    "ML106": (Text("a condition apart from the formula that it is about", "条件与所限定的公式分离"),
              r"$x^2 = x \cdot x$ $x > 0$"),
    "ML201": (Text("a name that nothing introduces", "名称未经引入"), r"q + 1 = 1 + q"),
    "ML202": (Text("the derivative of a name that has no definition", "对未定义的量求导"),
              r"\dfrac{dy}{dx} = 0"),
    "ML203": (Text("the derivative by a name that is never reached", "对并不出现的名称求导"),
              r"$u = 2x$ $\dfrac{du}{dy} = y - y$"),
    "ML204": (Text("an index or a length that is missing, free or out of range",
                   "指标或长度缺失、多余或越界"), r"v_i = v_q"),
    "ML205": (Text("no value somewhere in the declared domain", "在声明的定义域内某处没有值"),
              r"u = \dfrac{1}{x - x}"),
    "ML206": (Text("a name introduced twice, or by itself", "名称重复引入，或以自身定义"),
              r"$u := 2x$ $u := 3x$"),
    "ML207": (Text("a definition that nothing uses", "定义未被使用"), r"u = x + 1"),
    "ML208": (Text("shapes that do not fit", "形状不符"), r"A + S = S + A"),
    "ML209": (Text("a function of a vector that nothing says to act on each entry",
                   "未说明函数逐元素作用"), r"\tanh(v) = \tanh(v)"),
    "ML210": (Text("a gradient or Jacobian of which nothing says what its entries are",
                   "未说明梯度或雅可比矩阵的元素"), r"\dfrac{\partial (Sv)}{\partial v} = S"),
    "ML301": (Text("refuted, with a point", "已否定，并给出一点"), r"\dfrac{d}{dx}x^2 = x"),
    "ML302": (Text("neither shown nor refuted", "既不能证实也不能否定"), ""),
    "ML303": (Text("nothing to try it at", "没有可供检验的点"), r"x^2 = x \quad (x > 2, x < 1)"),
    "ML304": (Text("a case that no point reached", "没有点落入某一分支"),
              r"|x| = \begin{cases} -1 & x^2 < 0 \\ |x| & \text{otherwise} \end{cases}"),
    "ML305": (Text("a value where two cases meet that the other side does not have",
                   "在两分支交界处，一边有值而另一边没有"),
              r"\dfrac{d}{dx}\max(x, 0) = \begin{cases} 1 & x \ge 0 \\ 0 & x < 0 \end{cases}"),
    "ML401": (Text("code that does not say what it computes", "代码未说明所计算的量"), ""),
    "ML402": (Text("code for a quantity that the page lacks", "页面没有给出代码所计算的量"), ""),
    "ML403": (Text("code that does something else", "代码与公式不符"), ""),
    "ML404": (Text("a function that no page shows", "没有页面展示该函数"), ""),
    "ML900": (Text("the checker itself failed: please report it", "核验程序自身出错，请报告"), ""),
}  # fmt: skip


# -- what the checker says ----------------------------------------------------------------------


def page_of(example: str) -> str:
    """A page with everything that examples use, and with the example behind it."""
    declared = " ".join(f"${tex}$" for tex in CONTEXT)
    bare = not example.startswith(("$", r"\begin", r"\(", r"\["))
    return f"{declared}\n\n{f'${example}$' if bare else example}\n"


@cache
def report_of(example: str) -> Report:
    """The checker's report on an example alone."""
    report = check_text(page_of(example), "", STRICT)
    own = tuple(s for s in report.statements if s.formula >= len(CONTEXT))
    return Report(own, report.snippets, report.notes)


def finding_of(example: str) -> Statement | SnippetCheck | None:
    """What the checker has against an example; that nothing uses a definition does not count."""
    found = [item for item in report_of(example).findings if item.code != "ML207"]
    return found[0] if found else None


def is_read(example: str) -> bool:
    return finding_of(example) is None


def result(example: str, language: str) -> str:
    """The verdict on an example, or why it is refused."""
    finding = finding_of(example)
    if finding is not None:
        return f"{finding.code}: {plain(finding.message)}"
    statement = report_of(example).statements[-1]
    verdict = statement.verdict if statement.verdict in GREEN else "accepted"
    words = KIND.get(f"{statement.kind} {verdict}") or KIND[statement.kind]
    return str(getattr(words, language))


def plain(message: str) -> str:
    """A message as a table cell: what Markdown would take for its own is code."""
    return f"`{' '.join(message.split())}`"


# -- tables -------------------------------------------------------------------------------------


def spelled(name: str) -> str:
    """A symbol or a command as it is typed."""
    return f"\\{name}" if name.isalpha() and name.isascii() and len(name) > 1 else name


def code(tex: str) -> str:
    return f"`{' '.join(tex.split())}`"


def listed(names: Iterable[str]) -> str:
    return " ".join(code(spelled(name)) for name in names)


def table(headings: Iterable[str], rows: Iterable[Iterable[str]], language: str) -> str:
    """A Markdown table."""
    first = [str(getattr(HEADINGS[heading], language)) for heading in headings]
    lines = [first, ["---"] * len(first), *map(list, rows)]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def by_meaning(symbols: Mapping[str, str]) -> dict[str, list[str]]:
    """The spellings of each symbol, in the order of the checker's table."""
    found: dict[str, list[str]] = {}
    for spelling, meaning in symbols.items():
        found.setdefault(meaning, []).append(spelling)
    return found


def symbols(
    table_of: Mapping[str, str], examples: Mapping[str, str], other: str, language: str
) -> str:
    """A row for each symbol with its spellings, read ones before refused ones."""
    rows = []
    for meaning, spellings in by_meaning(table_of).items():
        example = examples.get(meaning, other).format(spelled(spellings[0]))
        rows.append((listed(spellings), example))
    return table(("written", "example", "result"), sorted_rows(rows, language), language)


def sorted_rows(rows: Iterable[tuple[str, str]], language: str) -> list[tuple[str, str, str]]:
    ordered = sorted(rows, key=lambda row: not is_read(row[1]))
    return [(first, code(example), result(example, language)) for first, example in ordered]


def delimiters(language: str) -> str:
    environments = sorted(source.ENVIRONMENTS | reading.ROWS | parser.MATRICES)
    rows = [(code(row.replace("x + x = 2x", "…")), row) for row in DELIMITERS]
    rows += [(code(f"\\begin{{{name}}}"), ENVIRONMENTS[name]) for name in environments]
    return table(("written", "example", "result"), sorted_rows(rows, language), language)


def names(language: str) -> str:
    greek = sorted(tokens.GREEK, key=lambda name: (name.lower(), name))
    rows = [(listed(greek), r"\theta \in \mathbb{R}")]
    for font, spellings in by_meaning(tokens.FONTS).items():
        known = [name for name in spellings if name not in ("operatorname", *tokens.WORDS)]
        inside = "N" if font == "mathbb" else "u"
        rows += [(code(f"\\{name}{{…}}"), f"\\{name}{{{inside}}} \\in \\mathbb{{R}}")
                 for name in known]  # fmt: skip
    rows += [(code(f"\\{name}{{…}}"), f"\\{name}{{u}} \\in \\mathbb{{R}}")
             for name in sorted(tokens.ACCENTS)]  # fmt: skip
    return table(("written", "example", "result"), merged_rows(rows, language), language)


def merged_rows(rows: list[tuple[str, str]], language: str) -> list[tuple[str, str, str]]:
    """Rows of which those with one result are written as one, with the first one's example."""
    found: dict[str, tuple[str, str, str]] = {}
    for first, example, said in sorted_rows(rows, language):
        before = found.get(said)
        found[said] = (
            (f"{before[0]} {first}", before[1], said) if before else (first, example, said)
        )
    return list(found.values())


def functions(language: str) -> str:
    other = by_meaning(tokens.OTHER_NAMES)
    rows = []
    for name in sorted(tokens.FUNCTIONS):
        bare = name not in ("erf", "erfc", "sign", "tr", "diag", "arctanh", "sech", "csch")
        spellings = [spelled(name)] if bare else []
        spellings += [f"\\operatorname{{{word}}}" for word in (name, *other.get(name, ()))]
        rows.append((" ".join(map(code, spellings)), FUNCTIONS[name]))
    return table(("written", "example", "result"), sorted_rows(rows, language), language)


def operators(language: str) -> str:
    return symbols(tokens.OPERATORS, OPERATORS, ANY_OPERATOR, language)


def relations(language: str) -> str:
    return symbols(tokens.RELATIONS, RELATIONS, ANY_RELATION, language)


def brackets(language: str) -> str:
    rows = []
    opening, closing = by_meaning(tokens.OPENING), by_meaning(tokens.CLOSING)
    for meaning, bars in by_meaning(tokens.BARS).items():
        opening.setdefault(meaning, []).extend(bars)
        closing.setdefault(meaning, []).extend(bars)
    for meaning, spellings in opening.items():
        first, last = (typed(side[meaning][0]) for side in (opening, closing))
        example = BRACKETS[meaning].format(first, last).rstrip()
        pairs = dict.fromkeys((*map(typed, spellings), *map(typed, closing[meaning])))
        rows.append((" ".join(map(code, pairs)), example))
    return table(("written", "example", "result"), sorted_rows(rows, language), language)


def typed(bracket: str) -> str:
    """A bracket with the blank or the backslash that it needs."""
    if bracket in "{}":
        return f"\\{bracket}"
    return f"{spelled(bracket)} " if spelled(bracket) != bracket else bracket


def commands(language: str) -> str:
    rows = [(code(f"\\{name}"), PLAIN[name]) for name in sorted(tokens.PLAIN)]
    return table(("written", "example", "result"), sorted_rows(rows, language), language)


def typography(language: str) -> str:
    arguments = sorted(tokens.WITH_ARGUMENT)
    rows = [(code(f"\\{name}{{…}}"), WITH_ARGUMENT[name]) for name in arguments]
    spacing = sorted(name for name in tokens.SPACING if name.strip())
    rows.append((" ".join(code(f"\\{name}") for name in spacing), r"x + x \, = \displaystyle 2x"))
    rows.append((listed(sorted(tokens.SIZES)), r"\bigl(x + x\bigr) = 2x"))
    rows.append((listed(sorted(tokens.DOTS)), r"k = 1, \ldots, n"))
    return table(("written", "example", "result"), sorted_rows(rows, language), language)


def words(language: str) -> str:
    conditions = sorted(tokens.CONDITION_WORDS - tokens.JOINING_WORDS)
    rows = []
    for some, example in (
        (conditions, r"\ln(x^2) = 2\ln(x) \text{ if } x > 0"),
        (sorted(tokens.JOINING_WORDS), r"u = 2x \text{ and } x + x = 2x"),
        (sorted(tokens.ENDINGS), ENVIRONMENTS["cases"]),
    ):
        rows.append((" ".join(code(f"\\text{{{word}}}") for word in some), example))
    return table(("written", "example", "result"), sorted_rows(rows, language), language)


def constructs(language: str) -> str:
    return table(("what", "example", "result"), construct_rows(language, read=True), language)


def refused(language: str) -> str:
    return table(("what", "example", "result"), construct_rows(language, read=False), language)


def construct_rows(language: str, read: bool) -> Iterable[tuple[str, str, str]]:
    for what, examples in CONSTRUCTS:
        some = [example for example in examples if is_read(example) == read]
        for number, example in enumerate(some):
            first = "" if number else str(getattr(what, language))
            yield first, code(example), result(example, language)


def assumed(language: str) -> str:
    rows = []
    for what, example in ASSUMED:
        findings = check_text(f"{example}\n", "", LAX).findings
        said = plain(findings[0].message) if findings else str(getattr(GREEN_PAGE, language))
        rows.append((str(getattr(what, language)), code(example), said))
    return table(("what", "example", "result"), rows, language)


def findings(language: str) -> str:
    rows = []
    for name, (meaning, example) in CODES.items():
        said = code(message_of(example, name)) if example else ""
        rows.append((name, str(getattr(meaning, language)), code(example) if example else "", said))
    return table(("code", "meaning", "example", "message"), rows, language)


def message_of(example: str, name: str) -> str:
    """The message with which an example is refused under a code; raises StopIteration if none."""
    return next(item.message for item in report_of(example).findings if item.code == name)


def context(language: str) -> str:
    """What every example may use."""
    separator = "，" if language == "zh" else ", "
    return separator.join(map(code, CONTEXT)) + "\n"


TABLES = (
    delimiters, names, functions, operators, relations, brackets, commands, typography, words,
    constructs, refused, assumed, findings, context,
)  # fmt: skip


def written(text: str, language: str) -> str:
    """A page's text with its tables as they have to be; raises KeyError for an unknown table."""
    makers = {maker.__name__: maker for maker in TABLES}
    return TABLE.sub(lambda m: m[1] + makers[m["name"]](language) + m[3], text)


def pages() -> dict[str, Path]:
    return {language: ROOT / "docs" / language / "notation.md" for language in LANGUAGES}


def main() -> int:
    """Write the tables of both pages."""
    for language, path in pages().items():
        path.write_text(written(path.read_text("utf-8"), language), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
