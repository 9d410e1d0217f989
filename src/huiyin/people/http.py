"""Requests of somebody who is signed in, as the views of this capability get them."""

from huiyin.people.actors import Actor
from huiyin.people.models import Account
from huiyin.people.sessions import SessionStore
from huiyin.ui.http import HuiyinRequest


class PeopleRequest(HuiyinRequest):
    """A request of somebody who is signed in: in which post, with which account."""

    actor: Actor
    account: Account
    session: SessionStore
