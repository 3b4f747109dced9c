"""The generator's image: checks of its Dockerfile, and a build of it without a container engine.

The files that the build stage copies and installs go into a read-only folder. The server is started from there by a
user without privileges, with the image's own entry point, environment and health check.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.stack.tcp_port import assign_ports
from tests.infra import dockerfile
from tests.infra.conftest import INFRA_BIN
from tests.infra.template import Template

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "generator_service" / "Dockerfile"
NOBODY = 10001


@pytest.fixture(scope="session")
def stages() -> dict[str, dockerfile.Stage]:
    return dockerfile.read(DOCKERFILE)


@dataclass(frozen=True, slots=True)
class Image:
    """The image's file system, in a folder."""

    root: Path
    run: dockerfile.Stage
    port: int

    def environment(self) -> dict[str, str]:
        declared = self.run.variables()
        path = declared["PATH"].replace("$PATH", "/usr/bin:/bin").replace("/opt/venv", str(self.root / "opt/venv"))
        # Outside a container, the server must not listen on every address of the machine.
        place = {"GENERATOR_HOST": "127.0.0.1", "GENERATOR_PORT": str(self.port), "OPENAI_API_KEY": "offline"}
        return declared | {"PATH": path} | place

    def start(self, command: list[str]) -> "subprocess.Popen[str]":
        nobody = NOBODY if os.geteuid() == 0 else None
        return subprocess.Popen(
            [shutil.which(command[0], path=self.environment()["PATH"]) or command[0], *command[1:]],
            cwd=self.root / "app",
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            user=nobody,
            group=nobody,
            extra_groups=None if nobody is None else [],
        )

    def files(self) -> set[Path]:
        return set(self.root.rglob("*"))


def _interpreter() -> str:
    """A Python that a user without privileges may run: root's own is often in root's home."""
    found = ["/usr/local/bin/python3", "/usr/bin/python3"] if os.geteuid() == 0 else [sys.executable]
    for path in [*found, sys.executable]:
        code = "import sys; sys.exit(sys.version_info[:2] < (3, 11))"
        if Path(path).exists() and subprocess.run([path, "-c", code], check=False).returncode == 0:
            return path
    raise AssertionError("Python 3.11 or newer was not found")


def _run(text: str, root: Path) -> None:
    """Run a RUN line of the build stage in the folder instead of a container."""
    for line in text.split("&&"):
        words = [
            word.replace("/opt/venv", f"{root}/opt/venv").replace("/build/", f"{root}/build/")
            for word in shlex.split(line)
        ]
        words = [f"{root}/app" if word == "/app" else word for word in words]
        interpreter = str(INFRA_BIN / "python") if "pip" in words else _interpreter()
        assert words[0] == "python"
        subprocess.run([interpreter, *words[1:]], check=True, capture_output=True)


@pytest.fixture(scope="session")
def image(stages: dict[str, dockerfile.Stage], dev: Template) -> Iterator[Image]:
    """The image, built from the files that the builder would get: CDK's copy of the build context."""
    (context,) = [path for path in dev.folder.glob("asset.*") if path.is_dir()]
    root = Path(tempfile.mkdtemp(prefix="generator-image-"))
    try:
        root.chmod(0o755)
        for instruction, text in stages["build"].instructions:
            if instruction == "COPY":
                source, destination = text.split()
                _copy(context / source, root / destination.lstrip("/"))
            elif instruction == "RUN":
                _run(text, root)
        subprocess.run(["chmod", "-R", "a-w,a+rX", str(root)], check=True)
        yield Image(root, stages["run"], assign_ports(["generator"], {})["generator"])
    finally:
        subprocess.run(["chmod", "-R", "u+w", str(root)], check=True)
        shutil.rmtree(root)


def _copy(source: Path, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, destination)
    else:
        shutil.copy(source, destination)


def test_hadolint_finds_nothing() -> None:
    done = subprocess.run([str(INFRA_BIN / "hadolint"), str(DOCKERFILE)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_hadolint_finds_a_mistake(tmp_path: Path) -> None:
    bad = tmp_path / "Dockerfile"
    bad.write_text(DOCKERFILE.read_text().replace("--no-install-recommends ", ""))
    assert subprocess.run([str(INFRA_BIN / "hadolint"), str(bad)], capture_output=True, check=False).returncode != 0


def test_the_image_runs_as_a_numbered_user(stages: dict[str, dockerfile.Stage], dev: Template) -> None:
    """Only with a number can Kubernetes and Fargate see that the user is not root."""
    assert stages["run"].all("USER") == [f"{NOBODY}:{NOBODY}"]
    (task,) = dev.resources("ECS::TaskDefinition").values()
    assert task["ContainerDefinitions"][0]["User"] == f"{NOBODY}:{NOBODY}"


def test_the_image_has_only_the_results_of_the_build(stages: dict[str, dockerfile.Stage]) -> None:
    assert stages["run"].copies() == []
    assert [text.split()[1:] for text in stages["run"].all("COPY")] == [["/opt/venv", "/opt/venv"], ["/app", "/app"]]


def test_the_image_has_the_certificates_that_the_llm_client_trusts(stages: dict[str, dockerfile.Stage]) -> None:
    """The client uses the system's trust store. Without it, every call ends in a certificate error."""
    assert any("ca-certificates" in text for text in stages["run"].all("RUN"))


def test_the_image_and_the_service_have_the_same_health_check(
    stages: dict[str, dockerfile.Stage], dev: Template
) -> None:
    (task,) = dev.resources("ECS::TaskDefinition").values()
    check = task["ContainerDefinitions"][0]["HealthCheck"]
    assert check["Command"] == ["CMD", *stages["run"].command("HEALTHCHECK")]


def test_the_build_needs_no_compiler(stages: dict[str, dockerfile.Stage]) -> None:
    (install,) = [text for text in stages["build"].all("RUN") if "pip" in text]
    assert "--only-binary :all:" in install
    assert "apt-get" not in " ".join(stages["build"].all("RUN"))


def test_it_serves_without_privileges_or_other_files_and_writes_nothing(image: Image) -> None:
    before = image.files()
    server = image.start(image.run.command("ENTRYPOINT"))
    try:
        assert _becomes_healthy(image, server)
    finally:
        server.send_signal(signal.SIGTERM)
        output, _ = server.communicate(timeout=120)
    assert server.returncode == 0, output
    assert '"The generator has stopped"' in output
    assert image.files() == before


def test_the_health_check_fails_if_no_server_runs(image: Image) -> None:
    check = image.start(image.run.command("HEALTHCHECK"))
    check.communicate(timeout=120)
    assert check.returncode == 1


def test_every_module_is_compiled_in_the_build(image: Image) -> None:
    """The running container cannot write files, so each start would compile everything again."""
    sources = {path for path in (image.root / "app").rglob("*.py") if path.stat().st_size}
    compiled = {
        path.parent.parent / f"{path.name.partition('.')[0]}.py" for path in (image.root / "app").rglob("*.pyc")
    }
    assert sources
    assert sources <= compiled


def _becomes_healthy(image: Image, server: "subprocess.Popen[str]") -> bool:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        check = image.start(image.run.command("HEALTHCHECK"))
        check.communicate(timeout=120)
        if check.returncode == 0:
            return True
    return False
