"""Proves a procedure sound, or says what is not, with the shortest way there.

First what can be read off the file (labels, names, uses, rules), then a search through everything
that can happen: form choices, outside facts and guards both ways, clocks in time and over, child
runs with each of their results.
"""

from collections.abc import Callable, Mapping
from typing import Final

from huiyin.procedures.checking.exploring import Search
from huiyin.procedures.checking.findings import CODES, Finding, Findings, Known, Report
from huiyin.procedures.checking.graph import Graph
from huiyin.procedures.checking.judging import judge
from huiyin.procedures.checking.labels import check_labels
from huiyin.procedures.checking.owners import check_owners
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
    steps: tuple[Callable[[], None], ...] = (
        lambda: check_labels(procedure, findings),
        lambda: check_references(procedure, known, findings),
        lambda: check_usage(procedure, findings),
        lambda: check_rules(procedure, library or {}, findings),
    )
    for step in steps:
        step()
        if findings and stop_at_first:
            return Report(findings.all(), 0, bound, complete=False)
    if {finding.code for finding in findings.all()} & _NO_WAY_IN:
        return Report(findings.all(), 0, bound, complete=False)
    others = (library or {}).values()
    tells_result = procedure.is_child or any(
        child.procedure == procedure.name for other in others for child in other.children.values()
    )
    graph = Graph(procedure, tells_result=tells_result)
    check_owners(graph, findings)
    if findings and stop_at_first:
        return Report(findings.all(), 0, bound, complete=False)
    search = Search(graph, bound=bound, stop_at_first=stop_at_first)
    search.run()
    judge(search, findings)
    return Report(findings.all(), len(search.numbers), bound, search.complete)
