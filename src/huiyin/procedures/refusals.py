"""What the engine says when something cannot be: the sentences of its codes, zh and en.

The codes of a procedure's own conditions ("hotline.designated") have their sentences in its file.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from huiyin.procedures.decisions import Refusal
from huiyin.procedures.forms import FieldError
from huiyin.procedures.language import NEW, Procedure, Words
from huiyin.worktime import CITY, Limit

SENTENCES: Final[Mapping[str, Words]] = {
    "run.unknown_action": Words(
        "没有“{action}”这个操作，请从列出的操作中选。",
        "There is no act called {action}. Choose one of those listed.",
    ),
    "run.ended": Words(
        "这项办理已经结束（{state}），不能再操作。需要继续办的，请另行登记。",
        "This run has ended ({state}); nothing more can be done in it. Register anew to go on.",
    ),
    "run.not_yours": Words(
        "“{action}”由{who}办理，请联系对方。", "“{action}” is done by: {who}. Please ask them."
    ),
    "run.not_from_here": Words(
        "现在是“{state}”，“{action}”要在下列状态才能办：{froms}。",
        "It is now “{state}”. “{action}” can be done in: {froms}.",
    ),
    "run.waits_for_child": Words(
        "要等“{child}”有了结果才能继续。", "This waits for the result of “{child}”."
    ),
    "run.window_closed": Words(
        "“{clock}”的期限已过或还没有开始{closed_on}。",
        "The time for “{clock}” is over or has not begun{closed_on}.",
    ),
    "run.used_up": Words(
        "“{action}”最多 {times} 次，已经用完。",
        "“{action}” can be done {times} times; all are used.",
    ),
    "run.too_soon": Words(
        "刚办过“{action}”，{again_at}起可以再办。",
        "“{action}” was done not long ago. It can be done again from {again_at}.",
    ),
    "run.agreed_already": Words(
        "这一方已经同意，等其他各方。", "This side has agreed already; the others have not yet."
    ),
    "run.not_for_another": Words(
        "“{action}”只能为自己办；其他各方由本人办，或者由工作人员登记。",
        "“{action}” is for each side to do for itself; the others do it, or staff record it.",
    ),
    "run.party_not_named": Words(
        "“{action}”要各方自己同意。由工作人员代为登记的，请写明是哪一方。",
        "“{action}” is for each side to agree to. Recording it for a side, say which.",
    ),
    "run.no_party": Words(
        "这个人不是本案当事人，请从当事人中选。",
        "This is no party to the matter. Choose one of them.",
    ),
    "run.last_level": Words(
        "“{fact}”已经到最后一级，不能再往上。", "“{fact}” is at its last step already."
    ),
    "run.child_open": Words(
        "“{child}”正在进行，不能再开一个。", "“{child}” is under way already; wait for its result."
    ),
    "run.child_not_open": Words("“{child}”没有在进行。", "“{child}” is not under way."),
    "run.clock_not_running": Words("“{clock}”没有在计时。", "“{clock}” is not running."),
    "run.clock_not_over": Words("“{clock}”还没有到期。", "“{clock}” is not over yet."),
    "run.extended_already": Words(
        "“{clock}”最多延长 {times} 次，已经用完。",
        "“{clock}” can be extended {times} times; all are used.",
    ),
    "run.extension_asked_already": Words(
        "已经申请延长“{clock}”，等待批准。",
        "More time for “{clock}” has been asked for; wait for the answer.",
    ),
    "run.extension_not_asked": Words(
        "还没有人申请延长“{clock}”。", "Nobody has asked for more time for “{clock}”."
    ),
    "run.extension_too_long": Words(
        "“{clock}”最多延长 {most}，请改短。",
        "“{clock}” can be extended by {most} at most. Ask for less.",
    ),
    "run.nowhere_to_go": Words(
        "这样填写没有下一步，请检查所选内容。",
        "Nothing follows from what was chosen. Look at it again.",
    ),
    "run.form": Words(
        "请先改好标出的内容，已填的都还在。", "Please correct what is marked; nothing is lost."
    ),
    "guard.not_the_accused": Words(
        "不能交给被反映的单位或它的下级，请另选单位。",
        "It cannot go to the unit it complains of, or to one below it. Choose another unit.",
    ),
    "guard.not_by_the_accused": Words(
        "您的单位是被反映的单位，应当回避，请交给上级办理。",
        "Your unit is the one complained of and has to withdraw. Pass it to its superior.",
    ),
    "guard.not_own_unit": Words(
        "不能交给自己的单位，请另选。", "It cannot go to your own unit. Choose another."
    ),
}

FIELD_SENTENCES: Final[Mapping[str, Words]] = {
    "required": Words("请填写这一项。", "Please fill this in."),
    "no_text": Words("这里要填文字。", "Write a text here."),
    "too_long": Words(
        "最多 {most} 个字，现在有 {length} 个。", "At most {most} characters; there are {length}."
    ),
    "too_short": Words("至少 {least} 个字。", "At least {least} characters."),
    "no_number": Words("这里要填数字。", "Write a number."),
    "too_exact": Words("最多 {decimals} 位小数。", "At most {decimals} decimals."),
    "too_small": Words("不能小于 {least}。", "At least {least}."),
    "too_large": Words("不能大于 {most}。", "At most {most}."),
    "no_stars": Words("请选 1 到 5 星。", "Choose 1 to 5 stars."),
    "no_flag": Words("请选“是”或“否”。", "Choose yes or no."),
    "no_choice": Words("请从列出的选项中选。", "Choose one of the options."),
    "no_date": Words("请填日期，例如 2026-02-10。", "Write a date such as 2026-02-10."),
    "no_instant": Words(
        "请填日期和时间，例如 2026-02-10 09:30。", "Write date and time such as 2026-02-10 09:30."
    ),
    "no_year": Words(
        "请核对年份，应在 {first} 年到 {last} 年之间。",
        "Look at the year again: it is between {first} and {last}.",
    ),
    "in_future": Words("不能晚于现在（{today}）。", "This cannot be after now ({today})."),
    "in_past": Words("不能早于现在（{today}）。", "This cannot be before now ({today})."),
    "no_colleague": Words(
        "这位同事现在不在该单位任职，请重新选择。",
        "This colleague holds no post in that unit now. Choose again.",
    ),
    "not_found": Words("没有找到，请重新选择。", "This was not found. Choose again."),
    "no_list": Words("请从列出的内容中选。", "Choose from the list."),
    "too_few": Words("至少选 {least} 项。", "Choose at least {least}."),
    "too_many": Words("最多选 {most} 项。", "Choose at most {most}."),
    "unknown_field": Words(
        "表单里没有这一项，请去掉。", "The form has no such field. Leave it out."
    ),
}


def sentence(refused: Refusal, procedure: Procedure, *, language: str = "zh") -> str:
    """Return what the person reads: names as labels, instants as local ones."""
    area, _, name = refused.code.rpartition(".")
    if area == procedure.name:
        return _said(procedure.refusals[name], language)
    words = SENTENCES[refused.code]
    shown = {key: _shown(key, value, procedure, language) for key, value in refused.data.items()}
    return _said(words, language).format_map(shown)


def field_sentence(error: FieldError, *, language: str = "zh") -> str:
    """Return what stands beside a field."""
    shown = {key: _plain(value) for key, value in error.data.items()}
    return _said(FIELD_SENTENCES[error.code], language).format_map(shown)


def _said(words: Words, language: str) -> str:
    return words.zh if language.startswith("zh") else words.en


_NOT_OPEN_YET: Final = Words("未登记", "not open yet")
# Under which of its vocabularies a procedure knows the name that stands under a key.
_VOCABULARIES: Final = {
    "action": "actions", "state": "states", "froms": "states", "who": "actors", "clock": "clocks",
    "child": "children", "fact": "facts",
}  # fmt: skip


def _label_of(key: str, name: str, procedure: Procedure) -> Words | None:
    """Return what a name is called, None where it names nothing of the procedure."""
    if key in _VOCABULARIES:
        rule = getattr(procedure, _VOCABULARIES[key]).get(name)
        if rule is not None:
            label: Words = rule.label
            return label
    return _NOT_OPEN_YET if name == NEW else None


def _shown(key: str, value: object, procedure: Procedure, language: str) -> str:
    if key == "closed_on":
        if value is None:
            return ""
        day = _when(value, language)
        return _said(Words(f"（截至 {day}）", f" (it ended on {day})"), language)
    if isinstance(value, Limit):
        return value.zh if language.startswith("zh") else str(value)
    if isinstance(value, tuple):
        joint = _said(Words("、", ", "), language)
        return joint.join(_shown(key, one, procedure, language) for one in value)
    if isinstance(value, str) and (label := _label_of(key, value, procedure)):
        return _said(label, language)
    if isinstance(value, date):
        return _when(value, language)
    return _plain(value)


def _when(value: object, language: str) -> str:
    """Return a day or an instant as people say it; a day that begins is said without its 00:00."""
    if not isinstance(value, date):
        return _plain(value)
    local = value.astimezone(CITY) if isinstance(value, datetime) else value
    day = _said(
        Words(f"{local.year} 年 {local.month} 月 {local.day} 日", f"{local:%Y-%m-%d}"), language
    )
    time = f"{local:%H:%M}" if isinstance(local, datetime) else "00:00"
    return day if time == "00:00" else f"{day} {time}"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(CITY):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
