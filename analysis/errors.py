"""The one kind of error a user is meant to read: a stable code, what is wrong, and what to do."""


class LegepaneletError(Exception):
    """A fault in input or use. The command line prints it and exits with 1, without a traceback.

    `code` is stable (tests and scripts may rely on it), `message` names file, row, column and value where
    there are such, `hint` says what was expected or what to do.
    """

    def __init__(self, code: str, message: str, hint: str = ""):
        self.code, self.message, self.hint = code, message, hint
        super().__init__(f"{code}: {message}" + (f"\n  {hint}" if hint else ""))

    def __reduce__(self):  # all three parts survive a process boundary
        return type(self), (self.code, self.message, self.hint)

    def _render_traceback_(self) -> list[str]:
        """What Jupyter and Quarto show where a document's cell raises it: the message."""
        return [f"Error {self}"]
