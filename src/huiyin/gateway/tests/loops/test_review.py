"""Review of an opinion on a petition (Regulations on Petition Work, art. 35): 30 days each way."""

from huiyin.gateway.tests.loops.test_petition import a_petition


def served(tell):
    """A petition whose opinion Li Juan was handed on Friday 18 September 2026."""
    story, office, bureau, county, city = a_petition(tell, "2026-09-18 09:00")
    story.lijuan.opens(
        "petition",
        "submit",
        title="物业费",
        together="alone",
        is_accusation=False,
        keep_secret=False,
    )
    office.does("transfer", kind="petition", to_unit=bureau)
    bureau.does("inform_receipt_referred", told_by="on_the_spot")
    bureau.does("handle", no_interest=True)
    bureau.does("reply", decision="not_supported", review_unit=county)
    bureau.does("serve", way="in_person", served_on="2026-09-18")
    story.on("2026-09-18 10:00")
    return story, office, bureau, county, city


def test_the_opinion_is_reviewed_by_the_bureau_above(tell):
    story, _office, _bureau, county, _city = served(tell)
    lijuan = story.lijuan
    story.then(
        "served",
        due={"rate": "Mon 2026-10-19", "review_request": "Mon 2026-10-19"},
        told=set(),
        see={"lijuan", "office", "county_bureau", "bureau", "head"},
    )
    story.on("2026-09-21 09:00")
    lijuan.does("request_review", grounds=["facts"], review_unit=county)
    story.then(
        "review_requested",
        due={
            "rate": "Mon 2026-10-19",
            "review.accept": "Thu 2026-09-24",
            "review.decide": "Wed 2026-10-21",
        },
        told={"bureau", "county_bureau", "lijuan"},
        see={"lijuan", "office", "county_bureau", "bureau", "head"},
    )
    story.on("2026-09-23 09:00")
    county.does("accept", in_run="review")
    story.then(
        "review_requested",
        due={"rate": "Mon 2026-10-19", "review.decide": "Wed 2026-10-21"},
        told={"bureau", "lijuan"},
        see={"lijuan", "office", "county_bureau", "bureau", "head"},
    )
    county.does("decide", in_run="review", outcome="maintain")
    story.then(
        "reviewed",
        due={"serve": "Thu 2026-10-08", "rate": "Mon 2026-10-19"},
        told={"bureau", "county_bureau", "lijuan", "office"},
        see={"lijuan", "office", "county_bureau", "bureau", "head"},
    )
    county.does("serve_review", way="in_person", served_on="2026-09-23")
    story.then(
        "review_served",
        due={"rate": "Mon 2026-10-19", "rereview_request": "Fri 2026-10-23"},
        told={"bureau", "lijuan"},
        see={"lijuan", "office", "county_bureau", "bureau", "head"},
    )
