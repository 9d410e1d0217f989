"""Files over the API: sent in, named by an act, opened by whoever sees the run, in parts."""

import pytest

from huiyin.gateway.ranges import part_asked_for
from huiyin.gateway.refusals import NoPartOfIt
from huiyin.gateway.tests.callers import a_city, clerk, report, resident, stranger
from huiyin.matters.tests.sample_files import MP4, PDF, PNG

pytestmark = pytest.mark.django_db


def content_of(answer):
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize(
    ("header", "part"),
    [
        pytest.param("", None, id="the-whole"),
        pytest.param("bytes=0-0", (0, 0), id="one-byte"),
        pytest.param("bytes=10-", (10, 99), id="from-there-on"),
        pytest.param("bytes=90-500", (90, 99), id="longer-than-it-is"),
        pytest.param("bytes=-5", (95, 99), id="the-last-five"),
        pytest.param("bytes=-500", (0, 99), id="more-than-all-from-the-end"),
        pytest.param("bytes=0-1,5-6", None, id="several-are-answered-with-the-whole"),
        pytest.param("bytes=9-3", None, id="backwards-is-no-range"),
        pytest.param("lines=1-2", None, id="another-unit"),
        pytest.param("bytes=-", None, id="nothing-named"),
    ],
)
def test_the_part_that_is_asked_for(header, part):
    assert part_asked_for(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=200-300", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(header):
    with pytest.raises(NoPartOfIt):
        part_asked_for(header, 100)


def test_a_photo_goes_with_an_act_and_is_opened_by_whoever_sees_the_run():
    city = a_city()
    lijuan, agent = resident(city), clerk(city.unit("hotline_centre"), "hotline_agent")
    opened = report(city, lijuan).json()
    number, run = opened["number"], opened["run"]["id"]

    sent = lijuan.send("路灯.png", PNG)
    photo = sent.json()
    assert (sent.status_code, photo["kind"], photo["name"]) == (201, "image", "路灯.png")
    assert agent.get(f"/files/{photo['id']}").status_code == 404  # nothing names it yet

    added = lijuan.act(run, "add_material", about="照片", files=[photo["id"]])
    assert added.status_code == 200, added.json()

    for who in (lijuan, agent):
        entry = who.get(f"/matters/{number}/timeline").json()["entries"][0]
        assert [(one["id"], one["name"]) for one in entry["files"]] == [(photo["id"], "路灯.png")]
        answer = who.get(f"/files/{photo['id']}")
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert len(content_of(answer)) == photo["size_bytes"]
        assert who.get(f"/files/{photo['id']}", size="small").status_code == 200
    for other in (stranger(city), clerk(city.unit("department"))):
        refused = other.get(f"/files/{photo['id']}")
        assert (refused.status_code, refused.json()["code"]) == (404, "matters.file_not_found")


def test_a_player_gets_the_part_it_asks_for():
    lijuan = resident(a_city())
    path = f"/files/{lijuan.send('灯.mp4', MP4).json()['id']}"
    whole = content_of(lijuan.get(path))

    lijuan.headers["Range"] = "bytes=4-11"
    part = lijuan.get(path)
    lijuan.headers["Range"] = f"bytes={len(whole)}-"
    past = lijuan.get(path)
    lijuan.headers |= {"Range": "bytes=0-3", "If-Range": '"another"'}
    changed = lijuan.get(path)

    assert (part.status_code, content_of(part)) == (206, whole[4:12])
    assert part.headers["Content-Range"] == f"bytes 4-11/{len(whole)}"
    assert part.headers["Content-Length"] == "8"
    assert (past.status_code, past.json()["code"]) == (416, "api.no_part_of_it")
    assert past.headers["Content-Range"] == f"bytes */{len(whole)}"
    assert (changed.status_code, content_of(changed)) == (200, whole)


def test_what_is_not_taken_says_why(configured):
    configured(upload_mb_per_file=1)
    lijuan = resident(a_city())

    broken = lijuan.send("灯.png", b"no picture")
    large = lijuan.send("灯.pdf", PDF + bytes(1_048_577))
    nothing = lijuan.client.post("/api/v1/files", headers=lijuan.headers)

    assert (broken.status_code, broken.json()["code"]) == (422, "matters.file_kind_unknown")
    assert (large.status_code, large.json()["code"]) == (413, "people.file_too_large")
    assert (nothing.status_code, nothing.json()["code"]) == (422, "api.invalid")
    assert lijuan.post("/notices/read", {"ids": ["x" * 300_000]}).json()["code"] == "api.too_large"


def test_the_same_file_under_the_same_key_is_the_same_file():
    lijuan = resident(a_city())

    first = lijuan.send("灯.png", PNG, Idempotency_Key="k")
    again = lijuan.send("灯.png", PNG, Idempotency_Key="k")
    other = lijuan.send("灯.pdf", PDF, Idempotency_Key="k")

    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "matters.key_used_otherwise")
