"""Rows out of a mould look as the template draws them."""

from itertools import product
from uuid import UUID

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from huiyin.web.clock_words import Stand
from huiyin.web.inbox_rows import Row
from huiyin.web.moulds import TEMPLATE, items_of


def a_row(**other):
    plain = {
        "run_id": UUID(int=7), "number": "3714261112345678",
        "title": "100% <b>路灯</b> & “井盖” %(title)s", "procedure": "12345 热线",
        "place": "夏津县'城关'",
        "state": "已派单", "stand": Stand("soon", "今天 17:00 到期"), "who": "李**", "day": 3,
        "is_new": False, "is_confidential": False, "url": "/desk/matters/1?run=2&x=\"y\"",
        "events": 12, "urgency": "",
    }  # fmt: skip
    return Row(**{**plain, **other})


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_row_out_of_the_mould_is_what_the_template_draws(language):
    ways = product(
        (True, False), (True, False), ("", "紧急"), ("overdue", "plain", "done"),
        ("李**", "匿名", "<i>", ""), (True, False),
    )  # fmt: skip
    with translation.override(language):
        for is_new, is_confidential, urgency, state, who, bulk in ways:
            row = a_row(
                is_new=is_new, is_confidential=is_confidential, urgency=urgency, who=who,
                stand=Stand(state, "2 天 < 3 天"),
            )  # fmt: skip
            drawn = render_to_string(TEMPLATE, {"row": row, "bulk": bulk})
            assert items_of([row], has_bulk=bulk) == drawn
