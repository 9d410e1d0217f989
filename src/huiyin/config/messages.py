"""What goes out: SMS, e-mail, and when notices are sent and deleted."""

from typing import Final

from huiyin.config.kinds import Kind, Setting

MESSAGES: Final = (
    Setting(
        "HUIYIN_SMS_URL",
        Kind.URL,
        "Address of the SMS gateway (signed HTTP). The demo starts a fake one.",
        shown_default="no SMS",
    ),
    Setting(
        "HUIYIN_SMS_SECRET",
        Kind.SECRET,
        "Signs requests to the SMS gateway; needed with HUIYIN_SMS_URL.",
        secret=True,
    ),
    Setting(
        "HUIYIN_SMS_CODE_PER_PHONE_HOUR",
        Kind.WHOLE,
        "Sign-in codes one phone number may ask for in an hour.",
        default="5",
        least=1,
    ),
    Setting(
        "HUIYIN_SMS_CODE_PER_ADDRESS_HOUR",
        Kind.WHOLE,
        "Sign-in codes one network address may ask for in an hour.",
        default="20",
        least=1,
    ),
    Setting(
        "HUIYIN_SMS_CODE_PER_DAY",
        Kind.WHOLE,
        "Sign-in codes sent in one day, all phone numbers together.",
        default="5000",
        least=1,
    ),
    Setting(
        "HUIYIN_SMTP_HOST",
        Kind.TEXT,
        "Mail server that takes our e-mail.",
        shown_default="no e-mail",
    ),
    Setting("HUIYIN_SMTP_PORT", Kind.WHOLE, "Port of the mail server.", default="587", most=65_535),
    Setting(
        "HUIYIN_SMTP_SECURITY",
        Kind.CHOICE,
        "How the line to the mail server is encrypted.",
        default="starttls",
        choices=("starttls", "tls", "none"),
    ),
    Setting("HUIYIN_SMTP_USER", Kind.TEXT, "Name to sign in to the mail server with."),
    Setting("HUIYIN_SMTP_PASSWORD", Kind.TEXT, "Password for the mail server.", secret=True),
    Setting(
        "HUIYIN_MAIL_FROM",
        Kind.TEXT,
        "Sender of our e-mail, such as `回音 <no-reply@huiyin.example.gov.cn>`.",
        shown_default="`no-reply@` and the host of HUIYIN_PUBLIC_URL",
    ),
    Setting(
        "HUIYIN_NOTICE_QUIET_HOURS",
        Kind.HOURS,
        "Local times between which only urgent messages make phones ring; or `never`.",
        default="21:00-08:00",
    ),
    Setting(
        "HUIYIN_NOTICE_KEEP_DAYS",
        Kind.WHOLE,
        "Days after which words and addresses of messages that were sent are deleted.",
        default="180",
        least=1,
        most=3_650,
    ),
    Setting(
        "HUIYIN_NOTICE_ALARM_MINUTES",
        Kind.WHOLE,
        "Minutes a message may be due without being sent before somebody is told to look.",
        default="10",
        least=1,
        most=1_440,
    ),
)
