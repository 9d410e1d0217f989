"""Every setting of an installation: typed, from the environment only, in one table.

`SETTINGS` is the authority: `load_config` reads it, `huiyin settings --markdown` prints it, and
docs/settings.md is compared with it by a test. A secret may also come from a file (`NAME_FILE`).
"""

from huiyin.config.keys import demo_keys, new_keys
from huiyin.config.kinds import ConfigError
from huiyin.config.loading import Config, load_config
from huiyin.config.table import SETTINGS, settings_markdown

__all__ = [
    "SETTINGS",
    "Config",
    "ConfigError",
    "demo_keys",
    "load_config",
    "new_keys",
    "settings_markdown",
]
