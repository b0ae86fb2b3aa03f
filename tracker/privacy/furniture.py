"""The numbers and links that texts on policy are full of: laws, sections, budgets, dates, standards. Not personal.

They are blanked before anything looks for numbers of persons. Patterns read folded text (see `fold`).
"""

import re

BLANK = "\x00"

_NO = r"(?:(?:n|no|nr|nro|num|numero|number|رقم)\b\s*[.:°]?\s*o?\s*|#\s*)?"
_LAW = (
    r"laws?|acts?|decrees?|regulations?|orders?|resolutions?|directives?|circulars?|bills?|statutes?|ordinances?"
    r"|public law|gazette|bulletin|decision|recommendation|convention|treaty|series"
    r"|lois?|decrets?|arretes?|ordonnances?|circulaires?|avis|reglement|bulletin officiel|stce|journal officiel"
    r"|ley|leyes|ley organica|decretos?|real decreto|resolucion|acuerdos?|acuerdo ministerial|orden|ordenanza"
    r"|boe|gaceta oficial|diario oficial|circular externa|norma"
    r"|(?:ال)?(?:قانون|مرسوم|قرار|لائحة|تعميم|ظهير|نظام|امر|اتفاقية|عدد|جريدة الرسمية العدد)"
    r"(?: (?:ال)?(?:وزاري|ملكي|شريف|رئاسي|جمعية العامة))?"
)
_PART = (
    r"§+|articles?|art|sections?|sec|paragraphs?|paras?|chapters?|title|parts?|schedules?|annex(?:es)?|pages?|pp?"
    r"|clauses?|rules?|units?|volumes?|vol|stat|code|alinea|annexe|chapitre|fiche|articulos?|fraccion|anexos?"
    r"|pagina|seccion|capitulo|apartado|(?:و|ب|ل)?(?:ال)?(?:مادة|ملحق|صفحة|قسم|فصل|فقرة|بند)"
)
_LINE = (
    r"budget|budget line|account|account line|line|cost cent(?:er|re)|vote|ligne|ligne budgetaire|compte|imputation"
    r"|programme|program|partida|partida presupuestaria|linea|cuenta|programa"
    r"|(?:ال)?(?:بند|باب|حساب|برنامج|اعتماد)"
)
_COIN = (
    r"USD|EUR|GBP|CHF|CAD|AUD|XOF|XAF|MAD|TND|EGP|SAR|AED|JOD|MXN|COP|CLP|ARS|PEN|US\$|[$€£¥]"
    r"|euros?|dollars?|francs?|pesos?|soles|dirhams?|pounds?|riyals?|millions?|millones|billions?"
    r"|مليون|مليار|الف|دينار|درهم|ريال|جنيه|دولار|يورو"
)
_NUMBER = r"\d[\w./:()\-]*"
_PATTERNS = [
    r"(?:https?://|www\.)\S+",
    r"\b10\.\d{4,9}/\S+",
    r"\bIS[BS]N(?:-1[03])?:?\s*[\dxX][\dxX\- ]{7,17}",
    r"\b\d{4}-\d{2}-\d{2}\b",
    r"(?<![\d./])\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d{2})\b(?![.]\d)",
    r"\b(?:19|20)\d{2}\s*[-/]\s*(?:19|20)?\d{2}\b",
    rf"(?:{_COIN})\s?\d[\d.,' ]{{0,30}}\d?(?:\s?(?:{_COIN}))?",
    rf"(?<![\d.,])\d[\d.,' ]{{0,30}}\s?(?:{_COIN})(?!\w)",
    rf"(?<!\w)(?:{_LAW})\s+{_NO}{_NUMBER}(?:\s*(?:,|and|et|y|و|of|de|du|لسنة|لعام|/)\s*\d[\d/.\-]*)*",
    rf"(?<!\w)(?:{_PART})\.?\s*(?:[A-Z]\.\s*)?{_NUMBER}",
    rf"(?<!\w)(?:{_LINE})\s+{_NO}{_NUMBER}",
    r"\b\d{1,3}\s+(?:[A-Z][A-Za-z]*\.\s*){1,4}(?:Code\s*)?(?:§+\s*)?\d[\w.:()\-]*",
    r"\b\d{1,3}:\d[\w.()\-]*",
    r"\b[A-Z]{1,6}(?:/[A-Z0-9.()]+){2,}",
    r"\b(?:ISO|IEC|ICD|CIM|CIE|EN|RFC|WHA|NOM|UNE|NOR|NF|OJ|COM)[ /\-:]*[A-Z]?\d?[\w./:\-]*",
]
_FURNITURE = re.compile("|".join(f"(?:{p})" for p in _PATTERNS), re.IGNORECASE)


def blanked(text: str) -> str:
    """`text`, of the same length, with what is furniture made of blanks that no pattern of numbers matches."""
    return _FURNITURE.sub(lambda found: BLANK * len(found.group()), text)
