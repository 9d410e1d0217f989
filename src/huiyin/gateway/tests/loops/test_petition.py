"""A petition against a wrong bill: routed, handled, replied to, reviewed, re-reviewed, rated.

Regulations on Petition Work (2022): 15 days to route (art. 22), 15 to inform (23), 60 to handle
(34), 30 each to ask for and to decide review and re-review (35, 36). Days are calendar days; the
first is not counted, and a last day within a holiday moves behind it (Civil Code 201, 203).
"""


def a_petition(tell, begins):
    """Li Juan's petition, and everybody in it: three housing bureaus, one above another."""
    story = tell(begins)
    office = story.staff("office", "petition_office", "petition_clerk")
    city = story.staff("city_bureau", "department", of="市住建局", level="city")
    county = story.staff(
        "county_bureau", "department", of="区住建局", level="county", superior=city
    )
    bureau = story.staff("bureau", "department", of="街道住建办", superior=county)
    story.staff("head", "department", "leader", of="街道住建办")
    story.staff("other", "department", of="水务局")
    return story, office, bureau, county, city


def test_a_petition_is_routed_handled_and_answered_over_the_national_day(tell):
    story, office, bureau, county, _city = a_petition(tell, "2026-09-18 09:00")  # a Friday
    lijuan = story.lijuan

    lijuan.opens(
        "petition",
        "submit",
        title="物业费",
        together="alone",
        is_accusation=False,
        keep_secret=False,
        accused=[story.cast["other"]],
    )
    story.then(
        "registered",
        due={"route": "Thu 2026-10-08"},
        told={"lijuan", "office"},
        see={"lijuan", "office"},
    )
    # the unit she complains of never sees it, and nobody may send it there
    accused = story.cast["other"]
    assert (
        office.is_refused("transfer", kind="petition", to_unit=accused.id)
        == "guard.not_the_accused"
    )
    story.on("2026-09-21 10:00")
    office.does("transfer", kind="petition", to_unit=bureau)
    story.then(
        "transferred",
        due={
            "simple_accept": "Thu 2026-09-24",
            "object": "Tue 2026-09-29",
            "inform_referred": "Thu 2026-10-08",
        },
        told={"bureau", "lijuan"},
        see={"lijuan", "office", "bureau", "head"},
    )
    story.on("2026-09-30 10:00")
    bureau.does("inform_receipt_referred", told_by="letter")
    story.then(
        "accepted",
        due={"handle": "Mon 2026-11-30"},
        told={"lijuan", "office"},
        see={"lijuan", "office", "bureau", "head"},
    )
    bureau.does("handle", no_interest=True)
    story.then(
        "handling",
        due={"handle": "Mon 2026-11-30"},
        told=set(),
        see={"lijuan", "office", "bureau", "head"},
    )
    story.on("2026-11-20 10:00")
    bureau.does("reply", decision="not_supported", review_unit=county)
    story.then(
        "replied",
        due={"serve": "Fri 2026-11-27"},
        told={"lijuan", "office"},
        see={"lijuan", "office", "county_bureau", "bureau", "head"},
    )
    bureau.does("serve", way="in_person", served_on="2026-11-20")
    story.then(
        "served",
        due={"rate": "Mon 2026-12-21", "review_request": "Mon 2026-12-21"},
        told={"lijuan", "office"},
        see={"lijuan", "office", "county_bureau", "bureau", "head"},
    )
    lijuan.does("rate", office_rating="satisfied", unit_rating="not_satisfied")
    story.then(
        "served",
        due={"review_request": "Mon 2026-12-21"},
        told=set(),
        see={"lijuan", "office", "county_bureau", "bureau", "head"},
    )
