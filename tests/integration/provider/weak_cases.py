"""Answers in the right form whose text breaks a rule, always or once."""

from tests.integration.provider.case import Case, each_field, first_for, means, spoils_value


def _twice(text: str) -> str:
    """The text and its first half again."""
    return f"{text} {text[: text.index('.', len(text) // 2) + 1]}"


ONCE = [
    Case(
        name="one-word-once",
        behave=first_for("history", spoils_value(each_field("history", lambda _: "Elder."))),
    ),
    Case(
        name="cut-off-once",
        behave=first_for("history", spoils_value(each_field("history", lambda text: f"{text} And then the"))),
    ),
]
#: One more call for each piece, and one warning.
ALWAYS = [
    Case(
        name="one-word-always",
        behave=means(each_field("history", lambda _: "Elder."), lambda value: value),
        extra=2,
        adjusted=("below_standard", "below_standard"),
    ),
    Case(
        name="sentences-said-twice",
        behave=means(each_field("history", _twice), lambda value: value),
        extra=2,
        adjusted=("below_standard", "below_standard"),
    ),
]
