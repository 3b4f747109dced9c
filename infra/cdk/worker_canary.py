"""A new version of the worker takes a tenth of the batches for five minutes before it takes all."""

from infra.cdk.alarms import Alarms
from infra.cdk.chalice_app import ChaliceApp

_ALIAS = "live"


def deploy_as_canary(app: ChaliceApp, alarms: Alarms) -> None:
    """CodeDeploy shifts the alias that the queue's event source calls, and shifts it back when the alarm rings."""
    worker = app.resource("Worker")
    worker.add_property_override("AutoPublishAlias", _ALIAS)
    # A version for each change of memory, variables and so on, not of the code alone.
    worker.add_property_override("AutoPublishAliasAllProperties", True)
    worker.add_property_override(
        "DeploymentPreference", {"Type": "Canary10Percent5Minutes", "Alarms": [alarms.canary_name]}
    )
