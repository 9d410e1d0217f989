"""Mediations and referrals anywhere on their way, reached by the real acts of their procedures."""

from collections.abc import Mapping
from dataclasses import replace

from huiyin.procedures.library import procedure
from huiyin.procedures.runs import Actor, Who
from huiyin.procedures.simulation import World, a_form, at_local
from huiyin.procedures.tests.answers import decided
from huiyin.procedures.tests.shipped import limits
from huiyin.worktime import Limit, statutory_calendar

CALENDAR = statutory_calendar()
APPLICANT = Actor(Who.PERSON, "person-applicant")
RESPONDENT = Actor(Who.PERSON, "person-respondent")
BOTH = (APPLICANT, RESPONDENT)
SIDES = {APPLICANT.id: "applicant", RESPONDENT.id: "respondent"}

Fields = Mapping[str, object]

MEDIATION: Mapping[str, Fields] = {
    "apply": {"dispute_type": "neighbour"},
    "accept": {"dispute_type": "neighbour"},
    "choose_mediator": {},
    "notify": {},
    "hold_session": {},
    "conclude_written": {},
    "follow_up": {},
}
CONFIRMATION: Mapping[str, Fields] = {"apply": {}, "accept": {}, "confirm": {}}
COURT: Mapping[str, Fields] = {
    "identify": {},
    "ask_consent": {},
    "record_consents": {},
    "record_leave_to_court": {},
    "appoint": {},
    "accept_referral": {},
    "start_mediation": {},
    "agree": {},
}
POLICE: Mapping[str, Fields] = {"refer": {"kind": "minor_act"}, "accept": {}, "begin": {}}
TRAFFIC: Mapping[str, Fields] = {"serve_decision": {}, "choose_committee": {}, "accept": {}}


def a_run(
    name: str, way: Mapping[str, Fields], upto: str, *, at: str,
    values: Mapping[str, Limit] | None = None, **special: Fields,
) -> World:  # fmt: skip
    """Return a run after an act of its way, all acts taken at one local time.

    `values`: limits instead of those of the catalogue. `special`: fields of single acts.
    """
    world = World(procedure(name), CALENDAR, at_local(at), {**limits(), **(values or {})})
    world.run = replace(world.run, parties=SIDES)
    for action, fields in way.items():
        wanted = {**fields, **special.get(action, {})}
        choices = {key: value for key, value in wanted.items() if isinstance(value, str)}
        made_up = a_form(world.procedure.actions[action], world.run, world.now, choices=choices)
        decided(world.act(action, {**made_up, **wanted}))
        if action == upto:
            return world
    raise AssertionError(f"{upto} is not on the way")


def a_mediation(upto: str, *, at: str = "2025-11-03T09:00", **special: Fields) -> World:
    """Return a mediation between neighbours after an act."""
    return a_run("mediation", MEDIATION, upto, at=at, **special)


def a_confirmation(upto: str, *, at: str = "2025-11-03T09:00", **special: Fields) -> World:
    """Return a confirmation after an act."""
    return a_run("confirmation", CONFIRMATION, upto, at=at, **special)


def a_court_referral(
    upto: str, *, mode: str = "delegated", at: str = "2025-11-03T09:00", **special: Fields
) -> World:
    """Return a court referral after an act; both sides have consented."""
    return a_run("court_referral", COURT, upto, at=at, **{"identify": {"mode": mode}, **special})


def a_police_referral(upto: str, *, at: str = "2025-11-03T09:00", **special: Fields) -> World:
    """Return a police referral after an act."""
    return a_run("police_referral", POLICE, upto, at=at, **special)
