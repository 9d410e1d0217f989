"""Write the reference pages that are read off the code: commands, refusals, terms, procedures.

`--check` writes nothing and names the pages that are old; a test calls it.
"""

import csv
import importlib
import os
import sys
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
CAPABILITIES = (
    "places", "categories", "units", "people", "dispatch", "notices", "matters", "insight",
    "gateway", "web",
)  # fmt: skip


def commands() -> str:
    """Return the page of every command with its help."""
    from huiyin.ops.cli import cli  # noqa: PLC0415 needs the environment set below

    context = click.Context(cli, info_name="huiyin")
    parts = ["# Commands", "", "Data go to stdout, progress to stderr. Exit code 0: done.", ""]
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None  # noqa: S101 the group lists what it has
        parts += _command(command, f"huiyin {name}")
    return "\n".join(parts).rstrip() + "\n"


def _command(command: click.Command, name: str) -> list[str]:
    """Return a command's help, and after it that of the commands below it."""
    own = click.Context(command, info_name=name, max_content_width=96)
    own.terminal_width = 96
    parts = [f"## {name}", "", "```text", command.get_help(own), "```", ""]
    if isinstance(command, click.Group):
        for word in command.list_commands(own):
            below = command.get_command(own, word)
            assert below is not None  # noqa: S101 the group lists what it has
            parts += _command(below, f"{name} {word}")
    return parts


def _help(command: click.Command, name: str, mark: str) -> list[str]:
    """Return the help of a command, and below it that of the commands it has."""
    own = click.Context(command, info_name=name, max_content_width=96)
    own.terminal_width = 96
    parts = [f"{mark} {name}", "", "```text", command.get_help(own), "```", ""]
    if isinstance(command, click.Group):
        for sub in command.list_commands(own):
            below = command.get_command(own, sub)
            assert below is not None  # noqa: S101 the group lists what it has
            parts += _help(below, f"{name} {sub}", f"{mark}#")
    return parts


def refusals() -> str:
    """Return the page of every refusal: code, sentence in English and Chinese, data."""
    from django.utils.translation import override  # noqa: PLC0415 after django.setup

    from huiyin.ui import refusals as catalogue  # noqa: PLC0415 after django.setup

    lines = [
        "# Refusals",
        "",
        "What the system says when something cannot be, by code.",
        "The API answers the code and the data; pages show the sentence.",
        "",
        "| Code | Sentence | 中文 | Data |",
        "|---|---|---|---|",
    ]
    for code, made in catalogue.known_refusals().items():
        words = []
        for language in ("en", "zh-hans"):
            with override(language):
                words.append(str(catalogue.sentence_template(code)).replace("|", "\\|"))
        data = ", ".join(f"`{name}`" for name in made.fields) or "—"
        lines.append(f"| `{code}` | {words[0]} | {words[1]} | {data} |")
    return "\n".join([*lines, *_refusals_of_procedures()]) + "\n"


def _refusals_of_procedures() -> list[str]:
    """Return what the engine and the procedures say, and what stands beside a field."""
    from huiyin.procedures import library  # noqa: PLC0415 as the others here
    from huiyin.procedures.refusals import (  # noqa: PLC0415 as the others here
        FIELD_SENTENCES,
        SENTENCES,
    )

    own = {
        f"{procedure.name}.{name}": words
        for procedure in library.procedures().values()
        for name, words in procedure.refusals.items()
    }
    lines: list[str] = []
    for title, words in (
        ("Acts on a run", SENTENCES),
        ("Fields of a form", FIELD_SENTENCES),
        ("Conditions of procedures", own),
    ):
        lines += ["", f"## {title}", "", "| Code | Sentence | 中文 |", "|---|---|---|"]
        lines += [f"| `{code}` | {said.en} | {said.zh} |" for code, said in words.items()]
    return lines


def terms() -> str:
    """Return the page of every limit with its law, article and source."""
    path = ROOT / "src/huiyin/categories/data/terms.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [
        "# Terms (limits)",
        "",
        "Limits fixed by law are locked. The others are defaults a city may change.",
        "The tags of the last column: [sources](sources.md).",
    ]
    for title, locked in (("Fixed by law", "1"), ("The city may change", "0")):
        lines += ["", f"## {title}", ""]
        lines += [
            "| Key | 时限 | Limit | Starts | Law, article | Source |",
            "|---|---|---|---|---|---|",
        ]
        for row in rows:
            if row["locked"] != locked:
                continue
            where = ", ".join(
                word for word in (row["category_code"], row["level"], row["place_code"]) if word
            )
            limit = f"{row['amount']} {row['unit'].replace('_', ' ')}" + (
                f" ({where})" if where else ""
            )
            law = f"{row['law_zh']} {row['article']}".strip() or "—"
            source = row["source"] + (" [unverified]" if row["unverified"] == "1" else "")
            cells = (
                f"`{row['key']}`",
                f"{row['title_zh']}<br>{row['title_en']}",
                limit,
                row["starts_en"],
                law,
                source,
            )
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def columns() -> str:
    """Return the page of every column of a load."""
    from huiyin.ops.loading.tables import specs  # noqa: PLC0415 after django.setup

    lines = ["# Columns of a load", "", "A header may be the name or the Chinese title."]
    for name, spec in specs().items():
        lines += ["", f"## {name} {spec.title['zh']}", "", spec.meaning["en"], ""]
        lines += ["| Column | 标题 | Needed | Meaning |", "|---|---|---|---|"]
        for column in spec.columns.values():
            needed = "yes" if column.required else ""
            cells = (f"`{column.name}`", column.title["zh"], needed, column.meaning["en"])
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def openapi() -> str:
    """Return the schema of the API."""
    from huiyin.gateway.api import schema_text  # noqa: PLC0415 after django.setup

    return schema_text()


PAGES = {
    "commands.md": commands,
    "openapi.json": openapi,
    "refusals.md": refusals,
    "terms.md": terms,
    "columns.md": columns,
}


def main() -> None:
    """Write the pages, or with --check name those that are old."""
    from huiyin.config import new_keys  # noqa: PLC0415 keeps the import of Django below the environment

    os.environ.setdefault("DATABASE_URL", "postgresql:///unused")
    os.environ.update({"HUIYIN_MODE": "test", **new_keys()})
    os.environ["DJANGO_SETTINGS_MODULE"] = "huiyin.settings"
    import django  # noqa: PLC0415 after the environment

    django.setup()
    for name in CAPABILITIES:
        if (ROOT / f"src/huiyin/{name}/refusals.py").exists():
            importlib.import_module(f"huiyin.{name}.refusals")
    from procedure_pages import pages  # noqa: PLC0415 needs the environment too

    texts = {page: make() for page, make in PAGES.items()}
    texts |= {f"procedures/{name}": text for name, text in pages().items()}
    old = []
    for page, text in texts.items():
        target = DOCS / page
        if target.exists() and target.read_text(encoding="utf-8") == text:
            continue
        if "--check" in sys.argv:
            old.append(f"docs/{page}")
        else:
            target.parent.mkdir(exist_ok=True)
            target.write_text(text, encoding="utf-8")
    for target in (DOCS / "procedures").glob("*"):
        if f"procedures/{target.name}" in texts:
            continue
        if "--check" in sys.argv:
            old.append(f"docs/procedures/{target.name}")
        else:
            target.unlink()  # of a procedure that is no more
    if old:
        sys.exit(f"{', '.join(sorted(old))}: old; run `make reference`")
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    missing = [page for page in texts if page.endswith(".md") and f": {page}\n" not in nav]
    if missing:
        sys.exit(f"{', '.join(missing)}: in no menu; add them to nav in mkdocs.yml")


if __name__ == "__main__":
    main()
