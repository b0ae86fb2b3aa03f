"""Whether what was restored is what it says it is: the checks of `tracker verify`, one line each."""

from tracker.backup.archive import Manifest
from tracker.db.session import Database
from tracker.instruments import verify as attachments
from tracker.instruments.store import Store
from tracker.loading import log_check
from tracker.opendata import redaction_service as releases
from tracker.opendata.store import Broken
from tracker.packed import check_queries as projection
from tracker.privacy import check_queries as redactions
from tracker.settings import Settings

Finding = tuple[bool, str]


async def examine(database: Database, settings: Settings, manifest: Manifest) -> list[Finding]:
    """(well, what was looked at) for each check."""
    log = await log_check.check(database)
    same = log.head == manifest.log_head
    findings = [
        (same and not log.wrong, f"log: {log.events} events" + ("" if same else ", and the last is another"))
    ]
    findings += [(False, f"log: {fault}") for fault in log.wrong]
    store = Store(settings.data_dir)
    async with database.read() as db:
        number, faults, _redacted = await attachments.faults(db, store)
        differ = await projection.faults(db)
        told = await redactions.check_redactions(db, store)
    findings.append((not faults, f"attachments: {number}, {len(faults)} of them missing or altered"))
    findings += [(False, f"attachment {fault.what}: {fault.file.sha256}") for fault in faults]
    wrong = [r for r in told if not r.stands]
    findings.append((not wrong, f"redactions: {len(told)}, {len(wrong)} of them wrong"))
    findings.append((not differ, f"packed for wide readings: {len(differ)} packs differ from the record"))
    try:
        broken = await releases.verify(database, settings)
    except (Broken, OSError) as error:
        broken = [str(error)]
    return [*findings, (not broken, f"releases: {'; '.join(broken) or 'every one is what it says'}")]
