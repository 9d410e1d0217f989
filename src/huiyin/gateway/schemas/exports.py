"""Lists of runs as files."""

from datetime import date, datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from huiyin.gateway.schemas.shared import In, ProcedureName
from huiyin.matters.inbox import Tray
from huiyin.matters.models import ExportFormat, ExportState


class ExportIn(In):
    """A list to be written: a tray of the desk, or the matters that fit."""

    purpose: str = Field(max_length=200, description="What for; it is written down.")
    format: ExportFormat = Field(ExportFormat.XLSX, description="Which sort of file.")
    is_clear: bool = Field(
        False, description="With names and numbers uncovered (`matter.export_clear`)."
    )
    tray: Tray | None = Field(None, description="A tray of the desk; then nothing else narrows.")
    q: str = Field("", max_length=60, description="Words, or a number or its end.")
    procedure: ProcedureName | None = Field(None, description="Runs of this procedure.")
    state: str = Field("", max_length=40, description="Runs in this state.")
    place: str = Field("", max_length=32, description="In the place of this code.")
    category: str = Field("", max_length=16, description="Of this class or below.")
    unit: UUID | None = Field(None, description="That this unit has or had.")
    since: date | None = Field(None, description="Opened on this day or later.")
    until: date | None = Field(None, description="Opened on this day or earlier.")


class ExportOut(Schema):
    """An export: `done` of `total` rows are written."""

    id: UUID = Field(description="Its id.")
    format: ExportFormat = Field(description="Which sort of file.")
    state: ExportState = Field(description="How it stands.")
    done: int = Field(description="Rows written so far.")
    total: int = Field(description="Rows of the list.")
    is_clear: bool = Field(description="Whether names and numbers are uncovered.")
    purpose: str = Field(description="What for.")
    asked_at: datetime = Field(description="When it was asked for.")
    ready_at: datetime | None = Field(description="When it was written.")
    expires_at: datetime | None = Field(description="When its file is deleted.")


class ExportsOut(Schema):
    """A page of own exports, the latest first."""

    exports: list[ExportOut] = Field(description="The exports.")
    next: str | None = Field(description="The cursor of the page after; none at the end.")
