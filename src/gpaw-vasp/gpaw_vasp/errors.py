"""The errors that end a run with a message instead of a traceback."""


class RunError(Exception):
    """Something the user can act on. The text says what, where, why and what to do."""


class InputError(RunError):
    """An input file is missing, malformed or contradicts another."""


class Refusal(InputError):
    """The input asks for something that would change the result and that is not honoured here."""


class Terminated(BaseException):
    """A signal asked the run to end."""

    def __init__(self, signal_number: int):
        super().__init__(f"ended by signal {signal_number}")
        self.signal_number = signal_number
