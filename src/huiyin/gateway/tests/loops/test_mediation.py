"""People's mediation between neighbours: free, voluntary, one month, looked after (PML)."""


def test_neighbours_agree_in_writing_and_it_is_performed(tell):
    story = tell("2026-09-23 09:00")  # a Wednesday; 25 to 27 September and 1 to 7 October are off
    lijuan, _zhao = story.lijuan, story.zhao
    committee = story.staff("committee", "mediation_committee", "mediator")
    story.staff("other", "department", of="水务局")

    lijuan.opens("mediation", "apply", title="漏水", sides=True, dispute_type="neighbour")
    story.then(
        "applied",
        due={"intake": "Tue 2026-09-29"},
        told={"committee", "lijuan"},
        see={"lijuan", "zhao", "committee"},
    )
    committee.does("accept", dispute_type="neighbour", other_side="agrees")
    story.then(
        "accepted",
        due={"finish": "Fri 2026-10-23"},
        told={"lijuan", "zhao"},
        see={"lijuan", "zhao", "committee"},
    )
    committee.does("choose_mediator", way="chosen")
    committee.does("notify", how="phone")
    story.then(
        "notified",
        due={"finish": "Fri 2026-10-23"},
        told={"lijuan", "zhao"},
        see={"lijuan", "zhao", "committee"},
    )
    story.on("2026-09-28 14:00")
    committee.does("hold_session", mode="together")
    story.then(
        "in_mediation",
        due={"finish": "Fri 2026-10-23"},
        told=set(),
        see={"lijuan", "zhao", "committee"},
    )
    committee.does("conclude_written", signed_at="2026-09-28T14:00+08:00", perform_by="2026-10-08")
    story.then(
        "agreement_written",
        due={"follow_up": "Fri 2026-10-23", "confirm_request": "Wed 2026-10-28"},
        told={"lijuan", "zhao"},
        see={"lijuan", "zhao", "committee"},
    )
    story.on("2026-10-09 09:00")
    committee.does("follow_up", outcome="performed", asked_on="2026-10-09")
    story.then(
        "performed",
        due={"confirm_request": "Wed 2026-10-28"},
        told={"lijuan", "zhao"},
        see={"lijuan", "zhao", "committee"},
    )
    lijuan.does("rate")
    story.then(
        "performed",
        due={"confirm_request": "Wed 2026-10-28"},
        told=set(),
        see={"lijuan", "zhao", "committee"},
    )
