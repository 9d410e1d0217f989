"""Residents find a category by their own words."""

import math
from collections import Counter

import pytest

from huiyin.categories.tests.data_files import LEAF_BY_CODE, LEAVES, Row, table

# Queries of residents that are no phrase of the file, and the leaf they mean.
QUERIES = table(
    """
楼下路灯坏了没人修 020201
小区停水一天了 030101
家里停电什么时候来电 030201
闻见煤气味怎么办 030301
老板不给工资 090102
工地干活不给钱 090101
夜里施工吵得睡不着 080101
广场舞太吵 080102
垃圾没人收 010101
物业不干活 050101
电梯困住人了 050201
公交车好久不来 070101
停车难没有车位 070303
孩子上学划片 130102
户口怎么迁 140201
低保怎么申请 110101
河里有垃圾 190101
烧秸秆冒烟 080204
超市卖过期食品 160102
健身卡退不了钱 160304
理财本金拿不回来 170101
旅行社不退钱 200101
养老金没发 100102
手机没信号 040102
快递丢了 040201
被同学欺负 130301
法院判了不执行 220203
撞车了 070401
着火了 150101
老人走丢了 140105
楼上漏水 210102
房产证办不下来 050402
浇地的机井坏了 180305
厂里偷偷排污水 080302
看监控录像 140404
违章建筑 010301
外卖骑手受伤 090207
下雨积水 020303
心里难受想找人聊聊 120401
异地看病报销 100402
社保卡丢了 100201
买到假货 160301
企业拖欠货款 250102
征地补偿款没给 060102
宅基地 060204
    """,
    2,
)


class BigramOracle:
    """The tests' own scorer, independent of the product's search.

    Two-character pieces of name and phrases, rarer pieces weigh more, long entries weigh less.
    """

    def __init__(self, rows: list[Row]) -> None:
        self.pieces = {
            row["code"]: self.cut(row["name_zh"])
            | self.cut(row["phrase_1"])
            | self.cut(row["phrase_2"])
            for row in rows
        }
        self.frequency = Counter(piece for pieces in self.pieces.values() for piece in pieces)

    @staticmethod
    def cut(text: str) -> set[str]:
        return {text[i : i + 2] for i in range(len(text) - 1)}

    def weight(self, piece: str) -> float:
        return math.log(1 + len(self.pieces) / self.frequency[piece]) ** 2

    def ranking(self, query: str) -> list[str]:
        wanted = self.cut(query)
        score = {
            code: sum(self.weight(p) for p in wanted & pieces)
            / math.sqrt(sum(self.weight(p) for p in pieces))
            for code, pieces in self.pieces.items()
        }
        return sorted(score, key=lambda code: (-score[code], code))


ORACLE = BigramOracle(LEAVES)


def test_each_leaf_comes_first_for_its_name_and_for_both_phrases() -> None:
    found_elsewhere = [
        (row["code"], query, LEAF_BY_CODE[ORACLE.ranking(query)[0]]["name_zh"])
        for row in LEAVES
        for query in (row["name_zh"], row["phrase_1"], row["phrase_2"])
        if ORACLE.ranking(query)[0] != row["code"]
    ]

    assert found_elsewhere == []


@pytest.mark.parametrize(("query", "code"), QUERIES)
def test_words_of_residents_that_are_in_no_phrase_find_the_leaf_near_the_top(
    query: str, code: str
) -> None:
    assert query not in {row[column] for row in LEAVES for column in ("phrase_1", "phrase_2")}
    assert code in ORACLE.ranking(query)[:3]
