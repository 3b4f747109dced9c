"""Checks the provider's address, key and model before the first job. It only reports faults; the job runs anyway."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin

from local.provider_check import model_list
from local.provider_check.address import host_of, is_azure, likely, models_url, shown
from local.provider_check.model_list import ModelList

#: Servers without a list of models are fine: jobs do not need one.
_HAS_NO_LIST = frozenset({404, 405, 501})
_BY_STATUS = {
    402: "it asks for payment. Check the account that OPENAI_API_KEY belongs to.",
    407: "the proxy asks for a login. Set it in HTTPS_PROXY and HTTP_PROXY.",
    429: "it has received too many requests. If jobs fail too, check the limits of the account.",
    500: "it is starting, overloaded or down. Look at its own log.",
}
_MAX_NAMES = 5


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    #: Only the media type, in lower case.
    media_type: str = ""
    #: The target of a redirect.
    location: str | None = None


class NoAnswer(Exception):
    """The provider did not answer. The message is the reason, worded as the end of a sentence."""


#: Sends a GET. Raises `NoAnswer`.
Ask = Callable[[str], Answer]


@dataclass(frozen=True, slots=True)
class Provider:
    base_url: str
    model: str
    #: Whether OPENAI_API_KEY is set.
    has_key: bool = field(kw_only=True)

    @property
    def host(self) -> str:
        return host_of(self.base_url)

    @property
    def address(self) -> str:
        return shown(self.base_url)


def finding(provider: Provider, ask: Ask) -> str | None:
    """What is wrong with the address, the key or the model, and what to set; None if nothing is known to be wrong."""
    try:
        answer = ask(models_url(provider.base_url))
    except NoAnswer as reason:
        return f"{provider.address} cannot be reached: {reason}. Is the server running, and OPENAI_BASE_URL right?"
    if answer.location is not None:
        return _of_redirect(provider, answer.location)
    if (models := _models(answer)) is not None:
        return _of_models(provider, models)
    if _is_about_the_key(answer):
        return _of_key(provider, answer.status)
    if meant := _meant(provider, ask):
        return f"{provider.address} is not the API's address. Set OPENAI_BASE_URL={shown(meant)}"
    return _of_other(provider, answer)


def _models(answer: Answer) -> ModelList | None:
    return model_list.read(answer.body) if answer.status == 200 else None


def _of_redirect(provider: Provider, location: str) -> str:
    target = shown(urljoin(models_url(provider.base_url), location))
    if not target.endswith("/models"):
        return f"{provider.address} leads to {target}, a web page. Set OPENAI_BASE_URL to the API's address."
    return f"{provider.address} has moved. Set OPENAI_BASE_URL={target.removesuffix('/models')}"


def _of_models(provider: Provider, models: ModelList) -> str | None:
    # Azure lists models but expects the names of deployments.
    if is_azure(provider.base_url) or not models.is_complete or models.offers(provider.model):
        return None
    said = f"{provider.host} does not list the model {provider.model}"
    if not models.names:
        return f"{said}, nor any other. Load one there (Ollama: `ollama pull`), and set OPENAI_MODEL to its name."
    names = models.closest(provider.model, _MAX_NAMES)
    more = " and others" if len(models.names) > len(names) else ""
    return f"{said}. Set OPENAI_MODEL to one that it lists: {', '.join(names)}{more}."


def _is_about_the_key(answer: Answer) -> bool:
    """Whether the server rejects the key. Google answers 400 for a wrong one."""
    words = answer.body[:2000].lower()
    return answer.status in (401, 403) or (answer.status == 400 and (b"api key" in words or b"api_key" in words))


def _of_key(provider: Provider, status: int) -> str:
    if not provider.has_key:
        return f"{provider.host} asks for a key ({status}). Set OPENAI_API_KEY."
    if status == 403:
        # A key that is restricted to completions cannot list models.
        return f"{provider.host} does not let this key list models (403). If jobs fail too, check OPENAI_API_KEY."
    return f"{provider.host} does not accept the key ({status}). Set OPENAI_API_KEY to a valid one for this address."


def _meant(provider: Provider, ask: Ask) -> str | None:
    """The first likely address at which an API answers."""
    return next((url for url in likely(provider.base_url) if _is_api(url, ask)), None)


def _is_api(base_url: str, ask: Ask) -> bool:
    try:
        answer = ask(models_url(base_url))
    except NoAnswer:
        return False
    asks_for_key = answer.status in (401, 403) and answer.media_type.endswith("json")
    return asks_for_key or _models(answer) is not None


def _of_other(provider: Provider, answer: Answer) -> str | None:
    if answer.status in _HAS_NO_LIST:
        return None
    if said := _BY_STATUS.get(500 if answer.status >= 500 else answer.status):
        return f"{provider.host} answers {answer.status}: {said}"
    if answer.media_type == "text/html":
        return f"{provider.address} is a web page. Set OPENAI_BASE_URL to the address of the API."
    if answer.status == 200:
        return f"{provider.address} is not an OpenAI-compatible server. Check OPENAI_BASE_URL."
    return f"{provider.host} answers {answer.status} to GET /models. If jobs fail too, check OPENAI_BASE_URL."
