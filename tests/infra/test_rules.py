"""The templates pass cfn-lint and cdk-nag."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.infra.conftest import INFRA_BIN, SETTINGS, Run
from tests.infra.template import Template


def test_cfn_lint_finds_nothing(template: Template) -> None:
    command = [str(INFRA_BIN / "cfn-lint"), "--include-checks", "W", "--", str(template.path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_cfn_lint_finds_a_mistake(dev: Template, tmp_path: Path) -> None:
    """It also checks the functions that Chalice makes."""
    document = json.loads(dev.path.read_text())
    document["Resources"]["Worker"]["Properties"]["MemorySize"] = 99_999_999
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(document))
    done = subprocess.run(
        [str(INFRA_BIN / "cfn-lint"), str(broken)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode != 0
    assert "E3034 99999999" in done.stdout


def test_cdk_nag_finds_only_accepted_deviations(template: Template) -> None:
    """A finding would fail the synthesis. This test shows that the rules were checked at all."""
    report = json.loads((template.folder / "validation-report.json").read_text())
    (rules,) = [found for found in report["pluginReports"] if found["pluginName"] == "AwsSolutions"]
    assert (rules["conclusion"], rules["violations"]) == ("success", [])


def test_each_accepted_deviation_gives_its_reason(template: Template) -> None:
    report = json.loads((template.folder / "validation-report.json").read_text())
    used = {
        (found["acknowledgedId"], found["acknowledgedAt"].partition("/")[2], found["reason"])
        for plugin in report["pluginReports"]
        for found in plugin["suppressedViolations"]
    }
    assert len(used) >= 10
    assert all(len(reason) > 20 for _, _, reason in used)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"JWT_ISSUER": ""}, "JWT_ISSUER"),
        ({"AUTH_MODE": "none"}, "ACCEPT_PUBLIC_API_WITHOUT_AUTH"),
    ],
)
def test_invalid_settings_make_no_stack(run_infra: Run, tmp_path: Path, settings: dict[str, str], says: str) -> None:
    done = run_infra("infra.cdk", CDK_OUTDIR=str(tmp_path), **SETTINGS | settings)
    assert done.returncode == 1
    assert says in done.stderr
    assert not list(tmp_path.iterdir())
