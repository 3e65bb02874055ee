"""Pages that declare less than a textbook does: what a reader understands, and where it ends.

Every page stands in two forms under the setting that assumes undeclared names: the right one is
green, the wrong one has a finding. What stands alone is wrong however it is worded, and may not be
green either.
"""

from __future__ import annotations

import pytest

from mathlint.check import check_text
from mathlint.report import Report
from mathlint.settings import Settings

REAL = Settings(seed=1)
SOFTMAX = r"$p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$"
LEAST_SQUARES = (
    r"$X \in \mathbb{R}^{n \times d}$, $y \in \mathbb{R}^n$, $w \in \mathbb{R}^d$,"
    r" $L = \|Xw - y\|^2$. $$\frac{\partial L}{\partial w} = 2X^T(Xw - y)$$"
)
LAGRANGIAN = (
    r"$x_i, w \in \mathbb{R}^d$, $y_i, \alpha_i \in \mathbb{R}$, $i = 1, \dots, n$,"
    r" $L = \frac12\|w\|^2 + \sum_i \alpha_i (1 - y_i (w^T x_i + b))$."
)
WORKED = r"$h = wx + b$, $a = \frac{1}{1 + e^{-h}}$. Let $x = 2$, $w = 0.5$, $b = 1$."

# page with a gap, what is right there, what is wrong there
PAIRS = {
    "a step down a slope": (
        r"$J = w^2 u$, $\alpha > 0$. $$w \leftarrow w - \alpha @$$",
        r"\frac{\partial J}{\partial w}", r"\frac{\partial J}{\partial u}",
    ),
    "a step with its slope written out": (
        r"$J = w^2 u$, $\alpha > 0$. $$w := w - @$$", r"2 \alpha w u", r"\alpha w u",
    ),
    "a step and its value": (
        r"$J = w^2 u$, $\alpha > 0$. $$w := w - \alpha \frac{\partial J}{\partial w} = @$$",
        r"w - 2 \alpha w u", r"w + 2 \alpha w u",
    ),
    "labels of which one is 1": (
        SOFTMAX + r", $L = -\sum_i y_i \log p_i$ with one-hot $y$."
        r" $$\frac{\partial L}{\partial z_i} = @$$",
        "p_i - y_i", "p_i + y_i",
    ),
    "a slope set to zero within the sentence": (
        r"$f(w) = (w - a)^2$. Setting $\frac{df}{dw} = 2(w - a) = 0$ gives $w = @$.", "a", "2a",
    ),
    "a softmax of what no set is said": (
        r"$p = \text{softmax}(z)$, $L = -\sum_k y_k \log p_k$ with $\sum_k y_k = 1$."
        r" $$\frac{\partial L}{\partial z_i} = @$$",
        "p_i - y_i", "y_i - p_i",
    ),
    "a softmax of a layer": (
        r"$p = \mathrm{softmax}(z)$. $$\frac{\partial p}{\partial z} = @$$",
        r"\operatorname{diag}(p) - p p^T", r"\operatorname{diag}(p) + p p^T",
    ),
    "a word without a font": (
        r"$loss = (w - y)^2$. Then $$\frac{\partial loss}{\partial w} = @$$",
        "2(w - y)", "2(y - w)",
    ),
    "a logarithm without its backslash": (
        r"$$\frac{d}{dp} log(p) = @, \quad p > 0$$", r"\frac{1}{p}", "p",
    ),
    "letters below a name": (
        r"$net_{o1} = w_5 out_{h1} + b$. $$\frac{\partial net_{o1}}{\partial w_5} = @$$",
        "out_{h1}", "w_5",
    ),
    "labels of two letters": (
        r"$W_{hx} \in \mathbb{R}^{h \times d}$, $x \in \mathbb{R}^d$, $v \in \mathbb{R}^h$."
        r" $$\nabla_x (v^T W_{hx} x) = @ v$$",
        "W_{hx}^T", "W_{hx}",
    ),
    "matrices of any shape that fits": (r"$$(ABC)^\top = @$$", r"C^T B^T A^T", r"A^T B^T C^T"),
    "the slope of a trace": (
        r"$$\frac{\partial}{\partial X} \operatorname{tr}(A X B) = @$$",
        r"A^\top B^\top", r"B^\top A^\top",
    ),
    "least squares without a shape": (
        r"$L = (y - Xw)^T (y - Xw)$. $$\frac{\partial L}{\partial w} = @$$",
        "-2X^T(y - Xw)", "-2(y - Xw)X^T",
    ),
    "matrices and vectors by a word": (
        r"A weight matrix $W$, vectors $x$ and $b$, $y = Wx + b$. A loss $L$ is a function of $y$."
        r" $$\frac{\partial L}{\partial W} = @$$",
        r"\frac{\partial L}{\partial y} x^T", r"x \frac{\partial L}{\partial y}^T",
    ),
    "matrices by a word in Chinese": (
        r"设 $A$ 为对称矩阵，$x$ 为向量。$$\frac{\partial}{\partial x} (x^T A x) = @$$",
        "2Ax", "Ax",
    ),
    "an inverse makes square": (
        r"For an invertible matrix $A$: $$\frac{\partial \ln |\det(A)|}{\partial A} = @$$",
        "A^{-T}", "A^{-1}",
    ),
    "vectors as long as their sums": (
        r"$$x^T y = @$$", r"\sum_{i=1}^n x_i y_i", r"\sum_{i=1}^n x_i"
    ),
    "a matrix as large as its sums": (
        r"For a matrix $A$: $$\operatorname{tr}(A^T A) = \sum_{i=1}^m \sum_{j=1}^n @$$",
        "A_{ij}^2", "A_{ij}",
    ),
    "vectors of a family": (
        r"$L = \sum_{i=1}^n (w^T x_i - y_i)^2$. $$\frac{\partial L}{\partial w} = 2 @$$",
        r"\sum_{i=1}^n (w^T x_i - y_i) x_i", r"\sum_{i=1}^n (w^T x_i - y_i) w",
    ),
    "a diagonal matrix by its entries": (
        r"$X \in \mathbb{R}^{n \times d}$ with rows $x_i^T$, $s \in \mathbb{R}^n$."
        r" $$X^T S X = \sum_{i=1}^n @ x_i x_i^T$$ where $S$ is a diagonal matrix with entries"
        "\n\n$$S_{ii} = s_i^2$$", "s_i^2", "s_i",
    ),
    "a diagonal matrix by a list": (
        r"$S = \operatorname{diag}(s_1(1 - s_1), \dots, s_n(1 - s_n))$."
        r" $$\operatorname{tr}(S) = @$$", r"\sum_{i=1}^n s_i(1 - s_i)", r"\sum_{i=1}^n s_i",
    ),
    "entries of a bold name with a hat": (
        r"$\mathbf{y}, \mathbf{z} \in \mathbb{R}^n$, $\hat{\mathbf{y}} = 2\mathbf{z}$."
        r" $$\hat{y}_i - y_i = @ - y_i$$", "2z_i", "z_i",
    ),
    "a set that two equations share": (
        r"$x_i \in \mathbb{R}^d$, $i = 1, \dots, m$."
        r" $$s(z_i) = e^{z_i}, \qquad z_i = w^T x_i, \qquad w \in \mathbb{R}^d$$"
        r" $$\frac{\partial s(z_i)}{\partial w} = @$$", "s(z_i) x_i", "s(z_i) w",
    ),
    "a letter that is a label": (
        r"$p \in (0, 1)$, $y \in \{0, 1\}$."
        r" $$p_t = \begin{cases} p & \text{if } y = 1 \\ 1 - p & \text{otherwise} \end{cases}$$"
        r" $$L(p_t) = -\alpha_t (1 - p_t)^2 \ln p_t$$ $$\frac{\partial L}{\partial p_t} = @$$",
        r"2\alpha_t (1 - p_t) \ln p_t - \alpha_t \frac{(1 - p_t)^2}{p_t}",
        r"2\alpha_t (1 - p_t) \ln p_t - \frac{(1 - p_t)^2}{p_t}",
    ),
    "two quantities as a label": (
        r"$a, p, n \in \mathbb{R}^d$, $d_{ap} = \|a - p\|^2$, $d_{an} = \|a - n\|^2$."
        r" $$\nabla_a (d_{ap} - d_{an}) = 2@$$", "(n - p)", "(p - n)",
    ),
    "sizes told apart by a letter": (
        r"$x^{(i)} \in \mathbb{R}^{n_x}$, $W \in \mathbb{R}^{n_h \times n_x}$."
        r" $$z^{(i)} = W x^{(i)}$$ $$\|z^{(i)}\|^2 = x^{(i)T} @ x^{(i)}$$", "W^T W", "W W^T",
    ),
    "layers by a number": (
        r"$z_1 = W_1 x + b_1$, $a_1 = \tanh(z_1)$, $z_2 = W_2 a_1 + b_2$."
        r" $$\frac{\partial L}{\partial z_1} = W_2^T \frac{\partial L}{\partial z_2} \odot @$$",
        "(1 - a_1^2)", "(1 - a_1)",
    ),
    "layers by a number in brackets": (
        r"$z^{[1]} = W^{[1]} x + b^{[1]}$, $a^{[1]} = \tanh(z^{[1]})$,"
        r" $z^{[2]} = W^{[2]} a^{[1]} + b^{[2]}$. $$\frac{\partial L}{\partial W^{[2]}} = @$$",
        r"\frac{\partial L}{\partial z^{[2]}} a^{[1]T}", r"\frac{\partial L}{\partial z^{[2]}} x^T",
    ),
    "a cell without a shape": (
        r"$$h_t = \tanh(W h_{t-1} + U x_t + b)$$"
        r" $$\frac{\partial h_t}{\partial h_{t-1}} = \operatorname{diag}(@) W$$",
        "1 - h_t^2", "1 - h_t",
    ),
    "numbered matrices by their entries": (
        r"$W_1 = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}$, $x_1 = [1, 1]^T$, $b_1 = 2$."
        r" $$z_1 = W_1 x_1 = @$$", "[3, 7]^T", "[4, 6]^T",
    ),
    "a state before the first": (
        r"$t = 1, \dots, T$, $h_t \in \mathbb{R}^n$, $W \in \mathbb{R}^{n \times n}$."
        r" $$h_t = W h_{t-1}$$ $$\frac{\partial h_t}{\partial h_{t-1}} = @$$", "W", "W^T",
    ),
    "a list behind a display": (
        "$X \\in \\mathbb{R}^{m \\times n}$.\n\n$$Z = XW, \\quad A = s(Z)$$\n\n"
        "with $W \\in \\mathbb{R}^{n \\times k}$; $s(x) = x^2$ for each entry.\n\n"
        "$$A_{ij} = @$$", "Z_{ij}^2", "Z_{ij}",
    ),
    "Greek letters as they are typed": (
        "$σ(z) = \\frac{1}{1+e^{-z}}$. $$\\frac{∂σ}{∂z} = @$$", "σ(z)(1 − σ(z))", "σ(z)(1 + σ(z))",
    ),
    "fractions by over": (r"$$\frac{d}{dx} {x^2 \over 2} = @$$", "x", "2x"),
    "braces around everything": (
        r"${{h}_{\theta }}\left( x \right)={{\theta }^{2}}x$."
        r" $$\frac{\partial {{h}_{\theta }}\left( x \right)}{\partial \theta} = @$$",
        r"2\theta x", r"\theta x",
    ),
    "plain dots": (r"$$x_1 + x_2 + ... + x_n = @$$", r"\sum_{i=1}^n x_i", r"\sum_{i=2}^n x_i"),
    "a function at a sample": (
        r"$f(x_i) = w x_i + b$. $$\frac{\partial f(x_i)}{\partial w} = @$$", "x_i", "w",
    ),
    "a function inside a chain": (
        r"$a = \sigma(z) = \frac{1}{1+e^{-z}}$. $$\frac{da}{dz} = @$$", "a(1-a)", "a(1+a)",
    ),
    "a function by its logarithm": (
        r"$\ln L(\mu) = -\frac{(x-\mu)^2}{2}$. $$\frac{\partial \ln L}{\partial \mu} = @$$",
        r"x - \mu", r"\mu - x",
    ),
    "a square as a parameter": (
        r"$\ell(\mu, \sigma^2) = -\ln \sigma^2 - \frac{\mu^2}{\sigma^2}$, $\sigma > 0$."
        r" $$\frac{\partial \ell}{\partial \sigma^2} = -\frac{1}{\sigma^2} + @$$",
        r"\frac{\mu^2}{\sigma^4}", r"\frac{\mu^2}{\sigma^3}",
    ),
    "a density": (
        r"$p(x \mid \mu) = e^{-(x-\mu)^2}$."
        r" $$\frac{\partial \ln p(x \mid \mu)}{\partial \mu} = @$$",
        r"2(x-\mu)", r"-2(x-\mu)",
    ),
    "a scalar function beside a vector": (
        r"$x \in \mathbb{R}^n$, $\sigma(x) = \frac{1}{1+e^{-x}}$. $$\sigma'(t) = @$$",
        r"\sigma(t)(1-\sigma(t))", r"\sigma(t)(1+\sigma(t))",
    ),
    "functions that the field knows by name": (
        r"$z \in \mathbb{R}^n$, $p = \operatorname{softmax}(z)$."
        r" $$\frac{\partial p}{\partial z} = \operatorname{diag}(p) @ p p^T$$", "-", "+",
    ),
    "any differentiable function": (
        r"$a = \phi(wx)$. $$\frac{\partial a}{\partial w} = \phi'(wx) @$$", "x", "w",
    ),
    "a sigmoid by its name": (
        r"$a = \sigma(wx)$, where $\sigma$ is the sigmoid function."
        r" $$\frac{\partial a}{\partial w} = @$$", "a(1 - a)x", "a(1 + a)x",
    ),
    "a sigmoid in Chinese": (
        r"设 $a = g(wx)$，其中 $g(\cdot)$ 为 Sigmoid 激活函数。"
        r"$$\frac{\partial a}{\partial x} = @$$", "a(1 - a)w", "a(1 - a)x",
    ),
    "a sigmoid before its letter": (
        r"The logistic function $\sigma$ squashes the logit: $p = \sigma(z)$."
        r" $$\frac{dp}{dz} = \sigma(z) @$$", r"\sigma(-z)", r"\sigma(z)",
    ),
    "a density and its distribution by their names": (
        r"$\phi$ is the standard normal density and $F$ the standard normal distribution function."
        r" $$F'(x) = \phi(x)$$ $$\phi'(x) = @$$", r"-x\phi(x)", r"x\phi(x)",
    ),
    "gates with labels": (
        r"$\sigma_g$ is the sigmoid, $\sigma_c$ is the hyperbolic tangent."
        r" $z = \sigma_g(x)\sigma_c(x)$."
        r" $$\frac{dz}{dx} = z(1 - \sigma_g(x)) + \sigma_g(x)(1 - @)$$",
        r"\sigma_c(x)^2", r"\sigma_g(x)^2",
    ),
    "any activation function": (
        r"$z = Wx$, $W \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$, $v \in \mathbb{R}^m$,"
        r" and $g$ is an activation function. $L = v^T g(z)$."
        r" $$\frac{\partial L}{\partial W} = (v \odot @) x^T$$", "g'(z)", "g(z)",
    ),
    "two differentiable functions": (
        r"$f$ and $g$ are differentiable functions of one variable. $a = f(g(x))$."
        r" $$\frac{da}{dx} = f'(@) g'(x)$$", "g(x)", "x",
    ),
    "a function with many definitions in the field": (
        r"$y = \text{GELU}(wx)$. $$\frac{dy}{dw} = \text{GELU}'(wx) @$$", "x", "w",
    ),
    "a function that is a product": (
        r"$y = \text{SiLU}(x)$. $$\frac{dy}{dx} = \text{sigmoid}(x) + y(1 - @)$$",
        r"\text{sigmoid}(x)", "y",
    ),
    "a function defined behind its use": (
        "$$a = s(wx)$$\n\nAll names are numbers. $s(z) = \\frac{1}{1 + e^{-z}}$ squashes."
        " $$\\frac{da}{dw} = @$$", "a(1 - a)x", "a(1 + a)x",
    ),
    "a softmax of each row": (
        r"$S \in \mathbb{R}^{n \times n}$, $P = \text{softmax}(S)$, where softmax is row-wise."
        r" $$\sum_{j=1}^n @ = 1$$", "P_{ij}", "P_{ji}",
    ),
    "a softmax of each column": (
        r"设 $S \in \mathbb{R}^{n \times n}$，$P = \text{softmax}(S)$，按列计算。"
        r"$$\sum_{j=1}^n @ = 1$$", "P_{ji}", "P_{ij}",
    ),
    "a loss of what it is a function of": (
        r"$Y = XW$, $X \in \mathbb{R}^{n \times m}$, $W \in \mathbb{R}^{m \times k}$, $L = L(Y)$."
        r" $$\frac{\partial L}{\partial W} = @ \frac{\partial L}{\partial Y}$$", "X^T", "X",
    ),
    "a loss that is mentioned with its argument": (
        r"$Y = XW$, $X \in \mathbb{R}^{n \times m}$, $W \in \mathbb{R}^{m \times k}$."
        r" The loss is $L(Y)$."
        r" $$\frac{\partial L}{\partial X} = \frac{\partial L}{\partial Y} @$$", "W^T", "W",
    ),
    "two functions of one variable": (
        r"$u = u(x)$, $v = v(x)$. $$\frac{d}{dx}\left(\frac{u}{v}\right) = \frac{u'v @ uv'}{v^2}$$",
        "-", "+",
    ),
    "a function that is a quantity too": (
        r"$\hat{y} = \hat{y}(z)$ with $\hat{y}(z) = \frac{1}{1 + e^{-z}}$, $L = -\ln \hat{y}(z)$."
        r" $$\frac{\partial L}{\partial z} ="
        r" \frac{\partial L}{\partial \hat{y}} \hat{y}(1 @ \hat{y})$$",
        "-", "+",
    ),
    "a gradient as a function": (
        r"$L = (z - y)^2$. $$G(z) = \frac{\partial L}{\partial z}$$ $$G(3) = @$$",
        "6 - 2y", "2(z - y)",
    ),
    "a gradient as a function of a quantity": (
        r"$z = wx$, $L = (z - y)^2$. $$G(z) = \frac{\partial L}{\partial z} = 2(z - y)$$"
        r" $$\frac{\partial L}{\partial w} = @$$", "G(z) x", "G(z) w",
    ),
    "values of a function at the samples": (
        r"Samples $\{(x_i, y_i)\}_{i=1}^m$, $F(x_i) \in \mathbb{R}$."
        r" $$\ell = \frac{1}{2} \sum_{i=1}^m (y_i - F(x_i))^2$$"
        r" $$-\frac{\partial \ell}{\partial F(x_i)} = y_i @ F(x_i)$$", "-", "+",
    ),
    "rounds and samples": (
        r"$$L(\alpha_m) = \sum_{i=1}^n w_i e^{-y_i \alpha_m f_m(x_i)}$$"
        r" $$\frac{\partial L}{\partial \alpha_m} ="
        r" -\sum_{i=1}^n w_i @ e^{-y_i \alpha_m f_m(x_i)}$$",
        "y_i f_m(x_i)", "f_m(x_i)",
    ),
    "probabilities of samples": (
        r"$$D = \sum_{i=1}^n p(x_i) \log \frac{p(x_i)}{q(x_i)}$$"
        r" $$\frac{\partial D}{\partial q(x_j)} = -\frac{p(x_j)}{@}$$", "q(x_j)", "q(x_j)^2",
    ),
    "weights of indices": (
        r"$$Z_t = \sum_{i=1}^n D_t(i) e^{a_i}$$ $$\frac{\partial Z_t}{\partial a_j} = @ e^{a_j}$$",
        "D_t(j)", "D_t(j)^2",
    ),
    "a loss and its slope at the samples": (
        r"$$L(y_i, f(x_i)) = \frac{1}{2}(y_i - f(x_i))^2$$"
        r" $$r(y_i, f(x_i)) = -\frac{\partial L(y_i, f(x_i))}{\partial f(x_i)} = y_i @ f(x_i)$$",
        "-", "+",
    ),
    "a slope at two values": (
        r"$L(y, F) = \frac{1}{2}(y - F)^2$."
        r" $$\left. \frac{\partial L(y, F)}{\partial F} \right|_{y = y_i, F = F_{m-1}(x_i)}"
        r" = F_{m-1}(x_i) @ y_i$$", "-", "+",
    ),
    "a letter that is always the same": (
        r"$p_t = \begin{cases} p & \text{if } y = 1 \\ 1 - p & \text{otherwise} \end{cases}$,"
        r" $p \in (0, 1)$. $$L(p_t) = -\alpha_t \ln(p_t)$$"
        r" $$\frac{\partial L}{\partial p_t} = -\frac{\alpha_t}{@}$$", "p_t", "p",
    ),
    "a function with a parameter below it": (
        r"$$\text{softplus}_\beta(x) = \frac{1}{\beta} \ln(1 + e^{\beta x})$$"
        r" $$\frac{d}{dx} \text{softplus}_\beta(x) = \frac{1}{1 + e^{@}}$$",
        r"-\beta x", r"\beta x",
    ),
    "a loss with a word below it": (
        r"$$\mathcal{L}(w) = w^2$$ $$\mathcal{L}_{\text{ridge}}(w) = w^2 + \lambda w^2$$"
        r" $$\frac{d \mathcal{L}_{\text{ridge}}}{dw} = @ w$$", r"2(1 + \lambda)", "2",
    ),
    "a function through a square": (
        r"$r \in \mathbb{R}^n$, $\sigma^2 = \frac{1}{n} r^\top r$,"
        r" $c(r) = (\sigma^2 + \epsilon)^{-1}$."
        r" $$c(2r) = (@ \sigma^2 + \epsilon)^{-1}$$", "4", "2",
    ),
    "a slope without arguments": (
        r"$\sigma(z) = \frac{1}{1 + e^{-z}}$. $$\sigma' = \sigma \cdot (1 @ \sigma)$$", "-", "+",
    ),
    "a slope of a sigmoid by its name": (
        r"$a = \sigma(x)$, where $\sigma$ is the sigmoid function."
        r" $$\frac{d\sigma}{dz} = \sigma(1 @ \sigma)$$", "-", "+",
    ),
    "slopes of functions of one name": (
        r"$f(x) = e^x$, $g(x) = x^2$. $$f'g + fg' = @$$", "fg + 2xf", "fg + xf",
    ),
    "ranges that nothing gives": (
        SOFTMAX + r". If $i \ne j$, $$\frac{\partial p_i}{\partial z_j} = @$$",
        "-p_i p_j", "p_i p_j",
    ),
    "a sum with its letter and its end": (
        r"$$\sum_j^n x_j = @$$", r"\sum_{k=1}^n x_k", r"\sum_{k=1}^{n-1} x_k",
    ),
    "a state in time": (
        r"$W \in \mathbb{R}^{n \times n}$, $h_t \in \mathbb{R}^n$, $h_{t+1} = W h_t$."
        r" $$\frac{\partial h_{t+1}}{\partial h_t} = @$$", "W", "W^T",
    ),
    "one step of a cell": (
        r"$c_{t-1}, i \in \mathbb{R}$, $c_t = f c_{t-1} + i$."
        r" $$\frac{\partial c_t}{\partial f} = @$$",
        "c_{t-1}", "c_t",
    ),
    "a recursion from its last member": (
        r"$l = 1, \dots, L$, $L \in \mathbb{N}$, $\delta^{(L)} = y$,"
        "\n\n$$\\delta^{(l)} = 2\\delta^{(l+1)} \\quad (l = 1, \\dots, L - 1)$$\n\n"
        r"$$\frac{\partial \delta^{(l)}}{\partial \delta^{(l+1)}} = @"
        r" \quad (l = 1, \dots, L - 1)$$",
        "2", "1",
    ),
    "ones as long as they have to be": (
        r"$A \in \mathbb{R}^{m \times n}$."
        r" $$\mathbf{1}^T A \mathbf{1} = \sum_{i=1}^m \sum_{j=1}^n @$$",
        "A_{ij}", "A_{ii}",
    ),
    "an identity of any size": (
        r"$A \in \mathbb{R}^{n \times n}$, $x \in \mathbb{R}^n$. $$(A + \lambda I)x = Ax + @$$",
        r"\lambda x", "x",
    ),
    "matrices by their entries": (
        r"$$\begin{bmatrix} a & b \\ c & h \end{bmatrix} \begin{bmatrix} x \\ y \end{bmatrix} ="
        r" \begin{bmatrix} ax + by \\ @ \end{bmatrix}$$", "cx + hy", "bx + hy",
    ),
    "conditions in a column of their own": (
        r"$$\begin{aligned} \frac{d}{dx} |x| &= 1 && \text{for } x > 0 \\"
        r" \frac{d}{dx} |x| &= -1 && \text{for } @ \end{aligned}$$", "x < 0", "x > -1",
    ),
    "a claim on an interval": (
        r"$$|x - 1| = 1 - x, \quad x \in @$$", "(0, 1)", "(0, 2)",
    ),
    "a matrix with dots": (
        r"$A \in \mathbb{R}^{m \times n}$. $$A = \begin{bmatrix} a_{11} & \cdots & a_{1n} \\"
        r" \vdots & & \vdots \\ @ & \cdots & a_{mn} \end{bmatrix}$$", "a_{m1}", "a_{1m}",
    ),
    "a list that declares": (
        r"$w = (w_1, \dots, w_n)^T$, $f(w) = \sum_{i=1}^n w_i^2$. $$\nabla_w f(w) = @$$", "2w", "w",
    ),
    "rows of a matrix": (
        r"$X \in \mathbb{R}^{m \times n}$ with rows $x_i^T$. $$X^T X = \sum_{i=1}^m @$$",
        "x_i x_i^T", "x_i^T x_i",
    ),
    "rows in Chinese": (
        r"设 $X \in \mathbb{R}^{m \times n}$ 的各行为 $x_i^T$。$$X^T X = \sum_{i=1}^m @$$",
        "x_i x_i^T", "x_i^T x_i",
    ),
    "a shape in words": (
        r"$x$ is a matrix of shape $N \times D$ and $v \in \mathbb{R}^D$. $$\|xv\|^2 = v^T @ v$$",
        "x^T x", "x x^T",
    ),
    "a symmetric matrix": (
        r"Let $A \in \mathbb{R}^{n \times n}$ be symmetric, $x \in \mathbb{R}^n$."
        r" $$\nabla_x (x^T A x) = @$$", "2Ax", "Ax",
    ),
    "a one-hot vector": (
        r"$y, z \in \mathbb{R}^n$, where $y$ is one-hot. " + SOFTMAX
        + r", $L = -\sum_k y_k \ln p_k$. $$\frac{\partial L}{\partial z_i} = @$$",
        "p_i - y_i", "y_i - p_i",
    ),
    "a sum that is told behind": (
        r"$y, z \in \mathbb{R}^n$. " + SOFTMAX
        + r", $L = -\sum_k y_k \ln p_k$. $$\frac{\partial L}{\partial z_i} = @$$" "\n\n"
        r"$\sum_k y_k = 1$ because the labels are probabilities.", "p_i - y_i", "p_i y_i",
    ),
    "an assumption by itself": (
        "For the backward pass ($x \\ne 0$):\n\n$$\\frac{d}{dx} \\max(0, x) = @$$",
        r"\mathbb{1}[x > 0]", r"\mathbb{1}[x < 0]",
    ),
    "a condition before some names": (
        SOFTMAX + r"。当 $i = j$ 时，求 $p_i$ 的导数："
        "\n\n$$\\frac{\\partial p_i}{\\partial z_j} = @$$",
        "p_i(1 - p_i)", "-p_i p_j",
    ),
    "a display that goes on": (
        "$$f(x) = (x + 1)^2$$\n\nMultiplied out:\n\n$$= x^2 + @ + 1$$", "2x", "x",
    ),
    "what is set to zero": (
        "$f(x) = (x - 3)^2$. Set the derivative to zero:\n\n$$\\frac{d f}{dx} = @ = 0$$",
        "2(x - 3)", "x - 3",
    ),
    "an optimum": (
        r"$f(x) = (x - 3)^2$ is smallest at $$x^* = @$$", "3", "2",
    ),
    "a loss of which only derivatives are told": (
        r"$z = wx$, $a = \tanh(z)$. $$\frac{\partial C}{\partial w} = @$$",
        r"\frac{\partial C}{\partial a}(1 - a^2)x", r"\frac{\partial C}{\partial a}(1 - a)x",
    ),
    "a loss applied to a name": (
        r"$y = Wx$, $W \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$. A loss"
        r" $L : \mathbb{R}^m \to \mathbb{R}$ is applied to $y$."
        r" $$\frac{\partial L}{\partial W} = @$$",
        r"\frac{\partial L}{\partial y} x^T", r"x \frac{\partial L}{\partial y}^T",
    ),
    "labels as indices": (
        r"$y_i \in \{1, \dots, K\}$, $p_k = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}$,"
        r" $L = -\ln p_{y_i}$."
        r" $$\frac{\partial L}{\partial z_k} = p_k @ \mathbb{1}\{y_i = k\}$$", "-", "+",
    ),
    "the gradient takes the transpose": (
        r"$x, v \in \mathbb{R}^n$, $f(x) = x^T x$. $$\nabla f(x)^T v = @$$", "2x^T v", "x^T v",
    ),
    "a determinant by bars": (
        r"$A \in \mathbb{R}^{n \times n}$. $$|2A| = @ |A|$$", "2^n", "2",
    ),
    "dashes behind brackets": (
        r"$f(x) = \frac{1}{1+e^{-x}}$. $$f'(x) = -\frac{(1+e^{-x})'}{(1+e^{-x})^2} = @$$",
        r"\frac{e^{-x}}{(1+e^{-x})^2}", r"-\frac{e^{-x}}{(1+e^{-x})^2}",
    ),
    "a norm and its index": (
        r"$x \in \mathbb{R}^n$. $$\nabla_x \|x\|^2_2 = @$$", "2x", "x",
    ),
    "cases without columns": (
        r"$x \ne 0$: $$|x| = \left\{ \begin{aligned} x, \quad x > 0 \\ @, \quad x < 0"
        r" \end{aligned} \right.$$",
        "-x", "x",
    ),
    "R without its font": (
        r"$A \in R^{n \times n}$, $x \in {R}^n$. $$\nabla_x (x^T A x) = @ x$$", "(A + A^T)", "A",
    ),
    "words as quantities": (
        r"$\text{score} \in R$, $\text{out} = e^{\text{score}}$."
        r" $$\frac{\partial \ln(1 + \text{out})}{\partial \text{score}}"
        r" = \frac{@}{1 + \text{out}}$$",
        r"\text{out}", "1",
    ),
    "a word above a name": (
        r"$w^{\text{new}} = w - \eta g$. $$\frac{\partial w^{\text{new}}}{\partial g} = @$$",
        r"-\eta", "-g",
    ),
    "capitals above a name": (
        r"$x \in \mathbb{R}$, $y^{LS} = ax$. $$\frac{\partial (y^{LS})^2}{\partial a} = 2 @ x$$",
        "y^{LS}", "y",
    ),
    "numbers before what is differentiated": (
        r"$x \in \mathbb{R}^n$. $$\nabla_x \tfrac12 \|x\|^2 = @, \quad"
        r" \frac{d}{dt} \frac12 \ln(t) = \frac{1}{2t}$$", "x", "2x",
    ),
    "functions told apart by words": (
        r"$f(x) = x^2$, $f_{\text{reg}}(x) = x^2 + \lambda x$. $$\frac{d f_{\text{reg}}}{dx} = @$$",
        r"2x + \lambda", "2x",
    ),
    "bars as a length": (
        r"$x, y \in \mathbb{R}^n$, $c = \frac{x^T y}{|x| |y|}$."
        r" $$\nabla_y c = \frac{x}{|x| \cdot |y|} - c \frac{@}{|y|^2}$$",
        "y", "x",
    ),
    "dashes as transposes": (
        r"$X \in \mathbb{R}^{n \times k}$, $y \in \mathbb{R}^n$, $b \in \mathbb{R}^k$,"
        r" $e = y - Xb$. $$e'e = y'y - @ + b'X'Xb$$",
        "2b'X'y", "b'X'y",
    ),
    "a dash behind a sample": (
        r"$x_i \in \mathbb{R}^k$, $b \in \mathbb{R}^k$, $i = 1, \dots, n$."
        r" $$\nabla_b \left[ (x_i'b)^2 \right] = 2 @$$",
        "x_i x_i' b", "x_i' x_i b",
    ),
    "mathematics in backticks": (
        "$`f(x) = x^2`$. $$\\frac{df}{dx} = @$$", "2x", "x",
    ),
    "initial values": (
        "$h_0 = 1$, $h_t = 2 h_{t-1}$. $$h_3 = @$$", "8", "6",
    ),
    "a condition behind what a name is": (
        r"Let $y \in \mathbb{R}$ be the label and $f \in \mathbb{R}$ the output, $y \ne f$."
        r" $$\frac{\partial |y - f|}{\partial f} = \begin{cases} @ & y > f"
        r" \\ 1 & y < f \end{cases}$$",
        "-1", "1",
    ),
    "a quantity that is supposed to be positive": (
        r"$y = x^3$. Assume $y > 0$. $$|x| = @$$", "x", "-x",
    ),
    "a constant that is not zero": (
        r"设 $v \in \mathbb{R}$ 和一个标量参数 $g \ne 0$。$$\frac{\partial |g|}{\partial g} = @$$",
        r"\frac{|g|}{g}", r"\frac{g}{v}",
    ),
    "a heading that begins with a condition": (
        SOFTMAX + "\n\n2. **Off the diagonal:** for $k \\ne c$\n\n"
        r"   $$\frac{\partial p_k}{\partial z_c} = @$$", "-p_k p_c", "p_k p_c",
    ),
    "a heading that ends with a condition": (
        SOFTMAX + "\n\n**情况1：对角线上（$i = j$）**\n\n"
        r"$$\frac{\partial p_i}{\partial z_j} = p_i(1 - @)$$", "p_i", "2p_i",
    ),
    "cases with a number": (
        SOFTMAX + "\n\nCase 2: $i \\ne j$\n\n"
        r"$$\frac{\partial p_i}{\partial z_j} = @$$", "-p_i p_j", "p_i(1 - p_i)",
    ),
    "the case of two names": (
        r"$D = x^2$, $m > 0$. We consider the case $m > D$: $$\max(0, m - D) = m - @$$",
        "x^2", "x",
    ),
    "a derivative that is zero": (
        r"$x, y \in \mathbb{R}$, $f(x) = (x - y)^2$. If $f'(x) = 0$, then $x = @$.", "y", "2y",
    ),
    "the rounded value of a parameter": (
        r"$\alpha > 0$ is fixed ($\alpha \approx 1.67$). $$\frac{d}{dx}(\alpha x) = @$$",
        r"\alpha", "1.67",
    ),
    "the usual value of a parameter": (
        r"$\beta \in \mathbb{R}$. In practice, $\beta = 1$. $$\frac{d}{dx}(\beta x) = @$$",
        r"\beta", "1",
    ),
    "how many dimensions": (
        r"设 $A \in \mathbb{R}^{d \times d}$，$I$ 是 $d$ 阶单位矩阵。$$(A + I)A = A^2 + @$$",
        "A", "I",
    ),
    "how a name is drawn": (
        r"$m \sim \text{Bernoulli}(1 - p)$, $y = mx$. $$\frac{\partial y}{\partial x} = @$$",
        "m", "x",
    ),
    "a constraint": (
        r"$W \in \mathbb{R}^{d \times k}$, $S \in \mathbb{R}^{d \times d}$ symmetric. Maximize the"
        r" trace subject to $W^T W = I$. $$\nabla_W \operatorname{tr}(W^T S W) = @$$",
        "2SW", "SW",
    ),
    "an equation to be solved and its solution": (
        r"$f(w) = (w - 3)^2$. Setting the derivative to zero gives $w = @$.", "3", "2",
    ),
    "normal equations": (
        LEAST_SQUARES + r" Setting it to zero gives $$X^T X w = @$$", "X^T y", "2X^T y",
    ),
    "normal equations, solved": (
        LEAST_SQUARES + r" 令其为 0，得 $$\hat{w} = (X^T X)^{-1} @$$", "X^T y", "2X^T y",
    ),
    "a solution with a weight": (
        r"$X \in \mathbb{R}^{n \times d}$, $y \in \mathbb{R}^n$, $w \in \mathbb{R}^d$,"
        r" $L = \frac{1}{n}\|Xw - y\|^2 + \lambda \|w\|^2$. Set the gradient to zero:"
        r" $$\frac{\partial L}{\partial w} = \frac{2}{n}X^T(Xw - y) + 2\lambda w = 0$$ Thus"
        r" $$(X^T X + @ I) w = X^T y$$",
        r"n\lambda", r"\lambda",
    ),
    "stationary points by arrows": (
        LAGRANGIAN + r" $$\frac{\partial L}{\partial w} = 0 \Rightarrow w = @, \quad"
        r" \frac{\partial L}{\partial b} = 0 \Rightarrow \sum_i \alpha_i y_i = 0$$",
        r"\sum_i \alpha_i y_i x_i", r"\sum_i \alpha_i x_i",
    ),
    "a condition by an arrow": (
        LAGRANGIAN + r" $$\frac{\partial L}{\partial b} = 0 \implies @ = 0$$",
        r"\sum_i \alpha_i y_i", r"\sum_i \alpha_i",
    ),
    "a derivative from the right": (
        r"$f(x) = \max(0, x)$. At $x = 0$ we take the @ derivative:"
        r" $$f'(x) = \begin{cases} 1 & x \ge 0 \\ 0 & x < 0 \end{cases}$$",
        "right", "left",
    ),
    "a slope by convention": (
        r"$f(x) = |x|$. $$f'(x) = \begin{cases} 1 & x > 0 \\ @ & x = 0 \\ -1 & x < 0 \end{cases}$$"
        " The value at the kink is a convention.",
        "0", "2",
    ),
    "a slope by convention, in Chinese": (
        r"$f(x) = \max(0, x)$，约定在零点的导数："
        r" $$f'(x) = \begin{cases} 1 & x > 0 \\ @ & x \le 0 \end{cases}$$",
        "0", "-1",
    ),
    "double dollars in a sentence": (
        r"Let $$x \in \mathbb{R}$$ be given. The derivative for $$x \ne 0$$ is"
        "\n$$\\frac{d}{dx}|x| = @$$",
        r"\frac{x}{|x|}", "x",
    ),
    "a value for what is said next": (
        r"$L = \alpha x^2$, $\alpha \in \mathbb{R}$. By setting $\alpha = 1$ we obtain the usual:"
        "\n$$\\frac{\\partial L}{\\partial x} = @$$",
        "2x", "x",
    ),
    "a worked example": (
        r"$h = wx + b$, $L = \frac12 (h - y)^2$. Let $x = 2$, $w = \frac12$, $b = 1$, $y = 3$. Then"
        r" $$h = 2$$ $$\frac{\partial L}{\partial w} = @$$",
        "-2", "2",
    ),
    "values in a list": (
        "$h = wx + b$，其中：\n\n- 输入：$x = 2$\n- 权重：$w = 3$\n- 偏置：$b = 1$\n\n则 $h = @$。",
        "7", "8",
    ),
    "a rounded result": (
        WORKED + r" Then $$a \approx @$$", "0.8808", "0.8818",
    ),
    "a result that the page rounds": (
        WORKED + r" Rounded to four places, $$a = \frac{1}{1 + e^{-2}} = @$$", "0.8808", "0.8818",
    ),
    "a result with its numbers put in": (
        WORKED + r" $$\frac{\partial a}{\partial h} = a(1 - a) = \frac{e^{@}}{(1 + e^{-2})^2}$$",
        "-2", "-1",
    ),
    "values of several names at once": (
        "$h_t = w h_{t-1} + x_t, \\qquad t = 1, 2, 3.$\n\nSet $$h_0 = 0, \\qquad"
        " (x_1, x_2, x_3) = (1, 0, 0), \\qquad w = \\frac12$$\n\nand then $$h_3 = @$$",
        r"\frac14", r"\frac18",
    ),
}  # fmt: skip


def report(page: str) -> Report:
    return check_text(page, "page.md", REAL)


@pytest.mark.parametrize(("page", "right", "wrong"), PAIRS.values(), ids=PAIRS)
def test_the_right_page_is_green_and_the_wrong_one_is_not(
    page: str, right: str, wrong: str
) -> None:
    assert page.count("@") == 1
    found = report(page.replace("@", right))
    assert not found.findings, found.findings[0].message
    assert {"claim", "definition"} & {statement.kind for statement in found.statements}
    assert report(page.replace("@", wrong)).findings


WRONG = {
    "for all": r"For all $x \in \mathbb{R}$, $x^2 \ge 1$.",
    "it holds": r"For all $x, y \in \mathbb{R}$ it holds that $x y \ge 0$.",
    "for all, in Chinese": r"对任意 $x \in \mathbb{R}$，$x^2 \ge 1$。",
    "on a branch": "On the branch $x \\ge 0$ this is plain.\n\n$$\\max(0, x) = x$$",
    "in passing": "The kink is at $x = 0$.\n\n$$\\max(0, x) = -x$$",
    "a mixed derivative": r"$f(x, y) = x^2 y^3$. $$f_{xy} = 5 x y$$",
    "a partial derivative": r"$f(x, y) = x^2 y$. $$f_x = 3 x y$$",
    "two paths to a loss": "$$u = w x$$\n\n$$v = w y$$\n\n"
    r"$$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial u} x$$",
    "two names of a loss": r"$y = W x$, $W \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$. The"
    r" loss $L$ is a function of $y$ and of $W$."
    r" $$\frac{\partial L}{\partial W} = \frac{\partial L}{\partial y} x^T$$",
    "nonsymmetric": r"$x \in \mathbb{R}^n$. For a nonsymmetric matrix"
    r" $A \in \mathbb{R}^{n \times n}$ $$\nabla_x (x^T A x) = 2 A x$$",
    "symmetric only sometimes": r"$x \in \mathbb{R}^n$, $A \in \mathbb{R}^{n \times n}$."
    r" The matrix $A$ is symmetric only in special cases. $$\nabla_x (x^T A x) = 2 A x$$",
    "otherwise": r"$p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$。当 $i = j$ 时见习题，否则："
    "\n\n$$\\frac{\\partial p_i}{\\partial z_j} = p_i (1 - p_i)$$",
    "a condition that fails": r"Let $x \in \mathbb{R}$. Then $|x| = x$ if $x > 0$ fails.",
    "not needed": r"Let $x \in \mathbb{R}$. Then $|x| = x$ ($x > 0$ is not needed here).",
    "not one-hot": r"Let $w \in \mathbb{R}^n$ be no one-hot vector."
    r" $$\left(\sum_i w_i\right)^2 = \sum_i w_i$$",
    "a sum as a theorem": "Let $w \\in \\mathbb{R}^n$. Then\n\n$$\\sum_i w_i = 1$$",
    "a training set": r"$f(x) = x^2 + x$. The training set has zero mean, hence"
    "\n\n$$\\frac{d f}{d x} = 0$$",
    "the columns": r"$X \in \mathbb{R}^{m \times n}$ with columns $x_i$."
    r" $$X^T X = \sum_{i=1}^{m} x_i x_i^T$$",
    "a word with the sign of rows": r"设 $X \in \mathbb{R}^{m \times n}$，进行变换得到 $x_i$，则"
    r" $$\sum_{i=1}^{m} x_i x_i^T = X^T X$$",
    "the shape of a transpose": r"The transpose of $A$ has shape $m \times n$."
    r" $$\operatorname{tr}(A^T A) = \sum_{i=1}^{m} \sum_{j=1}^{n} A_{ij}^2$$",
    "a claim by a verb": "$(x + 1)^2$ expands to $x^2 + 1$.",
    "a scaled determinant": r"$A \in \mathbb{R}^{n \times n}$. $|2A| = 2|A|$.",
    "a centring matrix": r"$x \in \mathbb{R}^n$. $$x^T (I - \mathbf{1}\mathbf{1}^T) x = 0$$",
    "the whole after its entries": r"$X \in \mathbb{R}^{n \times n}$,"
    r" $A_{ij} = \sum_k X_{ik} X_{jk}$. $$A = X^T X$$",
    "a conditional density": r"The joint density is $p(x, y) = 4xy$. $$p(x \mid y) = 4xy$$",
    "Bayes turned round": r"$p(x \mid \mu) = e^{-(x-2\mu)^2}$. $$p(\mu \mid x) = e^{-(\mu-2x)^2}$$",
    "a value at a point": "Let $P(A) = 0.3$. Then $P(B) = 0.3$.",
    "a constant at a node": "$f(x_0) = c$. Then $f(x) = c$.",
    "a parameter as an index": "$s(x, k) = w_k x + b_k$. $$s(x, j) = w_k x + b_k$$",
    "a parameter as an end": r"$S(n) = \sum_{i=1}^n i$. $$S(n+1) = S(n)$$",
    "two steps back": r"$h_{t-1} \in \mathbb{R}$, $h_t = \tanh(w h_{t-1})$."
    r" $$\frac{\partial h_t}{\partial h_{t-2}} = 0$$",
    "a power of time": r"$m_{t-1} \in \mathbb{R}$, $m_t = \beta m_{t-1} + g$."
    r" $$\frac{m_t}{1 - \beta^t} = \frac{m_t}{1 - \beta}$$",
    "a partial sum": r"$s_k = \sum_{i=1}^k x_i$. $$\frac{\partial s_k}{\partial x_j} = 1$$",
    "a causal row": r"$a_{ij} = \frac{e^{s_{ij}}}{\sum_{k=1}^{i} e^{s_{ik}}}$."
    r" $$\sum_j a_{ij} = 1$$",
    "two sizes that may be equal": r"$m, n \in \mathbb{N}$. $$(m - n)^2 \ge 1$$",
    "no injection": "$v \\in \\mathbb{R}$, $f(x) = x^2 + 1$, $f(u) = f(v)$. $$u = v$$",
    "members that break the rule": "$x_1 = 2$, $x_2 = 5$. $$x_{k+1} = x_k + 1$$",
    "a gradient of two variables": r"$f(x, y) = x^2 + y^2$. $$\frac{\partial f}{\partial x} = 2x$$"
    r" $$\nabla f = 2x$$",
    "the dash of a constant": "Let $c$ be a constant. $$(c^2)' = 2c$$",
    "an error called delta": r"$E = \sum_i \sum_j \delta_{ij}^2$, where $\delta_{ij}$ is"
    r" the error of output $j$. $$E = \sum_i \sum_j \delta_{ij}$$",
    "a feature map": r"Let $\Phi(x)$ be a feature map. $$\Phi(-x) = 1 - \Phi(x)$$",
    "a picture": r"Let $I \in \mathbb{R}^{n \times n}$ be an image, $x \in \mathbb{R}^n$."
    r" $$I x = x$$",
    "matrices without a shape": "Let $A$ and $B$ be matrices. $$(AB)^{-1} = A^{-1} B^{-1}$$",
    "a discount in a layer": r"$a^{l} = w a^{l-1}$, $L = \gamma^l c$."
    r" $$\frac{\partial L}{\partial \gamma} = 0$$",
    "one of two functions": r"$a = \sigma(x)$ where $\sigma$ is the sigmoid or the tanh."
    r" $$\frac{da}{dx} = a(1 - a)$$",
    "a function in one case": r"If $\sigma$ is the sigmoid function, $\sigma'$ is small."
    r" $$\sigma'(z) = \sigma(z)(1 - \sigma(z))$$",
    "a sigmoid that is defined otherwise": r"$\sigma$ is the sigmoid function,"
    r" $\sigma(z) = \frac{1}{1 + e^{-2z}}$. $$\sigma'(z) = \sigma(z)(1 - \sigma(z))$$",
    "a quantity called sigmoid": r"$p$ is the sigmoid. $$\frac{d}{dx} p(1 - p) = 0$$",
    "any activation as if it were one": r"$a = g(x)$, where $g$ is an activation function."
    r" $$\frac{da}{dx} = a(1 - a)$$",
    "a differentiable function of a vector": r"$x \in \mathbb{R}^n$. $f$ is a differentiable"
    r" function. $$\frac{\partial f(x)}{\partial x} = \operatorname{diag}(f'(x))$$",
    "a softmax along nothing": r"$S \in \mathbb{R}^{n \times n}$, $P = \text{softmax}(S)$."
    r" $$\sum_{j=1}^n P_{ij} = 1$$",
    "a definition of another section": "$$a = s(x)$$\n\n## Second\n\n$s(z) = z^2$."
    r" $$\frac{da}{dx} = 2x$$",
    "a loss of two things": r"$y = Wx$, $W \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$,"
    r" $L = L(y, W)$. $$\frac{\partial L}{\partial W} = \frac{\partial L}{\partial y} x^T$$",
    "a value that is called a function": r"$L = L(w)$, $L = w^2$. $$\frac{dL}{dw} = 3w$$",
    "a function of other values": r"$u = u(x)$. $$u(2x) = 2u$$",
    "samples that are used otherwise": r"$F(x_i) \in \mathbb{R}$, $x_i \in \mathbb{R}$,"
    r" $v = \sum_i x_i$. $$L = \sum_{i=1}^m F(x_i)$$ $$\frac{\partial L}{\partial x_1} = 0$$",
    "values that may follow a parameter": r"$$J = \frac{1}{2} \sum_{i=1}^m (f(x_i) - y_i)^2$$"
    r" $$\frac{\partial J}{\partial w} = 0$$",
    "points that depend on each other": r"$L(y, F) = (y - F)^2$."
    r" $$\left. \frac{\partial L(y, F)}{\partial F} \right|_{y = F, F = b} = 0$$",
    "an entry that looks like a label": r"$w \in \mathbb{R}^n$, $x \in \mathbb{R}^n$, $s = w^T x$."
    r" $$\frac{\partial s}{\partial w_t} = 0$$",
    "entries of a capital letter": r"$W \in \mathbb{R}^{n \times n}$, $s = \operatorname{tr}(W)$."
    r" $$\frac{\partial s}{\partial w_{uv}} = 0$$",
    "a slope that stands for any": r"$g$ is an activation function. $a = g(x)$. $$g' = g$$",
    "a slope by another name": r"$\sigma(z) = \frac{1}{1 + e^{-z}}$, $z = wx$."
    r" $$\frac{d\sigma}{dw} = \sigma(1 - \sigma)$$",
    "an unknown function": r"$$\frac{u(x+h) - u(x-h)}{2h} = u$$",
    "an update": r"$w = w - \alpha(w - y)$",
    "an update that climbs": r"$J = w^2$, $\alpha > 0$. $$w := w + \alpha \frac{dJ}{dw}$$",
    "an update along a scaled slope": r"$J = w^2$, $\alpha > 0$, $n \in \mathbb{N}$."
    r" $$w := w - \frac{\alpha}{n} \frac{dJ}{dw}$$",
    "a condition of another claim": r"$$\ln x^2 = 2 \ln x \quad (x > 0)$$ $$|x| = x$$",
    "an interval of another claim": r"$$\ln x^2 = 2 \ln x, \quad x \in (0, 1)$$ $$|x| = x$$",
    "labels that are not one-hot": SOFTMAX + r", $L = -\sum_i y_i \log p_i$ with a not one-hot $y$."
    r" $$\frac{\partial L}{\partial z_i} = p_i - y_i$$",
    "a softmax without the sum of the labels": r"$p = \text{softmax}(z)$,"
    r" $L = -\sum_k y_k \log p_k$. $$\frac{\partial L}{\partial z_i} = p_i - y_i$$",
    "a square of a name in use": "$y = 3x$. $$x^2 = 1$$",
    "powers that are no layers": "$$x^2 = 3x$$ $$x^3 = 9x$$",
    "a name that is no condition": r"设 $y \in \mathbb{R}$，$f \in \mathbb{R}$"
    r" 为输出，所以 $y \ne f$。",
    "an impossible supposition": r"Let $y = e^x$, where $y < 0$. $$\frac{dy}{dx} = e^x$$",
    "a bound that is claimed": r"The square $y = x^2$ is large, and $y > 1$.",
    "an impossible case": r"$x \in \mathbb{R}$. In the case $x^2 < 0$: $$x + 1 = x$$",
    "a case that is any": r"$x, y \in \mathbb{R}$. In this case $x \ne y$.",
    "an optimum by its digits": r"$f(x) = (x - 3)^2$. Hence $x \approx 2$.",
    "a constraint that does not fit": r"$W \in \mathbb{R}^{d \times k}$, subject to $W^T W = W$.",
    "a function that grows like": r"$f(x) = x^3$. $$f(x) \sim x^2$$",
    "a dashed name of its own": r"$w, x \in \mathbb{R}^n$, $w' = w - x$. $$w' w = w^T w$$",
    "a dashed number": r"$a, b \in \mathbb{R}$. $$a' b = ab$$",
    "bars around entries": r"$w \in \mathbb{R}^n$. $$\nabla_w |w|^2 = 2|w|$$",
    "a product of lengths": r"$v, w \in \mathbb{R}^n$. $$\frac{1}{|v + w|} = \frac{1}{|v| |w|}$$",
    "a one before brackets": r"$f(x) = \max(0.5x, x)$. $$f'(x) = 1(x > 0)$$",
    "R as a name": r"$R = 3x$. $x \in R$. $$|R| = R$$",
    "an exponent by a word": r"$\text{k} \in \mathbb{N}$, $\text{depth} = 2$."
    r" $$\gamma^{\text{depth}} = \gamma$$",
    "a power of e by a word": r"$$\frac{d}{d \text{score}} e^{\text{score}} = 0$$",
    "capitals that are names": r"$L = 2$, $S = 3$. $$y^{LS} = y^5$$",
    "a derivative of half a product": r"$$\frac{d}{dx} \frac12 x f(x) = \frac12 f(x)$$",
    "a derivative that is called zero": r"$f(w) = (w - 3)^2$. The derivative is"
    r" $$\frac{df}{dw} = 2(w - 3) = 0$$",
    "what does not follow": r"$f(w) = (w - 3)^2$. $$\frac{df}{dw} = 2(w - 3)$$"
    r" Setting the derivative to zero gives $w = 3$. $$f(w) = 0$$",
    "a zero of no known slope": r"Setting the derivative of the risk to zero gives $w = 2$.",
    "a value that is no longer set": r"$L = \alpha x^2$, $\alpha \in \mathbb{R}$. By setting"
    " $\\alpha = 1$ we obtain\n$$\\frac{\\partial L}{\\partial x} = 2x$$ In general,\n"
    r"$$\frac{\partial L}{\partial x} = 2x$$",
    "a kink of no convention": r"$f(x) = \max(0, x)$. $$f'(x) = \begin{cases} 1 & x > 0 \\"
    r" 0 & x \le 0 \end{cases}$$",
    "a given value in a general line": r"$h = wx$. Let $x = 2$. Then $$h = 2w$$ $$h = 3w$$",
    "a rounded result of no rounding page": WORKED + r" $$a = 0.8808$$",
    "a value that is concluded": "$f(x) = x^2 + ax$. Hence $a = 3$.",
    "what is said of a name": r"$x \in \mathbb{R}$ has a square of at least one, $x^2 \ge 1$.",
    "a constraint that is claimed": r"$x \in \mathbb{R}$. Under the constraint $x^2 \ge 1$"
    r" for all x.",
    "what is drawn": r"$x \sim \mathcal{N}(0, 1)$. $$x + 1 = x$$",
    "an inverse in the order of a product": r"Let $A$ and $B$ be square matrices."
    r" $$(AB)^{-1} = A^{-1} B^{-1}$$",
    "a form with a matrix between": r"$f(x) = x^T A x$. $$\nabla f(x) = 2 A x$$",
    "a row called so": r"Let $x$ be a row vector and $W$ a matrix."
    r" $$y = W x$$ $$y^T y = x^T W^T W x$$",
    "a square that may be a number": r"$x \in \mathbb{R}^n$. $$x^2 x = \|x\|^2 x$$",
    "no word for diagonal": r"$X \in \mathbb{R}^{n \times n}$, $s \in \mathbb{R}^n$,"
    r" $S_{ii} = s_i$. $$X S = X \operatorname{diag}(s)$$",
    "a matrix that is not free": r"Let $Q$ be an orthogonal matrix. $$Q^T Q = 2 Q^T Q$$",
    "an index that is no label": r"$x \in \mathbb{R}^n$, $p_t = x + t$, $t = 1, \dots, 3$."
    r" $$p_1 = p_2$$",
    "two states before the first": r"$t = 1, \dots, T$, $h_t \in \mathbb{R}$, $h_t = w h_{t-1}$."
    r" $$h_t = w^2 h_{t-2}$$",
    "a set told twice": r"$\mathcal{D} = \{1, 2, 3\}$. $$\mathcal{D} = \{1, 2, 4\}$$",
}


@pytest.mark.parametrize("page", WRONG.values(), ids=WRONG)
def test_a_wrong_page_is_not_green_whatever_its_words(page: str) -> None:
    assert report(page).findings


# words that put a case: what holds in it does not hold in the next section
CASES = (
    "**Case @:**", "### Case @", "Case 1: @.", "- @:", "1. For @:", "(a) @", "Consider @.",
    "Suppose first that @.", "若 @，则", "情形一：@。", "当 @ 时：", "**@**", "On the branch @:",
    "In the region @,", "With @:", "Given @,", "Here @:", "The rest (@):", "Now @:", "First, @.",
)  # fmt: skip
PARTED = {
    "a branch": (r"Let $x \in \mathbb{R}$ and $f(x) = |x|$.", "$x > 0$", "f'(x) = 1"),
    "two indices": (
        SOFTMAX + ".", r"$i \ne j$", r"\frac{\partial p_i}{\partial z_j} = -p_i p_j"
    ),
}  # fmt: skip


PARTED_BY = [(name, words) for name in PARTED for words in CASES] + [("two indices", "Let @.")]


@pytest.mark.parametrize(("name", "words"), PARTED_BY)
def test_a_case_ends_with_its_section(name: str, words: str) -> None:
    begin, case, claim = PARTED[name]
    shown = f"\n\n$$\n{claim}\n$$\n"
    page = f"{begin}\n\n{words.replace('@', case)}{shown}\n## Result\n\nThe slope is{shown}"
    assert report(page).findings
