"""Ask for several jobs one by one, and then with a single request. Neither sends a key: that is what open mode is for.

Usage: python3 status_without_key.py JOB_ID...

DOCKET_URL overrides the default.
"""
import os
import sys

import requests

BASE_URL = os.environ.get("DOCKET_URL", "http://127.0.0.1:8080")

job_ids = sys.argv[1:]

# Instead of checking each job individually
for job_id in job_ids:
    response = requests.get(f"{BASE_URL}/jobs/{job_id}")  # Multiple API calls
    print(f"one by one: {job_id}: {response.json()['status']}")

# Use batch status check
response = requests.get(
    f"{BASE_URL}/jobs/status",
    params={"job_ids": ",".join(job_ids)}  # Single API call
)
for job in response.json()['jobs']:
    print(f"at once: {job['job_id']}: {job['status']}")
