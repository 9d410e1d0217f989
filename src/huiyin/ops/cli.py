"""The command `huiyin`. Each command is a module of `ops.commands`, imported when it is asked for.

Data go to stdout, everything else to stderr. What the operator can put right is one sentence.
"""

import errno
import importlib
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click

from huiyin.config import ConfigError, load_config
from huiyin.ops.errors import OperatorError
from huiyin.ops.masking import masked

COMMANDS = {
    "backup": "Write database and files to one archive.",
    "bench": "Measure how fast a city with years of matters is.",
    "check": "Look whether this installation is in order.",
    "createadmin": "Make the first administrator of the city.",
    "demo": "Run a whole demo city on this machine.",
    "dispatch": "Say who is responsible for a matter in a place, and why.",
    "load": "Load a real city from CSV or XLSX files.",
    "migrate": "Bring the database to this version.",
    "notices": "Look after messages to people.",
    "procedures": "Check, draw, show and try out procedures.",
    "restore": "Bring a backup back.",
    "retain": "Delete what has been kept long enough.",
    "serve": "Run the web server.",
    "settings": "Show every setting.",
    "verify": "Prove that the record is what was written.",
    "token": "Make and revoke tokens of the API.",
    "webhooks": "Look after what other systems are told.",
    "worker": "Run the background worker.",
    "worktime": "Count legal limits and show the calendar.",
}


class LazyGroup(click.Group):
    """Knows the names of its commands and imports one only to run it or to show its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"huiyin.ops.commands.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="huiyin", prog_name="huiyin")
def cli() -> None:
    """Huiyin 回音: every matter gets an answer.

    Settings come from the environment: huiyin settings lists them.

    Example: huiyin demo
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 refused or failed, 2 wrong use, 130 interrupted."""
    args = list(arguments) if arguments is not None else None
    guarded(lambda: cli.main(args=args, prog_name="huiyin", standalone_mode=False))


def guarded(act: Callable[[], object]) -> NoReturn:
    """Run `act` and exit; what goes wrong becomes a sentence and an exit code."""
    try:
        result = act()
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _say("Interrupted.")
        sys.exit(130)
    except (OperatorError, ConfigError) as error:
        _say(str(error))
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output has gone, such as `head`; nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        _say(sentence_for(error))
        sys.exit(1)
    sys.exit(result if isinstance(result, int) else 0)


def sentence_for(error: Exception) -> str:
    """Return the sentence for an error nobody caught; a bug's trace goes to a file."""
    if "django" in sys.modules:
        from django.utils import translation  # noqa: PLC0415 most commands never need Django

        from huiyin.ui.refusals import Refusal  # noqa: PLC0415 as above

        if isinstance(error, Refusal):
            with translation.override("en"):
                return str(error)
    if _is_disk_full(error):
        return "The disk is full: make room, then run the same command again."
    if os.environ.get("HUIYIN_DEBUG_TRACE", "").lower() in ("yes", "true", "on", "1"):
        traceback.print_exception(error)
    path = _keep_trace(error)
    where = f"its trace is in {path}" if path else "set HUIYIN_DEBUG_TRACE=yes to see its trace"
    return f"Internal error ({type(error).__name__}): this is a fault of Huiyin, {where}."


def _is_disk_full(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return True
        if getattr(error, "sqlstate", None) == "53100":  # PostgreSQL: disk full
            return True
        error = error.__cause__
    return False


def _keep_trace(error: Exception) -> Path | None:
    try:
        path = load_config(os.environ).var / "errors.log"
        with path.open("a", encoding="utf-8") as log:
            log.write(f"--- {datetime.now(UTC).isoformat(timespec='seconds')}\n")
            log.write(masked("".join(traceback.format_exception(error))))
    except (OSError, ConfigError):
        return None
    return path


def _say(text: str) -> None:
    sys.stderr.write(f"huiyin: {text}\n")


if __name__ == "__main__":
    main()
