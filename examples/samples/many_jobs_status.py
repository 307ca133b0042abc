"""Check the status of several jobs with one request.

Usage: python3 many_jobs_status.py JOB_ID...

DOCKET_URL and DOCKET_KEY override the defaults.
"""
import os
import sys

import requests

BASE_URL = os.environ.get("DOCKET_URL", "http://127.0.0.1:8080")
headers = {"X-API-Key": os.environ.get("DOCKET_KEY", "your-api-key")}

job_ids = sys.argv[1:]
params = {
    "job_ids": ",".join(job_ids),
    "include_progress": True
}

response = requests.get(
    f"{BASE_URL}/jobs/status",
    headers=headers,
    params=params
)

jobs_status = response.json()
for job in jobs_status['jobs']:
    print(f"{job['job_id']}: {job['status']} ({job.get('progress', {}).get('percentage', 0)}%)")
