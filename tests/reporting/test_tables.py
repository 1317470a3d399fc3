"""Tables on a terminal and in Markdown."""

import pytest

from negcolor.reporting.tables import Section, as_markdown, as_text, escape_markdown, markdown_table

WHOLE = Section(
    "Title",
    ("name", "a long\nheading"),
    (("first", "1"), ("the second", "22.5")),
    numeric=(1,),
    sentences=("One sentence.",),
    points=("One point.", "Another one."),
)


def test_markdown_of_a_whole_section():
    assert as_markdown(WHOLE).splitlines() == [
        "### Title",
        "",
        "| name | a long heading |",
        "| --- | ---: |",
        "| first | 1 |",
        "| the second | 22.5 |",
        "",
        "One sentence.",
        "",
        "- One point.",
        "- Another one.",
    ]


def test_what_a_section_lacks_leaves_no_trace():
    assert as_markdown(Section()) == ""
    assert as_markdown(Section("Title"), level=2) == "## Title\n"
    assert as_text(Section(sentences=("One.",)), 20) == "One.\n"


def test_text_of_a_whole_section_is_aligned():
    lines = as_text(WHOLE, 60).splitlines()
    assert lines[0] == "Title"
    (first,) = (line for line in lines if "first" in line)
    (second,) = (line for line in lines if "the second" in line)
    assert len(first) == len(second)
    assert first.endswith("   1")
    assert second.endswith("22.5")
    assert lines[-3:] == ["One sentence.", "- One point.", "- Another one."]


@pytest.mark.parametrize("width", [30, 40, 80])
def test_only_the_longest_column_gives_way_and_nothing_is_lost(width):
    words = "many words of a long cell, and a_name_that_is_longer_than_all_columns_together"
    text = as_text(Section("", ("text", "number"), ((words, "12,345,678"),)), width)
    assert max(map(len, text.splitlines())) <= width
    assert "12,345,678" in text
    letters = "".join(words.split())
    assert "".join(text.replace("12,345,678", "").split()).endswith(letters)


def test_marks_of_a_terminal_are_shown_as_they_are():
    assert "[red]x[/red]" in as_text(Section("", ("a",), (("[red]x[/red]",),)), 40)


def test_a_table_alone():
    table = markdown_table(("", "b"), [("1", "2")], numeric=[1])
    assert table == "|  | b |\n| --- | ---: |\n| 1 | 2 |"


def test_any_text_can_be_shown_in_markdown():
    assert escape_markdown("a|b\n*c* <d>  `e`") == r"a\|b \*c\* \<d\> \`e\`"
