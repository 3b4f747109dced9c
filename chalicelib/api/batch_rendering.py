"""Renders the answers to a batch of jobs."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.api import problem
from chalicelib.api.body import BatchBody, BatchEstimateBody, BatchJobBody, BatchTotalBody
from chalicelib.api.rendering import estimate_json, job_json
from chalicelib.domain.estimate import Estimate
from chalicelib.domain.job import JobView
from chalicelib.domain.price import Price, rounded
from chalicelib.service.acceptance import Accepted, Verdict
from chalicelib.service.listing import MAX_RESULT_BYTES
from foundation.json_value import size_bytes


def batch_json(verdicts: Sequence[Verdict], base_path: str, price: Price | None) -> BatchBody:
    """Each job, or why it was refused. Jobs of a repeated request may have ended; too large results are left out."""
    jobs = [verdict.job for verdict in verdicts if isinstance(verdict, Accepted)]
    is_too_large = sum(size_bytes(job.result) for job in jobs) > MAX_RESULT_BYTES
    return BatchBody(jobs=[_entry(verdict, is_too_large, base_path, price) for verdict in verdicts])


def batch_estimate_json(plans: Sequence[tuple[str, Estimate, int]], price: Price | None) -> BatchEstimateBody:
    """`plans`: the type of each job, what it is expected to cost, and its token budget."""
    jobs = [estimate_json(type_name, expected, budget, price) for type_name, expected, budget in plans]
    costs = [job["estimated_cost_usd"] for job in jobs]
    total = BatchTotalBody(
        llm_calls=sum(job["llm_calls"] for job in jobs),
        prompt_tokens=sum(job["prompt_tokens"] for job in jobs),
        completion_tokens=sum(job["completion_tokens"] for job in jobs),
        estimated_cost_usd=None if price is None else rounded(sum(cost or 0 for cost in costs)),
        token_budget=sum(job["token_budget"] for job in jobs),
    )
    return BatchEstimateBody(jobs=jobs, total=total)


def _entry(verdict: Verdict, without_result: bool, base_path: str, price: Price | None) -> BatchJobBody:
    if isinstance(verdict, Accepted):
        job = replace(verdict.job, result=None) if without_result else verdict.job
        return BatchJobBody(job=job_json(JobView(job), base_path, price), error=None, retry_after_s=None)
    answer = problem.of_error(verdict)
    wait = answer.headers.get("Retry-After")
    return BatchJobBody(job=None, error=answer.body, retry_after_s=None if wait is None else int(wait))
