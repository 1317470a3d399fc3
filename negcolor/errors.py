"""The one exception that a command shows to its user as a single sentence."""


class NegcolorError(Exception):
    """Something the user can mend: the message names the file or option and the remedy.

    Commands print the message without a traceback and exit with code 2.
    """
