"""What a report shows of personal data, or of somebody's life told: for the receipt, and for whoever answers."""

import re

from tracker.privacy.findings import Finding, Text, findings
from tracker.privacy.fold import fold

# Somebody telling of themselves or of somebody near, where a report of a mistake speaks of laws and services.
_TOLD = re.compile(
    r"\b(?:i|we) (?:was|were|am|have been|had been|got|escaped|ran away|lived|worked for|met|survived)\b"
    r"|\b(?:happened|done|did (?:this|that|it|things)) to (?:me|us)\b|\b(?:help|hurt|hit|beat|sold|forced|made|took|took away) me\b"
    r"|\bmy (?:sister|brother|mother|father|daughter|son|friend|cousin|aunt|uncle|niece|nephew|wife|husband|boyfriend"
    r"|girlfriend|boss|employer|trafficker|passport|story|life)\b"
    r"|\bje (?:suis|etais|vivais|travaillais)\b|\bj'(?:ai ete|etais|avais|ai subi|ai vecu)\b"
    r"|\b(?:m'a|m'ont|m'avait|m'avaient) \w+|\b(?:aidez|aide)[- ]moi\b"
    r"|\b(?:ma (?:soeur|mere|fille|cousine|vie|patronne)|mon (?:frere|pere|fils|ami|mari|patron|passeport|histoire))\b"
    r"|\b(?:me|nos) (?:obligaron|obligo|vendieron|vendio|pegaron|pego|llevaron|llevo|paso|hicieron|hizo|quitaron|quito)\b"
    r"|\byo (?:fui|era|estuve|estaba|vivia|trabajaba)\b|\bayud(?:a|e|en)me\b"
    r"|\bmi (?:hermana|hermano|madre|padre|hija|hijo|amiga|amigo|prima|primo|marido|mujer|jefe|pasaporte|historia|vida)\b"
    r"|(?:^|\s)و?(?:انا|كنت|ساعدوني|اجبروني|اجبرني|ضربني|ضربوني|باعوني|باعني|اختي|اخي|امي|ابي|ابنتي|ابني|قصتي|حياتي)\b",
    re.I,
)


def marks_of(text: str, evidence_url: str) -> list[Finding]:
    """The signs of personal data in a report."""
    return findings([Text("text", text), Text("evidence_url", evidence_url)])


def tells_a_life(text: str) -> bool:
    """Whether somebody seems to tell of themselves or of somebody near. A guess from words, in four languages."""
    return bool(_TOLD.search(fold(text).text))


def shows_signs(text: str, evidence_url: str) -> bool:
    """Whether a report is not to be published: it has a sign that is no mere hint, or seems to tell a life."""
    return tells_a_life(text) or any(not mark.weak for mark in marks_of(text, evidence_url))
