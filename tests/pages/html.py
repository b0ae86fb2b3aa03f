"""Reading a page as a person does: its words, and what a form of it would send."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"input", "br", "meta", "link", "img", "use", "circle", "path", "rect", "hr"}


@dataclass
class Form:
    """A form with what it would send. `buttons`: (name, value, words)."""

    action: str
    method: str
    fields: dict[str, Any] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, name: str, value: str) -> None:
        before = self.fields.get(name)
        if before is None:
            self.fields[name] = value
        else:
            self.fields[name] = [*before, value] if isinstance(before, list) else [before, value]

    def filled(self, **changes: Any) -> dict[str, Any]:
        """What is sent when these fields were changed."""
        return self.fields | changes


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self._form: Form | None = None
        self._textarea = self._select = self._button = ""
        self._text = ""
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        if "id" in a:
            self.ids.append(a["id"])
        if tag == "a" and "href" in a:
            self.links.append(a["href"])
        if tag in ("script", "style"):
            self._hidden += 1
        if tag == "form":
            self._form = Form(a.get("action", ""), a.get("method", "get"))
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(tag, a)

    def _control(self, tag: str, a: dict[str, str]) -> None:
        assert self._form is not None
        if tag == "input" and a.get("name"):
            kind = a.get("type", "text")
            if kind not in ("radio", "checkbox") or "checked" in a:
                self._form.add(a["name"], a.get("value", "on" if kind == "checkbox" else ""))
        elif tag == "textarea":
            self._textarea, self._text = a["name"], ""
        elif tag == "select":
            self._select = a["name"]
        elif tag == "option" and self._select and ("selected" in a or self._select not in self._form.fields):
            self._form.fields[self._select] = a.get("value", "")
        elif tag == "button":
            self._button, self._text = f"{a.get('name', '')}\n{a.get('value', '')}", ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._hidden -= 1
        if self._form is None:
            return
        if tag == "textarea":
            # A browser drops the line end that follows the opening tag.
            self._form.add(self._textarea, self._text.removeprefix("\r\n").removeprefix("\n"))
            self._textarea = ""
        elif tag == "select":
            self._select = ""
        elif tag == "button" and self._button:
            name, _, value = self._button.partition("\n")
            self._form.buttons.append((name, value, " ".join(self._text.split())))
            self._button = ""
        elif tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        self._text += data
        if not self._hidden:
            self.words.append(data)


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def words(html: str) -> str:
    """The text of a page, white space made plain."""
    return " ".join(" ".join(_read(html).words).split())


def forms(html: str) -> list[Form]:
    return _read(html).forms


def form(html: str, button: str) -> Form:
    """The form that has a button with these words."""
    found = [f for f in forms(html) if any(words == button for _n, _v, words in f.buttons)]
    assert len(found) == 1, [f.buttons for f in forms(html)]
    return found[0]


def links(html: str) -> list[str]:
    return _read(html).links


def ids(html: str) -> list[str]:
    return _read(html).ids
