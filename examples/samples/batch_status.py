"""Check the status of all jobs in a batch.

Usage: python3 batch_status.py BATCH_ID

DOCKET_URL and DOCKET_KEY override the defaults.
"""
import os
import sys

import requests

BASE_URL = os.environ.get("DOCKET_URL", "http://127.0.0.1:8080")
headers = {"X-API-Key": os.environ.get("DOCKET_KEY", "your-api-key")}

batch_id = sys.argv[1]
response = requests.get(
    f"{BASE_URL}/jobs/batch/{batch_id}",
    headers=headers,
    params={"include_progress": True}
)

batch_status = response.json()
print(f"Batch Status: {batch_status['status']}")
print(f"Completed Jobs: {batch_status['completed_jobs']}/{batch_status['total_jobs']}")

for job in batch_status['jobs']:
    print(f"  {job['job_id']}: {job['status']}")
