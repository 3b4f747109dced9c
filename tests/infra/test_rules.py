"""The templates pass cfn-lint and cdk-nag."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.infra.conftest import INFRA_BIN, SETTINGS, Run
from tests.infra.template import Template


@pytest.fixture
def broken(dev: Template, tmp_path: Path) -> Path:
    """A template with one of the functions that Chalice makes, and a mistake in it."""
    document = json.loads(dev.path.read_text())
    worker = document["Resources"]["Worker"]
    worker["Properties"] = {name: worker["Properties"][name] for name in ("Runtime", "Handler", "CodeUri")}
    worker["Properties"]["MemorySize"] = 99_999_999
    template = tmp_path / "broken.json"
    template.write_text(json.dumps({"Transform": document["Transform"], "Resources": {"Worker": worker}}))
    return template


def test_cfn_lint_finds_only_the_mistake_made_on_purpose(
    dev: Template, prod: Template, isolated: Template, broken: Path
) -> None:
    """The mistake shows that it also checks the functions that Chalice makes."""
    templates = [str(template.path) for template in (dev, prod, isolated)]
    done = subprocess.run(
        [str(INFRA_BIN / "cfn-lint"), "--format", "json", "--include-checks", "W", "--", *templates, str(broken)],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)
    assert [(each["Filename"], each["Rule"]["Id"]) for each in found] == [(str(broken), "E3034")]
    assert "99999999" in found[0]["Message"]


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


def test_invalid_settings_make_no_stack(run_infra: Run, tmp_path: Path) -> None:
    done = run_infra("infra.cdk", CDK_OUTDIR=str(tmp_path), **SETTINGS | {"JWT_ISSUER": ""})
    assert done.returncode == 1
    assert "JWT_ISSUER" in done.stderr
    assert not list(tmp_path.iterdir())
