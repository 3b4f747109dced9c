"""Answers that any reader understands, in the various forms that models and servers use."""

from tests.provider.envelope_cases import ENVELOPES
from tests.provider.json_syntax_cases import SYNTAX
from tests.provider.surrounding_text_cases import SURROUNDED
from tests.provider.thinking_cases import THINKING
from tests.provider.value_cases import VALUES

ALL = [*THINKING, *SURROUNDED, *SYNTAX, *ENVELOPES, *VALUES]
