"""Files that belong to acts."""

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from huiyin.matters.models import FileKind


class FileOut(Schema):
    """A file: sent in first, then named in the form of an act."""

    id: UUID = Field(description="What the field of a form takes.")
    name: str = Field(description="What it is saved as.", examples=["路灯.jpg"])
    kind: FileKind = Field(description="What sort of file it is, by its bytes.")
    media_type: str = Field(description="Its exact type.", examples=["image/jpeg"])
    size_bytes: int = Field(description="How long it is, as it is kept.")
    width: int | None = Field(description="Of a picture, in points.")
    height: int | None = Field(description="Of a picture, in points.")
    at: datetime = Field(description="When it was sent in.")
