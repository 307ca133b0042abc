"""What can go wrong."""

from typing import Any, Dict, List, Optional


class DocketError(Exception):
    """Something that the server said. `code` is for programs."""

    def __init__(self, message: str, code: str = "", job_id: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.job_id = job_id


class RequestError(DocketError):
    """A refusal. `retry_after` is in seconds, None when the server did not say;
    `items` are the faults of a batch: index, error_type, message."""

    def __init__(
        self,
        message: str,
        code: str,
        status: int,
        suggestions: Optional[List[str]] = None,
        field: str = "",
        job_id: str = "",
        request_id: str = "",
        retry_after: Optional[float] = None,
        items: Optional[List[Dict[str, Any]]] = None,
    ) -> None:
        super().__init__(message, code, job_id)
        self.status = status
        self.suggestions = suggestions or []
        self.field = field
        self.request_id = request_id
        self.retry_after = retry_after
        self.items = items or []

    def __str__(self) -> str:
        return f"{self.message} ({self.status} {self.code})"


class JobError(DocketError):
    """A job that failed or was cancelled; `job` is its last state."""

    def __init__(self, job: dict) -> None:
        details = job.get("error_details") or {}
        job_id = job.get("job_id", "")
        super().__init__(
            details.get("message") or f"job {job_id} is {job.get('status')}",
            details.get("error_type") or str(job.get("status", "")),
            job_id,
        )
        self.job = job


class WebhookError(DocketError):
    """A webhook that is not genuine, or too old."""
