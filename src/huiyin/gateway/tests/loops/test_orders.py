"""A service order: somebody comes to the house, over the National Day holiday."""


def test_an_order_for_a_visit_from_the_wish_to_the_stars(tell):
    story = tell("2026-09-28 10:00")  # a Monday; 1 to 7 October are off, Saturday the 10th is not
    lijuan = story.lijuan
    centre = story.staff("centre", "governance_centre", "centre_clerk", level="county")
    bureau = story.staff("bureau", "department", of="司法局")
    story.staff("other", "department", of="水务局")

    lijuan.opens("orders", "submit", service="offline", mode="visit", address="新华路 3 号")
    story.then(
        "submitted",
        due={"assign": "Mon 2026-09-28 14:00", "whole": "Sat 2026-10-10"},
        told={"centre", "lijuan"},
        see={"lijuan", "centre"},
    )
    centre.does("assign", to_unit=bureau)
    story.then(
        "assigned",
        due={"accept": "Tue 2026-09-29", "whole": "Sat 2026-10-10"},
        told={"bureau", "lijuan"},
        see={"lijuan", "centre", "bureau"},
    )
    story.on("2026-09-29 09:00")
    bureau.does("accept", handler="王芳")
    story.then(
        "accepted",
        due={"respond": "Fri 2026-10-09", "whole": "Sat 2026-10-10"},
        told={"lijuan"},
        see={"lijuan", "centre", "bureau"},
    )
    bureau.does("schedule_visit", visit_at="2026-10-08T10:00+08:00", who="王芳")
    story.then(
        "visit_scheduled",
        due={"whole": "Sat 2026-10-10", "visit": "Mon 2026-10-12"},
        told={"lijuan"},
        see={"lijuan", "centre", "bureau"},
    )
    story.on("2026-10-08 11:00")
    bureau.does("record_visit")
    story.then(
        "visited",
        due={"whole": "Sat 2026-10-10", "visit": "Mon 2026-10-12"},
        told=set(),
        see={"lijuan", "centre", "bureau"},
    )
    bureau.does("answer", result="served")
    story.then(
        "served",
        due={"reopen_window": "Thu 2026-10-15"},
        told={"lijuan"},
        see={"lijuan", "centre", "bureau"},
    )
    lijuan.does("rate", stars=5)
    story.then(
        "served",
        due={"reopen_window": "Thu 2026-10-15"},
        told={"centre"},
        see={"lijuan", "centre", "bureau"},
    )
