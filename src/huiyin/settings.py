"""Django settings. What an operator can set comes from the environment through huiyin.config."""

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from huiyin.config import load_config

HUIYIN = load_config(os.environ)
BASE_DIR = Path(__file__).resolve().parent
IN_DEMO = HUIYIN.mode == "demo"
IN_TEST = HUIYIN.mode == "test"

DEBUG = False
SECRET_KEY = HUIYIN.secret_key
ALLOWED_HOSTS = list(HUIYIN.allowed_hosts)
ROOT_URLCONF = "huiyin.urls"
WSGI_APPLICATION = "huiyin.wsgi.application"
SITE_NAME = "回音"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "pgtrigger",
    "pghistory",
    "axes",
    "procrastinate.contrib.django",
    "huiyin.ui",
    "huiyin.places",
    "huiyin.categories",
    "huiyin.units",
    "huiyin.people",
    "huiyin.notices",
    "huiyin.matters",
    "huiyin.dispatch",
    "huiyin.grid",
    "huiyin.insight",
    "huiyin.orders",
    "huiyin.knowledge",
    "huiyin.gateway",
    "huiyin.web",
    "huiyin.ops",
    # Last, so that our own words win where theirs are the same.
    "unfold.apps.BasicAppConfig",
    "django.contrib.admin.apps.SimpleAdminConfig",
]

MIDDLEWARE = [
    "huiyin.ops.middleware.RequestLog",
    "huiyin.ui.middleware.SecurityHeaders",
    "huiyin.gateway.middleware.ApiAnswers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "huiyin.people.middleware.RateLimit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "huiyin.ui.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "huiyin.people.middleware.CurrentActor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "huiyin.gateway.middleware.ApiLanguage",
    "huiyin.web.middleware.Missing",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # What the theme of the registers says about accounts is ours to say.
        "DIRS": [BASE_DIR / "web" / "registers" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "huiyin.ui.context.display",
                "huiyin.web.context.navigation",
                *(["huiyin.ops.demo.strip.pouring"] if HUIYIN.mode == "demo" else []),
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "huiyin.ui.templatetags.ui",
            ],
        },
    }
]

# --- database -----------------------------------------------------------------------------------


def _database(url: str) -> dict[str, object]:
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "") or ""),
        "CONN_MAX_AGE": 0 if IN_TEST else 600,
        "CONN_HEALTH_CHECKS": True,
        # What `huiyin.ui.ready` asks for the third time is planned once for each connection.
        "OPTIONS": {**parts, "prepare_threshold": 3},
    }


DATABASES = {"default": _database(HUIYIN.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "huiyin.people.backends.StaffPassword",
]
# Argon2id at or above the OWASP minimum (19 MiB, 2 passes, 1 lane).
PASSWORD_HASHERS = ["huiyin.people.passwords.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "phone")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "people:sign_in"
SESSION_ENGINE = "huiyin.people.sessions"
SESSION_COOKIE_NAME = "huiyin_session"
SESSION_COOKIE_AGE = HUIYIN.session_hours * 3600  # people.sessions decides for each session
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HUIYIN.secure_cookies
CSRF_COOKIE_SECURE = HUIYIN.secure_cookies
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "huiyin.web.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [HUIYIN.public_url] if HUIYIN.public_url else []
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
# Trying again while sign-in rests does not make the rest longer.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# What was typed never reaches the tables of axes.
AXES_SENSITIVE_PARAMETERS = ["login", "username", "ip_address", "next", "csrfmiddlewaretoken"]
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "huiyin.people.lockout.locked_out"
AXES_USERNAME_CALLABLE = "huiyin.people.lockout.index_of_name"
AXES_CLIENT_IP_CALLABLE = "huiyin.people.addresses.client_address"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# --- security -----------------------------------------------------------------------------------

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HUIYIN.behind_proxy else None
SECURE_HSTS_SECONDS = 31_536_000 if HUIYIN.behind_proxy else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = bool(HUIYIN.behind_proxy)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_PERMISSIONS = 0o600

# --- language and time ----------------------------------------------------------------------------

USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "huiyin_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- e-mail -------------------------------------------------------------------------------------

EMAIL_HOST = HUIYIN.smtp_host
EMAIL_PORT = HUIYIN.smtp_port
EMAIL_HOST_USER = HUIYIN.smtp_user
EMAIL_HOST_PASSWORD = HUIYIN.smtp_password
EMAIL_USE_TLS = HUIYIN.smtp_security == "starttls"
EMAIL_USE_SSL = HUIYIN.smtp_security == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = HUIYIN.mail_from

# --- files --------------------------------------------------------------------------------------

STATIC_URL = "/static/"
# Tests serve the built assets from where they are built; nothing is collected.
STATIC_ROOT = BASE_DIR / "ui" / "static" if IN_TEST else HUIYIN.var / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(HUIYIN.files)},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if IN_TEST
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = IN_TEST
# Tests make thousands of clients: each would look through every file at its start.
WHITENOISE_AUTOREFRESH = IN_TEST
WHITENOISE_MAX_AGE = 3600

LOGGING_CONFIG = "huiyin.ops.logging.configure"
LOGGING = {"format": HUIYIN.log_format, "level": HUIYIN.log_level}
# The registers (huiyin.web.registers) know their user by our own middleware.
SILENCED_SYSTEM_CHECKS = ["models.W036", "admin.E402"]

# --- the registers at /admin/ -------------------------------------------------------------------

UNFOLD = {
    "SITE_TITLE": _("Registers"),
    "SITE_HEADER": _("Registers"),
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "THEME": "light",
    "BORDER_RADIUS": "6px",
    # Paper and ink, indigo for what is chosen: the tokens of ui/assets/css/tokens.css.
    "COLORS": {
        "base": {
            "50": "#F7F5F0", "100": "#EFECE5", "200": "#E2DDD3", "300": "#C9C2B4",
            "400": "#8C8577", "500": "#666F75", "600": "#525B61", "700": "#3A4247",
            "800": "#2A3135", "900": "#1E2326", "950": "#141819",
        },
        "primary": {
            "50": "#E6EEF5", "100": "#D3E1EE", "200": "#AFC8DF", "300": "#7FA7CB",
            "400": "#4C7FAE", "500": "#2D6496", "600": "#1F4E79", "700": "#173C5E",
            "800": "#112E49", "900": "#0C2236", "950": "#071522",
        },
        "font": {
            "subtle-light": "#525B61", "subtle-dark": "#C9C2B4", "default-light": "#1E2326",
            "default-dark": "#EFECE5", "important-light": "#1E2326", "important-dark": "#FFFFFF",
        },
    },
}  # fmt: skip
