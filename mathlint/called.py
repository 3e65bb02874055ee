"""What words call a function: the sigmoid, a density, any activation or differentiable function.

`$\\sigma$ is the sigmoid function`, `激活函数 $f$`. Words that name a function of the whole field
define it; those that leave it open make it unknown, but differentiable.
"""

from __future__ import annotations

import re
from collections.abc import Callable

ANY = "any"
SMOOTH = "smooth"
ENTRIES = "entries"
NORMAL = r"(?:normal|gaussian|gauss)"
NAMES = {
    "sigmoid": r"(?:logistic )?sigmoid(?:al)?|logistic|s ?型|对数几率|逻辑斯[蒂谛]",
    "softmax": r"soft-?max|归一化指数",
    "tanh": r"hyperbolic tangent|tanh|双曲正切",
    "relu": r"relu|rectified linear unit|rectifier|修正线性单元|线性整流",
    "softplus": r"softplus",
    "silu": r"silu|sigmoid linear unit",
    "density": rf"(?:standard|unit) {NORMAL}(?: distribution'?s?)?(?: probability)?"
    r" (?:density|pdf)"
    rf"|(?:probability )?(?:density|pdf) of (?:the |a )?(?:standard|unit) {NORMAL}"
    r"(?: distribution)?|标准(?:正态|高斯)(?:分布)?的?(?:概率)?密度",
    "distribution": rf"(?:standard|unit) {NORMAL}(?: (?:cumulative )?distribution| cdf)"
    rf"|(?:cumulative )?(?:distribution function|cdf) of (?:the |a )?(?:standard|unit) {NORMAL}"
    r"(?: distribution)?|标准(?:正态|高斯)(?:分布)?的?(?:累积)?(?:概率)?分布",
}
OPEN = {
    ANY: r"activation|transfer|非线性激活|激活|传递|非线性|non-?linearity|non-?linear",
    SMOOTH: r"(?:continuously )?differentiable|smooth|(?:连续)?可导的?|(?:连续)?可微的?|光滑",
}
NOUN = r"(?: ?(?:activations?|functions?|non-?linearit(?:y|ies)|units?|gates?|激活|函数))*"
ARTICLE = r"(?:(?:an?|the|any|some|our|their|both|一个|某个|某种|某|任意的?|任一|一种|标准的?) ?)?"
ADJECTIVE = (
    r"(?:(?:standard|usual|common|well-known|familiar|scalar|real|element-?wise|entry-?wise"
    r"|component-?wise|point-?wise|arbitrary|given|fixed|non-?linear|differentiable|smooth|hidden"
    r"|chosen|逐元素的?|可导的?|可微的?|非线性)"
    r"[ ,]*){0,3}"
)
IS = (
    r" ?[,，:：(（]? ?(?:(?:is|be|are|denotes?|represents?|stands for|refers to|indicates?"
    r"|is used for|分别|都|均|为|是|表示|代表|指的?是?|即|就是|取) ?){0,2}"
)
ENDS = (
    r"(?= ?(?:$|[,.;:)，。；：、）(（\n]|and\b|applied|act|that\b|which\b|with\b|in\b|at\b|as\b"
    r"|is\b|whose|used|on\b|且|和|并|作用|逐|的导数|满足))(?! ?[,，、]? ?(?:or\b|或|etc|\())"
)
OTHERS = re.compile(r"\b(?:or|etc|not|never|neither|instead)\b|或|不是|而非|等函数", re.IGNORECASE)
SUPPOSES = re.compile(
    r"\b(?:if|when|whenever|whether|unless|example|e\.g\.|case|suppose|say|derivatives?|slope"
    r"|inverse|input|output|argument)\b|若|如果|当|例如|比如|假如|假设|导数|反函数|输入|输出",
    re.IGNORECASE,
)
ENTRYWISE = re.compile(
    r"element-?wise|entry-?wise|component-?wise|point-?wise"
    r"|(?:each|every) (?:entry|element|component)"
    r"|逐元素|逐分量|逐点|每个(?:元素|分量)",
    re.IGNORECASE,
)
ROWS = re.compile(
    r"\brow-?wise|\b(?:each|every|per|by) rows?\b|(?:按|逐|每一?|各)行|last (?:axis|dimension)"
    r"|最后一(?:个)?维",
    re.IGNORECASE,
)
COLUMNS = re.compile(
    r"\bcolumn-?wise|\b(?:each|every|per|by) columns?\b|(?:按|逐|每一?|各)列", re.IGNORECASE
)
SOFTMAX = re.compile("softmax", re.IGNORECASE)
SENTENCES = re.compile(r"[.。;；](?:\s|$)|\n\s*\n")
LISTS = re.compile(r"\s*(?:,|，|、|and|和|与|以及|及)\s*", re.IGNORECASE)
Question = Callable[[str], bool]


def _plain(gap: str) -> str:
    """Words without marks of emphasis, and with single spaces, small letters."""
    return re.sub(r"\s+", " ", re.sub(r"[*`_]", "", gap)).lower()


def _sentence_behind(gap: str) -> str:
    """The words up to the end of the sentence that goes on behind a formula."""
    return SENTENCES.split(gap)[0]


def _sentence_before(gap: str) -> str:
    return re.split(r"[.。;；](?:\s|$)|\n\s*\n|\n\s*[-*+] ", gap)[-1]


def _behind(words: str, of: str = "") -> Question:
    """The question whether the words behind a name call it so."""
    pattern = re.compile(rf"{IS}{ARTICLE}{ADJECTIVE}(?:{words}){NOUN}(?:{ENDS}{of})")

    def calls(gap: str) -> bool:
        said = _plain(_sentence_behind(gap))
        found = pattern.match(said)
        return found is not None and OTHERS.search(re.split(r"[,，]", said)[0]) is None

    return calls


def _before(words: str) -> Question:
    """The question whether the words that lead to a name call it so."""
    pattern = re.compile(rf"(?:^|[\s，。；：、(（的用为])(?:{words}){NOUN} ?[:：(（]? ?$")

    def calls(gap: str) -> bool:
        return pattern.search(_plain(_sentence_before(gap))) is not None

    return calls


BEHIND = {kind: _behind(words) for kind, words in NAMES.items()}
BEHIND |= {kind: _behind(words, r"| of\b") for kind, words in OPEN.items()}
BEFORE = {kind: _before(words) for kind, words in {**NAMES, **OPEN}.items()}


def supposes(gap: str) -> bool:
    """Whether words speak of a case, or of what is made of the function that follows."""
    return SUPPOSES.search(_sentence_before(gap)[-40:]) is not None


def lists(gap: str) -> bool:
    """Whether another name follows of which the same is said."""
    return LISTS.fullmatch(gap) is not None


def of_entries(gap: str) -> bool:
    """Whether a sentence says that a function acts on each entry."""
    return ENTRYWISE.search(_sentence_behind(gap)) is not None


def speaks_of_softmax_by_rows(gap: str) -> bool:
    """Whether a sentence takes the softmax of each row."""
    return any(SOFTMAX.search(said) and by_rows(said) for said in SENTENCES.split(gap))


def speaks_of_softmax_by_columns(gap: str) -> bool:
    """Whether a sentence takes the softmax of each column."""
    return any(SOFTMAX.search(said) and by_columns(said) for said in SENTENCES.split(gap))


def by_rows(gap: str) -> bool:
    """Whether the rest of a sentence speaks of each row."""
    return ROWS.search(_sentence_behind(gap)) is not None


def by_columns(gap: str) -> bool:
    """Whether the rest of a sentence speaks of each column."""
    return COLUMNS.search(_sentence_behind(gap)) is not None


SOFTMAX_OF = {
    "row": (speaks_of_softmax_by_rows, by_rows),
    "column": (speaks_of_softmax_by_columns, by_columns),
}


def the_one(kinds: set[str]) -> str | None:
    """The one thing that words call a function; None where they call it nothing, or two things."""
    named = kinds & NAMES.keys()
    if named:
        return min(named) if len(named) == 1 else None
    if ANY in kinds or {SMOOTH, ENTRIES} <= kinds:
        return ANY
    return SMOOTH if SMOOTH in kinds else None
