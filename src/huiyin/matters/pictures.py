"""Pictures as they are kept: decoded and written anew, upright, with nothing but the picture.

Writing anew takes out place, time, camera and owner (EXIF, XMP, comments) and whatever else was
hidden in the file. Videos keep their bytes; only what says where they were taken is blotted out.

A thumbnail is made where it saves something: a picture that is small already is its own.
"""

import io
import struct
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pi_heif
from PIL import Image, ImageCms, ImageOps

from huiyin.matters.file_types import HEIC, JPEG, PNG, WEBP, FileType, boxes
from huiyin.matters.refusals import FileBroken, PictureTooLarge

pi_heif.register_heif_opener()

MOST_MEGAPIXELS: Final = 60
LONGEST_SIDE: Final = 20_000
THUMBNAILS: Final = {"small": 240, "large": 960}  # longest side, in points
THUMBNAIL_TYPE: Final = WEBP
SMALL_BYTES: Final = 100_000  # what is not larger than this costs nobody a wait
# A third of the work of the usual way for six to eight of a hundred more bytes.
_THUMBNAIL: Final[dict[str, Any]] = {"format": "WEBP", "quality": 80, "method": 2}
_HALVED_FROM: Final = 1.25  # times its size: what is larger is halved first, which is quick
# Blocks of memory that Pillow keeps for the next picture, at most so many of so many bytes: pages
# that the system has to make anew are a sixth of the work with a picture.
_BLOCKS, _BLOCK_BYTES = 6, 2 * 1_048_576
Image.core.set_block_size(_BLOCK_BYTES)  # type: ignore[attr-defined]  # documented, not exported
Image.core.set_blocks_max(_BLOCKS)  # type: ignore[attr-defined]  # as above
_OPENERS: Final = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", HEIC: "HEIF"}
_SAVED: Final[dict[FileType, dict[str, Any]]] = {
    JPEG: {"format": "JPEG", "quality": 90, "optimize": True},
    PNG: {"format": "PNG"},
    WEBP: {"format": "WEBP", "quality": 90},
}
# What decoders raise on broken files.
_BROKEN = (
    OSError, ValueError, SyntaxError, EOFError, struct.error, IndexError, KeyError, TypeError,
    AttributeError, OverflowError, ZeroDivisionError, MemoryError, RuntimeError,
)  # fmt: skip
_WHERE_AND_WHO = frozenset((b"udta", b"meta", b"uuid"))  # boxes that hold place, time, owner
_HOLDERS = frozenset((b"moov", b"trak"))


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A picture written anew."""

    type: FileType
    width: int
    height: int
    thumbnails: dict[str, bytes]


def clean_picture(source: Path, found: FileType, *, into: Path) -> Cleaned:
    """Write a picture anew, without what a camera adds, and make its thumbnails.

    HEIC becomes JPEG, which every office can open. Raises FileBroken, PictureTooLarge.
    """
    try:
        with Image.open(source, formats=(_OPENERS[found],)) as picture:
            _refuse_bomb(*picture.size)
            profile = picture.info.get("icc_profile")
            ImageOps.exif_transpose(picture, in_place=True)
            plain = _plain(picture, profile)
        kept = JPEG if found is HEIC else found
        if kept is JPEG and plain.mode != "RGB":
            plain = plain.convert("RGB")
        plain.save(into, **_SAVED[kept])
        size = plain.size
        wanted = [
            name for name in THUMBNAILS
            if has_thumbnail(name, *size, size_bytes=into.stat().st_size)
        ]  # fmt: skip
        return Cleaned(kept, *size, thumbnails=_shrunk(plain, wanted))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureTooLarge(most=MOST_MEGAPIXELS) from error
    except _BROKEN as error:
        raise FileBroken() from error


def has_thumbnail(name: str, width: int, height: int, *, size_bytes: int) -> bool:
    """Tell whether a kept picture has a thumbnail of this name, or is shown as it is instead."""
    return max(width, height) > THUMBNAILS[name] or size_bytes > SMALL_BYTES


def blot_video(path: Path) -> None:
    """Blot out, in place, the boxes of a video that say where, when and by whom it was taken.

    They keep their length and become free space, so nothing else in the file moves. Raises
    FileBroken.
    """
    with path.open("r+b") as file:
        waiting = [(0, file.seek(0, 2))]
        while waiting:
            start, end = waiting.pop()
            for name, begin, content, stop in boxes(file, start, end):
                if name in _HOLDERS:
                    waiting.append((content, stop))
                elif name in _WHERE_AND_WHO:
                    file.seek(begin + 4)
                    file.write(b"free")
                    file.seek(content)
                    file.write(bytes(stop - content))


def _refuse_bomb(width: int, height: int) -> None:
    if width * height > MOST_MEGAPIXELS * 1_000_000 or max(width, height) > LONGEST_SIDE:
        raise PictureTooLarge(most=MOST_MEGAPIXELS)


def _plain(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the points alone, in the colours every screen shows."""
    has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    mode = "RGBA" if has_alpha else "RGB"
    if profile and picture.mode in ("RGB", "RGBA"):
        try:
            seen = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            screen = ImageCms.createProfile("sRGB")
            turned = ImageCms.profileToProfile(picture, seen, screen, outputMode=mode)
            picture = turned or picture
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile nobody understands: the colours stay as they are written
    if picture.mode != mode:
        picture = picture.convert(mode)
    plain = Image.new(mode, picture.size, None)  # every point of it is written in the next line
    plain.paste(picture)
    return plain


def _shrunk(picture: Image.Image, wanted: Collection[str]) -> dict[str, bytes]:
    """Return its thumbnails by name, the larger first; the picture itself becomes the smallest."""
    made = {}
    for name in sorted(wanted, key=THUMBNAILS.__getitem__, reverse=True):
        side = THUMBNAILS[name]
        picture.thumbnail((side, side), Image.Resampling.BICUBIC, reducing_gap=_HALVED_FROM)
        target = io.BytesIO()
        picture.save(target, **_THUMBNAIL)
        made[name] = target.getvalue()
    return made
