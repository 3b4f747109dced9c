"""The spans that the generator sends to a collector."""

import http.server
import threading
from collections.abc import Iterator

import grpc.aio
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.integration.generator.client import Client
from tests.integration.generator.conftest import Generator
from tests.integration.generator.process import Start
from tests.integration.generator.provider import Provider
from tests.integration.generator.provider import Status as Refusal

TRACE_ID, CALLER_SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE_ID}-{CALLER_SPAN}-01"


class Collector(http.server.ThreadingHTTPServer):
    """Receives spans (OTLP over HTTP)."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.spans: list[Span] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Request(http.server.BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        assert self.path == "/v1/traces"
        sent = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.spans += [s for r in sent.resource_spans for scope in r.scope_spans for s in scope.spans]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


async def test_a_job_and_its_calls_are_spans_of_the_callers_trace(
    start: Start, provider: Provider, collector: Collector
) -> None:
    process = await start(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
    async with grpc.aio.insecure_channel(await process.listening()) as channel:
        await Client(channel, traceparent=TRACEPARENT).generate("relic", count=1)
    process.process.terminate()
    assert await process.ended() == 0
    assert {span.trace_id.hex() for span in collector.spans} == {TRACE_ID}
    (job,) = [span for span in collector.spans if span.kind == Span.SPAN_KIND_SERVER]
    calls = [span for span in collector.spans if span.kind == Span.SPAN_KIND_CLIENT]
    assert (job.name, job.parent_span_id.hex()) == ("generate relic", CALLER_SPAN)
    assert {call.parent_span_id for call in calls} == {job.span_id}
    assert len(calls) == len(provider.names()) == 2
    assert all(job.start_time_unix_nano <= c.start_time_unix_nano < c.end_time_unix_nano for c in calls)
    assert all({"gen_ai.usage.input_tokens"} < {a.key for a in call.attributes} for call in calls)


async def test_the_span_of_a_failed_call_has_its_code_but_no_text_of_the_provider(
    start: Start, provider: Provider, collector: Collector
) -> None:
    provider.always(Refusal(401, "invalid_api_key"))
    process = await start(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
    async with grpc.aio.insecure_channel(await process.listening()) as channel:
        await Client(channel, traceparent=TRACEPARENT).fail("relic", count=1)
    process.process.terminate()
    assert await process.ended() == 0
    assert {(span.status.code, span.status.message) for span in collector.spans} == {
        (Status.STATUS_CODE_ERROR, "provider_auth")
    }
    assert "text of the provider" not in str(collector.spans)


async def test_the_provider_gets_the_trace_even_without_a_collector(generator: Generator, provider: Provider) -> None:
    client = await generator()
    await Client(client.channel, traceparent=TRACEPARENT).generate("relic", count=1)
    assert {call.headers["traceparent"].split("-")[1] for call in provider.calls} == {TRACE_ID}
    assert {call.headers["x-client-request-id"] for call in provider.calls} == {TRACE_ID}


@pytest.mark.parametrize(
    "sent", [{}, {"traceparent": "00-nonsense-01"}, {"traceparent": f"00-{'0' * 32}-{CALLER_SPAN}-01"}]
)
async def test_a_call_without_a_trace_sends_no_trace_to_the_provider(
    generator: Generator, provider: Provider, sent: dict[str, str]
) -> None:
    client = await generator()
    await Client(client.channel, **sent).generate("relic", count=1)
    assert not any("traceparent" in call.headers for call in provider.calls)
