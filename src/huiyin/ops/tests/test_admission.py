"""When more come than can be served: who works, who waits, who is told at once to come later."""

import http.client
import json
import os
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier, Event, Semaphore
from urllib.parse import urlencode

import pytest
from django.db import connection, connections
from django.http import HttpResponse, StreamingHttpResponse
from playwright.sync_api import expect

from huiyin.ops import busy
from huiyin.ops.admission import Admission
from huiyin.ops.room import SLOTS, Room
from huiyin.ops.serving import free_port

WAITING = 2


# --- the room -----------------------------------------------------------------------------------


def test_whoever_comes_first_is_served_first_and_a_full_room_refuses_at_once():
    room = Room(slots=1, waiting=2, seconds=60)
    working = room.enter()
    served = []

    def wait(name):
        slot = room.enter()
        served.append(name)
        room.leave(slot, 0.0)

    with ThreadPoolExecutor(2) as pool:
        for number, name in enumerate(("first", "second"), start=1):
            pool.submit(wait, name)
            while room.queue < number:
                pass
        assert room.enter() is None
        room.leave(working, 0.0)

    assert served == ["first", "second"]
    assert room.enter() is not None


def test_whoever_would_wait_too_long_is_refused_before_waiting():
    room = Room(slots=1, waiting=100, seconds=1.0)
    for _ in range(100):
        room.leave(room.enter(), 3.0)  # the usual time of one

    working = room.enter()

    assert working is not None
    assert room.enter() is None
    assert room.queue == 0


def test_whoever_has_waited_long_enough_is_refused_and_leaves_no_trace():
    room = Room(slots=1, waiting=2, seconds=0.0)
    working = room.enter()

    assert room.enter() is None
    room.leave(working, 0.0)
    assert room.enter() is working


def test_whoever_would_rather_wait_is_let_in_where_others_are_refused():
    room = Room(slots=1, waiting=9, seconds=1.0)
    for _ in range(100):
        room.leave(room.enter(), 2.0)
    working = room.enter()
    assert room.outlook(60.0) < room.outlook()  # of two rooms the one that lets them in is better

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(room.enter, 60.0)
        while not room.queue:
            pass
        assert room.enter() is None
        room.leave(working, 2.0)
        assert waiting.result() is working


# --- what an application sees of it ---------------------------------------------------------------


def ask(application, path="/", **environ):
    heard = {}

    def start(status, headers, *_):
        heard.update(status=int(status[:3]), headers=dict(headers))

    body = application({"REQUEST_METHOD": "GET", "PATH_INFO": path, **environ}, start)
    heard["body"] = b"".join(body)
    if hasattr(body, "close"):
        body.close()
    return heard


def answering(make):
    """An application that answers what `make` makes."""

    def application(_environ, start):
        response = make()
        start("200 OK", [])
        return response

    return application


@pytest.mark.django_db(transaction=True)
def test_a_slot_keeps_one_database_connection_whichever_thread_works_in_it():
    def session():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return f"{id(connections['default'])} "

    whole = Admission(answering(lambda: HttpResponse(session())), waiting=WAITING)
    streamed = Admission(
        answering(lambda: StreamingHttpResponse(session() for _ in range(2))), waiting=WAITING
    )
    kept = []
    try:
        for application, times in ((whole, 1), (streamed, 2)):
            with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
                bodies = {pool.submit(ask, application).result()["body"] for pool in (one, other)}
            (body,) = bodies
            assert body == body[: len(body) // times] * times
            slot = application._room.enter()
            kept.append(slot.connection)
            application._room.leave(slot, 0.0)
        assert connections["default"] not in kept
    finally:
        for one in kept:
            one.close()


def test_an_error_gives_its_slot_back():
    def failing(_environ, _start):
        raise ZeroDivisionError

    application = Admission(failing, waiting=WAITING)

    for _ in range(2 * SLOTS):
        with pytest.raises(ZeroDivisionError):
            ask(application)
    assert len(application._room._free) == SLOTS


def test_whoever_signs_in_is_let_in_where_the_wait_is_shorter():
    going = {path: Event() for path in ("/sign-in", "/desk")}
    inside = {path: Semaphore(0) for path in going}

    def working(environ, start):
        inside[environ["PATH_INFO"]].release()
        assert going[environ["PATH_INFO"]].wait(30)
        start("200 OK", [])
        return HttpResponse()

    def come(path, many):
        coming = [crowd.submit(ask, application, path) for _ in range(many)]
        return coming, [inside[path].acquire(timeout=20) for _ in range(many)]

    application = Admission(working, waiting=0)
    with ThreadPoolExecutor(2 * (SLOTS + 1)) as crowd:
        # Nobody else is there: they have their own place and those of all the others.
        at_eight, are_in = come("/sign-in", SLOTS + 1)
        assert all(are_in)
        going["/sign-in"].set()
        assert [one.result()["status"] for one in at_eight] == [200] * (SLOTS + 1)
        # The house is full of others: their own place is left.
        others, are_in = come("/desk", SLOTS)
        assert all(are_in)
        assert ask(application, "/desk")["status"] == 503
        assert ask(application, "/sign-in")["status"] == 200
        going["/desk"].set()
        assert [one.result()["status"] for one in others] == [200] * SLOTS


# --- what the refused are told --------------------------------------------------------------------


def refused(path="/", **environ):
    heard = {}

    def start(status, headers):
        heard.update(status=int(status[:3]), headers=dict(headers))

    heard["body"] = b"".join(
        busy.answer({"REQUEST_METHOD": "GET", "PATH_INFO": path, **environ}, start)
    ).decode()
    return heard


def a_form(fields, **environ):
    body = urlencode(fields).encode()
    return {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        **environ,
    }


@pytest.mark.parametrize(
    ("cookie", "words"),
    [
        ("", "现在人多，请稍等片刻"),
        ("huiyin_language=en", "Many people at once; one moment, please"),
    ],
)
def test_a_page_says_in_the_language_of_the_reader_when_to_come_again(cookie, words):
    told = refused(HTTP_COOKIE=cookie)

    assert told["status"] == 503
    assert busy.SOONEST <= int(told["headers"]["Retry-After"]) <= busy.LATEST
    assert told["headers"]["Cache-Control"] == "no-store"
    assert "default-src 'none'" in told["headers"]["Content-Security-Policy"]
    assert f"<h1>{words}</h1>" in told["body"]
    assert f'data-again="{told["headers"]["Retry-After"]}"' in told["body"]


def test_what_was_written_comes_back_in_a_form_that_sends_it_again():
    told = refused("/report/what", **a_form({"text": '路灯 "坏" <了>', "csrfmiddlewaretoken": "t"}))

    assert (
        '<input type="hidden" name="text" value="路灯 &quot;坏&quot; &lt;了&gt;">' in told["body"]
    )
    assert '<input type="hidden" name="csrfmiddlewaretoken" value="t">' in told["body"]
    assert told["body"].count("<button") >= 1


@pytest.mark.parametrize(
    ("path", "environ"),
    [
        pytest.param("/sign-in", {}, id="a-password"),
        pytest.param("/report/what", {"HTTP_SEC_FETCH_SITE": "cross-site"}, id="another-site"),
        pytest.param("/report/what", {"CONTENT_TYPE": "multipart/form-data"}, id="files"),
        pytest.param("/report/what", {"CONTENT_LENGTH": "9000000"}, id="too-long"),
    ],
)
def test_what_must_not_come_back_does_not(path, environ):
    told = refused(path, **a_form({"word": "geheim"}, **environ))

    assert "geheim" not in told["body"]
    assert "data-again" not in told["body"]
    assert "请返回上一页" in re.sub(r"<[^>]+>", "", told["body"])


def test_a_program_is_told_in_the_one_shape_of_errors():
    told = refused("/api/v1/matters", HTTP_ACCEPT_LANGUAGE="en")

    answered = json.loads(told["body"])
    assert (told["status"], answered["code"]) == (503, "api.busy")
    assert str(answered["data"]["seconds"]) == told["headers"]["Retry-After"]
    assert "not begun" in answered["message"]


# --- a real server with little room ---------------------------------------------------------------

SERVER = """
import os, sys
import django
django.setup()
from granian import Granian
from granian.constants import Interfaces
Granian("huiyin.ops.tests.little_room:application", port=int(sys.argv[1]),
        interface=Interfaces.WSGI, blocking_threads=40, workers=1, websockets=False).serve()
"""


@pytest.fixture
def little_room(tmp_path):
    """A server with four slots and two who may wait; whoever works waits for a pipe to open."""
    gate, begun = tmp_path / "gate", tmp_path / "begun"
    os.mkfifo(gate)
    port = free_port(18_900)
    env = {**os.environ, "GATE": str(gate), "BEGUN": str(begun), "WAITING": str(WAITING)}
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(port)], env=env)
    while process.poll() is None:
        try:
            get(port, "/health")
            break
        except OSError:
            continue
    yield port, gate, begun
    process.terminate()
    process.wait(timeout=240)


def get(port, path):
    connection_ = http.client.HTTPConnection("127.0.0.1", port, timeout=240)
    try:
        connection_.request("GET", path)
        answer = connection_.getresponse()
        return answer.status, answer.headers.get("Retry-After"), answer.read()
    finally:
        connection_.close()


def test_a_jammed_server_refuses_at_once_lets_itself_be_seen_and_loses_nobody_it_let_in(
    little_room,
):
    port, gate, begun = little_room
    many = 4 * (SLOTS + WAITING)
    together, jammed = Barrier(many), Event()
    answers = []

    def come(_number):
        together.wait()
        answers.append(get(port, "/slow"))
        if sum(status == 503 for status, _, _ in answers) >= many - SLOTS:
            jammed.set()

    with ThreadPoolExecutor(many) as crowd:
        coming = [crowd.submit(come, number) for number in range(many)]
        assert jammed.wait(60)  # all but those who work have their answer
        assert get(port, "/health")[0] == 200
        assert get(port, "/static/nothing.css")[0] == 200
        while len(begun.read_bytes()) < SLOTS:
            pass
        gate.open("wb").close()
        for one in coming:
            one.result()

    assert Counter(status for status, _, _ in answers) == {200: SLOTS, 503: many - SLOTS}
    assert all(int(wait) >= 1 for status, wait, _ in answers if status == 503)
    assert len(begun.read_bytes()) == SLOTS  # nobody who was refused had been begun
    assert get(port, "/slow-no-more")[0] == 200


@pytest.mark.browser
def test_the_page_sends_what_it_keeps_again_by_itself(chromium, live_server):
    came = []

    def server(route):
        came.append(route.request.post_data)
        if len(came) == 1:
            fields = dict(one.split("=") for one in came[0].split("&"))
            told = refused("/somewhere", **a_form(fields))
            route.fulfill(status=503, content_type="text/html", body=told["body"])
        else:
            route.fulfill(status=200, content_type="text/html", body="<h1>ok</h1>")

    shown = chromium.open(f"{live_server.url}/ui/display", width=360)
    shown.page.route("**/somewhere", server)
    shown.page.set_content(
        '<form method="post" action="/somewhere"><input name="text" value="lamp"></form>'
    )
    shown.page.evaluate("document.forms[0].submit()")

    expect(shown.page.locator("[data-again]")).to_contain_text("自动重新发送")
    assert shown.violations() == []
    assert not shown.scrolls_sideways()
    expect(shown.page.get_by_role("heading", name="ok")).to_be_visible()
    assert came == ["text=lamp", "text=lamp"]


@pytest.mark.browser
def test_a_form_in_a_page_that_was_refused_is_sent_again_by_itself(chromium, live_server):
    came = []

    def server(route):
        if route.request.method != "POST":
            route.continue_()
            return
        came.append(route.request.post_data)
        if len(came) == 1:
            route.fulfill(status=503, headers={"Retry-After": "1"}, body="")
        else:
            route.continue_()

    shown = chromium.open(f"{live_server.url}/ui/gallery/form", width=360)
    shown.page.route("**/ui/gallery/form", server)
    shown.page.get_by_label("发生了什么").fill("三盏路灯不亮")
    shown.page.get_by_role("button", name="提交").click()

    expect(shown.page.locator(".toast")).to_contain_text("稍后自动重新发送")
    shown.page.wait_for_selector("[data-form-errors]")  # the second time it was answered
    assert len(came) == 2
    assert came[1] == came[0]
    assert shown.page.input_value("[name=words]") == "三盏路灯不亮"
