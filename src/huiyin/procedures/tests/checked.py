"""What the tests of the checker share: small procedures from files, and what they may name."""

from functools import cache
from importlib.resources import files

from huiyin.procedures.checking import Known, check
from huiyin.procedures.guards import GUARDS
from huiyin.procedures.language import Procedure
from huiyin.procedures.reading import read_procedure
from huiyin.worktime import parse_limit

HERE = files("huiyin.procedures.tests")
TERMS = {
    "t.route": "2 days",
    "t.simple": "1 working day",
    "t.normal": "5 working days",
    "t.more": "5 working days",
    "t.moreday": "3 days",
    "t.window": "2 working days",
    "t.agree": "10 days",
    "t.keep": "10 days",
}
KNOWN = Known(
    terms={key: parse_limit(text) for key, text in TERMS.items()},
    unit_kinds=frozenset({"hotline_centre"}),
    permissions=frozenset({"extension.approve"}),
    guards=frozenset(GUARDS),
    effects=frozenset(),
)


def text_of(folder: str, name: str) -> str:
    return (HERE / folder / f"{name}.yaml").read_text(encoding="utf-8")


def names_in(folder: str) -> list[str]:
    return sorted(
        file.name.removesuffix(".yaml")
        for file in (HERE / folder).iterdir()
        if file.name.endswith(".yaml")
    )


@cache
def sound(name: str) -> Procedure:
    """One of the small procedures with nothing wrong: order, inspection."""
    return read_procedure(text_of("sound", name), file=f"{name}.yaml")


def library() -> dict[str, Procedure]:
    return {name: sound(name) for name in names_in("sound")}


def found(procedure: Procedure, **options: object):
    """Check a small procedure among the sound ones."""
    return check(procedure, known=KNOWN, library=library(), **options)


def codes(report) -> set[str]:
    return {finding.code for finding in report.findings}
