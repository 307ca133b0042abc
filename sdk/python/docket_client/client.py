"""The calls of the Jobs API."""

import json
import time
import uuid
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, cast
from urllib.parse import quote

from .endpoints import Endpoints
from .errors import JobError
from .form import File, Form
from .transport import Transport
from .types import Batch, Change, Job, JobList, ListItem, StatusEntry, Update
from .watch import watch

FINAL = ("completed", "failed", "cancelled")
LONG_POLL = 30  # seconds that the server is asked to wait for a change


class Docket(Endpoints):
    """A server. `timeout` is of one answer, in seconds; `tries` of one call."""

    def __init__(
        self, url: str, key: Optional[str] = None, *, timeout: float = 60, tries: int = 6, max_pause: float = 30
    ) -> None:
        self._transport = Transport(url, key, timeout, tries, max_pause)

    def __enter__(self) -> "Docket":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._transport.session.close()

    # Submitting

    def submit(
        self,
        operation: str,
        files: Sequence[File] = (),
        *,
        urls: Sequence[str] = (),
        parameters: Optional[Mapping[str, Any]] = None,
        tags: Sequence[str] = (),
        metadata: Optional[Mapping[str, Any]] = None,
        notify: Optional[Mapping[str, Any]] = None,
        webhook_url: Optional[str] = None,
        expires_in: Optional[int] = None,
        reuse: bool = False,
        idempotency_key: Optional[str] = None,
    ) -> Job:
        """Makes a job; it is on the server's disk when this returns.

        Documents are files or addresses, not both; an address may be jobid:// and
        the id of a job that has parsed them. Tries of one call never make two jobs;
        with an idempotency_key of your own, neither do calls.
        """
        fields = request(operation, urls, parameters, tags, metadata, notify, webhook_url, expires_in, reuse)
        return cast(Job, self._create("/jobs", fields, [("file", f) for f in files], idempotency_key))

    def submit_batch(self, jobs: Sequence[Mapping[str, Any]], idempotency_key: Optional[str] = None) -> Batch:
        """Makes a job of each item, or none of them, at most 1,000.

        An item has the arguments of submit as keys.
        """
        items: List[Dict[str, Any]] = []
        parts: List[Tuple[str, File]] = []
        for job in jobs:
            item = dict(job)
            files = item.pop("files", ())
            item = request(**{**EMPTY, **item})
            if files:
                item["file"] = [f"file-{len(parts) + i}" for i in range(len(files))]
                parts += zip(item["file"], files)
            items.append(item)
        return cast(Batch, self._create("/jobs/batch", {"jobs": items}, parts, idempotency_key))

    def _create(self, path: str, fields: Dict[str, Any], parts: Sequence[Tuple[str, File]], key: Optional[str]) -> Any:
        headers = {"Idempotency-Key": key or uuid.uuid4().hex}
        if not parts:
            return self._transport.send("POST", path, lambda: {"json": fields}, headers=headers).json()
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}

        def body() -> Dict[str, Any]:
            form = Form(texts, parts)
            return {"data": form, "headers": {**headers, "Content-Type": form.content_type}}

        return self._transport.send("POST", path, body).json()

    # Following

    def job(self, job_id: str) -> Job:
        """Tells where a job is."""
        return cast(Job, self._get("/jobs/" + quote(job_id, safe=""), dialect="jobs"))

    def wait(self, job_id: str, timeout: Optional[float] = None) -> Job:
        """Returns when the job has completed; JobError when it failed or was
        cancelled, TimeoutError when it takes longer than so many seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        asked: Dict[str, Any] = {"dialect": "jobs"}
        while True:
            job = cast(Job, self._get("/jobs/" + quote(job_id, safe=""), **asked))
            if job["status"] in FINAL:
                if job["status"] != "completed":
                    raise JobError(cast(dict, job))
                return job
            left = LONG_POLL if end is None else min(LONG_POLL, end - time.monotonic())
            if left <= 0:
                raise TimeoutError(f"job {job_id} is {job['status']} after {timeout} s")
            asked["wait"] = max(1, int(left))

    def watch(self, job_id: str) -> Iterator[Update]:
        """Goes over the changes of a job as they happen, the present state first,
        and ends after the final one."""
        return watch(self._transport, job_id, self.job)

    def statuses(self, job_ids: Sequence[str]) -> List[StatusEntry]:
        """Tells of up to 100 jobs in one request, in the order asked."""
        answer = self._get("/jobs/status", job_ids=",".join(job_ids), include_progress="true")
        return cast(List[StatusEntry], answer["jobs"])

    def history(self, job_id: str) -> List[Change]:
        """What happened to a job, oldest first."""
        return cast(List[Change], self._get(f"/jobs/{quote(job_id, safe='')}/events")["events"])

    # Results

    def result(self, job_id: str) -> Any:
        """The result of a completed job."""
        return self._get(f"/jobs/{quote(job_id, safe='')}/result")

    def result_as(self, job_id: str, format: str) -> bytes:
        """The result as md, html, txt, csv, xlsx, jsonl: what the operation has."""
        return self._transport.send("GET", f"/jobs/{quote(job_id, safe='')}/result", params={"format": format}).content

    # Changing

    def cancel(self, job_id: str) -> Job:
        """Stops a job."""
        return cast(Job, self._post(f"/jobs/{quote(job_id, safe='')}/cancel", dialect="jobs"))

    def rerun(self, job_id: str) -> Job:
        """Makes a new job of one that has ended."""
        return cast(Job, self._post(f"/jobs/{quote(job_id, safe='')}/rerun", key=uuid.uuid4().hex, dialect="jobs"))

    def delete(self, job_id: str) -> None:
        """Removes a job with its documents and its result, for good."""
        self._transport.send("DELETE", "/jobs/" + quote(job_id, safe="")).close()

    # Many

    def page(self, limit: int = 50, offset: int = 0, **filters: Any) -> JobList:
        """A page of jobs, newest first; filters as in jobs."""
        return cast(JobList, self._get("/jobs", limit=limit, offset=offset, **filtered(filters)))

    def jobs(self, **filters: Any) -> Iterator[ListItem]:
        """Goes over all jobs that match, newest first: status, operation, tags (a
        list), created_after, created_before (text or datetime), q."""
        filters.setdefault("created_before", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1)))
        offset = 0
        while True:
            found = self.page(100, offset, **filters)
            yield from found["jobs"]
            offset += len(found["jobs"])
            if not found["pagination"]["has_more"] or not found["jobs"]:
                return

    def batch(self, batch_id: str) -> Batch:
        """Tells where a batch is, with up to 1,000 of its jobs."""
        return cast(Batch, self._get("/jobs/batch/" + quote(batch_id, safe="")))

    def wait_batch(self, batch_id: str, timeout: Optional[float] = None) -> Batch:
        """Returns when all jobs of a batch have ended, in whatever way."""
        end, pause = None if timeout is None else time.monotonic() + timeout, 0.5
        while True:
            found = self.batch(batch_id)
            if found["status"] in FINAL:
                return found
            if end is not None and time.monotonic() + pause > end:
                raise TimeoutError(f"batch {batch_id} is {found['status']} after {timeout} s")
            time.sleep(pause)
            pause = min(5, pause * 1.5)

    def cancel_batch(self, batch_id: str) -> Batch:
        """Stops what is unfinished of a batch."""
        return cast(Batch, self._post(f"/jobs/batch/{quote(batch_id, safe='')}/cancel"))

    def rerun_batch(self, batch_id: str) -> Batch:
        """Makes a new batch of the jobs that failed."""
        return cast(Batch, self._post(f"/jobs/batch/{quote(batch_id, safe='')}/rerun", key=uuid.uuid4().hex))

    def _get(self, path: str, **params: Any) -> Any:
        return self._transport.send("GET", path, params=params).json()

    def _post(self, path: str, key: Optional[str] = None, **params: Any) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return self._transport.send("POST", path, params=params, headers=headers).json()


EMPTY: Dict[str, Any] = {
    "urls": (),
    "parameters": None,
    "tags": (),
    "metadata": None,
    "notify": None,
    "webhook_url": None,
    "expires_in": None,
    "reuse": False,
}


def request(
    operation: str,
    urls: Sequence[str],
    parameters: Optional[Mapping[str, Any]],
    tags: Sequence[str],
    metadata: Optional[Mapping[str, Any]],
    notify: Optional[Mapping[str, Any]],
    webhook_url: Optional[str],
    expires_in: Optional[int],
    reuse: bool,
) -> Dict[str, Any]:
    """The fields of a request, without those that say nothing."""
    fields = {
        "operation": operation,
        "urls": list(urls),
        "parameters": parameters,
        "tags": list(tags),
        "metadata": metadata,
        "notification_settings": notify,
        "webhook_url": webhook_url,
        "expires_in": expires_in,
        "reuse": reuse or None,
    }
    return {name: value for name, value in fields.items() if value is not None and value != []}


def filtered(filters: Mapping[str, Any]) -> Dict[str, Any]:
    """Filters as the query wants them."""
    asked = {name: value for name, value in filters.items() if value is not None}
    if not isinstance(asked.get("tags", ""), str):
        asked["tags"] = ",".join(asked["tags"])
    for name in ("created_after", "created_before"):
        if hasattr(asked.get(name), "isoformat"):
            asked[name] = asked[name].isoformat()
    return asked
