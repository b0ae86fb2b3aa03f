"""The command `tracker`: thin, each verb calls what the pages call."""

import sys

import click

from tracker.commands import (
    accounts,
    backups,
    comparing,
    crosswalks,
    database,
    entries,
    frameworks,
    jobs,
    mail,
    opendata,
    record,
    serving,
)

COMMANDS: list[click.Command] = [
    database.migrate,
    database.load,
    serving.serve,
    accounts.account,
    frameworks.framework,
    crosswalks.crosswalk,
    comparing.compare_command,
    comparing.briefing_command,
    entries.entries,
    opendata.release,
    record.redact_command,
    record.tidy_command,
    record.verify,
    backups.backup,
    backups.restore,
    mail.mail,
    jobs.jobs_command,
    database.doctor,
]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="tracker")
def main() -> None:
    """Record, compare and brief on the adoption of the core competencies.

    Settings are environment variables TRACKER_*; docs/operator.md lists them.
    """


for _command in COMMANDS:
    main.add_command(_command)

if __name__ == "__main__":
    sys.exit(main())
