"""How commands end: exit codes and single lines on standard error."""

import pytest

from negcolor.cli.common import run
from negcolor.errors import NegcolorError


def ends_with(monkeypatch, function, *arguments):
    monkeypatch.setattr("sys.argv", ["/usr/bin/negcolor-example", *arguments])
    with pytest.raises(SystemExit) as end:
        run(function)
    return end.value.code


def test_arguments_come_from_the_signature(monkeypatch, capsys):
    def example(name: str, count: int = 1) -> None:
        print(name * count)

    assert ends_with(monkeypatch, example, "ab", "--count", "2") == 0
    assert capsys.readouterr().out == "abab\n"


def test_a_mendable_error_is_one_line_and_exit_code_2(monkeypatch, capsys):
    def example() -> None:
        raise NegcolorError("roll.tif is missing; name a file.")

    assert ends_with(monkeypatch, example) == 2
    assert capsys.readouterr() == ("", "negcolor-example: roll.tif is missing; name a file.\n")


def test_an_interrupt_is_one_line_and_exit_code_130(monkeypatch, capsys):
    def example() -> None:
        raise KeyboardInterrupt

    assert ends_with(monkeypatch, example) == 130
    assert capsys.readouterr() == ("", "negcolor-example: interrupted.\n")


@pytest.mark.parametrize("arguments", [("--nosuch",), ("--count", "x"), ()])
def test_usage_errors_are_exit_code_2(monkeypatch, capsys, arguments):
    def example(name: str, count: int = 1) -> None:
        pytest.fail("the function runs")

    assert ends_with(monkeypatch, example, *arguments) == 2
    assert "Usage: negcolor-example" in capsys.readouterr().err


def test_a_defect_keeps_its_traceback(monkeypatch):
    def example() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sys.argv", ["negcolor-example"])
    with pytest.raises(ZeroDivisionError):
        run(example)
