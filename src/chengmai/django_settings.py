"""Django's own settings, all derived from the one typed table in ``chengmai.settings``."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from chengmai.secrets_file import load_secrets
from chengmai.settings import current

_settings = current()
_secrets = load_secrets(_settings.data_dir)

DEBUG = False
SECRET_KEY = _secrets.django_key
_origins = [origin.strip() for origin in _settings.public_origins.split(",") if origin.strip()]
ALLOWED_HOSTS = (
    ["*"]  # listening everywhere under no name of its own: nothing to compare a Host header with
    if _settings.host in {"0.0.0.0", "::"} and not _origins  # noqa: S104
    else ["127.0.0.1", "localhost", "[::1]", _settings.host, *(urlsplit(o).hostname or "" for o in _origins)]
)
CSRF_TRUSTED_ORIGINS = _origins
ROOT_URLCONF = "chengmai.portal.urls"
APPEND_SLASH = False

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "chengmai.events",
    "chengmai.access",
    "chengmai.assets",
    "chengmai.sensing",
    "chengmai.devices",
    "chengmai.warning",
    "chengmai.casework",
    "chengmai.risk",
    "chengmai.disposal",
    "chengmai.registers",
    "chengmai.custody",
    "chengmai.settlement",
    "chengmai.budget",
]
MIDDLEWARE = [
    "chengmai.portal.failures.OneErrorShape",
    "chengmai.access.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "chengmai.access.middleware.CallerAddress",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "chengmai.access.middleware.IdleTimeout",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES: list[dict[str, object]] = []


def _database() -> dict[str, object]:
    if _settings.database_url:
        url = urlsplit(_settings.database_url)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": url.path.lstrip("/"),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": url.hostname or "",
            "PORT": str(url.port or ""),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {
                "connect_timeout": _settings.database_wait_s,
                "options": f"-c lock_timeout={_settings.database_wait_s}s",
            },
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(Path(_settings.data_dir) / "chengmai.sqlite3"),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": _settings.database_wait_s,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "chengmai_session"
SESSION_COOKIE_AGE = _settings.session_idle_minutes * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _settings.secure_cookies
CSRF_COOKIE_NAME = "chengmai_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _settings.secure_cookies
CSRF_FAILURE_VIEW = "chengmai.portal.failures.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _settings.secure_cookies else 0

LANGUAGE_CODE = "zh-hans"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
WHITENOISE_ROOT = str(Path(__file__).parent / "portal" / "static")
WHITENOISE_MAX_AGE = 0
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/assets/.+-[\w-]{8,}\.\w+$"
DATA_UPLOAD_MAX_MEMORY_SIZE = _settings.max_body_bytes
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
LOGGING_CONFIG = None
