"""A canary: a new version of the worker gets a tenth of the batches for five minutes before it gets all."""

from infra.cdk.alarms import Alarms
from infra.cdk.chalice_app import ChaliceApp

_ALIAS = "live"


def deploy_as_canary(app: ChaliceApp, alarms: Alarms) -> None:
    """The queue's event source calls an alias. CodeDeploy moves it to the new version, and back if the alarm rings."""
    worker = app.resource("Worker")
    worker.add_property_override("AutoPublishAlias", _ALIAS)
    # Each change of memory, variables and so on gives a new version, not only a change of the code.
    worker.add_property_override("AutoPublishAliasAllProperties", True)
    worker.add_property_override(
        "DeploymentPreference", {"Type": "Canary10Percent5Minutes", "Alarms": [alarms.canary_name]}
    )
