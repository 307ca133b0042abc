"""Import an archive of documents, parse each once, classify and extract from what was parsed, and export a table.

Usage: python3 pipeline.py DOCUMENTS.zip TABLE.csv

DOCKET_URL, DOCKET_KEY and DOCKET_POLL_INTERVAL (seconds) override the defaults.
"""
import json
import os
import sys
import time
import uuid

import requests

ARCHIVE, TABLE = sys.argv[1:3]
URL = os.environ.get("DOCKET_URL", "http://127.0.0.1:8080")
HEADERS = {"X-API-Key": os.environ.get("DOCKET_KEY", "your-api-key")}
INTERVAL = float(os.environ.get("DOCKET_POLL_INTERVAL", "2"))
PAGE = 500

CATEGORIES = [{"name": "invoice", "description": "a bill with an amount to pay"}, {"name": "letter"}]
SCHEMA = {"type": "object", "properties": {"invoice_number": {"type": "string"}, "total_amount": {"type": "number"}}}
RUN = f"pipeline-{uuid.uuid4()}"  # a tag by which the results are found again


def call(method, path, **request):
    response = requests.request(method, URL + path, headers=HEADERS, **request)
    body = response.json()
    if not response.ok:
        raise RuntimeError(body.get("detail") or body["error"]["message"])
    return body


def bulk(kind, parameters, files=None):
    """Create a job of the platform, and wait for its result."""
    fields = {"type": kind, "parameters": json.dumps(parameters)}
    job = call("POST", "/v1/api/jobs", data=fields, files=files)["data"]
    while job["status"] in ("pending", "running"):
        time.sleep(INTERVAL)
        job = call("GET", "/v1/api/jobs/" + job["id"])["data"]
    if job["status"] != "completed":
        raise RuntimeError(job["result"]["error"])
    return job["result"]


def jobs_of(batch_id):
    """All jobs of a batch, page by page."""
    offset = 0
    while True:
        page = call("GET", f"/jobs/batch/{batch_id}?limit={PAGE}&offset={offset}")["jobs"]
        yield from page
        offset += len(page)
        if len(page) < PAGE:
            return


with open(ARCHIVE, "rb") as archive:
    imported = bulk("import", {"operation": "parse"}, {"file": archive})
print(f"imported {imported['submitted']} documents, {imported['errors']} refused")
for fault in imported["faults"]:
    print(f"  {fault['name']}: {fault['error_details']['message']}")

# These jobs wait for the parse that they name: there is no need to.
batches = []
parsed = list(jobs_of(imported["batch_id"]))
for start in range(0, len(parsed), PAGE):
    items = []
    for job in parsed[start:start + PAGE]:
        source = "jobid://" + job["job_id"]
        items.append({"operation": "classify", "url": source, "parameters": {"categories": CATEGORIES}, "tags": [RUN]})
        items.append({"operation": "extract", "url": source, "parameters": {"schema": SCHEMA}, "tags": [RUN]})
    batches.append(call("POST", "/jobs/batch", json={"jobs": items})["batch_id"])

for batch in batches:
    while (state := call("GET", f"/jobs/batch/{batch}?limit=1"))["overall_progress"] < 100:
        time.sleep(INTERVAL)
    print(f"{state['completed_jobs']} jobs completed, {state['failed_jobs']} failed")

exported = bulk("export", {"format": "csv", "filter": {"tags": [RUN], "status": ["completed", "failed"]}})
with requests.get(exported["url"], stream=True) as response, open(TABLE, "wb") as table:
    for piece in response.iter_content(1 << 16):
        table.write(piece)
print(f"exported {exported['results']} results of {exported['jobs']} jobs")
