"""Settings are read once, checked, and refused by name."""

import stat
from pathlib import Path

import pytest

from tracker.settings import NAMES, Settings, SettingsError, load

KEY = "k" * 32


def settings(tmp_path: Path, **env: str) -> Settings:
    """The settings of an environment that has only these variables, and a data folder."""
    return load(
        {"TRACKER_DATA_DIR": str(tmp_path)} | {f"TRACKER_{name}": value for name, value in env.items()}
    )


def test_nothing_need_be_set(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert found.database_url == f"sqlite+aiosqlite:///{tmp_path}/tracker.sqlite3"
    assert found.migration_database_url == found.database_url
    assert found.base_url == "http://127.0.0.1:8000"
    assert found.allowed_hosts == {"127.0.0.1", "localhost"}
    assert found.trusted_proxies == frozenset()
    assert found.locales == ("en",)
    assert (found.session_idle_minutes, found.session_hours, found.workers) == (120, 12, 1)
    assert not found.secure
    assert found.is_sqlite


def test_blank_is_unset(tmp_path: Path) -> None:
    blank = dict.fromkeys(set(NAMES) - {"DATA_DIR"}, " ")
    assert settings(tmp_path, **blank) == settings(tmp_path)


def test_the_secret_key_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    first = settings(tmp_path).secret_key
    assert len(first) >= 48
    assert settings(tmp_path).secret_key == first
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert settings(tmp_path / "other").secret_key != first


def test_a_given_key_makes_no_file(tmp_path: Path) -> None:
    assert settings(tmp_path, SECRET_KEY=KEY).secret_key == KEY
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"DATA_DIR"}))
def test_every_setting_can_lie_in_a_file(tmp_path: Path, name: str) -> None:
    examples = {
        "DATABASE_URL": "postgresql://app:secret@db/tracker",
        "MIGRATION_DATABASE_URL": "postgresql://owner:secret@db/tracker",
        "SECRET_KEY": KEY,
        "BASE_URL": "https://example.org",
        "ALLOWED_HOSTS": "example.org, www.example.org",
        "TRUSTED_PROXIES": "192.0.2.1",
        "LOCALES": "en",
        "SERVICE_NAME": "A name",
        "SESSION_IDLE_MINUTES": "5",
        "SESSION_HOURS": "1",
        "NOTICE_DAYS": "14",
        "HELP_TEXT": "Call the helpline, at any hour.",
        "DATA_LICENCE": "CC0-1.0",
        "WORKERS": "4",
        "ATTACHMENT_QUOTA_MB": "20",
        "SMTP_HOST": "mail.example.org",
        "SMTP_PORT": "2525",
        "SMTP_SECURITY": "tls",
        "SMTP_USER": "tracker",
        "SMTP_PASSWORD": "a password",
        "SMTP_FROM": "tracker@example.org",
        "MAIL_EVERY": "60",
        "JOBS": "command",
    }
    secret = tmp_path / "secret"
    secret.write_text(f"{examples[name]}\n", encoding="utf-8")
    # the mail server is nothing without the address that mail comes from
    more = {"SMTP_FROM": examples["SMTP_FROM"]} if name == "SMTP_HOST" else {}
    of_file = settings(tmp_path, **{f"{name}_FILE": str(secret)}, **more)
    assert of_file == settings(tmp_path, **{name: examples[name]}, **more)
    with pytest.raises(SettingsError, match=f"TRACKER_{name} or TRACKER_{name}_FILE, not both"):
        settings(tmp_path, **{name: examples[name], f"{name}_FILE": str(secret)})
    with pytest.raises(SettingsError, match=f"TRACKER_{name}_FILE can't be read"):
        settings(tmp_path, **{f"{name}_FILE": str(tmp_path / "none")})


def test_https_is_told_by_the_address(tmp_path: Path) -> None:
    found = settings(tmp_path, BASE_URL="https://tracker.example.org/")
    assert found.secure
    assert found.base_url == "https://tracker.example.org"
    assert found.allowed_hosts == {"tracker.example.org", "127.0.0.1", "localhost"}


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:////data/a.sqlite3", "sqlite+aiosqlite:////data/a.sqlite3"),
        ("sqlite+aiosqlite:///a", "sqlite+aiosqlite:///a"),
        ("postgresql://u:p%40w@h:5433/n", "postgresql+psycopg://u:p%40w@h:5433/n"),
        ("postgres://u@h/n", "postgresql+psycopg://u@h/n"),
        ("postgresql+asyncpg://u@h/n?sslmode=require", "postgresql+psycopg://u@h/n?sslmode=require"),
    ],
)
def test_the_driver_is_ours_to_choose(tmp_path: Path, given: str, used: str) -> None:
    assert settings(tmp_path, DATABASE_URL=given).database_url == used


WRONG = [
    ("DATABASE_URL", "mysql://u@h/n"),
    ("DATABASE_URL", "tracker.sqlite3"),
    ("MIGRATION_DATABASE_URL", "oracle://x"),
    ("SECRET_KEY", "too short"),
    ("BASE_URL", "tracker.example.org"),
    ("BASE_URL", "ftp://tracker.example.org"),
    ("BASE_URL", "https://"),
    ("BASE_URL", "https://tracker.example.org/below"),
    ("LOCALES", "tlh"),
    ("LOCALES", "../secrets"),
    ("LOCALES", ","),
    ("SESSION_HOURS", "0"),
    ("SESSION_HOURS", "-1"),
    ("SESSION_HOURS", "1.5"),
    ("SESSION_IDLE_MINUTES", "soon"),
    ("WORKERS", "²"),
    ("WORKERS", "٣"),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=[f"{n}={v}" for n, v in WRONG])
def test_what_is_wrong_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"TRACKER_{name}"):
        settings(tmp_path, **{name: value})


def test_a_misspelt_setting_is_no_silent_default(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="TRACKER_SESION_HOURS is not a setting"):
        settings(tmp_path, SESION_HOURS="1")
    assert load({"TRACKER_DATA_DIR": str(tmp_path), "OTHER": "x"})
