"""The search page."""

from litestar import Request, Response, get

from tracker.access.guard import PUBLIC
from tracker.kit.errors import NotFound
from tracker.kit.forms import not_among, page_number
from tracker.kit.i18n import gettext as _
from tracker.search.full_text import KINDS
from tracker.search.queries import Group, found
from tracker.search.words import LEAST, LONGEST, marked, words_of
from tracker.web.render import page
from tracker.web.requests import database_of

FEW, PAGE = 5, 20


@get("/{locale:str}/search", name="search", access=PUBLIC)
async def search_page(request: Request) -> Response[str]:
    """What has all the words: some of each kind, or one kind by pages."""
    given = request.query_params
    typed = given.get("q", "").strip()
    kind = given.get("kind", "")
    words = words_of(typed)
    faults = {}
    if kind and kind not in KINDS:
        faults["kind"] = not_among(kind, KINDS)
        kind = ""
    if typed and not words.enough:
        faults["q"] = _("Type a word of at least %(least)s letters or digits.") % {"least": LEAST}
    number = page_number(given.get("page", "")) if kind else 1
    groups: tuple[Group, ...] = ()
    if words.enough and not faults:
        async with database_of(request).read() as db:
            groups = await found(db, words, kind=kind, skip=(number - 1) * PAGE, limit=PAGE if kind else FEW)
    if number > 1 and not groups:
        raise NotFound(_("There is no such page of what was found."))
    return page(
        request,
        "search/search.html",
        status=422 if faults else 200,
        typed=typed[:LONGEST],
        words=words,
        faults=faults,
        groups=groups,
        kind=kind,
        number=number,
        pages=-(-groups[0].total // PAGE) if kind and groups else 1,
        few=FEW,
        mark=lambda text: marked(text, words),
    )
