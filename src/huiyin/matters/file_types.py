"""What a file is, proven by its bytes; neither its name nor what its sender says of it counts."""

import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

from huiyin.matters.models import FileKind
from huiyin.matters.refusals import FileBroken, FileKindUnknown, FileUnsafe

HEAD_BYTES: Final = 64
TAIL_BYTES: Final = 2_048
MB: Final = 1_048_576
MOST_ENTRIES: Final = 2_000  # of an archive
MOST_UNPACKED: Final = 500 * MB
MOST_RATIO: Final = 200  # unpacked to packed; texts reach about 20
MACROS: Final = ("vbaproject.bin", "vbadata.xml")
PROGRAMS: Final = frozenset(
    [
        ".apk",
        ".app",
        ".bat",
        ".cmd",
        ".com",
        ".cpl",
        ".dll",
        ".dmg",
        ".docm",
        ".exe",
        ".hta",
        ".jar",
        ".js",
        ".jse",
        ".lnk",
        ".msi",
        ".pif",
        ".ps1",
        ".py",
        ".reg",
        ".scr",
        ".sh",
        ".vbe",
        ".vbs",
        ".wsf",
        ".xlsm",
        ".zip",
        ".rar",
        ".7z",
        ".gz",
        ".iso",
    ]
)


@dataclass(frozen=True, slots=True)
class FileType:
    """One sort of file that is taken."""

    kind: FileKind
    media_type: str
    suffix: str


JPEG = FileType(FileKind.IMAGE, "image/jpeg", ".jpg")
PNG = FileType(FileKind.IMAGE, "image/png", ".png")
WEBP = FileType(FileKind.IMAGE, "image/webp", ".webp")
HEIC = FileType(FileKind.IMAGE, "image/heic", ".heic")
PDF = FileType(FileKind.DOCUMENT, "application/pdf", ".pdf")
_OFFICE = "application/vnd.openxmlformats-officedocument"
DOCX = FileType(FileKind.DOCUMENT, f"{_OFFICE}.wordprocessingml.document", ".docx")
XLSX = FileType(FileKind.DOCUMENT, f"{_OFFICE}.spreadsheetml.sheet", ".xlsx")
ZIP = FileType(FileKind.DOCUMENT, "application/zip", ".zip")
MP3 = FileType(FileKind.AUDIO, "audio/mpeg", ".mp3")
M4A = FileType(FileKind.AUDIO, "audio/mp4", ".m4a")
WAV = FileType(FileKind.AUDIO, "audio/wav", ".wav")
OGG = FileType(FileKind.AUDIO, "audio/ogg", ".ogg")
MP4 = FileType(FileKind.VIDEO, "video/mp4", ".mp4")
MOV = FileType(FileKind.VIDEO, "video/quicktime", ".mov")
ALL: Final = (
    JPEG, PNG, WEBP, HEIC, PDF, DOCX, XLSX, ZIP, MP3, M4A, WAV, OGG, MP4, MOV
)  # fmt: skip

_HEIF_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"))
_AUDIO_BRANDS = frozenset((b"M4A ", b"M4B "))
_VIDEO_BRANDS = frozenset(
    (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"3gp4",
     b"3gp5", b"MSNV")
)  # fmt: skip


def proven(path: Path) -> FileType:
    """Return what a file is. Raises FileKindUnknown, FileBroken, FileUnsafe."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        for looks, check in _CHECKS:
            if looks(head):
                return check(head, file)
    raise FileKindUnknown()


def boxes(file: BinaryIO, start: int, end: int) -> list[tuple[bytes, int, int, int]]:
    """Return the boxes of an MP4 between two positions: name, begin, begin of its content, end.

    Raises FileBroken where lengths do not add up.
    """
    found: list[tuple[bytes, int, int, int]] = []
    at = start
    while at < end:
        file.seek(at)
        header = file.read(8)
        if len(header) < 8:
            raise FileBroken()
        size, name, content = int.from_bytes(header[:4], "big"), header[4:8], at + 8
        if size == 1:
            size, content = int.from_bytes(file.read(8), "big"), at + 16
        elif size == 0:
            size = end - at
        if size < content - at or at + size > end or len(found) > MOST_ENTRIES:
            raise FileBroken()
        found.append((name, at, content, at + size))
        at += size
    return found


# --- checks -------------------------------------------------------------------------------------


def _picture(found: FileType) -> Callable[[bytes, BinaryIO], FileType]:
    def check(head: bytes, file: BinaryIO) -> FileType:
        return found  # pictures are decoded and written anew, which proves them

    return check


def _pdf(head: bytes, file: BinaryIO) -> FileType:
    size = file.seek(0, 2)
    file.seek(max(0, size - TAIL_BYTES))
    if b"%%EOF" not in file.read():
        raise FileBroken()
    return PDF


def _riff(head: bytes, file: BinaryIO) -> FileType:
    if head[8:12] == b"WEBP":
        return WEBP
    if head[8:12] == b"WAVE" and head[12:16] in (b"fmt ", b"JUNK", b"bext", b"LIST"):
        return WAV
    raise FileKindUnknown()


def _ogg(head: bytes, file: BinaryIO) -> FileType:
    if not any(codec in head for codec in (b"vorbis", b"OpusHead", b"Speex", b"\x7fFLAC")):
        raise FileKindUnknown()
    return OGG


def _mp3(head: bytes, file: BinaryIO) -> FileType:
    start = 0
    if head.startswith(b"ID3"):
        if len(head) < 10 or max(head[6:10]) > 127:
            raise FileBroken()
        length = 0
        for part in head[6:10]:
            length = length << 7 | part
        start = 10 + length
    # Two frames one after the other: by chance eleven set bits stand in many files.
    for _ in range(2):
        file.seek(start)
        length = _frame_length(file.read(4))
        if not length:
            raise FileBroken()
        start += length
    return MP3


_BIT_RATES = {
    # version 1, layer 3; versions 2 and 2.5, layer 3; kbit/s
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
}
_SAMPLE_RATES = {
    3: (44_100, 48_000, 32_000),
    2: (22_050, 24_000, 16_000),
    0: (11_025, 12_000, 8_000),
}


def _frame_length(header: bytes) -> int:
    """Return the length of an MPEG layer 3 frame; 0 when this is none."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return 0
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    rate, sample = header[2] >> 4, header[2] >> 2 & 3
    if version not in _SAMPLE_RATES or layer != 1 or sample == 3:
        return 0
    bits = _BIT_RATES[version == 3][rate]
    per_frame = 144 if version == 3 else 72
    return bits and per_frame * bits * 1000 // _SAMPLE_RATES[version][sample] + (header[2] >> 1 & 1)


def _iso_media(head: bytes, file: BinaryIO) -> FileType:
    length = int.from_bytes(head[:4], "big")
    brand = head[8:12]
    brands = {head[at : at + 4] for at in range(16, min(length, HEAD_BYTES), 4)} | {brand}
    if brand in _HEIF_BRANDS:
        return HEIC
    names = {name for name, *_ in boxes(file, 0, file.seek(0, 2))}
    if not {b"moov", b"mdat"} <= names:
        raise FileBroken()
    if brand in _AUDIO_BRANDS:
        return M4A
    if brand == b"qt  ":
        return MOV
    if brands & _VIDEO_BRANDS:
        return MP4
    raise FileKindUnknown()


def _zip(head: bytes, file: BinaryIO) -> FileType:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            _refuse_bombs(entries)
            found = _office_type(archive, names)
            if found is ZIP:
                _refuse_programs(names)
            elif any(PurePosixPath(name).name.lower() in MACROS for name in names):
                raise FileUnsafe()
            return found
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, OSError) as error:
        raise FileBroken() from error


def _refuse_bombs(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse what unpacks to far more than it is, is locked, or reaches out of its folder."""
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED:
        raise FileUnsafe()
    if unpacked > MB and unpacked > MOST_RATIO * max(packed, 1):
        raise FileUnsafe()
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if entry.flag_bits & 1 or path.is_absolute() or ".." in path.parts:
            raise FileUnsafe()


def _office_type(archive: zipfile.ZipFile, names: set[str]) -> FileType:
    if "[Content_Types].xml" not in names:
        return ZIP
    types = archive.open("[Content_Types].xml").read(MB)
    if b"macroEnabled" in types:
        raise FileUnsafe()
    if "word/document.xml" in names:
        return DOCX
    if "xl/workbook.xml" in names:
        return XLSX
    raise FileKindUnknown()


def _refuse_programs(names: set[str]) -> None:
    if any(PurePosixPath(name).suffix.lower() in PROGRAMS for name in names):
        raise FileUnsafe()


def _begins(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(starts)


_CHECKS: Final[
    tuple[tuple[Callable[[bytes], bool], Callable[[bytes, BinaryIO], FileType]], ...]
] = (
    (_begins(b"\xff\xd8\xff"), _picture(JPEG)),
    (_begins(b"\x89PNG\r\n\x1a\n"), _picture(PNG)),
    (_begins(b"%PDF-1.", b"%PDF-2."), _pdf),
    (_begins(b"RIFF"), _riff),
    (_begins(b"OggS"), _ogg),
    (_begins(b"PK\x03\x04"), _zip),
    (lambda head: head[4:8] == b"ftyp", _iso_media),
    (_begins(b"ID3"), _mp3),
    (lambda head: _frame_length(head) > 0, _mp3),
)
