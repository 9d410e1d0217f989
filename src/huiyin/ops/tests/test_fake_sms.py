"""The fake gateway: signed requests only, each message once, nothing leaves this machine."""

import http.client
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from huiyin.ops import fake_sms
from huiyin.ops.fake_sms import Message, Outbox, Reporter, page, sign
from huiyin.ops.serving import free_port

SECRET = "a-secret-of-the-test-that-is-long-enough-0123456789"
BODY = {
    "id": "0192-a",
    "to": "19900000001",
    "text": "验证码 123456，五分钟内有效。",
    "template": "code",
}


class Client:
    def __init__(self, port):
        self.port = port

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, body, {**headers})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def post(self, value, *, secret=SECRET, at=None):
        body = json.dumps(value).encode()
        stamp = str(int(time.time() if at is None else at))
        status, text = self.ask(
            "POST",
            "/",
            body,
            **{"X-Huiyin-Timestamp": stamp, "X-Huiyin-Signature": sign(secret, stamp, body)},
        )
        return status, json.loads(text)


@pytest.fixture
def gateway(instance, tmp_path):
    port = free_port(0)
    process = instance.start_python(
        "-m", "huiyin.ops.fake_sms", "--port", str(port), "--outbox", str(tmp_path / "sms.jsonl"),
        HUIYIN_SMS_SECRET=SECRET,
    )  # fmt: skip
    client = Client(port)
    deadline = time.monotonic() + 120
    while True:
        try:
            client.ask("GET", "/messages")
            break
        except OSError:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
    yield client
    process.terminate()
    assert process.wait(timeout=240) == 0


def test_a_signed_message_is_kept_and_shown(gateway):
    assert gateway.post(BODY) == (202, {"accepted": True, "duplicate": False})

    status, text = gateway.ask("GET", "/messages?to=19900000001")
    (message,) = json.loads(text)["messages"]
    assert (status, {name: message[name] for name in BODY}) == (200, BODY)
    assert json.loads(gateway.ask("GET", "/messages?to=19900000002")[1]) == {"messages": []}
    assert BODY["text"] in gateway.ask("GET", "/")[1]


def test_the_same_id_is_accepted_once(gateway):
    gateway.post(BODY)

    assert gateway.post({**BODY, "text": "another"}) == (
        202,
        {"accepted": True, "duplicate": True},
    )
    (message,) = json.loads(gateway.ask("GET", "/messages")[1])["messages"]
    assert message["text"] == BODY["text"]


def test_a_wrong_signature_is_refused(gateway):
    status, answer = gateway.post(BODY, secret=SECRET + "x")

    assert (status, answer) == (
        401,
        {"error": "X-Huiyin-Signature does not fit the body and the secret."},
    )
    assert json.loads(gateway.ask("GET", "/messages")[1]) == {"messages": []}


def test_an_old_request_is_refused(gateway):
    status, answer = gateway.post(BODY, at=time.time() - 3_600)

    assert (status, answer) == (
        401,
        {"error": "X-Huiyin-Timestamp is too far from this gateway's clock."},
    )


@pytest.mark.parametrize(
    "value",
    [{}, {**BODY, "to": ""}, {**BODY, "more": "x"}, {**BODY, "to": 1}, "text", []],
)
def test_a_body_of_another_form_is_refused(gateway, value):
    status, answer = gateway.post(value)

    assert status == 400
    assert answer["error"].endswith(("id, to, text and template.", "must be texts."))


def test_another_host_name_for_this_machine_reads_nothing(gateway):
    gateway.post(BODY)

    status, text = gateway.ask("GET", "/messages", Host="evil.example")

    assert (status, json.loads(text)) == (403, {"error": "Open this page as http://localhost."})


def test_the_outbox_survives_a_kill_in_the_middle_of_a_line(tmp_path):
    path = tmp_path / "sms.jsonl"
    message = Message(**BODY, received_at="2027-03-01T00:00:00+00:00")
    assert Outbox(path).accept(message)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"id": "half')

    assert Outbox(path).messages() == [message]


def test_the_page_escapes_what_it_shows():
    message = Message("1", "<to>", "<script>", "code", "2027-03-01T00:00:00+00:00")

    shown = page([message])

    assert "&lt;to&gt; · 2027-03-01 08:00:00" in shown
    assert "<script>" not in shown


class Listener(ThreadingHTTPServer):
    """Huiyin as the gateway sees it: takes reports, the first of them with an error."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Listening)
        self.reports = []


class _Listening(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        stamp = self.headers["X-Huiyin-Timestamp"]
        genuine = self.headers["X-Huiyin-Signature"] == sign(SECRET, stamp, body)
        self.server.reports.append((self.path, genuine, json.loads(body)))
        self.send_response(503 if len(self.server.reports) == 1 else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format, *args):
        """Say nothing."""


@pytest.fixture
def listener():
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_what_was_accepted_is_reported_as_delivered_until_somebody_listens(listener, monkeypatch):
    monkeypatch.setattr(fake_sms, "REPORT_AFTER_SECONDS", (0.01, 0.01, 0.01))
    reporter = Reporter(f"http://127.0.0.1:{listener.server_address[1]}/notices/sms/report", SECRET)

    reporter.tell("0192-a")

    deadline = time.monotonic() + 120
    while len(listener.reports) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    told = ("/notices/sms/report", True, {"id": "0192-a", "status": "delivered"})
    assert listener.reports == [told, told]


def test_what_is_accepted_in_a_rush_is_reported_together(listener, monkeypatch):
    monkeypatch.setattr(fake_sms, "REPORT_AFTER_SECONDS", (0.01, 0.01))
    reporter = Reporter(f"http://127.0.0.1:{listener.server_address[1]}/", SECRET)
    ids = ["0192-a", "0192-b", "0192-c"]

    assert not reporter._report(ids)  # the first time the listener has an error
    assert reporter._report(ids)

    told = ("/", True, [{"id": one, "status": "delivered"} for one in ids])
    assert listener.reports == [told, told]


def test_a_listener_that_is_not_there_is_given_up(monkeypatch):
    monkeypatch.setattr(fake_sms, "REPORT_AFTER_SECONDS", (0,))
    reporter = Reporter(f"http://127.0.0.1:{free_port(0)}/", SECRET)

    assert not reporter._report(["0192-a"])


def test_somebody_who_hangs_up_is_no_fault_to_be_told(capsys, tmp_path):
    server = fake_sms.Gateway(0, SECRET, Outbox(tmp_path / "sms.jsonl"))
    try:
        for broken in (ConnectionResetError(), ZeroDivisionError()):
            try:
                raise broken
            except (ConnectionResetError, ZeroDivisionError):
                server.handle_error(None, ("127.0.0.1", 1))
    finally:
        server.server_close()

    said = capsys.readouterr().err
    assert "ConnectionResetError" not in said
    assert "ZeroDivisionError" in said
