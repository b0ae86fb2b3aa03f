"""What is left of releases that were never finished is removed after a day, beside others that come and go."""

import os
import time
from pathlib import Path

from tracker.opendata import spool


def test_what_a_crash_left_is_removed_and_what_vanishes_meanwhile_is_no_fault(tmp_path: Path) -> None:
    old, young = tmp_path / f"{spool.PREFIX}old", tmp_path / f"{spool.PREFIX}young"
    for path in (old, young):
        path.write_text("a,b")
    os.utime(old, (time.time() - 2 * 24 * 3600,) * 2)
    # Found in the folder, and not there when it is looked at: as one that another lets go of.
    (tmp_path / f"{spool.PREFIX}gone").symlink_to(tmp_path / "nowhere")
    spool.tidy(tmp_path)
    assert not old.exists()
    assert young.exists()
