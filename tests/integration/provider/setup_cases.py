"""Wrong models and addresses, in the words of real servers."""

from tests.integration.provider.failure import final
from tests.integration.provider.reply import error, openai_error

#: What the generator's log must name for the operators.
MODEL = ("OPENAI_MODEL", "gpt-4o-mini")


ADDRESS = ("OPENAI_BASE_URL",)


SETUPS = [
    final(
        "model-not-pulled",
        "provider_bad_request",
        error(404, {"error": {"message": 'model "gpt-4o-mini" not found, try pulling it first', "type": "api_error"}}),
        logs=MODEL,
    ),
    final(
        "model-does-not-exist",
        "provider_bad_request",
        openai_error(
            404, "The model `gpt-4o-mini` does not exist or you do not have access to it.", code="model_not_found"
        ),
        logs=MODEL,
    ),
    final(
        "model-not-exist",
        "provider_bad_request",
        openai_error(400, "Model Not Exist", code="invalid_request_error"),
        most=2,
        logs=MODEL,
    ),
    final(
        "model-invalid",
        "provider_bad_request",
        error(
            400, {"object": "error", "message": "Invalid model: gpt-4o-mini", "type": "invalid_model", "code": "1500"}
        ),
        most=2,
        logs=MODEL,
    ),
    final("redirect", "provider_bad_request", error(307, None, location="/api/v1/chat/completions"), logs=ADDRESS),
    final("wrong-path", "provider_bad_request", error(404, {"detail": "Not Found"}), logs=ADDRESS),
    final(
        "wrong-server", "provider_bad_request", error(405, "<html><body>405 Not Allowed</body></html>"), logs=ADDRESS
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
]
