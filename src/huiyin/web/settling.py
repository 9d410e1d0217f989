"""Settling an enquiry while the caller is still there: the matter and its answer in one step.

Which opening can be settled so, and by which act, is read off the procedure: an act of the same
people that ends the work from the state the opening leads to, and asks for nothing but words.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.matters.acting import act
from huiyin.matters.models import Run
from huiyin.matters.refusals import ActRefused
from huiyin.matters.wording import said
from huiyin.people.actors import Actor
from huiyin.procedures.language import Action, Field, FieldType
from huiyin.ui.forms import Form
from huiyin.web.taking_in import Opening, ResolvedField

ANSWER, SOURCE = "settle_answer", "settle_source"


@dataclass(frozen=True, slots=True)
class Settling:
    """The act that settles, with its field for the answer and the one for what it rests on."""

    action: Action
    answer: Field
    source: Field | None

    @property
    def label(self) -> str:
        """What the button says."""
        return said(self.action.label)


def settling_of(opening: Opening) -> Settling | None:
    """Return how a matter that is opened so can be answered on the spot, if it can."""
    rules, first = opening.procedure, opening.action
    begun = first.to.names if first.to else ()
    for action in rules.actions.values():
        ends = action.to.names if action.to and not action.to.of else ()
        asked = [one for one in action.form if one.required]
        is_words = len(asked) == 1 and asked[0].type is FieldType.TEXT and not asked[0].line
        if (
            is_words
            and len(begun) == 1
            and begun[0] in action.froms
            and ends
            and all(name in rules.states and rules.states[name].done for name in ends)
            and set(action.by) & set(first.by)
        ):
            lines = [one for one in action.form if one.type is FieldType.TEXT and one.line]
            return Settling(action, asked[0], lines[0] if lines else None)
    return None


class SettlingForm(Form):
    """What was told to the caller, and what it rests on."""

    use_required_attribute = False

    settle_answer = ResolvedField(
        label=_("What you tell them"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
    )  # fmt: skip
    settle_source = forms.CharField(
        label=_("What it rests on"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, settling: Settling, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[ANSWER].label = said(settling.answer.label)
        if settling.source is None:
            del self.fields[SOURCE]
        else:
            self.fields[SOURCE].label = said(settling.source.label)


def settle(
    run: Run, settling: Settling, form: SettlingForm, *, key: str, by: Actor, at: datetime
) -> None:
    """Answer a matter that has just been opened, in the caller's transaction.

    Raises ActRefused with the errors under the names of the form.
    """
    told = {settling.answer.name: form.cleaned_data.get(ANSWER, "")}
    if settling.source is not None and form.cleaned_data.get(SOURCE):
        told[settling.source.name] = form.cleaned_data[SOURCE]
    try:
        act(
            run.pk, settling.action.name, by=by, at=at, key=f"{key}-settled" if key else "",
            form={name: value for name, value in told.items() if value},
        )  # fmt: skip
    except ActRefused as refusal:
        ours = {settling.answer.name: ANSWER}
        if settling.source is not None:
            ours[settling.source.name] = SOURCE
        errors = {ours.get(name, name): words for name, words in refusal.errors.items()}
        raise ActRefused(
            reason=refusal.reason, sentence=refusal.sentence, errors=errors
        ) from refusal
