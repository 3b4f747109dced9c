"""The bytecode that is added to Chalice's zip, and the files that are removed from it."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from infra.cdk.bytecode import PackagingError, finish


def pack(folder: Path, **files: str) -> Path:
    path = folder / "deployment.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in files.items():
            packed.writestr(name.replace("__", "/"), text)
    return path


def extra(folder: Path) -> Path:
    found = folder / "extra"
    found.mkdir(exist_ok=True)
    (found / "entry.py").write_text("A = 1\n")
    return found


def test_every_module_gets_bytecode_that_python_uses_without_a_check(tmp_path: Path) -> None:
    """A check against the source's time would reject it: zips round times to two seconds, Lambda drops them."""
    path = pack(tmp_path, **{"a.py": "X = 1\n", "b__c.py": "Y = 2\n"})
    finish(path, extra(tmp_path))
    with zipfile.ZipFile(path) as packed:
        compiled = [name for name in packed.namelist() if name.endswith(".pyc")]
        assert len(compiled) == 3
        assert {packed.read(name)[4:8] for name in compiled} == {b"\x01\x00\x00\x00"}


def test_the_same_files_give_the_same_zip(tmp_path: Path) -> None:
    """Otherwise each deployment would replace every function."""
    digests = set()
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = pack(folder, **{"a.py": "X = 1\n"})
        finish(path, extra(folder))
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_tracebacks_show_the_paths_in_lambda(tmp_path: Path) -> None:
    path = pack(tmp_path, **{"a.py": "X = 1\n"})
    finish(path, extra(tmp_path))
    with zipfile.ZipFile(path) as packed:
        (name,) = [name for name in packed.namelist() if name.startswith("__pycache__/a.")]
        assert b"/var/task/a.py" in packed.read(name)
        assert str(tmp_path).encode() not in packed.read(name)


def test_a_module_that_does_not_compile_is_not_deployed(tmp_path: Path) -> None:
    path = pack(tmp_path, **{"a.py": "def ("})
    before = path.read_bytes()
    with pytest.raises(PackagingError):
        finish(path, extra(tmp_path))
    assert path.read_bytes() == before


def test_files_that_no_function_reads_are_left_out(tmp_path: Path) -> None:
    path = pack(
        tmp_path, **{"a.py": "", "a.pyi": "", "lib__tests__t.py": "", "aws_lambda_powertools__event_handler__x.py": ""}
    )
    finish(path, extra(tmp_path))
    with zipfile.ZipFile(path) as packed:
        names = [name for name in packed.namelist() if "__pycache__" not in name]
    assert names == ["a.py", "entry.py"]
