"""How things of the record look in JSON. No value is null, "" or left out: what is missing says why."""

from collections.abc import Iterable
from typing import Any

from tracker.api import principles
from tracker.api.answers import day, moment, text
from tracker.compare.comparison import Comparison
from tracker.compare.files import COLUMNS, long_rows
from tracker.corrections.queries import ReportLine
from tracker.entries.queries import Moment, Past, Told
from tracker.entries.standing import Evidence, Reply, Review, Standing
from tracker.frameworks.queries import Framework, FrameworkLine, Item
from tracker.instruments.cited_queries import CitingCell
from tracker.instruments.queries import Known, PublicAttachment
from tracker.instruments.state import Event
from tracker.kit.safe import safe_url
from tracker.kit.vocabulary import Axis, Value

Shape = dict[str, Any]


def link(url: str) -> str:
    """An address that is safe to follow, else "none"."""
    return safe_url(url) or "none"


def framework_line(f: FrameworkLine) -> Shape:
    return {
        "framework": f.key,
        "framework_version": f.version,
        "title": f.title,
        "publisher": text(f.publisher),
        "year": f.year,
        "kind": f.kind,
        "items": f.items,
    }


def framework(f: Framework) -> Shape:
    keys = {item.id: item.key for item in f.items}
    return {
        "framework": f.key,
        "framework_version": f.version,
        "title": f.title,
        "publisher": text(f.publisher),
        "year": f.year,
        "kind": f.kind,
        "applies_by_domain": f.applies_by_domain,
        "domains": list(f.domains),
        "licence": text(f.licence),
        "verbatim_allowed": text(f.verbatim_allowed),
        "url": link(f.landing_url),
        "note": text(f.note),
        "left_to_import": text(f.left_to_import),
        "ratings": [{"code": r.code, "label": r.label, "definition": text(r.definition)} for r in f.ratings],
        "items": [_item(item, keys) for item in f.items],
    }


def _item(item: Item, keys: dict[int, str]) -> Shape:
    return {
        "item": item.key,
        "parent": keys[item.parent_id] if item.parent_id else "none",
        "depth": item.depth,
        "number": text(item.source_number),
        "kind": item.kind,
        "title": item.text,
        "short_label": text(item.short_label),
        "theme": text(item.theme),
        "wording": item.wording,
        "provenance": item.provenance,
        "url": link(item.source_url),
        "domains": list(item.domains),
        "bindingness": text(item.bindingness),
        "rating": text(item.rating),
    }


def _axis(axis: Axis, value: Value, claimed: bool, verification: str) -> Shape:
    name = axis.value
    return {
        name: value.code,
        f"{name}_missing_reason": "none" if value.is_level else value.code,
        f"{name}_claimed": claimed,
        f"{name}_verification": verification,
    }


def said(s: Standing) -> Shape:
    """What a revision says, apart from its cell and its evidence."""
    told: Shape = {
        "uid": str(s.uid),
        "organisation": s.organisation_key,
        "organisation_name": s.organisation_name,
        "organisation_fictional": s.organisation_fictional,
        "voice": s.voice.value,
    }
    for axis in Axis:
        told |= _axis(axis, s.on(axis), s.claimed(axis), s.verification(axis))
    return told | {
        "basis": s.basis or "none",
        "scope": s.scope or "none",
        "scope_note": text(s.scope_note),
        "valid_from": day(s.valid_from),
        "valid_to": day(s.valid_to, "open"),
        "owner": text(s.owner),
        "budget": text(s.budget),
        "search_who": text(s.search_who),
        "search_where": text(s.search_where),
        "search_when": day(s.search_when, "none"),
        "not_applicable_reason": text(s.not_applicable_reason),
        "note": text(s.note),
        "recorded_at": moment(s.recorded_at),
        "last_confirmed_at": moment(s.last_confirmed),
    }


def supported(s: Standing) -> Shape:
    return {
        "citations": [citation(e) for e in s.evidence],
        "reviews": [_review(r) for r in s.reviews],
        "replies": [_reply(r) for r in s.replies],
    }


def citation(e: Evidence) -> Shape:
    return {
        "axis": e.axis.value,
        "instrument": str(e.instrument_id),
        "kind": e.kind.value,
        "title": e.title,
        "issuer": text(e.issuer, "unknown"),
        "citation": text(e.citation),
        "dated": day(e.dated),
        "locator": text(e.locator),
        "quote": text(e.quote),
        "quote_language": text(e.quote_language, "unknown" if e.quote else "none"),
        "translation": text(e.translation),
        "url": link(e.url),
        "provenance": text(e.provenance),
        "principles": principles.told(e.principles),
    }


def _review(r: Review) -> Shape:
    return {
        "organisation_name": r.organisation,
        "verdict": "agree" if r.agrees else "disagree",
        "reason": text(r.reason),
        "other_source": text(r.other_source),
        "independent": r.independent,
        "recorded_at": moment(r.recorded_at),
    }


def _reply(r: Reply) -> Shape:
    return {"organisation_name": r.organisation, "text": r.text, "recorded_at": moment(r.recorded_at)}


def cell_of(t: Told) -> Shape:
    key, _at, version = t.framework.partition("@")
    return {
        "jurisdiction": t.jurisdiction_code,
        "jurisdiction_name": t.jurisdiction_name,
        "fictional": t.fictional,
        "framework": key,
        "framework_version": version,
        "item": t.item_key,
        "domain": t.domain.value,
    }


def past(p: Past) -> Shape:
    """A revision in its cell's history, and what became of it."""
    return said(p.revision) | {
        "kind": p.kind.value,
        "corrects": str(p.corrects) if p.corrects else "none",
        "corrected_at": moment(p.corrected_at) if p.corrected_at else "none",
        "withdrawn_at": moment(p.withdrawn_at) if p.withdrawn_at else "none",
        "withdrawal_reason": text(p.withdrawal_reason),
    }


def instrument(k: Known, at: Moment) -> Shape:
    now = k.situation
    return {
        "instrument": str(k.id),
        "key": text(k.key),
        "jurisdiction": k.jurisdiction_code,
        "jurisdiction_name": k.jurisdiction_name,
        "fictional": k.fictional,
        "kind": k.kind.value,
        "title": k.title,
        "title_original": text(k.title_original),
        "language": text(k.language, "unknown"),
        "issuer": text(k.issuer, "unknown"),
        "citation": text(k.citation),
        "adopted_on": day(k.adopted_on),
        "in_force_on": day(now.in_force_on),
        "in_force_until": day(now.in_force_until, "open"),
        "state": now.on(at.on).value,
        "repealed_on": day(now.repealed_on, "none"),
        "url": link(k.url),
        "archived_url": link(now.archived_url),
        "note": text(k.note),
        "provenance": text(k.provenance),
        "organisation_name": text(k.organisation),
        "recorded_at": moment(k.recorded_at),
        "cells": k.cells,
    }


def event(e: Event) -> Shape:
    return {
        "kind": e.kind.value,
        "effective_on": day(e.effective_on),
        "by_instrument": str(e.by_id) if e.by_id else "none",
        "by_title": text(e.by_title),
        "note": text(e.note),
        "organisation_name": e.organisation,
        "recorded_at": moment(e.recorded_at),
    }


def attachment(a: PublicAttachment, url: str) -> Shape:
    """`redacted`: the tombstone of a file that was taken out; its hash stays, and there is nothing to download."""
    return {
        "title": a.title,
        "media_type": a.media_type,
        "size": a.size,
        "sha256": a.sha256,
        "published_as": a.published_as.value,
        "redacted": text(a.redacted),
        "url": url if a.published_as == "file" and not a.redacted else "none",
    }


def citing(c: CitingCell) -> Shape:
    key, _at, version = c.framework.partition("@")
    return {
        "uid": str(c.uid),
        "jurisdiction": c.jurisdiction_code,
        "framework": key,
        "framework_version": version,
        "item": c.item_key,
        "domain": c.domain.value,
        "organisation_name": c.organisation,
        "commitment": c.commitment.code,
        "practice": c.practice.code,
        "axis": c.axis.value,
        "locator": text(c.locator),
        "recorded_at": moment(c.recorded_at),
        "withdrawn": c.withdrawn,
        "holds": c.holds,
    }


def instrument_citation(c: CitingCell) -> Shape:
    """The same with the place's name and the passage."""
    return citing(c) | {
        "jurisdiction_name": c.jurisdiction_name,
        "fictional": c.fictional,
        "quote": text(c.quote),
        "quote_language": text(c.quote_language, "unknown" if c.quote else "none"),
        "translation": text(c.translation),
    }


def correction(r: ReportLine) -> Shape:
    """What anyone may know of a report: nothing of its text before somebody has read it."""
    return cell_of(r.told) | {
        "number": r.number,
        "uid": str(r.told.uid),
        "organisation_name": r.organisation,
        "state": r.state.value,
        "received_at": moment(r.received_at),
        "text": text(r.text),
        "evidence_url": link(r.evidence_url),
        "answer": text(r.answer),
        "closed_at": moment(r.closed_at) if r.closed_at else "none",
    }


_TRUTHS = frozenset({"commitment_claimed", "practice_claimed", "contested"})


def compared(comparison: Comparison, base_url: str, locale: str) -> Iterable[Shape]:
    """The rows of the long CSV: the same columns and values, with JSON's true and false."""
    return rows(long_rows(comparison, base_url, locale))


def rows(found: Iterable[list[str]]) -> Iterable[Shape]:
    """Rows in the order of COLUMNS, with JSON's true and false."""
    for row in found:
        yield {
            name: value == "true" if name in _TRUTHS else value
            for name, value in zip(COLUMNS, row, strict=True)
        }
