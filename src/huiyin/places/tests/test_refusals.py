"""Every refusal says what happened and what to do, with its own data."""

import re

import pytest
from django.utils import translation

from huiyin.places import refusals
from huiyin.ui.refusals import Refusal, sentence_of

MADE = sorted(
    (
        made
        for made in vars(refusals).values()
        if isinstance(made, type) and issubclass(made, Refusal) and made is not Refusal
    ),
    key=lambda made: made.code,
)
SAMPLES = {str: "夏津县", int: 3, float: 116.5}


def sample(kind: type) -> object:
    if kind in SAMPLES:
        return SAMPLES[kind]
    return next(iter(kind)) if hasattr(kind, "__members__") else kind(2026, 5, 1)


@pytest.mark.parametrize("made", MADE, ids=lambda made: made.code)
def test_sentence_uses_the_data_and_ends_with_what_to_do(made):
    refused = made(**{name: sample(kind) for name, kind in made.fields.items()})

    for language in ("en", "zh-hans"):
        with translation.override(language):
            said = sentence_of(refused)
        assert not re.search(r"%\(|[!！]", said)
        assert len(re.findall(r"[.。]", said)) >= 1
        assert "夏津县" in said or str not in made.fields.values()
