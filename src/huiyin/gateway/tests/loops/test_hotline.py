"""12345: a street lamp, over the Mid-Autumn and National Day holidays, sent back once."""


def test_a_street_lamp_from_the_call_to_the_rating(tell):
    story = tell("2026-09-23 09:00")  # a Wednesday; 25 to 27 September and 1 to 7 October are off
    lijuan = story.lijuan
    hotline = story.staff("hotline", "hotline_centre", "hotline_agent")
    leader = story.staff("leader", "hotline_centre", "leader")
    water = story.staff("water", "department", of="水务局")
    bureau = story.staff("bureau", "department", of="住建局")

    # Li Juan reports it online
    lijuan.opens("hotline", "submit_online")
    story.then(
        "received",
        due={"dispatch": "Wed 2026-09-23 13:00", "promise": "Thu 2026-10-08"},
        told={"hotline", "lijuan"},
        see={"lijuan", "hotline", "leader"},
    )

    # the hotline gives it to the wrong unit
    hotline.does("dispatch", to_unit=water, basis="functional", grade="ordinary")
    story.then(
        "dispatched",
        due={
            "acknowledge": "Thu 2026-09-24",
            "return_window": "Mon 2026-09-28",
            "answer": "Thu 2026-10-08",
            "promise": "Thu 2026-10-08",
        },
        told={"lijuan", "water"},
        see={"lijuan", "hotline", "leader", "water"},
    )

    # which sends it back in time
    story.on("2026-09-24 15:00")
    water.does("return_order", reason="not_our_duty", right_unit=bureau)
    story.then(
        "returned",
        due={"decide_return": "Mon 2026-09-28", "promise": "Thu 2026-10-08"},
        told={"hotline", "lijuan"},
        see={"lijuan", "hotline", "leader", "water"},
    )

    story.on("2026-09-28 09:00")
    hotline.does("redispatch", to_unit=bureau)
    story.then(
        "dispatched",
        due={
            "acknowledge": "Tue 2026-09-29",
            "return_window": "Wed 2026-09-30",
            "promise": "Thu 2026-10-08",
            "answer": "Sat 2026-10-10",
        },
        told={"bureau", "lijuan"},
        see={"lijuan", "hotline", "leader", "water", "bureau"},
    )
    bureau.does("acknowledge", handler="王芳")
    story.then(
        "acknowledged",
        due={
            "return_window": "Wed 2026-09-30",
            "promise": "Thu 2026-10-08",
            "answer": "Sat 2026-10-10",
        },
        told={"lijuan"},
        see={"lijuan", "hotline", "leader", "water", "bureau"},
    )

    story.on("2026-09-30 16:00")
    bureau.does("answer", outcome="solved", told_how="phone")
    story.then(
        "answered",
        due={"audit": "Thu 2026-10-08"},
        told={"hotline", "lijuan"},
        see={"lijuan", "hotline", "leader", "water", "bureau"},
    )

    leader.does("audit", to_the_point=True, really_done=True, told=True)
    story.then(
        "audited",
        due={"call_back": "Sat 2026-10-10"},
        told=set(),
        see={"lijuan", "hotline", "leader", "water", "bureau"},
    )
    story.on("2026-10-08 10:00")
    hotline.does("call_back", contacted="contacted", solved="solved")
    story.then(
        "called_back",
        due={"settle": "Thu 2026-10-15"},
        told={"lijuan"},
        see={"lijuan", "hotline", "leader", "water", "bureau"},
    )
    assert hotline.is_refused("rate", satisfaction="satisfied") == "run.not_yours"
    lijuan.does("rate", satisfaction="satisfied")
    story.then(
        "called_back",
        due={"settle": "Thu 2026-10-15"},
        told={"hotline"},
        see={"lijuan", "hotline", "leader", "water", "bureau"},
    )
