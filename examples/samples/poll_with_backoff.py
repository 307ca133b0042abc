"""Wait for one job, and ask less and less often.

Usage: python3 poll_with_backoff.py JOB_ID      (job_…)

DOCKET_URL, DOCKET_KEY and DOCKET_POLL_INTERVAL (seconds) override the defaults.
"""
import os
import sys
import time

import requests

BASE_URL = os.environ.get("DOCKET_URL", "http://127.0.0.1:8080")
headers = {"X-API-Key": os.environ.get("DOCKET_KEY", "your-api-key")}


def poll_with_backoff(job_id, initial_interval=2, max_interval=30, backoff_factor=1.5):
    """
    Poll with exponential backoff to reduce API calls
    """
    interval = initial_interval

    while True:
        response = requests.get(f"{BASE_URL}/jobs/{job_id}", headers=headers)
        job = response.json()

        # The HTTP status is not looked at: an error (an unknown id, say) ends in a KeyError here.
        if job['status'] in ['completed', 'failed', 'cancelled']:
            return job

        print(f"Job {job_id}: {job['status']} - waiting {interval}s")
        time.sleep(interval)

        # Increase interval for next poll
        interval = min(interval * backoff_factor, max_interval)


# Usage
job = poll_with_backoff(
    sys.argv[1],
    initial_interval=float(os.environ.get("DOCKET_POLL_INTERVAL", "2")),
)
print(f"Job {job['job_id']}: {job['status']}")
