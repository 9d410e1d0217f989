"""What the checker says: findings with a place, a shortest way there, and what would be right."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from huiyin.procedures.language import Procedure
from huiyin.procedures.sentences import fill
from huiyin.worktime import Limit

CODES: Final[Mapping[str, str]] = {
    # what stands in the file
    "label_missing": "a text has no Chinese or no English",
    "label_language": "a Chinese text has no Chinese, or an English one has some",
    "name_unknown": "something is named that is not there",
    "name_reserved": "a state is called by a word that means several states",
    "term_unknown": "a limit is named that is not in the catalogue, or has no source there",
    "term_unit": "an extension is counted in another unit than its clock",
    "unit_kind_unknown": "an actor is of a kind of unit that does not exist",
    "permission_unknown": "an actor needs a permission that does not exist",
    "guard_unknown": "a guard is named for which there is no code",
    "check_unknown": "a check is named for which there is no code",
    "check_field": "a check reads a field that its form does not have",
    "effect_unknown": "an effect is named for which there is no code",
    "link_misplaced": (
        "a one-time link is for an act that is no person's, or whose form its page cannot show"
    ),
    "map_gap": "a choice says nothing for a value that can come",
    "map_excess": "a choice has a value that cannot come",
    "unused": "something is defined and nothing uses it",
    "fact_never_set": "a fact is read, and nothing ever gives it a value",
    "role_never_given": "an actor or a rule speaks of a role that no action gives",
    "actor_without_unit": "a role is given to the unit of somebody who has none",
    "not_for_system": "a clock or a child run takes an action that the system may not take",
    "hand_over_target": "a matter is handed over and the run goes on all the same",
    "extension_incomplete": "a clock can be extended, but an act of the extension is missing",
    "no_opening": "no action opens a run",
    "goes_nowhere": "an action goes to the one state it comes from",
    "end_too_soon": "an action ends a run that is not done, where others end only what is",
    "quorum_without_parties": "all parties have to agree, and there is no party",
    "state_without_owner": "nobody owns a state",
    "child_unknown": "a child run is of a procedure that does not exist",
    "child_opening": "a child run cannot be opened as its procedure says",
    "child_form": "the form that opens a child run is not filled, or filled wrongly",
    "child_result": "a child run can end with a result that its parent does not know",
    # what can happen in it
    "state_unreachable": "no run can come to a state",
    "trap": "a run can come to where no end can be reached any more",
    "hangs_on_person": "a run can come to where it never ends unless a person acts",
    "owner_idle": "the owner of a state can do nothing there",
    "owner_is_system": "the system owns a state in which somebody else has to act",
    "owner_stuck": "no act of the owner ever moves a run out of its state",
    "clock_missing": "a clock does not run in a state it has to run in",
    "clock_stray": "a clock runs in a state it may not run in",
    "clock_at_end": "a clock still runs when the run is at its end",
    "clock_never_started": "nothing ever starts a clock",
    "clock_never_there": "a clock may run in a state, and it never does",
    "clock_never_ends": "nothing ever ends a clock",
    "clock_restarted": "an action starts a clock that runs already",
    "clock_paused_twice": "an action lets a clock rest that rests already",
    "clock_not_paused": "an action resumes a clock that may run where it is taken",
    "clock_stays_paused": "a clock can rest where nothing lets it go on",
    "clock_act_in_vain": "an action ends, rests or resumes a clock that never runs or rests there",
    "clock_start_unset": "a clock counts from a fact that is not known when it starts",
    "term_unset": "the length of a clock depends on a fact that may have no value",
    "target_unset": "where an action goes depends on something that may have no value",
    "expiry_refused": "a clock takes an action where that is not possible",
    "action_impossible": "an action can never be taken",
    "actor_absent": "nobody can take an action: its role is held nowhere it could be taken",
    "system_never_acts": "only the system may take an action, and nothing makes it do so",
    "condition_never_true": "a condition can never hold",
    "condition_never_false": "a condition always holds, so its refusal is never given",
    "child_not_open": "a state waits for a child run that may never have been opened",
    "child_end_refused": "a child run ends where its parent cannot take the action that follows",
    "child_open_at_end": "a run ends while a child run is open that it waits for",
    "result_missing": "a child run can be done without a result",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What exists outside of procedure files.

    `terms`: the limits of the catalogue that have a source, with their general value.
    """

    terms: Mapping[str, Limit]
    unit_kinds: frozenset[str]
    permissions: frozenset[str]
    guards: frozenset[str]
    effects: frozenset[str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not sound. `path`: the shortest way there, act by act, from the opening."""

    code: str
    text: str
    file: str
    line: int
    path: tuple[str, ...] = ()
    instead: str = ""

    def __str__(self) -> str:
        """Return it as one paragraph for a terminal."""
        way = f" Path: {' → '.join(self.path)}." if self.path else ""
        instead = f" {self.instead}" if self.instead else ""
        return f"{self.file}:{self.line}: {self.text}{way}{instead} [{self.code}]"


@dataclass(frozen=True, slots=True)
class Report:
    """All findings about one procedure, and how far the search went.

    `complete`: every configuration was visited; else the search stopped at `bound` and says
    nothing about what cannot happen.
    """

    findings: tuple[Finding, ...]
    configurations: int
    bound: int
    complete: bool

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found and everything was seen."""
        return not self.findings and self.complete


@dataclass(slots=True)
class Findings:
    """Collects findings about one procedure; the same thing is said once."""

    procedure: Procedure
    found: dict[tuple[str, str, str], Finding] = field(default_factory=dict)

    def add(
        self, code: str, at: str, text: str, instead: str = "", path: tuple[str, ...] = ()
    ) -> None:
        """Report something. `at`: the entry it concerns, such as "actions.transfer"."""
        assert code in CODES  # noqa: S101 the table of codes is what the tests and the handbook list
        self.found.setdefault(
            (code, at, text),
            Finding(
                code=code,
                text=fill("{}: {}", at, text) if at else text,
                file=self._file(at),
                line=self.procedure.lines.get(at, 1),
                path=path,
                instead=instead,
            ),
        )

    def _file(self, at: str) -> str:
        """Return the file an entry stands in: that of the procedure, or of a fragment."""
        kind, _, name = at.partition(".")
        action = self.procedure.actions.get(name) if kind == "actions" else None
        if action and action.origin.startswith("fragment "):
            return f"fragments/{action.origin.removeprefix('fragment ')}.yaml"
        return self.procedure.file

    def __bool__(self) -> bool:
        return bool(self.found)

    def all(self) -> tuple[Finding, ...]:
        """Return everything in the order of the file."""
        return tuple(sorted(self.found.values(), key=lambda one: (one.file, one.line, one.code)))
