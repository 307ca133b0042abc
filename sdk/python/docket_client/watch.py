"""Following a job by the server's stream, or by asking again and again."""

import json
import time
from typing import Any, Callable, Dict, Iterator, List, cast
from urllib.parse import quote

import requests

from .errors import RequestError
from .transport import Transport
from .types import Job, Update

FINAL = ("completed", "failed", "cancelled")
SILENCE = 45  # seconds a stream may be still; the server sends a comment every 15
CUTS = 2  # streams that may end with nothing said before the job is polled instead
BETWEEN = 1.0  # seconds between two questions, when it is polled


def watch(transport: Transport, job_id: str, ask: Callable[[str], Job]) -> Iterator[Update]:
    """Goes over the changes of a job, once each."""
    seen, failed = 0, 0
    while failed < CUTS:
        failed += 1
        try:
            for update in stream(transport, job_id, seen):
                if update.get("version", 0) <= seen:
                    continue
                seen, failed = update["version"], 0
                yield update
                if update["status"] in FINAL:
                    return
        except RequestError as error:
            if error.status in (401, 403, 404):
                raise
        except (requests.RequestException, ValueError):
            pass  # it is tried once more, then polled
    yield from poll(job_id, ask)


def stream(transport: Transport, job_id: str, seen: int) -> Iterator[Update]:
    """Reads one stream to its end."""
    headers = {"Accept": "text/event-stream"}
    if seen:
        headers["Last-Event-ID"] = str(seen)
    path = f"/jobs/{quote(job_id, safe='')}/status"
    with transport.send("GET", path, headers=headers, stream=True, timeout=SILENCE) as response:
        if not response.headers.get("Content-Type", "").startswith("text/event-stream"):
            raise ValueError("no stream")
        data: List[str] = []
        for line in response.iter_lines(chunk_size=1, decode_unicode=False):
            text = line.decode("utf-8")
            if text.startswith("data:"):
                data.append(text[5:].lstrip(" "))
            elif not text and data:
                yield cast(Update, json.loads("\n".join(data)))
                data = []


def poll(job_id: str, ask: Callable[[str], Job]) -> Iterator[Update]:
    """Asks until the job has ended; the version of a change is not known."""
    last: Dict[str, Any] = {}
    while True:
        job = cast(Dict[str, Any], ask(job_id))
        news = {name: job.get(name) for name in ("status", "updated_at", "progress")}
        if news != last:
            yield update_of(job, last)
            last = news
        if job["status"] in FINAL:
            return
        time.sleep(BETWEEN)


def update_of(job: Dict[str, Any], last: Dict[str, Any]) -> Update:
    """Says the same as a frame of the stream."""
    update: Dict[str, Any] = {
        name: job[name] for name in ("job_id", "alias_id", "operation", "status", "progress", "error_details") if name in job
    }
    update["timestamp"] = job["updated_at"]
    if last and last["status"] != job["status"]:
        update["previous_status"] = last["status"]
    return cast(Update, update)
