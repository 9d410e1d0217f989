"""Web server, worker and what they need in one foreground process (`huiyin demo`, `serve`)."""

import http.client
import json
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width

import click
import psycopg

from huiyin.config import Config, load_config
from huiyin.ops import notes, prepared
from huiyin.ops.demo import logins
from huiyin.ops.demo.passwords import FILE as DEMO_PASSWORD
from huiyin.ops.demo.passwords import demo_password
from huiyin.ops.installation import without_django
from huiyin.ops.postgres import Urls
from huiyin.ops.postgres.cluster import APP_ROLE
from huiyin.ops.postgres.layout import layout_for
from huiyin.ops.progress import say
from huiyin.ops.serving import free_port, refuse_taken_port
from huiyin.ops.supervisor import Supervisor

READY_SECONDS = 90
PREPARE_SECONDS = 1_800


def run_demo(*, scale: str, life: bool, port: int | None, as_json: bool) -> None:
    """Run the demo city until told to stop; `life`: with thirty days of matters in it.

    Raises ConfigError, OperatorError.
    """
    os.environ["HUIYIN_MODE"] = "demo"
    if port is not None:
        os.environ["HUIYIN_PORT"] = str(port)
    config = load_config(os.environ)
    refuse_taken_port(config)
    # Until the supervisor listens, a request to end is handled like Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with without_django(config, exclusive=True) as found, Supervisor() as supervisor:
        env = _environment(config, found.urls)
        if not config.database_url:
            supervisor.follow(layout_for(config.var, config.postgres_folder).log)
        _prepare(supervisor, config, found.urls, env, [scale, *(["life"] if life else [])])
        sms_page = _start_gateway(supervisor, config, env)
        supervisor.start("web", _huiyin("serve"), env)
        supervisor.start("worker", _huiyin("worker"), env)
        address = _wait_until_ready(supervisor, config)
        if not supervisor.is_stopping:
            _announce(config, address, sms_page, as_json=as_json)
        supervisor.run()
        say("Stopping …")


def run_server(config: Config, *, with_worker: bool) -> None:
    """Run web server, and worker when asked, on a database of our own or another's."""
    refuse_taken_port(config)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # With a database of its own it owns the data folder; an outside one may be shared.
    exclusive = not config.database_url
    with without_django(config, exclusive=exclusive) as found, Supervisor() as supervisor:
        prepared.refuse_unmigrated(found.urls.app)
        env = _environment(config, found.urls)
        if not config.database_url:
            supervisor.follow(layout_for(config.var, config.postgres_folder).log)
        supervisor.start("web", _huiyin("serve"), env)
        if with_worker:
            supervisor.start("worker", _huiyin("worker"), env)
        supervisor.run()
        say("Stopping …")


# --- steps --------------------------------------------------------------------------------------


def _environment(config: Config, urls: Urls) -> dict[str, str]:
    """What the children get: the application's database role only, never the owner's."""
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABASE_URL", "HUIYIN_OWNER_DATABASE_URL"))
    }
    env |= {
        "DATABASE_URL": urls.app,
        "HUIYIN_MODE": config.mode,
        "HUIYIN_VAR": str(config.var),
        "HUIYIN_PORT": str(config.port),
        "DJANGO_SETTINGS_MODULE": "huiyin.settings",
        "PYTHONUNBUFFERED": "1",
    }
    if not config.database_url:
        env["HUIYIN_APP_ROLE"] = APP_ROLE
    return env


def _prepare(
    supervisor: Supervisor, config: Config, urls: Urls, env: dict[str, str], wanted: Sequence[str]
) -> None:
    """Migrate and load the demo city where that is not done, in a process that ends."""
    with psycopg.connect(urls.owner) as connection:
        has_city = notes.read(connection, notes.DEMO) is not None
    if has_city and prepared.is_prepared(urls) and (config.var / DEMO_PASSWORD).exists():
        return
    supervisor.run_to_end(
        "prepare",
        [sys.executable, "-m", "huiyin.ops.prepare_demo", *wanted],
        {**env, "HUIYIN_OWNER_DATABASE_URL": urls.owner},
        seconds=PREPARE_SECONDS,
    )


def _start_gateway(supervisor: Supervisor, config: Config, env: dict[str, str]) -> str:
    """Start the fake SMS gateway unless a real one is set; return the address of its page."""
    if config.sms_url:
        return ""
    port = free_port(config.port + 1)
    env["HUIYIN_SMS_URL"] = f"http://127.0.0.1:{port}/"
    env["HUIYIN_SMS_SECRET"] = config.sms_secret
    supervisor.start(
        "sms",
        [
            *(sys.executable, "-m", "huiyin.ops.fake_sms", "--port", str(port)),
            *("--outbox", str(config.var / "sms.jsonl")),
            *("--reports", f"http://127.0.0.1:{config.port}/notices/sms/report"),
        ],
        env,
    )
    return f"http://localhost:{port}/"


def _wait_until_ready(supervisor: Supervisor, config: Config) -> str:
    host = config.host if config.host not in ("", "0.0.0.0", "::") else "127.0.0.1"  # noqa: S104
    name = "localhost" if host == "127.0.0.1" else host

    def is_ready() -> bool:
        connection = http.client.HTTPConnection(host, config.port, timeout=5)
        try:
            connection.request("GET", "/ready", headers={"Host": f"localhost:{config.port}"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    supervisor.wait_until(is_ready, seconds=READY_SECONDS, what="The web server")
    return f"http://{name}:{config.port}/"


def _announce(config: Config, address: str, sms_page: str, *, as_json: bool) -> None:
    """Print where it is and who can sign in, to stdout."""
    password, _ = demo_password(config.var)
    people = logins.lines(password)
    if as_json:
        data = {
            "address": address,
            "messages": sms_page,
            "logins": [
                {
                    "role": one.role,
                    "label_zh": one.label_zh,
                    "label_en": one.label_en,
                    "login": one.login,
                    "password": one.password,
                    "path": one.path,
                }
                for one in people
            ],
        }
        click.echo(json.dumps(data, ensure_ascii=False))
        return
    rows = [(one.label_zh, one.label_en, one.login, one.password or "SMS") for one in people]
    click.echo(f"\n回音 Huiyin: {address}")
    if sms_page:
        click.echo(f"短信 SMS:    {sms_page}")
    click.echo("")
    for line in table(rows):
        click.echo(f"  {line}")
    click.echo("\nStop with Ctrl-C.\n")


def table(rows: Sequence[tuple[str, ...]]) -> Iterable[str]:
    """Yield the rows with columns aligned; a Chinese character takes two places on a terminal."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)
        )
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _huiyin(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "huiyin.ops.cli", *arguments]
