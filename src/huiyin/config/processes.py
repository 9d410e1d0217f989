"""How the processes run, and what they tell of themselves."""

from typing import Final

from huiyin.config.kinds import Kind, Setting

PROCESSES: Final = (
    Setting(
        "HUIYIN_WORKERS",
        Kind.WHOLE,
        "Web server processes; about one per core.",
        default="2",
        least=1,
        most=64,
    ),
    Setting(
        "HUIYIN_MOST_WAITING",
        Kind.WHOLE,
        "Requests that may wait in each process until one of its four places is free; more are "
        "answered 503 at once.",
        default="40",
        least=1,
        most=500,
    ),
    Setting(
        "HUIYIN_LOG_FORMAT",
        Kind.CHOICE,
        "Logs as readable lines or as one JSON object a line.",
        default="console",
        choices=("console", "json"),
    ),
    Setting(
        "HUIYIN_LOG_LEVEL",
        Kind.CHOICE,
        "The least important kind of log line that is written.",
        default="info",
        choices=("debug", "info", "warning", "error"),
    ),
    Setting(
        "HUIYIN_METRICS_TOKEN",
        Kind.TEXT,
        "Bearer token for /metrics; without it only this machine may read them.",
        secret=True,
    ),
    Setting(
        "HUIYIN_DEBUG_TRACE",
        Kind.FLAG,
        "Commands print the whole trace of an internal error.",
        default="no",
    ),
)
