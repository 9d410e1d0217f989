"""The grid: a broken cover, reported by a resident, sent back, done badly once, over a weekend."""


def test_a_broken_cover_from_the_report_to_the_stars(tell):
    story = tell("2026-09-23 09:00")  # a Wednesday; 25 to 27 September and 1 to 7 October are off
    lijuan = story.lijuan
    story.staff("village", "village_committee", "grid_worker", level="village")
    centre = story.staff("centre", "governance_centre", "centre_clerk")
    bureau = story.staff("bureau", "department", of="住建局")
    story.staff("other", "department", of="水务局")

    lijuan.opens("grid", "submit", urgency="normal")
    story.then(
        "reported",
        due={"intake": "Mon 2026-09-28"},
        told={"lijuan", "village"},
        see={"lijuan", "village", "centre"},
    )

    centre.does("verify_report", finding="as_reported", urgency="normal", level="town")
    story.then(
        "verified",
        due={"intake": "Mon 2026-09-28"},
        told=set(),
        see={"lijuan", "village", "centre"},
    )
    centre.does("register", grade="normal")
    story.then(
        "registered",
        due={"dispatch": "Thu 2026-09-24", "answer": "Fri 2026-10-09"},
        told={"lijuan"},
        see={"lijuan", "village", "centre"},
    )
    centre.does("analyse", basis="functional", level="town", grade="normal", urgency="normal")
    story.then(
        "analysed",
        due={"dispatch": "Thu 2026-09-24", "answer": "Fri 2026-10-09"},
        told=set(),
        see={"lijuan", "village", "centre"},
    )

    story.on("2026-09-24 09:00")
    centre.does("dispatch", to_unit=bureau)
    story.then(
        "dispatched",
        due={"sign": "Mon 2026-09-28", "handle": "Wed 2026-09-30", "answer": "Fri 2026-10-09"},
        told={"bureau", "lijuan"},
        see={"lijuan", "village", "centre", "bureau"},
    )
    bureau.does("acknowledge", handler="王芳")
    bureau.does("start_handling")
    story.then(
        "handling",
        due={"handle": "Wed 2026-09-30", "answer": "Fri 2026-10-09"},
        told={"lijuan"},
        see={"lijuan", "village", "centre", "bureau"},
    )

    # done, but not well: somebody who is not of the bureau looks at it and sends it back
    story.on("2026-09-28 16:00")
    bureau.does("feed_back", result="solved")
    story.then(
        "fed_back",
        due={"verify": "Wed 2026-09-30", "answer": "Fri 2026-10-09"},
        told={"village"},
        see={"lijuan", "village", "centre", "bureau"},
    )
    assert bureau.is_refused("verify_result", how="on_site", text="好") == "run.not_yours"
    centre.does("rework", how="on_site")
    story.then(
        "handling",
        due={"handle": "Thu 2026-10-08", "answer": "Fri 2026-10-09"},
        told={"bureau"},
        see={"lijuan", "village", "centre", "bureau"},
    )
    story.on("2026-09-29 10:00")
    bureau.does("feed_back", result="solved")
    centre.does("verify_result", how="on_site")
    story.then(
        "verified_result",
        due={"close": "Wed 2026-09-30"},
        told={"bureau", "lijuan", "village"},
        see={"lijuan", "village", "centre", "bureau"},
    )
    centre.does("close", settled_at="town")
    story.then(
        "closed",
        due={"reopen_window": "Thu 2026-10-08", "archive": "Thu 2026-10-29"},
        told={"bureau", "lijuan"},
        see={"lijuan", "village", "centre", "bureau"},
    )
    lijuan.does("rate", stars=5, solved="yes", anonymous=False)
    story.then(
        "closed",
        due={"reopen_window": "Thu 2026-10-08", "archive": "Thu 2026-10-29"},
        told=set(),
        see={"lijuan", "village", "centre", "bureau"},
    )
