"""Queues and dead letters, for the people on call. Times are milliseconds since 1970 (UTC)."""

import json
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from chalicelib.domain.webhook_url import WebhookUrl

#: The queue whose messages are `QueuedJob`s.
JOBS_QUEUE = "jobs"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDepth:
    """How many messages a queue and its dead-letter queue hold. SQS counts approximately."""

    queue: str
    #: Waiting for a worker.
    visible: int
    #: Received and not deleted yet.
    in_flight: int
    #: Not visible yet: their next attempt is delayed, or their job waits for its owner's other jobs, or for a drain.
    delayed: int
    dead: int
    #: Dead letters that their handler has received and not deleted yet.
    dead_in_flight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterHead:
    """A dead letter without its body, for lists: a body can be as long as a job's result."""

    id: str
    queue: str
    #: When it was sent to its first queue.
    sent_at: int
    #: How often it was received, before and after it became a dead letter.
    receives: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter(LetterHead):
    """A message that was delivered too often without success."""

    body: str = field(repr=False)

    @property
    def head(self) -> LetterHead:
        return LetterHead(id=self.id, queue=self.queue, sent_at=self.sent_at, receives=self.receives)

    @property
    def shown_body(self) -> str:
        """The body. Of a webhook's address, it has only the origin: the rest may hold a secret."""
        try:
            match json.loads(self.body):
                case {"url": str(url)}:
                    origin = WebhookUrl.parse(url, allow_local=True).origin
                    return self.body.replace(json.dumps(url), json.dumps(origin))
        except ValueError:
            pass
        return self.body

    @property
    def job_id(self) -> str | None:
        """The id of its job; None if it has none."""
        match _parsed(self.body):
            case {"job_id": str(job_id)}:
                return job_id
        return None


def report_in(letter: DeadLetter) -> str | None:
    """What a letter of the webhooks' queue would report, and to which host; None if it is another letter.

    The rest of the address may be a secret.
    """
    match _parsed(letter.body):
        case {"event": str(event), "job_id": str(job_id), "url": str(url)}:
            return f"{event} of job {job_id} to {urlsplit(url).netloc.rpartition('@')[2]}"
    return None


def _parsed(body: str) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None
