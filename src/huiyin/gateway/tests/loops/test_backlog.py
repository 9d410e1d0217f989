"""A backlog case: a sponsor, a plan, a solution that others judge, and its rating."""


def test_an_old_case_gets_a_sponsor_and_a_solution_that_others_judge(tell):
    story = tell("2026-09-18 09:00")  # a Friday; Sunday the 20th and 10 October are worked
    lijuan = story.lijuan
    office = story.staff("office", "petition_office", "petition_clerk")
    sponsor = story.staff("sponsor", "town_office", "leader")
    bureau = story.staff("bureau", "department", of="住建局")
    centre = story.staff("centre", "governance_centre", "centre_clerk")
    story.staff("other", "department", of="水务局")

    office.opens("backlog", "list", title="拆迁补偿")
    story.then(
        "listed",
        due={"sponsor": "Thu 2026-09-24"},
        told={"lijuan"},
        see={"lijuan", "office", "centre"},
    )
    office.does("name_sponsor", sponsor_unit=sponsor, lead_unit=bureau, lead_basis="subject")
    story.then(
        "sponsored",
        due={"plan": "Fri 2026-10-09"},
        told={"bureau", "lijuan", "sponsor"},
        see={"lijuan", "office", "sponsor", "bureau", "centre"},
    )
    story.on("2026-09-30 09:00")
    bureau.does("plan")
    story.then(
        "planned",
        due={"solve": "Tue 2026-12-29"},
        told={"office", "sponsor"},
        see={"lijuan", "office", "sponsor", "bureau", "centre"},
    )
    bureau.does("start_work", way="field_visit")
    bureau.does("propose_solution")
    story.then(
        "proposed_solution",
        due={"evaluate": "Tue 2026-10-27", "solve": "Tue 2026-12-29"},
        told={"lijuan", "office", "sponsor"},
        see={"lijuan", "office", "sponsor", "bureau", "centre"},
    )
    assert bureau.is_refused("approve_solution") == "run.not_yours"
    story.on("2026-10-12 09:00")
    centre.does("approve_solution", means=["hearing"])
    story.then(
        "evaluated",
        due={"conclude": "Wed 2026-11-11", "solve": "Tue 2026-12-29"},
        told={"bureau", "lijuan", "sponsor"},
        see={"lijuan", "office", "sponsor", "bureau", "centre"},
    )
    office.does("conclude_solved")
    story.then(
        "solved",
        due={"call_back": "Mon 2026-10-19", "rate": "Wed 2026-11-11"},
        told={"bureau", "lijuan", "sponsor"},
        see={"lijuan", "office", "sponsor", "bureau", "centre"},
    )
    office.does("call_back", reached="reached")
    lijuan.does("rate", solved="yes", satisfied="satisfied")
    story.then(
        "solved",
        due={"rate": "Wed 2026-11-11"},
        told=set(),
        see={"lijuan", "office", "sponsor", "bureau", "centre"},
    )
