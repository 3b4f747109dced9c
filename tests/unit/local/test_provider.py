"""The line that says where the text comes from, and the report on faults of the provider."""

import json
from collections.abc import Mapping

import pytest

from chalicelib.domain.timing import Timing
from local.provider_check.address import host_of, likely, shown
from local.provider_check.advice import SLOW_SERVER, advice
from local.provider_check.check import Answer, NoAnswer, Provider, finding
from local.provider_check.source import source_line
from local.stack.settings import StackSettings

BASE = "http://gpu:8000/v1"
OFFLINE = "Text comes from the offline writer, in English only (no OPENAI_API_KEY or OPENAI_BASE_URL is set)."


def listing(*names: str, **more: object) -> Answer:
    body = {"object": "list", "data": [{"id": name, "object": "model"} for name in names]} | more
    return Answer(200, json.dumps(body).encode(), "application/json")


def found(
    answers: Mapping[str, Answer | str], base: str = BASE, model: str = "gpt-4o-mini", *, has_key: bool = True
) -> str:
    """The report for a server with these answers by path. A string is the reason for no answer. Other paths get 404."""

    def ask(url: str) -> Answer:
        answer = answers.get("/" + url.split("//")[1].partition("/")[2], Answer(404))
        if isinstance(answer, str):
            raise NoAnswer(answer)
        return answer

    return finding(Provider(base, model, has_key=has_key), ask) or ""


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({}, OFFLINE),
        ({"OPENAI_API_KEY": " "}, OFFLINE),
        ({"OPENAI_API_KEY": "sk-x"}, "Text comes from gpt-4o-mini at api.openai.com."),
        (
            {"OPENAI_BASE_URL": "http://me:hunter2@[::1]:8000/v1?key=x", "OPENAI_MODEL": "qwen3"},
            "Text comes from qwen3 at [::1]:8000.",
        ),
    ],
)
def test_one_line_says_where_the_text_comes_from_and_shows_no_secret(given: dict[str, str], line: str) -> None:
    assert source_line(StackSettings.read(given)) == line


def test_a_provider_that_lists_the_model_is_not_reported() -> None:
    assert found({"/v1/models": listing("a", "gpt-4o-mini")}) == ""


@pytest.mark.parametrize(
    ("listed", "model"),
    [
        ("llama3:latest", "llama3"),
        ("models/gemini-2.5-flash", "gemini-2.5-flash"),
        ("qwen/qwen3-8b", "qwen/qwen3-8b:nitro"),
        ("openai/*", "openai/gpt-4o-mini"),
    ],
)
def test_a_model_may_be_listed_under_a_variant_of_its_name(listed: str, model: str) -> None:
    assert found({"/v1/models": listing(listed)}, model=model) == ""


def test_a_missing_model_is_reported_with_up_to_five_others_the_closest_first() -> None:
    names = ["whisper", "openai/gpt-4o-mini", "gpt-4o", "llama", "qwen", "mistral", "zephyr"]
    said = found({"/v1/models": listing(*names)})
    assert said.startswith("gpu:8000 does not list the model gpt-4o-mini. Set OPENAI_MODEL to one that it lists: ")
    shown_names = said.partition("lists: ")[2].removesuffix(" and others.").split(", ")
    assert shown_names[:2] == ["openai/gpt-4o-mini", "gpt-4o"]
    assert len(shown_names) == 5


def test_a_server_without_any_model_is_reported() -> None:
    """A new Ollama has no models."""
    assert "nor any other. Load one" in found({"/v1/models": listing()})


@pytest.mark.parametrize(
    ("base", "answer"),
    [
        (BASE, listing("other", has_more=True)),
        ("https://mine.openai.azure.com/openai/v1", listing("gpt-4o-mini-2024-07-18")),
        (BASE, Answer(200, b'{"data": [{"id": "/models/smol.gguf", "owned_by": "llamacpp"}]}', "application/json")),
    ],
)
def test_an_inconclusive_list_does_not_count_against_a_model(base: str, answer: Answer) -> None:
    """The cases: a page of a longer list; Azure, which expects deployments; llama.cpp, which accepts any name."""
    assert found({"/v1/models": answer, "/openai/v1/models": answer}, base, "mine") == ""


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_server_without_a_list_of_models_is_not_reported(status: int) -> None:
    assert found({"/v1/models": Answer(status)}) == ""
    page = Answer(status, b"<html>no such page</html>", "text/html")
    assert found({"/v1/models": page}) == ""


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_reported_with_its_setting(status: int) -> None:
    assert "OPENAI_API_KEY" in found({"/v1/models": Answer(status)})
    assert found({"/v1/models": Answer(status)}, has_key=False) == (
        f"gpu:8000 asks for a key ({status}). Set OPENAI_API_KEY."
    )


def test_google_answers_400_for_a_wrong_key() -> None:
    answer = Answer(400, b'[{"error": {"message": "API key not valid. Please pass a valid API key."}}]')
    assert "does not accept the key (400)" in found({"/v1/models": answer})


@pytest.mark.parametrize(
    "first",
    [
        Answer(404),
        Answer(200, b"<html>Ollama</html>", "text/html"),
        Answer(200, b'{"error": "Unexpected endpoint or method. (GET /models)"}', "application/json"),
        Answer(400, b"bad"),
    ],
)
@pytest.mark.parametrize("second", [listing("a"), Answer(401, b"{}", "application/json")])
def test_an_address_without_v1_is_reported_with_the_likely_one(first: Answer, second: Answer) -> None:
    """Servers answer differently at wrong paths: LM Studio answers 200 with an error."""
    said = found({"/models": first, "/v1/models": second}, "http://gpu:8000/")
    assert said == "http://gpu:8000 is not the API's address. Set OPENAI_BASE_URL=http://gpu:8000/v1"


@pytest.mark.parametrize(
    ("base", "wanted"),
    [
        ("http://gpu", ["http://gpu/v1"]),
        ("http://gpu/v1/", []),
        ("http://gpu/v1/v1", ["http://gpu/v1"]),
        ("http://gpu/v1/chat/completions", ["http://gpu/v1"]),
        ("http://gpu/llm", ["http://gpu/llm/v1"]),
        ("http://ollama:11434/api", ["http://ollama:11434/api/v1", "http://ollama:11434/v1"]),
        ("https://openrouter.ai/v1", ["https://openrouter.ai/api/v1"]),
        ("https://api.groq.com/v1", ["https://api.groq.com/openai/v1"]),
        ("https://api.groq.com/openai/v1", []),
        ("https://open.bigmodel.example/api/paas/v4", []),
        ("https://mine.openai.azure.com", ["https://mine.openai.azure.com/openai/v1"]),
        ("https://mine.openai.azure.com/openai/deployments/gpt", []),
    ],
)
def test_likely_addresses_are_suggested_for_a_wrong_one(base: str, wanted: list[str]) -> None:
    assert likely(base) == wanted


def test_an_address_is_shown_without_its_secrets() -> None:
    url = "https://me:hunter2@gpu:8000/v1/?key=sk-x"
    assert (shown(url), host_of(url)) == ("https://gpu:8000/v1", "gpu:8000")
    said = found({"/models": "nothing listens there"}, "http://me:hunter2@gpu:8000")
    assert "hunter2" not in said


def test_a_missing_answer_is_reported_with_the_reason() -> None:
    assert found({"/v1/models": "nothing listens there"}) == (
        "http://gpu:8000/v1 cannot be reached: nothing listens there. Is the server running, and OPENAI_BASE_URL right?"
    )


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("https://gpu:8000/v1/models", "Set OPENAI_BASE_URL=https://gpu:8000/v1"),
        ("/v2/models", "Set OPENAI_BASE_URL=http://gpu:8000/v2"),
        ("https://login.example/?state=sk-x", "leads to https://login.example, a web page"),
    ],
)
def test_a_redirect_is_reported_with_the_address_to_set(location: str, words: str) -> None:
    said = found({"/v1/models": Answer(302, location=location)})
    assert words in said
    assert "sk-x" not in said


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(200, b"<html>Sign in</html>", "text/html"), "is a web page"),
        (Answer(200, b'{"hello": 1}', "application/json"), "is not an OpenAI-compatible server"),
        (Answer(402), "payment"),
        (Answer(407), "proxy"),
        (Answer(429), "too many requests"),
        (Answer(503, b"<html>", "text/html"), "answers 503: it is starting, overloaded or down"),
        (Answer(418), "answers 418"),
    ],
)
def test_other_answers_are_distinguished(answer: Answer, words: str) -> None:
    assert words in found({"/v1/models": answer})


@pytest.mark.parametrize(
    ("code", "setting"),
    [
        ("provider_auth", "OPENAI_API_KEY"),
        ("provider_quota", "OPENAI_API_KEY"),
        ("provider_bad_request", "OPENAI_MODEL"),
        ("provider_timeout", "LLM_TIMEOUT_S"),
        ("provider_rate_limited", "LLM_MAX_CONCURRENCY"),
        ("provider_unavailable", "OPENAI_BASE_URL"),
        ("timeout", "JOB_DEADLINE_S"),
    ],
)
def test_after_a_failed_job_one_line_says_which_setting_to_check(code: str, setting: str) -> None:
    said = advice(code) or ""
    assert setting in said
    assert "\n" not in said


def test_errors_that_no_provider_setting_can_fix_get_no_advice() -> None:
    assert advice("worker_lost") is advice(None) is None


def test_the_settings_advised_for_a_slow_server_are_valid() -> None:
    StackSettings.read({name: str(value) for name, value in SLOW_SERVER.items()})
    assert SLOW_SERVER["LLM_TIMEOUT_S"] > Timing().llm_timeout_s
