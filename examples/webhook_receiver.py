"""Receive webhooks: verify each, drop repeated ones, keep the newest state of each job.

Needs the library of Standard Webhooks: pip install standardwebhooks

    WEBHOOK_SECRET=whsec_... PORT=8099 python3 examples/webhook_receiver.py
"""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

webhook = Webhook(os.environ["WEBHOOK_SECRET"])
#: The ids of the notifications that were handled. Keep them in your database, for two days.
handled: set[str] = set()
#: job id → the newest revision that was seen.
revisions: dict[str, int] = {}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            event = webhook.verify(body, headers)
        except WebhookVerificationError:
            self._answer(400)
            return
        self._answer(204)  # first answer, then work: the sender waits for ten seconds at most
        job = event["data"]
        is_new = headers["webhook-id"] not in handled and job["revision"] > revisions.get(job["id"], 0)
        handled.add(headers["webhook-id"])
        if is_new:
            revisions[job["id"]] = job["revision"]
            print(event["type"], job["id"], job["progress"], flush=True)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8099"))), Handler).serve_forever()
