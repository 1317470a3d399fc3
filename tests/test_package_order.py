"""Imports run one way: from a package only to those before it, and never in a circle."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ORDER = (
    "errors",
    "atomic",
    "tensorflow_logging",
    "images",
    "film",
    "converters",
    "experiments",
    "networks",
    "inference",
    "reporting",
    "evaluation",
    "training",
    "pipelines",
    "summary",
    "serving",
    "studies",
    "cli",
)
"""The packages and single modules of negcolor, and pipelines, from the bottom to the top."""


def modules():
    """Every module by its dotted name."""
    for top in ("negcolor", "pipelines"):
        for path in (ROOT / top).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES = dict(modules())


def imported(path):
    """The modules of the project that a file imports, inside functions, too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            below = {f"{node.module}.{alias.name}" for alias in node.names} & MODULES.keys()
            yield from below or {node.module}


IMPORTS = {name: {*imported(path)} for name, path in MODULES.items()}


def package(module):
    first, *rest = module.split(".")
    return rest[0] if first == "negcolor" and rest else first


def test_every_package_has_its_place():
    assert {package(name) for name in MODULES} - {"negcolor"} == {*ORDER}


@pytest.mark.parametrize("name", sorted({*IMPORTS} - {"negcolor"}))  # which exports all, lazily
def test_a_module_imports_nothing_above_its_package(name):
    level = ORDER.index(package(name))
    above = [other for other in IMPORTS[name] if ORDER.index(package(other)) > level]
    assert not above


def test_no_module_imports_itself_in_a_circle():
    try:
        TopologicalSorter(IMPORTS).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))
