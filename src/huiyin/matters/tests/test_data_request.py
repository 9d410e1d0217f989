"""A request about one's own data (PIPL arts. 44-50): answered, with reasons where refused."""

import pytest

from huiyin.matters.tests.factories import a_run
from huiyin.procedures.simulation import at_local
from huiyin.procedures.tests.answers import decided, due_on, refused

MON = "2025-11-03T09:00"


def a_request(*acts):
    return a_run("data_request", "ask", *acts, at=MON, wish="copy")


def test_a_request_is_answered_within_fifteen_working_days():
    world = a_request()

    assert world.run.state == "asked"
    assert due_on(world, "answer") == "Mon 2025-11-24"
    decided(world.act("answer", outcome="granted", said="已将复制件交给您。"))
    assert world.run.state == "answered"
    assert world.run.clocks["answer"].outcome == "met"


@pytest.mark.parametrize("outcome", ["partly", "refused"])
def test_a_refusal_needs_its_reasons(outcome):
    world = a_request()

    answer = refused(world.act("answer", outcome=outcome, said="未删除。", reasons=""))

    assert list(answer.data["errors"]) == ["reasons"]


def test_a_copy_needs_no_words_and_a_deletion_says_what():
    assert a_request().run.state == "asked"

    world = a_run("data_request", at=MON)
    answer = refused(world.act("ask", wish="deletion", what=""))
    assert list(answer.data["errors"]) == ["what"]


def test_the_person_may_have_it_looked_at_again_once():
    world = a_request("answer")

    decided(world.act("look_again", why="还差去年的一件。"))
    assert world.run.state == "asked"
    assert due_on(world, "answer") == "Mon 2025-11-24"
    decided(world.act("answer", outcome="granted", said="已补上。"))

    assert refused(world.act("look_again", why="再看看")).code == "run.used_up"


def test_an_answer_nobody_objects_to_is_archived_by_itself():
    world = a_request("answer")

    world.advance_to(at_local("2025-11-19T00:01"))

    assert world.run.state == "archived"
