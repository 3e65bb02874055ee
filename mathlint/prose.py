"""The words between formulas: those that make one a condition, and those that explain a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

WORDS = (
    r"if|for|for (?:all|any|every|each)|when|whenever|where|provided(?: that)?|at|as long as|with"
    r"|当|若|如果|对|对于|对任意|对所有|在"
)
HAN_WORDS = r"(?:当|若|如果|对|对于|在)"
AFTER_HAN = rf"(?<=[\u4e00-\u9fff，；：。（]){HAN_WORDS}"
ENDS_IN_CONDITION = re.compile(
    rf"(?:(?:^|[\s,;:*_(])(?:{WORDS})(?: the point)?|{AFTER_HAN})\s*$", re.IGNORECASE
)
ONLY_CONDITION = re.compile(rf"(?:\s*[,，]\s*|[^\S\n]*|\s*(?=[a-z]))(?:(?:{WORDS})\s*|[(（]\s*)")
JOINS = re.compile(r"\s*[,，]?\s*(?:and(?: for| if| when)?|且|和|并且|,|，|、)\s*")
DENIES = re.compile(
    r"(?:\b(?:or|unless|except|not|only|even|than)(?: for| if| when| at| where)?|iff"
    r"|(?:或|或者|除|除了|除非|非|不|不是|即使|只有|仅|且仅)(?:当|若|在|对|对于|如果)?)\s*$",
    re.IGNORECASE,
)
ENDED = re.compile(r"[.。;；]\s*(?:\\end\{\w+\*?\}\s*)*(?:\$+|\\[\])])$")
CONCLUDES = r"then|we have|we get|we obtain|it is|this is|有|则|则有|可得|得到|得"
LEADS = re.compile(
    rf"(?!\s*\n\s*\n\s*$)\s*(?:时|处)?\s*[,，:：]?\s*(?:{CONCLUDES})?\s*[,，:：]?\s*",
    re.IGNORECASE,
)
EXPLAINS = re.compile(
    r"[\s.,;，。；]*(?:where|in which|here|with|其中|这里|式中|此处)(?![a-z])", re.IGNORECASE
)
EQUATES = re.compile(
    r"\s*(?:(?:is|equals|is equal to|has (?:the )?(?:derivative|gradient|slope))"
    r"|(?:的(?:导数|梯度|斜率))?(?:是|为|等于)|\|)\s*",
    re.IGNORECASE,
)
CONCLUDING = re.compile(
    r"\b(?:then|thus|hence|so|therefore|we|gives?|implies|follows|shows?|satisf(?:y|ies)|obeys?)\b"
    r"|则|有|得|因此|所以|故|于是|可见|证明",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[.。;；!?！？](?:\s|$)|\n[ \t>]*\n")


def gaps(text: str, spans: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """The words before each formula, from the one before it or from the paragraph's begin.

    A full stop inside the formula before it stands at their beginning.
    """
    if not spans:
        return ()
    first = text[: spans[0][0]]
    return (
        first[first.rfind("\n\n") + 1 :],
        *(
            ("." if ENDED.search(text[begin:end]) else "") + text[end:start]
            for (begin, end), (start, _) in pairwise(spans)
        ),
    )


def begins_condition(gap: str) -> bool:
    """Whether the words before a formula end as in `and if`."""
    return ENDS_IN_CONDITION.search(gap) is not None


def is_condition_after(gap: str) -> bool:
    """Whether nothing but `if`, `for` or a bracket stands between a formula and its condition."""
    return ONLY_CONDITION.fullmatch(gap) is not None


def joins(gap: str) -> bool:
    """Whether only `and` stands between two conditions."""
    return JOINS.fullmatch(gap) is not None


def denies(gap: str) -> bool:
    """Whether a condition is turned round or goes with another: `unless`, `only if`, `or`."""
    return DENIES.search(gap) is not None


def may_explain(gap: str) -> bool:
    """Whether a formula stands in the same sentence as the one before it, or explains it."""
    return explains(gap) or goes_on(gap)


def puts_case(gap: str) -> bool:
    """Whether the word before a formula is `if`: what follows holds in one case alone."""
    return re.search(r"(?:\b(?:if|when|whenever)|若|当|如果)\s*$", gap, re.IGNORECASE) is not None


def supposes(gap: str) -> bool:
    """Whether words such as `if` put a case, in which nothing is introduced."""
    return (
        re.search(r"(?:\b(?:if|for|when|whenever)|若|当|如果)\s*$", gap, re.IGNORECASE) is not None
    )


def declares_too(gap: str) -> bool:
    """Whether what follows a declaration belongs to it: `with`."""
    return re.fullmatch(r"\s*[,，]?\s*(?:with|where|满足)\s*", gap) is not None


def leads_to_claim(gap: str) -> bool:
    """Whether a condition before a formula belongs to it: `, we have`."""
    return LEADS.fullmatch(gap) is not None


def explains(gap: str) -> bool:
    """Whether a formula explains a name that the one before it uses: `, where`."""
    return EXPLAINS.match(gap) is not None


def equates(gap: str) -> bool:
    """Whether words say that one formula is another, or its derivative."""
    return EQUATES.fullmatch(gap) is not None


def goes_on_declaring(gap: str) -> bool:
    """Whether a formula goes on with the declarations of its sentence: `is symmetric, with`."""
    return goes_on(gap) and CONCLUDING.search(gap) is None


def goes_on(gap: str) -> bool:
    """Whether the sentence goes on between two formulas."""
    return SENTENCE_END.search(gap) is None
