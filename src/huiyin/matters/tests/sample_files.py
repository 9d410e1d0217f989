"""Small files of every sort that is taken, made here byte by byte."""

import base64
import io
import struct
import zipfile
import zlib

from PIL import Image

from huiyin.matters import attachments
from huiyin.matters.models import Attachment
from huiyin.people.actors import Actor
from huiyin.units.tests.factories import NOW


def a_picture(form="PNG", size=(8, 6), color=(200, 40, 40), mode="RGB", **more):
    target = io.BytesIO()
    Image.new(mode, size, color).save(target, format=form, **more)
    return target.getvalue()


PNG = a_picture()
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def a_zip(entries):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target.getvalue()


DOCX = a_zip({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})
XLSX = a_zip({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<w/>"})
ZIP = a_zip({"现场/1.txt": "x"})


def a_box(name, content=b""):
    return struct.pack(">I", len(content) + 8) + name + content


def a_film(brand=b"isom", about=b""):
    moov = a_box(b"moov", a_box(b"mvhd", bytes(20)) + about)
    return a_box(b"ftyp", brand + bytes(4) + brand) + moov + a_box(b"mdat", b"film")


MP4 = a_film()
MOV = a_film(b"qt  ")
M4A = a_film(b"M4A ")
_FRAME = b"\xff\xfb\x90\x00" + bytes(413)  # 128 kbit/s, 44.1 kHz: 417 bytes
MP3 = _FRAME * 3
WAV = b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + b"data" + bytes(4)  # fmt: skip  # noqa: E501
OGG = b"OggS" + bytes(24) + b"OpusHead" + bytes(20)
# 16 by 8 points of red in HEVC, which Pillow reads and does not write; zlib, base64.
HEIC = zlib.decompress(base64.b64decode(
    "eNpjYGCQSSupLMhIzUxmAILczDRDEDs3MzGNgYGxJje1JJEBAhQzUnKKoGyGgszkEgY0oJSZkw82xMWBgREIgYBxAY"
    "QGAi0gVs7MzEsD80CiokBOKhOUl1GWbAhi8hVkluTClfzJLCgqANJ3MguS84F0KVCZMyMzSGgCWJHcB4Y/f3/8YGDg"
    "Z04A6pBwYORh/P8fpIAZpIIZhOR2MTkkAiU1nRgZ0WQWKDSyTnu1btazB4oLDjQwMPA0gIRbkoCq2VwYDxYf7ATaIZ"
    "ycn1OUl5xTARTlZWADKmEQySwuSIV6zAGKNZJzEkEOE4C6nQNE/////wKQZgLSJ0A0SL4gsyITpJGZgwOkRiKzIBcW"
    "xsBgY21kYmZtAbKNclMSQWGspsG4XlIxzsnhfezS/f/zZ/z3PvpPOLpmmdey6SzXO2ZyMzc29E6cawEAlnBgHA=="
))  # fmt: skip
OF_SORT = {"image": PNG, "document": PDF, "audio": WAV, "video": MP4}


def a_file(by: Actor, sort: str = "image", content: bytes = b"", name: str = "现场.png",
           at=NOW) -> Attachment:  # fmt: skip
    """A file that somebody has sent in."""
    stream = io.BytesIO(content or OF_SORT[sort])
    return attachments.attach(stream, name=name, by=by, at=at, address="203.0.113.9")
