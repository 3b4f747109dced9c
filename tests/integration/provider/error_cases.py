"""Errors, in the words of real servers: what is final, what is temporary, and whose fault it is."""

from tests.integration.provider.account_cases import ACCOUNTS
from tests.integration.provider.case import Case, babbles
from tests.integration.provider.refusal_cases import REFUSALS
from tests.integration.provider.setup_cases import SETUPS
from tests.integration.provider.temporary_error_cases import TEMPORARY

ALL = [*REFUSALS, *ACCOUNTS, *SETUPS, *TEMPORARY]


#: Final errors, for the whole system.
_FINAL = ("moderation", "key-refused-in-a-200", "model-not-pulled", "content-exists-risk")
FOR_PEOPLE = [case for case in ALL if case.name in _FINAL]


#: A refusal in plain words: reported as a refusal or as an unusable answer.
IN_WORDS = Case(
    name="refusal-in-words",
    behave=babbles("I'm sorry, but I can't help with that request."),
    ends=("refused", "invalid_output"),
    most=2,
)
