"""Check files before a commit: the last line ends, no merge marks, nothing large, data parses."""

import sys
import tomllib
from pathlib import Path

import yaml

LARGEST_BYTES = 1_500_000
MARKS = ("<<<<<<< ", ">>>>>>> ")


def faults(path: Path) -> list[str]:
    """Return what is wrong with one file, in words."""
    raw = path.read_bytes()
    found = []
    if len(raw) > LARGEST_BYTES:
        found.append(f"{path}: {len(raw):,} bytes; files over {LARGEST_BYTES:,} do not belong here")
    if b"\x00" in raw:
        return found
    text = raw.decode("utf-8")
    if text and not text.endswith("\n"):
        found.append(f"{path}: the last line has no end")
    found += [
        f"{path}:{number}: a merge mark"
        for number, line in enumerate(text.splitlines(), 1)
        if line.startswith(MARKS)
    ]
    try:
        if path.suffix == ".toml":
            tomllib.loads(text)
        elif path.suffix in {".yaml", ".yml"} and path.name != "mkdocs.yml":
            yaml.safe_load(text)
    except (tomllib.TOMLDecodeError, yaml.YAMLError) as error:
        found.append(f"{path}: cannot be read: {error}")
    return found


if __name__ == "__main__":
    problems = [fault for name in sys.argv[1:] for fault in faults(Path(name))]
    print("\n".join(problems))
    sys.exit(bool(problems))
