"""The town whistles: the county bureau has to come within a working day (乡呼县应)."""


def test_the_bureau_comes_does_its_part_and_both_judge_each_other(tell):
    story = tell("2026-09-23 09:00")  # a Wednesday; 25 to 27 September and 1 to 7 October are off
    lijuan = story.lijuan
    centre = story.staff("centre", "governance_centre", "centre_clerk")
    story.staff("county", "governance_centre", "centre_clerk", level="county")
    bureau = story.staff("bureau", "department", of="区水务局", level="county")
    story.staff("other", "department", of="住建局")
    lijuan.opens("grid", "submit", title="管道破裂", urgency="normal")
    story.on("2026-09-23 10:00")

    centre.does("blow_whistle", to_units=[bureau], level="county", urgency="normal")
    story.then(
        "reported",
        due={"intake": "Mon 2026-09-28", "whistle.report_in": "Thu 2026-09-24"},
        told={"bureau"},
        see={"lijuan", "centre", "county", "bureau"},
    )
    story.on("2026-09-24 15:00")
    bureau.does("report_in", in_run="whistle", how="on_site")
    story.then(
        "reported",
        due={"intake": "Mon 2026-09-28", "whistle.finish": "Wed 2026-09-30"},
        told={"centre"},
        see={"lijuan", "centre", "county", "bureau"},
    )
    story.on("2026-09-28 09:00")
    bureau.does("finish", in_run="whistle", outcome="done")
    story.then(
        "reported",
        due={"intake": "Mon 2026-09-28", "whistle.assess": "Sat 2026-10-10"},
        told={"centre"},
        see={"lijuan", "centre", "county", "bureau"},
    )
    centre.does("assess_called", in_run="whistle", part="full")
    bureau.does("assess_caller", in_run="whistle")
    story.then(
        "reported",
        due={"intake": "Mon 2026-09-28", "whistle.assess": "Sat 2026-10-10"},
        told={"bureau", "centre"},
        see={"lijuan", "centre", "county", "bureau"},
    )

    # how the units judge each other is theirs
    assert lijuan.runs() == {"grid"}
    assert bureau.runs() == {"grid", "whistle"}
