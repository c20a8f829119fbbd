"""A running Dagster over GraphQL: partitions and asset backfills."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

REPOSITORY, LOCATION = "__repository__", "sketch2flow"
TIMEOUT = 60.0
# A server that is not there, does not answer, or drops the connection.
UNREACHABLE = (OSError, http.client.HTTPException)

# What a client sends: a query and its variables; what it gets: the reply's object.
Transport = Callable[[str, dict[str, Any]], dict[str, Any]]


class DagsterError(RuntimeError):
    """A Dagster that is not there or refuses; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset of the code location; `partitions` names its dynamic partition, if it has one."""

    key: tuple[str, ...]
    partitions: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a backfill; `source` is its data source, None for the unpartitioned part."""

    identifier: str
    status: str
    source: str | None


@dataclass(frozen=True, slots=True)
class Backfill:
    """Where a backfill stands."""

    status: str
    runs: tuple[Run, ...]
    error: str | None

    def ended(self) -> bool:
        return self.status not in ("REQUESTED", "CANCELING", "FAILING")

    def succeeded(self) -> bool:
        return self.status in ("COMPLETED", "COMPLETED_SUCCESS") and not self.failed()

    def failed(self) -> list[Run]:
        return [run for run in self.runs if run.status in ("FAILURE", "CANCELED")]


def http_transport(url: str) -> Transport:
    """Return a transport to the webserver at `url`; DagsterError if nothing answers there."""
    address = f"{url.rstrip('/')}/graphql"

    def send(query: str, variables: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(  # noqa: S310 (the scheme is checked by the caller)
            address, body, {"Content-Type": "application/json"}
        )
        try:
            answer = _answer(request)
        except UNREACHABLE as error:
            raise DagsterError(
                f"no Dagster answers at {url} ({getattr(error, 'reason', error)}): "
                "start one in another terminal with `sketch2flow up`"
            ) from None
        if not isinstance(answer, dict):
            raise DagsterError(f"{address} does not answer in JSON: is it a Dagster?")
        return answer

    return send


def _answer(request: urllib.request.Request) -> Any:
    """Return what a server answers in JSON; None if it answers otherwise."""
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as reply:  # noqa: S310
            return json.load(reply)
    except urllib.error.HTTPError as error:
        reason = " ".join(error.read(400).decode(errors="replace").split())
        raise DagsterError(f"{request.full_url} refuses: {error.code} {reason}") from None
    except ValueError:
        return None


class DagsterClient:
    """The few calls that a backfill takes."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def assets(self) -> list[Asset]:
        """Return the assets of the code location."""
        query = "{ assetNodes { assetKey { path } partitionDefinition { name } } }"
        nodes = self._send(query, {})["assetNodes"]
        if not nodes:
            raise DagsterError(
                "Dagster has loaded no assets: look at its code location sketch2flow"
            )
        return [
            Asset(
                tuple(node["assetKey"]["path"]),
                node["partitionDefinition"] and node["partitionDefinition"]["name"],
            )
            for node in nodes
        ]

    def add_partition(self, definition: str, key: str) -> bool:
        """Add a dynamic partition; False if it was there."""
        query = """
        mutation Add($selector: RepositorySelector!, $definition: String!, $key: String!) {
          result: addDynamicPartition(
            repositorySelector: $selector, partitionsDefName: $definition, partitionKey: $key
          ) { __typename ... on PythonError { message } ... on UnauthorizedError { message } }
        }"""
        selector = {"repositoryName": REPOSITORY, "repositoryLocationName": LOCATION}
        variables = {"selector": selector, "definition": definition, "key": key}
        result = self._send(query, variables)["result"]
        if result["__typename"] == "DuplicateDynamicPartitionError":
            return False
        _expect(result, "AddDynamicPartitionSuccess")
        return True

    def launch(self, assets: Sequence[Asset], partitions: Sequence[str], title: str) -> str:
        """Start an asset backfill and return its identifier."""
        query = """
        mutation Launch($params: LaunchBackfillParams!) {
          result: launchPartitionBackfill(backfillParams: $params) {
            __typename
            ... on LaunchBackfillSuccess { backfillId }
            ... on Error { message }
          }
        }"""
        parameters = {
            "assetSelection": [{"path": list(asset.key)} for asset in assets],
            "partitionNames": list(partitions),
            "title": title,
        }
        result = self._send(query, {"params": parameters})["result"]
        return str(_expect(result, "LaunchBackfillSuccess")["backfillId"])

    def backfill(self, identifier: str) -> Backfill:
        """Return where a backfill stands."""
        query = """
        query Backfill($id: String!) {
          result: partitionBackfillOrError(backfillId: $id) {
            __typename
            ... on PartitionBackfill {
              status error { message }
              runs(limit: 500) { id status tags { key value } }
            }
            ... on Error { message }
          }
        }"""
        result = _expect(self._send(query, {"id": identifier})["result"], "PartitionBackfill")
        runs = []
        for run in result["runs"]:
            tags = {tag["key"]: tag["value"] for tag in run["tags"]}
            runs.append(Run(run["id"], run["status"], tags.get("dagster/partition")))
        error = result["error"] and " ".join(result["error"]["message"].split())
        return Backfill(result["status"], tuple(runs), error)

    def heartbeat(self) -> float | None:
        """Return when the daemon that carries out backfills gave its last sign of life, if ever."""
        query = """
        { instance { daemonHealth { daemonStatus(daemonType: "BACKFILL") { lastHeartbeatTime } } } }
        """
        health = self._send(query, {})["instance"]["daemonHealth"]
        time: float | None = health["daemonStatus"]["lastHeartbeatTime"]
        return time

    def cancel_runs(self) -> int:
        """Ask the runs that are under way to stop; returns how many there are still."""
        query = """
        query { result: runsOrError(filter: {statuses: [STARTING, STARTED, CANCELING]}) {
          __typename ... on Runs { results { id } } ... on Error { message }
        } }"""
        runs = _expect(self._send(query, {})["result"], "Runs")["results"]
        if runs:
            mutation = """
            mutation Cancel($ids: [String!]!) {
              result: terminateRuns(runIds: $ids) { __typename }
            }"""
            self._send(mutation, {"ids": [run["id"] for run in runs]})
        return len(runs)

    def _send(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        answer = self._transport(query, variables)
        if answer.get("errors"):
            raise DagsterError(f"Dagster refuses the query: {answer['errors'][0]['message']}")
        data = answer.get("data")
        if not isinstance(data, dict):
            raise DagsterError("the answer has no data: is it a Dagster?")
        return data


def _expect(result: dict[str, Any], kind: str) -> dict[str, Any]:
    if result["__typename"] != kind:
        message = " ".join(str(result.get("message", "no reason given")).split())
        raise DagsterError(f"Dagster answers {result['__typename']}: {message}")
    return result
