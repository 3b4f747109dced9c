"""The routes of webhooks."""

from chalicelib.api import webhook_body as body
from chalicelib.api import webhook_endpoint as endpoint
from chalicelib.api.parameter import KEY_SCHEMA, header, path_id, query
from chalicelib.api.route import Route
from chalicelib.domain.webhook import Webhook

_JOB_ID = path_id("job_id")
_DELIVERY_ID = {"name": "delivery_id", "in": "path", "required": True, "schema": {"type": "string"}}
_KEY = header(
    "Idempotency-Key",
    KEY_SCHEMA,
    "If the answer was lost, the same request with the same key returns the same secret, until another one is made.",
)
_END_PREVIOUS = query(
    "end_previous",
    {"type": "boolean", "default": False},
    "`true`: the secrets before the new one do not sign any more, for example because one has leaked.",
)

ROUTES = (
    Route(
        id="readWebhook",
        endpoint=endpoint.read_webhook,
        tag="webhooks",
        method="GET",
        path="/webhook",
        summary="The caller's default: where the events of all jobs without their own webhook are sent.",
        answers={200: body.WebhookBody},
        problems=(404,),
    ),
    Route(
        id="setWebhook",
        endpoint=endpoint.set_webhook,
        tag="webhooks",
        method="PUT",
        path="/webhook",
        summary="Set the caller's default. It also counts for jobs that are running. Make a secret first.",
        answers={200: body.WebhookBody},
        problems=(400, 409, 415),
        takes=Webhook,
        example={"url": "https://example.com/hooks/lore"},
    ),
    Route(
        id="removeWebhook",
        endpoint=endpoint.remove_webhook,
        tag="webhooks",
        method="DELETE",
        path="/webhook",
        summary="Remove the caller's default.",
        answers={200: body.WebhookBody},
        problems=(404,),
    ),
    Route(
        id="makeWebhookSecret",
        endpoint=endpoint.make_webhook_secret,
        tag="webhooks",
        method="POST",
        path="/webhook/secret",
        summary="Make the secret that signs the caller's webhooks. A secret from before also signs for 24 hours.",
        answers={201: body.WebhookSecretBody},
        problems=(400, 409),
        parameters=(_KEY, _END_PREVIOUS),
    ),
    Route(
        id="listDeliveries",
        endpoint=endpoint.list_deliveries,
        tag="webhooks",
        method="GET",
        path="/jobs/{job_id}/deliveries",
        summary="What became of the job's events: each delivery with its attempts.",
        answers={200: body.DeliveriesBody},
        problems=(404,),
        parameters=(_JOB_ID,),
    ),
    Route(
        id="redeliver",
        endpoint=endpoint.redeliver,
        tag="webhooks",
        method="POST",
        path="/jobs/{job_id}/deliveries/{delivery_id}/redeliver",
        summary="Send the job's end again, with all attempts, to the webhook that the job has now.",
        answers={202: body.DeliveryBody},
        problems=(404, 409),
        parameters=(_JOB_ID, _DELIVERY_ID),
    ),
)
