"""The table of all settings, and the page made from it."""

from typing import Final

from huiyin.config.city import CITY
from huiyin.config.installation import INSTALLATION
from huiyin.config.kinds import Setting
from huiyin.config.messages import MESSAGES
from huiyin.config.processes import PROCESSES
from huiyin.config.visitors import VISITORS

SETTINGS: Final[tuple[Setting, ...]] = (
    *INSTALLATION,
    *VISITORS,
    *MESSAGES,
    *CITY,
    *PROCESSES,
)


def settings_markdown() -> str:
    """Return the page docs/settings.md."""
    lines = [
        "# Settings",
        "",
        "Everything an operator can set comes from the environment. This page is written by",
        "`huiyin settings --markdown`; a test compares the two.",
        "",
        "A name marked *secret* may also come from a file: set `NAME_FILE` to its path. In",
        "production a name marked *required* has no default and Huiyin does not start without it.",
        "A wrong value, or an unknown name that starts with `HUIYIN_`, stops the start with one",
        "sentence.",
        "",
        "| Name | Accepts | Default | Meaning |",
        "| --- | --- | --- | --- |",
    ]
    for setting in SETTINGS:
        marks = [
            mark
            for mark, wanted in (
                ("secret", setting.secret),
                ("required", setting.production_required),
            )
            if wanted
        ]
        name = f"`{setting.name}`" + (f" *{', '.join(marks)}*" if marks else "")
        default = setting.shown_default or (f"`{setting.default}`" if setting.default else "")
        lines.append(f"| {name} | {setting.accepts} | {default} | {setting.doc} |")
    return "\n".join(lines) + "\n"
