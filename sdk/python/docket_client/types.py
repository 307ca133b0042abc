"""Shapes of what the server answers; api/jobs.yaml has them in full."""

from typing import Any, Dict, List, TypedDict


class ErrorDetails(TypedDict, total=False):
    """Why a job ended without a result."""

    error_type: str
    message: str
    facts: Dict[str, Any]


class Progress(TypedDict, total=False):
    """How far a job is, and its place in the line while it waits."""

    percentage: int
    files_completed: int
    total_files: int
    pages_completed: int
    total_pages: int
    stage: str
    message: str
    queue_position: int
    eta_seconds: int


class Job(TypedDict, total=False):
    """Where a job is. Times are UTC, in whole seconds."""

    id: str
    job_id: str
    alias_id: str
    status: str
    type: str
    operation: str
    created_at: str
    updated_at: str
    started_at: str
    completed_at: str
    expires_at: str
    pdf_name: str
    pdf_hash: str
    user_id: str
    file_count: int
    progress: Progress
    tags: List[str]
    metadata: Dict[str, Any]
    attempt: int
    batch_id: str
    original_job_id: str
    parent_id: str
    reused_from: str
    cancel_requested: bool
    method: str
    model: str
    warnings: List[str]
    error: str
    error_details: ErrorDetails


class Update(TypedDict, total=False):
    """One change of a job, as streams tell it."""

    job_id: str
    alias_id: str
    operation: str
    status: str
    previous_status: str
    version: int
    timestamp: str
    progress: Progress
    error_details: ErrorDetails


class ListItem(TypedDict, total=False):
    """A job in a list."""

    job_id: str
    alias_id: str
    status: str
    operation: str
    created_at: str
    updated_at: str
    completed_at: str
    file_name: str
    file_count: int
    tags: List[str]
    metadata: Dict[str, Any]
    progress: Progress
    error_details: ErrorDetails


class JobList(TypedDict, total=False):
    """A page of jobs."""

    jobs: List[ListItem]
    pagination: Dict[str, Any]


class StatusEntry(TypedDict, total=False):
    """The answer for one of many ids; status may be not_found or forbidden."""

    job_id: str
    alias_id: str
    status: str
    operation: str
    progress: Progress
    error_details: ErrorDetails


class Batch(TypedDict, total=False):
    """Jobs that were submitted together."""

    batch_id: str
    status: str
    created_at: str
    total_jobs: int
    queued_jobs: int
    processing_jobs: int
    completed_jobs: int
    failed_jobs: int
    cancelled_jobs: int
    overall_progress: int
    jobs: List[Dict[str, Any]]


class Change(TypedDict, total=False):
    """An entry of a job's history."""

    event: str
    version: int
    timestamp: str
    previous_status: str
    current_status: str
    attempt: int


class Webhook(TypedDict, total=False):
    """An address that is told of an account's jobs."""

    id: str
    url: str
    events: List[str]
    operations: List[str]
    allow_cidrs: List[str]
    enabled: bool
    disabled_reason: str
    created_at: str
    secret: str


class Delivery(TypedDict, total=False):
    """One message to a webhook; its id is the webhook-id."""

    id: str
    job_id: str
    sequence: int
    status: str
    target: str
    created_at: str
    finished_at: str
    attempts: List[Dict[str, Any]]


class Key(TypedDict, total=False):
    """A key; `key`, what is shown to use it, is there when it was just made."""

    id: str
    account: str
    name: str
    scopes: List[str]
    state: str
    prefix: str
    key: str
    created_at: str
    expires_at: str
    last_used_at: str
