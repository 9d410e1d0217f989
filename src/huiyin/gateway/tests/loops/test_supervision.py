"""A supervision order: the unit answers in writing within five working days."""


def test_a_late_order_is_supervised_until_the_unit_has_answered(tell):
    story = tell("2026-09-23 09:00")  # a Wednesday; 25 to 27 September and 1 to 7 October are off
    lijuan = story.lijuan
    hotline = story.staff("hotline", "hotline_centre", "hotline_agent")
    leader = story.staff("leader", "hotline_centre", "leader")
    bureau = story.staff("bureau", "department", of="住建局")
    story.staff("other", "department", of="水务局")
    lijuan.opens("hotline", "submit_online")
    hotline.does("dispatch", to_unit=bureau, basis="functional", grade="ordinary")
    story.on("2026-09-28 09:00")

    leader.does("supervise", unit=bureau, degree="daily", ground="unsolved")
    story.then(
        "dispatched",
        due={
            "acknowledge": "Thu 2026-09-24",
            "return_window": "Mon 2026-09-28",
            "answer": "Thu 2026-10-08",
            "promise": "Thu 2026-10-08",
            "supervision.feedback": "Sat 2026-10-10",
        },
        told={"bureau"},
        see={"lijuan", "hotline", "leader", "bureau"},
    )
    bureau.does("give_feedback", in_run="supervision", outcome="under_way", done_by="2026-10-08")
    story.then(
        "dispatched",
        due={
            "acknowledge": "Thu 2026-09-24",
            "return_window": "Mon 2026-09-28",
            "answer": "Thu 2026-10-08",
            "promise": "Thu 2026-10-08",
            "supervision.review": "Thu 2026-10-08",
        },
        told={"hotline"},
        see={"lijuan", "hotline", "leader", "bureau"},
    )
    leader.does("return_feedback", in_run="supervision")
    story.then(
        "dispatched",
        due={
            "acknowledge": "Thu 2026-09-24",
            "return_window": "Mon 2026-09-28",
            "answer": "Thu 2026-10-08",
            "promise": "Thu 2026-10-08",
            "supervision.feedback": "Sat 2026-10-10",
        },
        told={"bureau"},
        see={"lijuan", "hotline", "leader", "bureau"},
    )
    story.on("2026-10-08 09:00")
    bureau.does("give_feedback", in_run="supervision", outcome="done")
    leader.does("lift", in_run="supervision")
    story.then(
        "dispatched",
        due={
            "acknowledge": "Thu 2026-09-24",
            "answer": "Thu 2026-10-08",
            "promise": "Thu 2026-10-08",
        },
        told={"bureau", "hotline"},
        see={"lijuan", "hotline", "leader", "bureau"},
    )

    # the order itself is between the centre and the bureau
    assert lijuan.runs() == {"hotline"}
    assert bureau.runs() == {"hotline", "supervision"}
