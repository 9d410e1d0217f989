"""Words that mean danger to life now: the number to call comes before any category. Pure.

The list is short on purpose: plain words that people shout or type, Chinese and English. They do
not count beside words of worry ("怕着火") or of what comes afterwards ("车祸赔偿", "fire exit").
"""

import re

NUMBERS = ("120", "119", "110", "122")  # also the order when two are meant: life first

_WORDS = {
    "119": (
        r"着火|起火|失火|大火|爆炸|(?:煤气|燃气)泄漏|漏(?:煤气|燃气)|煤气味|溺水|落水"
        r"|掉(?:进|河|水里|井|坑)|被困|卡在电梯"
        r"|\b(?:fire|flames|explosion|exploded|gas leak|smell of gas|drowning|trapped)\b"
    ),
    "120": (
        r"晕倒|晕过去|昏倒|昏迷|没有?呼吸|不喘气|心脏病(?:犯|发)|心梗|脑梗|抽搐|大出血|血流不止|触电"
        r"|中毒|喝了?农药|吃错药|要生了|噎住"
        r"|\b(?:collapsed|unconscious|not breathing|heart attack|electrocuted|poisoned|overdose"
        r"|choking|bleeding heavily)\b"
    ),
    "110": (
        r"救命|杀人|砍人|捅人|持刀|拿刀|绑架|抢劫|被抢|在打人|有人打我|在打我|强奸|入室"
        r"|跳楼|跳河|跳桥|轻生|自杀|不想活|割腕"
        r"|\b(?:help me|stabbed|stabbing|robbed|kidnapped|raped|suicide)\b"
    ),
    "122": r"撞了?人了|撞伤|出车祸|\b(?:hit by a car|car crash|run over)\b",
}
_EMERGENCY = re.compile("|".join(f"(?P<n{number}>{_WORDS[number]})" for number in NUMBERS))
# Characters of the same clause, before and after, in which other words take the alarm away.
_BEFORE_CHARS, _AFTER_CHARS = 10, 14
_CLAUSE = re.compile(r"[，,。.！!？?；;：:]")
_WORRY = re.compile(r"怕|担心|容易|防|万一|差点|会不会|如果|不$|(?:might|afraid|risk|no|if)\b")
_AFTER = re.compile(
    r"赔|认定|算不算|责任|纠纷|保险|补助|救助|报销|演练|隐患|怎么(?:防|申|办理)|之?后"
    r"|^ ?(?:hydrant|exit|door|lane|safety|alarm|drill|extinguisher|escape|equipment|station)"
)


def emergency_number(text: str) -> str:
    """Return the number to call first (120, 119, 110 or 122), or "" when nothing sounds urgent."""
    plain = " ".join(text.casefold().split())
    heard = {
        str(found.lastgroup)[1:]
        for found in _EMERGENCY.finditer(plain)
        if not _WORRY.search(_CLAUSE.split(plain[: found.start()])[-1][-_BEFORE_CHARS:])
        and not _AFTER.search(_CLAUSE.split(plain[found.end() :])[0][:_AFTER_CHARS])
    }
    return next((number for number in NUMBERS if number in heard), "")
