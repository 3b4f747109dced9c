"""The endpoints of the history."""

import re
from datetime import date

from chalicelib.api import history_rendering
from chalicelib.api.message import Request, Response
from chalicelib.bootstrap import Services
from chalicelib.domain.error import Fault, InvalidSubmission, together
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.record_list import RecordFilter
from chalicelib.domain.usage_report import period_of

#: The most days that one report covers: a leap year.
MAX_DAYS = 366
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: The days that a request may name. No job ended before them, and none will end after them.
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)


async def list_history(services: Services, request: Request) -> Response:
    """The records of the caller's jobs, the latest end first."""
    _, limit, status, type_name, first, last = together(
        request.check_names,
        lambda: request.number("limit"),
        lambda: request.choice("status"),
        lambda: request.choice("type"),
        lambda: _day(request, "from"),
        lambda: _day(request, "to"),
    )
    wanted = RecordFilter(
        status=Status(status) if status else None,
        type_name=type_name,
        period=period_of(*_in_order(first or _FIRST_DAY, last or _LAST_DAY)) if first or last else None,
    )
    records, end = await services.history.page(request.owner, wanted, limit, request.parameter("cursor"))
    return Response(200, history_rendering.history_json(records, end))


async def read_usage(services: Services, request: Request) -> Response:
    """What the caller's jobs have used, by day and type."""
    _, given_first, given_last = together(
        request.check_names,
        lambda: _day(request, "from"),
        lambda: _day(request, "to"),
    )
    first, last = _in_order(*services.history.days(given_first, given_last))
    if (last - first).days >= MAX_DAYS:
        raise InvalidSubmission([Fault("from", f"is too early: a report covers at most {MAX_DAYS} days")])
    return Response(200, history_rendering.usage_json(await services.history.usage(request.owner, first, last)))


def _day(request: Request, name: str) -> date | None:
    """A day in the query; None if it is missing. Raises `InvalidSubmission`."""
    given = request.parameter(name)
    if given is None:
        return None
    try:
        day = date.fromisoformat(given) if _DAY.fullmatch(given) else None
    except ValueError:
        day = None
    if day is None or not _FIRST_DAY <= day <= _LAST_DAY:
        raise InvalidSubmission([Fault(name, "must be a day such as 2026-11-30")])
    return day


def _in_order(first: date, last: date) -> tuple[date, date]:
    if first > last:
        raise InvalidSubmission([Fault("from", "must not be after `to`")])
    return first, last
