"""Metrics for operators, as log lines in CloudWatch's embedded metric format. They need no call that could fail."""

from collections.abc import Sequence

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

from chalicelib.domain.job import Job
from chalicelib.domain.price import Price

NAMESPACE = "LoreSmithJobs"


class EmfMeter:
    """`port.Meter` on stdout. Each metric has the dimension Stage, the deployment's name, and those named below."""

    def __init__(self, stage: str, price: Price | None) -> None:
        self._stage = stage
        self._price = price

    def claimed(self, job: Job, *, took_over: bool) -> None:
        """QueueWait of a first claim; LeasesExpired if the previous worker died or stalled."""
        if job.started_at is not None and job.started_at == job.updated_at:
            self._write([("QueueWait", MetricUnit.Milliseconds, job.started_at - job.created_at)])
        if took_over:
            self._write([("LeasesExpired", MetricUnit.Count, 1)])

    def stage_finished(self, job: Job, duration_ms: int) -> None:
        """StageDuration by type."""
        self._write([("StageDuration", MetricUnit.Milliseconds, duration_ms)], type=job.type)

    def released(self, job: Job) -> None:
        """Retries by type."""
        self._write([("Retries", MetricUnit.Count, 1)], type=job.type)

    def ended(self, job: Job) -> None:
        """JobsEnded by type and by outcome; LlmTokens; LlmCostUsd if there is a price."""
        self._write([("JobsEnded", MetricUnit.Count, 1)], type=job.type, outcome=job.status.value)
        self._write([("LlmTokens", MetricUnit.Count, job.usage.tokens)])
        if self._price is not None:
            self._write([("LlmCostUsd", MetricUnit.NoUnit, self._price.of(job.usage))])

    def archive_failed(self) -> None:
        """ArchivesFailed."""
        self._write([("ArchivesFailed", MetricUnit.Count, 1)])

    def job_lost(self) -> None:
        """JobsLost."""
        self._write([("JobsLost", MetricUnit.Count, 1)])

    def spending_stopped(self) -> None:
        """SpendingStopped."""
        self._write([("SpendingStopped", MetricUnit.Count, 1)])

    def webhook_settled(self, *, delivered: bool) -> None:
        """WebhooksDelivered or WebhooksFailed."""
        figure = ("WebhooksDelivered", MetricUnit.Count, 1) if delivered else ("WebhooksFailed", MetricUnit.Count, 1)
        self._write([figure])

    def message_failed(self, function: str) -> None:
        """MessagesFailed by function."""
        self._write([("MessagesFailed", MetricUnit.Count, 1)], function=function)

    def _write(self, figures: Sequence[tuple[str, MetricUnit, float]], **dimensions: str) -> None:
        metrics = AmazonCloudWatchEMFProvider(namespace=NAMESPACE)
        metrics.add_dimension("Stage", self._stage)
        for name, value in dimensions.items():
            metrics.add_dimensions(Stage=self._stage, **{name: value})
        for name, unit, figure in figures:
            metrics.add_metric(name, unit, figure)
        metrics.flush_metrics()
