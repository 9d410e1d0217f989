"""One's own data: asked for, answered, asked again."""


def test_a_copy_is_asked_for_answered_and_looked_at_again(tell):
    story = tell("2026-09-23 09:00")  # a Wednesday; 25 to 27 September and 1 to 7 October are off
    lijuan = story.lijuan
    office = story.staff("office", "governance_centre", "centre_clerk", level="county")
    story.staff("other", "department", of="水务局")

    lijuan.opens("data_request", "ask", title="我的数据", wish="copy")
    story.then(
        "asked",
        due={"answer": "Wed 2026-10-21"},
        told={"lijuan", "office"},
        see={"lijuan", "office"},
    )
    office.does("answer", outcome="granted")
    story.then(
        "answered",
        due={"again": "Thu 2026-10-08"},
        told={"lijuan"},
        see={"lijuan", "office"},
    )
    lijuan.does("look_again", why="少一件")
    story.then(
        "asked",
        due={"answer": "Wed 2026-10-21"},
        told={"office"},
        see={"lijuan", "office"},
    )
    story.on("2026-10-08 09:00")
    office.does("answer", outcome="granted")
    story.then(
        "answered",
        due={"again": "Fri 2026-10-23"},
        told={"lijuan"},
        see={"lijuan", "office"},
    )
