"""`huiyin settings`."""

import json
import os

import click

from huiyin.config import SETTINGS, new_keys, settings_markdown


@click.command(
    "settings", short_help="Show every setting.", epilog="Example: huiyin settings --new-keys"
)
@click.option("--markdown", is_flag=True, help="Write the page docs/settings.md.")
@click.option("--new-keys", "with_new_keys", is_flag=True, help="Write fresh random keys.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def command(*, markdown: bool, with_new_keys: bool, as_json: bool) -> None:
    """Show every setting: what it accepts, its default, its meaning, whether it is set.

    Values are never shown. Works without a valid configuration.
    """
    if with_new_keys:
        keys = new_keys()
        text = json.dumps(keys) if as_json else "\n".join(f"{n}={v}" for n, v in keys.items())
        click.echo(text)
    elif markdown:
        click.echo(settings_markdown(), nl=False)
    else:
        rows = [
            {
                "name": setting.name,
                "accepts": setting.accepts,
                "default": setting.default or setting.shown_default,
                "required": setting.production_required,
                "secret": setting.secret,
                "is_set": setting.name in os.environ or f"{setting.name}_FILE" in os.environ,
                "doc": setting.doc,
            }
            for setting in SETTINGS
        ]
        if as_json:
            click.echo(json.dumps({"settings": rows}, ensure_ascii=False, indent=1))
            return
        for row in rows:
            state = "set" if row["is_set"] else f"default: {row['default'] or 'none'}"
            click.echo(f"{row['name']} ({state})\n    {row['doc']}\n    Accepts {row['accepts']}.")
