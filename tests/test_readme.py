"""The README's generated tables are those that the code gives today."""

import runpy
from pathlib import Path

from negcolor.summary.architecture import comparison_markdown
from negcolor.summary.system_architecture import systems_markdown

ROOT = Path(__file__).parent.parent


def test_the_tables_are_current():
    tool = runpy.run_path(str(ROOT / "tools" / "update_readme.py"))
    readme = (ROOT / "README.md").read_text("utf-8")
    assert tool["with_table"](readme, "modifications", comparison_markdown()) == readme
    assert tool["with_table"](readme, "systems", systems_markdown()) == readme


def test_the_commands_that_the_readme_names_exist():
    setup = (ROOT / "setup.cfg").read_text("utf-8")
    readme = (ROOT / "README.md").read_text("utf-8")
    for command in ("train", "adapt", "colorize", "simulate", "summary"):
        assert f"negcolor-{command} =" in setup
        assert f"negcolor-{command}" in readme


def test_the_image_at_the_top_is_there():
    assert (ROOT / "docs" / "film.jpg").stat().st_size > 10_000
