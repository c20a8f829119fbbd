"""What subflows take and give back, as their first and their last box in a picture say."""

from __future__ import annotations

from random import Random

from sketch2flow.workflow import Catalogue, Parameter, Table
from synth.breadth import Breadth
from synth.wording import lower

Signature = tuple[list[Parameter], list[Parameter]]  # inputs, the first is a record; outputs

_INPUTS = (5, 4, 2)  # weights of one, two and three inputs
_OUTPUTS = (1, 5, 2)  # weights of none, one and two outputs
_OF_ITS_TABLE = 0.4  # share of records that are called by their table, not just record
_SECOND_RECORD = 0.4  # share of further inputs that begin with a second record

_STATUS = Parameter(name="status", type="string")
_GIVEN = (
    _STATUS,
    Parameter(name="result", type="boolean"),
    Parameter(name="success", type="boolean"),
    Parameter(name="count", type="integer"),
    Parameter(name="error_message", type="string"),
)
_TAKEN = (
    Parameter(name="message", type="string"),
    Parameter(name="reason", type="string"),
    Parameter(name="comment", type="string"),
    Parameter(name="notify", type="boolean"),
    Parameter(name="urgent", type="boolean"),
    Parameter(name="retries", type="integer"),
    Parameter(name="days", type="integer"),
)
# The records that come second: what they are called -> their table.
_SECOND = {
    "user": "sys_user",
    "requester": "sys_user",
    "approver": "sys_user",
    "group": "sys_user_group",
    "configuration_item": "cmdb_ci",
    "location": "cmn_location",
    "department": "cmn_department",
}


def signature(rng: Random, catalogue: Catalogue, breadth: Breadth, table: Table) -> Signature:
    """Return inputs and outputs of a subflow that works on a record of `table`.

    Where the language is narrow, always a record and a status.
    """
    if breadth.columns is not None:
        return [_record("record", table.name)], [_STATUS]
    name = lower(table.label).replace(" ", "_")
    is_name = name.isascii() and name.isidentifier()
    first = _record(name if is_name and rng.random() < _OF_ITS_TABLE else "record", table.name)
    (more,) = rng.choices((0, 1, 2), _INPUTS)
    seconds = [
        _record(called, of)
        for called, of in _SECOND.items()
        if of != table.name and of in catalogue.tables
    ]
    second = [rng.choice(seconds)] if more and seconds and rng.random() < _SECOND_RECORD else []
    (count,) = rng.choices((0, 1, 2), _OUTPUTS)
    given = rng.sample((*_GIVEN, _record("record", table.name)), count)
    return [first, *second, *rng.sample(_TAKEN, more - len(second))], given


def _record(name: str, table: str) -> Parameter:
    return Parameter(name=name, type="reference", reference=table)
