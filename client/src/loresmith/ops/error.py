"""What can go wrong with a command of the engineer on call."""

#: Codes of failures that the stage has not told.
NOT_REACHED, FUNCTION_FAILED = "not_reached", "function_failed"


class OpsError(Exception):
    """Says what happened and what to do. `code` is the one of the stage's answer, or one of the above."""

    def __init__(self, message: str, code: str = NOT_REACHED) -> None:
        super().__init__(message)
        self.code = code
