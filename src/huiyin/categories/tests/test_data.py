"""The shipped category tree, read as a plain file: what it promises and what it says."""

import csv
import re
from collections import Counter

import pytest

from huiyin.categories.tests.data_files import (
    CATEGORIES,
    DATA,
    LEAF_BY_CODE,
    LEAVES,
    PARENTS,
    TERMS,
    Row,
    table,
    words,
)

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
DIGIT_TOUCHING_CHINESE = re.compile(r"[\u4e00-\u9fff]\d|\d[\u4e00-\u9fff]")

CATEGORY_COLUMNS = words(
    """
    code parent_code name_zh name_en owner_kind urgency redirect guidance_zh guidance_en
    phrase_1 phrase_2
    """
)
TERM_COLUMNS = words(
    """
    key title_zh title_en amount unit starts_zh starts_en extension_zh extension_en at_expiry_zh
    at_expiry_en law_zh law_en article in_force_from locked category_code level place_code
    source unverified
    """
)
UNIT_KINDS = set(
    words(
        """
    governance_centre town_office village_committee enforcement_team hotline_centre
    petition_office mediation_committee court police_station hospital school enterprise
    justice_office
    """
    )
)
DEPARTMENTS = set(
    words(
        """
    development_reform education science_industry public_security civil_affairs justice finance
    human_resources natural_resources ecology housing urban_management transport water
    agriculture commerce culture_tourism health veterans emergency market_supervision sports
    medical_insurance statistics petition big_data administrative_approval local_finance
    disabled_federation housing_fund tax gardens civil_air_defence heating_office forestry
    """
    )
)
UTILITIES = set(words("water gas power heat telecom bus sanitation parcel"))

# Who answers each number; nothing else may stand in `redirect`.
NUMBERS = {
    number
    for number, _ in table(
        """
110 police
119 fire and rescue
120 ambulance
122 traffic accidents
95598 power repairs
12309 procuratorate
12315 consumer complaints
12333 social security cards
12348 legal services
12356 psychological help
12368 courts
12378 insurance complaints
12388 discipline inspection
12389 police conduct
        """,
        2,
    )
}

# Danger to life: the resident must call first, and the matter is urgent.
EMERGENCIES = {
    code: number
    for code, number, _ in table(
        """
030202 95598 fallen power line
030301 119 gas leak
040204 110 suspicious parcel
050201 119 trapped in a lift
070401 122 traffic accident
110402 110 abandoned baby
120101 120 medical emergency
120402 110 somebody in crisis
130305 110 harm to a minor
140101 110 fighting
140102 110 domestic violence
140103 110 theft and robbery
140104 110 fraud
140105 110 missing person
150101 119 fire
150301 119 building collapse
150302 119 trapped people
160101 120 food poisoning
190205 119 forest fire
        """,
        3,
    )
}

# The types of dispute counted by the justice departments, and three more committees.
DISPUTES = {
    kind: code
    for code, kind in table(
        """
210101 family
210102 neighbour
210103 housing_homestead
210201 forest_land
210202 expropriation
210203 pollution
210301 contract
210302 production_business
210303 consumer
210304 tourism
210305 ip
210306 internet
210307 insurance
210401 damages
210402 labour
210403 medical
210404 traffic
210405 property_management
210406 campus
210407 military_related
210408 other
        """,
        2,
    )
}

# Dezhou's list of grid services (2021): seven classes.
GRID_CLASSES = words(
    """
    基础信息采集 社情民意收集 安全隐患排查 矛盾纠纷化解
    社会心理服务 政策法律宣传 为民代办服务
    """
)

# The seven fields in which the petition office concentrates its campaigns.
SEVEN_FIELDS = {
    "urban construction": ("02", "05"),
    "labour and social security": ("09", "10"),
    "agriculture": ("18",),
    "natural resources": ("06",),
    "fund-raising and finance": ("17",),
    "education and health": ("12", "13"),
    "ecology": ("08",),
}


@pytest.mark.parametrize(
    ("name", "columns"), [("categories.csv", CATEGORY_COLUMNS), ("terms.csv", TERM_COLUMNS)]
)
def test_file_is_plain_utf8_with_the_agreed_header(name: str, columns: list[str]) -> None:
    raw = (DATA / name).read_bytes()
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))

    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert table[0] == columns
    assert {len(line) for line in table} == {len(columns)}
    assert [cell for line in table for cell in line if cell != cell.strip()] == []


def test_tree_is_wide_enough_for_a_city() -> None:
    branches = [row for row in CATEGORIES if row["parent_code"] == ""]

    assert len(branches) >= 18
    assert len(LEAVES) >= 150
    assert sum(bool(row["guidance_zh"]) for row in LEAVES) >= 70
    assert {len(row["code"]) // 2 for row in LEAVES} == {2, 3}


def test_codes_are_pairs_of_digits_in_order_and_each_prefixes_its_children() -> None:
    codes = [row["code"] for row in CATEGORIES]

    assert len(set(codes)) == len(codes)
    assert [code for code in codes if not re.fullmatch(r"(\d\d){1,4}", code)] == []
    assert [r["code"] for r in CATEGORIES if r["parent_code"] != r["code"][:-2]] == []
    assert PARENTS - {""} <= set(codes)
    # A parent stands above its children, so that one pass over the file can load it.
    position = {code: index for index, code in enumerate(codes)}
    assert [c for c in codes if c[:-2] and position[c[:-2]] > position[c]] == []


def test_names_are_short_and_unique_among_siblings() -> None:
    siblings_zh = Counter((row["parent_code"], row["name_zh"]) for row in CATEGORIES)
    siblings_en = Counter((row["parent_code"], row["name_en"]) for row in CATEGORIES)

    assert [row["code"] for row in CATEGORIES if not 2 <= len(row["name_zh"]) <= 14] == []
    assert [name for name, count in siblings_zh.items() if count > 1] == []
    assert [name for name, count in siblings_en.items() if count > 1] == []


def test_leaf_names_are_unique_in_the_whole_tree() -> None:
    # A leaf is often shown alone: in a list, on a letter, in a chart.
    assert [n for n, count in Counter(r["name_zh"] for r in LEAVES).items() if count > 1] == []


def test_english_names_begin_with_one_capital_and_end_without_a_stop() -> None:
    assert [r["name_en"] for r in CATEGORIES if not re.match(r"[A-Z]", r["name_en"])] == []
    assert [r["name_en"] for r in CATEGORIES if r["name_en"].endswith((".", "!"))] == []


@pytest.mark.parametrize("rows", [CATEGORIES, TERMS], ids=["categories", "terms"])
def test_english_columns_hold_no_chinese_and_chinese_columns_hold_chinese(rows: list[Row]) -> None:
    wrong = [
        (column, text)
        for row in rows
        for column, text in row.items()
        if text
        and (
            (column.endswith("_en") and CHINESE.search(text))
            or (column.endswith("_zh") and not CHINESE.search(text))
        )
    ]

    assert wrong == []


@pytest.mark.parametrize("rows", [CATEGORIES, TERMS], ids=["categories", "terms"])
def test_every_text_exists_in_both_languages(rows: list[Row]) -> None:
    wrong = [
        (row[column], row[f"{column[:-3]}_en"])
        for row in rows
        for column in row
        if column.endswith("_zh") and bool(row[column]) != bool(row[f"{column[:-3]}_en"])
    ]

    assert wrong == []


@pytest.mark.parametrize("rows", [CATEGORIES, TERMS], ids=["categories", "terms"])
def test_texts_keep_the_voice(rows: list[Row]) -> None:
    """No exclamation marks; figures stand free of the characters beside them."""
    cells = [text for row in rows for text in row.values()]
    spoken = [text for row in rows for column, text in row.items() if column.endswith("_zh")]

    assert [text for text in cells if "!" in text or "！" in text] == []
    assert [text for text in spoken if DIGIT_TOUCHING_CHINESE.search(text)] == []


def test_guidance_is_one_to_three_short_sentences() -> None:
    guided = [row for row in LEAVES if row["guidance_zh"]]

    assert [r["code"] for r in guided if not r["guidance_zh"].endswith("。")] == []
    assert [r["code"] for r in guided if not r["guidance_en"].endswith(".")] == []
    assert [r["code"] for r in guided if not 6 <= len(r["guidance_zh"]) <= 80] == []
    assert [r["code"] for r in guided if r["guidance_zh"].count("。") > 3] == []


def test_every_leaf_has_an_owner_of_a_known_kind() -> None:
    known = (
        UNIT_KINDS
        | {f"department:{code}" for code in DEPARTMENTS}
        | {f"utility:{code}" for code in UTILITIES}
    )

    assert [row["code"] for row in LEAVES if not row["owner_kind"]] == []
    assert {row["owner_kind"] for row in CATEGORIES} - known == set()


def test_every_kind_of_unit_owns_something() -> None:
    owners = {row["owner_kind"] for row in LEAVES}
    departments = {o.removeprefix("department:") for o in owners if o.startswith("department:")}
    utilities = {o.removeprefix("utility:") for o in owners if o.startswith("utility:")}

    assert owners >= UNIT_KINDS
    # Petitions belong to the petition office, a kind of its own.
    assert departments == DEPARTMENTS - {"petition"}
    assert utilities == UTILITIES


def test_every_leaf_has_an_urgency_and_two_phrases_of_its_own() -> None:
    phrases = [row[column] for row in LEAVES for column in ("phrase_1", "phrase_2")]

    assert {row["urgency"] for row in CATEGORIES} == {"normal", "urgent"}
    assert [phrase for phrase in phrases if not 4 <= len(phrase) <= 20] == []
    assert [phrase for phrase, count in Counter(phrases).items() if count > 1] == []
    assert [r["code"] for r in LEAVES if r["name_zh"] in r["phrase_1"] + r["phrase_2"]] == []
    assert [p for p in phrases if not re.fullmatch(r"[\u4e00-\u9fff]+", p)] == []


def test_branches_carry_no_phrases_redirects_or_guidance() -> None:
    columns = ("redirect", "guidance_zh", "guidance_en", "phrase_1", "phrase_2")

    assert [
        row["code"]
        for row in CATEGORIES
        if row["code"] in PARENTS and any(row[column] for column in columns)
    ] == []


def test_a_redirect_is_a_known_number_named_by_the_guidance_in_both_languages() -> None:
    redirected = [row for row in LEAVES if row["redirect"]]

    assert {row["redirect"] for row in redirected} == NUMBERS
    assert [
        row["code"]
        for row in redirected
        if row["redirect"] not in row["guidance_zh"] or row["redirect"] not in row["guidance_en"]
    ] == []


def test_emergencies_are_urgent_and_name_the_number_to_call() -> None:
    assert {
        row["code"]: row["redirect"]
        for row in LEAVES
        if row["redirect"] and row["urgency"] == "urgent"
    } == EMERGENCIES


@pytest.mark.parametrize(
    ("code", "number"),
    [
        pytest.param("230203", "12388", id="misconduct-of-officials-to-discipline-inspection"),
        pytest.param("140302", "12389", id="conduct-of-police"),
        pytest.param("220201", "12368", id="filing-a-suit-to-the-court"),
        pytest.param("220202", "12368", id="pending-case-to-the-court"),
        pytest.param("220203", "12368", id="enforcement-to-the-court"),
        pytest.param("220101", "12348", id="legal-advice"),
        pytest.param("220102", "12348", id="legal-aid"),
        pytest.param("220205", "12309", id="procuratorate"),
        pytest.param("120401", "12356", id="counselling"),
    ],
)
def test_matters_of_another_body_are_sent_there_without_alarm(code: str, number: str) -> None:
    row = LEAF_BY_CODE[code]

    assert (row["redirect"], row["urgency"]) == (number, "normal")


def test_every_type_of_dispute_has_its_leaf_at_a_mediation_committee() -> None:
    assert {
        kind: LEAF_BY_CODE[code]["owner_kind"] for kind, code in DISPUTES.items()
    } == dict.fromkeys(DISPUTES, "mediation_committee")


def test_the_seven_classes_of_grid_service_are_there_in_their_order() -> None:
    classes = [row for row in CATEGORIES if row["parent_code"] == "24"]

    assert [row["name_zh"] for row in classes] == GRID_CLASSES
    assert {row["code"] for row in classes} <= PARENTS


def test_the_seven_campaign_fields_have_branches() -> None:
    branches = {row["code"] for row in CATEGORIES if row["parent_code"] == ""}

    assert {code for codes in SEVEN_FIELDS.values() for code in codes} <= branches
