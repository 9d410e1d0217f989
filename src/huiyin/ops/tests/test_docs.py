"""The documentation cannot rot: what is read off the code equals the code."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
DOCS = ROOT / "docs"


def test_commands_refusals_and_terms_are_documented():
    checked = subprocess.run(
        [sys.executable, "scripts/reference.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (checked.returncode, checked.stderr) == (0, "")


def test_every_decision_is_in_the_index():
    checked = subprocess.run(
        [sys.executable, "scripts/adr_index.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("page", sorted((DOCS / "adr").glob("0*.md")), ids=lambda page: page.stem)
def test_a_decision_is_one_page_with_its_five_parts(page):
    text = page.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= 60
    assert re.findall(r"^## (.+)$", text, re.M) == [
        "Context",
        "Decision",
        "Consequences",
        "Revisit when",
    ]
    assert re.search(r"^Status: (accepted|replaced by \d+), \d{4}-\d\d-\d\d$", text, re.M)


def test_the_readme_is_short_and_shows_a_real_picture():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)

    assert len(text.splitlines()) < 100
    assert "make run" in text
    assert "make test" in text
    assert pictures
    assert all((ROOT / picture).stat().st_size > 10_000 for picture in pictures)
