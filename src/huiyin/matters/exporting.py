"""Lists of runs as files: asked for by staff, written in the background, gone after three days.

    export = order_export(inbox.listed(Tray.OVERDUE, by=by, at=at), format="xlsx",
                          purpose="月度核对", by=by, at=at)
    exports_of(by)                                # with how far each is
    opened = open_export(export.pk, by=by, at=at)

Names and numbers are covered, unless the post may see them clear (`matter.export_clear`) and says
why. The list is the one its owner saw when asking; what the owner sees no more when a row is
written is left out. Rows are written in parts that are each complete on the disk or not there:
whoever goes on after a kill begins with the first part that is missing.
"""

import csv
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language, override
from procrastinate.contrib.django import app

from huiyin.matters import access, files
from huiyin.matters.exported import heading, rows_of
from huiyin.matters.models import Export, ExportFormat, ExportState, Run
from huiyin.matters.refusals import (
    ExportEmpty,
    ExportNotFound,
    ExportNotReady,
    ExportOver,
    ExportsUnderWay,
    ExportTooLong,
)
from huiyin.people import access_log
from huiyin.people.actors import Actor
from huiyin.people.models import Account
from huiyin.people.posts import holdings_of
from huiyin.people.refusals import NotPermitted
from huiyin.ui.waking import put_once

NEEDS_CLEAR: Final = "matter.export_clear"
TASK: Final = "matters.write_export"
MOST_ROWS: Final = 20_000
MOST_UNDER_WAY: Final = 3
MOST_TRIES: Final = 5
CHUNK: Final = 500
KEEP_HOURS: Final = 72
SILENT: Final = timedelta(minutes=2)  # after that a worker that says nothing counts as dead
FOLDER: Final = ".exports"
MEDIA_TYPES: Final = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
UNDER_WAY: Final = (ExportState.WAITING, ExportState.WRITING)
# What the text of a workbook cannot hold: control characters but tab and ends of lines.
NOT_IN_CELLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
# A spreadsheet would take what begins so for a formula and run it.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


# --- asking -------------------------------------------------------------------------------------


def order_export(
    runs: QuerySet[Run], *, format: str, purpose: str, by: Actor, at: datetime,
    is_clear: bool = False, address: str | None = None,
) -> Export:  # fmt: skip
    """Ask for a list of runs as a file; the worker writes it.

    `runs`: a list in its order; what the actor does not see of it is left out. `is_clear`: with
    names, numbers and titles as they are, for whoever has `matter.export_clear`. Written into the
    access log, with the purpose.

    Raises NotPermitted, ReasonMissing, ExportEmpty, ExportTooLong, ExportsUnderWay.
    """
    purpose = access_log.stated_purpose(purpose)
    if by.post_id is None or by.account_id is None or (is_clear and not by.may(NEEDS_CLEAR)):
        raise NotPermitted()
    seen = access.those_seen(runs, by=by)
    ids = list(seen.values_list("pk", flat=True)[: MOST_ROWS + 1])
    if not ids:
        raise ExportEmpty()
    if len(ids) > MOST_ROWS:
        raise ExportTooLong(most=MOST_ROWS)
    with transaction.atomic():
        Account.objects.select_for_update(no_key=True).get(pk=by.account_id)  # one at a time
        mine = Export.objects.filter(account_id=by.account_id, state__in=UNDER_WAY)
        if mine.count() >= MOST_UNDER_WAY:
            raise ExportsUnderWay(most=MOST_UNDER_WAY)
        export = Export.objects.create(
            account_id=by.account_id, post_id=by.post_id, format=ExportFormat(format),
            language=get_language() or "zh-hans", is_clear=is_clear, purpose=purpose, run_ids=ids,
            total=len(ids), asked_at=at,
        )  # fmt: skip
        _log("export_asked", export, by=by, at=at, address=address)
        put_to_work(export.pk)
    return export


def put_to_work(export_id: UUID) -> None:
    """Give an export to the worker; a row of this transaction, so it is not lost."""
    key = f"export {export_id}"
    job = app.configure_task(TASK, queueing_lock=key, lock=key)
    put_once(partial(job.defer, export_id=str(export_id)))


def exports_of(by: Actor) -> QuerySet[Export]:
    """Return the exports of an account, the latest first; `done` of `total` is how far."""
    if by.account_id is None:
        return Export.objects.none()
    return Export.objects.filter(account_id=by.account_id).defer("run_ids").order_by("-asked_at")


@dataclass(frozen=True, slots=True)
class OpenedExport:
    """A file that is ready: where it lies, what it is, the name to save it by."""

    path: Path
    media_type: str
    name: str


def open_export(pk: UUID, *, by: Actor, at: datetime, address: str | None = None) -> OpenedExport:
    """Return the file of an export to its owner, in the post in which it was asked for.

    Every time is written into the access log. Raises ExportNotFound, ExportNotReady, ExportOver.
    """
    export = exports_of(by).filter(pk=pk).first()
    if export is None or export.post_id != by.post_id:
        raise ExportNotFound()
    if export.is_clear and not by.may(NEEDS_CLEAR):
        raise ExportNotFound()
    if export.state in UNDER_WAY:
        raise ExportNotReady(done=export.done, total=export.total)
    path = _file_of(export)
    if export.state != ExportState.READY or export.expires_at is None or at >= export.expires_at:
        raise ExportOver()
    if not path.exists():
        raise ExportOver()
    _log("export", export, by=by, at=at, address=address)
    day = timezone.localtime(export.asked_at).strftime("%Y%m%d-%H%M")
    return OpenedExport(
        path, MEDIA_TYPES[ExportFormat(export.format)], f"huiyin-{day}{path.suffix}"
    )


def _log(action: str, export: Export, *, by: Actor, at: datetime, address: str | None) -> None:
    access_log.record(
        by=by, at=at, action=action, subject_type="matter_list", subject_id=export.pk,
        fields=("name", "phone", "title") if export.is_clear else ("number",),
        purpose=export.purpose, address=address,
    )  # fmt: skip


# --- writing ------------------------------------------------------------------------------------


def claim(export_id: UUID, *, claim: UUID, at: datetime) -> bool:
    """Take an export to be written; False when it is done with, or somebody is at it.

    A worker that has said nothing for two minutes counts as dead. After five tries it has failed.
    """
    free = Q(claim=None) | Q(claim=claim) | Q(seen_at__lt=at - SILENT)
    row = Export.objects.filter(free, pk=export_id, state__in=UNDER_WAY)
    row.filter(tries__gte=MOST_TRIES).update(state=ExportState.FAILED, claim=None, expires_at=at)
    taken = row.update(state=ExportState.WRITING, claim=claim, seen_at=at, tries=F("tries") + 1)
    return taken == 1


def write_part(export_id: UUID, *, claim: UUID, at: datetime) -> bool:
    """Write the next part of an export one has taken; at the end the file. True: there is more.

    A post that has ended, or may not see clear data any more, gets no file: it has failed.
    """
    mine = Export.objects.filter(pk=export_id, claim=claim, state=ExportState.WRITING)
    export = mine.defer("run_ids").first()
    if export is None:
        return False
    by = _owner(export, at)
    if by is None or (export.is_clear and not by.may(NEEDS_CLEAR)):
        _finish(export, claim, ExportState.FAILED, at, keep_hours=0)
        return False
    with override(export.language):
        if export.done < export.total:
            chunk = _chunk_of(export)
            rows = rows_of(chunk, by=by, at=at, is_clear=export.is_clear)
            _put_part(export, export.done, list(rows))
            export.done += len(chunk)
            is_mine = mine.update(done=export.done, seen_at=at) == 1
            if not is_mine or export.done < export.total:
                return is_mine
        _put_together(export)
    if _finish(export, claim, ExportState.READY, at):
        for part in _parts_of(export):
            part.unlink(missing_ok=True)
    return False


def _chunk_of(export: Export) -> list[UUID]:
    """Return the runs of the next part; the whole list is not read for each of its parts."""
    part = f"run_ids__{export.done}_{export.done + CHUNK}"
    found: list[UUID] = Export.objects.values_list(part, flat=True).get(pk=export.pk)
    return found


def unwritten(*, at: datetime) -> list[UUID]:
    """Return the exports nobody is writing, the oldest first; the worker is given them again."""
    nobody = Q(claim=None) | Q(seen_at__lt=at - SILENT)
    rows = Export.objects.filter(nobody, state__in=UNDER_WAY).order_by("asked_at")
    return list(rows.values_list("pk", flat=True))


def expire(*, at: datetime) -> int:
    """Delete the files of exports that are over or failed; return how many. Safe at any time."""
    over = list(Export.objects.filter(expires_at__lte=at).defer("run_ids"))
    for export in over:
        shutil.rmtree(_folder(export), ignore_errors=True)
        is_failed = export.state == ExportState.FAILED
        Export.objects.filter(pk=export.pk).update(
            state=ExportState.FAILED if is_failed else ExportState.EXPIRED, expires_at=None,
            run_ids=[],
        )  # fmt: skip
    return len(over)


def _owner(export: Export, at: datetime) -> Actor | None:
    """Return the owner in the post in which they asked, if it is still theirs."""
    account = Account.objects.filter(pk=export.account_id, is_active=True).first()
    if account is None:
        return None
    held = holdings_of(account.pk, on=timezone.localdate(at))
    found = next((one for one in held if one.post.pk == export.post_id), None)
    return found.actor(account) if found else None


def _finish(
    export: Export, claim: UUID, state: ExportState, at: datetime, keep_hours: int = KEEP_HOURS
) -> bool:
    """Say that an export is done with; False when somebody else has taken it over."""
    mine = Export.objects.filter(pk=export.pk, claim=claim)
    done = mine.update(
        state=state, ready_at=at, expires_at=at + timedelta(hours=keep_hours), claim=None,
        seen_at=at,
    )  # fmt: skip
    return done == 1


# --- on the disk --------------------------------------------------------------------------------


def _folder(export: Export) -> Path:
    return files.root() / FOLDER / str(export.pk)


def _file_of(export: Export) -> Path:
    return _folder(export) / f"list.{export.format}"


def _put_part(export: Export, number: int, rows: list[list[str]]) -> None:
    with files.draft() as path:
        path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        _place(path, _folder(export) / f"part-{number:06}.json")


def _put_together(export: Export) -> None:
    """Write the file from its parts."""
    parts = _parts_of(export)
    with files.draft() as path:
        write = _write_csv if export.format == ExportFormat.CSV else _write_xlsx
        write(path, _all_rows(parts))
        _place(path, _file_of(export))


def _parts_of(export: Export) -> list[Path]:
    return sorted(_folder(export).glob("part-*.json"))


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    files.put(source, target)


def _all_rows(parts: Sequence[Path]) -> Iterator[list[str]]:
    yield heading()
    for part in parts:
        rows: list[list[Any]] = json.loads(part.read_text(encoding="utf-8"))
        for row in rows:
            yield [_cell(str(cell)) for cell in row]


def _cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    plain = NOT_IN_CELLS.sub("", text)
    return f"'{plain}" if plain.startswith(_FORMULA) else plain


def _write_csv(path: Path, rows: Iterator[list[str]]) -> None:
    """Write CSV as Excel opens it: UTF-8 with its mark, lines ended by CR LF."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


def _write_xlsx(path: Path, rows: Iterator[list[str]]) -> None:
    # Twenty megabytes that most processes never need.
    from openpyxl import Workbook  # noqa: PLC0415 as said

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Huiyin")
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append(row)
    with path.open("wb") as file:
        book.save(file)
