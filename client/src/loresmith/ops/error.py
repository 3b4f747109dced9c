"""What can go wrong with a command of the engineer on call."""


class OpsError(Exception):
    """Says what happened and what to do. `code` is the one of the stage's answer, or "not_reached"."""

    def __init__(self, message: str, code: str = "not_reached") -> None:
        super().__init__(message)
        self.code = code
