"""The application on one page: every handler, every layer."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from litestar import Litestar
from litestar.config.app import AppConfig
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp

from tracker import settings as settings_module
from tracker.access.guard import authorise, require_declared
from tracker.accounts import views as accounts
from tracker.api import criteria_views as api_criteria
from tracker.api import crosswalk_views as api_crosswalks
from tracker.api import deprecation
from tracker.api import docs_views as api_docs
from tracker.api import draft_views as api_drafts
from tracker.api import entry_views as api_entries
from tracker.api import framework_views as api_frameworks
from tracker.api import import_views as api_imports
from tracker.api import published_views as api_published
from tracker.api import search_views as api_search
from tracker.api import token_views as api_tokens
from tracker.api import views as api
from tracker.api.strict import known_only
from tracker.briefings import views as briefings
from tracker.compare import changes_views, one_views, saved_views
from tracker.compare import views as compare
from tracker.corrections import views as corrections
from tracker.criteria import value_views as criteria_values
from tracker.criteria import views as criteria
from tracker.crosswalk_files import import_views as crosswalk_import
from tracker.crosswalk_files import views as crosswalk_files
from tracker.crosswalks import difference_views, lens_views, mapping_views, set_views, workbench_views
from tracker.crosswalks import review_views as crosswalk_reviews
from tracker.crosswalks import views as crosswalks
from tracker.db import registry
from tracker.db.engine import create_engine
from tracker.db.session import Database
from tracker.editions import begin_views, compose_views, public_views, step_views
from tracker.editions import views as editions
from tracker.editions import work as editions_work
from tracker.entries import apply_views, cell_views, move_views, review_views
from tracker.entries import views as entries
from tracker.exchange import views as exchange
from tracker.frameworks import diff_views, import_views
from tracker.frameworks import views as frameworks
from tracker.instruments import attachment_views, event_views, own_views
from tracker.instruments import views as instruments
from tracker.jobs.runner import Runner
from tracker.jurisdictions import views as jurisdictions
from tracker.kit.beside import beside
from tracker.kit.garbage import collect_seldom
from tracker.log import views as log
from tracker.mail import runner as digests
from tracker.mail import views as mail
from tracker.members import admitted_views, joining_views
from tracker.members import views as members
from tracker.notices import views as notices
from tracker.opendata import feed_views, redaction_service
from tracker.opendata import views as opendata
from tracker.organisations import operator_views
from tracker.organisations import views as organisations
from tracker.packed import views as packed
from tracker.pages import views as pages
from tracker.privacy import views as privacy
from tracker.reviews import views as reviews
from tracker.search import views as search
from tracker.settings import Settings
from tracker.snapshots import views as snapshots
from tracker.web import static_files
from tracker.web.errors import HANDLERS
from tracker.web.outer import Outer
from tracker.web.render import Renderer, environment
from tracker.web.urls import Urls
from tracker.worklist import views as worklist

Lifespan = Callable[[Any], AbstractAsyncContextManager[None]]
# A form's texts are bounded far below this; more is refused while it arrives.
LARGEST_BODY = 2 * 1024 * 1024

ROUTES: list[HTTPRouteHandler] = [
    pages.root,
    pages.home,
    pages.how_to_read,
    pages.live,
    pages.ready,
    static_files.static_file,
    accounts.sign_in_page,
    accounts.sign_in,
    accounts.sign_out,
    accounts.account,
    accounts.change_password,
    mail.mail_choices,
    mail.choose_mail,
    mail.mail_log,
    jurisdictions.jurisdictions_list,
    jurisdictions.profile,
    jurisdictions.changes_page,
    cell_views.cell_page,
    frameworks.frameworks_list,
    frameworks.framework_page,
    frameworks.framework_file,
    diff_views.diff_page,
    diff_views.diff_csv,
    diff_views.lineage_page,
    diff_views.lineage_do,
    import_views.import_page,
    import_views.upload,
    import_views.preview,
    import_views.take_in,
    crosswalks.crosswalks_list,
    crosswalks.crosswalk_page,
    lens_views.lens_page,
    lens_views.lens_data,
    crosswalk_files.crosswalk_file,
    crosswalk_import.import_page,
    crosswalk_import.look,
    crosswalk_import.apply,
    workbench_views.sets_page,
    workbench_views.workbench_page,
    workbench_views.item_page,
    set_views.start_page,
    set_views.start_do,
    set_views.about_page,
    set_views.about_do,
    set_views.discard,
    set_views.supersede,
    set_views.copy_page,
    set_views.copy_do,
    mapping_views.new_mapping,
    mapping_views.new_mapping_do,
    mapping_views.mapping_page,
    mapping_views.mapping_do,
    mapping_views.remove_mapping,
    mapping_views.no_counterpart_page,
    mapping_views.no_counterpart_do,
    mapping_views.remove_no_counterpart,
    crosswalk_reviews.review_page,
    crosswalk_reviews.review_do,
    crosswalk_reviews.publish_page,
    crosswalk_reviews.publish_do,
    difference_views.compare_page,
    difference_views.differences_page,
    search.search_page,
    compare.compare_page,
    compare.compare_csv,
    one_views.map_page,
    one_views.time_page,
    changes_views.changes_page,
    saved_views.sets_page,
    saved_views.sets_do,
    saved_views.set_page,
    saved_views.set_do,
    saved_views.set_delete,
    compare.compare_json,
    compare.compare_xlsx,
    snapshots.freeze,
    snapshots.snapshot_page,
    snapshots.snapshots_page,
    briefings.briefing_page,
    briefings.briefing_pdf,
    public_views.briefings,
    public_views.latest,
    public_views.final_edition,
    public_views.final_file,
    begin_views.new_page,
    begin_views.new_do,
    begin_views.next_edition,
    begin_views.selection_page,
    begin_views.selection_do,
    compose_views.edit_page,
    compose_views.edit_do,
    editions.own_briefings,
    editions.edition_page,
    editions.preview,
    editions.edition_file,
    step_views.make_files,
    step_views.stop_files,
    step_views.submit,
    step_views.send_back,
    step_views.make_final,
    step_views.discard,
    step_views.subscription,
    briefings.briefing_docx,
    briefings.briefing_json,
    briefings.briefing_zip,
    organisations.workspaces,
    organisations.workspace,
    organisations.open_jurisdiction,
    members.members_page,
    members.invite,
    members.revoke,
    members.member_page,
    members.member_do,
    members.settings_page,
    members.settings_do,
    joining_views.invitation_page,
    joining_views.join,
    operator_views.organisations,
    operator_views.admit,
    operator_views.admitted,
    operator_views.give,
    operator_views.end_page,
    operator_views.end_do,
    operator_views.state,
    admitted_views.invite_page,
    admitted_views.invite,
    entries.grid,
    entries.entry,
    entries.save_entry,
    entries.take_back,
    entries.discard,
    apply_views.apply_page,
    apply_views.apply_do,
    move_views.move_page,
    move_views.move_do,
    review_views.queue,
    review_views.publish_many,
    review_views.review_draft,
    review_views.publish_one,
    review_views.return_one,
    review_views.withdraw_page,
    review_views.withdraw_do,
    privacy.redact_page,
    privacy.redact_do,
    privacy.redact_crosswalk_page,
    privacy.redact_crosswalk_do,
    log.log_page,
    log.log_csv,
    instruments.instrument_page,
    instruments.register,
    instruments.register_file,
    instruments.attachment_file,
    own_views.own_instruments,
    own_views.add_instrument,
    own_views.add_instrument_do,
    own_views.own_instrument,
    own_views.own_instrument_do,
    own_views.own_instrument_delete,
    attachment_views.attach,
    attachment_views.own_attachment,
    attachment_views.attachment_do,
    event_views.events_page,
    event_views.events_do,
    event_views.retract_do,
    review_views.notify_steward,
    notices.notices_list,
    notices.notice_page,
    notices.reply,
    reviews.review_page,
    reviews.review_do,
    reviews.confirm,
    corrections.corrections_list,
    corrections.correction_page,
    corrections.new_correction,
    corrections.send_correction,
    corrections.answer_page,
    corrections.answer_do,
    worklist.work,
    exchange.export_csv,
    exchange.export_xlsx,
    exchange.import_page,
    exchange.upload,
    exchange.preview,
    exchange.apply,
    criteria.criteria_list,
    criteria.add_page,
    criteria.add_do,
    criteria.criterion_page,
    criteria.criterion_do,
    criteria.move_do,
    criteria.archive_do,
    criteria_values.value_page,
    criteria_values.value_do,
    criteria_values.publish_page,
    criteria_values.publish_do,
    criteria_values.withdraw_page,
    criteria_values.withdraw_do,
    opendata.data_page,
    opendata.release_page,
    opendata.data_short,
    opendata.data_file,
    opendata.catalog_jsonld,
    opendata.catalog_turtle,
    feed_views.data_feed,
    feed_views.jurisdiction_feed,
    feed_views.corrections_feed,
    feed_views.briefings_feed,
    api_docs.openapi,
    api_docs.api_page,
    api.jurisdictions_list,
    api.jurisdiction,
    api.frameworks_list,
    api.framework,
    api_frameworks.framework_changes,
    api.organisations_list,
    api.organisation,
    api_crosswalks.crosswalks_list,
    api_crosswalks.crosswalk,
    api_criteria.criteria_list,
    api_criteria.own_criteria_list,
    api.corrections_list,
    api.correction,
    api.compare_rows,
    api_entries.entries_list,
    api_entries.entry,
    api_entries.register,
    api_entries.instruments_list,
    api_entries.instrument,
    api_entries.citations_list,
    api_search.search,
    api_published.briefings_list,
    api_published.briefing,
    api_published.snapshots_list,
    api_published.snapshot,
    api_published.releases_list,
    api_published.release,
    api_drafts.drafts,
    api_drafts.draft,
    api_drafts.put_draft,
    api_drafts.submit_draft,
    api_drafts.delete_draft,
    api_imports.import_framework,
    api_imports.import_crosswalk,
    api_tokens.tokens_page,
    api_tokens.make_token,
    api_tokens.revoke_page,
    api_tokens.revoke_do,
    packed.matrix,
    packed.adoption,
]


class App(Outer):
    """The ASGI application. `litestar` is the framework's application inside, for tests of its routes."""

    def __init__(self, litestar: Litestar, settings: Settings, database: Database) -> None:
        super().__init__(litestar, settings, database)
        self.litestar = litestar


def create_app(settings: Settings, database: Database) -> App:
    """The whole application on a database. Raises Undeclared when a route declares no access."""
    registry.load()
    litestar = Litestar(
        route_handlers=[*ROUTES],
        guards=[authorise, known_only],
        exception_handlers=HANDLERS,  # type: ignore[arg-type]
        request_max_body_size=LARGEST_BODY,
        openapi_config=None,
        on_app_init=[_quiet],
        before_send=[deprecation.tell],
        debug=False,
        lifespan=_beside(settings, database),
    )
    require_declared(litestar.routes)
    litestar.state.after_redaction = [redaction_service.rewrite_all]
    litestar.state.renderer = Renderer(environment(), Urls(litestar.routes), settings)
    return App(litestar, settings, database)


def _beside(settings: Settings, database: Database) -> list[Lifespan]:
    """What runs beside the pages as long as they are served."""
    jobs = Runner(database, settings, editions_work.HANDLERS, editions_work.DAILY)
    running: list[Lifespan] = [lambda _app: database.listening()]
    if settings.jobs == "server":
        running.append(lambda _app: beside(jobs.forever()))
    if settings.smtp and settings.mail_every:
        running.append(lambda _app: beside(digests.forever(settings, database)))
    return running


def _quiet(config: AppConfig) -> AppConfig:
    """Errors are logged once, by `tracker.web.errors`."""
    config.logging_config = None
    return config


def serve() -> ASGIApp:
    """The factory that the server calls in each of its processes."""
    settings = settings_module.load()
    app = create_app(settings, Database(create_engine(settings.database_url)))
    collect_seldom()
    return app
