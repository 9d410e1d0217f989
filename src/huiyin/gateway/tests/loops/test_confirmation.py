"""Judicial confirmation of an agreement: asked for together within 30 days (PML 33)."""


def an_agreement(tell):
    """Neighbours who signed an agreement on Wednesday 23 September 2026; a court beside them."""
    story = tell("2026-09-23 09:00")
    committee = story.staff("committee", "mediation_committee", "mediator")
    court = story.staff("court", "court")
    story.staff("other", "department", of="水务局")
    story.lijuan.opens("mediation", "apply", title="漏水", sides=True, dispute_type="neighbour")
    committee.does("accept", dispute_type="neighbour", other_side="agrees")
    committee.does("choose_mediator", way="chosen")
    committee.does("notify", how="phone")
    committee.does("hold_session", mode="together")
    committee.does("conclude_written", signed_at="2026-09-23T09:00+08:00")
    story.on("2026-09-23 10:00")
    return story, committee, court


def test_both_sides_ask_the_court_and_it_confirms(tell):
    story, committee, court = an_agreement(tell)
    lijuan, zhao = story.lijuan, story.zhao
    story.then(
        "agreement_written",
        due={"follow_up": "Thu 2026-10-08", "confirm_request": "Fri 2026-10-23"},
        told=set(),
        see={"lijuan", "zhao", "committee"},
    )
    story.on("2026-09-28 09:00")
    lijuan.does("apply_confirmation", court=court)
    story.then(
        "agreement_written",
        due={"follow_up": "Thu 2026-10-08", "confirm_request": "Fri 2026-10-23"},
        told=set(),
        see={"lijuan", "zhao", "committee"},
    )
    zhao.does("apply_confirmation", court=court)
    story.then(
        "confirmation_applied",
        due={
            "follow_up": "Thu 2026-10-08",
            "confirm_request": "Fri 2026-10-23",
            "confirmation.accept": "Thu 2026-10-08",
        },
        told={"committee", "court", "lijuan", "zhao"},
        see={"lijuan", "zhao", "committee", "court"},
    )
    story.on("2026-09-30 09:00")
    court.does("accept", in_run="confirmation")
    story.then(
        "confirmation_applied",
        due={
            "follow_up": "Thu 2026-10-08",
            "confirm_request": "Fri 2026-10-23",
            "confirmation.decide": "Thu 2026-10-15",
            "confirmation.ceiling": "Fri 2026-10-30",
        },
        told={"lijuan", "zhao"},
        see={"lijuan", "zhao", "committee", "court"},
    )
    story.on("2026-10-09 09:00")
    court.does("confirm", in_run="confirmation", ruled_on="2026-10-09")
    story.then(
        "confirmed",
        due={
            "follow_up": "Thu 2026-10-08",
            "confirm_request": "Fri 2026-10-23",
            "confirmation.keep": "Mon 2026-11-09",
        },
        told={"committee", "lijuan", "zhao"},
        see={"lijuan", "zhao", "committee", "court"},
    )
    committee.does("follow_up", outcome="performed", asked_on="2026-10-09")
    story.then(
        "performed",
        due={"confirm_request": "Fri 2026-10-23", "confirmation.keep": "Mon 2026-11-09"},
        told={"lijuan", "zhao"},
        see={"lijuan", "zhao", "committee", "court"},
    )
