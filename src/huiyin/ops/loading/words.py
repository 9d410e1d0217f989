"""The words of load files: what operators write for kinds, roles and levels, Chinese ones first."""

from collections.abc import Mapping
from enum import StrEnum

from huiyin.categories.models import TermUnit, Urgency
from huiyin.knowledge.models import Kind
from huiyin.orders.models import Mode
from huiyin.people.models import GridRole, MediatorKind
from huiyin.places.coordinates import Crs
from huiyin.places.models import PlaceKind, PlaceLevel
from huiyin.units.models import CommitteeKind, UnitKind


class Role(StrEnum):
    """What somebody in the table of people is."""

    STAFF = "staff"
    LEADER = "leader"
    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    VOLUNTEER = "volunteer"
    MEDIATOR_FULL_TIME = "mediator_full_time"
    MEDIATOR_PART_TIME = "mediator_part_time"


GRID_ROLES: Mapping[Role, GridRole] = {
    Role.LEADER: GridRole.LEADER,
    Role.FULL_TIME: GridRole.FULL_TIME,
    Role.PART_TIME: GridRole.PART_TIME,
    Role.VOLUNTEER: GridRole.VOLUNTEER,
}
MEDIATOR_ROLES: Mapping[Role, MediatorKind] = {
    Role.MEDIATOR_FULL_TIME: MediatorKind.FULL_TIME,
    Role.MEDIATOR_PART_TIME: MediatorKind.PART_TIME,
}

# Word → value. The first word of each value is the one that messages and templates show.
PLACE_KIND = {
    "市": PlaceKind.CITY,
    "地级市": PlaceKind.CITY,
    "区": PlaceKind.DISTRICT,
    "市辖区": PlaceKind.DISTRICT,
    "县": PlaceKind.COUNTY,
    "县级市": PlaceKind.COUNTY_CITY,
    "功能区": PlaceKind.FUNCTIONAL_ZONE,
    "镇": PlaceKind.TOWN,
    "乡": PlaceKind.TOWNSHIP,
    "街道": PlaceKind.SUBDISTRICT,
    "镇级管理机构": PlaceKind.TOWN_LIKE,
    "村": PlaceKind.VILLAGE,
    "村委会": PlaceKind.VILLAGE,
    "社区": PlaceKind.COMMUNITY,
    "居委会": PlaceKind.COMMUNITY,
    "基础网格": PlaceKind.GRID_BASIC,
    "网格": PlaceKind.GRID_BASIC,
    "专属网格": PlaceKind.GRID_DEDICATED,
}
UNIT_KIND = {
    "综治中心": UnitKind.GOVERNANCE_CENTRE,
    "党委政府机关": UnitKind.COMMITTEE_OFFICE,
    "部门": UnitKind.DEPARTMENT,
    "镇街政府": UnitKind.TOWN_OFFICE,
    "村委会": UnitKind.VILLAGE_COMMITTEE,
    "居委会": UnitKind.VILLAGE_COMMITTEE,
    "综合执法队": UnitKind.ENFORCEMENT_TEAM,
    "热线受理中心": UnitKind.HOTLINE_CENTRE,
    "信访局": UnitKind.PETITION_OFFICE,
    "人民调解委员会": UnitKind.MEDIATION_COMMITTEE,
    "调委会": UnitKind.MEDIATION_COMMITTEE,
    "派驻调解室": UnitKind.STATIONED_ROOM,
    "司法所": UnitKind.JUSTICE_OFFICE,
    "法院": UnitKind.COURT,
    "派出所": UnitKind.POLICE_STATION,
    "医院": UnitKind.HOSPITAL,
    "学校": UnitKind.SCHOOL,
    "企业": UnitKind.ENTERPRISE,
    "公用事业单位": UnitKind.UTILITY,
}
COMMITTEE_KIND = {
    "村社区": CommitteeKind.VILLAGE,
    "镇街": CommitteeKind.TOWN,
    "企事业单位": CommitteeKind.ENTERPRISE,
    "行业性专业性": CommitteeKind.INDUSTRY,
    "社会组织": CommitteeKind.SOCIAL,
}
LEVEL = {
    "市级": PlaceLevel.CITY,
    "县级": PlaceLevel.COUNTY,
    "镇级": PlaceLevel.TOWN,
    "乡级": PlaceLevel.TOWN,
    "村级": PlaceLevel.VILLAGE,
}
URGENCY = {"一般": Urgency.NORMAL, "紧急": Urgency.URGENT}
TERM_UNIT = {
    "分钟": TermUnit.MINUTE,
    "小时": TermUnit.HOUR,
    "工作小时": TermUnit.WORKING_HOUR,
    "日": TermUnit.DAY,
    "天": TermUnit.DAY,
    "工作日": TermUnit.WORKING_DAY,
    "月": TermUnit.MONTH,
    "年": TermUnit.YEAR,
}
ROLE = {
    "工作人员": Role.STAFF,
    "网格长": Role.LEADER,
    "专职网格员": Role.FULL_TIME,
    "兼职网格员": Role.PART_TIME,
    "志愿网格员": Role.VOLUNTEER,
    "专职调解员": Role.MEDIATOR_FULL_TIME,
    "兼职调解员": Role.MEDIATOR_PART_TIME,
}
CRS = {"WGS84": Crs.WGS84, "GCJ02": Crs.GCJ02}

# Levels by number and by name: a level is stored as a number.
LEVEL_NAMES = {
    "city": PlaceLevel.CITY,
    "county": PlaceLevel.COUNTY,
    "town": PlaceLevel.TOWN,
    "village": PlaceLevel.VILLAGE,
}

KNOWLEDGE_KIND = {"知识": Kind.GUIDE, "话术": Kind.SCRIPT}
SERVICE_MODE = {"线上": Mode.ONLINE, "上门": Mode.VISIT, "均可": Mode.BOTH}
WEEKDAY = {"周一": 0, "周二": 1, "周三": 2, "周四": 3, "周五": 4, "周六": 5, "周日": 6}
WEEKDAY_IN_ENGLISH = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
