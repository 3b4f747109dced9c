"""Answers that any reader understands, in the various forms that models and servers use."""

from tests.integration.provider.envelope_cases import ENVELOPES
from tests.integration.provider.json_syntax_cases import SYNTAX
from tests.integration.provider.surrounding_text_cases import SURROUNDED
from tests.integration.provider.thinking_cases import THINKING
from tests.integration.provider.value_cases import VALUES

ALL = [*THINKING, *SURROUNDED, *SYNTAX, *ENVELOPES, *VALUES]
