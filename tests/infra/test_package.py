"""The zip that Lambda gets, unpacked and used with nothing else on the path.

Chalice reports success even if it could not get a dependency. The deployment would then fail at the first request.
"""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.infra.conftest import HERE, INFRA_BIN
from tests.infra.template import Template

ROOT = Path(__file__).resolve().parents[2]
#: As in infra/cdk/chalice_app.py.
MAX_ZIP_BYTES = 20 * 1024 * 1024
#: e_machine of an ELF file (System V ABI).
MACHINES = {"x86_64": 0x3E, "arm64": 0xB7}
#: Imports every module of the project, so that late imports are checked too, and lists the files that were loaded.
IMPORT_ALL = """
import importlib, json, pkgutil, sys
sys.path[:] = [path for path in sys.path if "site-packages" not in path]
sys.path.insert(0, sys.argv[1])
before = set(sys.modules)
handlers = json.loads(sys.argv[2])
for handler in handlers:
    module, _, name = handler.rpartition(".")
    assert callable(getattr(importlib.import_module(module), name)), handler
import chalicelib
for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
    importlib.import_module(module.name)
import redis.asyncio.cluster, jwt.jwks_client
new = [module for name, module in sys.modules.items() if name not in before]
print(json.dumps(sorted(str(module.__file__) for module in new if getattr(module, "__file__", None))))
"""


@pytest.fixture(scope="session")
def packages(dev: Template, isolated: Template) -> dict[str, Path]:
    """Architecture → the zip that a stage deploys."""
    return {"arm64": dev.zip, "x86_64": isolated.zip}


@pytest.fixture(scope="session")
def unpacked(packages: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package for this machine."""
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(packages[HERE]) as packed:
        packed.extractall(folder)
    return folder


@pytest.mark.parametrize("architecture", MACHINES)
def test_the_zip_is_small(packages: dict[str, Path], architecture: str) -> None:
    """A cold start loads the whole zip."""
    assert packages[architecture].stat().st_size < MAX_ZIP_BYTES


@pytest.mark.parametrize("architecture", MACHINES)
def test_every_requirement_is_in_the_zip(packages: dict[str, Path], architecture: str) -> None:
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and line[0] != "#"]
    wanted = {re.sub(r"[-_.]+", "_", line.partition(";")[0].strip().lower().replace("==", "@")) for line in lines}
    with zipfile.ZipFile(packages[architecture]) as packed:
        folders = {name.partition("/")[0] for name in packed.namelist()}
    infos = {name.removesuffix(".dist-info").lower() for name in folders if name.endswith(".dist-info")}
    assert wanted <= {re.sub(r"[-_.]+", "_", name.replace("-", "@", 1) if "@" not in name else name) for name in infos}


def test_packing_refuses_a_file_whose_hash_is_not_in_the_lock(tmp_path: Path) -> None:
    """Chalice calls pip with names only, so the hashes have to come from pip's constraints."""
    locked = (ROOT / "requirements.lock").read_text()
    (pin,) = re.findall(r"^typing-extensions==[^ ]+", locked, re.MULTILINE)
    (tmp_path / "requirements.lock").write_text(re.sub(r"sha256:[0-9a-f]{4}", "sha256:0000", locked))
    command = [str(INFRA_BIN / "python"), "-m", "pip", "download", "--no-deps", "--dest", str(tmp_path), pin]
    accepted = []
    for lock in (ROOT / "requirements.lock", tmp_path / "requirements.lock"):
        environment = os.environ | {"PIP_CONSTRAINT": str(lock)}
        accepted.append(subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0)
    assert accepted == [True, False]


@pytest.mark.parametrize("architecture", MACHINES)
def test_every_native_library_is_for_the_right_processor(packages: dict[str, Path], architecture: str) -> None:
    with zipfile.ZipFile(packages[architecture]) as packed:
        libraries = [name for name in packed.namelist() if name.endswith(".so")]
        machines = {int.from_bytes(packed.read(name)[18:20], "little") for name in libraries}
    assert len(libraries) >= 4
    assert machines == {MACHINES[architecture]}


@pytest.mark.parametrize(
    "name",
    ["chalicelib/adapter/lua/apply.lua", "foundation/languages.tsv", "proto/lore/v1/lore_pb2.py", "lambda_entry.py"],
)
def test_the_projects_own_files_are_in_the_zip(packages: dict[str, Path], name: str) -> None:
    with zipfile.ZipFile(packages[HERE]) as packed:
        assert name in packed.namelist()


@pytest.mark.parametrize("name", [".env", "tests", "infra", "generator_service", "openai", "boto3", "frontend"])
def test_files_that_no_function_needs_are_not_in_the_zip(packages: dict[str, Path], name: str) -> None:
    with zipfile.ZipFile(packages[HERE]) as packed:
        assert not [found for found in packed.namelist() if found.split("/")[0] == name]


def test_every_handler_can_be_imported_from_the_zip_alone(unpacked: Path, dev: Template) -> None:
    handlers = [function["Handler"] for function in dev.resources("Serverless::Function").values()]
    python = INFRA_BIN / "python"
    command = [str(python), "-I", "-c", IMPORT_ALL, str(unpacked), json.dumps(handlers)]
    done = subprocess.run(command, capture_output=True, text=True, env={"AWS_DEFAULT_REGION": "x"}, check=False)
    assert done.returncode == 0, done.stderr
    elsewhere = [path for path in json.loads(done.stdout) if "site-packages" in path or str(ROOT) in path]
    assert not elsewhere


def test_python_uses_the_bytecode_and_does_not_compile_the_source(unpacked: Path, tmp_path: Path) -> None:
    """The source is replaced by one that raises an error."""
    module = unpacked / "chalicelib" / "domain" / "lifecycle.py"
    text = module.read_text()
    module.write_text("raise RuntimeError('the source was read')\n")
    try:
        code = "import sys; sys.path.insert(0, sys.argv[1]); import chalicelib.domain.lifecycle"
        command = [str(INFRA_BIN / "python"), "-I", "-c", code, str(unpacked)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    finally:
        module.write_text(text)
    assert done.returncode == 0, done.stderr


def test_two_stages_deploy_the_same_package(dev: Template, prod: Template) -> None:
    """Byte by byte: otherwise each deployment would replace every function."""
    assert dev.zip.read_bytes() == prod.zip.read_bytes()


def test_the_package_is_made_for_the_python_of_the_functions(dev: Template) -> None:
    runtime = dev.function("worker")["Runtime"]
    done = subprocess.run([str(INFRA_BIN / "python"), "--version"], capture_output=True, text=True, check=True)
    version = done.stdout.split()[1].split(".")
    assert runtime == f"python{version[0]}.{version[1]}"
    assert sys.version_info >= (3, 11)
