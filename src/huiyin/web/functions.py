"""What departments and utilities work on, in words: the part after the colon of an owner kind."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.units.models import UnitKind

FUNCTIONS: dict[str, str | Promise] = {
    "administrative_approval": gettext_lazy("administrative approval"),
    "agriculture": gettext_lazy("agriculture"),
    "audit": gettext_lazy("audit"),
    "big_data": gettext_lazy("data"),
    "bus": gettext_lazy("bus"),
    "civil_affairs": gettext_lazy("civil affairs"),
    "civil_air_defence": gettext_lazy("civil air defence"),
    "commerce": gettext_lazy("commerce"),
    "culture_tourism": gettext_lazy("culture and tourism"),
    "development_reform": gettext_lazy("development and reform"),
    "disabled_federation": gettext_lazy("disabled persons"),
    "ecology": gettext_lazy("ecology and environment"),
    "education": gettext_lazy("education"),
    "emergency": gettext_lazy("emergency management"),
    "finance": gettext_lazy("finance"),
    "fire_rescue": gettext_lazy("fire and rescue"),
    "forestry": gettext_lazy("forestry"),
    "gardens": gettext_lazy("parks and gardens"),
    "gas": gettext_lazy("gas"),
    "health": gettext_lazy("health"),
    "heat": gettext_lazy("heating"),
    "heating_office": gettext_lazy("heating supervision"),
    "housing": gettext_lazy("housing and construction"),
    "housing_fund": gettext_lazy("housing fund"),
    "human_resources": gettext_lazy("human resources and social security"),
    "justice": gettext_lazy("justice"),
    "local_finance": gettext_lazy("local financial affairs"),
    "market_supervision": gettext_lazy("market supervision"),
    "medical_insurance": gettext_lazy("medical insurance"),
    "natural_resources": gettext_lazy("natural resources"),
    "parcel": gettext_lazy("post and parcels"),
    "power": gettext_lazy("electricity"),
    "public_security": gettext_lazy("public security"),
    "sanitation": gettext_lazy("sanitation"),
    "science_industry": gettext_lazy("science, industry and information"),
    "sports": gettext_lazy("sports"),
    "statistics": gettext_lazy("statistics"),
    "tax": gettext_lazy("tax"),
    "telecom": gettext_lazy("telecommunications"),
    "transport": gettext_lazy("transport"),
    "urban_management": gettext_lazy("urban management"),
    "veterans": gettext_lazy("veterans"),
    "water": gettext_lazy("water"),
}


def owner_words(owner_kind: str) -> str:
    """Say which kind of unit usually owns a matter: "department: housing and construction"."""
    if not owner_kind:
        return ""
    kind, _colon, function = owner_kind.partition(":")
    label = str(UnitKind(kind).label) if kind in UnitKind.values else kind
    if not function:
        return label
    words = _("%(kind)s: %(function)s")
    return words % {"kind": label, "function": FUNCTIONS.get(function, function)}
