"""Sending a file, whole or the part a player asks for (RFC 9110, 14)."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header

from huiyin.gateway.refusals import NoPartOfIt

CHUNK: Final = 65_536
_ONE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def part_asked_for(header: str, size: int) -> tuple[int, int] | None:
    """Return the first and last byte that are asked for; None for the whole file.

    Several parts at once, and what is no range, are answered with the whole. Raises NoPartOfIt.
    """
    asked = _ONE.fullmatch(header.strip())
    if asked is None or asked[0] == "bytes=-":
        return None
    first, last = asked[1], asked[2]
    if not first:  # the last so many bytes
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last) if last else size - 1, size - 1)
        if last and int(last) < start:
            return None
    if start >= size or start > end:
        raise NoPartOfIt(size_bytes=size)
    return start, end


def file_answer(
    request: HttpRequest, path: Path, *, media_type: str, name: str, is_shown: bool
) -> StreamingHttpResponse:
    """Return a file as the answer to a request. Raises NoPartOfIt.

    `is_shown`: a browser may show it; anything else is only saved. A file never runs as a page.
    """
    size, tag = path.stat().st_size, f'"{path.name}"'
    asked = request.headers.get("Range", "")
    if request.headers.get("If-Range", tag) != tag:
        asked = ""
    part = part_asked_for(asked, size)
    start, end = part or (0, size - 1)
    answer = StreamingHttpResponse(
        _read(path, start, end), status=206 if part else 200, content_type=media_type
    )
    answer["Content-Length"] = str(end - start + 1)
    answer["Accept-Ranges"] = "bytes"
    answer["ETag"] = tag
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    disposition = content_disposition_header(as_attachment=not is_shown, filename=name)
    answer["Content-Disposition"] = disposition or "attachment"
    if part:
        answer["Content-Range"] = f"bytes {start}-{end}/{size}"
    return answer


def _read(path: Path, start: int, end: int) -> Iterator[bytes]:
    left = end - start + 1
    with path.open("rb") as source:
        source.seek(start)
        while left and (chunk := source.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
