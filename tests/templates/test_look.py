"""The look keeps its promises: contrast, logical properties, and error links that lead to a field."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from wtforms import (
    FieldList,
    Form,
    FormField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    validators,
)
from wtforms.fields.choices import SelectChoice

ROOT = Path(__file__).parents[2]
CSS = (ROOT / "tracker/web/static/app.css").read_text()
INK, WHITE = "#14202b", "#ffffff"


class Arguments(dict[str, list[str]]):
    """What a request carries, as WTForms wants it."""

    def getlist(self, name: str) -> list[str]:
        return self.get(name, [])


class Citation(Form):
    locator = StringField("Where", [validators.InputRequired("Enter the article")])


class Entry(Form):
    year = IntegerField("Year")
    level = RadioField(
        "Level", [validators.InputRequired("Select a level")], choices=[SelectChoice("0", "None found")]
    )
    cells = SelectMultipleField("Cells", [validators.InputRequired("Tick a box")], validate_choice=False)
    citations = FieldList(FormField(Citation), min_entries=2)


PAGE = """{% from "macros/forms.html" import error_summary, field, radios, tick_grid, field_errors %}
{{ error_summary(form) }}{{ field(form.year) }}{{ radios(form.level) }}
{{ tick_grid(form.cells, [('u', 'Universal')], [('individual', 'Individual')], 'Competency') }}
{{ field_errors(form.citations) }}{% for c in form.citations %}{{ field(c.form.locator) }}{% endfor %}"""


@pytest.fixture(scope="module")
def env() -> Environment:
    made = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    return made


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("level", "ink"), [(0, INK), (1, INK), (2, INK), (3, WHITE), (4, WHITE)])
def test_words_on_a_level_are_readable(level: int, ink: str) -> None:
    found = re.search(rf"\.level-{level} \{{ background: (#[0-9a-f]{{6}});", CSS)
    assert found
    darker, lighter = sorted((luminance(found[1]), luminance(ink)))
    assert (lighter + 0.05) / (darker + 0.05) >= 5.1


def test_the_sheet_uses_logical_properties_and_nothing_from_outside() -> None:
    physical = r"(?:margin|padding|border|inset)-(?:left|right|top|bottom)|[^-]\b(?:left|right)\s*:|text-align: (?:left|right)"
    assert not re.findall(physical, CSS)
    assert "url(" not in CSS and "@import" not in CSS and "!important" not in CSS


def test_templates_hold_no_inline_style_and_no_script() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        # JSON-LD is data: no browser runs it
        assert not re.findall(
            r'<script(?! type="application/ld\+json">)|<style|\sstyle=|\son[a-z]+=', path.read_text()
        ), path.name


def test_every_error_is_linked_to_a_field_that_exists(env: Environment) -> None:
    form = Entry(
        Arguments({"year": ["twenty"], "citations-0-locator": ["art. 4"], "citations-1-locator": [""]})
    )
    assert not form.validate()
    html = env.from_string(PAGE).render(form=form)
    links = re.findall(r'<a href="#([^"]+)">', html)
    assert links == ["year", "level-0", "cells", "citations-1-locator"]
    assert all(f'id="{link}"' in html for link in links)
    assert "{" not in html, "a nested error was printed as it is held"


def test_what_was_typed_stays(env: Environment) -> None:
    form = Entry(Arguments({"year": ["<twenty>"], "cells": ["u:individual"]}))
    form.validate()
    html = env.from_string(PAGE).render(form=form)
    assert re.search(r'<input[^>]* type="text" value="&lt;twenty&gt;"', html)
    assert re.search(r'value="u:individual" id="cells-0" checked', html)
