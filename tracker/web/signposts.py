"""Signposting: a `Link` header that tells programs what a page is of, how to cite it, and where its files are."""

from collections.abc import Iterable
from dataclasses import dataclass

ABOUT = "https://schema.org/AboutPage"


@dataclass(frozen=True, slots=True)
class Post:
    """An absolute address and what it answers; `media` "" for an address that is only a name."""

    url: str
    media: str = ""


def header(
    *, cite_as: str, kind: str, licence: str, described_by: Iterable[Post], items: Iterable[Post]
) -> str:
    """The header's value. `kind`: the class of schema.org that the thing itself is of."""
    links = [_link("cite-as", Post(cite_as)), _link("type", Post(kind)), _link("type", Post(ABOUT))]
    links += [_link("license", Post(licence))]
    links += [_link("describedby", post) for post in described_by]
    links += [_link("item", post) for post in items]
    return ", ".join(links)


def collection(url: str) -> str:
    """The header's value of a file: the page that it belongs to."""
    return _link("collection", Post(url, "text/html"))


def _link(rel: str, post: Post) -> str:
    media = f'; type="{post.media.partition(";")[0]}"' if post.media else ""
    return f'<{post.url}>; rel="{rel}"{media}'
