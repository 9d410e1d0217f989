"""The city: its name, working days, limits, knowledge and map."""

from typing import Final

from huiyin.config.kinds import Kind, Setting

CITY: Final = (
    Setting(
        "HUIYIN_CITY_CODE",
        Kind.TEXT,
        "Division code (GB/T 2260, six digits) of the city.",
        default="371400",
    ),
    Setting("HUIYIN_CITY_NAME", Kind.TEXT, "Name of the city.", default="德州市"),
    Setting(
        "HUIYIN_CALENDAR",
        Kind.FILE,
        "Working days of our own as CSV, above the announced ones (docs/worktime.md); "
        "read once, at the start.",
        shown_default="the announced days",
    ),
    Setting(
        "HUIYIN_CLOCK_ALARM_MINUTES",
        Kind.WHOLE,
        "Minutes the keeper of limits may lag before somebody is told to look.",
        default="5",
        least=2,
        most=1_440,
    ),
    Setting(
        "HUIYIN_KNOWLEDGE_GRACE_DAYS",
        Kind.WHOLE,
        "Days an entry of the knowledge base is still shown to residents after its day of review.",
        default="30",
        least=0,
        most=3_650,
    ),
    Setting(
        "HUIYIN_TILE_URL",
        Kind.URL,
        "Map tiles under Huiyin's own layers, such as "
        "`https://tiles.example.gov.cn/{z}/{x}/{y}.png`.",
        shown_default="no tiles",
    ),
    Setting("HUIYIN_TILE_ATTRIBUTION", Kind.TEXT, "The line the owner of the tiles asks for."),
)
