"""A suggestion of the petition office to a unit (Regulations on Petition Work, art. 40)."""

from huiyin.gateway.tests.loops.test_review import served


def test_a_unit_answers_in_writing_what_it_takes_up(tell):
    story, office, bureau, _county, _city = served(tell)
    story.on("2026-09-18 11:00")
    office.does("suggest", to_unit=bureau)
    story.then(
        "served",
        due={
            "rate": "Mon 2026-10-19",
            "review_request": "Mon 2026-10-19",
            "suggestion.feedback": "Mon 2026-10-19",
        },
        told={"bureau", "county_bureau"},
        see={"lijuan", "office", "county_bureau", "bureau", "head"},
    )
    story.on("2026-09-30 09:00")
    bureau.does("feed_back", in_run="suggestion", adoption="adopted")
    story.then(
        "served",
        due={
            "rate": "Mon 2026-10-19",
            "review_request": "Mon 2026-10-19",
            "suggestion.note": "Tue 2026-10-13",
        },
        told={"office"},
        see={"lijuan", "office", "county_bureau", "bureau", "head"},
    )
    office.does("take_note", in_run="suggestion")
    story.then(
        "served",
        due={"rate": "Mon 2026-10-19", "review_request": "Mon 2026-10-19"},
        told={"bureau", "office"},
        see={"lijuan", "office", "county_bureau", "bureau", "head"},
    )

    # it is between the office and the unit
    assert story.lijuan.runs() == {"petition"}
    assert bureau.runs() == {"petition", "suggestion"}
