"""What an installation is: its kind, address, folders, database and keys."""

from typing import Final

from huiyin.config.kinds import Kind, Setting

INSTALLATION: Final = (
    Setting(
        "HUIYIN_MODE",
        Kind.CHOICE,
        "What this installation is. Only `production` may hold data of real people.",
        default="production",
        choices=("production", "demo", "test"),
    ),
    Setting(
        "HUIYIN_HOST",
        Kind.TEXT,
        "Network address the web server listens on.",
        default="127.0.0.1",
    ),
    Setting(
        "HUIYIN_PORT",
        Kind.WHOLE,
        "Port the web server listens on.",
        default="8000",
        least=1,
        most=65_535,
    ),
    Setting(
        "HUIYIN_VAR",
        Kind.FOLDER,
        "Folder for everything that changes: files, logs, lock, demo keys, own PostgreSQL.",
        shown_default="`var` in the checkout",
    ),
    Setting(
        "HUIYIN_FILES",
        Kind.FOLDER,
        "Folder for uploaded files.",
        shown_default="`files` in HUIYIN_VAR",
    ),
    Setting(
        "HUIYIN_POSTGRES_FOLDER",
        Kind.FOLDER,
        "Folder for the data of Huiyin's own PostgreSQL; not used with DATABASE_URL.",
        shown_default="`postgres` in HUIYIN_VAR; for root a folder under /var/lib/huiyin",
    ),
    Setting(
        "DATABASE_URL",
        Kind.URL,
        "PostgreSQL 16 or newer to use instead of Huiyin's own, signed in as the role of the "
        "running application: `postgresql://role:password@host/database`.",
        shown_default="own PostgreSQL",
        secret=True,
    ),
    Setting(
        "HUIYIN_OWNER_DATABASE_URL",
        Kind.URL,
        "The same database signed in as its owner, for migrations, backup and restore.",
        shown_default="DATABASE_URL",
        secret=True,
    ),
    Setting(
        "HUIYIN_APP_ROLE",
        Kind.TEXT,
        "Database role of the running application; it gets no right to change tables.",
        default="huiyin_app",
    ),
    Setting(
        "HUIYIN_SECRET_KEY",
        Kind.SECRET,
        "Signs sessions and forms. The demo makes its own.",
        secret=True,
        production_required=True,
    ),
    Setting(
        "HUIYIN_SEAL_KEYS",
        Kind.KEYS,
        "Encrypt sensitive columns. To change the key put a new one in front and keep the old.",
        secret=True,
        production_required=True,
    ),
    Setting(
        "HUIYIN_INDEX_KEY",
        Kind.KEY,
        "Makes the blind indexes that find a phone number again. It cannot be changed later.",
        secret=True,
        production_required=True,
    ),
)
