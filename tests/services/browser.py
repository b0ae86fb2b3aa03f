"""Chromium for the tests that drive a real browser."""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing but this machine is ever asked, so a page that loads from elsewhere fails its test.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
DOWNLOAD_SECONDS = 300
PACKAGES = ("chromium", "fonts-noto-core")
PLAYWRIGHT_PATH = (
    "from playwright.sync_api import sync_playwright\n"
    "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
)


@functools.cache
def chromium_path() -> str:
    """The path of a Chromium that starts: the machine's, playwright's own, or (as root) Debian's package.

    May download; raises RuntimeError with one plain line when there is none and none can be had.
    """
    found = _on_path() or _playwright_installed() or _playwright_download() or _debian_package()
    if found is None:
        raise RuntimeError(
            "No Chromium found and none could be installed: install it (Debian: apt-get install chromium)."
        )
    return found


def launch(playwright: Playwright) -> Browser:
    """Starts a headless Chromium that reaches this machine only; playwright gives it a new empty profile."""
    return playwright.chromium.launch(
        executable_path=chromium_path(),
        headless=True,
        chromium_sandbox=False,  # it refuses to run as root, and in most containers
        args=list(FLAGS),
    )


def _on_path() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name)) and _starts(path)), None)


def _starts(path: str) -> bool:
    # Ubuntu's chromium-browser is a script that only tells to install a snap.
    return _run([path, "--version"]) is not None


def _playwright_installed() -> str | None:
    # In a process of its own: the caller may be inside playwright already, which allows one at a time.
    path = (_run([sys.executable, "-c", PLAYWRIGHT_PATH]) or "").strip()
    return path if path and Path(path).exists() and _starts(path) else None


def _playwright_download() -> str | None:
    command = [sys.executable, "-m", "playwright", "install", "chromium", "--no-shell"]
    return _playwright_installed() if _run(command) is not None else None


def _debian_package() -> str | None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        if _run(["apt-get", *arguments], quiet) is None:
            return None
    return _on_path()


def _run(command: list[str], environment: dict[str, str] | None = None) -> str | None:
    """What the command printed, or None when it failed."""
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DOWNLOAD_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout
