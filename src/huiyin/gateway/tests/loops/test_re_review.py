"""Re-review (Regulations on Petition Work, art. 36): the last; a hearing stops the clock."""

from huiyin.gateway.tests.loops.test_review import served


def test_the_review_is_re_reviewed_by_the_bureau_above_it(tell):
    story, _office, _bureau, county, city = served(tell)
    lijuan = story.lijuan
    lijuan.does("request_review", grounds=["facts"], review_unit=county)
    county.does("accept", in_run="review")
    county.does("decide", in_run="review", outcome="maintain")
    county.does("serve_review", way="in_person", served_on="2026-09-18")
    story.on("2026-09-23 09:00")
    lijuan.does("request_re_review", grounds=["basis"], re_review_unit=city)
    story.then(
        "re_review_requested",
        due={
            "rate": "Mon 2026-10-19",
            "re_review.accept": "Tue 2026-09-29",
            "re_review.decide": "Fri 2026-10-23",
        },
        told={"bureau", "city_bureau", "county_bureau", "lijuan"},
        see={"lijuan", "office", "city_bureau", "county_bureau", "bureau", "head"},
    )
    city.does("accept", in_run="re_review")
    story.then(
        "re_review_requested",
        due={"rate": "Mon 2026-10-19", "re_review.decide": "Fri 2026-10-23"},
        told={"bureau", "county_bureau", "lijuan"},
        see={"lijuan", "office", "city_bureau", "county_bureau", "bureau", "head"},
    )
    story.on("2026-09-28 09:00")
    city.does("call_hearing", in_run="re_review")
    story.then(
        "re_review_requested",
        due={
            "rate": "Mon 2026-10-19",
            "re_review.decide": "Fri 2026-10-23",
            "re_review.hold_hearing": "Wed 2026-10-28",
        },
        told={"bureau", "county_bureau", "lijuan"},
        see={"lijuan", "office", "city_bureau", "county_bureau", "bureau", "head"},
    )
    story.on("2026-10-12 09:00")
    city.does("conclude_hearing", in_run="re_review", held_on="2026-10-12")
    story.then(
        "re_review_requested",
        due={"rate": "Mon 2026-10-19", "re_review.decide": "Fri 2026-11-06"},
        told={"bureau", "county_bureau", "lijuan"},
        see={"lijuan", "office", "city_bureau", "county_bureau", "bureau", "head"},
    )
    city.does("decide", in_run="re_review", outcome="maintain")
    story.then(
        "re_review_decided",
        due={"rate": "Mon 2026-10-19", "serve": "Mon 2026-10-19"},
        told={"bureau", "city_bureau", "county_bureau", "lijuan", "office"},
        see={"lijuan", "office", "city_bureau", "county_bureau", "bureau", "head"},
    )
    city.does("serve_re_review", way="in_person", served_on="2026-10-12")
    story.then(
        "re_reviewed",
        due={"rate": "Mon 2026-10-19"},
        told={"bureau", "county_bureau", "lijuan"},
        see={"lijuan", "office", "city_bureau", "county_bureau", "bureau", "head"},
    )
    lijuan.does("rate", office_rating="satisfied", unit_rating="satisfied")
    story.then(
        "re_reviewed",
        due={},
        told=set(),
        see={"lijuan", "office", "city_bureau", "county_bureau", "bureau", "head"},
    )
