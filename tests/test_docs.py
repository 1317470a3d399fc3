"""The documentation's generated texts are those that the code gives today; its links lead on."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.slow  # builds every network
def test_the_texts_are_current():
    tool = runpy.run_path(str(ROOT / "tools" / "update_docs.py"))
    for name, (file, text) in tool["generated_texts"]().items():
        document = file.read_text("utf-8")
        assert tool["with_text"](document, name, text) == document, f"the {name} are old"


def test_the_readme_names_every_command():
    setup = (ROOT / "setup.cfg").read_text("utf-8")
    commands = re.findall(r"^    (negcolor-\w+) =", setup, re.MULTILINE)
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [command for command in commands if command not in readme] == []
    assert {*re.findall(r"negcolor-\w+", readme)} <= {*commands}


def documents():
    return [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("saved_models/**/*.md")]


@pytest.mark.parametrize("file", documents(), ids=lambda file: str(file.relative_to(ROOT)))
def test_links_lead_to_files_and_headings(file):
    for target in re.findall(r"\]\((?!\w+://)([^)\s]+)\)", file.read_text("utf-8")):
        path, _, anchor = target.partition("#")
        linked = (file.parent / path).resolve() if path else file
        assert linked.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", linked.read_text("utf-8"), re.MULTILINE)
            anchors = [re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings]
            assert anchor in anchors, target
