"""Structured logs without personal data: structlog in front, the standard library behind.

Nothing here knows a person: addresses are logged as routes (`ops.middleware`), numbers of phones
and identity cards are masked wherever they turn up, and what PostgreSQL quotes of a row is cut out.
"""

import logging
import logging.config
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from huiyin.ops.masking import masked


def configure(settings: Mapping[str, str]) -> None:
    """Set up all logging of a process; Django calls it with settings.LOGGING."""
    as_json = settings["format"] == "json"
    stamp = structlog.processors.TimeStamper(
        fmt="iso" if as_json else "%H:%M:%S",
        utc=as_json,  # people read the clock on their wall, machines compare
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        stamp,
        structlog.processors.format_exc_info,
        mask,
    ]
    last: Any = structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else line
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    level = settings["level"].upper()
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"no_address": {"()": WithoutAddress}},
            "formatters": {
                "all": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        last,
                    ],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "all"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                # Refusals are counted and logged with their route by ops.middleware; Django would
                # write the whole address, which may hold a one-time link.
                "django.request": {"level": "ERROR", "filters": ["no_address"]},
                "django.security": {"level": "ERROR"},
                # It names who tried to sign in.
                "axes": {"level": "CRITICAL"},
                "procrastinate": {"level": "WARNING"},
                "asyncio": {"level": "WARNING"},
            },
        }
    )


def mask(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Structlog processor: mask personal numbers in every text of a log line."""
    for key, value in event.items():
        event[key] = _masked(value)
    return event


def line(logger: object, method: str, event: MutableMapping[str, Any]) -> str:
    """Structlog renderer: one readable line, `12:30:05 GET sign-in 200 35 ms`, a trace below."""
    parts = [str(event.pop("timestamp", ""))]
    level = str(event.pop("level", "info"))
    if level != "info":
        parts.append(level.upper())
    name, said, trace = (event.pop(key, "") for key in ("logger", "event", "exception"))
    if name == "huiyin.request":
        parts += [
            *(str(event.pop(key, "")) for key in ("method", "route", "status")),
            f"{event.pop('ms', '')} ms",
        ]
        event.pop("request_id", None)  # in every answer; here it would only push the line apart
    else:
        parts.append(str(said))
    parts += [f"{key}={value}" for key, value in event.items()]
    return " ".join(parts) + (f"\n{trace}" if trace else "")


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {key: _masked(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set):
        return [_masked(part) for part in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return masked(str(value)) if len(str(value)) >= 11 else value
    return value


class WithoutAddress(logging.Filter):
    """Takes the address of the request out of Django's record of a failed one."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record and its trace, replace its words."""
        record.msg = "request failed"
        record.args = ()
        if hasattr(record, "request"):
            del record.request
        return True
