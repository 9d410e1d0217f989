"""`huiyin token`."""

import json
from typing import TYPE_CHECKING, Any

import click

from huiyin.ops.errors import OperatorError
from huiyin.ops.installation import with_django
from huiyin.ops.progress import say

if TYPE_CHECKING:
    from huiyin.gateway.models import ApiToken

RIGHTS = ("read", "act", "webhooks")

_json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON.")


@click.group(
    "token",
    short_help="Make and revoke tokens of the API.",
    epilog="Example: huiyin token list",
)
def command() -> None:
    """Make and revoke tokens of the API: keys with which other programs ask in a person's post.

    Only a hash is kept of a token, so it is shown once.
    """


@command.command(
    "create",
    short_help="Make a token and print it.",
    epilog="Example: huiyin token create streetlights --label 路灯系统 --right webhooks",
)
@click.argument("username")
@click.option("--label", required=True, help="What it is for; people see this name.")
@click.option(
    "--right",
    "rights",
    type=click.Choice(RIGHTS),
    multiple=True,
    default=("read",),
    show_default=True,
    help="What it may be used for; may be given several times.",
)
@click.option("--post", "post_ref", default="", help="The key of a post: it acts in this post.")
@click.option(
    "--days", type=click.IntRange(1, 400), default=365, show_default=True, help="Valid so long."
)
@_json_option
def create_command(
    *, username: str, label: str, rights: tuple[str, ...], post_ref: str, days: int, as_json: bool
) -> None:
    """Make a token for the account with this user name, and print it: it is shown this once.

    Without --post it acts for the account alone, and has no part in the work of any unit.
    """
    with with_django("app"):
        from django.utils import timezone  # noqa: PLC0415 Django is ready only now

        from huiyin.gateway.tokens import create_token  # noqa: PLC0415 as above
        from huiyin.people.models import Account, Post  # noqa: PLC0415 as above

        account = Account.objects.filter(username=username).first()
        if account is None:
            raise OperatorError(f"There is no account with the user name {username}.")
        post = Post.objects.filter(account=account, ref=post_ref).first() if post_ref else None
        if post_ref and post is None:
            refs = (
                Post.objects.filter(account=account).order_by("ref").values_list("ref", flat=True)
            )
            raise OperatorError(f"{username} has no post {post_ref}: {', '.join(refs) or 'none'}.")
        made = create_token(
            account_id=account.pk, post_id=post.pk if post else None, label=label[:80],
            rights=rights, days=days, at=timezone.now(),
        )  # fmt: skip
        row = _row(made.token)
    if as_json:
        click.echo(json.dumps({**row, "token": made.secret}, ensure_ascii=False))
        return
    say(f"Token {row['id']} is valid until {row['expires_at']}. It is shown this once:")
    click.echo(made.secret)


@command.command("list", short_help="List tokens.", epilog="Example: huiyin token list --json")
@click.option("--all", "with_ended", is_flag=True, help="Also those that ended or were revoked.")
@_json_option
def list_command(*, with_ended: bool, as_json: bool) -> None:
    """List the tokens: for whom, until when, when last used."""
    with with_django("app"):
        from django.utils import timezone  # noqa: PLC0415 Django is ready only now

        from huiyin.gateway.models import ApiToken  # noqa: PLC0415 as above

        found = ApiToken.objects.select_related("account", "post__unit").order_by("created_at")
        if not with_ended:
            found = found.filter(revoked_at=None, expires_at__gt=timezone.now())
        rows = [_row(token) for token in found]
    if as_json:
        click.echo(json.dumps({"tokens": rows}, ensure_ascii=False))
        return
    for row in rows:
        click.echo("  ".join(str(row[name] or "-") for name in row))
    if not rows:
        say("There are none.")


@command.command(
    "revoke",
    short_help="Revoke tokens at once.",
    epilog="Example: huiyin token revoke 01989f4e-5a1c-7cc2-8a51-2f7f0f4f3c11",
)
@click.argument("ids", metavar="ID...", nargs=-1, required=True, type=click.UUID)
def revoke_command(*, ids: tuple[Any, ...]) -> None:
    """Revoke tokens at once; their webhooks are no longer served."""
    with with_django("app"):
        from django.utils import timezone  # noqa: PLC0415 Django is ready only now

        from huiyin.gateway.tokens import revoke_token  # noqa: PLC0415 as above

        for token_id in ids:
            token = revoke_token(token_id=token_id, at=timezone.now())
            say(f"Revoked: {token.hint}… {token.label}")


def _row(token: "ApiToken") -> dict[str, Any]:
    def moment(value: Any) -> str | None:
        return value.isoformat(timespec="seconds") if value else None

    return {
        "id": str(token.pk),
        "hint": f"{token.hint}…",
        "label": token.label,
        "account": token.account.username or str(token.account_id),
        "post": token.post.ref if token.post else None,
        "rights": ",".join(token.rights),
        "expires_at": moment(token.expires_at),
        "last_used_at": moment(token.last_used_at),
        "revoked_at": moment(token.revoked_at),
    }
