"""Files that belong to acts: sent in first, named by an act's form, opened through one door.

    attached = attach(stream, name="灯.jpg", by=actor, at=now)
    act(run_id, "answer", form={…, "files": [str(attached.pk)]}, by=actor, at=now)
    opened = attachment(attached.pk, by=other, at=now)          # a path, its type, its name

What an act names is bound to its event in the act's transaction; what no act names within a day is
deleted. The bytes come first and the row second, and go the other way round: whatever is killed in
between leaves bytes without a row, which a nightly job finds.
"""

import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.matters import access, file_types, files, timeline
from huiyin.matters.file_types import FileType
from huiyin.matters.listening import Happened
from huiyin.matters.models import Attachment, AttachmentUse, FileKind
from huiyin.matters.pictures import (
    THUMBNAIL_TYPE,
    THUMBNAILS,
    blot_video,
    clean_picture,
    has_thumbnail,
)
from huiyin.matters.references import uuids_in
from huiyin.matters.refusals import ActRefused, FileEmpty, FileNotFound
from huiyin.people import access_log
from huiyin.people.actors import Actor
from huiyin.people.uploads import MB, take_upload
from huiyin.procedures import Procedure, Refusal
from huiyin.procedures.language import ActorKind, Field, FieldType
from huiyin.procedures.refusals import sentence
from huiyin.procedures.runs import Values
from huiyin.ui.ready import Ready
from huiyin.ui.rows import in_one_go

UNUSED_HOURS: Final = 24
BATCH: Final = 500
LONGEST_NAME: Final = 120
VIDEOS: Final = (file_types.MP4, file_types.MOV, file_types.M4A)


# --- sending in ---------------------------------------------------------------------------------


def attach(
    content: BinaryIO, *, name: str, by: Actor, at: datetime, address: str | None = None
) -> Attachment:
    """Take a file in, for an act that will name it within a day.

    Proves what it is by its bytes, counts it against what its sender may send in a day (`address`:
    of whoever has not signed in), takes place and owner out of pictures and videos, makes
    thumbnails. The same bytes are kept once.

    Raises FileEmpty, FileTooLarge, UploadsOfDayUsedUp, FileKindUnknown, FileBroken, FileUnsafe,
    PictureTooLarge, StorageFull; then nothing is kept.
    """
    limit = settings.HUIYIN.upload_mb_per_file * MB
    with files.draft() as raw, files.draft() as clean:
        size = files.take(content, into=raw, most_bytes=limit)
        if not size:
            raise FileEmpty()
        if not by.is_system:
            take_upload(size_bytes=size, account_id=by.account_id, address=address, at=at)
        found = file_types.proven(raw)
        row = Attachment(owner_id=by.account_id, at=at)
        parts: dict[str, bytes] = {}
        if found.kind is FileKind.IMAGE:
            picture = clean_picture(raw, found, into=clean)
            found, parts = picture.type, picture.thumbnails
            row.width, row.height = picture.width, picture.height
        else:
            if found in VIDEOS:
                blot_video(raw)
            raw.replace(clean)
        row.kind, row.media_type = found.kind, found.media_type
        row.name = _file_name(name, found)
        row.size_bytes = clean.stat().st_size
        with in_one_go() as writing:
            row.sha256 = files.keep(clean, parts=parts)
            writing.insert([row])
    return row


def _file_name(given: str, found: FileType) -> str:
    """Return the name a file is shown and saved by: no folders, no tricks, its true ending."""
    plain = unicodedata.normalize("NFC", given.replace("\\", "/").rpartition("/")[2])
    plain = "".join(sign for sign in plain if sign.isprintable() and sign not in '<>:"|?*')
    stem, _dot, _suffix = plain.rpartition(".")
    stem = (stem or plain).strip(" .")[: LONGEST_NAME - len(found.suffix)]
    return f"{stem or _('file')}{found.suffix}"


# --- with an act --------------------------------------------------------------------------------


def bind(happened: Happened) -> None:
    """Bind the files that an act's form names to its event; in the act's transaction.

    Own files may be named, and by whoever has not signed in files of nobody that no act has used.
    The system hands on to a child run what the act on its parent names; that act has its own check
    in the same transaction. One query for an act that names files, none for the others; what is
    bound is written with what else the act writes.

    Raises ActRefused, with a sentence for each field that names an unknown file, somebody else's,
    or one of a sort the field does not take.
    """
    named = _named(happened.procedure, happened.event.action, happened.decision.event.form)
    if not named:
        return
    known = _usable(happened, {one for _field, ids in named for one in ids})
    errors = {
        field.name: wrong for field, ids in named if (wrong := _what_is_wrong(field, ids, known))
    }
    if errors:
        language = get_language() or "zh"
        said = sentence(Refusal("run.form"), happened.procedure, language=language)
        raise ActRefused(reason="run.form", sentence=said, errors=errors)
    happened.writing.insert(
        AttachmentUse(
            attachment=known[one], run=happened.run, event=happened.event, field=field.name
        )
        for field, ids in named
        for one in ids
    )


def _named(procedure: Procedure, action: str, form: Values) -> list[tuple[Field, tuple[str, ...]]]:
    """Return the fields of a form that name files, with what they name."""
    rule = procedure.actions.get(action)
    if rule is None:
        return []
    named = []
    for field in rule.form:
        value = form.get(field.name)
        if field.type is FieldType.FILES and isinstance(value, tuple | list) and value:
            named.append((field, tuple(str(one) for one in value)))
    return named


def _usable(happened: Happened, ids: Collection[str]) -> dict[str, Attachment]:
    """Return the files whoever acts may name, locked against being deleted as unused."""
    wanted = uuids_in(ids)
    rule = happened.procedure.actors.get(happened.event.as_actor)
    account = happened.event.account_id
    if rule is not None and rule.kind is ActorKind.SYSTEM:
        rows = _NAMED.all(ids=wanted)
    elif account:
        rows = _OWN.all(ids=wanted, account=account)
    else:
        nobodys = _locked().filter(pk__in=wanted, owner_id=None)
        rows = list(_unused(nobodys).order_by("pk"))
    return {str(row.pk): row for row in rows}


def _locked() -> QuerySet[Attachment]:
    return Attachment.objects.select_for_update(of=("self",), no_key=True)


_NAMED: Ready[Attachment] = Ready(lambda ids: _locked().filter(pk__one_of=ids).order_by("pk"))
_OWN: Ready[Attachment] = Ready(
    lambda ids, account: _locked().filter(pk__one_of=ids, owner_id=account).order_by("pk")
)


def _what_is_wrong(field: Field, ids: Sequence[str], known: dict[str, Attachment]) -> str:
    if any(one not in known for one in ids):
        return _("One of these files is not there any more. Send it again.")
    if field.accept and any(known[one].kind not in field.accept for one in ids):
        sorts = _(", ").join(str(FileKind(kind).label) for kind in field.accept)
        return _("Here only these sorts of file are taken: %(sorts)s.") % {"sorts": sorts}
    return ""


# --- the door -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opened:
    """A file somebody may have: where it lies, what it is, the name to save it by.

    `is_shown`: a browser may show it in a page; everything else is only to be saved.
    """

    path: Path
    media_type: str
    name: str
    is_shown: bool


def attachment(
    pk: UUID, *, by: Actor, at: datetime, size: str = "", address: str | None = None
) -> Opened:
    """Return a file the actor may have: of a run they see, or their own that no act has used yet.

    Staff see the files of the runs they see; people those they have sent themselves and those of
    acts whose entry in the timeline they read with its files, such as the photos of an answer.
    `size`: "small" or "large" for the thumbnail of a picture, or the picture where it is small
    itself. A look of staff into a confidential matter is logged. Raises FileNotFound, alike for
    what is missing and what is another's.
    """
    with transaction.atomic():
        row = Attachment.objects.filter(pk=pk).first()
        if row is None or (size and (row.kind != FileKind.IMAGE or size not in THUMBNAILS)):
            raise FileNotFound()
        is_own = row.owner_id is not None and row.owner_id == by.account_id
        if not by.is_system and not (is_own and by.unit_id is None):
            use = _use_seen(row, by)
            if use is None and not (is_own and not row.uses.exists()):
                raise FileNotFound()
            is_staff = by.unit_id is not None
            if use is not None and is_staff and use.run.matter.is_confidential and not size:
                access_log.record(
                    by=by, at=at, action="look", subject_type="attachment", subject_id=row.pk,
                    fields=(use.field,), case_no=use.run.matter.number, address=address,
                )  # fmt: skip
    return opened(row, size=size)


def opened(row: Attachment, *, size: str = "") -> Opened:
    """Return a file that may be looked at; `size`: of a picture, which may be its own thumbnail."""
    part, kind = "", row.media_type
    if size and has_thumbnail(size, row.width or 0, row.height or 0, size_bytes=row.size_bytes):
        part, kind = size, THUMBNAIL_TYPE.media_type
    return Opened(
        path=files.path_of(row.sha256, part), media_type=kind, name=row.name,
        is_shown=row.kind != FileKind.DOCUMENT,
    )  # fmt: skip


def _use_seen(row: Attachment, by: Actor) -> AttachmentUse | None:
    """Return one use of a file that the actor may look at; None when there is none."""
    uses = (
        row.uses.filter(run__in=access.runs_seen_by(by))
        .select_related("run__matter", "event__run__matter")
        .order_by("-run__matter__is_confidential", "pk")
    )
    if by.unit_id is not None:
        return uses.first()
    return next((use for use in uses if timeline.reads_files(use.event, use.field, by=by)), None)


def attachments_of(run_ids: Collection[UUID]) -> dict[UUID, list[AttachmentUse]]:
    """Return what the acts of these runs named, by event; one query. The runs are seen already."""
    found: dict[UUID, list[AttachmentUse]] = {}
    for use in _USES.all(runs=list(run_ids)):
        found.setdefault(use.event_id, []).append(use)
    return found


_USES: Ready[AttachmentUse] = Ready(
    lambda runs: (
        AttachmentUse.objects.filter(run_id__one_of=runs)
        .select_related("attachment")
        .order_by("event_id", "pk")
    )
)


# --- kept for later -----------------------------------------------------------------------------

_keepers: Final[list[Callable[[], QuerySet[Any]]]] = []


def keep_for(named: Callable[[], QuerySet[Any]]) -> None:
    """Let a module above name files that no act has used yet and that are to stay all the same.

    `named` returns the ids of the files, as a query of one column.
    """
    if named not in _keepers:
        _keepers.append(named)


def hand_to(*, ids: Collection[UUID], by: Actor) -> int:
    """Give files that no act has used to whoever is going to name them; return how many.

    The caller has made sure that they are theirs: what somebody sent in before signing in.
    """
    return _unused(Attachment.objects.filter(pk__in=ids)).update(owner_id=by.account_id)


# --- going --------------------------------------------------------------------------------------


def erase(*, event_ids: Collection[UUID]) -> int:
    """Delete the files of events that are redacted or retained no more; return how many files.

    In the transaction of whoever redacts; a file that another matter names stays with that one. The
    bytes go once the transaction is kept.
    """
    uses = AttachmentUse.objects.filter(event__in=event_ids)
    ids = list(uses.values_list("attachment_id", flat=True).distinct())
    uses.delete()
    return _delete(Attachment.objects.filter(pk__in=ids))


def expire(*, at: datetime) -> int:
    """Delete what nobody's act has named within a day and nobody keeps; return how many files."""
    gone = 0
    while True:
        with transaction.atomic():
            old = _unused(Attachment.objects.filter(at__lt=at - timedelta(hours=UNUSED_HOURS)))
            for named in _keepers:
                old = old.exclude(pk__in=named())
            ids = list(
                old.select_for_update(of=("self",), skip_locked=True)
                .order_by("at")
                .values_list("pk", flat=True)[:BATCH]
            )
            found = _delete(Attachment.objects.filter(pk__in=ids))
        gone += found
        if not found:
            return gone


def clean(*, at: datetime) -> int:
    """Delete bytes that no row names, left by whatever was killed; return how many files."""
    gone = 0
    batch: list[str] = []
    for sha256 in files.older_than(at - timedelta(hours=UNUSED_HOURS)):
        batch.append(sha256)
        if len(batch) == BATCH:
            gone += _remove_unnamed(batch)
            batch = []
    return gone + _remove_unnamed(batch)


def _unused(rows: QuerySet[Attachment]) -> QuerySet[Attachment]:
    return rows.filter(~Exists(AttachmentUse.objects.filter(attachment=OuterRef("pk"))))


def _delete(rows: QuerySet[Attachment]) -> int:
    """Delete rows that no act uses, and their bytes once that is kept."""
    unused = dict(_unused(rows).values_list("pk", "sha256"))
    count, _details = Attachment.objects.filter(pk__in=unused).delete()
    gone = sorted(set(unused.values()))
    transaction.on_commit(lambda: _remove_unnamed(gone))
    return count


def _remove_unnamed(digests: Collection[str]) -> int:
    """Delete the bytes of those digests that no row names, each under its lock."""
    named = set(Attachment.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    gone = 0
    for sha256 in sorted(set(digests) - named):
        with transaction.atomic():
            files.lock(sha256)
            if not Attachment.objects.filter(sha256=sha256).exists():
                files.remove(sha256)
                gone += 1
    return gone
