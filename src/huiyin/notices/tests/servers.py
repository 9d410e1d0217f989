"""A real mail server on this machine, small: it takes mail as told, or does not."""

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage


class MailServer(socketserver.ThreadingTCPServer):
    """Answers `recipient` to RCPT and `data` to the mail itself; `hang_up`: no word after."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, recipient: int = 250, data: int = 250, hang_up: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.recipient, self.data, self.hang_up = recipient, data, hang_up
        self.mails: list[EmailMessage] = []

    @property
    def port(self) -> int:
        return self.server_address[1]

    def __enter__(self) -> "MailServer":
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,))
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.thread.join()
        self.server_close()


class _Handler(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say(220)
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"RCPT":
                self._say(self.server.recipient)
            elif verb == b"DATA":
                self._say(354)
                body = b""
                while (line := self.rfile.readline()) != b".\r\n":
                    body += line
                if self.server.data < 400:
                    self.server.mails.append(message_from_bytes(body, policy=policy.default))
                if self.server.hang_up:
                    return
                self._say(self.server.data)
            elif verb == b"QUIT":
                self._say(221)
                return
            else:
                self._say(250)

    def _say(self, code: int) -> None:
        self.wfile.write(f"{code} said\r\n".encode())
