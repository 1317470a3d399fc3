"""Which options of a conversion go together, and what is loaded for them."""

from pathlib import Path

import pytest

from negcolor.converters.negadoctor import negadoctor
from negcolor.errors import NegcolorError
from negcolor.inference.colorization import GreyConverter, GreyNegativeConverter
from negcolor.inference.convert import Method
from negcolor.inference.jobs import BitDepth, Settings
from negcolor.inference.options import ConversionOptions
from negcolor.inference.trims import NO_TRIMS, Trims

RUN = Path("run")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"model": RUN, "server": "http://x"}, "give only one of --model, --server and --classic"),
        ({"model": RUN, "classical": "negadoctor"}, "give only one of --model, --server and"),
        ({"classical": "magic"}, "there is no classical converter 'magic'; choose one of plain"),
        ({"classical": "negadoctor", "method": Method.GUIDED}, "leave out --method"),
        ({"classical": "negadoctor", "roll": True}, "leave --server or --classical out"),
        ({"server": "http://x", "roll": True}, "leave --server or --classical out"),
        ({"system": RUN, "method": Method.WHOLE}, "leave out --method, or give"),
        ({"system": RUN, "model": RUN}, "leave out --model"),
        ({"system": RUN, "classical": "negadoctor", "roll": True}, "--classical and --roll"),
        ({"system": RUN, "server": "http://localhost:1"}, "leave out --server"),
        ({"system": RUN, "black_and_white": True, "then": RUN}, "--black-and-white and --then"),
        ({"then": RUN}, "--then colors the grey positives that --black-and-white makes"),
    ],
)
def test_options_that_exclude_each_other(options, sentence):
    with pytest.raises(NegcolorError, match=sentence):
        ConversionOptions(**options)


def test_formats_have_names_and_bit_depths():
    with pytest.raises(NegcolorError, match="--format jpeg does not hold 16 bits: choose png or"):
        Settings(format="jpeg", bit_depth=BitDepth.SIXTEEN)
    with pytest.raises(NegcolorError, match="no file format 'gif'; choose one of same, png"):
        Settings(format="gif")


def test_a_classical_converter_sees_whole_scans_and_has_all_options():
    trims = Trims(exposure=1)
    options = ConversionOptions(
        classical="negadoctor", black_and_white=True, memory=2**30, trims=trims
    )
    converter = options.load([])
    assert converter.run is negadoctor
    assert converter.choose_method((5000, 5000, 3)) is Method.WHOLE
    assert (converter.neutral, converter.memory, converter.trims) == (True, 2**30, trims)


def test_positives_are_trimmed_once_and_last(system_run):
    trims = Trims(tint=5)
    grey = ConversionOptions(system=system_run, trims=trims).load([])
    assert isinstance(grey, GreyConverter)
    assert grey.trims == trims
    both = ConversionOptions(
        classical="negadoctor", black_and_white=True, then=system_run, trims=trims
    ).load([])
    assert isinstance(both, GreyNegativeConverter)
    assert (both.negatives.trims, both.grey.trims) == (NO_TRIMS, trims)
    assert both.negatives.neutral


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        ("localhost", "is not a model's address"),
        ("http://127.0.0.1:9/v1/models/m", "Connection refused"),
    ],
)
def test_a_server_is_asked_before_the_first_scan(server, sentence):
    with pytest.raises(NegcolorError, match=sentence):
        ConversionOptions(server=server).load([])


def test_a_server_that_is_gone_is_told(stand_in):
    converter = ConversionOptions(server=stand_in.url).load([])
    converter.check()
    stand_in.status = {"model_version_status": [{"state": "UNLOADING"}]}
    with pytest.raises(NegcolorError, match=r"not ready \(UNLOADING\)"):
        converter.check()
