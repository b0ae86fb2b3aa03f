"""Settings: environment variables TRACKER_*, each also as TRACKER_*_FILE, read and checked once."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

NAMES = {
    "DATABASE_URL": "Where the record is kept: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME. "
    "Default: tracker.sqlite3 in TRACKER_DATA_DIR.",
    "MIGRATION_DATABASE_URL": "The same database as its owner, for `tracker migrate`. Default: TRACKER_DATABASE_URL.",
    "DATA_DIR": "The folder for the SQLite file, the secret key and the attachments. Default: ./data.",
    "SECRET_KEY": "At least 32 characters; signs form tokens. Default: made once and kept in TRACKER_DATA_DIR.",
    "BASE_URL": "The address that people use, for links in files. Default: http://127.0.0.1:8000.",
    "ALLOWED_HOSTS": "Host names that are answered, separated by commas. Default: that of TRACKER_BASE_URL, "
    "127.0.0.1 and localhost.",
    "TRUSTED_PROXIES": "Addresses of reverse proxies whose X-Forwarded-For is believed, separated by commas. "
    "Default: none.",
    "LOCALES": "Languages offered, separated by commas; the first is the default. Default: en.",
    "SERVICE_NAME": "What the service calls itself. Default: Core Competencies Adoption Tracker.",
    "SESSION_IDLE_MINUTES": "A session ends after this long without a request. Default: 120.",
    "SESSION_HOURS": "A session ends after this long in any case. Default: 12.",
    "ATTACHMENT_QUOTA_MB": "How many megabytes of attachments an organisation may keep. Default: 500.",
    "NOTICE_DAYS": "How long a steward may reply before an assessment may be published. Default: 21.",
    "HELP_TEXT": "Where help is, shown wherever people may be drawn to tell of their own lives. "
    "Default: a sentence that names no number.",
    "DATA_LICENCE": "The licence of releases of open data, snapshots and final briefings: CC-BY-4.0, CC0-1.0, ODC-BY-1.0 or ODbL-1.0. Default: CC-BY-4.0.",
    "SMTP_HOST": "The mail server. Default: none, and no e-mail is sent.",
    "SMTP_PORT": "Its port. Default: 587, or 465 with TRACKER_SMTP_SECURITY=tls.",
    "SMTP_SECURITY": "starttls, tls, or none for a mail server on this machine. Default: starttls.",
    "SMTP_USER": "The account at the mail server. Default: none is needed.",
    "SMTP_PASSWORD": "Its password.",
    "SMTP_FROM": "The address that mail comes from; needed with TRACKER_SMTP_HOST.",
    "MAIL_EVERY": "Let the server itself send what waits, every so many minutes. Default: `tracker mail send` does.",
    "JOBS": "Who does what is done in the background, such as drawing briefings: server, each of its processes, or "
    "command, `tracker jobs` alone. Default: server.",
    "WORKERS": "Server processes. Default: 1.",
}


class SettingsError(ValueError):
    """A setting is missing or wrong; the message says which and what it takes."""


@dataclass(frozen=True, slots=True)
class Smtp:
    """The mail server. `security`: starttls, tls or none. `sender` is a bare address."""

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    database_url: str
    migration_database_url: str
    data_dir: Path
    secret_key: str
    base_url: str = "http://127.0.0.1:8000"
    allowed_hosts: frozenset[str] = frozenset({"127.0.0.1", "localhost"})
    trusted_proxies: frozenset[str] = frozenset()
    locales: tuple[str, ...] = ("en",)
    service_name: str = "Core Competencies Adoption Tracker"
    session_idle_minutes: int = 120
    session_hours: int = 12
    notice_days: int = 21
    help_text: str = ""
    workers: int = 1
    attachment_quota_mb: int = 500
    data_licence: str = "CC-BY-4.0"
    smtp: "Smtp | None" = None
    mail_every: int = 0
    jobs: str = "server"

    @property
    def secure(self) -> bool:
        """Whether people reach the service by https, so that cookies may demand it."""
        return self.base_url.startswith("https://")

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises SettingsError with the variable's name and what it takes."""
    env = os.environ if environ is None else environ
    _refuse_unknown(env)
    data_dir = Path(_read(env, "DATA_DIR") or "data").absolute()
    base_url = (_read(env, "BASE_URL") or "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise SettingsError("TRACKER_BASE_URL takes http://HOST or https://HOST, without a path")
    hosts = _read(env, "ALLOWED_HOSTS")
    database = _read(env, "DATABASE_URL") or f"sqlite:///{data_dir}/tracker.sqlite3"
    return Settings(
        database_url=_database_url("DATABASE_URL", database),
        migration_database_url=_database_url(
            "MIGRATION_DATABASE_URL", _read(env, "MIGRATION_DATABASE_URL") or database
        ),
        data_dir=data_dir,
        secret_key=_secret_key(_read(env, "SECRET_KEY"), data_dir),
        base_url=base_url,
        allowed_hosts=frozenset(_list(hosts))
        if hosts
        else frozenset({parts.hostname, "127.0.0.1", "localhost"}),
        trusted_proxies=frozenset(_list(_read(env, "TRUSTED_PROXIES"))),
        locales=_locales(_read(env, "LOCALES") or "en"),
        service_name=_read(env, "SERVICE_NAME") or "Core Competencies Adoption Tracker",
        session_idle_minutes=_whole_number(env, "SESSION_IDLE_MINUTES", 120),
        session_hours=_whole_number(env, "SESSION_HOURS", 12),
        notice_days=_whole_number(env, "NOTICE_DAYS", 21),
        help_text=_read(env, "HELP_TEXT"),
        workers=_whole_number(env, "WORKERS", 1),
        attachment_quota_mb=_whole_number(env, "ATTACHMENT_QUOTA_MB", 500),
        data_licence=_data_licence(_read(env, "DATA_LICENCE") or "CC-BY-4.0"),
        smtp=_smtp(env),
        jobs=_jobs(env),
        mail_every=_whole_number(env, "MAIL_EVERY", 0),
    )


def _refuse_unknown(env: Mapping[str, str]) -> None:
    known = {f"TRACKER_{n}" for n in NAMES} | {f"TRACKER_{n}_FILE" for n in NAMES}
    unknown = sorted(n for n in env if n.startswith("TRACKER_") and n not in known)
    if unknown:
        raise SettingsError(f"{unknown[0]} is not a setting; docs/operator.md lists them all")


def _read(env: Mapping[str, str], name: str) -> str:
    direct, from_file = env.get(f"TRACKER_{name}"), env.get(f"TRACKER_{name}_FILE")
    if direct and from_file:
        raise SettingsError(f"set TRACKER_{name} or TRACKER_{name}_FILE, not both")
    if from_file:
        try:
            return Path(from_file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(f"TRACKER_{name}_FILE can't be read: {error.strerror}") from error
    return (direct or "").strip()


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _locales(text: str) -> tuple[str, ...]:
    from tracker.kit import i18n

    locales = _list(text)
    for locale in locales:
        if locale != i18n.DEFAULT_LOCALE and not (i18n.CATALOGUES / locale).is_dir():
            raise SettingsError(f"TRACKER_LOCALES names {locale}, and there is no catalogue for it")
    if not locales:
        raise SettingsError("TRACKER_LOCALES needs at least one language")
    return locales


def _data_licence(text: str) -> str:
    from tracker.kit.licences import LICENCES

    if text not in LICENCES:
        raise SettingsError(f"TRACKER_DATA_LICENCE takes one of {', '.join(LICENCES)}")
    return text


def _whole_number(env: Mapping[str, str], name: str, default: int) -> int:
    text = _read(env, name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise SettingsError(f"TRACKER_{name} takes a whole number from 1 on")
    return int(text)


def _jobs(env: Mapping[str, str]) -> str:
    text = _read(env, "JOBS") or "server"
    if text not in ("server", "command"):
        raise SettingsError("TRACKER_JOBS takes server or command")
    return text


def _smtp(env: Mapping[str, str]) -> Smtp | None:
    """The mail server; None where none is named."""
    host, sender = _read(env, "SMTP_HOST"), _read(env, "SMTP_FROM")
    security = _read(env, "SMTP_SECURITY") or "starttls"
    port = _whole_number(env, "SMTP_PORT", 465 if security == "tls" else 587)
    user, password = _read(env, "SMTP_USER"), _read(env, "SMTP_PASSWORD")
    if not host:
        return None
    if security not in ("starttls", "tls", "none"):
        raise SettingsError("TRACKER_SMTP_SECURITY takes starttls, tls or none")
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", sender):
        raise SettingsError(
            "TRACKER_SMTP_FROM takes the address that mail comes from, such as tracker@health.example"
        )
    return Smtp(host, port, security, sender, user, password)


def _database_url(name: str, text: str) -> str:
    """The URL with the driver this product is built and tested on."""
    drivers = {
        "sqlite": "sqlite+aiosqlite",
        "postgresql": "postgresql+psycopg",
        "postgres": "postgresql+psycopg",
    }
    refusal = SettingsError(f"TRACKER_{name} takes sqlite:///FILE or postgresql://USER@HOST/NAME")
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise refusal from error
    driver = drivers.get(url.drivername.partition("+")[0])
    if driver is None:
        raise refusal
    return url.set(drivername=driver).render_as_string(hide_password=False)


def _secret_key(given: str, data_dir: Path) -> str:
    if given:
        if len(given) < 32:
            raise SettingsError("TRACKER_SECRET_KEY takes at least 32 characters")
        return given
    kept = data_dir / "secret-key"
    if not kept.exists():
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass  # another worker made it in this moment
        else:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
    return kept.read_text(encoding="ascii").strip()
