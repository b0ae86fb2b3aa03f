"""What keeps the index of the search page: a table of words, filled by triggers on the tables that it is made from.

Migrations call `keep_index`, so what it writes never changes: a new way is a new function. A row comes with its
source in the same statement, goes with it, and is written anew when a redaction writes over the text. So no
service has to remember the index. SQLite looks words up in an FTS5 table beside it, which holds no text of its
own; PostgreSQL in an index on the expression WORDS.
"""

from collections.abc import Callable
from dataclasses import dataclass

Execute = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class IndexSource:
    """How a row of `table` stands in the index, as SQL in which `{r}` is the row; the same on both databases.

    `head` is what it is called, `body` what else is searched; `sort` and `place` order what is found equally well.
    `only`: rows without any words stay out. `published`: the row changes by redaction alone, and is never deleted.
    """

    table: str
    head: str
    body: str
    sort: str
    place: str
    revision: str = "CAST(NULL AS INTEGER)"
    only: str = "1 = 1"
    published: bool = False


SOURCES = {
    "jurisdiction": IndexSource(
        "jurisdiction",
        head="{r}.name || ' ' || {r}.code",
        body="''",
        sort="CASE {r}.kind WHEN 'country' THEN '0' ELSE '1' END || {r}.name",
        place="0",
    ),
    "item": IndexSource(
        "framework_item",
        head="{r}.source_number || ' ' || {r}.short_label || ' ' || {r}.text",
        body="{r}.theme || ' ' || {r}.key",
        sort="''",
        place="{r}.framework_version_id * 100000 + {r}.position",
    ),
    "instrument": IndexSource(
        "published_instrument",
        head="{r}.title || ' ' || {r}.title_original",
        body="{r}.citation || ' ' || {r}.issuer",
        sort="{r}.title",
        place="0",
        published=True,
    ),
    "passage": IndexSource(
        "published_citation",
        head="{r}.quote || ' ' || {r}.translation",
        body="''",
        sort="''",
        place="-{r}.id",
        revision="{r}.revision_id",
        only="({r}.quote <> '' OR {r}.translation <> '')",
        published=True,
    ),
}
COLUMNS = "kind, ref, revision, head, body, sort, place"
# The index of PostgreSQL, and the tables in which FTS5 keeps words: no models, so nothing to compare with.
BESIDE_THE_MODELS = ("search_fts", "search_document_words")
WORDS = "to_tsvector('simple', search_fold(head || ' ' || body))"

# Signs between words. The rest PostgreSQL's own parser tells apart; it takes some of these for parts of addresses.
_SIGNS = r"""!"#$%&()*+,-./:;<=>?@[\]^_`{|}~§°·–—‘’“”„…«»‹›¿¡'""".replace("'", "''")
# A database whose locale is "C" makes only Latin letters small: Greek, Cyrillic and Armenian ones by this.
_LARGE = [c for c in map(chr, range(0x370, 0x590)) if c.lower() != c and len(c.lower()) == 1]


def has_a_model(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a comparison of models and database looks at a table or index; Alembic's `include_name`."""
    return kind not in ("table", "index") or not (name or "").startswith(BESIDE_THE_MODELS)


def selected(kind: str, row: str) -> str:
    """The columns of the index for a row, as SQL that stands behind SELECT."""
    s = SOURCES[kind]
    parts = (s.revision, s.head, s.body, s.sort, s.place)
    return f"'{kind}', CAST({row}.id AS TEXT), " + ", ".join(part.format(r=row) for part in parts)


def whole(kind: str) -> str:
    """A SELECT of all that belongs into the index of a kind. Passages of withdrawn revisions do not."""
    s = SOURCES[kind]
    # The names come from the table above, never from a request.
    where = s.only.format(r="s")
    if kind == "passage":
        where += " AND NOT EXISTS (SELECT 1 FROM published_withdrawal w WHERE w.revision_id = s.revision_id)"
    return f"SELECT {selected(kind, 's')} FROM {s.table} s WHERE {where}"  # nosec B608


def keep_index(execute: Execute, dialect: str) -> None:
    """Make the triggers, and fill the index with what is there."""
    if dialect == "postgresql":
        _on_postgresql(execute)
    else:
        _on_sqlite(execute)
    for kind in SOURCES:
        execute(f"INSERT INTO search_document ({COLUMNS}) {whole(kind)}")  # nosec B608


def _on_sqlite(execute: Execute) -> None:
    execute(
        "CREATE VIRTUAL TABLE search_fts USING fts5(head, body, content='search_document', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 2', prefix='2 3')"
    )
    gone = (
        "INSERT INTO search_fts(search_fts, rowid, head, body) VALUES ('delete', OLD.id, OLD.head, OLD.body);"
    )
    come = "INSERT INTO search_fts(rowid, head, body) VALUES (NEW.id, NEW.head, NEW.body);"
    for verb, does in (("insert", come), ("update", gone + come), ("delete", gone)):
        execute(
            f"CREATE TRIGGER search_document_{verb} AFTER {verb.upper()} ON search_document BEGIN {does} END"
        )
    for kind, s in SOURCES.items():
        drop = f"DELETE FROM search_document WHERE kind = '{kind}' AND ref = CAST(OLD.id AS TEXT);"  # nosec B608
        write = (
            f"INSERT INTO search_document ({COLUMNS}) "  # nosec B608
            f"SELECT {selected(kind, 'NEW')} WHERE {s.only.format(r='NEW')};"
        )
        # FTS5 marks words as gone and keeps them until it merges its pages: a redacted text must not wait for that.
        merge = "INSERT INTO search_fts(search_fts) VALUES ('optimize');" if s.published else ""
        doings = {"insert": write, "update": drop + write + merge} | ({} if s.published else {"delete": drop})
        for verb, does in doings.items():
            execute(
                f"CREATE TRIGGER {s.table}_search_{verb} AFTER {verb.upper()} ON {s.table} BEGIN {does} END"
            )
    execute(
        "CREATE TRIGGER published_withdrawal_search AFTER INSERT ON published_withdrawal BEGIN "
        "DELETE FROM search_document WHERE kind = 'passage' AND revision = NEW.revision_id; END"
    )


def _on_postgresql(execute: Execute) -> None:
    large = "".join(_LARGE)
    spaces = " " * len(_SIGNS.replace("''", "'"))
    execute(
        "CREATE FUNCTION search_fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ "
        "SELECT translate(regexp_replace(normalize($1, NFD), '[\\u0300-\\u036f]', '', 'g'), "
        f"'{_SIGNS}{large}', '{spaces}{large.lower()}') $$"
    )
    execute(f"CREATE INDEX search_document_words ON search_document USING gin (({WORDS}))")
    for kind, s in SOURCES.items():
        execute(
            f"""
            CREATE FUNCTION search_keep_{kind}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF TG_OP <> 'INSERT' THEN
                DELETE FROM search_document WHERE kind = '{kind}' AND ref = CAST(OLD.id AS TEXT);
              END IF;
              IF TG_OP <> 'DELETE' THEN
                INSERT INTO search_document ({COLUMNS})
                SELECT {selected(kind, "NEW")} WHERE {s.only.format(r="NEW")};
              END IF;
              RETURN NULL;
            END $$
            """  # nosec B608
        )
        verbs = "INSERT OR UPDATE" + ("" if s.published else " OR DELETE")
        execute(
            f"CREATE TRIGGER {s.table}_search AFTER {verbs} ON {s.table} "
            f"FOR EACH ROW EXECUTE FUNCTION search_keep_{kind}()"
        )
    execute(
        "CREATE FUNCTION search_forget_revision() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "DELETE FROM search_document WHERE kind = 'passage' AND revision = NEW.revision_id; RETURN NULL; END $$"
    )
    execute(
        "CREATE TRIGGER published_withdrawal_search AFTER INSERT ON published_withdrawal "
        "FOR EACH ROW EXECUTE FUNCTION search_forget_revision()"
    )
