"""No list reads a table from end to end, nor puts more than a page in order, in a large city."""

from functools import partial
from http import HTTPStatus

from django.test import Client
from django.utils import timezone

from huiyin.categories.tree import tree
from huiyin.gateway.models import Right
from huiyin.gateway.tokens import create_token
from huiyin.insight import listing
from huiyin.insight.moments import Moment
from huiyin.people.accounts import resident_for_phone
from huiyin.people.actors import actor_of
from huiyin.people.models import Account
from huiyin.ui.tests.plans import faults, plans
from huiyin.web import supervision, whistles
from huiyin.web.tests import crowded, crowded_matters
from huiyin.web.tests.access_table import client_of, session_of
from huiyin.web.tests.long_lists import FAR, PAGE, PROGRAM, READ, RESIDENT, long_lists
from huiyin.web.tests.pages import LOGINS


def clients(resident):
    """Whoever asks, signed in; a program with a token of the bureau's clerk."""
    known = {"": Client(), RESIDENT: client_of(session_of(resident))}

    def of(who):
        if who not in known:
            known[who] = client_of(session_of(Account.objects.get(username=who)))
        return known[who]

    return of


def post_of(login):
    """The post in which a login of the demo works."""
    account = Account.objects.get(username=login)
    return account.posts.select_related("account", "unit__place").get(is_default=True)


def lists_within(at):
    """Every list of orders and of whistles, of whoever gave them, has them and looks on."""
    for login in ("leader", "housing", "town"):
        post = post_of(login)
        known = {"by": actor_of(post.account, post), "at": at, "place": post.unit.place}
        for which, lists in (
            (supervision.Show, supervision.Orders(**known)),
            (whistles.Show, whistles.Whistles(**known)),
        ):
            for show in which:
                yield f"{login}: {which.__module__}, {show}", partial(lists.page, show)


def lists_behind_figures(at):
    """Every list behind a figure, of those who look at the city, at a county and at a town."""
    for login in ("city", "leader", "town"):
        post = post_of(login)
        by, when = actor_of(post.account, post), Moment.of(at)
        for which in listing.LISTS:
            wanted = listing.Wanted(which, post.unit.place, when)
            yield f"{login}: behind {which}", partial(listing.page, wanted, by=by)


def test_no_list_of_a_large_city_reads_a_table_whole_or_sorts_more_than_a_page(
    city, monkeypatch
):  # fmt: skip
    monkeypatch.setattr("huiyin.categories.tree.FRESH_SECONDS", 600)  # it is read once
    now = timezone.now()
    bureau = Account.objects.get(username="housing")
    secret = create_token(
        account_id=bureau.pk, post_id=bureau.posts.get(is_default=True).pk, label="别的系统",
        rights=[Right.WEBHOOKS], days=30, at=now,
    ).secret  # fmt: skip
    resident = resident_for_phone(phone=crowded_matters.RESIDENT, at=now)
    crowded.grow(crowded.REGISTERS, at=now)
    posts = crowded.write_for_years(at=now)
    crowded_matters.grow(
        at=now, posts=posts, resident=resident.pk, logins=(*LOGINS.values(), "city"),
        above=post_of("leader").unit_id,
    )  # fmt: skip
    client_for, seen, found = clients(resident), 0, {}
    tree()

    for asked in long_lists():
        is_program = asked.who == PROGRAM
        headers = {"Authorization": f"Bearer {secret}"} if is_program else {}
        client = client_for("" if is_program else asked.who)
        with plans() as gone_about:
            answer = client.get(asked.path, headers=headers)
        name = f"{asked.who or 'visitor'}: {asked.path}"
        assert answer.status_code == HTTPStatus.OK, (name, answer.status_code)
        seen += len(gone_about)
        if wrong := faults(gone_about, most=asked.ordered, scanned=asked.scanned, read=asked.read):
            found[name] = wrong

    for name, look in (*lists_within(now), *lists_behind_figures(now)):
        with plans() as gone_about:
            look()
        seen += len(gone_about)
        if wrong := faults(gone_about, most=PAGE, scanned=READ, read=FAR):
            found[name] = wrong

    assert not found, "\n".join(f"{name}: {'; '.join(wrong)}" for name, wrong in found.items())
    assert seen > 500, seen
