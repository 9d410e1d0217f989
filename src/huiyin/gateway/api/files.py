"""Files: sent in first, named by an act within a day, opened through one door."""

import hashlib
from http import HTTPStatus
from typing import Annotated, Any, BinaryIO, Literal, cast
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import File, Path, Query, Router, Status
from ninja.files import UploadedFile

from huiyin.gateway import saying
from huiyin.gateway.api.answers import answers
from huiyin.gateway.api.headers import Key
from huiyin.gateway.door import Door, caller_of
from huiyin.gateway.models import Right
from huiyin.gateway.once import once
from huiyin.gateway.ranges import file_answer
from huiyin.gateway.schemas.files import FileOut
from huiyin.matters.attachments import attach, attachment
from huiyin.people.addresses import client_address

router = Router(tags=["Files"])
_BINARY = {"content": {"*/*": {"schema": {"type": "string"}}}}
CONTENT: dict[str, Any] = {
    "responses": {
        200: {"description": "The file.", **_BINARY},
        206: {"description": "The part that was asked for.", **_BINARY},
    }
}


@router.post(
    "/files", auth=Door(Right.ACT), response=answers(FileOut, 409, status=201),
    summary="Send a file in",
)  # fmt: skip
def send_file(
    request: HttpRequest,
    file: Annotated[UploadedFile, File(description="One file, with its name.")],
    key: Key = "",
) -> Any:
    """Take in one file for an act that names it within a day; else it is deleted.

    What it is is proved by its bytes. Where a picture or video was taken is not kept. As much may
    be sent in a day as `HUIYIN_UPLOAD_MB_PER_DAY` says.
    """
    caller = caller_of(request)

    def take() -> dict[str, Any]:
        row = attach(
            cast(BinaryIO, file), name=file.name or "", by=caller.actor, at=timezone.now(),
            address=client_address(request),
        )  # fmt: skip
        return saying.file_out(row)

    asked = {"name": file.name or "", "sha256": _digest(file)} if key else {}
    return Status(HTTPStatus.CREATED, once(request, key, asked, take))


@router.get(
    "/files/{file_id}", auth=Door(Right.READ), response=answers(None, 404, 416),
    summary="A file", openapi_extra=CONTENT,
)  # fmt: skip
def show_file(
    request: HttpRequest,
    file_id: Annotated[UUID, Path(description="The id of a file.")],
    size: Annotated[
        Literal["", "small", "large"], Query(description="Of a picture: its thumbnail.")
    ] = "",
) -> Any:
    """Return a file of a matter that is open to whoever asks, or their own that no act has used.

    `Range` gives a part of it, as players ask for it. Staff's look into a confidential matter is
    written down.
    """
    opened = attachment(
        file_id, by=caller_of(request).actor, at=timezone.now(), size=size,
        address=client_address(request),
    )  # fmt: skip
    return file_answer(
        request, opened.path, media_type=opened.media_type, name=opened.name,
        is_shown=opened.is_shown,
    )  # fmt: skip


def _digest(file: UploadedFile) -> str:
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()
