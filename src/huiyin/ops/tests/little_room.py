"""A tiny application in a room with few places; `/slow` works until a pipe is opened."""

import os
from pathlib import Path

from django.http import HttpResponse

from huiyin.ops.admission import Admission


def _answer(environ, start):
    if environ["PATH_INFO"] == "/slow":
        with Path(os.environ["BEGUN"]).open("ab") as begun:
            begun.write(b".")
        with Path(os.environ["GATE"]).open("rb") as gate:
            gate.read()
    start("200 OK", [("Content-Type", "text/plain")])
    return HttpResponse(environ["PATH_INFO"])


application = Admission(_answer, waiting=int(os.environ.get("WAITING", "2")))
