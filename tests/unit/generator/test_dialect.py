"""What to try after a provider rejects the form of a request. The messages are those of real servers."""

from dataclasses import replace
from typing import Any

import pytest

from generator_service.llm.complaint import Complaint
from generator_service.llm.dialect import Dialect, Form, dialect_for

SENT: dict[str, Any] = {"model": "m", "messages": [], "response_format": {}, "max_tokens": 900, "temperature": 1}
STRICT = Dialect()


def after(words: str, status: int = 400, dialect: Dialect = STRICT, **sent: Any) -> Dialect | None:
    return dialect.after(Complaint(status, words.lower()), SENT | sent)


@pytest.mark.parametrize(
    ("words", "form"),
    [
        ("This response_format type is unavailable now", Form.JSON_OBJECT),
        ("'response_format' of type 'json_schema' is not supported with this model.", Form.JSON_OBJECT),
        ("response_format.type: Input should be 'text' or 'json_object'", Form.JSON_OBJECT),
        ("model does not support structured outputs", Form.JSON_OBJECT),
        ("Structured output is not enabled on this server", Form.JSON_OBJECT),
        ("failed to parse grammar", Form.JSON_OBJECT),
        (
            '[{"type":"extra_forbidden","loc":["body","response_format"],"msg":"Extra inputs are not permitted"}]',
            Form.TEXT,
        ),
        ("response_format: extra fields not permitted", Form.TEXT),
        ("Unrecognized request argument supplied: response_format", Form.TEXT),
        ("Unknown parameter: 'response_format'", Form.TEXT),
        ("minItems is not permitted", Form.LOOSE_SCHEMA),
        ("Invalid schema for response_format 'x': In context=(), 'minimum' is not permitted.", Form.LOOSE_SCHEMA),
        ("The grammar does not support the keywords minItems, maxItems", Form.LOOSE_SCHEMA),
        ("$ref is not supported in json_schema", Form.LOOSE_SCHEMA),
        ("The specified schema is too complex", Form.LOOSE_SCHEMA),
        ("Unknown name \"$defs\" at 'generation_config.response_schema': Cannot find field.", Form.LOOSE_SCHEMA),
    ],
)
@pytest.mark.parametrize("status", [400, 422])
def test_a_rejected_form_is_followed_by_the_next_one_that_may_work(words: str, form: Form, status: int) -> None:
    assert after(words, status) == replace(STRICT, form=form)


def test_a_404_from_a_router_without_a_suitable_provider_rejects_the_form() -> None:
    found = after("No endpoints found that can handle the requested parameters.", 404)
    assert found == replace(STRICT, form=Form.JSON_OBJECT)


def test_the_last_form_is_plain_text() -> None:
    object_only = replace(STRICT, form=Form.JSON_OBJECT)
    assert after("'response_format.type' must be 'json_schema' or 'text'", dialect=object_only) == replace(
        STRICT, form=Form.TEXT
    )
    assert after("response_format is not supported", dialect=replace(STRICT, form=Form.TEXT)) is None


@pytest.mark.parametrize(
    "words",
    [
        "System role not supported",
        "Developer instruction is not enabled for models/gemma-3-27b-it",
        "'messages[0].role' does not support 'system' with this model.",
        "Only user and assistant roles are supported!",
        "Conversation roles must alternate user/assistant/user/assistant/...",
        "This model does not support system messages",
    ],
)
@pytest.mark.parametrize("status", [400, 500])
def test_without_a_system_role_the_rules_go_into_the_user_message(words: str, status: int) -> None:
    assert after(words, status) == replace(STRICT, has_system_role=False)


@pytest.mark.parametrize(
    ("name", "other", "words"),
    [
        (
            "max_tokens",
            "max_completion_tokens",
            "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead.",
        ),
        ("max_completion_tokens", "max_tokens", "Unrecognized request argument supplied: max_completion_tokens"),
        (
            "max_completion_tokens",
            "max_tokens",
            '{"type":"extra_forbidden","loc":["body","max_completion_tokens"],"msg":"extra"}',
        ),
    ],
)
def test_a_rejected_output_limit_is_sent_under_the_other_name(name: str, other: str, words: str) -> None:
    dialect = Dialect(limit_name=name)
    found = dialect.after(Complaint(400, words.lower()), {"messages": [], name: 900})
    assert found is not None
    assert found.limit_name == other


def test_a_provider_that_accepts_neither_name_gets_no_limit() -> None:
    both = Dialect(limit_name="max_completion_tokens", refused=frozenset({"max_tokens"}))
    found = both.after(Complaint(400, "unknown field max_completion_tokens"), {"max_completion_tokens": 9})
    assert found is not None
    assert found.limit_name is None


@pytest.mark.parametrize(
    ("words", "most"),
    [
        ("max_tokens is too large: 900. This model supports at most 800 completion tokens", 800),
        ("`max_tokens` must be less than or equal to `512`, the maximum value for this model", 512),
        ("Invalid max_tokens value, the valid range of max_tokens is [1, 256]", 256),
        ("max_tokens (900) cannot exceed 300", 300),
    ],
)
def test_the_providers_own_limit_is_remembered(words: str, most: int) -> None:
    assert after(words) == replace(STRICT, max_answer_tokens=most)
    assert replace(STRICT, max_answer_tokens=most).limit(900, 100) == most


@pytest.mark.parametrize(
    ("words", "most"),
    [
        (
            "This model's maximum context length is 1024 tokens. However, you requested 1600 tokens "
            "(700 in the messages, 900 in the completion).",
            308,
        ),
        (
            "'max_tokens' is too large: 900. This model's maximum context length is 1024 tokens and "
            "your request has 700 input tokens",
            308,
        ),
        ("the request exceeds the available context size, try increasing it", 450),
        ("Prompt is too long for the context window", 450),
    ],
)
def test_a_full_context_lowers_the_limit_of_this_request_only(words: str, most: int) -> None:
    assert STRICT.room(Complaint(400, words.lower()), SENT) == most


def test_the_size_of_the_context_is_remembered() -> None:
    """Otherwise each long prompt would cost a rejection. Short ones have as much room as before."""
    words = "This model's maximum context length is 1024 tokens and your request has 700 input tokens"
    found = after(words, messages=[{"role": "user", "content": "x" * 1400}])
    assert found == replace(STRICT, context_tokens=1024, tokens_per_byte=0.5)
    assert found is not None
    assert (found.limit(900, 200), found.limit(900, 1400), found.limit(900, 9999)) == (900, 308, 900)
    assert after(words, dialect=found) is None


def test_a_prompt_that_exceeds_the_context_has_no_room() -> None:
    assert STRICT.room(Complaint(400, "maximum context length is 512 tokens, 700 in the messages"), SENT) is None


@pytest.mark.parametrize(
    "words",
    [
        "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default is.",
        "temperature: Extra inputs are not permitted",
        "Unsupported parameter: 'temperature' is not supported with this model.",
    ],
)
def test_a_rejected_parameter_is_left_out(words: str) -> None:
    assert after(words) == replace(STRICT, refused=frozenset({"temperature"}))


def test_a_parameter_named_by_a_common_word_counts_only_if_named_as_a_parameter() -> None:
    assert after('{"message":"provider returned error"}', provider={}) is None
    found = after("Unknown parameter: 'provider'.", provider={})
    assert found == replace(STRICT, refused=frozenset({"provider"}))


@pytest.mark.parametrize("status", [401, 403, 408, 409, 429, 502, 503, 504])
def test_other_statuses_say_nothing_about_the_form(status: int) -> None:
    assert after("response_format json_schema system role", status) is None


@pytest.mark.parametrize(
    ("fixed", "words"),
    [
        ("form", "This response_format type is unavailable now"),
        ("system", "System role not supported"),
        ("limit", "Unsupported parameter: 'max_tokens'"),
    ],
)
def test_manual_settings_are_never_changed(fixed: str, words: str) -> None:
    assert after(words, dialect=replace(STRICT, fixed=frozenset({fixed}))) is None


def test_after_a_rejection_without_a_reason_the_plainest_request_is_tried() -> None:
    plain = STRICT.plainest(Complaint(400, "bad request"), SENT)
    assert plain == Dialect(form=Form.TEXT, has_system_role=False, refused=frozenset({"temperature"}))
    assert plain is not None
    assert plain.plainest(Complaint(400), {"model": "m", "messages": [], "max_tokens": 1}) is None
    assert STRICT.plainest(Complaint(404), SENT) is None


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://api.openai.com/v1", "max_completion_tokens"),
        ("https://lore.openai.azure.com/openai/v1/", "max_completion_tokens"),
        ("https://api.mistral.ai/v1", "max_tokens"),
        ("http://127.0.0.1:8080/v1", "max_tokens"),
        ("https://notopenai.azure.example/v1", "max_tokens"),
    ],
)
def test_the_first_name_of_the_limit_depends_on_the_host(url: str, name: str) -> None:
    assert dialect_for(url).limit_name == name


def test_every_chain_of_rejections_ends() -> None:
    """Each step leaves something out for good."""
    words = "unsupported parameter: response_format, minitems, 'temperature', max_tokens, max_completion_tokens; "
    words += "system role not supported"
    dialect: Dialect | None = STRICT
    for steps in range(20):
        assert dialect is not None
        sent = {name: value for name, value in SENT.items() if name not in dialect.refused}
        sent |= {dialect.limit_name: 900} if dialect.limit_name else {}
        dialect = dialect.after(Complaint(400, words), sent)
        if dialect is None:
            assert steps > 3
            return
    pytest.fail("the chain does not end")


@pytest.mark.parametrize(
    "words",
    [
        "This model's maximum prompt length is 131072 but the request contains 140000 tokens",
        "The input token count exceeds the maximum number of tokens allowed",
        "string too long, maximum length is 1000",
        "character pattern not allowed",
        "system prompt injection detected",
        "max_tokens must be greater than thinking.budget_tokens",
    ],
)
def test_a_complaint_about_one_prompt_does_not_change_the_form(words: str) -> None:
    found = after(words)
    assert found is None or (found.form, found.has_system_role, found.limit_name) == (
        STRICT.form,
        STRICT.has_system_role,
        STRICT.limit_name,
    )


def test_a_prompt_that_exceeds_the_context_does_not_change_the_name_of_the_limit() -> None:
    """The message is from TGI."""
    words = "`inputs` tokens + `max_new_tokens` must be <= 4096. given: 3500 `inputs` tokens and 900 `max_new_tokens`"
    assert STRICT.room(Complaint(422, words), SENT) == 580
    found = after(words, 422)
    assert found is not None
    assert (found.limit_name, found.context_tokens) == ("max_tokens", 4096)
