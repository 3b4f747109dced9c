"""Why a job failed (`error_code`), or why a piece is missing or was changed (`code` of a warning)."""

from foundation.failure import Failure, by_code

_TELL_OPERATORS = "Tell the operators the job's id."

#: The sentence of a `timeout` if no worker claimed the job, or the generator had no room for it.
NEVER_STARTED = "The job could not be started in time. Retry it; if that fails again, tell the operators its id."
#: The sentence of an `internal` error if the generator's stream ended before the result came.
ENDED_WITHOUT_RESULT = "Writing ended without a result. Retry the job."

JOB_FAILURES = by_code(
    (
        Failure(
            code="timeout",
            sentence="Writing took longer than allowed and was stopped. What is finished is kept: retry to continue.",
            when="not written within the job's deadline, or not started in time (the sentence then says so)",
            retryable=True,
            transient=True,
            grpc_status="DEADLINE_EXCEEDED",
        ),
        Failure(
            code="generator_unavailable",
            sentence="The generator cannot be reached right now. Retry the job in a minute.",
            when="in every attempt, the generator did not accept the connection in time, or the connection was lost",
            retryable=True,
            transient=True,
            grpc_status="UNAVAILABLE",
        ),
        Failure(
            code="overloaded",
            sentence="The generator is busy. Retry the job in a minute.",
            when="the generator had no room until the deadline; for a job that it never began, for an hour",
            retryable=True,
            transient=True,
            grpc_status="RESOURCE_EXHAUSTED",
        ),
        Failure(
            code="worker_lost",
            sentence="The work was interrupted too often and was given up. Retry the job to continue from what is "
            "finished.",
            when="workers died while they ran this job, until no attempt was left",
            retryable=True,
        ),
        Failure(
            code="undeliverable",
            sentence="The job could not be handed to a worker. Retry it; if that fails again, tell the operators its "
            "id.",
            when="its message reached the dead-letter queue, and neither `timeout` nor `worker_lost` applies",
            retryable=True,
        ),
        Failure(
            code="ended_by_operator",
            sentence="The operators ended this job. Retry it to continue from what is finished.",
            when="an operator ended it before a worker could",
            retryable=True,
        ),
        Failure(
            code="job_lost",
            sentence="The job's state was lost before the job ended. Submit it again.",
            when="only in `GET /history` and webhooks: the job's message arrived, but Redis no longer had the job",
        ),
        Failure(
            code="not_saved",
            sentence="The text was written but could not be saved. Retry the job: nothing is written or paid for "
            "again.",
            when="a world or a rewritten text was finished, but DynamoDB did not save it",
            retryable=True,
            transient=True,
        ),
        Failure(
            code="document_gone",
            sentence="The piece or world was deleted while the job was rewriting it. Nothing was changed.",
            when="somebody deleted the piece or world for good while the job was rewriting it",
        ),
        Failure(
            code="provider_unavailable",
            sentence="The language model cannot be reached right now. Try again in a minute.",
            when="the LLM's provider is down, answers 409, 424 or 5xx, sends something unreadable, or is still loading "
            "its model",
            retryable=True,
            transient=True,
            grpc_status="UNAVAILABLE",
        ),
        Failure(
            code="provider_rate_limited",
            sentence="The language model accepts no more requests at the moment. Try again in a minute.",
            when="the provider answers 429, or 413 for tokens per minute",
            retryable=True,
            transient=True,
            grpc_status="UNAVAILABLE",
        ),
        Failure(
            code="provider_timeout",
            sentence="The language model did not answer in time. Try again in a minute.",
            when="the provider does not answer in time, or answers 408",
            retryable=True,
            transient=True,
            grpc_status="UNAVAILABLE",
        ),
        Failure(
            code="out_of_time",
            sentence="There was no time left to write this. Retry the job: it writes what is missing.",
            when="only in `warnings`: the piece was not finished when the job's deadline was near",
            retryable=True,
            grpc_status="DEADLINE_EXCEEDED",
        ),
        Failure(
            code="provider_auth",
            sentence="The language model does not accept the API key. The operators must set a valid key.",
            when="the provider rejects the key (401, 403)",
            grpc_status="FAILED_PRECONDITION",
        ),
        Failure(
            code="provider_quota",
            sentence="The language model's account has no credit left. The operators must add credit.",
            when="the provider's account has no credit left",
            grpc_status="FAILED_PRECONDITION",
        ),
        Failure(
            code="provider_bad_request",
            sentence="The language model rejected the request. The operators must check the configured model and "
            "address.",
            when="the provider rejects the request, the model's name or the address (400, 404, 422); the generator's "
            "log names the setting",
            grpc_status="FAILED_PRECONDITION",
        ),
        Failure(
            code="invalid_output",
            sentence="The language model gave two unusable answers in a row. Try again.",
            when="the LLM's answer did not fit the schema, twice in a row",
            retryable=True,
        ),
        Failure(
            code="truncated",
            sentence="The language model's answer was cut off twice in a row. Try again, or ask for fewer pieces.",
            when="the LLM's answer was cut off, twice in a row",
            retryable=True,
        ),
        Failure(
            code="duplicate_name",
            sentence="No unused name was found for this piece. Try again, or change the theme.",
            when="the LLM only proposed names that are already used",
            retryable=True,
        ),
        Failure(
            code="refused",
            sentence="The language model refused to write this. Change the theme or the chosen pieces, and try again.",
            when="the LLM, its content filter or the provider's moderation will not write this",
        ),
        Failure(
            code="budget_exhausted",
            sentence="The job has used up its token budget. Retry it: finished stages are kept, and the retry has a "
            "new budget.",
            when="the job's token budget is too small for the next call",
            retryable=True,
            grpc_status="FAILED_PRECONDITION",
        ),
        Failure(
            code="adjusted",
            sentence="A part of this piece was adjusted.",
            when="only in `warnings`, with `missing: false`: the piece is there; a number was set to the nearest "
            "bound, or a text that was too long or cut off ends after a whole sentence",
        ),
        Failure(
            code="below_standard",
            sentence="The language model wrote a text that is not good enough, twice in a row. Try again.",
            when="a text still breaks a rule of its stage ([judging](judging.md)) after it was asked for again. "
            "Usually it is in `warnings` with `missing: false`: the piece is there, and `message` says what is wrong. "
            "A stage can also declare that such a text fails the piece",
            retryable=True,
        ),
        Failure(
            code="unknown_kind",
            sentence=f"The generator does not know this kind of lore. {_TELL_OPERATORS}",
            when="worker and generator have different versions",
            grpc_status="INVALID_ARGUMENT",
        ),
        Failure(
            code="invalid_params",
            sentence="The generator rejected the parameters of the job.",
            when="worker and generator have different versions",
            grpc_status="INVALID_ARGUMENT",
        ),
        Failure(
            code="internal",
            sentence=f"An internal error stopped the work. {_TELL_OPERATORS}",
            when="a bug; `retryable` if the generator's stream ended too early",
        ),
    )
)
