"""Settings: typed, from the environment only, wrong ones refused with a sentence."""

import base64
import stat
from dataclasses import fields
from pathlib import Path

import pytest

from huiyin.config import (
    SETTINGS,
    Config,
    ConfigError,
    load_config,
    new_keys,
    settings_markdown,
)

ROOT = Path(__file__).resolve().parents[4]
KEYS = new_keys()
PRODUCTION = {**KEYS, "HUIYIN_PUBLIC_URL": "https://huiyin.example.cn"}


def refusal(environ):
    with pytest.raises(ConfigError) as caught:
        load_config(environ)
    return str(caught.value)


def test_every_setting_has_its_field_in_the_config():
    assert [setting.field for setting in SETTINGS] == list(
        dict.fromkeys(setting.field for setting in SETTINGS)
    )
    assert {setting.field for setting in SETTINGS} == {field.name for field in fields(Config)}


def test_settings_page_is_what_the_command_writes():
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == settings_markdown()


def test_production_needs_keys_and_its_address():
    assert refusal({}) == (
        "HUIYIN_SECRET_KEY, HUIYIN_SEAL_KEYS, HUIYIN_INDEX_KEY, HUIYIN_PUBLIC_URL are missing: "
        "production needs them (make new ones with: huiyin settings --new-keys); "
        "beside a demo city set HUIYIN_MODE=demo."
    )
    assert refusal(KEYS) == (
        "HUIYIN_PUBLIC_URL is missing: production needs it; "
        "beside a demo city set HUIYIN_MODE=demo."
    )


def test_production_is_secure_unless_told_otherwise():
    config = load_config(PRODUCTION)

    assert (config.mode, config.secure_cookies, config.host) == ("production", True, "127.0.0.1")
    assert config.allowed_hosts == ("huiyin.example.cn", "localhost", "127.0.0.1", "[::1]")
    assert load_config({**PRODUCTION, "HUIYIN_SECURE_COOKIES": "no"}).secure_cookies is False


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        pytest.param(
            {"HUIYIN_SECURE_COOKIES": "maybe"},
            "HUIYIN_SECURE_COOKIES is wrong: it accepts yes, true, on, 1 or no, false, off, 0, "
            "not 'maybe'.",
            id="boolean",
        ),
        pytest.param(
            {"HUIYIN_PORT": "eight"},
            "HUIYIN_PORT is wrong: it accepts a whole number from 1 to 65535, not 'eight'.",
            id="number",
        ),
        pytest.param(
            {"HUIYIN_PORT": "70000"},
            "HUIYIN_PORT is wrong: it accepts a whole number from 1 to 65535, not '70000'.",
            id="number-out-of-range",
        ),
        pytest.param(
            {"HUIYIN_PORT": "８０"},
            "HUIYIN_PORT is wrong: it accepts a whole number from 1 to 65535, not '８０'.",
            id="full-width-digits",
        ),
        pytest.param(
            {"HUIYIN_MODE": "debug"},
            "HUIYIN_MODE is wrong: it accepts production, demo or test, not 'debug'.",
            id="choice",
        ),
        pytest.param(
            {"HUIYIN_PROT": "80"},
            "HUIYIN_PROT is not a setting of Huiyin: did you mean HUIYIN_PORT?",
            id="unknown-name",
        ),
        pytest.param(
            {"DATABASE_URL": "mysql://root@db/huiyin"},
            "DATABASE_URL is wrong: it must be an address that starts with postgresql://",
            id="other-database",
        ),
        pytest.param(
            {"HUIYIN_SECRET_KEY": "x" * 60},
            "HUIYIN_SECRET_KEY is too easy to guess: it must be at least 40 random characters; "
            "make new ones with: huiyin settings --new-keys",
            id="weak-secret",
        ),
        pytest.param(
            {"HUIYIN_INDEX_KEY": base64.b64encode(b"short").decode()},
            "HUIYIN_INDEX_KEY is wrong: it must be key, 32 bytes as base64, made at random; "
            "make new ones with: huiyin settings --new-keys",
            id="short-key",
        ),
        pytest.param(
            {"HUIYIN_SEAL_KEYS": f"a:{KEYS['HUIYIN_INDEX_KEY']},a:{KEYS['HUIYIN_INDEX_KEY']}"},
            "HUIYIN_SEAL_KEYS is wrong: it must be keys, id:base64 with a comma between, the "
            "current one first, every id once and of small letters, digits, - or _; "
            "make new ones with: huiyin settings --new-keys",
            id="key-id-twice",
        ),
        pytest.param(
            {"HUIYIN_SMS_URL": "https://sms.example.cn", "HUIYIN_SMS_SECRET": ""},
            "HUIYIN_SMS_SECRET is missing: the gateway at HUIYIN_SMS_URL needs it.",
            id="gateway-without-secret",
        ),
        pytest.param(
            {"HUIYIN_SECRET_KEY_FILE": "/nowhere/key", "HUIYIN_SECRET_KEY": ""},
            "HUIYIN_SECRET_KEY_FILE names /nowhere/key, which cannot be read: "
            "give the path of a text file this user may read.",
            id="secret-file-missing",
        ),
    ],
)
def test_a_wrong_setting_is_refused_by_name(environ, sentence):
    assert refusal({**PRODUCTION, **environ}) == sentence


def test_a_refusal_never_repeats_a_secret():
    said = refusal({**PRODUCTION, "HUIYIN_SEAL_KEYS": "k1:c2VjcmV0LXZhbHVl"})

    assert "c2VjcmV0LXZhbHVl" not in said
    assert said.startswith("HUIYIN_SEAL_KEYS is wrong")


def test_a_secret_may_come_from_a_file(tmp_path):
    path = tmp_path / "key"
    path.write_text(KEYS["HUIYIN_SECRET_KEY"] + "\n", encoding="utf-8")
    environ = {name: value for name, value in PRODUCTION.items() if name != "HUIYIN_SECRET_KEY"}

    config = load_config({**environ, "HUIYIN_SECRET_KEY_FILE": str(path)})

    assert config.secret_key == KEYS["HUIYIN_SECRET_KEY"]
    assert refusal({**PRODUCTION, "HUIYIN_SECRET_KEY_FILE": str(path)}) == (
        "HUIYIN_SECRET_KEY and HUIYIN_SECRET_KEY_FILE are both set: keep only one of them."
    )


def test_the_first_seal_key_is_the_current_one():
    older, newer = (new_keys()["HUIYIN_SEAL_KEYS"].partition(":")[2] for _ in range(2))

    config = load_config({**PRODUCTION, "HUIYIN_SEAL_KEYS": f"k2:{newer}, k1:{older}"})

    assert config.seal_keys == (("k2", base64.b64decode(newer)), ("k1", base64.b64decode(older)))


def test_the_demo_makes_its_keys_once_and_keeps_them_private(tmp_path):
    environ = {"HUIYIN_MODE": "demo", "HUIYIN_VAR": str(tmp_path / "var")}

    first, second = load_config(environ), load_config(environ)

    assert (first.secret_key, first.seal_keys) == (second.secret_key, second.seal_keys)
    assert stat.S_IMODE((tmp_path / "var" / "keys.json").stat().st_mode) == 0o600
    other = load_config({**environ, "HUIYIN_VAR": str(tmp_path / "other")})
    assert other.secret_key != first.secret_key


def test_damaged_demo_keys_are_refused(tmp_path):
    (tmp_path / "keys.json").write_text("{half", encoding="utf-8")

    said = refusal({"HUIYIN_MODE": "demo", "HUIYIN_VAR": str(tmp_path)})

    assert said == (
        f"{tmp_path}/keys.json is damaged: put it back from a copy, or start afresh with: "
        "make reset"
    )
