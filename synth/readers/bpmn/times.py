"""Timers: ISO 8601 durations, repeating intervals and dates, and the cron lines of engines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

Inputs = list[tuple[str, str]]

_DURATION = re.compile(
    r"P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?"
    r"(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8})(?:\.\d+)?S)?)?"
)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY, _WEEK = 86_400, 604_800


@dataclass(frozen=True)
class Schedule:
    """A trigger by the clock with its inputs."""

    trigger: str
    inputs: Inputs


def seconds_in(duration: str) -> int | None:
    """Return the seconds of an ISO 8601 duration; None for none, and for months and years."""
    found = _DURATION.fullmatch(duration.strip())
    if found is None:
        return None
    years, months, weeks, days, hours, minutes, seconds = (int(one or 0) for one in found.groups())
    total = weeks * _WEEK + days * _DAY + hours * 3_600 + minutes * 60 + seconds
    return total if total and not years and not months else None


def as_duration(seconds: int) -> str:
    """Return hours, minutes and seconds as the platform writes them."""
    return f"{seconds // 3_600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def once(text: str) -> Schedule | None:
    """Return the schedule of an ISO 8601 date and time."""
    moment = _moment(text)
    return Schedule("run_once", [("time", f"{moment:%Y-%m-%d %H:%M:%S}")]) if moment else None


def cycle(text: str) -> Schedule | None:
    """Return the schedule of a repeating interval (R/PT1H, R/START/P1D) or a cron line."""
    text = " ".join(text.split())
    return _interval(text) if text.startswith("R") else _cron(text.lower())


def _interval(text: str) -> Schedule | None:
    count, _, rest = text.partition("/")
    if not re.fullmatch(r"R\d{0,9}", count):
        return None
    parts = rest.split("/")
    moment = next((found for part in parts if (found := _moment(part))), None)
    duration = next((part for part in parts if part.startswith("P")), "")
    time: Inputs = [("time", f"{moment:%H:%M:%S}")] if moment else []
    if duration in ("P1M", "P0Y1M"):
        day: Inputs = [("day_of_month", str(moment.day))] if moment else []
        return Schedule("monthly", [*day, *time])
    seconds = seconds_in(duration)
    if seconds == _DAY:
        return Schedule("daily", time)
    if seconds == _WEEK:
        weekday: Inputs = [("day_of_week", str(moment.isoweekday()))] if moment else []
        return Schedule("weekly", [*weekday, *time])
    return Schedule("repeat", [("repeat", as_duration(seconds))]) if seconds else None


def _cron(text: str) -> Schedule | None:
    """Return the schedule of a cron line of 5 fields, or of 6 or 7 with seconds (and a year)."""
    aliases = {"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *"}
    aliases |= {"@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *"}
    fields = aliases.get(text, text).split()
    if len(fields) not in (5, 6, 7) or (len(fields) == 7 and fields[6] not in "*?"):
        return None
    if len(fields) == 5:
        fields = ["0", *fields]
    second, minute, hour, day, month, weekday = fields[:6]
    if month not in "*?":
        return None
    every_day, every_weekday = day in ("*", "?"), weekday in ("*", "?")
    if every_day and every_weekday and (repeated := _repeated(second, minute, hour)):
        return Schedule("repeat", [("repeat", as_duration(repeated))])
    parts = [_number(hour, 23), _number(minute, 59), _number(second, 59)]
    if None in parts:
        return None
    time = ("time", ":".join(f"{part:02d}" for part in parts))
    if every_day and every_weekday:
        return Schedule("daily", [time])
    if every_day and (named := _weekday(weekday, is_quartz="?" in fields)):
        return Schedule("weekly", [("day_of_week", str(named)), time])
    if every_weekday and _number(day, 31):
        return Schedule("monthly", [("day_of_month", str(int(day))), time])
    return None


def _repeated(second: str, minute: str, hour: str) -> int | None:
    """Return every how many seconds, for steps such as */15 and for every minute or hour."""
    if second != "0":
        return None
    if minute == "0" and (every := _step(hour, 24)):
        return every * 3_600
    every = _step(minute, 60)
    return every * 60 if every and hour == "*" else None


def _step(field: str, cycle_: int) -> int | None:
    if field == "*":
        return 1
    found = re.fullmatch(r"(?:\*|0)/(\d{1,2})", field)
    every = int(found.group(1)) if found else 0
    return every if every and cycle_ % every == 0 else None


def _number(field: str, most: int) -> int | None:
    return int(field) if re.fullmatch(r"\d{1,2}", field) and int(field) <= most else None


def _weekday(field: str, is_quartz: bool) -> int | None:
    """Return 1 for Monday to 7. For Quartz 1 is Sunday, for Spring and Unix 0 and 7 are."""
    if field in _DAYS:
        return _DAYS.index(field) + 1
    number = _number(field, 7)
    if number is None or (is_quartz and not number):
        return None
    return (number - 2) % 7 + 1 if is_quartz else number or 7


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None
