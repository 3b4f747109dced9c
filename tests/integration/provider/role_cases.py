"""Servers that reject the roles of the messages, in the words of real ones."""

from tests.integration.provider.case import Case, babbles, first, refuses, spoils
from tests.integration.provider.rejection import has_system, refused
from tests.integration.provider.reply import error, fastapi_error, gemini_error, openai_error, vllm_error

_ALTERNATE = vllm_error(400, "Conversation roles must alternate user/assistant/user/assistant/...")


NO_SYSTEM = vllm_error(400, "System role not supported")


ROLES = [
    refused("no-system-role", has_system, NO_SYSTEM),
    Case(
        name="roles-must-alternate",
        behave=refuses(lambda q: not q.alternates, _ALTERNATE, first(babbles(""))),
    ),
    refused(
        "system-unsupported-value",
        has_system,
        openai_error(
            400,
            "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
            param="messages[0].role",
            code="unsupported_value",
        ),
    ),
    refused(
        "no-developer-instruction",
        has_system,
        gemini_error(400, "Developer instruction is not enabled for models/gemma-3-27b-it", "INVALID_ARGUMENT"),
    ),
    refused("alternation-without-system", has_system, _ALTERNATE),
    Case(
        name="no-empty-assistant",
        behave=refuses(
            lambda q: "assistant" in q.roles and not q.alternates,
            openai_error(400, "Assistant message must have either content or tool_calls, but not none."),
            first(babbles(None)),
        ),
    ),
    Case(
        name="no-blank-text",
        behave=refuses(
            lambda q: not q.alternates,
            openai_error(400, "messages: text content blocks must contain non-whitespace text"),
            first(babbles(" \n\n ")),
        ),
    ),
    refused("roles-user-assistant-only", has_system, vllm_error(400, "Only user and assistant roles are supported!")),
    refused(
        "role-permitted",
        has_system,
        fastapi_error("messages", 0, "role", message="unexpected value; permitted: 'user', 'assistant'"),
    ),
    refused(
        "system-fails-inside",
        has_system,
        error(500, {"error": {"code": 500, "message": "System role not supported", "type": "server_error"}}),
        extra=4,
    ),
    Case(
        name="last-must-be-user",
        behave=refuses(
            lambda q: q.roles[-1] != "user" or not q.alternates,
            error(
                400,
                {"error": {"message": "Last message must have role `user`.", "type": "invalid_message", "code": 400}},
            ),
            first(spoils(lambda j: j[:-40])),
        ),
    ),
]
