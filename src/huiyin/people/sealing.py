"""Sealed columns and blind indexes (architecture §5).

A sealed value is `key id : nonce+ciphertext` (AES-256-GCM, base64). The current key seals; the
current and all previous keys open. A blind index is an HMAC-SHA256 with a key of its own over the
normalised value: equal values can be found, nothing else can be read from it.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from psycopg import sql

if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:
    _Text = models.TextField

NONCE_BYTES = 12


class CannotOpen(Exception):
    """A sealed value names a key this installation does not have, or was altered."""


def seal(text: str, *, context: str) -> str:
    """Encrypt `text` with the current key; `context` (table.column) is bound to it."""
    key_id, key = settings.HUIYIN.seal_keys[0]
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), context.encode())
    return f"{key_id}:{base64.b64encode(nonce + sealed).decode()}"


def open_sealed(value: str, *, context: str) -> str:
    """Decrypt a sealed value. Raises CannotOpen."""
    key_id, _, body = value.partition(":")
    for known_id, key in settings.HUIYIN.seal_keys:
        if known_id == key_id:
            try:
                raw = base64.b64decode(body, validate=True)
                opened = AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode())
            except (InvalidTag, binascii.Error, ValueError) as error:
                raise CannotOpen(f"A value of {context} was altered.") from error
            return opened.decode()
    raise CannotOpen(f"{context} is sealed with key {key_id!r}: HUIYIN_SEAL_KEYS does not hold it.")


def blind_index(value: str, *, purpose: str) -> bytes:
    """Return the 32-byte blind index of an already normalised value, one space per `purpose`."""
    key: bytes = settings.HUIYIN.index_key
    return hmac.new(key, f"{purpose}\x00{value}".encode(), hashlib.sha256).digest()


class SealedField(_Text):
    """Text encrypted in the database, plain in Python. Not searchable; empty stays empty."""

    @property
    def context(self) -> str:
        """What is bound to a value, so that it opens in no other column: table.column."""
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value: Any) -> Any:
        """Seal a value on its way into the database."""
        return seal(value, context=self.context) if value else ""

    def from_db_value(self, value: str, expression: Any, connection: Any) -> str:
        """Open a value on its way out of the database."""
        return open_sealed(value, context=self.context) if value else ""


def sealed_fields() -> Iterator[SealedField]:
    """Yield every sealed column of the installation."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField):
                yield field


def keys_in_use() -> dict[str, int]:
    """Return how many values each key id has sealed; a previous key that is not here can go."""
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        for field in sealed_fields():
            cursor.execute(
                sql.SQL(
                    "SELECT split_part({column}, ':', 1), count(*) FROM {table}"
                    " WHERE {column} <> '' GROUP BY 1"
                ).format(
                    table=sql.Identifier(field.model._meta.db_table),
                    column=sql.Identifier(str(field.column)),
                )
            )
            for key_id, count in cursor.fetchall():
                counts[key_id] = counts.get(key_id, 0) + count
    return counts


def reseal(*, batch: int = 500) -> int:
    """Seal up to `batch` values of each column anew with the current key; return how many.

    Rows somebody else is changing are left for the next call, so it can run while people work; the
    worker does so every hour.
    Raises CannotOpen when a value was sealed with a key that is not there.
    """
    return sum(_reseal_column(field, batch) for field in sealed_fields())


def _reseal_column(field: SealedField, batch: int) -> int:
    current = settings.HUIYIN.seal_keys[0][0]
    names = {
        "table": sql.Identifier(field.model._meta.db_table),
        "key": sql.Identifier(str(field.model._meta.pk.column)),
        "column": sql.Identifier(str(field.column)),
    }
    select = sql.SQL(
        "SELECT {key}, {column} FROM {table} WHERE {column} <> '' AND NOT starts_with({column}, %s)"
        " ORDER BY {key} LIMIT %s FOR NO KEY UPDATE SKIP LOCKED"
    ).format(**names)
    update = sql.SQL("UPDATE {table} SET {column} = %s WHERE {key} = %s").format(**names)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(select, [f"{current}:", batch])
        rows = [
            (seal(open_sealed(value, context=field.context), context=field.context), key)
            for key, value in cursor.fetchall()
        ]
        if rows:
            cursor.executemany(update, rows)
    return len(rows)
