"""The departments, offices and utilities of the demo city, by the function that categories name.

`{c}` is the full name of the city or county, `{s}` what people call it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Body:
    """One function of government or one service: its unit in the city, in a county, in the zone."""

    function: str
    city: str
    county: str
    short: str  # of the county's unit, without the place: 住建局
    zone: bool = False
    kind: str = "department"
    always: bool = False  # somebody answers day and night
    small: bool = False  # in a county: one person, looked after by somebody else's administrator
    prefix: str = "DP"
    city_short: str = ""  # where it differs
    zone_name: str = ""  # where it differs from a county's


def _bureau(
    function: str,
    name: str,
    short: str,
    *,
    zone: bool = False,
    always: bool = False,
    small: bool = False,
    city: str = "",
    city_short: str = "",
) -> Body:
    return Body(
        function,
        "{c}" + (city or name),
        "{c}" + name,
        short,
        zone=zone,
        always=always,
        small=small,
        city_short=city_short,
    )


def _office(
    function: str, name: str, short: str, *, zone_name: str = "", small: bool = False
) -> Body:
    return Body(
        function,
        "{c}" + name,
        "{c}" + name,
        short,
        zone=bool(zone_name),
        zone_name=zone_name,
        small=small,
        kind="committee_office",
        prefix="PG",
    )


def _utility(function: str, name: str, short: str, *, always: bool = False) -> Body:
    return Body(
        function, "{c}" + name, "{c}" + name, short, kind="utility", always=always, prefix="UT"
    )


OFFICES = (
    _office("government", "人民政府办公室", "政府办", zone_name="{c}管理委员会办公室"),
    _office("politics_law", "委政法委员会", "政法委", zone_name="{c}党工委政法委员会"),
    _office("discipline", "纪委监委", "纪委监委"),
    _office("women_federation", "妇女联合会", "妇联", small=True),
    _office("trade_union", "总工会", "工会", small=True),
)

DEPARTMENTS = (
    _bureau(
        "development_reform",
        "发展和改革局",
        "发改局",
        zone=True,
        city="发展和改革委员会",
        city_short="发改委",
    ),
    _bureau("education", "教育局", "教育局", zone=True),
    _bureau("science_industry", "科技和工业信息化局", "科工信局"),
    _bureau("public_security", "公安局", "公安局", zone=True, always=True),
    _bureau("civil_affairs", "民政局", "民政局"),
    _bureau("justice", "司法局", "司法局", zone=True),
    _bureau("finance", "财政局", "财政局"),
    _bureau("human_resources", "人力资源和社会保障局", "人社局", zone=True),
    _bureau("natural_resources", "自然资源局", "自然资源局", zone=True),
    Body(
        "ecology",
        "{c}生态环境局",
        "德州市生态环境局{s}分局",
        "生态环境分局",
        zone=True,
        city_short="生态环境局",
    ),
    _bureau("housing", "住房和城乡建设局", "住建局", zone=True),
    _bureau("urban_management", "城市管理局", "城管局", zone=True),
    _bureau("gardens", "园林绿化服务中心", "园林中心", small=True),
    _bureau("heating_office", "供热管理办公室", "供热办", small=True),
    _bureau("transport", "交通运输局", "交通局"),
    _bureau("water", "水利局", "水利局"),
    _bureau("agriculture", "农业农村局", "农业农村局", zone=True),
    _bureau("forestry", "林业发展中心", "林业中心", small=True),
    _bureau("commerce", "商务局", "商务局"),
    _bureau("culture_tourism", "文化和旅游局", "文旅局"),
    _bureau("sports", "体育事业发展中心", "体育中心", small=True),
    _bureau(
        "health", "卫生健康局", "卫健局", zone=True, city="卫生健康委员会", city_short="卫健委"
    ),
    _bureau("medical_insurance", "医疗保障局", "医保局"),
    _bureau("veterans", "退役军人事务局", "退役军人局"),
    _bureau("disabled_federation", "残疾人联合会", "残联"),
    _bureau("emergency", "应急管理局", "应急局", zone=True),
    _bureau(
        "fire_rescue",
        "消防救援大队",
        "消防大队",
        always=True,
        city="消防救援支队",
        city_short="消防支队",
    ),
    _bureau("market_supervision", "市场监督管理局", "市场监管局", zone=True),
    _bureau("administrative_approval", "行政审批服务局", "审批局", zone=True),
    _bureau("big_data", "大数据局", "大数据局", small=True),
    _bureau("statistics", "统计局", "统计局", small=True),
    _bureau("audit", "审计局", "审计局"),
    _bureau("tax", "税务局", "税务局"),
    _bureau(
        "local_finance",
        "金融服务中心",
        "金融中心",
        small=True,
        city="地方金融管理局",
        city_short="金融局",
    ),
    _bureau(
        "housing_fund",
        "住房公积金管理部",
        "公积金部",
        small=True,
        city="住房公积金管理中心",
        city_short="公积金中心",
    ),
    _bureau("civil_air_defence", "人民防空办公室", "人防办", small=True),
)

UTILITIES = (
    _utility("water", "自来水公司", "自来水公司", always=True),
    _utility("gas", "燃气公司", "燃气公司", always=True),
    _utility("power", "供电公司", "供电公司", always=True),
    _utility("heat", "供热公司", "供热公司", always=True),
    _utility("telecom", "通信公司", "通信公司"),
    _utility("bus", "公共交通公司", "公交公司"),
    _utility("sanitation", "环境卫生服务中心", "环卫中心"),
    _utility("parcel", "快递服务中心", "快递中心"),
)

BODIES = (*OFFICES, *DEPARTMENTS, *UTILITIES)
SMALL = frozenset(body.function for body in BODIES if body.small)
