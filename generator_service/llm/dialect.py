"""Which form of chat completions a provider accepts, and what to try after it rejects one.

OpenAI-compatible servers differ: some do not support JSON Schema, some have no system role, and the output limit has
different names. Whatever a provider rejects is left out from then on, so each rejection costs one call per process.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from generator_service.llm.complaint import Complaint, any_of


class Form(Enum):
    """How a request states the form of the answer, strictest first."""

    JSON_SCHEMA = "json_schema"
    #: The schema without limits and references.
    LOOSE_SCHEMA = "json_schema_loose"
    #: Any JSON object; the prompt contains the schema.
    JSON_OBJECT = "json_object"
    #: No response format; the prompt contains the schema.
    TEXT = "text"


#: The ends of the names of Azure's hosts.
AZURE_HOSTS = (".openai.azure.com", ".services.ai.azure.com", ".cognitiveservices.azure.com")
_LIMIT_NAMES = ("max_tokens", "max_completion_tokens")
#: Only these hosts call the limit `max_completion_tokens`. It includes a model's reasoning.
_NEW_LIMIT_HOSTS = ("api.openai.com", *AZURE_HOSTS)
#: No answer fits into fewer tokens.
_MIN_TOKENS = 64
#: Safety margin below what the provider says is left, in tokens.
_MARGIN_TOKENS = 16

#: Statuses with which servers reject a form. A 5xx only counts if its text clearly says so; otherwise it is temporary.
_REFUSING_STATUSES = frozenset({400, 404, 405, 415, 422, 500, 501})

#: Statuses of rejections that may give no reason.
_VAGUE_STATUSES = (400, 422, 500)

_REJECTS_FIELD = any_of(
    r"extra (fields|inputs|parameters)|extra_forbidden|not permitted|unrecognized|additional propert",
    r"unknown (field|param|name|arg|key)|unexpected (keyword|field|param)|unsupported param|no such (field|param)",
    r"cannot find field",
)
_NAMES_CONTEXT = any_of(
    r"context[ _](length|size|window)|n_ctx|exceed_context|too many (input )?tokens|prompt length",
    r"tokens\W+max_new_tokens",
    r"(prompt|input|request|string) (is |was )?too (long|large)|maximum number of tokens|too large for model",
    r"(reduce|shorten) (the )?(length|your (prompt|input|messages))",
)
_CONTEXT_SIZE = any_of(
    r"context (?:length|size|window)\D{0,30}(\d{3,8})",
    r"n_ctx\D{1,6}(\d{3,8})",
    r"(\d{3,8}) maximum context",
    r"max_new_tokens\W+must be <= (\d{3,8})",
)
_PROMPT_SIZE = any_of(
    r"(\d+)(?: tokens)? (?:in|from) (?:the|your) (?:messages|prompt|input)",
    r"(?:prompt|input|messages)\D{0,40}?(\d+)(?: \w+)? tokens",
    r"has (\d+) input tokens",
    r"n_prompt_tokens\D{1,6}(\d+)",
    r"given: (\d+) .inputs",
)
_NAMES_LIMIT = any_of(r"max[ _](?:completion[ _]|output[ _]|new[ _])?tokens", "max_length", "completion tokens")
_MAX_TOKENS = any_of(
    r"(?:at most|less than or equal to|no more than|up to|<=|cannot exceed)[\s`'\"(]*(\d{2,7})",
    r"maximum(?: value)?(?: allowed)?(?: is| of)?:?[\s`'\"(]*(\d{2,7})",
    r"exceeds?(?: the)?(?: maximum| limit)?(?: of)?[\s`'\"(]*(\d{2,7})",
    r"range[^\[]{0,60}\[\s*\d+\s*,\s*(\d{2,7})",
)
#: Phrases that reject the name of the parameter, not its value.
_REJECTS_LIMIT_NAME = any_of(
    _REJECTS_FIELD.pattern, r"(not|n't|un)[ -]?support\w*|use '?max_|instead|deprecated|not allowed"
)
_NAMES_STREAMING = any_of(
    r"stream(ing|ed)?\b.{0,60}\b(not|un|in)[ -]?(support|allow|implement|enabl|availab|permit|compatib)\w*",
    r"(not|n't|un) ?(support|allow|implement|enabl|permit|compatib)\w* .{0,40}\bstream",
    r"(without|disable|set) .{0,20}\bstream|\bstream\b.{0,20} must be",
)
_NAMES_SYSTEM_ROLE = any_of(
    r"system[ _'\"`]{0,3}(role|message|prompt|instruction)s? .{0,40}(not|n't|un)|role[^.]{0,40}\bsystem\b",
    r"(not|n't) (support|allow|accept)\w* .{0,12}system|developer instruction|only user and assistant",
    r"roles? must alternate|first message .{0,40}(user|system)|unexpected value; permitted: 'user'",
)
_NAMES_KEYWORDS = any_of(
    r"minitems|maxitems|exclusiveminimum|minlength|maxlength|\$ref|\$defs|additionalproperties",
    r"schema (is )?too (complex|deep|large|many)|unsupported (json )?schema",
    r"schema.{0,200}\b(minimum|maximum|pattern|keywords?|strict)\b|\b(minimum|maximum|pattern|keywords?|strict)\b.{0,80}schema",
    r"grammar.{0,80}\bkeywords?\b|'(minimum|maximum|pattern|strict)' is not",
)
_NAMES_FORM = any_of(
    r"response[_ ]?format|json[_ ]?schema|json_object|json[ _]mode|structured[ _]output|guided_|guided decod|grammar",
    r"output_?format|output schema|invalid schema|no endpoints found .{0,40}param",
    _NAMES_KEYWORDS.pattern,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How requests are made."""

    form: Form = Form.JSON_SCHEMA
    has_system_role: bool = True
    #: None if the provider accepts neither name.
    limit_name: str | None = "max_tokens"
    #: The provider's own limit for an answer.
    max_answer_tokens: int | None = None
    #: How many tokens prompt and answer may have together.
    context_tokens: int | None = None
    #: For prompts. The default suits English and most tokenizers; figures from the provider replace it.
    tokens_per_byte: float = 0.25
    #: Tokens that a reasoning model may use in addition to its answer; 0 for other models.
    reasoning_tokens: int = 0
    #: Parameters that the provider rejected and that are left out.
    refused: frozenset[str] = frozenset()
    #: Which of "form", "system" and "limit" are set manually.
    fixed: frozenset[str] = frozenset()

    def limit(self, answer_tokens: int, prompt_bytes: int) -> int:
        """The output limit of a call with an answer and a prompt of this size."""
        wanted = min(answer_tokens + self.reasoning_tokens, self.max_answer_tokens or math.inf)
        if self.context_tokens is None:
            return int(wanted)
        room = self.context_tokens - math.ceil(prompt_bytes * self.tokens_per_byte) - _MARGIN_TOKENS
        # If there seems to be no room, send the full limit: the prompt may have fewer tokens than we estimate.
        return int(min(wanted, room) if room >= _MIN_TOKENS else wanted)

    def after(self, complaint: Complaint, sent: Mapping[str, Any]) -> "Dialect | None":
        """The dialect to try after the request `sent` was rejected; None if the dialect was not the cause."""
        words = complaint.words
        if complaint.status not in _REFUSING_STATUSES:
            return None
        names_limit = _NAMES_LIMIT.search(words) is not None and "limit" not in self.fixed and self.limit_name in sent
        if names_limit and self._states_lower_limit(words, sent):
            return replace(self, max_answer_tokens=_first_number(_MAX_TOKENS, words))
        if _NAMES_CONTEXT.search(words):
            return self._with_context(words, sent)
        if name := next((name for name in _optional_parameters(sent) if _names_parameter(name.lower(), words)), None):
            return replace(self, refused=self.refused | {name})
        if names_limit:
            return self.with_other_limit_name() if _REJECTS_LIMIT_NAME.search(words) else None
        return self._without_named_feature(words)

    def _without_named_feature(self, words: str) -> "Dialect | None":
        if _NAMES_SYSTEM_ROLE.search(words) and self.has_system_role and "system" not in self.fixed:
            return replace(self, has_system_role=False)
        if _NAMES_FORM.search(words) and "form" not in self.fixed:
            return self._with_looser_form(words)
        return None

    def room(self, complaint: Complaint, sent: Mapping[str, Any]) -> int | None:
        """The output limit with which this prompt fits into the context; None if the complaint is not about that."""
        words = complaint.words
        if complaint.status not in _REFUSING_STATUSES or not _NAMES_CONTEXT.search(words):
            return None
        limit = sent.get(self.limit_name or "", 0)
        size, prompt = _first_number(_CONTEXT_SIZE, words), _first_number(_PROMPT_SIZE, words)
        room = size - prompt - _MARGIN_TOKENS if size and prompt else int(limit // 2)
        return room if _MIN_TOKENS <= room < limit else None

    def plainest(self, complaint: Complaint, sent: Mapping[str, Any]) -> "Dialect | None":
        """The dialect that every server accepts, for a rejection without a reason; None if it is the current one."""
        if complaint.status not in _VAGUE_STATUSES:
            return None
        plain = replace(
            self,
            form=self.form if "form" in self.fixed else Form.TEXT,
            has_system_role=self.has_system_role and "system" in self.fixed,
            limit_name=self.limit_name if "limit" in self.fixed else "max_tokens",
            refused=self.refused | frozenset(_optional_parameters(sent)),
        )
        return None if plain == self else plain

    def without_stream(self, complaint: Complaint) -> "Dialect | None":
        """The dialect without streams, for a rejection that gives no reason."""
        if complaint.status not in _VAGUE_STATUSES or "stream" in self.refused:
            return None
        return replace(self, refused=self.refused | {"stream"})

    def with_other_limit_name(self) -> "Dialect":
        """With a name for the output limit that has not been rejected, or without a limit."""
        refused = self.refused | {self.limit_name or ""}
        return replace(
            self, limit_name=next((name for name in _LIMIT_NAMES if name not in refused), None), refused=refused
        )

    def _with_context(self, words: str, sent: Mapping[str, Any]) -> "Dialect | None":
        size, prompt = _first_number(_CONTEXT_SIZE, words), _first_number(_PROMPT_SIZE, words)
        if size is None or size == self.context_tokens:
            return None
        ratio = self.tokens_per_byte
        if prompt and (length := bytes_of(sent["messages"])):
            ratio = prompt / length
        return replace(self, context_tokens=size, tokens_per_byte=ratio)

    def _states_lower_limit(self, words: str, sent: Mapping[str, Any]) -> bool:
        most = _first_number(_MAX_TOKENS, words)
        return most is not None and _MIN_TOKENS <= most < sent.get(self.limit_name or "", 0)

    def _with_looser_form(self, words: str) -> "Dialect | None":
        match self.form:
            case Form.JSON_SCHEMA if _NAMES_KEYWORDS.search(words):
                return replace(self, form=Form.LOOSE_SCHEMA)
            case Form.JSON_SCHEMA | Form.LOOSE_SCHEMA if not _REJECTS_FIELD.search(words) or "json_schema" in words:
                return replace(self, form=Form.JSON_OBJECT)
            case Form.TEXT:
                return None
        return replace(self, form=Form.TEXT)


def dialect_for(base_url: str, **settings: Any) -> Dialect:
    """The dialect to try first with this provider. `settings` are fields that are set manually."""
    host = (urlsplit(base_url).hostname or "").lower()
    is_new = any(host == name or (name[0] == "." and host.endswith(name)) for name in _NEW_LIMIT_HOSTS)
    return Dialect(**{"limit_name": _LIMIT_NAMES[is_new]} | settings)


def bytes_of(messages: Iterable[Mapping[str, str]]) -> int:
    """The length in UTF-8, which predicts the number of tokens better than characters do, in any script."""
    return sum(len(message["content"].encode(errors="replace")) for message in messages)


def _optional_parameters(sent: Mapping[str, Any]) -> list[str]:
    """The optional parameters of a request."""
    return [name for name in sent if name not in ("model", "messages", "response_format", *_LIMIT_NAMES)]


def _names_parameter(name: str, words: str) -> bool:
    """Whether a complaint names this parameter. Names that are common words must be quoted."""
    if name in ("temperature", "reasoning_effort"):
        return name in words
    if name == "stream_options":
        return name in words or "include_usage" in words
    if name == "stream" and _NAMES_STREAMING.search(words):
        return True
    quoted = rf"""["'`]{re.escape(name)}\\?["'`]|(?:param\w*|field|argument|body)[.:\s]+["'`\\]*{re.escape(name)}\b"""
    return re.search(quoted, words) is not None


def _first_number(pattern: re.Pattern[str], words: str) -> int | None:
    found = pattern.search(words)
    return next((int(group) for group in found.groups() if group), None) if found else None
