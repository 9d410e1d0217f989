"""Assistance: another unit answers within two working days, or says why it may not."""


def test_a_helper_answers_and_sees_what_it_helps_with(tell):
    story = tell("2026-09-23 09:00")  # a Wednesday; 25 to 27 September and 1 to 7 October are off
    lijuan = story.lijuan
    hotline = story.staff("hotline", "hotline_centre", "hotline_agent")
    bureau = story.staff("bureau", "department", of="住建局")
    helper = story.staff("helper", "department", of="供电公司")
    story.staff("other", "department", of="水务局")
    lijuan.opens("hotline", "submit_online")
    hotline.does("dispatch", to_unit=bureau, basis="functional", grade="ordinary")
    bureau.does("acknowledge")
    story.on("2026-09-24 09:00")

    bureau.does("ask_assistance", to_units=[helper])
    story.then(
        "acknowledged",
        due={
            "return_window": "Mon 2026-09-28",
            "answer": "Thu 2026-10-08",
            "promise": "Thu 2026-10-08",
            "assist.answer": "Tue 2026-09-29",
        },
        told={"helper"},
        see={"lijuan", "hotline", "bureau", "helper"},
    )
    story.on("2026-09-28 09:00")
    helper.does("answer", in_run="assist")
    story.then(
        "acknowledged",
        due={
            "return_window": "Mon 2026-09-28",
            "answer": "Thu 2026-10-08",
            "promise": "Thu 2026-10-08",
        },
        told={"bureau"},
        see={"lijuan", "hotline", "bureau", "helper"},
    )

    # what units ask of each other is between them
    assert lijuan.runs() == {"hotline"}
    assert helper.runs() == {"hotline", "assist"}
