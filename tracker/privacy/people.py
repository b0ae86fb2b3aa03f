"""Signs made of words: ages, dates of birth, names after a title, handles, addresses, small counts.

Patterns read folded text: no accents, Arabic alef without hamza, ASCII digits.
"""

import re
from collections.abc import Iterator

from tracker.privacy.hits import Kind, Sign

_SMALL = {
    "en": r"one|two|three|four|five|six|seven|eight|nine",
    "fr": r"deux|trois|quatre|cinq|six|sept|huit|neuf",
    "es": r"dos|tres|cuatro|cinco|seis|siete|ocho|nueve",
    "ar": r"ثلاثة?|اربعة?|خمسة?|ستة?|سبعة?|ثماني|ثمانية|تسعة?",
}
_SPELT = (
    r"(?:twenty|thirty|forty|fifty)(?:-(?:one|two|three|four|five|six|seven|eight|nine))?"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teen|ten|eleven|twelve|two|three|four|five|six|seven|eight|nine"
)
_SPELT_FR = (
    r"dix(?:-(?:sept|huit|neuf))?|onze|douze|treize|quatorze|quinze|seize|vingt(?:[- ](?:et[- ])?\w+)?|trente"
    r"|cinq|six|sept|huit|neuf"
)
_SPELT_ES = (
    r"diez|once|doce|trece|catorce|quince|dieci\w+|veint\w+|treinta(?: y \w+)?|cinco|seis|siete|ocho|nueve"
)
_PERSON = (
    r"girl|boy|woman|man|child|patient|teenager|minor|survivor|sister|brother|daughter|son|niece|nephew"
    r"|fille|fillette|garcon|femme|homme|jeune|enfant|patiente|soeur|frere|adolescente?|mineure?"
    r"|nin[ao]|chic[ao]|mujer|hombre|joven|paciente|herman[ao]|muchach[ao]|menor|survivante?|superviviente|sobreviviente"
)
_PERSON_AR = r"فتاة|فتي|قاصر|الناجية|طفلة?|شابة?|امراة|رجل|مريضة?|ناجية|اختها|ابنتها"
_NTH_AR = r"ثالثة?|رابعة?|خامسة?|سادسة?|سابعة?|ثامنة?|تاسعة?|عاشرة?|حادية?|ثانية?"
_THING = (
    r"acts?|laws?|decrees?|plans?|polic(?:y|ies)|programmes?|programs?|projects?|strateg(?:y|ies)|protocols?|records?"
    r"|agreements?|network|service|standard|building|practice|term|guideline|data|system"
)
_RANGE = (
    r"(?!\s*(?:to|or|and|a|et|ou|y|o|-)\s+(?:\d|over|older|above|under|younger|more|up|plus|moins|mas|menos))"
)
_LIMIT = r"(?:under|over|above|below|least|most|than|between|from|until|to|minimum age of|the age of|maximum)\s+(?:the age of )?$"
_AGES = [
    rf"(?P<sign>\b(?:\d{{1,2}}|{_SPELT})[- ]years?[- ]old\b)(?!\s+(?:or|and)\s+(?:over|older|above|under|younger))"
    rf"(?!\s+(?:\w+\s+)?(?:{_THING})\b)",
    rf"(?<!persons )(?<!people )(?<!children )(?<!adults )(?<!adolescents )(?<!individuals )(?<!women )(?<!men )"
    rf"(?<!girls )(?<!boys )(?<!those )(?<!patients )(?<!minors )(?P<sign>\baged? (?:\d{{1,2}}|{_SPELT})\b){_RANGE}(?!-\d)",
    r"(?P<sign>\b\d{1,2} ?(?:y/o|yo|yrs? old)\b)",
    r"(?P<sign>\b(?:she|he|girl|boy|woman|man|patient|child|client) (?:was|is|turned) \d{1,2})\b(?! ?[%:.,]\d)"
    r"(?! (?:hours|days|weeks|months|minutes|times|of|per|km|kilo|metres|miles))",
    rf"(?P<sign>\bagee? de (?:\d{{1,2}}|{_SPELT_FR}) ans\b)(?! et plus| ou plus| au moins| et moins| revolus)",
    r"(?P<sign>\b(?:fille|fillette|garcon|femme|homme|jeune|mineure?|adolescente?|enfant|patiente?|survivante?|personne"
    rf"|migrante?|etudiante?|bebe)(?: \w+)? de (?:\d{{1,2}}|{_SPELT_FR}) ans\b)",
    r"(?P<sign>\b(?:elle|il) (?:a|avait) \d{1,2} ans\b)(?! (?:de|d'))",
    r"(?P<sign>\b(?:nin[ao]|chic[ao]|mujer|hombre|joven|muchach[ao]|adolescente|paciente|persona|bebe|(?:una|la) menor"
    rf"|sra\.? \w+\.?|sr\.? \w+\.?)(?: \w+)?,? de (?:\d{{1,2}}|{_SPELT_ES}) anos\b)(?! o mas| y mas| en adelante| o menos)",
    r"(?P<sign>(?:^|[.;,] ?|\b(?:ella|el|que|y|solo) )(?:tiene|tenia) \d{1,2} anos\b)",
    r"(?P<sign>\bde \d{1,2} anos de edad\b)(?! o mas| y mas)",
    r"(?P<sign>\b[وف]?(?:ال)?(?:عمرها|عمره|سنها|سنه|بالغة? من العمر|[تي]بلغ من العمر)(?: نحو)? \d{1,2}\b)",
    r"(?P<sign>\bفي سن (?:ال)?\d{1,2}\b)(?! (?:فما|او|و)| ?-)",
    r"(?P<sign>\bفي (?:ال)?\w+(?: عشرة?)? من عمرها?\b)",
]
_AGES += [
    rf"(?P<sign>\b(?:{_PERSON}) of (?:\d{{1,2}}|{_SPELT})\b)(?! (?:days|weeks|months|years|the))",
    r"(?P<sign>\bat (?:the age of )?\d{1,2},? (?:she|he|they)\b)",
    r"(?P<sign>\b(?:just )?turn(?:ed|s) \d{1,2}\b)",
    rf"(?P<sign>\b(?:youngest|oldest|eldest|{_PERSON})(?: \w+)?, (?:de )?\d{{1,2}}(?: ans| anos)?(?=[,);]))",
    r"(?P<sign>\b(?:d'avoir|feter? ses|fetait ses) \d{1,2} ans\b)",
    r"(?P<sign>\ba \d{1,2} ans,? (?:elle|il)\b)",
    r"(?P<sign>\bcumpl\w+ (?:los )?\d{1,2} anos\b)",
    r"(?P<sign>\ba los \d{1,2} anos\b)(?! (?:de(?! edad)|del|desde))",
    rf"(?P<sign>\b(?:اصغرهن|اصغرهم|اكبرهن|اكبرهم|{_PERSON_AR})(?: \w+)?[،,(] ?\d{{1,2}} (?:سنة|عاما|سنوات|اعوام))",
    rf"(?P<sign>\bعامها? ال(?:{_NTH_AR})(?: عشرة?)?\b)",
    rf"(?P<sign>\bوه[يو] في (?:سن )?ال(?:{_NTH_AR}) عشرة?\b)",
]
# Any count of years after a word for one person, where no word between says that it bounds, lasts or lies back.
_NOT_AN_AGE = (
    r"moins|plus|under|over|least|for|during|within|since|ago|depuis|pendant|dans|duree|peine|prison|plan|loi|tous|toutes"
    r"|menor(?:es)? de|mayor(?:es)? de|mas|menos|hace|durante|cada|ley|pena|por|en|minim\w+|لمدة|خلال|منذ|تقل|فوق|دون|اقل"
    r"|اكثر|كل|مدي|القانون|الخطة|من هم"
)
_YEARS = r"(?:ans|anos|years of age|سنة|عاما|سنوات|اعوام)"
_NOW = r"now|aujourd'hui|hoy|الان"
_AGES += [
    rf"\b(?:{_PERSON}|{_PERSON_AR}|elle|il|she|he|ella)\b(?:(?!\b(?:{_NOT_AN_AGE})\b)[^.;\d]){{1,40}}?(?P<sign>\d{{1,2}} {_YEARS})\b"
    r"(?! (?:de |d')?(?:prison|emprisonnement|prision|experience|experiencia)| o mas| y mas| et plus| ou plus)",
    rf"(?P<sign>\b(?:{_PERSON}|{_PERSON_AR}|قاصر) \(\d{{1,2}}(?: {_YEARS})?\))",
    rf"(?P<sign>\b(?:{_NOW}) (?:aged |agee? de )?\d{{1,2}}\b(?=,| {_YEARS}))",
    r"(?P<sign>\b(?:sisters|brothers|girls|boys|siblings|soeurs|freres|filles|garcons|hermanas|hermanos|ninas|ninos),?"
    r"(?: aged| agee?s)?(?: de)? \d{1,2} (?:and|et|y) \d{1,2}\b)",
    r"(?P<sign>\b(?:و)?(?:عمرهما|اعمارهما|عمرها|عمره)(?: الان)? \d{1,2}\b)",
]
_BOUND_BEFORE = re.compile(_LIMIT, re.I)

_MONTHS = (
    r"jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*|janvier|fevrier|mars|avril|mai|juin"
    r"|juillet|aout|decembre|enero|febrero|abril|mayo|junio|julio|agosto|diciembre|يناير|فبراير|مارس|ابريل|مايو|يونيو"
    r"|يوليو|اغسطس|سبتمبر|اكتوبر|نوفمبر|ديسمبر|كانون|شباط|اذار|نيسان|ايار|حزيران|تموز|اب|ايلول|تشرين"
)
_DATE = (
    r"(?:\d{4}[\-/]\d{1,2}[\-/]\d{1,2}|\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er)? (?:de )?(?:{_MONTHS})(?: (?:الاول|الثاني))?,? (?:de |del )?\d{{4}}"
    rf"|(?:{_MONTHS}) \d{{1,2}},? \d{{4}})"
)
_YEAR = r"(?:19|20)\d{2}\b"
_PERSON_BEFORE = (
    r"(?:she|he|they|girl|boy|woman|man|patient|child|survivor|client|who)(?: (?:was|is|were))? "
    r"|(?:elle|il|patiente?|fille|garcon|femme|homme|enfant|mineure?),? (?:est |etait )?"
    r"|(?:ella|el|paciente|nin[ao]|mujer|hombre|joven|que),? "
)
_BIRTHS = [
    rf"(?P<sign>\bborn (?:on )?(?:the )?{_DATE})",
    rf"\b(?:{_PERSON_BEFORE})(?P<sign>(?:born in|nee? en|nacio en|naci(?:da|do) en) {_YEAR})",
    rf"(?P<sign>\b(?:dob|d\.o\.b\.|ddn|f\.? ?nac\.?|date of birth|birth ?date|date de naissance|fecha de nacimiento|(?:تاريخ|عيد) (?:ال)?(?:ميلاد|ولاد)\w*)\s*:?"
    rf"\s*(?:is |est le |es (?:el )?|في )?{_DATE})",
    rf"(?P<sign>\b(?:birthday|anniversaire|cumpleanos) (?:is |est |es )?(?:on |le |el )?{_DATE})",
    rf"(?P<sign>\bnee? (?:le|un) {_DATE})",
    rf"(?P<sign>\bnaci(?:da|do|o) (?:el|un) {_DATE})",
    rf"(?P<sign>\b(?:من )?مواليد (?:عام |سنة )?(?:{_DATE}|{_YEAR}))",
    rf"(?P<sign>\bولدت?(?: في| بتاريخ)?(?: عام| سنة| يوم)? (?:{_DATE}|{_YEAR}))",
]
_FOUNDED = re.compile(
    r"(?:programme|program|project|projet|reseau|service|initiative|network|dispositif|proyecto|programa|plan|red)"
    r"(?: \w+)? (?:est |was )?$",
    re.I,
)

_WORD = r"[A-Z][\w'\-]+"
_INITIALS = r"[A-Z]\.(?:[ \-]?[A-Z]\.)*"
_OFFICES = r"وزير|رئيس|مدير|محافظ|نائب|امين|والي|عميد|وكيل|سفير|معالي|سعادة|المستشار"
_NAMES = [
    rf"(?P<sign>\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof)\.? (?:{_INITIALS}|{_WORD})(?: (?:{_INITIALS}|{_WORD}))?)",
    rf"(?P<sign>\b(?:M\.|Mme|Mlle|Monsieur|Madame|Pr) (?:{_INITIALS}|{_WORD})(?: {_WORD})?)",
    rf"(?P<sign>\b(?:Sra?\.?|Srta\.?|Don|Dona|Dra\.?) (?:{_INITIALS}|{_WORD})(?: {_WORD})?)",
    rf"(?P<sign>\b[وبل]?(?:السيدة?|الانسة|الدكتورة?|المدعوة?) (?!ال)(?!(?:{_OFFICES})\b)\w+)",
    r"(?P<sign>\b(?:[Ss]urvivor|[Pp]atiente?|[Cc]lient|[Mm]inor|[Gg]irl|[Bb]oy|[Vv]ictime|[Mm]ineure?|[Pp]aciente|[Mm]enor)"
    r" [A-Z]\.\s?[A-Z]\.)",
    r"\b(?:girl|boy|woman|man|patient|child|survivor|client|fille|garcon|femme|homme|patiente|enfant|jeune|chica|chico"
    rf"|nina|nino|mujer|hombre|joven|paciente) (?P<sign>(?:named|called|nommee?|prenommee?|appelee?|llamad[ao]) {_WORD})",
    r"(?P<sign>\b(?:اسمها|اسمه|تدعي|يدعي) (?!ال)\w+)",
]
_ROLE = (
    r"nurse|director|coordinator|manager|doctor|midwife|officer|counsellor|counselor|social worker|lawyer|witness"
    r"|mother|father|aunt|uncle|sister|brother|husband|employer|infirmiere?|directeur|directrice|medecin|coordinat\w+"
    r"|avocate?|juge|mere|pere|tante|oncle|soeur|frere|mari|enfermer[ao]|directora?|medic[ao]|coordinadora?|abogad[ao]"
    r"|juez|fiscal|madre|padre|tia|tio|herman[ao]|marido"
)
# Capitalised words that follow a role in the name of an office, and letters that number a part of a text.
_OFFICE = r"General|Public|Health|National|Medical|Nurs\w+|Training|Ministry|Department|Office|Social|Human|Clinical|Of\b"
_LETTERED = (
    r"Annexe?|Anexo|Appendix|Section|Part|Parte|Partie|Article|Form|Schedule|Hepatitis|Vitamin|Table|Figure|Title|Titre"
    r"|Titulo|Chapter|Type|Group|Category|Level|Unit|Phase|Option|Module|Tier|Grade|Class|Block|Building"
)
_NAMES += [
    rf"\b(?i:{_ROLE}),? (?P<sign>(?!{_OFFICE})[A-Z][a-z'\-]+ (?!{_OFFICE})[A-Z][a-z'\-]+)",
    rf"(?P<sign>\b[Nn]urse (?!{_OFFICE}|Practi\w+|Manager|Educat\w+)[A-Z][a-z]+)",
    rf"(?P<sign>\b(?!(?:{_LETTERED})\b)[A-Z][a-z]+ [A-Z]\.)(?=,| who| qui | que )",
]
_NAMES += [
    r"(?P<sign>\b[A-Z][a-z'\-]+ [A-Z][a-z'\-]+), (?:(?:a|an|une?|una) )?(?:former )?"
    rf"(?i:survivors?|survivante?|superviviente|sobreviviente|victime?|patiente?|paciente|{_ROLE})\b",
]
_HANDLES = [
    r"(?<![\w@/.])(?P<sign>@[A-Za-z0-9_](?:[A-Za-z0-9_.]{1,28}[A-Za-z0-9_])?)(?![\w@.]*@)",
    r"(?P<sign>\b(?:instagram|insta|facebook|tiktok|snap(?:chat)?|telegram|twitter|انستغرام|فيسبوك|تيك توك|سناب(?: ?شات)?|تويتر)\s*:\s*"
    r"[A-Za-z0-9_][A-Za-z0-9_.]{2,29})",
]
_ADDRESSES = [
    r"(?P<sign>\b\d{1,5} (?:[A-Z][\w']+ ){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Close|Crescent|Terrace|Way)\b)",
    r"(?P<sign>\b\d{1,4}(?: (?:bis|ter|quater))?,? (?:rue|avenue|boulevard|allee|impasse|chemin|place|quai|cours)"
    r" (?:de |du |des |d'|de la |de l'|la |le )*[A-Z]\w+)",
    r"(?P<sign>\b(?:[Cc]alle|[Aa]venida|[Aa]v\.|[Pp]aseo|[Pp]laza|[Pp]asaje|[Jj]iron|[Cc]arrera|C/) (?:de |del |la |las |los |el )*[A-Z0-9]\w*(?: [A-Z]\w+)?,?"
    r" (?:n\.?o |num\. |# ?)?\d{1,4}\b)",
    r"(?P<sign>\b\d{1,4} شارع \w+)",
    r"(?P<sign>\bشارع \w+(?: \w+)?،? ?(?:(?:رقم|عمارة|مبني|شقة|بناية) \d{1,4}(?:، ?)?)+)",
]
_COUNTED = (
    r"individuals?|persons|people|patients?|survivors?|girls?|boys?|women|woman|men|minors?|children|child|clients?"
    r"|migrants?|adolescents?|cases?|referrals?"
    r"|personnes|individus|patiente?s?|survivante?s?|filles?|garcons?|femmes?|hommes?|mineure?s?|enfants?|cas|signalements?"
    r"|personas|individuos|pacientes?|supervivientes?|sobrevivientes?|nin[ao]s?|mujer(?:es)?|hombres?|menor(?:es)?|casos?"
    r"|اشخاص|افراد|ناجيات|ناجين|فتيات|فتيان|نساء|رجال|اطفال|حالات|مرضي|مريضات|قاصرات"
)
_COUNTS = [
    rf"(?<![\d.,/\-])(?P<sign>\b(?:[1-9]|{'|'.join(_SMALL.values())}) (?:{_COUNTED})\b)(?! (?:per|par|por|of age))",
    rf"(?P<sign>\b(?:{_SMALL['en']}) of (?:the|our|these|those) (?:\w+ )?(?:{_COUNTED})\b)",
    rf"(?P<sign>\b(?:{_SMALL['fr']}) (?:des|de ces|de nos) (?:{_COUNTED})\b)",
    rf"(?P<sign>\b(?:{_SMALL['es']}) de (?:las|los|estas|estos) (?:{_COUNTED})\b)",
    r"(?P<sign>\b[1-9] من ال(?:فتيان|فتيات|نساء|رجال|اطفال|ناجيات|مريضات|مرضي|حالات))",
    r"(?P<sign>\b(?:حالتان|حالتين|شخصان|شخصين|فتاتان|فتاتين|امراتان|طفلان|طفلين|ناجيتان)\b)",
]

# "Patients aged 12" may be a bound; a counted few of one age are persons.
_FEW = (
    rf"(?:[1-9]|{'|'.join(_SMALL.values())}) (?:{_COUNTED})(?: (?:were|was|are|is))?(?: (?:all|both|each))?,?"
)
_AGES += [
    rf"(?<![\d.,/\-])\b{_FEW} (?P<sign>aged? (?:\d{{1,2}}|{_SPELT})\b){_RANGE}(?!-\d)",
    rf"(?<![\d.,/\-])\b{_FEW} (?P<sign>(?:agee?s? )?de \d{{1,2}} (?:ans|anos)\b)(?! et plus| ou plus| o mas| y mas)",
]


def _compiled(patterns: list[str], flags: int = re.I) -> list[re.Pattern[str]]:
    return [re.compile(pattern, flags) for pattern in patterns]


_ANY_CASE = {
    Kind.AGE: _compiled(_AGES),
    Kind.BIRTH_DATE: _compiled(_BIRTHS),
    Kind.HANDLE: _compiled(_HANDLES),
    Kind.SMALL_COUNT: _compiled(_COUNTS),
    Kind.NAME: _compiled(_NAMES, 0),
    Kind.ADDRESS: _compiled(_ADDRESSES, 0),
}


def signs(text: str) -> Iterator[Sign]:
    """Every sign of these kinds in a folded text, overlapping ones too."""
    for kind, patterns in _ANY_CASE.items():
        for pattern in patterns:
            for found in pattern.finditer(text):
                start, end = found.span("sign")
                if not _excused(kind, text[max(start - 30, 0) : start]):
                    yield Sign(kind, start, end, (_first_word(found["sign"]),))


def _excused(kind: Kind, before: str) -> bool:
    """Bounds of age, and programmes that were born: what stands before says it is nobody's."""
    if kind is Kind.AGE:
        return bool(_BOUND_BEFORE.search(before))
    return kind is Kind.BIRTH_DATE and bool(_FOUNDED.search(before))


def _first_word(sign: str) -> str:
    return sign.split(" ")[0]
