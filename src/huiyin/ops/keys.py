"""Fingerprints of the keys: they tell keys apart and give nothing of a key away."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from huiyin.config import Config


def fingerprints(config: Config) -> dict[str, Any]:
    """Return the fingerprint of every seal key by its id, and of the index key."""
    return {
        "seal": {key_id: _fingerprint(key) for key_id, key in config.seal_keys},
        "index": _fingerprint(config.index_key),
    }


def differences(wanted: Mapping[str, Any], config: Config) -> list[str]:
    """Name the keys of `wanted` (fingerprints written earlier) that `config` does not hold."""
    ours = fingerprints(config)
    lost = [
        f"seal key {key_id!r} (HUIYIN_SEAL_KEYS)"
        for key_id, fingerprint in sorted(wanted["seal"].items())
        if ours["seal"].get(key_id) != fingerprint
    ]
    if wanted["index"] != ours["index"]:
        lost.append("the index key (HUIYIN_INDEX_KEY)")
    return lost


def merged(known: Mapping[str, Any] | None, config: Config) -> dict[str, Any]:
    """Return the fingerprints of `config` with those known before; an old key stays needed."""
    ours = fingerprints(config)
    return {**ours, "seal": {**(known["seal"] if known else {}), **ours["seal"]}}


def _fingerprint(key: bytes) -> str:
    return hmac.new(key, b"huiyin key fingerprint", hashlib.sha256).hexdigest()[:16]
