"""The shipped terms, read as a plain file: the limits of the law and the proposed ones."""

import re
from collections import Counter
from datetime import date

from huiyin.categories.tests.data_files import LEAF_BY_CODE, TERMS, table, words

# Every rule id of the table of law-fixed limits.
RULE_IDS = set(
    words(
        """
    pet.route pet.notice_direct pet.notice_referred pet.object pet.handle pet.review_request
    pet.rereview_request pet.review_decide pet.rereview_decide pet.review_accept_sd
    pet.simple_handle hot.answer_sd hot.return_sd mediation.confirm_request court.confirm_accept
    court.confirm_decide court.delegated court.entrusted court.choose court.appoint
    court.org_accept court.contact_other court.file police.second_session traffic.apply
    traffic.after_committee traffic.finish meddisp.committee meddisp.admin_accept meddisp.admin
    meddisp.autopsy meddisp.committee_filing labour.mediation school.bullying parcel.complaint
    video.filing video.retention
    """
    )
)

# What the law says: limit, unit, instrument, articles (- where only a summary has been read).
# The table is the whole of the locked terms.
LAW_FIXED = {
    key: (amount, unit, law, article.replace("-", ""))
    for key, amount, unit, law, article in table(
        """
pet.route 15 day 信访工作条例 22, 43
pet.notice_direct 15 day 信访工作条例 23, 44
pet.notice_referred 15 day 信访工作条例 23, 44
pet.object 5 working_day 信访工作条例 23
pet.handle 60 day 信访工作条例 34, 45
pet.handle_more 30 day 信访工作条例 34
pet.review_request 30 day 信访工作条例 35
pet.rereview_request 30 day 信访工作条例 36
pet.review_decide 30 day 信访工作条例 35
pet.rereview_decide 30 day 信访工作条例 36
pet.review_accept_sd 3 working_day 山东省信访条例 43, 44
pet.suggestion_feedback_sd 30 day 山东省信访条例 59
pet.simple_accept 3 working_day 信访事项简易办理办法（试行） -
pet.simple_handle 10 working_day 信访事项简易办理办法（试行） -
hot.answer_sd 5 working_day 山东省政务服务热线管理办法 -
hot.answer_more 10 working_day 山东省政务服务热线管理办法 -
hot.return_sd 2 working_day 山东省政务服务热线管理办法 -
mediation.confirm_request 30 day 中华人民共和国人民调解法 33
court.confirm_accept 3 day 最高人民法院关于人民调解协议司法确认程序的若干规定 4
court.confirm_decide 15 day 最高人民法院关于人民调解协议司法确认程序的若干规定 5
court.confirm_decide_more 10 day 最高人民法院关于人民调解协议司法确认程序的若干规定 5
court.confirm_ceiling 30 day 中华人民共和国民事诉讼法 187
court.delegated 30 day 最高人民法院关于人民法院特邀调解的规定 27
court.entrusted 15 day 最高人民法院关于人民法院特邀调解的规定 27
court.entrusted_ordinary 15 day 最高人民法院关于人民法院特邀调解的规定 27
court.entrusted_summary 7 day 最高人民法院关于人民法院特邀调解的规定 27
court.choose 2 working_day 人民法院在线调解规则 10
court.appoint 3 working_day 人民法院在线调解规则 10
court.org_accept 3 working_day 人民法院在线调解规则 12
court.contact_other 3 working_day 人民法院在线调解规则 15
court.file 7 day 中华人民共和国民事诉讼法 126
court.execute 2 year 中华人民共和国民事诉讼法 250
police.second_session 7 working_day 公安机关办理行政案件程序规定 183
traffic.apply 10 working_day 道路交通事故处理程序规定 86, 112
traffic.after_committee 3 working_day 道路交通事故处理程序规定 85, 112
traffic.finish 10 working_day 道路交通事故处理程序规定 90, 112
meddisp.committee 30 working_day 医疗纠纷预防和处理条例 38
meddisp.admin_accept 5 working_day 医疗纠纷预防和处理条例 40
meddisp.admin 30 working_day 医疗纠纷预防和处理条例 40
meddisp.autopsy 48 hour 医疗纠纷预防和处理条例 26
meddisp.autopsy_frozen 7 day 医疗纠纷预防和处理条例 26
meddisp.body 14 day 医疗纠纷预防和处理条例 27
meddisp.unseal 3 year 医疗纠纷预防和处理条例 24, 25
meddisp.committee_filing 30 working_day 医疗纠纷预防和处理条例 32
labour.mediation 15 day 中华人民共和国劳动争议调解仲裁法 14
school.bullying 10 day 山东省学校安全条例 47
parcel.complaint 7 day 快递暂行条例 28
video.filing 30 day 公共安全视频图像信息系统管理条例 14, 29
video.filing_existing 90 day 公共安全视频图像信息系统管理条例 14, 29
video.retention 30 day 公共安全视频图像信息系统管理条例 17
video.retention_key 90 day 中华人民共和国反恐怖主义法 32
        """,
        5,
    )
}

# What the project proposes where no law fixes a limit; a city may change each.
PROPOSED = {
    key: (amount, unit)
    for key, amount, unit in table(
        """
grid.acknowledge_urgent 2 hour
grid.acknowledge 1 working_day
grid.handle_simple 1 working_day
grid.handle_normal 3 working_day
grid.handle_complex 5 working_day
grid.handle_difficult 15 working_day
grid.handle_simple_more 1 working_day
grid.handle_normal_more 3 working_day
grid.handle_complex_more 5 working_day
grid.handle_difficult_more 15 working_day
grid.report_in_urgent 30 minute
grid.report_in 1 working_day
grid.verify 2 working_day
hot.acknowledge_danger 15 minute
hot.acknowledge_supply 30 minute
hot.acknowledge 1 working_day
hot.call_back 3 working_day
hot.warning_before 1 working_day
hot.answer_urgent 1 working_day
hot.answer_consultation 3 working_day
order.assign 4 hour
order.accept 1 working_day
order.answer 1 working_day
order.offer_visit 3 working_day
order.finish 5 working_day
order.reopen 7 day
pet.decide_objection 2 working_day
pet.accept_latest 15 day
mediation.finish 1 month
referral.transfer 1 working_day
referral.accept 3 working_day
referral.mediate 30 day
insurance.pay 10 working_day
campaign.rectify 15 day
campaign.rectify_more 15 day
subsidy.review 20 working_day
subsidy.notice 5 working_day
subsidy.pay 15 working_day
footage.provide_urgent 30 minute
footage.back_fill 24 hour
footage.decide 2 working_day
footage.access 7 day
footage.audit 1 month
grid.intake_urgent 2 hour
grid.intake 2 working_day
grid.dispatch_urgent 1 hour
grid.dispatch 1 working_day
grid.answer_simple 4 working_day
grid.answer_normal 6 working_day
grid.answer_complex 8 working_day
grid.answer_difficult 18 working_day
grid.suspend 30 day
grid.close 1 working_day
grid.reopen 7 day
grid.rate 30 day
grid.whistle_decide_urgent 1 hour
grid.whistle_decide 1 working_day
grid.whistle_finish 3 working_day
grid.whistle_finish_more 3 working_day
grid.whistle_assess 5 working_day
supervision.feedback 5 working_day
supervision.review 3 working_day
assist.answer 2 working_day
assist.answer_more 2 working_day
order.finish_more 5 working_day
order.visit 5 working_day
order.rate 30 day
data.answer 15 working_day
data.again 15 day
pet.decide_up 5 working_day
pet.answer_other 60 day
pet.redo 30 day
pet.serve 5 working_day
pet.confirm_agreement 10 working_day
pet.check 5 working_day
pet.perform 60 day
pet.report 75 day
pet.report_more 30 day
pet.rate 30 day
pet.hearing 30 day
pet.suggestion_note 5 working_day
backlog.sponsor 5 working_day
backlog.plan 10 working_day
backlog.solve 90 day
backlog.solve_more 90 day
backlog.evaluate 15 working_day
backlog.conclude 30 day
backlog.call_back 5 working_day
hot.dispatch 4 hour
hot.decide_return 1 working_day
hot.answer_urgent_more 1 working_day
hot.answer_consultation_more 2 working_day
hot.leader_decide 10 working_day
hot.audit 1 working_day
hot.close 7 day
hot.archive 30 day
mediation.intake 3 working_day
mediation.follow_up 15 day
mediation.archive 30 day
court.return 1 working_day
court.resume 3 working_day
referral.begin 3 working_day
referral.return 1 working_day
referral.choose 30 day
court.consent 3 working_day
        """,
        3,
    )
}

# Signing grades after Tianjin: danger to life or property, and failures of supply.
SIGNING_GRADES = {
    code: (amount, unit)
    for code, amount, unit, _ in table(
        """
020103 15 minute road collapse
020203 15 minute electricity leaking from a pole
030202 15 minute fallen power line
030206 15 minute unsafe power equipment
030301 15 minute gas leak
050303 15 minute dangerous housing
150203 15 minute dangerous chemicals
030101 30 minute water cut
030104 30 minute burst main
030201 30 minute power cut
030302 30 minute gas cut
030401 30 minute heating too cold
030402 30 minute heating cut
030403 30 minute heating pipe leak
        """,
        4,
    )
}

# What could not be checked, and why.
UNVERIFIED = {
    key
    for key, _ in table(
        """
pet.review_accept_sd force of the 2015 provincial regulation
pet.suggestion_feedback_sd the same
pet.simple_accept no text seen
police.second_session the 2020 amendment is not compared
parcel.complaint article number after the 2025 amendment
hot.answer_urgent Dezhou's own grades
hot.answer_consultation the same
mediation.finish force of the 2002 provisions
        """,
        2,
    )
}


def test_every_rule_of_the_law_table_has_its_locked_term() -> None:
    locked = {row["key"] for row in TERMS if row["locked"] == "1"}

    assert RULE_IDS - locked == set()


def test_locked_terms_are_what_the_law_says() -> None:
    assert {
        row["key"]: (row["amount"], row["unit"], row["law_zh"], row["article"])
        for row in TERMS
        if row["locked"] == "1"
    } == LAW_FIXED


def test_locked_terms_name_their_law_article_and_date_and_hold_for_everybody() -> None:
    locked = [row for row in TERMS if row["locked"] == "1"]

    assert [row["key"] for row in locked if not (row["law_zh"] and row["law_en"])] == []
    assert [
        row["key"] for row in locked if not row["article"] and "not seen" not in row["source"]
    ] == []
    assert [
        row["key"] for row in locked if date.fromisoformat(row["in_force_from"]).year < 2000
    ] == []
    assert [r["key"] for r in locked if r["category_code"] or r["level"] or r["place_code"]] == []
    assert [row["key"] for row in locked if not re.fullmatch(r"[\d, ]*", row["article"])] == []


def test_one_law_has_one_english_title_and_one_date() -> None:
    titles = {
        (row["law_zh"], row["law_en"], row["in_force_from"]) for row in TERMS if row["law_zh"]
    }

    assert len({law for law, _, _ in titles}) == len(titles)


def test_proposed_limits_are_editable_and_say_so() -> None:
    open_to_change = [row for row in TERMS if row["locked"] == "0"]

    assert {
        row["key"]: (row["amount"], row["unit"])
        for row in open_to_change
        if not row["category_code"]
    } == PROPOSED
    assert [r["key"] for r in open_to_change if not r["source"].startswith("default")] == []


def test_signing_is_faster_where_life_or_supply_is_at_stake() -> None:
    special = [row for row in TERMS if row["category_code"]]

    assert {row["key"] for row in special} == {"hot.acknowledge"}
    assert {row["category_code"]: (row["amount"], row["unit"]) for row in special} == SIGNING_GRADES
    assert set(SIGNING_GRADES) <= set(LEAF_BY_CODE)


def test_units_amounts_and_flags_are_well_formed() -> None:
    assert {row["unit"] for row in TERMS} <= {
        "minute",
        "hour",
        "working_hour",
        "day",
        "working_day",
        "month",
        "year",
    }
    assert [row["key"] for row in TERMS if int(row["amount"]) <= 0] == []
    assert {row["locked"] for row in TERMS} == {"0", "1"}
    assert {row["unverified"] for row in TERMS} == {"0", "1"}
    assert [k for r in TERMS if not re.fullmatch(r"[a-z]+\.[a-z_]+", k := r["key"])] == []
    assert [row["key"] for row in TERMS if not (row["title_zh"] and row["starts_zh"])] == []
    assert [row["key"] for row in TERMS if not row["source"]] == []


def test_what_could_not_be_checked_is_marked_and_nothing_else() -> None:
    assert {row["key"] for row in TERMS if row["unverified"] == "1"} == UNVERIFIED


def test_a_limit_has_one_value_per_category_level_and_place() -> None:
    keys = Counter(
        (row["key"], row["category_code"], row["level"], row["place_code"]) for row in TERMS
    )

    assert [key for key, count in keys.items() if count > 1] == []


def test_all_values_of_a_term_share_its_wording_and_lock() -> None:
    wording = {
        (row["key"], *(row[c] for c in row if c[-3:] in ("_zh", "_en")), row["locked"])
        for row in TERMS
    }

    assert len({key for key, *_ in wording}) == len(wording)


def test_extensions_belong_to_a_limit_and_are_never_longer() -> None:
    """`pet.handle_more` extends `pet.handle`; only the hotline's extension is the longer one."""
    general = {row["key"]: row for row in TERMS if not row["category_code"]}
    longer = {
        key
        for key, row in general.items()
        if key.endswith("_more") and key != "hot.answer_more"
        if int(row["amount"]) > int(general[key.removesuffix("_more")]["amount"])
        or row["unit"] != general[key.removesuffix("_more")]["unit"]
    }

    assert longer == set()
    assert (general["hot.answer_more"]["amount"], general["hot.answer_sd"]["amount"]) == ("10", "5")


def test_entrusted_mediation_defaults_to_the_ordinary_procedure() -> None:
    value = {row["key"]: (row["amount"], row["unit"]) for row in TERMS}

    assert value["court.entrusted"] == value["court.entrusted_ordinary"]
