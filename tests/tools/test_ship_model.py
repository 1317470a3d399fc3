"""tools/ship_model.py: a run and a report become the folder of a compact model."""

import json
import runpy
from pathlib import Path

import pytest

from negcolor.experiments.config import CycleGANConfig
from negcolor.experiments.run_folder import create_run
from negcolor.inference.compact import is_compact
from negcolor.networks.generator import build_generator

TOOL = Path(__file__).parents[2] / "tools" / "ship_model.py"


def summary(pictures, delta_e):
    metrics = {
        name: {"mean": value, "interval": [value - 1, value + 1]}
        for name, value in {"psnr": 25.0, "ssim": 0.9, "delta_e": delta_e}.items()
    }
    return {"pictures": pictures, "metrics": metrics}


@pytest.fixture
def run(tmp_path):
    config = CycleGANConfig(recipe="film", prior="density", film="wide", filters=4)
    create_run(tmp_path / "run", config)
    generator = build_generator(config.configured_modification().generator)
    generator.save(tmp_path / "run" / "generator_g.keras")
    return tmp_path / "run"


@pytest.fixture
def report(tmp_path):
    methods = {"run": summary(4, 5.0), "negfix8": summary(4, 9.0), "plain": summary(4, 8.25)}
    group = {"value": "gold", "methods": methods}
    text = {"pictures": 4, "methods": methods, "groups": {"stock": [group]}}
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "report.json").write_text(json.dumps(text))
    return tmp_path / "report"


def test_the_card_has_the_runs_phases_and_the_reports_metrics(run, report, tmp_path, monkeypatch):
    output = tmp_path / "mine"
    arguments = [TOOL, run, "--report", report, "--output", output]
    monkeypatch.setattr("sys.argv", [*map(str, arguments)])
    runpy.run_path(str(TOOL), run_name="__main__")
    assert is_compact(output)
    card = (output / "MODEL_CARD.md").read_text("utf-8")
    for text in (
        "# mine\n",
        "generator of baseline, 4 filters, on a density prior",
        "balance: 18,000 steps",
        "On 4 simulated negatives",
        "| run | 25.0 (24.0–26.0) | 0.900 (-0.100–1.900) | 5.0 (4.0–6.0) |",
        "| gold | 4 | 5.0 | 8.2 | 25.0 | 25.0 | 0.900 | 0.900 |",
    ):
        assert text in card
