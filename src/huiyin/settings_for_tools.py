"""The settings for tools that only look at the code, such as mypy: test mode, throw-away keys."""

import os

os.environ.setdefault("HUIYIN_MODE", "test")

from huiyin.settings import *  # noqa: F403 the same settings, in another mode
