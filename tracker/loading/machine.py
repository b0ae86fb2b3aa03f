"""What `tracker doctor` asks of the machine: rights of files, room on the disk, fonts, the mail server."""

import os
import shutil
import smtplib
import stat
from pathlib import Path

from sqlalchemy.engine import make_url

from tracker.briefings.pdf import fonts
from tracker.settings import Settings

Finding = tuple[bool, str]
LEAST_ROOM = 200 * 1024 * 1024
PATIENCE = 5  # seconds


def examine(settings: Settings) -> list[Finding]:
    """(well, what was looked at) for each check. Reads only, but it blocks: the mail server may take its time."""
    return [*_rights(settings), _room(settings), _fonts(), *_mail_server(settings)]


def _rights(settings: Settings) -> list[Finding]:
    folder = settings.data_dir
    if not folder.is_dir():
        return [(False, f"there is no data folder {folder}")]
    if not os.access(folder, os.W_OK | os.X_OK):
        return [(False, f"the data folder {folder} can't be written to")]
    findings = [(True, f"the data folder {folder} can be written to")]
    private = [folder / "secret-key"]
    if settings.is_sqlite:
        private.append(Path(make_url(settings.database_url).database or ""))
    for path in private:
        if path.is_file() and _open_to_others(path):
            findings.append((False, f"everybody on this machine can read {path}: chmod o-rwx"))
    return findings


def _open_to_others(path: Path) -> bool:
    """Whether its own mode and that of its folder let anybody read it."""
    return bool(path.stat().st_mode & stat.S_IROTH and path.parent.stat().st_mode & stat.S_IXOTH)


def _room(settings: Settings) -> Finding:
    there = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.is_dir())
    free = shutil.disk_usage(there).free
    text = f"{free // 1024**2} MB free on the disk of the data folder"
    return free >= LEAST_ROOM, text


def _fonts() -> Finding:
    try:
        for name in (*fonts.FACES, *fonts.SHAPED):
            fonts.face(name)
    except Exception as error:  # a broken font raises nearly anything
        return False, f"the font {name} of briefings can't be read: {type(error).__name__}"
    return True, "the fonts of briefings are there"


def _mail_server(settings: Settings) -> list[Finding]:
    """Whether it answers; nothing is sent, nobody signs in."""
    smtp = settings.smtp
    if smtp is None:
        return []
    kind = smtplib.SMTP_SSL if smtp.security == "tls" else smtplib.SMTP
    try:
        with kind(smtp.host, smtp.port, timeout=PATIENCE) as server:
            server.ehlo()
            offers = smtp.security != "starttls" or server.has_extn("starttls")
    except (OSError, smtplib.SMTPException) as error:
        return [(False, f"the mail server does not answer: {type(error).__name__}")]
    return [(offers, "the mail server answers" + ("" if offers else ", and offers no STARTTLS"))]
