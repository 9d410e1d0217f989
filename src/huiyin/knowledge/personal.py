"""Words in a text that may be about a person: what a public page never shows.

Numbers that can only be somebody's own are certain and keep an entry from being published. Names
and doors are only likely, since "王府井" and "3 号楼" may be nobody's: whoever checks has to look
at them and says so.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Sort(StrEnum):
    """What a finding may be."""

    PHONE = "phone"
    IDENTITY = "identity"
    PLATE = "plate"
    ACCOUNT = "account"
    EMAIL = "email"
    NAME = "name"
    DOOR = "door"


CERTAIN = frozenset({Sort.PHONE, Sort.IDENTITY, Sort.PLATE, Sort.ACCOUNT, Sort.EMAIL})

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾"
    "丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤"
    "尹黎易常武乔贺赖龚文"
)
_PATTERNS: tuple[tuple[Sort, re.Pattern[str]], ...] = (
    (Sort.IDENTITY, re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])")),
    (
        Sort.ACCOUNT,
        re.compile(r"(?<!\d)(?:62|4\d|5[1-5])\d{2}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)"),
    ),
    (
        Sort.PHONE,
        re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![0-9A-Za-z])"),
    ),
    (
        Sort.PLATE,
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z]"
            r"[·\s]?[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
        ),
    ),
    (Sort.EMAIL, re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)),
    (
        Sort.NAME,
        re.compile(
            rf"[{_SURNAMES}](?:某{{1,2}}|先生|女士|大爷|大妈|大娘|阿姨|师傅|老师|同志)"
            rf"|(?:姓名|名叫|叫做|居民|村民|业主|市民|诉求人)[:：]?[{_SURNAMES}][一-鿿]{{1,2}}"
            rf"(?=[，。、；：（]|反映|来电|$)"
        ),
    ),
    (
        Sort.DOOR,
        re.compile(
            r"\d+\s*(?:号楼|栋|幢)\s*(?:\d+\s*单元\s*)?\d+\s*(?:室|号|户)"
            r"|\d+\s*(?:号楼|栋|幢)\s*\d+\s*单元"
            r"|\d+\s*单元\s*\d+\s*(?:室|号|户)"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A run of words that may be about a person, and where it stands in the text."""

    sort: Sort
    words: str
    start: int
    end: int

    @property
    def is_certain(self) -> bool:
        """Whether it can only be somebody's own."""
        return self.sort in CERTAIN


def findings(text: str) -> list[Finding]:
    """Return what may be about a person, in the order of the text; no two overlap."""
    found: list[Finding] = []
    for sort, pattern in _PATTERNS:
        for hit in pattern.finditer(text):
            if all(hit.end() <= one.start or one.end <= hit.start() for one in found):
                found.append(Finding(sort, hit.group(), hit.start(), hit.end()))
    return sorted(found, key=lambda one: one.start)


def marked(text: str) -> list[tuple[str, Finding | None]]:
    """Cut a text into runs, each with what was found in it; joined they are the text."""
    runs: list[tuple[str, Finding | None]] = []
    at = 0
    for one in findings(text):
        if one.start > at:
            runs.append((text[at : one.start], None))
        runs.append((one.words, one))
        at = one.end
    if at < len(text):
        runs.append((text[at:], None))
    return runs
