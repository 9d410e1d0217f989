"""Proves a procedure sound, or says what is not, with the shortest way there.

First what can be read off the file (labels, names, uses, rules), then a search through everything
that can happen: form choices, outside facts and guards both ways, clocks in time and over, child
runs with each of their results.
"""

from collections.abc import Mapping
from typing import Final

from huiyin.procedures.checking.exploring import Search
from huiyin.procedures.checking.findings import CODES, Finding, Findings, Known, Report
from huiyin.procedures.checking.graph import Graph
from huiyin.procedures.checking.judging import judge
from huiyin.procedures.checking.labels import check_labels
from huiyin.procedures.checking.references import check_references
from huiyin.procedures.checking.rules import check_rules
from huiyin.procedures.checking.usage import check_usage
from huiyin.procedures.language import Procedure

__all__ = ["BOUND", "CODES", "Finding", "Known", "Report", "check"]

BOUND: Final = 200_000  # configurations; a search beyond it would not end in seconds
# With one of these a walk through the procedure would stumble over names that are not there.
_NO_WAY_IN: Final = frozenset(("name_unknown", "no_opening", "map_excess"))


def check(
    procedure: Procedure,
    *,
    known: Known,
    library: Mapping[str, Procedure] | None = None,
    bound: int = BOUND,
    stop_at_first: bool = False,
) -> Report:
    """Return everything that is not sound about a procedure.

    `library`: all procedures by name, for child runs and hand-overs; without it these are not
    looked at. `bound`: how many configurations are visited at most. `stop_at_first`: enough is
    known as soon as something is found.
    """
    findings = Findings(procedure)
    check_labels(procedure, findings)
    check_references(procedure, known, findings)
    check_usage(procedure, findings)
    check_rules(procedure, library or {}, findings)
    codes = {finding.code for finding in findings.all()}
    if codes & _NO_WAY_IN or (stop_at_first and codes):
        return Report(findings.all(), 0, bound, complete=False)
    search = Search(Graph(procedure), bound=bound, stop_at_first=stop_at_first)
    search.run()
    judge(search, findings)
    return Report(findings.all(), len(search.numbers), bound, search.complete)
