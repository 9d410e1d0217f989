"""Write docs/adr/index.md from the decision files, so that no entry is ever lost."""

import re
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "adr"


def index() -> str:
    """Return the index page: number, title and status of every decision."""
    lines = ["# Decisions", "", "| No. | Decision | Status |", "|---|---|---|"]
    for path in sorted(FOLDER.glob("[0-9]*.md")):
        text = path.read_text(encoding="utf-8")
        number, title = re.match(r"# (\d+)\. (.+)", text).groups()  # type: ignore[union-attr]
        status = re.search(r"^Status: (.+)$", text, re.M).group(1)  # type: ignore[union-attr]
        lines.append(f"| {number} | [{title}]({path.name}) | {status} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    target = FOLDER / "index.md"
    if "--check" in sys.argv:
        sys.exit(
            0
            if target.read_text(encoding="utf-8") == index()
            else "docs/adr/index.md is old: run scripts/adr_index.py"
        )
    target.write_text(index(), encoding="utf-8")
