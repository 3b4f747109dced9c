"""More cases of the same kinds, held back during development: they show that whole kinds work, not just cases."""

import asyncio
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from tests.provider.case import (
    CHARACTER,
    WORLD,
    Case,
    each_field,
    each_name,
    each_text,
    first,
    first_for,
    means,
    refuses,
    right,
    says,
    sends,
    shows,
    spoils,
    spoils_value,
    writes,
)
from tests.provider.conftest import Board, Fresh
from tests.provider.error_cases import final, no_choice, passing, wrapped
from tests.provider.question import Question
from tests.provider.reply import Reply, answer, completion, error, events, fastapi_error, openai_error, vllm_error
from tests.provider.request_cases import (
    has_keyword,
    has_system,
    is_any_format,
    is_schema,
    longer_than,
    refused,
    sends_field,
)
from tests.provider.run import generate, judge
from tests.provider.server import Behaviour, Provider
from tests.provider.unusable_cases import schema_itself


def _unquoted_keys(text: str) -> str:
    return re.sub(r'"([a-z_]+)":', r"\1:", text)


def _reasoned_events(question: Question) -> Reply:
    deltas = [{"reasoning_content": "They want {a relic}."}, {"content": json.dumps(question.value)}]
    return answer(events(question, deltas), question.value, content_type="text/event-stream")


def _text_of_choice(question: Question) -> Reply:
    """The format of the old completions API."""
    body = completion(question, None)
    body["choices"] = [{"index": 0, "finish_reason": "stop", "text": json.dumps(question.value)}]
    return answer(body, question.value)


def _twice_the_key(text: str) -> str:
    """The same key again, with another text."""
    return text[:-1] + re.sub(r'^\{("[a-z]+": ).*$', r", \1" + '"something else entirely"}', text, flags=re.DOTALL)


def _numbers_on_the_way(value: Any) -> Any:
    """Sums and units in words that have the number in them twice."""
    return value | {"health": "100 to 120"}


def _knowledge(question: Question) -> Reply:
    if not question.asks_for("knowledge"):
        return right(question)
    sent = question.value | {"knowledge": 3, "stress": 75}
    return answer(completion(question, json.dumps(sent)), question.value | {"knowledge": 8, "stress": 50})


def _with_schema_before(question: Question) -> Reply:
    text = f"The schema is {json.dumps(question.schema)}. So:\n{json.dumps(question.value)}"
    return answer(completion(question, text), question.value)


def _with_data_before(question: Question) -> Reply:
    data = question.prompt.partition("<data>")[2].partition("</data>")[0]
    return answer(completion(question, f"Given {data}, I write:\n{json.dumps(question.value)}"), question.value)


def _endless(text: str) -> Behaviour:
    """About 400 KB of repetition, whatever the limit."""

    def behave(question: Question) -> Reply:
        body = completion(question, None, finish_reason="length")
        body["choices"][0]["message"]["content"] = '{"names": [1' + text * (400_000 // len(text)) + "x]}"
        return answer(body)

    return behave


def _by_name(value: Any) -> Any:
    return {"names": {entry["name"]: entry["concept"] for entry in value["names"]}}


def _echoing(question: Question) -> Reply:
    """The complaint quotes the whole request, with every other parameter in it."""
    if not is_schema(question):
        return right(question)
    fault = {"type": "value_error", "loc": ("body",), "msg": "response_format json_schema is unknown"}
    return vllm_error(400, str([fault | {"input": question.body}]))


ANSWERS = [
    Case(name="schema-then-answer", behave=_with_schema_before),
    Case(name="data-then-answer", behave=_with_data_before),
    Case(name="reasoning-beside-blank", behave=shows(lambda j: {"content": " ", "reasoning_content": f"So: {j}"})),
    Case(name="paragraphs-as-a-list", behave=writes(each_field("description", lambda text: [text]))),
    Case(
        name="traits-as-objects",
        behave=writes(each_field("traits", lambda t: [{"trait": e} for e in t])),
        work=CHARACTER,
    ),
    Case(name="tagged-names", behave=writes(each_name(lambda name: f"<b>{name}</b>"))),
    Case(name="bold-in-prose", behave=writes(each_field("description", lambda t: t.replace("found", "**found**")))),
    Case(name="quoted-prose", behave=writes(each_field("description", lambda text: f'"{text}"'))),
    Case(name="think-in-diamonds", behave=says(lambda j: f"◁think▷A {{relic}}?◁/think▷{j}")),
    Case(name="think-of-a-seed", behave=says(lambda j: f"<seed:think>A {{relic}}?</seed:think>{j}")),
    Case(name="thought-tag", behave=says(lambda j: f"<thought>\nA relic?\n</thought>\n\n{j}")),
    Case(name="reasoning-tag", behave=says(lambda j: f"<reasoning>{{maybe}} a bell</reasoning><output>{j}</output>")),
    Case(name="channels-without-marks", behave=says(lambda j: f"analysisThey want a relic. Fine.assistantfinal{j}")),
    Case(
        name="channel-of-comments",
        behave=says(lambda j: f"<|channel|>commentary <|constrain|>json<|message|>{j}<|call|>"),
    ),
    Case(name="thinking-after", behave=says(lambda j: f"{j}\n<think>That should do.</think>")),
    Case(name="thinking-in-capitals", behave=says(lambda j: f"<THINK>Hm, {{so}}.</THINK>{j}")),
    Case(name="braces-in-prose", behave=says(lambda j: f"Here is the JSON (keys in {{braces}}): {j} Enjoy [it]!")),
    Case(name="heading-before", behave=says(lambda j: f"### Answer\n\n**JSON:**\n\n{j}")),
    Case(name="fence-of-four", behave=says(lambda j: f"````json\n{j}\n````")),
    Case(name="fence-of-json5", behave=says(lambda j: f"```json5\n{j}\n```")),
    Case(name="fence-indented", behave=says(lambda j: f"1. The relic:\n   ```json\n   {j}\n   ```")),
    Case(name="inline-code", behave=says(lambda j: f"`{j}`")),
    Case(name="two-equal-fences", behave=says(lambda j: f"```json\n{j}\n```\nAgain:\n```json\n{j}\n```")),
    Case(name="end-of-text-at-the-end", behave=says(lambda j: f"{j}<|endoftext|>")),
    Case(name="end-of-sentence-at-the-end", behave=says(lambda j: f"{j}<\uff5cend\u2581of\u2581sentence\uff5c>")),
    Case(name="turn-marks-around", behave=says(lambda j: f"<start_of_turn>model\n{j}<end_of_turn>")),
    Case(name="semicolon-at-the-end", behave=says(lambda j: f"{j};")),
    Case(name="assigned", behave=says(lambda j: f"const relic = {j};")),
    Case(name="word-json-before", behave=says(lambda j: f"json\n{j}")),
    Case(name="zero-width-space-before", behave=says(lambda j: f"\u200b\u2060{j}\u200b")),
    Case(name="keys-unquoted", behave=says(_unquoted_keys)),
    Case(name="json-in-json-in-a-fence", behave=says(lambda j: f"```json\n{json.dumps(j)}\n```")),
    Case(name="tabs-in-strings", behave=writes(lambda v: v, lambda v: json.dumps(v).replace(". ", ".\t"))),
    Case(
        name="old-function-call",
        behave=shows(lambda j: {"content": None, "function_call": {"name": "f", "arguments": j}}, "function_call"),
    ),
    Case(name="output-text-part", behave=shows(lambda j: {"content": [{"type": "output_text", "text": j}]})),
    Case(name="bare-text-parts", behave=shows(lambda j: {"content": [j]})),
    Case(name="content-is-the-object", behave=shows(lambda j: {"content": json.loads(j)})),
    Case(name="parsed-beside", behave=shows(lambda j: {"content": j, "parsed": json.loads(j), "refusal": ""}), extra=0),
    Case(name="text-of-the-choice", behave=_text_of_choice),
    Case(name="event-stream-with-reasoning", behave=_reasoned_events),
    Case(name="byte-order-mark-of-the-body", behave=sends(lambda b: b"\xef\xbb\xbf" + json.dumps(b).encode())),
    Case(name="body-called-html", behave=sends(lambda b: b, "text/html")),
    Case(
        name="choice-index-missing",
        behave=sends(lambda b: b | {"choices": [{"message": b["choices"][0]["message"]}]}),
        extra=0,
    ),
    Case(
        name="usage-negative",
        behave=sends(lambda b: b | {"usage": {"prompt_tokens": -1, "completion_tokens": 1e30}}),
        extra=0,
    ),
    Case(name="keys-in-camel-case", behave=writes(lambda v: {"relicAnswer": v})),
    Case(name="in-a-list-in-a-wrapper", behave=writes(lambda v: {"results": [v]})),
    Case(name="echo-of-the-question", behave=writes(lambda v: {"theme": "noir", "count": 2, "number": 1} | v)),
    Case(name="scores-with-fraction-texts", behave=writes(each_field("health", lambda n: f"{n}.0")), work=CHARACTER),
    Case(name="underlined-names", behave=writes(each_name(lambda name: f"__{name}__"))),
    Case(name="guillemet-names", behave=writes(each_name(lambda name: f"«{name}»"))),
    Case(name="low-quoted-names", behave=writes(each_name(lambda name: f"„{name}“"))),
    Case(name="bullet-names", behave=writes(each_name(lambda name: f"• {name}"))),
    Case(name="kind-labelled-names", behave=writes(each_name(lambda name: f"Relic Name: {name}"))),
    Case(name="code-names", behave=writes(each_name(lambda name: f"`{name}`"))),
    Case(name="title-in-bold", behave=writes(each_field("title", lambda title: f'**"{title}"**')), work=WORLD),
    Case(
        name="names-with-an-apostrophe",
        behave=means(each_name(lambda name: f"'Tis the {name}'s"), lambda v: v),
        extra=0,
    ),
    Case(name="names-with-a-year", behave=means(each_name(lambda name: f"1984: A {name}"), lambda v: v), extra=0),
    Case(
        name="names-with-a-hyphen", behave=means(each_name(lambda name: f"-{name}-"), lambda v: v, json.dumps), extra=1
    ),
    Case(name="names-in-part-quoted", behave=means(each_name(lambda name: f'The "{name}"'), lambda v: v), extra=0),
    Case(name="noncharacter-in-text", behave=writes(each_text(lambda text: text.replace(". ", "\ufffe. ", 1)))),
    Case(name="bell-in-text", behave=writes(each_text(lambda text: text.replace(" ", " \x07\x7f\x9f", 1)))),
    Case(
        name="family-in-text", behave=means(each_field("description", lambda t: f"{t} 👩‍👩‍👧 🏴󠁧󠁢󠁷󠁬󠁳󠁿"), lambda v: v), extra=0
    ),
    Case(
        name="doubled-quotes",
        behave=means(
            each_field("description", lambda text: f'{text} "Ours," she said.'),
            each_field("description", lambda text: text.replace('"', '\\"')),
        ),
    ),
    Case(
        name="path-with-backslash",
        behave=means(each_field("description", lambda t: f"{t} Marked C:\\old\\new."), lambda v: v),
        extra=0,
    ),
    Case(name="two-numbers-out-of-range", behave=_knowledge, work=CHARACTER, adjusted=("adjusted", "adjusted")),
]

UNUSABLE = [
    Case(name="names-by-name", behave=first(spoils_value(_by_name))),
    Case(
        name="concept-missing",
        behave=first(spoils_value(lambda v: {"names": [{"name": e["name"]} for e in v["names"]]})),
    ),
    Case(
        name="text-too-long", behave=first_for("description", spoils_value(each_field("description", lambda t: t * 9)))
    ),
    Case(name="endless-brackets", behave=first(spoils(lambda _: '{"names": ' * 2000))),
    Case(
        name="two-fences-that-differ",
        behave=first(
            spoils(lambda j: f"```json\n{j}\n```\n```json\n{j.replace('It', 'Not it').replace('Keeps', 'Sells')}\n```")
        ),
    ),
    Case(name="key-said-twice", behave=first_for("description", spoils(_twice_the_key))),
    Case(name="cut-after-a-comma", behave=first(spoils(lambda j: j[: j.rindex(",") + 1], finish_reason="length"))),
    Case(name="cut-in-a-fence", behave=first(spoils(lambda j: f"```json\n{j[:-25]}", finish_reason="length"))),
    Case(name="number-is-a-range", behave=first_for("health", spoils_value(_numbers_on_the_way)), work=CHARACTER),
    Case(
        name="number-is-true", behave=first_for("health", spoils_value(lambda v: v | {"health": True})), work=CHARACTER
    ),
    Case(
        name="number-is-null", behave=first_for("health", spoils_value(lambda v: v | {"health": None})), work=CHARACTER
    ),
    Case(
        name="text-is-a-number", behave=first_for("description", spoils_value(each_field("description", lambda _: 42)))
    ),
    Case(name="names-are-blank", behave=first(spoils_value(each_name(lambda _: "**  **")))),
    Case(name="thinking-cut-off", behave=first(spoils(lambda j: f"<think>Perhaps {j[:-30]}", finish_reason="length"))),
    Case(name="schema-for-a-description", behave=first_for("description", schema_itself)),
    Case(name="schema-for-a-history", behave=first_for("history", schema_itself)),
]

REQUESTS = [
    refused(
        "literal-error",
        is_schema,
        vllm_error(
            400,
            "[{'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), 'msg': \"Input should be 'text' or "
            "'json_object'\", 'input': 'json_schema', 'ctx': {'expected': \"'text' or 'json_object'\"}}]",
        ),
    ),
    Case(name="whole-request-echoed", behave=_echoing, is_remembered=True),
    refused(
        "provider-returned-error",
        is_schema,
        error(
            400,
            {
                "error": {
                    "message": "Provider returned error",
                    "code": 400,
                    "metadata": {
                        "raw": '{"error":{"message":"This response_format type is unavailable now"}}',
                        "provider_name": "DeepSeek",
                    },
                }
            },
        ),
    ),
    refused(
        "parameter-in-chinese",
        is_schema,
        error(400, {"error": {"code": "1214", "message": "response_format.type 参数非法"}}),
    ),
    refused(
        "json-schema-model",
        is_schema,
        error(
            400,
            {
                "success": False,
                "result": {},
                "errors": [{"message": "AiError: This model doesn't support JSON Schema.", "code": 5025}],
            },
        ),
    ),
    refused(
        "at-body-response-format",
        is_any_format,
        error(
            400,
            {
                "error": {
                    "message": "[\"At body -> response_format -> ResponseFormatText -> type: Input should be 'text'\"]",
                    "code": 400,
                }
            },
        ),
        extra=3,
    ),
    refused("bad-request-and-no-word", is_schema, error(400, {"error": {"message": "Bad Request"}}), extra=4),
    refused("no-body-at-all", is_schema, error(400, None), extra=4),
    refused(
        "references-not-resolved",
        has_keyword("$ref", "$defs"),
        openai_error(
            400, "Invalid schema for response_format 'relic_names': '$ref' is not permitted.", param="response_format"
        ),
        extra=2,
    ),
    refused(
        "grammar-fails-inside",
        is_schema,
        vllm_error(500, "failed to load model vocabulary required for format", "InternalServerError"),
        extra=6,
    ),
    refused("extra-not-allowed-in-vllm", is_any_format, fastapi_error("response_format"), extra=3),
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
    refused(
        "range-of-max-tokens",
        longer_than(700),
        openai_error(400, "<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1, 700]"),
        extra=2,
    ),
    refused(
        "less-than-or-equal",
        longer_than(800),
        openai_error(
            400,
            "`max_completion_tokens` must be less than or equal to `800`, the maximum value for "
            "`max_completion_tokens` is less than the `context_window` for this model",
        ),
        extra=2,
    ),
    refused(
        "parameters-by-name",
        sends_field("max_completion_tokens"),
        error(400, {"message": "property 'max_completion_tokens' is unsupported", "type": "invalid_request_error"}),
    ),
    refused(
        "temperature-deprecated",
        sends_field("temperature"),
        openai_error(400, "`temperature` is deprecated for this model."),
        settings={"LLM_TEMPERATURE": "0.7"},
    ),
    refused(
        "effort-value",
        sends_field("reasoning_effort"),
        openai_error(
            400,
            "Unsupported value: 'reasoning_effort' does not support 'low' with this model.",
            param="reasoning_effort",
        ),
        settings={"LLM_REASONING_EFFORT": "low"},
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

ERRORS = [
    passing(
        "allocated-quota",
        openai_error(
            429, "Allocated quota exceeded, please increase your quota limit.", code="Throttling.AllocationQuota"
        ),
    ),
    final(
        "object-error-of-a-key-in-a-200",
        "provider_auth",
        replace(answer({"object": "error", "message": "Unauthorized", "code": 401}), tokens=0),
    ),
    final(
        "body-too-large",
        "provider_bad_request",
        openai_error(
            413, "Request body too large for gpt-4o-mini model. Max size: 8000 tokens.", code="tokens_limit_reached"
        ),
        most=2,
    ),
    final(
        "sensitive-in-chinese",
        "refused",
        error(400, {"error": {"code": "1301", "message": "系统检测到输入或生成内容可能包含不安全或敏感内容"}}),
    ),
    final(
        "policy-of-a-gateway",
        "refused",
        openai_error(400, "litellm.ContentPolicyViolationError: The prompt was blocked.", code="400"),
    ),
    final(
        "safety-system",
        "refused",
        openai_error(
            400, "Your request was rejected as a result of our safety system.", code="content_policy_violation"
        ),
    ),
    final("guardrail", "refused", shows(lambda _: {"content": "Blocked."}, "guardrail_intervened")),
    final("finish-refusal", "refused", shows(lambda _: {"content": ""}, "refusal")),
    final(
        "finish-safety",
        "refused",
        no_choice(choices=[{"index": 0, "finish_reason": "SAFETY", "message": {"role": "assistant", "content": None}}]),
    ),
    final("filter-in-a-200", "refused", wrapped({"code": "content_filter", "message": "The response was filtered."})),
    final(
        "no-credentials", "provider_auth", error(401, {"error": {"message": "No auth credentials found", "code": 401}})
    ),
    final(
        "incorrect-key-is-400",
        "provider_auth",
        error(
            400,
            {
                "code": "Client specified an invalid argument",
                "error": "Incorrect API key provided: sk***. You can obtain an API key from the console.",
            },
        ),
        most=2,
    ),
    final(
        "key-in-a-200-as-text",
        "provider_auth",
        wrapped({"message": "Incorrect API key provided", "code": "invalid_api_key"}),
    ),
    final(
        "quota-exceeded-by-type",
        "provider_quota",
        openai_error(
            429,
            "Your account is suspended, please check your plan and billing details",
            type="exceeded_current_quota_error",
        ),
    ),
    final(
        "balance-in-chinese",
        "provider_quota",
        error(429, {"error": {"code": "1113", "message": "余额不足或无可用资源包,请充值。"}}),
    ),
    final(
        "arrears",
        "provider_quota",
        openai_error(
            400, "Access denied, please make sure your account is in good standing.", code="Arrearage", type="Arrearage"
        ),
    ),
    final(
        "more-credits",
        "provider_quota",
        error(
            402,
            {
                "error": {
                    "message": "This request requires more credits, or fewer max_tokens. You requested up to 4096 "
                    "tokens, but can only afford 12.",
                    "code": 402,
                }
            },
        ),
    ),
    final(
        "not-a-model-id",
        "provider_bad_request",
        error(400, {"error": {"message": "gpt-4o-mini is not a valid model ID", "code": 400}}),
        most=2,
        logs=("OPENAI_MODEL",),
    ),
    final(
        "decommissioned",
        "provider_bad_request",
        openai_error(
            400,
            "The model `gpt-4o-mini` has been decommissioned and is no longer supported.",
            code="model_decommissioned",
        ),
        most=2,
        logs=("OPENAI_MODEL",),
    ),
    final(
        "unknown-model-code",
        "provider_bad_request",
        openai_error(400, "Unknown model: gpt-4o-mini", code="unknown_model"),
        most=2,
        logs=("OPENAI_MODEL",),
    ),
    passing(
        "rate-limit-in-chinese",
        error(429, {"error": {"code": "1302", "message": "您的账户已达到速率限制"}}),
    ),
    passing(
        "engine-overloaded",
        openai_error(429, "The engine is currently overloaded, please try again later", type="engine_overloaded_error"),
    ),
    passing("still-loading", error(503, {"error": "Model x is currently loading", "estimated_time": 0.4})),
    passing("unknown-5xx", error(520, "<html>Web server is returning an unknown error</html>"), error(599, None)),
    passing("status-in-a-200", replace(answer({"status": 503, "detail": "upstream connect error"}), tokens=0)),
    passing(
        "base-resp",
        replace(answer({"base_resp": {"status_code": 1002, "status_msg": "rate limit"}, "choices": None}), tokens=0),
    ),
    passing("null-in-a-200", replace(answer(b"null"), tokens=0)),
    passing(
        "list-in-a-200",
        replace(
            answer([{"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}]), tokens=0
        ),
    ),
    passing("message-null", no_choice(choices=[{"index": 0, "finish_reason": None, "message": None}])),
    passing(
        "rate-limit-code-in-a-200",
        wrapped({"message": "Rate limit exceeded: free-models-per-min", "code": "rate_limit_exceeded"}),
    ),
]


@pytest.mark.parametrize("case", ANSWERS, ids=str)
def test_an_answer_that_any_reader_understands_is_understood(board: Board, case: Case) -> None:
    judge(case, board(case))


@pytest.mark.parametrize("case", UNUSABLE, ids=str)
def test_an_ambiguous_answer_is_asked_for_again(board: Board, case: Case) -> None:
    judge(case, board(case))


@pytest.mark.parametrize("case", REQUESTS, ids=str)
async def test_a_rejected_form_costs_one_call_and_another_form_is_found(
    fresh: Fresh, provider: Provider, case: Case
) -> None:
    client = await fresh(**case.settings)
    judge(case, await generate(client, provider, case))
    if case.is_remembered:
        again = await generate(client, provider, case)
        assert (again.ending, len(again.calls)) == ("completed", case.work.calls)


@pytest.mark.parametrize("case", ERRORS, ids=str)
async def test_an_error_is_told_apart_from_the_others(
    fresh: Fresh, provider: Provider, caplog: pytest.LogCaptureFixture, case: Case
) -> None:
    judge(case, await generate(await fresh(**case.settings), provider, case))
    logged = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert all(word in logged for word in case.logs)


@pytest.mark.parametrize("text", ["<think>", "[THINK]", "<|channel|>final", "\n", " \n", "/* ", '{"a":', "and then "])
async def test_a_runaway_answer_is_read_in_linear_time(fresh: Fresh, provider: Provider, text: str) -> None:
    """All jobs of the process wait meanwhile. Quadratic time would take minutes."""
    case = Case(name="endless", behave=first(_endless(text)), settings={"LLM_TIMEOUT_S": "5"})
    async with asyncio.timeout(30):
        judge(case, await generate(await fresh(**case.settings), provider, case))


async def test_one_prompt_that_is_too_long_does_not_change_the_limits_of_others(
    fresh: Fresh, provider: Provider
) -> None:
    """It has little room left in the context; the others have as much as before."""
    client = await fresh()
    long = {"setting": {"name": "Low Tarn", "description": "A drowned town. " * 240}}
    await generate(client, provider, Case(name="no-room", behave=first_for("history", _no_room)), context=long)
    judge(AFTER, await generate(client, provider, AFTER))


def _no_room(question: Question) -> Reply:
    """A context that this prompt almost fills."""
    prompt = len(question.prompt) // 4
    return vllm_error(
        400,
        f"'max_tokens' or 'max_completion_tokens' is too large: 858. This model's maximum context length is "
        f"{prompt + 98} tokens and your request has {prompt} input tokens (858 > {prompt + 98} - {prompt}).",
    )


async def test_one_rejection_without_a_reason_does_not_make_all_later_requests_plain(
    fresh: Fresh, provider: Provider
) -> None:
    """It was about that one prompt, or a temporary fault. The schema is too valuable to drop on a guess."""
    client = await fresh()
    vague = error(400, {"error": {"message": "Bad Request"}})
    await generate(client, provider, Case(name="vague", behave=first_for("history", vague)))
    outcome = await generate(client, provider, AFTER)
    judge(AFTER, outcome)
    assert {call.question.format for call in outcome.calls} == {"json_schema"}


AFTER = Case(name="after", behave=right, extra=0)
