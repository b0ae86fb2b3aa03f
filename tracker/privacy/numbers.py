"""Signs that are made of digits: telephones, identity and case numbers, bank accounts; and e-mail addresses."""

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import Leniency, PhoneNumberMatcher
from stdnum import iban
from stdnum.br import cpf
from stdnum.cl import rut
from stdnum.ec import ci
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.it import codicefiscale
from stdnum.mx import curp

from tracker.privacy.hits import Kind, Sign

# Whose national way of writing telephone numbers is tried, by the language of the text.
REGIONS = {
    "en": ("US", "GB"),
    "fr": ("FR", "MA"),
    "es": ("ES", "MX", "CO"),
    "ar": ("EG", "SA", "JO"),
}
NEAR = 40  # characters before a number in which a word may say what it is
TRIES = 100  # candidates in one text: a text of nothing but digits would take seconds

_EMAIL = re.compile(
    r"(?<![\w.+\-])[\w.+\-]{1,64}(?:@|\s?[(\[]\s?(?:at|arroba|arobase)\s?[)\]]\s?)[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+",
    re.I,
)
_INTERNATIONAL = re.compile(r"(?<![\w+])(?:\+|00)\s?\d[\d ().\-]{6,20}\d")
_WITH_TRUNK_ZERO = re.compile(
    r"(?<![\w.,/\-])\(?0\d{1,4}\)?[ .\-]?\d{2,4}(?:[ .\-]?\d{2,4}){1,4}(?![\w/]|[.,\-]\d)"
)
_CALLED = re.compile(
    r"(?:\b(?:tel|telephone|phone|mobile|cell|call|ring|whatsapp|text (?:her|him|them)|dial|portable|joindre|appeler"
    r"|telefono|movil|celular|llam[ae]\w*|avise)\b|(?:ال|ب|و)*(?:هاتف|جوال|محمول|تليفون|موبايل|واتساب|اتصل)\w*)"
    rf"[^\d+]{{0,{NEAR}}}(?P<number>\(?\d[\d ().\-]{{6,18}}\d)",
    re.I,
)
_CASE_WORD = (
    r"(?:case|court|police|incident|patient|client|medical|hospital|intake|referral)?\s*"
    r"(?:case|file|docket|report|record|patient|client|chart|intake|referral|mrn)"
    r"|parquet|fiscalia|(?:ال)?نيابة"
    r"|dossier|affaire|proces-verbal|plainte|signalement|patiente?|pv"
    r"|expediente|caso|causa|carpeta de investigacion|historia clinica|folio|denuncia"
    r"|(?:ال|ب|و)*(?:قضية|ملف|محضر|بلاغ|دعوي|شكوي)"
)
_MARK = r"(?:\b(?:no|nos|nr|nro|num|numero|number|id|ref|reference|n)\b\s*[.:°]*\s*o?\s*[:#]?|#|:|رقم\s*:?|\(mrn\) is)"
_CASE = re.compile(
    rf"(?<!\w)(?:{_CASE_WORD})\s*(?:number\s*)?(?:\(mrn\)\s*)?(?:is\s*)?{_MARK}\s*(?:is\s+|est\s+|es\s+|le\s+)?"
    r"(?P<number>[A-Z]{0,6}[/\-]?[A-Z]{0,4}[/\-]?\d[\w/\-]{2,})",
    re.I,
)
_CASE_REVERSED = re.compile(
    r"(?:(?:case|file|record|docket|patient|mrn)\s+(?:number|no|id)|a-number|alien (?:registration )?number|medical record number(?:\s*\(mrn\))?"
    r"|num(?:ero)? de (?:dossier|plainte|affaire|expediente|caso|folio)|رقم (?:ال)?(?:ملف|قضية|محضر|بلاغ))"
    r"\s*(?::|is|est|es|هو|#)?\s*(?:le\s+|el\s+)?(?P<number>[A-Z]{0,6}[/\-]?[A-Z]{0,4}[/\-]?\d[\w/\-]{2,})",
    re.I,
)
_CASE_CODE = re.compile(
    r"(?:carpeta de investigacion|expediente|docket|police report)\s+(?P<number>[A-Z]{1,6}[/\-][\w/\-]*\d{3,}[\w/\-]*)",
    re.I,
)
_CASE_PLAIN = re.compile(
    r"\b(?:case|docket|incident|complaint|dossier|affaire|plainte|signalement|procedure|enquete|denuncia|causa|expediente"
    r"|caso|folio|ficha|chart)(?: (?:medical|medica|penale?|civile?|ruc|rit|nuc|rol|ref\.?|rg))? (?P<number>\d{2,10}[/\-]\w*\d\w*)",
    re.I,
)
_CASE_OF_YEAR = re.compile(
    r"(?<!\w)(?:ال|ب|و)*(?:قضية|محضر|بلاغ|دعوي) (?:رقم )?(?P<number>\d{1,6} لسنة \d{4})"
)
_MEDICAL_FILE_AR = re.compile(r"(?<!\w)(?:ال|ب|و)*ملف (?:ال)?طبي (?P<number>\d{2,8}[/\-]\d+)")
_DOCKET = re.compile(r"\b(?P<number>\d:\d{2}-(?:cr|cv|mj|mc)-\d{3,})", re.I)
_COURT_OF_JUSTICE = re.compile(r"[CTF]-\d+/\d\d", re.I)
_IDENTITY_WORD = re.compile(
    r"(?:\b(?:passport|driver'?s'? licen[cs]e|driving licen[cs]e|permis de conduire|licencia de conducir|identity(?: card)?|id card|id (?:no|number)|identification number|national id|social security|national insurance|nhs|residence permit"
    r"|passeport|carte d'identite|securite sociale|titre de sejour|nir"
    r"|pasaporte|cedula(?: de identidad| de ciudadania)?|dni|nie|curp|rut|documento de identidad|seguridad social)\b"
    r"|(?:ال|ب|و)*(?:هوية(?: الوطنية)?|جواز(?:ها|ه)?(?: (?:ال)?سفر\w*)?|رقم بطاق(?:تها|ته)|رقم القومي|بطاقة (?:ال)?(?:اقامة|هوية|تعريف)|رخصة (?:ال)?قيادة|ضمان الاجتماعي))"
    r"[^\d\n]{0,24}?(?P<number>[A-Z]{0,3}\s?\d[\dA-Z\-]{1,20}(?: [\dA-Z]{0,3}\d[\dA-Z\-]*)*)",
    re.I,
)
_WRITTEN_ALIKE = re.compile(r"\b(?:\d{3}-\d{2}-\d{4}|[A-CEGHJ-PR-TW-Z][A-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D])\b")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
# Numbers whose form and check digits together are telling; those of digits alone need a word beside them (above).
_CHECKED = [
    (re.compile(r"\b\d{7,8}[A-Z]\b"), dni.is_valid),
    (re.compile(r"\b[XYZ]\d{7}[A-Z]\b"), nie.is_valid),
    (re.compile(r"\b[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d\b"), curp.is_valid),
    (re.compile(r"\b[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]\b"), codicefiscale.is_valid),
    (re.compile(r"\b[12] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}\b"), nir.is_valid),
    (re.compile(r"\b\d{1,2}\.\d{3}\.\d{3}-[\dkK]\b"), rut.is_valid),
    (re.compile(r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b"), cpf.is_valid),
]
_TEN_DIGITS_OF_A_PERSON = re.compile(r"\bC\.?I\.? ?(?P<number>\d{10})\b")


def emails(text: str) -> Iterator[Sign]:
    for found in _EMAIL.finditer(text):
        yield Sign(Kind.EMAIL, *found.span())


def bank_accounts(text: str) -> Iterator[Sign]:
    """International account numbers whose check digits are right. Words that follow may look like a part of it."""
    for found in _IBAN.finditer(text):
        parts = found.group().split(" ")
        for size in range(len(parts), 0, -1):
            candidate = " ".join(parts[:size])
            if iban.is_valid(candidate, check_country=False):
                yield Sign(Kind.BANK_ACCOUNT, found.start(), found.start() + len(candidate), ("IBAN",))
                break


def identity_numbers(text: str) -> Iterator[Sign]:
    for found in _IDENTITY_WORD.finditer(text):
        if sum(c.isdigit() for c in found["number"]) >= 5:
            yield Sign(Kind.IDENTITY_NUMBER, *found.span("number"), (_word(found),))
    for found in _WRITTEN_ALIKE.finditer(text):
        yield Sign(Kind.IDENTITY_NUMBER, *found.span())
    for pattern, is_valid in _CHECKED:
        for found in pattern.finditer(text):
            if is_valid(found.group()):
                yield Sign(Kind.IDENTITY_NUMBER, *found.span(), (is_valid.__module__,))
    for found in _TEN_DIGITS_OF_A_PERSON.finditer(text):
        if ci.is_valid(found["number"]):
            yield Sign(Kind.IDENTITY_NUMBER, *found.span("number"), ("CI",))


def _word(found: re.Match[str]) -> str:
    before = found.group()[: found.start("number") - found.start()]
    return before.strip(" .:#°,").split("  ")[0]


def case_numbers(text: str) -> Iterator[Sign]:
    for pattern in (_CASE, _CASE_REVERSED, _CASE_CODE, _CASE_PLAIN, _CASE_OF_YEAR, _MEDICAL_FILE_AR, _DOCKET):
        for found in pattern.finditer(text):
            number = found["number"]
            if _COURT_OF_JUSTICE.fullmatch(number) or sum(c.isdigit() for c in number) < 3:
                continue
            if not re.fullmatch(r"(?:19|20)\d{2}", number):
                yield Sign(Kind.CASE_NUMBER, *found.span("number"), (_word(found),))


def phones(text: str, language: str | None) -> Iterator[Sign]:
    """International numbers, numbers after a word of calling, and valid national ones. `text` is blanked."""
    for found in _INTERNATIONAL.finditer(text):
        if _possible(found.group()):
            yield Sign(Kind.PHONE, *found.span())
    for found in _CALLED.finditer(text):
        if 7 <= sum(c.isdigit() for c in found["number"]) <= 15:
            yield Sign(Kind.PHONE, *found.span("number"), (_word(found),))
    for found in _WITH_TRUNK_ZERO.finditer(text):
        if 9 <= sum(c.isdigit() for c in found.group()) <= 11:
            yield Sign(Kind.PHONE, *found.span())
    for region in _regions(language):
        for match in PhoneNumberMatcher(text, region, leniency=Leniency.VALID, max_tries=TRIES):
            if re.search(r"\d[ ().\-]+\d|^0\d{8,}$", match.raw_string):
                yield Sign(Kind.PHONE, match.start, match.end, (region,))


def _regions(language: str | None) -> list[str]:
    known = REGIONS.get((language or "")[:2].lower())
    return list(known) if known else [region for regions in REGIONS.values() for region in regions]


def _possible(number: str) -> bool:
    plus = "+" + re.sub(r"\D", "", number).removeprefix("00")
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(plus))
    except phonenumbers.NumberParseException:
        return False
