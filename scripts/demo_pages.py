"""Every page of a running demo city, with a session for whoever opens it.

The pages are those the tests walk (`huiyin.web.tests.pages`), so a page that is added there is
measured and photographed as well; here come those that need a resident with matters.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huiyin.ops.installation import with_django

RESIDENT = "resident"
Opened = tuple[str, str, str, str]  # name, who, path, session key ("" for a visitor)


@contextmanager
def demo_city(var: Path, port: int) -> Iterator[None]:
    """Stand in the city that `huiyin demo` runs in this folder, as its web server does."""
    os.environ |= {"HUIYIN_MODE": "demo", "HUIYIN_VAR": str(var), "HUIYIN_PORT": str(port)}
    with with_django("app"):
        yield


def opened() -> list[Opened]:
    """Return every page; needs `demo_city`. A session is made for everybody who opens one."""
    from huiyin.people.models import Account  # noqa: PLC0415 after django.setup
    from huiyin.web.tests.access_table import session_of  # noqa: PLC0415 as above
    from huiyin.web.tests.pages import pages  # noqa: PLC0415 as above

    walked = [(page.name, page.who, page.path) for page in pages()]
    logins = {who for _, who, _ in walked if who}
    sessions = {
        who: session_of(account)
        for who, account in ((who, Account.objects.get(username=who)) for who in sorted(logins))
    }
    resident = _resident()
    sessions[RESIDENT] = session_of(resident)
    walked += [(name, RESIDENT, path) for name, path in _of_a_resident(resident)]
    return [(name, who, path, sessions.get(who, "")) for name, who, path in walked]


def _resident() -> "Account":  # noqa: F821 known after django.setup
    from huiyin.ops.demo.logins import RESIDENT_PHONE  # noqa: PLC0415 after django.setup
    from huiyin.people.models import Account, AccountKind  # noqa: PLC0415 as above
    from huiyin.people.phones import index_of  # noqa: PLC0415 as above

    return Account.objects.get(kind=AccountKind.RESIDENT, phone_index=index_of(RESIDENT_PHONE))


def _of_a_resident(resident: "Account") -> Iterator[tuple[str, str]]:  # noqa: F821 as above
    from django.urls import reverse  # noqa: PLC0415 after django.setup

    from huiyin.matters.models import Run  # noqa: PLC0415 as above

    yield "start, signed in", reverse("web:start")
    yield "my matters", reverse("web:mine")
    yield "my data", reverse("web:my_data")
    yield "my page", reverse("people:account")
    yield "my notices", reverse("notices:inbox")
    own = Run.objects.filter(matter__contacts__account_id=resident.pk).order_by("pk")
    for state in sorted(set(own.values_list("state", flat=True))):
        run = own.filter(state=state).select_related("matter").last()
        if run is not None:
            yield f"my matter, {state}", reverse("web:follow", args=[run.matter.number])
