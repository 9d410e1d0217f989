"""Break each shipped procedure in one place: the checker notices, or the list says why not.

Deletions, redirections and clocks are tried each time; of owners and labels, and of everything in
a very large file, every third one. HYPOTHESIS_PROFILE=long (make test-long) tries all.
"""

import os
from zlib import crc32

import pytest

from huiyin.procedures.tests.equivalents import FILE, is_reported, known, listed, of_kind
from huiyin.procedures.tests.mutants import mutants
from huiyin.procedures.tests.shipped import PROCEDURES

KINDS = ("delete", "redirect", "owner", "clock", "label")
IS_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
MANY = ("owner", "label")
VERY_LARGE = 60  # actions


def is_tried(procedure, kind, what):
    is_sampled = kind in MANY or len(procedure.actions) > VERY_LARGE
    return IS_LONG or not is_sampled or crc32(what.encode()) % 3 == 0


@pytest.mark.parametrize("name", sorted(PROCEDURES))
def test_every_shipped_procedure_is_sound(name):
    assert not is_reported(PROCEDURES[name])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", sorted(PROCEDURES))
def test_every_mutant_is_reported_but_for_the_equivalent_ones(name, kind):
    procedure = PROCEDURES[name]
    tried = {
        what: mutant
        for _, what, mutant in of_kind(procedure, kind)
        if is_tried(procedure, kind, what)
    }

    unreported = {what for what, mutant in tried.items() if not is_reported(mutant)}

    assert unreported == listed(name).keys() & tried.keys(), (
        "Run python -m huiyin.procedures.tests.equivalents and read what it has changed."
    )


def test_the_list_names_mutants_that_exist():
    for name, procedure in PROCEDURES.items():
        assert listed(name).keys() <= {what for _, what, _ in mutants(procedure)}
    assert FILE.exists()
    assert known().terms
