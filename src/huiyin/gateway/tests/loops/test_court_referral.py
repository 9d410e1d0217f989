"""A court asks a committee to mediate before it files a suit: 30 days, then the papers go back."""


def test_a_suit_is_mediated_first_fails_and_is_filed(tell):
    story = tell("2026-09-23 09:00")  # a Wednesday; 25 to 27 September and 1 to 7 October are off
    lijuan, zhao = story.lijuan, story.zhao
    court = story.staff("court", "court")
    committee = story.staff("committee", "mediation_committee", "mediator")
    story.staff("other", "department", of="水务局")

    court.opens(
        "court_referral",
        "identify",
        title="借款",
        sides=True,
        mode="delegated",
        received_on="2026-09-23",
    )
    story.then(
        "identified",
        due={"consent": "Tue 2026-09-29"},
        told=set(),
        see={"lijuan", "zhao", "court"},
    )
    court.does("ask_consent", channel="phone")
    story.then(
        "consent_asked",
        due={"consent": "Tue 2026-09-29"},
        told={"lijuan", "zhao"},
        see={"lijuan", "zhao", "court"},
    )
    lijuan.does("consent_all")
    story.then(
        "consent_asked",
        due={"consent": "Tue 2026-09-29"},
        told=set(),
        see={"lijuan", "zhao", "court"},
    )
    zhao.does("consent_all")
    story.then(
        "choosing",
        due={"choose": "Mon 2026-09-28", "appoint": "Tue 2026-09-29"},
        told={"court", "lijuan", "zhao"},
        see={"lijuan", "zhao", "court"},
    )
    story.on("2026-09-29 09:00")
    court.does("appoint", body=committee)
    story.then(
        "delegated",
        due={"org_accept": "Fri 2026-10-09"},
        told={"committee", "lijuan", "zhao"},
        see={"lijuan", "zhao", "court", "committee"},
    )
    committee.does("accept_referral", disclosure="none")
    story.then(
        "org_accepted",
        due={"contact_other": "Fri 2026-10-09", "mediate": "Thu 2026-10-29"},
        told={"court", "lijuan", "zhao"},
        see={"lijuan", "zhao", "court", "committee"},
    )
    committee.does("start_mediation", other_side="agrees")
    story.then(
        "mediating",
        due={"mediate": "Thu 2026-10-29"},
        told={"lijuan", "zhao"},
        see={"lijuan", "zhao", "court", "committee"},
    )
    story.on("2026-10-12 09:00")
    committee.does("end_mediation", ground="wide_gap")
    story.then(
        "failed",
        due={"give_back": "Tue 2026-10-13"},
        told={"court", "lijuan", "zhao"},
        see={"lijuan", "zhao", "court", "committee"},
    )
    committee.does("return_to_court")
    story.then(
        "returned_to_court",
        due={"court_acts": "Mon 2026-10-19"},
        told={"court", "lijuan", "zhao"},
        see={"lijuan", "zhao", "court", "committee"},
    )
    court.does("file", filed_on="2026-10-12")
    story.then(
        "filed",
        due={},
        told={"lijuan", "zhao"},
        see={"lijuan", "zhao", "court", "committee"},
    )
