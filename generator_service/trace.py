"""OpenTelemetry traces. A job and each of its LLM calls are spans of the caller's trace (W3C Trace Context).

Without a collector no span is recorded, but the trace is still passed on to the provider.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from generator_service.error import LoreError

_TRACER = trace.get_tracer("generator_service")
_W3C = TraceContextTextMapPropagator()
#: How long a collector that does not answer may delay the end of the process, seconds.
_EXPORT_TIMEOUT_S = 5


@contextmanager
def exporting(endpoint: str | None) -> Iterator[None]:
    """Send spans to the OTLP/HTTP collector at `endpoint`, such as http://127.0.0.1:4318. Call it once per process."""
    if endpoint is None:
        yield
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # slow to load
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "loresmith-generator"}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=_EXPORT_TIMEOUT_S)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        provider.shutdown()


@contextmanager
def job_span(metadata: Iterable[tuple[str, Any]] | None, *, job_id: str, kind: str) -> Iterator[Span]:
    """The span of a job in the caller's trace. Run the job's work `inside` it.

    It is not the current span here: a generator may be closed from another task, which cannot put back what was current
    before.
    """
    context = _W3C.extract({name: str(value) for name, value in metadata or ()})
    attributes = {"loresmith.job_id": job_id, "loresmith.kind": kind}
    span = _TRACER.start_span(f"generate {kind}", context, SpanKind.SERVER, attributes)
    try:
        with _status_of_failure(span):
            yield span
    finally:
        span.end()


def inside(span: Span) -> AbstractContextManager[Span]:
    """Makes the span the current one of this task, until the end of the block."""
    return trace.use_span(span, record_exception=False, set_status_on_exception=False)


@contextmanager
def call_span(model: str, stage: str) -> Iterator[Span]:
    """The span of one LLM call, with OpenTelemetry's names for generative AI."""
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.request.model": model, "loresmith.stage": stage}
    with (
        _TRACER.start_as_current_span(
            f"chat {model}", None, SpanKind.CLIENT, attributes, record_exception=False, set_status_on_exception=False
        ) as span,
        _status_of_failure(span),
    ):
        yield span


def provider_headers() -> dict[str, str]:
    """Headers that identify the current call to the provider: its trace, and an id for OpenAI's support.

    Their names are in lower case.
    """
    trace_id = trace_id_of(trace.get_current_span())
    if trace_id is None:
        return {}
    headers = {"x-client-request-id": trace_id}
    _W3C.inject(headers)
    return headers


@contextmanager
def _status_of_failure(span: Span) -> Iterator[None]:
    """A span that fails has the error's code; only the logs have the error, because it may quote the provider."""
    try:
        yield
    except LoreError as error:
        span.set_status(Status(StatusCode.ERROR, error.code))
        raise
    except Exception as error:
        span.set_status(Status(StatusCode.ERROR, type(error).__name__))
        raise


def trace_id_of(span: Span) -> str | None:
    """The id of its trace; None if it has none."""
    context = span.get_span_context()
    return format_trace_id(context.trace_id) if context.is_valid else None
