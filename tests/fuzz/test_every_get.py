"""Whatever address is asked for, the answer is a page or a plain refusal, never an error of ours.

Addresses are made from the routing table: each parameter of path and query is a value that means something, one
that means something elsewhere, or any text at all. The same addresses on every run.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.members.invited import KEY
from tests.personas import Visitor
from tests.web.paths import Things, make_things
from tracker.app import ROUTES, App
from tracker.compare.query import PARAMETERS, SHOW
from tracker.db.session import Database
from tracker.kit.vocabulary import Domain, Source

PARAMETER = re.compile(r"\{(\w+):\w+\}")
PATHS = sorted({path for handler in ROUTES if "GET" in handler.http_methods for path in handler.paths})
# "{...}" is filled in once the world is there.
KNOWN: dict[str, list[str]] = {
    "locale": ["en", "xx"],
    "organisation": ["health-xaa", "health-xab", "no-such"],
    "code": ["XAA", "US-TX", "XAB.CPH", "KEN"],
    "framework": ["hhs-core-competencies", "hhs-core-competencies@2021", "delta87-justice@2021"],
    "item": ["HTCC-UC", "HTCC-C6", "D87J-CRIM"],
    "domain": [*Domain],
    "key": ["hhs-core-competencies", "hhs-core-competencies--delta87-justice", KEY],
    "draft_id": ["{draft}", "00000000-0000-0000-0000-000000000000"],
    "uid": ["{revision}", "00000000-0000-0000-0000-000000000000"],
    "instrument_id": ["{instrument}", "00000000-0000-0000-0000-000000000000"],
    "attachment_id": ["{attachment}", "00000000-0000-0000-0000-000000000000"],
    "briefing_id": ["{briefing_id}", "00000000-0000-0000-0000-000000000000"],
    "briefing": ["{briefing}", "aaaaaaaaaa"],
    "edition": ["1", "2", "0", "99999999999"],
    "kind": ["pdf", "passage", "statute", "regulation", "sssom", "csv", "xlsx"],
    "state": ["in_force", "repealed", "ended", "not_yet"],
    "notice_id": ["{notice}", "00000000-0000-0000-0000-000000000000"],
    "number": ["1", "0", "99999999999"],
    "criterion_id": ["{criterion}", "00000000-0000-0000-0000-000000000000"],
    "snapshot": ["{snapshot}", "{snapshot}.json", "{snapshot}.pdf", "{snapshot}.bib", "aaaaaaaaaa"],
    "import_id": ["{import}", "00000000-0000-0000-0000-000000000000"],
    "set_id": ["1", "0", "99999999999"],
    "side": ["source", "target"],
    "item_id": ["1", "99999999999"],
    "mapping_id": ["1", "99999999999"],
    "other": ["hhs-core-competencies--delta87-justice@0.1"],
    "version": ["1", "latest"],
    "file": ["adoption.csv", "SHA256SUMS", ".."],
    "token_id": ["{token}", "00000000-0000-0000-0000-000000000000"],
    "user_id": ["{member}", "00000000-0000-0000-0000-000000000000"],
    "admitted": ["open-care-watch", "health-xaa", "no-such"],
    "mandate_id": ["1", "0", "99999999999"],
    "name": ["app.css", "favicon.svg"],
    "jurisdictions": ["XAA", "US-TX,US-FL", "XAA,XAB,XAC,KEN", "NOPE", ",,", "XAA,XAA"],
    "items": ["HTCC-UC", "HTCC-C1,HTCC-C2"],
    "domains": ["individual", "educator,researcher", "all"],
    "axis": ["both", "commitment", "practice"],
    "basis": ["by_name", "equivalent"],
    "on": ["2026-01-01", "1900-01-01", "2100-12-31", "2026-W01-1", "20260101"],
    "as_of": ["2026-01-01", "2025-06-01T12:00:00+14:00", "1900-01-01T00:00:00-23:59", "2026-01-01T12"],
    "source": [*Source],
    "show": [*SHOW],
    "through": ["hhs-core-competencies--delta87-justice"],
    "layout": ["by_domain", "together,swapped", "regions"],
    "principle": ["trauma_informed", "prevention_primary"],
    "from": ["2021", "1999"],
    "to": ["2021", "1999"],
    "q": ["ken", "%", "_"],
    "find": ["texas"],
    "page": ["1", "2"],
    "saved_id": ["00000000-0000-0000-0000-000000000000"],
    "since": ["2025-01-01", "2100-01-01"],
    "data": ["yes"],
    "action": ["draft.saved", "no.such"],
    "before": ["00000000-0000-0000-0000-000000000000"],
    "of": ["service", "own"],
    "limit": ["1", "0", "500", "99999"],
    "cursor": ["W10", "WyJhIl0", "x"],
    "jurisdiction": ["XAA", "US-TX", "NOPE"],
    "next": ["/en/account", "//elsewhere.example", "/en/\\elsewhere.example"],
}
QUERY = [
    *PARAMETERS,
    "action",
    "before",
    "of",
    "other",
    "from",
    "to",
    "limit",
    "cursor",
    "q",
    "find",
    "data",
    "next",
    "framework",
    "code",
    "kind",
    "state",
    "organisation",
    "jurisdiction",
    "page",
    "snapshot",
]
HOSTILE = st.one_of(
    st.text(max_size=30),
    st.text(st.characters(min_codepoint=0x80), max_size=20),
    st.sampled_from(
        ["\u202e", "\ud800", "\x00", "\r\nX: y", "'\"", "{{7*7}}", "%s", "..", "٣", "𝟙", "e\u0301" * 40]
    ),
)


def values(name: str) -> st.SearchStrategy[str]:
    known = st.sampled_from([str(v) for v in KNOWN[name]])
    elsewhere = st.sampled_from(sorted({str(v) for many in KNOWN.values() for v in many}))
    return st.one_of(known, known, known, elsewhere, HOSTILE)


@dataclass(frozen=True)
class Address:
    path: str
    query: str

    def at(self, things: Things) -> str:
        path = self.path.replace("%7Bdraft%7D", str(things.draft_id))
        path = path.replace("%7Brevision%7D", str(things.uid))
        path = path.replace("%7Binstrument%7D", str(things.instrument_id))
        path = path.replace("%7Battachment%7D", str(things.attachment_id))
        path = path.replace("%7Bnotice%7D", str(things.notice_id))
        path = path.replace("%7Bsnapshot%7D", things.snapshot_id)
        path = path.replace("%7Bimport%7D", str(things.import_id))
        path = path.replace("%7Bcriterion%7D", str(things.criterion_id))
        path = path.replace("%7Btoken%7D", str(things.token_id))
        path = path.replace("%7Bmember%7D", str(things.member_id))
        path = path.replace("%7Bbriefing_id%7D", str(things.briefing_id))
        path = path.replace("%7Bbriefing%7D", things.briefing)
        return f"{path}?{self.query}" if self.query else path


def encoded(text: str) -> str:
    # Lone surrogates become bytes that are no UTF-8, which is what a scanner sends.
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


@st.composite
def addresses(draw: st.DrawFn) -> Address:
    pattern = draw(st.sampled_from(PATHS))
    path = PARAMETER.sub(lambda found: encoded(draw(values(found[1]))), pattern)
    pairs = draw(
        st.lists(
            st.sampled_from(QUERY).flatmap(lambda name: st.tuples(st.just(name), values(name))), max_size=4
        )
    )
    return Address(path, "&".join(f"{name}={encoded(value)}" for name, value in pairs))


@pytest.fixture
async def things(database: Database) -> Things:
    return await make_things(database)


@pytest.mark.parametrize("who", ["client", "admin"])
@given(address=addresses())
@settings(
    max_examples=150,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_every_address_is_answered(
    client: Visitor, admin: Visitor, things: Things, who: str, address: Address
) -> None:
    person = {"client": client, "admin": admin}[who]
    path = address.at(things)
    answer = await person.get(path)
    refusals = (400, 401, 403, 404, 422)  # 401: what takes tokens only
    assert answer.status_code in (200, 303, *refusals), f"{answer.status_code} at {path}"
    assert answer.headers["x-content-type-options"] == "nosniff"
    if who == "client":
        private = re.match(r"/en/(o|account)(/|$|\?)", path)
        assert not (private and answer.status_code == 200), path
    if answer.status_code == 303:
        assert answer.headers["location"].startswith("/en"), answer.headers["location"]
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert "Traceback" not in answer.text
        assert not re.search(r"\bSELECT .{1,200} FROM\b", answer.text)


def test_every_parameter_of_the_routing_table_is_tried(shared_app: App) -> None:
    names = {name for path in PATHS for name in PARAMETER.findall(path)}
    assert names <= set(KNOWN)
    assert len(PATHS) > 20
