"""What can be done with a run now, why not, and doing it."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Router

from huiyin.dispatch.wording import explain
from huiyin.gateway import refusals, saying
from huiyin.gateway.acting import alternatives, possible_now, why_not
from huiyin.gateway.api.answers import answers, as_said
from huiyin.gateway.api.headers import Key
from huiyin.gateway.door import Door, caller_of
from huiyin.gateway.errors import error_body
from huiyin.gateway.models import Right
from huiyin.gateway.schemas.acts import (
    ActIn,
    ActionsOut,
    ActOut,
    ActsIn,
    ActsOut,
    SuggestionOut,
)
from huiyin.matters import access
from huiyin.matters.acting import act, act_many
from huiyin.matters.limits import procedure_of
from huiyin.matters.refusals import ActRefused, NotFound, SomebodyWasFaster
from huiyin.matters.suggesting import suggestion
from huiyin.ui.refusals import Refusal

router = Router(tags=["Acts"])
RunId = Annotated[UUID, Path(description="The id of a run.")]


@router.get(
    "/runs/{run_id}/actions", auth=Door(Right.READ), response=answers(ActionsOut, 404),
    summary="What can be done",
)  # fmt: skip
def list_actions(request: HttpRequest, run_id: RunId) -> Any:
    """Return every action of a run as whoever asks finds it: open with its form, or why not."""
    by, at = caller_of(request).actor, timezone.now()
    run = access.run(run_id, by=by)
    rules, found = possible_now(run, by=by, at=at)
    return {
        "run": run.pk,
        "events": run.events,
        "actions": [
            {
                **saying.action_out(rules.actions[one.action], rules),
                "is_open": one.is_open,
                "why_not": why_not(one, rules),
            }
            for one in found
        ],
    }


@router.get(
    "/runs/{run_id}/suggestion", auth=Door(Right.READ, staff=True),
    response=answers(SuggestionOut, 404), summary="Which unit it should go to",
)  # fmt: skip
def suggest_unit(request: HttpRequest, run_id: RunId) -> Any:
    """Return which unit a run should get and why, for whoever may give it to one.

    Units that the matter accuses are never among them. An act that follows keeps the reason.
    """
    found = suggestion(run_id, by=caller_of(request).actor, at=timezone.now())
    acts = [{"action": action, "field": field} for action, field in found.acts.items()]
    answer = found.answer
    if answer is None:
        return {
            "unit": None, "found": "", "reason": "", "others": [], "data": {}, "acts": acts
        }  # fmt: skip
    told, unit = explain(answer), answer.unit
    return {
        "unit": {"id": unit.id, "code": unit.code, "name": unit.name} if unit else None,
        "found": answer.found.value,
        "reason": told.reason,
        "others": [f"{name}: {why}" for name, why in told.others],
        "data": answer.as_data(),
        "acts": acts,
    }


@router.post(
    "/runs/{run_id}/actions/{action}", auth=Door(Right.ACT), response=answers(ActOut, 404, 409),
    summary="Do something",
)  # fmt: skip
def take_action(
    request: HttpRequest,
    run_id: RunId,
    action: Annotated[str, Path(max_length=60, description="Which one.", example="dispatch")],
    sent: ActIn,
    key: Key = "",
) -> Any:
    """Take an action of a run. What is refused changes nothing, and says what can be done instead.

    With `expected` an act that would change the state is refused when somebody was faster; with
    `Idempotency-Key` the same request is taken once.
    """
    by, at = caller_of(request).actor, timezone.now()
    _check_late(sent, at)
    try:
        done = act(
            run_id, action, by=by, at=at, form=sent.form, expected=sent.expected, key=key,
            occurred_at=sent.occurred_at,
        )  # fmt: skip
    except (ActRefused, SomebodyWasFaster):
        request.alternatives = alternatives(  # type: ignore[attr-defined]  # read by the handler
            access.run(run_id, by=by), by=by, at=at
        )
        raise
    return as_said(
        {
            "number": done.run.matter.number,
            "event": done.event.seq,
            "is_repeat": done.is_repeat,
            "run": saying.acted_run_out(done),
        }
    )


@router.post(
    "/acts", auth=Door(Right.ACT, staff=True), response=answers(ActsOut, 404),
    summary="Do the same with many",
)  # fmt: skip
def take_many_actions(request: HttpRequest, sent: ActsIn) -> Any:
    """Take the same action on many runs in one go; the answer tells of each what became of it.

    Runs that are not open to whoever asks are answered as missing.
    """
    by, at = caller_of(request).actor, timezone.now()
    wanted = list(dict.fromkeys(sent.runs))
    seen = set(access.runs_seen_by(by).filter(pk__in=wanted).values_list("pk", flat=True))
    done = act_many([pk for pk in wanted if pk in seen], sent.action, by=by, at=at, form=sent.form)
    found = []
    for pk in wanted:
        one = done.get(pk, NotFound())
        if isinstance(one, Refusal):
            error = error_body(one)
            found.append(
                {"run": pk, "is_done": False, "state": None, "event": None, "error": error}
            )
            continue
        rules = procedure_of(one.run.procedure)
        state = saying.state_label(rules, one.run.state)
        found.append(
            {"run": pk, "is_done": True, "state": state, "event": one.event.seq, "error": None}
        )
    return {"runs": found}


def _check_late(sent: ActIn, at: Any) -> None:
    if sent.occurred_at is not None and sent.occurred_at > at:
        raise refusals.Invalid(errors={"body.occurred_at": "≤"})
