"""Invented people and numbers. The same key always gives the same name; a namesake is chance.

Numbers cannot be anybody's: local numbers never start with 0, the trunk prefix, so 0534-0xxxxxx is
written like an office line of Dezhou and cannot be dialled; no operator was ever given 154, so
154xxxxxxxx is written like a mobile number and has no subscriber.
"""

from collections.abc import Iterable
from hashlib import blake2b

# Weighted roughly as in northern Shandong.
_SURNAMES = (
    "王" * 12
    + "张" * 11
    + "李" * 10
    + "刘" * 9
    + "孙赵杨陈" * 4
    + "马" * 3
    + "吴徐朱高郭宋于韩冯曹董程傅崔任姜范田石郑梁谢唐许邓彭曾萧蒋贾"
    + "魏吕丁沈卢潘杜戴夏钟汪邹熊孟秦白江阎薛尹段雷侯龙史陶黎贺顾毛"
    + "郝龚邵万钱严武莫孔滕苗邢耿庞殷温柳车岳齐翟商牟盖巩"
)
_FIRST = (
    "建志文明海春秋玉金德永长新立广兴忠义凤桂秀淑兰月红丽晓雪思雨子梓一若书俊宇浩天佳怡欣欢诗语"
    "承景向光树庆云汝延守传继世洪福存茂振士正学孝敬其殿连保同召丰如尚彦方昌松柏"
)
_SECOND = (
    "国军民华生林峰波杰辉勇刚伟斌鹏飞龙虎成材栋梁柱石田河岭江川洋海霞芳萍娟敏静洁燕英梅莲菊花琴玲"
    "珍珠翠荣芹芝香云霜露晨曦彤菲涵萱琪瑶瑞祺轩博睿哲远航达凯旋阳光亮星辰月圆合和顺利昌盛业勤俭"
)


def number(key: str) -> int:
    """Return a large number that depends on the key alone, on every machine, in every version."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest())


def chosen(keys: Iterable[str], many: int, *, salt: str) -> frozenset[str]:
    """Choose exactly `many` of the keys, evenly scattered and always the same.

    Raises ValueError when there are fewer keys than that.
    """
    ranked = sorted(keys, key=lambda key: (number(f"{salt}/{key}"), key))
    if many > len(ranked) or many < 0:
        raise ValueError(f"{many:,} of {len(ranked):,} keys cannot be chosen ({salt}).")
    return frozenset(ranked[:many])


def person(key: str) -> str:
    """Return the invented name of whoever `key` stands for."""
    left = number(key)
    left, surname = divmod(left, len(_SURNAMES))
    left, first = divmod(left, len(_FIRST))
    left, second = divmod(left, len(_SECOND))
    middle = "" if left % 7 == 0 else _FIRST[first]
    return _SURNAMES[surname] + middle + _SECOND[second]


def office_line(key: str) -> str:
    """Return an office number written as in Dezhou that cannot be dialled."""
    return f"0534-0{number('line/' + key) % 1_000_000:06d}"


def mobile(block: int, place: int) -> str:
    """Return a number written like a mobile number: block 0 to 9, place 0 to 9,999,999."""
    if not (0 <= block <= 9 and 0 <= place <= 9_999_999):
        raise ValueError(f"There is no demo number {block}/{place}.")
    return f"154{block}{place:07d}"
