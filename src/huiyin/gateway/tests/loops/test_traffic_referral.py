"""After a road accident: the sides choose a committee, or ask the traffic police within 10 days."""


def test_the_sides_choose_a_committee_which_fails_and_ask_the_police(tell):
    story = tell("2026-09-23 09:00")  # a Wednesday; 25 to 27 September and 1 to 7 October are off
    _lijuan, _zhao = story.lijuan, story.zhao
    police = story.staff("police", "police_station")
    committee = story.staff("committee", "mediation_committee", "mediator")
    story.staff("other", "department", of="水务局")

    police.opens(
        "traffic_referral", "serve_decision", title="剐蹭", sides=True, received_on="2026-09-23"
    )
    story.then(
        "served",
        due={"apply": "Wed 2026-10-14", "choose": "Fri 2026-10-23"},
        told={"lijuan", "zhao"},
        see={"lijuan", "zhao", "police"},
    )
    police.does("choose_committee", committee=committee)
    story.then(
        "referred",
        due={"accept": "Tue 2026-09-29", "apply": "Wed 2026-10-14"},
        told={"committee"},
        see={"lijuan", "zhao", "police", "committee"},
    )
    story.on("2026-09-24 09:00")
    committee.does("accept")
    story.then(
        "mediating",
        due={
            "apply": "Wed 2026-10-14",
            "mediate": "Mon 2026-10-26",
            "mediation.finish": "Mon 2026-10-26",
        },
        told={"committee", "lijuan", "police", "zhao"},
        see={"lijuan", "zhao", "police", "committee"},
    )
    committee.does("choose_mediator", in_run="mediation", way="chosen")
    committee.does("fail", in_run="mediation", ground="wide_gap")
    story.then(
        "mediation_over",
        due={
            "give_back": "Mon 2026-09-28",
            "after_committee": "Wed 2026-09-30",
            "apply": "Wed 2026-10-14",
            "mediation.keep": "Mon 2026-10-26",
        },
        told={"committee", "lijuan", "zhao"},
        see={"lijuan", "zhao", "police", "committee"},
    )
    committee.does("return_failed")
    story.then(
        "failed",
        due={
            "after_committee": "Wed 2026-09-30",
            "apply": "Wed 2026-10-14",
            "choose": "Mon 2026-10-26",
            "mediation.keep": "Mon 2026-10-26",
        },
        told={"lijuan", "police", "zhao"},
        see={"lijuan", "zhao", "police", "committee"},
    )
    story.on("2026-09-28 09:00")
    police.does("record_joint_request_after")
    story.then(
        "police_mediation",
        due={"mediation.keep": "Mon 2026-10-26"},
        told={"lijuan", "zhao"},
        see={"lijuan", "zhao", "police", "committee"},
    )
    police.does("begin_police_mediation", basis="property", began_on="2026-09-28")
    story.then(
        "police_mediation",
        due={"finish": "Fri 2026-10-16", "mediation.keep": "Mon 2026-10-26"},
        told={"lijuan", "zhao"},
        see={"lijuan", "zhao", "police", "committee"},
    )
    story.on("2026-10-10 09:00")
    police.does("settle")
    story.then(
        "agreed",
        due={"mediation.keep": "Mon 2026-10-26"},
        told={"lijuan", "zhao"},
        see={"lijuan", "zhao", "police", "committee"},
    )
