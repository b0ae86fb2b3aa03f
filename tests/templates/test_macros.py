"""Macros are where templates say they are: nothing reaches one through whoever includes it, and none is left over."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

FOLDER = Path(__file__).parents[2] / "templates"
PATHS = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))
ENV = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
PARSED = {path: ENV.parse((FOLDER / path).read_text()) for path in PATHS}


def imported(of: nodes.Template) -> Iterator[tuple[str, str]]:
    """(name there, name here) of what a template imports from others."""
    for node in of.find_all(nodes.FromImport):
        yield from ((name, name) if isinstance(name, str) else name for name in node.names)


def made(of: nodes.Template) -> set[str]:
    return {macro.name for macro in of.find_all(nodes.Macro)}


def loaded(of: nodes.Template) -> set[str]:
    return {name.name for name in of.find_all(nodes.Name) if name.ctx == "load"}


def named(of: nodes.Template) -> set[str]:
    """What a template gives a name itself: by setting it, as a loop's own or as a macro's parameter."""
    return {name.name for name in of.find_all(nodes.Name) if name.ctx != "load"}


MACROS = set().union(*(made(of) for of in PARSED.values()))


@pytest.mark.parametrize("path", PATHS)
def test_a_template_imports_the_macros_that_it_calls_and_no_others(path: str) -> None:
    of = PARSED[path]
    called = {call.node.name for call in of.find_all(nodes.Call) if isinstance(call.node, nodes.Name)}
    here = {name for _there, name in imported(of)}
    assert called & MACROS <= here | made(of) | named(of)
    assert here <= loaded(of)


def test_every_macro_is_called() -> None:
    taken = {there for of in PARSED.values() for there, _here in imported(of)}
    taken |= {part.attr for of in PARSED.values() for part in of.find_all(nodes.Getattr)}
    left = {f"{path}: {name}" for path, of in PARSED.items() for name in made(of) - loaded(of) - taken}
    assert not left


# Their rows stand as lists on a phone, by the stylesheet.
STACKED = ('class="stack"', 'class="ticks"')


def tables(of: nodes.Node, within: bool = False) -> Iterator[tuple[str, bool]]:
    """The attributes of each table of a template, and whether it stands in a region that scrolls."""
    if isinstance(of, nodes.CallBlock) and isinstance(of.call.node, nodes.Name):
        within = within or of.call.node.name == "scroll_region"
    if isinstance(of, nodes.TemplateData):
        yield from ((told, within) for told in re.findall(r"<table([^>]*)", of.data))
    for child in of.iter_child_nodes():
        yield from tables(child, within)


def test_a_table_that_can_be_wider_than_a_phone_scrolls_in_a_region_that_the_keyboard_reaches() -> None:
    every = [(path, *told) for path, of in PARSED.items() for told in tables(of)]
    assert len(every) > 40
    assert not [
        (path, attributes)
        for path, attributes, within in every
        if not within and not any(stacked in attributes for stacked in STACKED)
    ]


POSTED = re.compile(r'<form\b[^>]*method="post".*?</form>', re.S)


def test_every_form_that_is_posted_carries_the_token_of_the_session() -> None:
    texts = {path: (FOLDER / path).read_text() for path in PATHS}
    forms = [(path, form) for path, text in texts.items() for form in POSTED.findall(text)]
    assert len(forms) > 60
    bare = {path for path, form in forms if not re.search(r"\{\{ (token_field|token\(\)) \}\}", form)}
    assert bare == {"accounts/sign_in.html"}, "where nobody is signed in yet"
    assert not [path for path, text in texts.items() if 'name="csrf_token"' in text], "it is written once"
