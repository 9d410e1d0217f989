"""What a city changes about dispatch: words of urgency, steps of the ladder, return reasons.

Each verb is one transaction; what was before is in the history that triggers write. Who may do this
is decided by the caller.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from huiyin.categories.models import TermUnit
from huiyin.dispatch.models import STEP_UNITS, LadderRule, Phase, ReturnReason, UrgentWord
from huiyin.dispatch.refusals import (
    HintIncomplete,
    NumberMalformed,
    ReasonCodeMalformed,
    ReasonNameMissing,
    StepMalformed,
    StepNotKnown,
    StepsOutOfOrder,
    WordKnown,
    WordNotKnown,
    WordTooLong,
    WordTooShort,
)
from huiyin.dispatch.returns import forget_reasons
from huiyin.dispatch.urgency import forget_words
from huiyin.ui.acts import By, recording

MOST = 3_650  # as for limits: anything longer is a slip of the finger
_WORD_CHARS, _HINT_ZH_CHARS, _HINT_EN_CHARS = 40, 120, 200
_NUMBER = re.compile(r"[0-9]{3,12}", re.ASCII)
_CODE = re.compile(r"[a-z]+(?:_[a-z]+)*", re.ASCII)
_MINUTES = {
    TermUnit.MINUTE: 1,
    TermUnit.HOUR: 60,
    TermUnit.DAY: 24 * 60,
    TermUnit.WORKING_DAY: 24 * 60,
}


def add_word(
    *,
    word: str,
    by: By,
    at: datetime,
    number: str = "",
    hint_zh: str = "",
    hint_en: str = "",
) -> UrgentWord:
    """Let a word make matters urgent; a retired one comes back as it is given now.

    `number`: to call first, where the word may mean danger to life.
    Raises WordTooShort, WordTooLong, WordKnown, NumberMalformed, HintIncomplete.
    """
    word = " ".join(word.casefold().split())
    if len(word) < 2:
        raise WordTooShort(word=word)
    _check_word(word=word, number=number, hint_zh=hint_zh, hint_en=hint_en)
    with transaction.atomic(), recording("dispatch.word", by=by, at=at):
        forget_words()
        known = UrgentWord.objects.select_for_update().filter(word=word).first()
        if known is not None and known.active:
            raise WordKnown(word=word)
        given = {"number": number, "hint_zh": hint_zh.strip(), "hint_en": hint_en.strip()}
        if known is None:
            return UrgentWord.objects.create(word=word, **given)
        known.number, known.hint_zh, known.hint_en = number, given["hint_zh"], given["hint_en"]
        known.active = True
        known.save(update_fields=["number", "hint_zh", "hint_en", "active"])
        return known


def change_word(
    *, word: str, number: str, hint_zh: str, hint_en: str, by: By, at: datetime
) -> UrgentWord:
    """Change number and advice of a word. Raises as `add_word`, WordNotKnown."""
    _check_word(word=word, number=number, hint_zh=hint_zh, hint_en=hint_en)
    with transaction.atomic(), recording("dispatch.word_changed", by=by, at=at):
        forget_words()
        known = _word(word)
        known.number, known.hint_zh, known.hint_en = number, hint_zh.strip(), hint_en.strip()
        known.save(update_fields=["number", "hint_zh", "hint_en"])
        return known


def retire_word(*, word: str, by: By, at: datetime) -> UrgentWord:
    """Take a word out of the list. Raises WordNotKnown."""
    with transaction.atomic(), recording("dispatch.word_retired", by=by, at=at):
        forget_words()
        known = _word(word)
        known.active = False
        known.save(update_fields=["active"])
        return known


def set_step(
    *,
    rule_id: int,
    by: By,
    at: datetime,
    amount: int | None = None,
    unit: TermUnit | None = None,
    share: Decimal | None = None,
    active: bool = True,
) -> LadderRule:
    """Change when a step of the ladder comes, or leave it out (`active`).

    Steps already taken stay taken; running clocks go by the new times from now on.
    Raises StepNotKnown, StepMalformed, StepsOutOfOrder.
    """
    with transaction.atomic(), recording("dispatch.step", by=by, at=at):
        rule = LadderRule.objects.filter(id=rule_id).first()
        if rule is None:
            raise StepNotKnown()
        ladder = LadderRule.objects.select_for_update().filter(
            clock_kind=rule.clock_kind, urgency=rule.urgency
        )
        rules = {known.pk: known for known in ladder.order_by("pk")}
        rule = rules[rule.pk]
        rule.amount, rule.unit, rule.share, rule.active = amount, unit or "", share, active
        if not _is_well_formed(rule):
            raise StepMalformed()
        if rule.phase == Phase.OVERDUE and rule.active:
            _check_order(rule, rules.values())
        rule.save(update_fields=["amount", "unit", "share", "active"])
        return rule


def set_reason(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    needs_basis: bool,
    needs_right_unit: bool,
    by: By,
    at: datetime,
    active: bool = True,
) -> ReturnReason:
    """Add a reason for sending work back, change it, or leave it out (`active`).

    What was sent back for it keeps its code. Raises ReasonCodeMalformed, ReasonNameMissing,
    WordTooLong.
    """
    if not _CODE.fullmatch(code) or len(code) > _WORD_CHARS:
        raise ReasonCodeMalformed(name=code)
    name_zh, name_en = name_zh.strip(), name_en.strip()
    if not (name_zh and name_en):
        raise ReasonNameMissing()
    _fits(name_zh, 60)
    _fits(name_en, 120)
    with transaction.atomic(), recording("dispatch.reason", by=by, at=at):
        forget_reasons()
        last = ReturnReason.objects.order_by("-position").values_list("position", flat=True).first()
        fields = {
            "name_zh": name_zh,
            "name_en": name_en,
            "needs_basis": needs_basis,
            "needs_right_unit": needs_right_unit,
            "active": active,
        }
        reason, _made = ReturnReason.objects.update_or_create(
            code=code, defaults=fields, create_defaults={**fields, "position": (last or 0) + 1}
        )
        return reason


def _word(word: str) -> UrgentWord:
    folded = " ".join(word.casefold().split())
    known = UrgentWord.objects.select_for_update().filter(word=folded, active=True).first()
    if known is None:
        raise WordNotKnown(word=word)
    return known


def _check_word(*, word: str, number: str, hint_zh: str, hint_en: str) -> None:
    _fits(word, _WORD_CHARS)
    _fits(hint_zh, _HINT_ZH_CHARS)
    _fits(hint_en, _HINT_EN_CHARS)
    if number and not _NUMBER.fullmatch(number):
        raise NumberMalformed(number=number)
    if bool(hint_zh.strip()) != bool(hint_en.strip()):
        raise HintIncomplete()


def _fits(text: str, limit: int) -> None:
    if len(text) > limit:
        raise WordTooLong(limit=limit)


def _is_well_formed(rule: LadderRule) -> bool:
    if (rule.amount is None) != (not rule.unit):
        return False
    if rule.amount is not None and not (1 <= rule.amount <= MOST and rule.unit in STEP_UNITS):
        return False
    match rule.phase:
        case Phase.WARNING:
            has_time = rule.amount is not None or rule.share is not None
            return has_time and (rule.share is None or 0 < rule.share < 1)
        case Phase.DUE:
            return rule.amount is None and rule.share is None
        case _:
            return rule.amount is not None and rule.share is None


def _check_order(rule: LadderRule, rules: Iterable[LadderRule]) -> None:
    """Overdue 1, 2, 3 … come in this order; a working day counts as a day."""
    own = _length(rule)
    for other in rules:
        if other.phase != Phase.OVERDUE or not other.active or other.number == rule.number:
            continue
        is_before = other.number < rule.number
        if (_length(other) >= own) if is_before else (_length(other) <= own):
            raise StepsOutOfOrder(number=rule.number)


def _length(rule: LadderRule) -> int:
    return (rule.amount or 0) * _MINUTES[TermUnit(rule.unit)] if rule.unit else 0
