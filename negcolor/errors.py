"""The one exception that a command shows to its user as a single sentence, and what goes in it."""


class NegcolorError(Exception):
    """Something the user can mend: the message names the file or option and the remedy.

    Commands print the message without a traceback and exit with code 2.
    """


def first_line(error: Exception) -> str:
    """What another library's exception says, short enough for a sentence."""
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
