"""A police station sends a quarrel with a civil side to the committee and has the result back."""


def test_a_quarrel_is_mediated_and_the_result_goes_back_to_the_police(tell):
    story = tell("2026-09-23 09:00")  # a Wednesday; 25 to 27 September and 1 to 7 October are off
    _lijuan, _zhao = story.lijuan, story.zhao
    police = story.staff("police", "police_station")
    committee = story.staff("committee", "mediation_committee", "mediator")
    story.staff("other", "department", of="水务局")

    police.opens(
        "police_referral",
        "refer",
        title="邻里口角",
        sides=True,
        kind="civil",
        to_committee=committee,
        consent="all",
    )
    story.then(
        "referred",
        due={"accept": "Tue 2026-09-29"},
        told={"committee", "lijuan", "zhao"},
        see={"lijuan", "zhao", "police", "committee"},
    )
    committee.does("accept")
    story.then(
        "accepted",
        due={"begin": "Tue 2026-09-29", "mediate": "Fri 2026-10-23"},
        told={"lijuan", "police", "zhao"},
        see={"lijuan", "zhao", "police", "committee"},
    )
    story.on("2026-09-24 09:00")
    committee.does("begin")
    story.then(
        "mediating",
        due={"mediate": "Fri 2026-10-23", "mediation.finish": "Mon 2026-10-26"},
        told={"committee", "lijuan", "zhao"},
        see={"lijuan", "zhao", "police", "committee"},
    )
    committee.does("choose_mediator", in_run="mediation", way="chosen")
    committee.does("notify", in_run="mediation", how="phone")
    committee.does("hold_session", in_run="mediation", mode="together")
    committee.does("conclude_written", in_run="mediation")
    story.then(
        "agreed",
        due={
            "after": "Fri 2026-10-09",
            "mediation.follow_up": "Fri 2026-10-09",
            "mediation.confirm_request": "Mon 2026-10-26",
        },
        told={"committee", "lijuan", "police", "zhao"},
        see={"lijuan", "zhao", "police", "committee"},
    )
    story.on("2026-09-28 09:00")
    committee.does("record_performance", outcome="performed")
    story.then(
        "performed",
        due={
            "after": "Tue 2026-09-29",
            "mediation.follow_up": "Fri 2026-10-09",
            "mediation.confirm_request": "Mon 2026-10-26",
        },
        told={"lijuan", "police", "zhao"},
        see={"lijuan", "zhao", "police", "committee"},
    )
    committee.does("return_result")
    story.then(
        "result_returned",
        due={
            "mediation.follow_up": "Fri 2026-10-09",
            "mediation.confirm_request": "Mon 2026-10-26",
        },
        told={"lijuan", "police", "zhao"},
        see={"lijuan", "zhao", "police", "committee"},
    )
    police.does("decide", outcome="settled", decided_on="2026-09-28")
    story.then(
        "decided",
        due={
            "mediation.follow_up": "Fri 2026-10-09",
            "mediation.confirm_request": "Mon 2026-10-26",
        },
        told={"committee", "lijuan", "zhao"},
        see={"lijuan", "zhao", "police", "committee"},
    )
