"""A small procedure with one of everything: what the tests of the engine act on."""

from datetime import datetime
from textwrap import dedent

from huiyin.procedures import read_procedure
from huiyin.procedures.simulation import World, at_local
from huiyin.worktime import parse_limit, statutory_calendar

CALENDAR = statutory_calendar()
TEXT = dedent("""\
    name: sample
    version: 1
    title: {zh: 样例, en: Sample}
    law: configuration
    actors:
      office: {label: {zh: 受理单位, en: Office}, unit: petition_office, covers: place}
      unit:   {label: {zh: 承办单位, en: Unit}, assigned: lead}
      head:   {label: {zh: 负责人, en: Head}, assigned: lead, permission: extension.approve}
      above:  {label: {zh: 上级, en: Superior}, superior_of: lead}
      sender: {label: {zh: 派单单位, en: Sender}, sender_of: lead}
      other:  {label: {zh: 核查人, en: Checker}, not_of: lead, unit: governance_centre}
      person: {label: {zh: 诉求人, en: Person}, reporter: true}
      side:   {label: {zh: 当事人, en: Party}, party: any}
      system: {label: {zh: 系统, en: System}, system: true}
    facts:
      received_at: {type: instant, label: {zh: 收到时间, en: Received}}
      accepted_at: {type: instant, label: {zh: 受理时间, en: Accepted}}
      designated:  {type: flag, label: {zh: 指定办理, en: Designated}}
      level:       {type: choice, label: {zh: 层级, en: Level}, first: town,
                    options: {town: {zh: 乡镇, en: Town}, county: {zh: 县, en: County}}}
      pending:     {type: flag, label: {zh: 下级在办, en: Pending below}, outside: true}
    states:
      received:   {owner: office, label: {zh: 已收到, en: Received}}
      dispatched: {owner: unit, label: {zh: 已派单, en: Dispatched}}
      suspended:  {owner: sender, label: {zh: 已挂起, en: Suspended}}
      mediating:  {owner: system, waits_for: mediation, label: {zh: 调解中, en: Mediating}}
      mediated:   {owner: unit, label: {zh: 调解成功, en: Mediated}}
      answered:   {owner: person, done: true, result: answered, label: {zh: 已答复, en: Answered}}
      archived:   {end: true, label: {zh: 已归档, en: Archived}}
    clocks:
      route:   {label: {zh: 转送, en: Route}, law: configuration, term: t.route,
                start: fact.received_at, in: [received]}
      window:  {label: {zh: 退单, en: Return}, law: configuration, term: t.window,
                in: [dispatched], may: [suspended, mediating, mediated],
                on_expiry: lapse}
      handle:  {label: {zh: 办理, en: Handle}, law: configuration, term: t.handle, kind: unit,
                per: lead, start: fact.accepted_at,
                latest: {fact: received_at, term: t.latest},
                in: [dispatched, suspended, mediating, mediated],
                pause: {hearing: {zh: 听证, en: Hearing}},
                extend: {term: t.more, law: configuration, ask: unit, approve: head,
                         notify: [person], in: [dispatched]}}
      review:  {label: {zh: 复查, en: Review}, law: configuration, term: t.review,
                in: [answered], on_expiry: {act: close}}
    children:
      mediation: {procedure: mediation, label: {zh: 调解, en: Mediation}, opening: refer,
                  with: {reason: form.reason}, on_done: mediation_ended}
    documents:
      letter: {label: {zh: 转送函, en: Letter}}
    refusals:
      designated: {zh: 指定办理的不能退回。, en: A designated order cannot be returned.}
      pending: {zh: 下级正在办理。, en: It is being handled below.}
      unticked: {zh: 请先核对。, en: Check it first.}
    actions:
      receive:
        label: {zh: 登记, en: Receive}
        from: new
        to: received
        by: [person, office]
        form: {received_at: {type: instant, label: {zh: 收到时间, en: Received at}, past: true}}
        set: {received_at: form.received_at}
        clocks: {start: [route]}
      dispatch:
        label: {zh: 派单, en: Dispatch}
        from: received
        to: dispatched
        by: office
        form: {to_unit: {type: unit, label: {zh: 承办单位, en: Unit}}}
        needs: [{fact: pending, is: false, else: pending}]
        guards: [not_the_accused]
        assign: {lead: form.to_unit}
        set: {accepted_at: act}
        clocks: {stop: [route], start: [window, handle]}
        documents: letter
        notify: [person, unit]
      give_back:
        label: {zh: 退单, en: Return}
        from: dispatched
        to: received
        by: unit
        within: window
        times: 2
        form:
          why: {type: choice, label: {zh: 理由, en: Reason},
                options: {not_ours: {zh: 非职责, en: Not ours}, elsewhere: {zh: 别处, en: Else}}}
          where: {type: unit, label: {zh: 应由哪里办, en: Whose}, when: {why: elsewhere}}
        needs: [{fact: designated, is: false, else: designated}]
        release: [lead]
        clocks: {return: [handle], stop: [window], start: [route]}
      designate:
        label: {zh: 指定, en: Designate}
        from: dispatched
        by: sender
        set: {designated: true}
      suspend:
        label: {zh: 挂起, en: Suspend}
        from: dispatched
        to: suspended
        by: above
        clocks: {pause: {handle: hearing}}
      resume:
        label: {zh: 恢复, en: Resume}
        from: suspended
        to: previous
        by: sender
        clocks: {resume: [handle]}
      lift:
        label: {zh: 升级, en: Lift}
        from: dispatched
        by: unit
        advance: [level]
      remind:
        label: {zh: 催办, en: Remind}
        from: open
        by: person
        every: 1 working day
      agree:
        label: {zh: 同意调解, en: Agree to mediation}
        from: dispatched
        to: mediating
        by: [side, unit]
        quorum: all
        form:
          reason: {type: text, label: {zh: 事由, en: About}, required: false}
          party: {type: party, label: {zh: 当事人, en: Party}, required: false}
        open: mediation
      mediation_ended:
        label: {zh: 调解结束, en: Mediation over}
        from: mediating
        to: {by: form.result, map: {agreed: mediated, failed: dispatched}}
        by: system
        form:
          result: {type: choice, label: {zh: 结果, en: Result},
                   options: {agreed: {zh: 成功, en: Agreed}, failed: {zh: 不成, en: Failed}}}
      answer:
        label: {zh: 答复, en: Answer}
        from: [dispatched, mediated]
        to: answered
        by: unit
        form:
          text: {type: text, label: {zh: 答复, en: Answer}, max: 20, personal: true}
          checked: {type: flag, label: {zh: 已核对, en: Checked}}
        needs: [{form: checked, is: true, else: unticked}]
        clocks: {stop: [window], start: [review]}
      verify:
        label: {zh: 核查, en: Verify}
        from: done
        by: other
      close:
        label: {zh: 归档, en: Close}
        from: answered
        to: archived
        by: [system, person]
        clocks: {stop: [review]}
    """)
LIMITS = {
    "t.route": parse_limit("15 days"),
    "t.window": parse_limit("2 working days"),
    "t.handle": parse_limit("60 days"),
    "t.more": parse_limit("30 days"),
    "t.latest": parse_limit("15 days"),
    "t.review": parse_limit("30 days"),
}


def a_procedure(text: str = TEXT):
    return read_procedure(text, file="sample.yaml")


def a_world(
    *changes: tuple[str, str], at: datetime | str = "2026-03-02T09:00", upto: str = "", **given
) -> World:
    """A run of the sample, taken through `receive` and `dispatch` up to the one named.

    `changes`: parts of its text that are replaced, each with what stands there instead.
    """
    text = TEXT
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    now = at_local(at) if isinstance(at, str) else at
    world = World(a_procedure(text), CALENDAR, now, LIMITS, **given)
    for action in ("receive", "dispatch", "answer"):
        if upto:
            world.act(action)
        if action == upto:
            break
    return world
