"""The second person's pages: look at what awaits review, and publish a set that is reviewed whole."""

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.access.guard import member
from tracker.access.permissions import Permission
from tracker.crosswalks import mapping_service, service
from tracker.crosswalks.forms import PublishForm, ReviewForm
from tracker.crosswalks.mapping_views import load_draft
from tracker.crosswalks.queries import MappingLine, StateLine, free_texts
from tracker.crosswalks.workbench import Workbench
from tracker.crosswalks.workbench_queries import others_who_publish
from tracker.crosswalks.workbench_views import SET
from tracker.kit.errors import Conflict, Forbidden, Invalid
from tracker.kit.forms import choices, number_of
from tracker.kit.i18n import gettext as _
from tracker.privacy.findings import findings
from tracker.web.render import form_page, go
from tracker.web.requests import actor_of, bound_of, database_of, form_data, organisation_of

OPERATE = member(Permission.OPERATE)


def token_of(said: MappingLine | StateLine) -> str:
    """What a box stands for: a mapping or a missing counterpart, at the version that is shown."""
    return f"{'mapping' if isinstance(said, MappingLine) else 'state'}-{said.id}-{said.version}"


def _review_page(request: Request, bench: Workbench, form: ReviewForm, *, status: int = 200) -> Response[str]:
    me = actor_of(request).user_id
    return form_page(
        request,
        "crosswalks/review.html",
        form,
        status=status,
        bench=bench,
        mine=[said for said in bench.awaiting if said.author_id == me],
        others=[said for said in bench.awaiting if said.author_id != me],
        token_of=token_of,
        is_mapping=lambda said: isinstance(said, MappingLine),
    )


@get(f"{SET}/review", name="crosswalk_review", access=OPERATE)
async def review_page(request: Request, set_id: FromPath[int]) -> Response[str]:
    """All that awaits review, with a box each; what the reader edited last has none."""
    bench = await load_draft(request, set_id)
    form = ReviewForm(data={"reviewer": organisation_of(request).organisation_name})
    return _review_page(request, bench, form)


@post(f"{SET}/review", name="crosswalk_review_do", access=OPERATE, status_code=200)
async def review_do(request: Request, set_id: FromPath[int]) -> Response[str] | Redirect:
    """Review what is ticked, all of it or nothing."""
    data, bench, actor = (
        await form_data(request),
        await load_draft(request, set_id),
        organisation_of(request),
    )
    form = ReviewForm(data)
    # Whatever was ticked is taken; the service tells what of it is stale.
    form.chosen.choices = choices([(token, token) for token in data.getlist("chosen")])
    if not form.validate():
        return _review_page(request, bench, form)
    try:
        async with database_of(request).write(bound_of(request)) as db:
            number = await mapping_service.review(
                db, actor, set_id, reviewer=form.reviewer.data, **_chosen(form.chosen.data)
            )
    except Invalid as invalid:
        form.add_faults(invalid.faults)
        return _review_page(request, bench, form)
    except (Conflict, Forbidden) as refusal:
        form.add_faults({"chosen": str(refusal)})
        return _review_page(
            request,
            await load_draft(request, set_id),
            form,
            status=409 if isinstance(refusal, Conflict) else 403,
        )
    say = _("Reviewed: %(n)s.") % {"n": number}
    return go(request, "crosswalk_review", organisation=actor.organisation_key, set_id=set_id, say=say)


def _chosen(tokens: list[str]) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {"mappings": {}, "no_counterparts": {}}
    for token in tokens:
        kind, _dash, rest = token.partition("-")
        number, _dash, version = rest.partition("-")
        found["mappings" if kind == "mapping" else "no_counterparts"][number_of(number)] = number_of(version)
    return found


@get(f"{SET}/publish", name="crosswalk_publish", access=OPERATE)
async def publish_page(request: Request, set_id: FromPath[int]) -> Response[str]:
    """What would be frozen, and what nobody has looked at."""
    bench = await load_draft(request, set_id)
    form = PublishForm(data={"publisher": organisation_of(request).organisation_name})
    return await _publish_page(request, bench, form)


async def _publish_page(
    request: Request, bench: Workbench, form: PublishForm, *, status: int = 200
) -> Response[str]:
    texts = free_texts(bench.crosswalk.comment, bench.mappings, bench.states)
    async with database_of(request).read(bound_of(request)) as db:
        others = await others_who_publish(db, bench.crosswalk.id, organisation_of(request))
    return form_page(
        request,
        "crosswalks/publish.html",
        form,
        status=status,
        bench=bench,
        signs=findings(texts),
        others=others,
    )


@post(f"{SET}/publish", name="crosswalk_publish_do", access=OPERATE, status_code=200)
async def publish_do(request: Request, set_id: FromPath[int]) -> Response[str] | Redirect:
    """Freeze the set."""
    data, bench, actor = (
        await form_data(request),
        await load_draft(request, set_id),
        organisation_of(request),
    )
    form, status = PublishForm(data), 200
    confirmed = frozenset(data.getlist("signs") if data.first("confirmed") == "yes" else [])
    if form.validate():
        try:
            async with database_of(request).write(bound_of(request)) as db:
                await service.publish(
                    db, actor, set_id, publisher=form.publisher.data, confirmed_hits=confirmed
                )
            say = _("The crosswalk is published, and frozen from now on.")
            return go(request, "crosswalk", key=bench.crosswalk.name, say=say)
        except Invalid as invalid:
            form.add_faults(invalid.faults)
        except (Conflict, Forbidden) as refusal:
            form.form_errors = [str(refusal)]
            status = 409 if isinstance(refusal, Conflict) else 403
    return await _publish_page(request, bench, form, status=status)
