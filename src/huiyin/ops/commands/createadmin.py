"""`huiyin createadmin`."""

import json

import click

from huiyin.ops.installation import with_django


@click.command(
    "createadmin",
    short_help="Make the first administrator of the city.",
    epilog="Example: huiyin createadmin --username wangfang --name 王芳",
)
@click.option("--username", prompt="User name", help="What the administrator signs in with.")
@click.option("--name", prompt="Name", help="The administrator's name.")
@click.option("--json", "as_json", is_flag=True, help="Write the link as JSON.")
def command(*, username: str, name: str, as_json: bool) -> None:
    """Make an administrator of the city and print the link to set the password.

    The link works once and for a short time; nobody gets a default password.
    """
    with with_django("app") as found:
        from django.utils import timezone  # noqa: PLC0415 Django is ready only now

        from huiyin.people.accounts import create_admin  # noqa: PLC0415 as above

        path = create_admin(username=username.strip(), name=name.strip(), at=timezone.now())
    link = f"{found.config.public_url}{path}"
    click.echo(json.dumps({"username": username.strip(), "link": link}) if as_json else link)
