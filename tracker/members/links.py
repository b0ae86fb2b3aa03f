"""The link of an invitation: from the settings, never from what a request says its host is."""

from uuid import UUID

from litestar import Request

from tracker.members.invitation_service import key_of
from tracker.web.render import context_of, renderer_of


def link_of(request: Request, invitation_id: UUID) -> str:
    """The full address at which an invitation is accepted."""
    renderer = renderer_of(request)
    key = key_of(renderer.settings.secret_key, invitation_id)
    return renderer.settings.base_url + renderer.urls.path("invitation", context_of(request).locale, key=key)
