"""Sealed columns and blind indexes (architecture §5).

A sealed value is `key id : nonce+ciphertext` (AES-256-GCM, base64). The current key seals; the current
and all previous keys open. A blind index is an HMAC-SHA256 with a key of its own over the normalised
value: equal values can be found, nothing else can be read from it.
"""

import base64
import hashlib
import hmac
import os
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models


if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:
    _Text = models.TextField


class CannotOpen(Exception):
    """A sealed value names a key this installation does not have, or was altered."""


def seal(text: str, *, context: str) -> str:
    """Encrypt `text` with the current key; `context` (table.column) is bound to it."""
    key_id, key = settings.HUIYIN.seal_keys[0]
    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), context.encode())
    return f"{key_id}:{base64.b64encode(nonce + sealed).decode()}"


def open_sealed(value: str, *, context: str) -> str:
    """Decrypt a sealed value. Raises CannotOpen."""
    key_id, _, body = value.partition(":")
    for known_id, key in settings.HUIYIN.seal_keys:
        if known_id == key_id:
            raw = base64.b64decode(body)
            try:
                return AESGCM(key).decrypt(raw[:12], raw[12:], context.encode()).decode()
            except InvalidTag as error:
                raise CannotOpen(f"A value of {context} was altered.") from error
    raise CannotOpen(f"{context} is sealed with key {key_id!r}, which HUIYIN_SEAL_KEYS does not hold.")


def blind_index(value: str, *, purpose: str) -> bytes:
    """Return the 32-byte blind index of an already normalised value, one space per `purpose`."""
    key: bytes = settings.HUIYIN.index_key
    return hmac.new(key, f"{purpose}\x00{value}".encode(), hashlib.sha256).digest()


class SealedField(_Text):
    """Text encrypted in the database, plain in Python. Not searchable; empty stays empty."""

    def _context(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value: Any) -> Any:
        return seal(value, context=self._context()) if value else ""

    def from_db_value(self, value: str, expression: Any, connection: Any) -> str:
        return open_sealed(value, context=self._context()) if value else ""
