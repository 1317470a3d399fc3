"""Pages and their pieces: nothing of a text becomes HTML, everything is closed."""

from html.parser import HTMLParser

import pytest

from negcolor.reporting import html
from negcolor.reporting.tables import Section

NASTY = "<b>\"x\" & 'y'</b>"


class Parsed(HTMLParser):
    """The elements, with their attributes, and the text; checks that all are closed in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.text = [], [], ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in {"img", "meta"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize(
    "written",
    [
        html.paragraph(NASTY),
        html.bullets([NASTY]),
        html.from_section(Section(NASTY)),
        html.from_section(Section("", (NASTY,), (("x",),))),
        html.from_section(Section("", ("x",), ((NASTY,),))),
        html.from_section(Section("", sentences=(NASTY,))),
        html.from_section(Section("", points=(NASTY,))),
        html.page(NASTY, ""),
    ],
)
def test_texts_stay_texts(written):
    parsed = Parsed(written)
    assert NASTY in parsed.text
    assert "b" not in {tag for tag, _ in parsed.elements}


def test_attributes_are_texts_too():
    ((tag, attributes),) = Parsed(html.element("p", class_=NASTY, aria_label="a", id=3)).elements
    assert (tag, attributes) == ("p", {"class": NASTY, "aria-label": "a", "id": "3"})


def test_numbers_are_aligned_to_the_right():
    elements = Parsed(html.table(["a", "b"], [["1", "2"]], numeric=[1])).elements
    found = [(tag, attributes.get("class")) for tag, attributes in elements if tag in {"th", "td"}]
    assert found == [("th", None), ("th", "number"), ("th", None), ("td", "number")]


@pytest.mark.parametrize(("content", "kind"), [(b"\x89PNG\r\n", "png"), (b"\xff\xd8", "jpeg")])
def test_images_are_inside(content, kind):
    ((_, attributes),) = Parsed(html.image(content, NASTY)).elements
    assert attributes["src"].startswith(f"data:image/{kind};base64,")
    assert attributes["alt"] == NASTY


def test_a_page_needs_nothing_from_outside():
    page = html.page("title", html.paragraph("text"))
    assert "text" in Parsed(page).text
    assert "http" not in page.replace("http-equiv", "")
    assert "slider" in html.page("title", "", "slider.js").partition("<script>")[2]
