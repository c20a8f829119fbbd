"""Before a training over hosts: all are asked at once what they have, and compared."""

from __future__ import annotations

import subprocess
import threading
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pydantic import ValidationError

from resources.host_comparison import Needs, lacks
from resources.host_facts import HostFacts, Question
from resources.hosts import Place, checked_endpoint, is_here
from sketch2flow.files import write_text

FACTS = "resources.host_facts"
SECONDS_TO_ANSWER = 180.0  # for ssh, for Python on slow storage, and for torch
SSH_FAILED = 255


def preflight(
    place: Place, hosts: Sequence[str], needs: Needs, folders: Sequence[str]
) -> tuple[Mapping[str, HostFacts | str], list[str]]:
    """Return what every host says of itself (or why it says nothing), and what is missing.

    Every host must see the token that is written to `needs.storage` here, and write an answer
    that is seen here. `folders` are others that it must see.
    """
    storage = Path(needs.storage)
    token = f".token-{uuid.uuid4().hex}"
    questions = {
        host: Question(
            storage=needs.storage,
            token=token,
            answer=f"{token}.{number}",
            folders=list(folders),
            rendezvous=checked_endpoint(needs.rendezvous),
            first=number == 0,
            gpus=needs.gpus is not None,
        )
        for number, host in enumerate(hosts)
    }
    write_text(storage / token, token)
    try:
        answers = _ask(place, questions)
        for host, facts in answers.items():
            if isinstance(facts, HostFacts) and not facts.storage:
                facts.storage = _unseen(storage / questions[host].answer, token)
    finally:
        for file in storage.glob(f"{token}*"):
            file.unlink(missing_ok=True)
    return answers, lacks(answers, needs)


def _unseen(answer: Path, token: str) -> str:
    try:
        return "" if answer.read_text() == token else "what it writes is not seen here"
    except OSError:
        return "what it writes is not seen here"


def _ask(place: Place, questions: Mapping[str, Question]) -> dict[str, HostFacts | str]:
    """Return the answers of all hosts, which stay until the last one has answered."""
    processes: dict[str, subprocess.Popen[bytes]] = {}
    answers: dict[str, HostFacts | str] = {}
    try:
        for host in questions:
            try:
                processes[host] = place.start(host, FACTS)
            except OSError as error:
                answers[host] = f"nothing starts ({error}): install it, or mend the setting"
        with ThreadPoolExecutor(len(questions)) as pool:
            asked = list(
                pool.map(_answer, processes.values(), [questions[host] for host in processes])
            )
    finally:
        said = [_end(process) for process in processes.values()]
    for (host, process), answer, last in zip(processes.items(), asked, said, strict=True):
        answers[host] = answer or _silent(host, place, process.returncode, last)
    return {host: answers[host] for host in questions}


def _answer(process: subprocess.Popen[bytes], question: Question) -> HostFacts | None:
    """Return the facts on a process's output; None if it ends, or takes too long, without any."""
    assert process.stdin
    assert process.stdout
    timer = threading.Timer(SECONDS_TO_ANSWER, process.kill)
    timer.start()
    try:
        process.stdin.write(question.model_dump_json().encode() + b"\n")
        process.stdin.flush()
        for line in process.stdout:  # A shell's greeting may come first.
            try:
                return HostFacts.model_validate_json(line)
            except ValidationError:
                continue
    except BrokenPipeError:
        return None  # It ended; its status and its last words say why.
    finally:
        timer.cancel()
    return None


def _end(process: subprocess.Popen[bytes]) -> str:
    """End a process that has answered or will not; returns the last line that it wrote."""
    try:
        _, errors = process.communicate(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        _, errors = process.communicate()
    lines = errors.decode(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else ""


def _silent(host: str, place: Place, status: int, said: str) -> str:
    reason = f"({said or f'status {status}'})"
    if status == SSH_FAILED and not is_here(host):
        return (
            f"not reachable {reason}: ssh must get there without a question, with "
            "SKETCH2FLOW_SSH_USER, _PORT, _IDENTITY, _KNOWN_HOSTS and _CONFIG"
        )
    if status < 0:
        return (
            f"no answer in {SECONDS_TO_ANSWER:.0f} seconds {reason}: look at its load and storage"
        )
    return (
        f"sketch2flow does not start {reason}: install it there, and let SKETCH2FLOW_HOST_PYTHON "
        f"name its Python (now {place.python})"
    )
