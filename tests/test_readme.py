"""The README's generated texts are those that the code gives today."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.slow  # builds every network
def test_the_texts_are_current():
    tool = runpy.run_path(str(ROOT / "tools" / "update_readme.py"))
    readme = (ROOT / "README.md").read_text("utf-8")
    for name, text in tool["generated_texts"]().items():
        assert tool["with_text"](readme, name, text) == readme, f"the {name} are old"


def test_the_commands_that_the_readme_names_exist():
    setup = (ROOT / "setup.cfg").read_text("utf-8")
    readme = (ROOT / "README.md").read_text("utf-8")
    for command in ("train", "adapt", "colorize", "simulate", "summary"):
        assert f"negcolor-{command} =" in setup
        assert f"negcolor-{command}" in readme


def test_the_image_at_the_top_is_there():
    assert (ROOT / "docs" / "film.jpg").stat().st_size > 10_000
