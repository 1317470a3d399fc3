"""An exported grey-to-color system."""

import pytest


@pytest.fixture(scope="session")
def exported_system(system_run, tmp_path_factory):
    """OUTPUT/1 of the run of a system."""
    from negcolor.serving.export import export_model

    return export_model(system_run, tmp_path_factory.mktemp("models") / "mine")
