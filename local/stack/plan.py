"""Derives the programs of a stack from its settings, with their addresses and environments."""

import logging
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from chalicelib.settings import Settings
from foundation.settings import SettingsError
from local.error import LocalError
from local.project import LOOPBACK
from local.stack import catalogue, environment, probe, redis_server, tcp_port
from local.stack.aws_resource import ResourceMaker
from local.stack.program import Program
from local.stack.settings import StackSettings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Urls:
    api: str
    redis: str
    aws: str
    #: A gRPC target, host:port.
    generator: str
    #: Lambda's API, which invokes functions.
    functions: str
    #: The provider's base URL; None for the OpenAI client's default.
    llm: str | None
    #: The page; None if it is not served.
    web: str | None

    def known(self) -> dict[str, str]:
        return {name: url for name, url in asdict(self).items() if url is not None}


class Plan:
    """The programs of a stack with these settings."""

    def __init__(
        self,
        settings: StackSettings,
        overrides: Mapping[str, Mapping[str, str]],
        usual_ports: Mapping[str, int] = tcp_port.NO_PORTS,
    ) -> None:
        self._settings = settings
        self._overrides = overrides
        self._shared = environment.shared(settings)
        self._ports = tcp_port.assign_ports(*_wanted_ports(settings), usual_ports)
        self._folder = settings.local_dir
        self.urls = _urls(settings, self._ports)
        aws = environment.aws(settings, self.urls.aws)
        self.resources = ResourceMaker(self.urls.aws, self._shared | aws, settings.queue_visibility_s)

    def first(self, token: str) -> list[Program]:
        """The programs that need no other program. Raises `RedisMissing`, `EmulatorMissing`."""
        s, ports = self._settings, self._ports
        without_provider = environment.without_provider
        found: list[Program] = []
        if s.redis_url is None:
            binary = redis_server.find_binary()
            log.info("Redis: %s (%s)", binary.version, binary.path)
            found.append(
                catalogue.redis(binary, ports["redis"], self._folder, without_provider(self._environment("redis")))
            )
        if s.aws_endpoint_url is None:
            own = without_provider(self._environment("aws"))
            found.append(catalogue.aws(s.aws_emulator, ports["aws"], self._folder, own, self.resources))
        if s.needs_offline_writer:
            latency = {"OFFLINE_LLM_LATENCY_S": f"{s.offline_llm_latency_s:g}"}
            found.append(catalogue.offline_writer(ports["llm"], without_provider(self._environment("llm", latency))))
        offline_writer = self.urls.llm if s.needs_offline_writer else None
        own = environment.generator(s, ports["generator"], token, offline_writer)
        return [*found, catalogue.generator(ports["generator"], self._environment("generator", own))]

    def second(self, token: str) -> list[Program]:
        """The programs that run the Lambda functions' code, and the page. Raises `SettingsError` if that code would."""
        s = self._settings
        own = environment.aws(s, self.urls.aws) | environment.lambdas(
            s,
            redis_url=self.urls.redis,
            queues=self.resources.queues,
            generator_target=self.urls.generator,
            token=token,
        )
        _check_lambda_settings(self._shared | own)
        environment.write(self._folder / "env", own)
        schedule = {
            "WORKER_CONCURRENCY": str(s.worker_concurrency),
            "WORKER_JOBS": str(s.worker_jobs),
            "WORKER_PROCESSES": str(s.worker_processes),
            "RECOVERY_INTERVAL_S": f"{s.recovery_interval_s:g}",
            "FUNCTIONS_PORT": str(self._ports["functions"]),
        }
        throttle = {
            "TOKEN_REQUESTS_PER_MINUTE": str(s.token_requests_per_minute),
            "TOKEN_POSTS_PER_MINUTE": str(s.token_posts_per_minute),
        }
        without_provider = environment.without_provider
        return [
            catalogue.event_source(self._folder, without_provider(self._environment("event-source", own | schedule))),
            catalogue.api(self._ports["api"], without_provider(self._environment("api", own | throttle))),
            *self._page(),
        ]

    def _page(self) -> list[Program]:
        if "web" not in self._ports:
            return []
        own = environment.without_provider(self._environment("web"))
        offline = self._settings.needs_offline_writer
        return [catalogue.web(self._ports["web"], self.urls.api, self._folder, own, offline_writer=offline)]

    def wait_healthy(self, timeout_s: float) -> None:
        """Wait until the API reports that all its dependencies work."""
        deadline = time.monotonic() + timeout_s
        while not probe.http_ok(self._ports["api"], "/health"):
            if time.monotonic() > deadline:
                logs = self._folder / "logs"
                raise LocalError(f"{self.urls.api}/health still reports a failing dependency. See the logs in {logs}.")
            time.sleep(0.1)

    def _environment(self, name: str, own: Mapping[str, str] | None = None) -> dict[str, str]:
        return self._shared | dict(own or {}) | dict(self._overrides.get(name, {}))


def _wanted_ports(settings: StackSettings) -> tuple[list[str], dict[str, int]]:
    """The names of the servers to start, and the requested ports."""
    names = ["api", "generator", "functions"]
    names += ["redis"] if settings.redis_url is None else []
    names += ["aws"] if settings.aws_endpoint_url is None else []
    names += ["llm"] if settings.needs_offline_writer else []
    names += ["web"] if settings.serve_page else []
    return names, {name: getattr(settings, f"{name}_port") for name in names}


def _urls(settings: StackSettings, ports: Mapping[str, int]) -> Urls:
    given_redis = settings.redis_url and settings.redis_url.get_secret_value()
    return Urls(
        api=f"http://{LOOPBACK}:{ports['api']}",
        redis=given_redis or f"redis://{LOOPBACK}:{ports['redis']}/0",
        aws=settings.aws_endpoint_url or f"http://{LOOPBACK}:{ports['aws']}",
        generator=f"{LOOPBACK}:{ports['generator']}",
        functions=f"http://{LOOPBACK}:{ports['functions']}",
        llm=f"http://{LOOPBACK}:{ports['llm']}/v1" if "llm" in ports else settings.openai_base_url,
        web=f"http://{LOOPBACK}:{ports['web']}" if "web" in ports else None,
    )


def _check_lambda_settings(variables: Mapping[str, str]) -> None:
    if faults := Settings.faults_in(variables):
        raise SettingsError(faults)
