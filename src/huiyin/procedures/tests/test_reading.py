"""Every fault of a file is told once, with its line, what is wrong and what would be right."""

import pytest

from huiyin.procedures import ReadingError, read_procedure
from huiyin.procedures.language import NEW, ActorKind, Choosing, Expiry, FieldType, Words
from huiyin.procedures.tests.sample import TEXT, a_procedure


def faults(text, fragments=None):
    with pytest.raises(ReadingError) as raised:
        read_procedure(text, file="sample.yaml", fragments=fragments)
    return raised.value.faults


def changed(old, new, count=1):
    assert old in TEXT, old
    return TEXT.replace(old, new, count)


def line_of(text, needle):
    return next(n for n, line in enumerate(text.splitlines(), start=1) if needle in line)


def test_a_file_is_read_into_values():
    procedure = a_procedure()

    assert procedure.title == Words("样例", "Sample")
    assert procedure.actors["head"].kind is ActorKind.ASSIGNED
    assert procedure.actors["head"].permission == "extension.approve"
    assert procedure.states["archived"].done
    assert procedure.clocks["window"].on_expiry is Expiry.LAPSE
    assert procedure.clocks["review"].expiry_action == "close"
    assert procedure.actions["receive"].froms == {NEW}
    assert procedure.actions["remind"].froms == {
        "received", "dispatched", "suspended", "mediating", "mediated"
    }  # fmt: skip
    assert procedure.actions["verify"].froms == {"answered"}
    assert procedure.actions["mediation_ended"].to == Choosing(
        "form", "result", {"agreed": "mediated", "failed": "dispatched"}
    )
    assert [field.type for field in procedure.actions["give_back"].form] == [
        FieldType.CHOICE, FieldType.UNIT
    ]  # fmt: skip
    assert procedure.openings == (procedure.actions["receive"],)
    assert procedure.results == {"answered"}


def test_an_extendable_clock_brings_three_acts():
    acts = a_procedure().actions

    assert acts["ask_handle_extension"].by == ("unit",)
    assert acts["approve_handle_extension"].by == ("head",)
    assert acts["refuse_handle_extension"].froms == {"dispatched"}


def test_a_clock_extended_by_those_who_need_it_brings_one_act():
    acts = a_procedure(changed("ask: unit, approve: head", "ask: unit")).actions

    assert "ask_handle_extension" not in acts
    assert acts["extend_handle"].by == ("unit",)


WHO_BEFORE_UNIT = """form: {
            who: {type: colleague, of: to_unit, label: {zh: 人, en: Who}},
            to_unit: {type: unit,"""


@pytest.mark.parametrize(
    ("old", "new", "said", "instead"),
    [
        ("to: dispatched", "to: dispached", "there is no state dispached.", "mean dispatched?"),
        ("by: office", "by: ofice", "there is no actor ofice.", "Did you mean office?"),
        ("stop: [route]", "stop: [rout]", "there is no clock rout.", "Did you mean route?"),
        ("documents: letter", "documents: leter", "there is no document leter.", "mean letter?"),
        ("open: mediation", "open: mediate", "there is no child run mediate.", "mediation"),
        ("lead: form.to_unit", "lead: form.unit", "there is no field unit.", "mean to_unit?"),
        ("else: pending}]", "else: pend}]", "no sentence in refusals called pend.", "pending"),
        ("fact: pending", "fact: pendng", "there is no fact pendng.", "Did you mean pending?"),
        ("designated: true", "designed: true", "there is no fact designed.", "designated"),
        ("owner: sender", "ower: sender", "is not known here.", "Did you mean owner?"),
        ("owner: sender, ", "", "has no owner.", "owner: …"),
        ("times: 2", "times: often", "is no whole number.", "from 1"),
        ("every: 1 working day", "every: 1 fortnight", "fortnight", ""),
        ("in: [received]", "in: [recieved]", "there is no state recieved.", "mean received?"),
        ("handle: hearing", "handle: holiday", "called holiday.", "hearing"),
        ("type: unit, label: {zh: 承办", "type: unti, label: {zh: 承办", "cannot be unti", "unit?"),
        ("type: unit, label: {zh: 承", "type: unit, of: x, label: {zh: 承", "whose coll", "type:"),
        ("form: {to_unit: {type: unit,", WHO_BEFORE_UNIT, "no unit above it", "stands above"),
        ("{zh: 派单, en: Dispatch}", "派单", "lacks one of its languages.", "{zh: …, en: …}"),
        ("{zh: 派单, en: Dispatch}", "{zh: 派单}", "lacks en.", "Add en: …"),
        ("failed: dispatched}", "filed: dispatched}", "says nothing for failed.", "Add failed"),
        ("when: {why: elsewhere}", "when: {why: there}", "why cannot be there.", "elsewhere"),
        ("fact: designated, is: false", "fact: level, is: vilage", "level cannot be vilage.", ""),
        ("from: suspended", "from: any\n    except: archived", "is not among them", "Take it out"),
        ("from: new", "from: [new, received]", "opens a run and acts on an open one", "two act"),
        ("assigned: lead}", "assigned: lead, reporter: true}", "assigned and reporter at once", ""),
        ("system: true", "system: true, permission: x", "cannot stand with system.", "Only staff"),
        ("version: 1", "version: 1\nhelps: true", "only a run inside another", "kind: child"),
        ("version: 1", "version: 1\noversees: true", "another one oversees it", "kind: child"),
        ("every: 1 w", "message: form.words\n    every: 1 w", "there is no field words.", ""),
        ("guards: ", "message: form.to_unit\n    guards: ", "holds no words.", "type text"),
        ("version: 1", "version: one", "is no whole number.", "from 1"),
        ("name: sample", "name: simple", "the file is not called simple.yaml.", "same name"),
        ("reason: form.reason", "reason: reason", "where the value comes from.", "form.FIELD"),
        ("kind: unit,\n", "", "role without being one", "kind: unit together"),
        ("by: [side, unit]", "by: unit", "quorum asks all parties", "Add a party"),
        ("set: {accepted_at: act}", "set: {accepted_at: true}", "cannot be True", ""),
        ("set: {designated: true}", "set: {pending: true}", "comes from outside.", "cannot be set"),
        ("advance: [level]", "advance: [level]\n    set: {level: town}", "set and advanced", ""),
        ("first: town,", "outside: true,", "comes from outside.", "cannot be advanced."),
        (
            "start: fact.received_at, in", "start: fact.received_at, warn: [{before: 1 month}], in",
            "is no time to warn ahead.", "working days",
        ),
        ("covers: place", "level: [fact.level, city]", "is a fact and more.", "fact.NAME alone"),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_what_would_be_right(old, new, said, instead):
    found = faults(changed(old, new))

    assert any(said in fault.text and instead in fault.instead for fault in found), found
    assert all(fault.line > 0 for fault in found)


def test_a_fault_names_its_line():
    text = changed("    to: dispatched\n    by: office", "    to: nowhere\n    by: x")

    found = faults(text)

    assert {fault.line for fault in found} == {line_of(text, "dispatch:") + 1}
    assert [fault.text for fault in found] == [
        "actions.dispatch: there is no actor x.",
        "actions.dispatch: there is no state nowhere.",
    ]


def test_all_faults_are_told_at_once_in_the_order_of_the_file():
    found = faults(changed("owner: sender", "owner: nobody").replace("times: 2", "times: x"))

    assert [fault.line for fault in found] == sorted(fault.line for fault in found)
    assert len(found) == 2


def test_a_name_written_twice_is_told_with_the_line_of_the_first():
    text = changed("  close:\n", "  answer:\n")

    fault = next(fault for fault in faults(text) if "twice" in fault.text)

    assert fault.text == "actions.answer: is written twice."
    assert fault.instead == f"The first one is on line {line_of(text, 'answer:') + 1}; keep one."


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words", "name: [", "a: b: c", "\t- x"])
def test_what_is_no_procedure_at_all_is_said_so(text):
    (fault,) = faults(text)

    assert "This is no" in fault.text


def test_a_procedure_without_an_opening_is_told():
    (fault,) = faults(changed("from: new", "from: received"))

    assert fault.instead == "Give one from: new."


def test_a_fragment_adds_what_the_file_does_not_say():
    brought = "actions:\n  nod: {label: {zh: 知悉, en: Nod}, from: open, by: unit}\n"
    brought += "  lift: {label: {zh: 别的, en: Other}, from: open, by: unit}\n"

    procedure = read_procedure(
        TEXT.replace("actors:", "use: nods\nactors:", 1), fragments={"nods": brought}
    )

    assert procedure.actions["nod"].origin == "fragment nods"
    assert procedure.actions["lift"].label.en == "Lift"


def test_an_unknown_fragment_is_told():
    (fault,) = faults(
        TEXT.replace("actors:", "use: nodds\nactors:", 1),
        {"nods": "actions: {}"},
    )

    assert fault.instead == "Did you mean nods?"


def test_a_fault_in_a_fragment_names_the_fragment():
    found = faults(
        TEXT.replace("actors:", "use: nods\nactors:", 1),
        {"nods": "actions:\n  nod: {label: {zh: 知悉, en: Nod}, from: open, by: nobody}\n"},
    )

    assert [(fault.file, fault.line) for fault in found] == [("fragments/nods.yaml", 2)]
