"""The words between formulas: those that make one a condition, and those that explain a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

TAIL = 400
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
CONCLUDES = (
    r"then|we have|we get|we obtain|we find|it is|this is|is|are"
    r"|有|则|则有|那么|可得|得到|得|为|此时"
)
CASE_WORDS = (
    r"\b(?:the|special|first|second|third|other) case(?: of| that| where| when| if)?"
    r"|\bcase (?:\d|[ivx]+|[a-d])\s*[:：.]?|(?<!这种)(?<!该)(?<!此)(?:情况|情形)"
    r"\s*[\d一二三四]?\s*[:：]?"
)
SETS_VALUE = re.compile(
    r"(?:\b(?:setting|taking|putting|choosing|substituting|with|letting)|令|取|代入)\s*$",
    re.IGNORECASE,
)
PUTS_CASE = re.compile(
    rf"(?:\b(?:if|when|whenever)|若|当|如果|{CASE_WORDS})[*_]*\s*$", re.IGNORECASE
)
HEADS_CASE = re.compile(
    r"(?:^|.*\n)[ \t>#*_\-+\d.]*(?:case|情况|情形)\s?[\d一二三四ivxabc]+"
    r"\s*[:：.][^\n.。]{0,40}[（(]\s*$",
    re.IGNORECASE | re.DOTALL,
)
LEADS = re.compile(
    rf"(?!\s*\n\s*\n\s*$)\s*(?:时|处)?\s*[,，:：]?\s*(?:{CONCLUDES})?\s*[,，:：]?\s*",
    re.IGNORECASE,
)
EXPLAINS = re.compile(
    r"[\s.,;，。；]*(?:where|in which|here|with|其中|这里|式中|此处)(?![a-z])", re.IGNORECASE
)
RANGES = re.compile(
    r"[\s,;，；]*(?:for(?: all| any| every| each)?|对于?(?:所有|任意|每个|一切)?的?)\s*"
)
EQUATES = re.compile(
    r"[^.。,，;；]{0,12}\s*(?:(?:is|equals|is equal to|has (?:the )?(?:derivative|gradient|slope)"
    r"|(?:simplif|expand|reduc|evaluat)\w+ to|yields?|gives?|becomes?)"
    r"|(?:的(?:导数|梯度|斜率))?(?:是|为|等于|可得|得到|化简为|展开为|得)|\|)\s*",
    re.IGNORECASE,
)
CONCLUDING = re.compile(
    r"\b(?:then|thus|hence|so|therefore|we|gives?|implies|follows|shows?|satisf(?:y|ies)|obeys?)\b"
    r"|则|有|得|因此|所以|故|于是|可见|证明",
    re.IGNORECASE,
)
SETS_TO_ZERO = re.compile(
    r"\bset(?:ting)? (?:it|this|them|(?:the|its|this|these|both) (?:\w+ )?(?:derivative|gradient"
    r"|slope)s?)\b|\bequat(?:e|ing)\b[^.]*(?:zero|0)|\b(?:and|by|we|then) set(?:ting)?\b"
    r"[^.]*(?:zero|0)|(?:^|[.:;。]\s)\s*Set(?:ting)?\b|令(?:其|它|该|此|上式|导数|偏导|梯度)[^。]*|令\s*$",
    re.IGNORECASE,
)
SOLVES_FOR_ZERO = re.compile(
    r"\b(?:set(?:ting)?|equat(?:e|ing)|put(?:ting)?)\b[^.]*?\b(?:it|this|them|that|derivatives?"
    r"|gradients?|slopes?|partials?)\b[^.]*?\b(?:zero|0)"
    r"|令(?:其|它|该|此|上式|导数|偏导数?|梯度|一阶导数?)[^。]*?(?:零|0)",
    re.IGNORECASE,
)
STATIONARY = re.compile(
    r"\b(?:stationarity|first[- ]order|KKT|optimality|normal)\s(?:\w+\s)?(?:conditions?|equations?)"
    r"\b[^.]*$|\bvanish(?:es)?\b[^.]*$|一阶条件[^。]*$|(?:偏)?导数?(?:都)?(?:等于|为)(?:零|0)[^。]*$"
    r"|求(?:偏)?导(?:数)?并?令[^。]*$",
    re.IGNORECASE,
)
TAKES_AT_KINKS = {
    "left": re.compile(
        r"\bleft(?:-hand|-sided)? derivative|derivative from the left|左(?:侧)?导数", re.I
    ),
    "right": re.compile(
        r"\bright(?:-hand|-sided)? derivative|derivative from the right|右(?:侧)?导数", re.I
    ),
    "between": re.compile(
        r"\bsub-?(?:gradient|derivative|differential)|\b(?:by|an?|the|this) convention\b"
        r"|\bconventionally|次(?:梯度|导数|微分)|约定|惯例",
        re.I,
    ),
}
SYMMETRIC = r"(?:real |square )?symmetric|(?:实)?对称|positive[- ](?:semi)?definite|(?:半)?正定"
ENDS_WORD = (
    r"(?=\s*(?:$|[,.;:，。；：、）)\n]|and\b|with\b|matri|positive|正定|且|的?矩阵|的?方阵))"
)
TELLS_SYMMETRIC = re.compile(
    rf"\s*[,，(（]?\s*(?:is|be|are|为|是)?\s*(?:an? )?(?:{SYMMETRIC}){ENDS_WORD}", re.IGNORECASE
)
CALLS_SYMMETRIC = re.compile(
    rf"(?:^|[\s，。；：、])(?:{SYMMETRIC}|(?:为|是|设|的|给定|对于?){SYMMETRIC})"
    r"(?: (?:and )?positive[- ](?:semi)?definite)?\s*(?:matrix|matrices|矩阵|阵|方阵)?\s*$",
    re.IGNORECASE,
)
TELLS_CONSTANT = re.compile(
    r"\s*[,，(（]?\s*(?:(?:is|are|be|being|为|是|均为|都是)\s*)?(?:an? |given |fixed |some )*"
    r"(?:constants?(?=\s*(?:$|[,.;:，。；：、）)\n]|and\b|with\b|matri|vector|scalar|number))"
    r"|(?:为|是|均为|都是)?常(?:数|量|矩阵|向量|值))",
    re.IGNORECASE,
)
CALLS_CONSTANT = re.compile(
    r"(?:^|[\s，。；：、,(（])(?:an? |the |any |given |fixed )*(?:constants?)"
    r"(?: (?:square |symmetric )?(?:matrix|matrices|vectors?|scalars?))?\s*$"
    r"|常(?:数|量|矩阵|向量|数矩阵|数向量)\s*$",
    re.IGNORECASE,
)
SUPPOSED_CASE = re.compile(
    r"\b(?:if|whether|call|unless|suppose|not|only|never|need)\b|若|如果|是否|称|不|反|非|无论|与否",
    re.IGNORECASE,
)
INTRODUCES = re.compile(
    r"(?:^|.*[\s，,（(:：;；。])(?:with|where|for|let|assum(?:e|ing)(?: that)?"
    r"|suppos(?:e|ing)(?: that)?|given|fix|take|set|provided(?: that)?|constants?|and|such that"
    r"|satisfying|since|because|as"
    r"|设|令|假设|其中|且|满足|使得|对|对于|取|常数|由于|因为|并令|这里)\s*$"
    r"|\s*[,，、;；]\s*$|.*[（(]\s*$"
    r"|.*\n\s*(?:[-*+#]+\s*)?(?:[^\W\d_]+[- ]?){0,4}\s*[,，:：(（]?\s*$",
    re.IGNORECASE | re.DOTALL,
)
RESTRICTS = re.compile(
    r"(?:^|.*[\s，,（(:：;；。])(?:with|where|let|assum(?:e|ing)(?: that)?"
    r"|suppos(?:e|ing)(?: that)?|provided(?: that)?|constants?|and|such that|satisfying|since"
    r"|because|as"
    r"|设|令|假设|其中|且|满足|使得|常数|由于|因为|并令|这里)\s*|\s*[,，、;；]\s*|\s*[（(]\s*",
    re.IGNORECASE | re.DOTALL,
)
ENDS_LINE = re.compile(r"\s*(?:\*\*|__|[)）])?\s*(?:[.:：。,，]|\n|$)")
GIVEN_BY_WORD = re.compile(
    r"(?:^|.*[\s，,])(?:with|where|such that|satisfying|since|because|as|assuming(?: that)?"
    r"|满足|使得|其中|由于|因为|且)",
    re.IGNORECASE | re.DOTALL,
)
GIVES_VALUE = re.compile(
    r"(?:^|.*[\s，,（(:：;；。])(?:let|set|take|fix|with|choose|put|and|令|取|设|其中|且|记)\s*$"
    r"|\s*[,，、;；]\s*$|.*\n\s*(?:[-*+]\s*)?$",
    re.IGNORECASE | re.DOTALL,
)
QUANTITY = re.compile(
    r"\b(?:an?|some|fixed|constant|positive|non-?zero)\s(?:[a-z]+\s){0,2}?(?:constant|scalar"
    r"|parameter|hyper-?parameter|number|coefficient|variable|factor|vector)\s*$"
    r"|(?:一个|某个?|常|固定的?|超|标量|参数)(?:常数|标量|参数|参数标量|实数|系数|变量|向量)\s*$",
    re.IGNORECASE,
)
SUPPOSES_THAT = re.compile(
    r"(?:\b(?:with|where|let|assum(?:e|ing)(?: that)?|suppos(?:e|ing)(?: that)?|given|such that"
    r"|provided(?: that)?|satisfying)|设|假设|假定|其中|满足|使得)\s*$",
    re.IGNORECASE,
)
GIVES_NUMBERS = re.compile(
    r"(?:\b(?:let|set|take|fix|with|choose|put|suppose|assume|given|say|inputs?|values?"
    r"|for example,?|for instance,?|such as|e\.g\.,?)|比如|令|取|设|给定|假设"
    r"|假定|已知|输入|例如|取值|初始化)\s*[:：]?\s*$"
    r"|\n\s*(?:[-*+]|\d+\.)\s+(?![^\n]*(?:solution|answer|result|output|解|答案|结果|输出))"
    r"[^\n:：.。]{0,30}[:：]?\s*$",
    re.IGNORECASE,
)
ROUNDS = re.compile(
    r"\bround(?:ed|ing|s)?\b|decimal places|significant (?:digits|figures)|\bapproximately\b"
    r"|保留|四舍五入|近似|小数",
    re.IGNORECASE,
)
TYPIFIES = re.compile(
    r"(?:\b(?:typically|usually|commonly|often|by default|defaults? to|in practice,?(?: with)?"
    r"|recommended"
    r"|typical(?: value)?s?(?: is| are)?)"
    r"|通常(?:取|选择?|设为?|为|是)?|一般(?:取|选择?|设为?|为|是)?|默认(?:值)?(?:取|为|是)?"
    r"|常(?:取|用)|推荐)\s*[:：]?\s*$",
    re.IGNORECASE,
)
CONSTRAINS = re.compile(
    r"(?:\bsubject to|\bs\.?t\.|\bunder the (?:\w+ )?constraints?(?: that| of)?"
    r"|\bconstrained (?:to|by)"
    r"|(?:约束|限制)(?:条件)?(?:为|是|于)?)\s*[:：]?\s*$",
    re.IGNORECASE,
)
HOLDS = re.compile(
    r"\s*(?:\w+ ){0,2}(?:holds?|is (?:satisfied|met|fulfilled)|for (?:all|every|any))\b"
    r"|\s*(?:恒|始终|总是?|都|自动)?(?:成立|满足)|\s*对(?:任意|所有)",
    re.IGNORECASE,
)
COUNTS = re.compile(
    r"\s*-?\s*(?:阶|维|个|类|行|列|层|次|元素|条|组|种|项|dimensional|th\b|st\b|nd\b|rd\b"
    r"|by\s*$|samples?\b|classes\b|entries\b|rows\b|columns\b|layers\b|units\b)"
)
REGION = re.compile(
    r"\b(?:branch|half-?(?: )?line|region|side|case|regime|interval|part|piece|point)\s*$"
    r"|(?:分支|区间|部分|情形|半轴|一侧|点)\s*$",
    re.IGNORECASE,
)
WORD_FOR_ASSUMPTION = re.compile(
    r"[^.。]*(?:\bwith(?: \w+)?|\bwhere|\bsuch that|\bs\.t\.|\bsatisf(?:ies|ying)|\bsubject to"
    r"|满足|使得|其中|且)\s*$",
    re.IGNORECASE,
)
QUANTIFIES = re.compile(
    r"\b(?:for )?(?:all|every|any|each|whatever)\b|任意|所有|每个|任何|一切", re.IGNORECASE
)
DENIED_AFTER = re.compile(
    r"\s*(?:is (?:not|false|just|only|no|wrong)|fails|do(?:es)?(?: not|n't)|need not|cannot|may not"
    r"|不|与否|是否|未必|只是)",
    re.IGNORECASE,
)
TURNS = re.compile(
    r"\b(?:otherwise|else|but|general|not|unless|never|see|everywhere|whatever|regardless|exercise)\b"
    r"|否则|不然|一般|但|无论|与否|不|见",
    re.IGNORECASE,
)
BEGINS_SENTENCE = re.compile(
    rf"(?:^|.*[.。;；:：\n]|\s*[-*+]\s)[\s#>*_+-]*"
    rf"(?:{WORDS}|{CASE_WORDS}|(?:by )?setting|(?:by )?taking|令|取)?\s*$",
    re.IGNORECASE | re.DOTALL,
)
CALLS_ONE_HOT = re.compile(
    r"(?<!not )(?<!non-)(?<!non )\bone[- ]hot(?:[- ]encoded)?(?: (?:true|target|ground[- ]truth))?"
    r"(?: (?:labels?|vectors?|targets?|encoding))?\s*$|独热(?:编码)?(?:的)?(?:标签|向量|目标)?\s*$",
    re.IGNORECASE,
)
ONE_HOT = re.compile(r"one[- ]?hot|独热", re.IGNORECASE)
SENTENCE_END = re.compile(r"[.;!?](?:\s|$)|[。；！？]|\n[ \t>]*\n")


def gaps(text: str, spans: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """The words before each formula, from the one before it or from the paragraph's begin.

    The last are the words behind the last formula. A full stop inside the formula before them
    stands at their beginning.
    """
    if not spans:
        return ()
    first, tail = text[: spans[0][0]], text[spans[-1][1] :]
    return (
        first[first.rfind("\n\n") + 1 :] if "\n\n" in first else "\n" + first,
        *(
            ("." if ENDED.search(text[begin:end]) else "") + text[end:start]
            for (begin, end), (start, _) in pairwise(spans)
        ),
        tail[:TAIL],
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
    return explains(gap) or goes_on(gap) or RANGES.fullmatch(gap) is not None


def puts_case(gap: str) -> bool:
    """Whether the word before a formula is `if`: what follows holds in one case alone."""
    return PUTS_CASE.search(gap) is not None or heads_case(gap)


def sets_value(gap: str) -> bool:
    """Whether words give a name the value that follows, for what is said next: `setting`."""
    return SETS_VALUE.search(gap) is not None


def gives_numbers(gap: str) -> bool:
    """Whether words begin a worked example with the number that a name has: `let`, `- input:`."""
    return GIVES_NUMBERS.search(gap) is not None


def rounds(gap: str) -> bool:
    """Whether words say that numbers are rounded."""
    return ROUNDS.search(gap) is not None


def heads_case(gap: str) -> bool:
    """Whether a formula in brackets tells the case of a heading: `Case 1: kept (m = 1)`."""
    return HEADS_CASE.match(gap) is not None


def begins_heading(gap: str) -> bool:
    """Whether the line before a formula is bold, a heading or a case with its number."""
    line = gap[gap.rfind("\n") + 1 :]
    numbered = r"(?:[-*+]\s+)?(?:case|情况|情形)\s*[\d一二三四ivx]"
    mark = rf"\s*(?:#+|\*\*|__|(?:[-*+]|\d+\.)\s+\*\*|{numbered})"
    return re.match(mark, line, re.IGNORECASE) is not None


def closes_heading(gap: str) -> bool:
    """Whether nothing but marks and space stands behind a condition that ends a heading."""
    return re.fullmatch(r"\s*[)）]?\s*[:：]?\s*[*_]*\s*[:：]?\s*", gap) is not None


def supposes_that(gap: str) -> bool:
    """Whether words such as `assume that` or `where` suppose what follows."""
    return SUPPOSES_THAT.search(gap) is not None


def lists(gap: str) -> bool:
    """Whether the words before a formula end like those between the items of a list."""
    return re.search(r"(?:[,，、;；（(]|\band|且|和)\s*$", gap) is not None


def names_quantity(gap: str) -> bool:
    """Whether words before a relation call its left side some quantity: `a constant c > 0`."""
    return QUANTITY.search(gap) is not None


def typifies(gap: str) -> bool:
    """Whether words give a parameter the value that it mostly has: `typically`, `by default`."""
    return TYPIFIES.search(gap) is not None


def constrains(gap: str) -> bool:
    """Whether words make what follows the constraint of a programme: `subject to`."""
    return CONSTRAINS.search(gap) is not None


def says_it_holds(gap: str) -> bool:
    """Whether words behind a relation claim it: `holds for all x`."""
    return HOLDS.match(gap) is not None


def counts(gap: str) -> bool:
    """Whether what stands before is how many there are of what words name: `d-dimensional`."""
    return COUNTS.match(gap) is not None


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


def introduces(gap: str) -> bool:
    """Whether words such as `with` or a mere comma put what follows among what is given."""
    return INTRODUCES.fullmatch(gap) is not None


def restricts(gap: str) -> bool:
    """Whether words such as `with` bound a name that the page knows already, from here on.

    A heading or a list item that consists of a bound puts a case.
    """
    return RESTRICTS.fullmatch(gap) is not None


def ends_line(gap: str) -> bool:
    """Whether nothing is said of a formula behind it: its line or its sentence ends."""
    return ENDS_LINE.match(gap) is not None


def assumes(gap: str) -> bool:
    """Whether words such as `such that` restrict what was declared just before."""
    return WORD_FOR_ASSUMPTION.fullmatch(gap) is not None


def is_bare(gap: str) -> bool:
    """Whether nothing but a comma stands between two formulas."""
    return re.fullmatch(r"\s*[,，、;；]?\s*(?:and|且|和)?\s*", gap) is not None


def lists_more(gap: str) -> bool:
    """Whether nothing but a semicolon stands between two formulas."""
    return re.fullmatch(r"[ ]*[;；]\s*", gap) is not None


def quantifies(gap: str) -> bool:
    """Whether words speak of all values: what follows is no assumption."""
    return QUANTIFIES.search(gap) is not None


def denied_after(gap: str) -> bool:
    """Whether words behind a condition take it back: `fails`, `is not needed`."""
    return DENIED_AFTER.match(gap) is not None


def turns(gap: str) -> bool:
    """Whether words leave the case that a sentence began with: `otherwise`."""
    return TURNS.search(gap) is not None


def begins_sentence(gap: str) -> bool:
    """Whether a condition stands at the beginning of its sentence."""
    return BEGINS_SENTENCE.fullmatch(gap) is not None


def puts_in_doubt(gap: str) -> bool:
    """Whether words only suppose or deny what they say of a name."""
    return SUPPOSED_CASE.search(re.split(r"[.。\n]", gap)[-1]) is not None


def goes_on_listing(gap: str) -> bool:
    """Whether a further name follows the one that was just mentioned."""
    return re.match(r"\s*[,，]?\s*(?:and|or|as well as|和|以及|与|、)", gap) is not None


def speaks_of_row(gap: str) -> bool:
    """Whether words call a vector a row."""
    return re.search(r"\brow\b|行向量", gap) is not None


def is_part(gap: str) -> bool:
    """Whether words speak of what is made of the next name: `the transpose of`."""
    return re.search(r"\b(?:of|transpose|inverse)\s*$|转置\s*$|的逆\s*$", gap) is not None


def gives_displayed(gap: str) -> bool:
    """Whether words such as `with` put a displayed formula among what is given."""
    return GIVEN_BY_WORD.fullmatch(gap.rstrip(" \n:：,，")) is not None


def gives_value(gap: str) -> bool:
    """Whether words such as `let` give a name the value that follows."""
    return GIVES_VALUE.fullmatch(gap) is not None


def names_region(gap: str) -> bool:
    """Whether a bound describes a region, and no name: `on the branch x > 0`."""
    return REGION.search(gap) is not None


def names_kronecker(gap: str) -> bool:
    """Whether words call a delta the one of Kronecker."""
    return (
        re.search(r"kronecker|克罗内克|克罗尼克|indicator|\bis (?:1|one|\$?1)", gap, re.I)
        is not None
    )


def names_distribution(gap: str) -> bool:
    """Whether words call a function the one of the normal distribution."""
    return re.search(r"normal|gaussian|cdf|distribution|正态|高斯|分布", gap[:60], re.I) is not None


def names_image(gap: str) -> bool:
    """Whether words call a matrix a picture."""
    words = r"\s*(?:be|is|为|是)?\s*(?:an? )?(?:\w+ )?(?:image|picture|photo|图)"
    return re.match(words, gap) is not None


def names_arrays(gap: str) -> bool:
    """Whether words call a name a matrix or a vector without a shape."""
    words = r"\s*(?:be|is|are|为|是)\s*(?:an? )?(?:\w+ )?(?:matri|vector|矩阵|向量)"
    return re.match(words, gap) is not None and not tells_shape_at_end(gap)


ARTICLES = r"(?:an? |the |two |some |any |real |constant |given |all |both |是|为|是一个|为一个)*"
CALLS_AFTER = rf"\s*(?:be|is|are|denotes?|[,，]|是|为)\s*{ARTICLES}(?:[\w-]+ ){{0,2}}"


def calls_matrix(gap: str) -> bool:
    """Whether the words before a name call it a matrix."""
    return re.search(r"(?:\bmatri(?:x|ces)|矩阵|方阵)\s*$", gap, re.IGNORECASE) is not None


def calls_row(gap: str) -> bool:
    """Whether the words before a name call it a row."""
    return re.search(r"(?:\brow vectors?|行向量)\s*$", gap, re.IGNORECASE) is not None


def calls_vector(gap: str) -> bool:
    """Whether the words before a name call it a vector, of which nothing says that it is a row."""
    said = re.search(r"(?:\bvectors?|向量)\s*$", gap, re.IGNORECASE)
    return said is not None and not calls_row(gap)


def is_matrix(gap: str) -> bool:
    """Whether the words behind a name call it a matrix."""
    words = rf"{CALLS_AFTER}(?:matri(?:x|ces)\b|[^，。,.]{{0,8}}(?:矩阵|方阵))"
    return re.match(words, gap, re.IGNORECASE) is not None


def is_row(gap: str) -> bool:
    """Whether the words behind a name call it a row."""
    words = rf"{CALLS_AFTER}(?:row vectors?\b|[^，。,.]{{0,6}}行向量)"
    return re.match(words, gap, re.IGNORECASE) is not None


def is_vector(gap: str) -> bool:
    """Whether the words behind a name call it a vector, of which nothing says that it is a row."""
    words = rf"{CALLS_AFTER}(?:vectors?\b|[^，。,.]{{0,6}}向量)"
    return re.match(words, gap, re.IGNORECASE) is not None and not is_row(gap)


SQUARE = r"(?:square|invertible|non-?singular|covariance)"
SPECIAL = r"(?:orthogonal|orthonormal|unitary|projection|permutation|triangular|rotation)"


def calls_square(gap: str) -> bool:
    """Whether the words before a name call it a square matrix."""
    words = rf"(?:\b{SQUARE}(?: \w+)? matri(?:x|ces)|方阵|(?:可逆|协方差)矩阵)\s*$"
    return re.search(words, gap, re.IGNORECASE) is not None


def is_square(gap: str) -> bool:
    """Whether the words behind a name call it a square matrix."""
    words = rf"{CALLS_AFTER}{SQUARE}(?: \w+)? matri(?:x|ces)\b"
    chinese = r"\s*[是为][^，。,.]{0,8}(?:方阵|(?:可逆|协方差)矩阵)"
    return re.match(rf"{words}|{chinese}", gap, re.IGNORECASE) is not None


def calls_special(gap: str) -> bool:
    """Whether the words before a name call it a matrix with entries that are not free."""
    words = rf"(?:\b{SPECIAL}(?: \w+)? matri(?:x|ces)|(?:正交|投影|三角|置换|旋转)矩?阵)\s*$"
    return re.search(words, gap, re.IGNORECASE) is not None


def is_special(gap: str) -> bool:
    """Whether the words behind a name call it a matrix with entries that are not free."""
    words = rf"{CALLS_AFTER}{SPECIAL}\b"
    chinese = r"\s*[是为][^，。,.]{0,8}(?:正交|投影|三角|置换|旋转)矩?阵"
    return re.match(rf"{words}|{chinese}", gap, re.IGNORECASE) is not None


def gives_entries(gap: str) -> bool:
    """Whether words lead to the entries of what they have just named: `with entries`."""
    words = r"\b(?:with|whose|has|having)(?: the)?(?: diagonal)? (?:entries|elements|components)"
    ends = r"(?: given by| are)?\s*[:：]?\s*$"
    return re.search(words + ends, gap, re.IGNORECASE) is not None


def calls_diagonal(gap: str) -> bool:
    """Whether the words before a name call it a diagonal matrix."""
    words = r"(?:\bdiagonal(?: \w+)? matri(?:x|ces)|对角矩?阵)\s*$"
    return re.search(words, gap, re.IGNORECASE) is not None


def is_diagonal(gap: str) -> bool:
    """Whether the words behind a name call it a diagonal matrix."""
    words = rf"{CALLS_AFTER}diagonal\b|\s*[是为][^，。,.]{{0,8}}对角矩?阵"
    return re.match(words, gap, re.IGNORECASE) is not None


CALLED_BEFORE = {2: calls_matrix, 1: calls_vector, -1: calls_row}
CALLED_AFTER = {2: is_matrix, 1: is_vector, -1: is_row}


def speaks_of_other(text: str) -> bool:
    """Whether the words between two displays lead to something new."""
    words = text.strip()
    return re.search(
        r"(?:\b(?:is|are|gives?|reads?|becomes?)|为|是|有)\s*:?：?$", words
    ) is not None or (re.search(r"derivative|gradient|slope|导数|梯度", words, re.I) is not None)


def leads_on(gap: str) -> bool:
    """Whether a sentence goes on up to a formula, which may stand in a paragraph of its own."""
    words = gap.rstrip()
    ends = not words or words[-1] in ":：,，、" or "\n\n" not in gap[len(words) :]
    return ends and SENTENCE_END.search(words) is None


def explains(gap: str) -> bool:
    """Whether a formula explains a name that the one before it uses: `, where`."""
    return EXPLAINS.match(gap) is not None


def equates(gap: str) -> bool:
    """Whether words say that one formula is another, or its derivative."""
    return EQUATES.fullmatch(gap) is not None


def concludes(gap: str) -> bool:
    """Whether words such as `hence` lead to what follows."""
    return CONCLUDING.search(re.split(r"[.。;；\n]", gap.rstrip())[-1]) is not None


def sets_to_zero(gap: str) -> bool:
    """Whether a page looks for where something is zero, and does not conclude that it is."""
    said = SETS_TO_ZERO.search(gap)
    return said is not None and not concludes(gap[said.end() :])


def solves_for_zero(gap: str) -> bool:
    """Whether words set the derivative that stands before to zero, to tell what follows."""
    return SOLVES_FOR_ZERO.search(gap) is not None


def names_stationary(gap: str) -> bool:
    """Whether words call what follows the conditions of an optimum."""
    return STATIONARY.search(gap) is not None


def takes_left(gap: str) -> bool:
    """Whether words take the derivative from the left at a kink."""
    return TAKES_AT_KINKS["left"].search(gap) is not None


def takes_right(gap: str) -> bool:
    """Whether words take the derivative from the right at a kink."""
    return TAKES_AT_KINKS["right"].search(gap) is not None


def takes_between(gap: str) -> bool:
    """Whether words give a kink, by convention, a slope between those at its sides."""
    return TAKES_AT_KINKS["between"].search(gap) is not None


KINKS = {"left": takes_left, "right": takes_right, "between": takes_between}


def tells_symmetric(gap: str) -> bool:
    """Whether the words behind a matrix call it symmetric: `A is symmetric`."""
    return TELLS_SYMMETRIC.match(gap) is not None


def takes_denominator_layout(text: str) -> bool:
    """Whether a page names the denominator layout, and no other, as its own."""
    named = re.findall(r"分母布局|denominator[- ]layout", text, re.IGNORECASE)
    others = re.search(
        r"分子布局|混合布局|(?:numerator|mixed)[- ]layout"
        r"|(?:不|非|而不是|\b(?:not|no|than|un\w+)\b)[^。.\n]{0,20}(?:分母布局|denominator)",
        text,
        re.IGNORECASE,
    )
    return bool(named) and others is None


def sums_repeated_indices(text: str) -> bool:
    """Whether a page sums over every index that stands twice, without a sign."""
    said = re.search(
        r"Einstein(?:'s|’s)? (?:summation|notation|convention|sum)"
        r"|repeated (?:indices|index|subscripts?) (?:(?:are|is) (?:summed|implicitly summed)|impl)"
        r"|sum(?:med|ming|mation)? over (?:all )?repeated"
        r"|爱因斯坦(?:求和|约定|记号)|重复(?:的)?(?:下标|指标|角标)(?:表示|意味着|要)?求和",
        text,
        re.IGNORECASE,
    )
    denied = re.search(
        r"(?:\b(?:no|not|without|avoid\w*|instead of)\b|不|非|没有)[^。.\n]{0,24}"
        r"(?:Einstein|repeated ind|爱因斯坦|重复)",
        text,
        re.IGNORECASE,
    )
    return said is not None and denied is None


def tells_constant(gap: str) -> bool:
    """Whether the words behind a name call it constant: `A is a constant matrix`."""
    return TELLS_CONSTANT.match(gap) is not None


def calls_constant(gap: str) -> bool:
    """Whether the words before a name call it constant: `for a constant matrix A`."""
    return CALLS_CONSTANT.search(gap) is not None


def calls_symmetric(gap: str) -> bool:
    """Whether the words before a matrix call it symmetric: `the symmetric matrix A`."""
    return CALLS_SYMMETRIC.search(gap) is not None


def calls_one_hot(gap: str) -> bool:
    """Whether words call the name behind them a vector with a single one: `one-hot labels y`."""
    return CALLS_ONE_HOT.search(gap) is not None


def one_hot(gap: str) -> bool:
    """Whether a sentence speaks of a vector with a single one."""
    said = re.split(r"[.。\n]", gap)[0]
    denied = re.search(r"\b(?:not|non|un\w+|without|no)\b|不|非|没", said, re.IGNORECASE)
    return ONE_HOT.search(said) is not None and denied is None


APPLIES = re.compile(
    r"[^.。\n]*(?:applied to|comput\w+ from|evaluated (?:at|on)|function of(?: the)?(?: its)?"
    r"(?: entries of| weights| parameters)?(?: all)?|depends on|作用于|作用在|取决于|关于)\s*$",
    re.IGNORECASE,
)
FUNCTION_OF = re.compile(r"\s*的\s*[^，。,.]{0,8}函数|\s*处(?:取值|计算)")


def tells_shape(gap: str) -> bool:
    """Whether words say that what follows is the shape of what stands before."""
    return re.search(r"\b(?:is|be|are|has|have|of|with|an?)\b|为|是|有", gap) is not None


def tells_shape_at_end(gap: str) -> bool:
    """Whether words before sizes speak of a shape."""
    return (
        re.search(r"(?:shape|size|dimensions?|形状|大小|维度)\s*(?:为|是|of|:)?\s*$", gap)
        is not None
    )


def names_matrix(gap: str) -> bool:
    """Whether words behind sizes speak of a matrix."""
    return (
        re.match(r"\s*(?:-?dimensional )?(?:matri|image|array|filter|的?矩阵|维)", gap) is not None
    )


def applies(gap: str) -> bool:
    """Whether words say that one thing is a function of the next: `is applied to`."""
    return APPLIES.fullmatch(gap) is not None and re.search(r"\bnot\b|不", gap) is None


def is_function_of(gap: str) -> bool:
    """Whether words say that something is a function of what stands before them."""
    return FUNCTION_OF.match(gap) is not None


def says_is(gap: str) -> bool:
    """Whether nothing but `is` stands between two names."""
    return re.fullmatch(r"\s*(?:是|为|在)\s*(?:这|所有)?\S{0,3}\s*", gap) is not None


def says_rows(gap: str) -> bool:
    """Whether what follows is called a row of what stands before."""
    return _says_lines(gap, r"rows?|linhas?|Zeilen?", "行")


def says_columns(gap: str) -> bool:
    """Whether what follows is called a column of what stands before."""
    return _says_lines(gap, r"columns?|colunas?|Spalten?", "列")


def _says_lines(gap: str, words: str, sign: str) -> bool:
    if re.search(r"\bnot\b|不", gap):
        return False
    latin = (
        rf"(?:^|\b(?:with|whose|has|have|having|and|of|the|as|are|com|mit)\s+|\()\s*(?:{words})\s*$"
    )
    chinese = rf"(?:^|的|各|每|第|个|\s){sign}(?:向量)?(?:分别)?(?:为|是|：|:|记为|记作)?\s*$"
    return re.search(latin, gap, re.IGNORECASE) is not None or re.search(chinese, gap) is not None


SAYS_LINES = {"row": says_rows, "column": says_columns}


def is_part_of(gap: str) -> bool:
    """Whether words go on with a part of what stands before them: `'s entry`, `的第`."""
    return re.match(r"\s*(?:的|'s\b)", gap) is not None


def goes_on_declaring(gap: str) -> bool:
    """Whether a formula goes on with the declarations of its sentence: `is symmetric, with`."""
    return goes_on(gap) and CONCLUDING.search(gap) is None


def stays_in_section(gap: str) -> bool:
    """Whether no heading stands between two formulas."""
    return re.search(r"\n[ \t>]*#{1,6} ", gap) is None


def goes_on(gap: str) -> bool:
    """Whether the sentence goes on between two formulas."""
    return SENTENCE_END.search(gap) is None
