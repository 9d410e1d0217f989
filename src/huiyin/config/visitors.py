"""Who comes in: the public address, proxies, sessions, uploads and rates."""

from typing import Final

from huiyin.config.kinds import Kind, Setting

VISITORS: Final = (
    Setting(
        "HUIYIN_PUBLIC_URL",
        Kind.URL,
        "The address people type, such as `https://huiyin.example.gov.cn`; links in messages "
        "start with it.",
        shown_default="in the demo `http://localhost:PORT`",
        production_required=True,
    ),
    Setting(
        "HUIYIN_ALLOWED_HOSTS",
        Kind.LIST,
        "Host names the web server answers to.",
        shown_default="the host of HUIYIN_PUBLIC_URL, localhost and 127.0.0.1",
    ),
    Setting(
        "HUIYIN_BEHIND_PROXY",
        Kind.WHOLE,
        "Number of trusted proxies in front; 1 or more turns HSTS on and takes the visitor's "
        "address from X-Forwarded-For.",
        default="0",
        most=5,
    ),
    Setting(
        "HUIYIN_SECURE_COOKIES",
        Kind.FLAG,
        "Cookies only over https.",
        shown_default="yes in production, no in demo and test",
    ),
    Setting(
        "HUIYIN_IDLE_MINUTES",
        Kind.WHOLE,
        "Minutes without use after which a session of staff ends; residents stay for a week.",
        default="30",
        least=1,
        most=1_440,
    ),
    Setting(
        "HUIYIN_SESSION_HOURS",
        Kind.WHOLE,
        "Hours after which a session of staff ends in any case; residents stay for 30 days.",
        default="12",
        least=1,
        most=168,
    ),
    Setting(
        "HUIYIN_UPLOAD_MB_PER_FILE",
        Kind.WHOLE,
        "Largest file a person may upload, in MB.",
        default="20",
        least=1,
        most=2_000,
    ),
    Setting(
        "HUIYIN_UPLOAD_MB_PER_DAY",
        Kind.WHOLE,
        "How much one account or address may upload in a day, in MB.",
        default="200",
        least=1,
        most=100_000,
    ),
    Setting(
        "HUIYIN_RATE_PER_MINUTE",
        Kind.WHOLE,
        "Requests one account or address may make in a minute.",
        default="300",
        least=1,
    ),
)
