"""Requests that a server rejects, and what it accepts instead."""

from tests.integration.provider.case import refuses
from tests.integration.provider.format_cases import FORMATS, NO_TYPE
from tests.integration.provider.parameter_cases import PARAMETERS, RENAMED
from tests.integration.provider.rejection import has_system, is_any_format, is_schema, refused, sends_field
from tests.integration.provider.reply import fastapi_error, openai_error
from tests.integration.provider.role_cases import NO_SYSTEM, ROLES
from tests.integration.provider.schema_keyword_cases import SCHEMA_KEYWORDS

#: More than one thing at once.
TOGETHER = [
    refused(
        "only-plain-text-is-accepted",
        is_any_format,
        openai_error(400, "Unrecognized request argument supplied: response_format"),
        then=refuses(
            has_system,
            NO_SYSTEM,
            refuses(sends_field("max_completion_tokens"), fastapi_error("max_completion_tokens")),
        ),
        extra=5,
    ),
    refused(
        "schema-then-role-then-limit",
        sends_field("max_tokens"),
        RENAMED,
        then=refuses(is_schema, NO_TYPE, refuses(has_system, NO_SYSTEM)),
        extra=3,
    ),
]


ALL = [*FORMATS, *SCHEMA_KEYWORDS, *ROLES, *PARAMETERS, *TOGETHER]
