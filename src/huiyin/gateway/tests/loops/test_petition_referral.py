"""A petition about a private quarrel is mediated while the 60 days go on (art. 33, 34)."""

from huiyin.gateway.tests.loops.test_petition import a_petition


def test_the_committee_finds_an_agreement_inside_a_petition(tell):
    story, office, bureau, _county, _city = a_petition(tell, "2026-09-18 09:00")
    lijuan, _zhao = story.lijuan, story.zhao
    committee = story.staff("committee", "mediation_committee", "mediator")
    lijuan.opens(
        "petition",
        "submit",
        title="漏水",
        sides=True,
        together="alone",
        is_accusation=False,
        keep_secret=False,
    )
    office.does("transfer", kind="petition", to_unit=bureau)
    bureau.does("inform_receipt_referred", told_by="on_the_spot")
    bureau.does("handle", no_interest=True)
    story.on("2026-09-18 10:00")
    bureau.does("mediate", committee=committee, dispute="citizens")
    story.then(
        "mediating",
        due={"handle": "Tue 2026-11-17", "petition_referral.accept": "Tue 2026-09-22"},
        told={"committee", "lijuan", "zhao"},
        see={"lijuan", "zhao", "office", "bureau", "head", "committee"},
    )
    story.on("2026-09-21 09:00")
    committee.does("accept", in_run="petition_referral")
    story.then(
        "mediating",
        due={
            "handle": "Tue 2026-11-17",
            "petition_referral.mediate": "Wed 2026-10-21",
            "mediation.finish": "Wed 2026-10-21",
        },
        told={"bureau", "committee", "lijuan", "zhao"},
        see={"lijuan", "zhao", "office", "bureau", "head", "committee"},
    )
    committee.does("choose_mediator", in_run="mediation", way="chosen")
    committee.does("notify", in_run="mediation", how="phone")
    committee.does("hold_session", in_run="mediation", mode="together")
    committee.does("conclude_written", in_run="mediation")
    story.then(
        "mediating",
        due={
            "handle": "Tue 2026-11-17",
            "petition_referral.give_back": "Tue 2026-09-22",
            "mediation.follow_up": "Thu 2026-10-08",
            "mediation.confirm_request": "Wed 2026-10-21",
        },
        told={"bureau", "committee", "lijuan", "zhao"},
        see={"lijuan", "zhao", "office", "bureau", "head", "committee"},
    )
    # the other side is in the mediation alone: what Li Juan asks of the office stays hers
    seen = story.zhao.sees()
    assert (seen["title"], seen["text"]) == ("", "")
    assert story.zhao.runs() == {"petition_referral", "mediation"}
    assert lijuan.sees("text") == "新华路 3 号门口。"

    bureau.does("settle", way="people", signed_on="2026-09-21")
    story.then(
        "mediated",
        due={
            "confirm_agreement": "Mon 2026-10-12",
            "rate": "Wed 2026-10-21",
            "petition_referral.give_back": "Tue 2026-09-22",
            "mediation.follow_up": "Thu 2026-10-08",
            "mediation.confirm_request": "Wed 2026-10-21",
        },
        told={"lijuan", "office"},
        see={"lijuan", "zhao", "office", "bureau", "head", "committee"},
    )
    lijuan.does("confirm_agreement")
    story.then(
        "terminated",
        due={
            "rate": "Wed 2026-10-21",
            "petition_referral.give_back": "Tue 2026-09-22",
            "mediation.follow_up": "Thu 2026-10-08",
            "mediation.confirm_request": "Wed 2026-10-21",
        },
        told={"bureau", "office"},
        see={"lijuan", "zhao", "office", "bureau", "head", "committee"},
    )
