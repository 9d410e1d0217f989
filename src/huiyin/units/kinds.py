"""The kinds of units, apart from their table: procedure files are checked without a database."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class UnitKind(TextChoices):
    GOVERNANCE_CENTRE = "governance_centre", _("Governance centre")
    COMMITTEE_OFFICE = "committee_office", _("Party or government office")
    DEPARTMENT = "department", _("Department")
    TOWN_OFFICE = "town_office", _("Town office")
    VILLAGE_COMMITTEE = "village_committee", _("Village committee")
    ENFORCEMENT_TEAM = "enforcement_team", _("Integrated enforcement team")
    HOTLINE_CENTRE = "hotline_centre", _("Hotline centre")
    PETITION_OFFICE = "petition_office", _("Petition office")
    MEDIATION_COMMITTEE = "mediation_committee", _("People's mediation committee")
    STATIONED_ROOM = "stationed_room", _("Stationed mediation room")
    JUSTICE_OFFICE = "justice_office", _("Justice office")
    COURT = "court", _("Court")
    POLICE_STATION = "police_station", _("Police station")
    HOSPITAL = "hospital", _("Hospital")
    SCHOOL = "school", _("School")
    ENTERPRISE = "enterprise", _("Enterprise")
    UTILITY = "utility", _("Utility")
