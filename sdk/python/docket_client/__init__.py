"""Client of a Docket server.

>>> from docket_client import Docket
>>> docket = Docket("http://127.0.0.1:8080")
>>> job = docket.submit("parse", files=["invoice.pdf"])
>>> docket.wait(job["job_id"])
>>> docket.result(job["job_id"])["chunks"]
"""

from .client import Docket
from .errors import DocketError, JobError, RequestError, WebhookError
from .types import Batch, Change, Delivery, ErrorDetails, Job, JobList, Key, ListItem, Progress, StatusEntry, Update, Webhook
from .webhooks import verify_webhook

__all__ = [
    "Batch",
    "Change",
    "Delivery",
    "Docket",
    "DocketError",
    "ErrorDetails",
    "Job",
    "JobError",
    "JobList",
    "Key",
    "ListItem",
    "Progress",
    "RequestError",
    "StatusEntry",
    "Update",
    "Webhook",
    "WebhookError",
    "verify_webhook",
]
