"""Defaults for calls to the LLM on which the functions, the generator and the deployment must agree."""

#: The part of the address before `/chat/completions`.
OPENAI_URL = "https://api.openai.com/v1"
OPENAI_MODEL = "gpt-4o-mini"
#: One call, retries not counted.
LLM_TIMEOUT_S: float = 30

#: What gRPC's health service calls the LLM's provider. It is NOT_SERVING while the provider has asked for a pause; then
#: the trailing metadata `retry-after-ms` says how long it lasts.
PROVIDER_SERVICE = "provider"
