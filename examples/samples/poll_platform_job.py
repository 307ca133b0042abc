"""Wait for one job of the platform API, and print its result.

Usage: python3 poll_platform_job.py JOB_ID      (job_… or a UUID)

DOCKET_URL, DOCKET_KEY, DOCKET_POLL_INTERVAL and DOCKET_MAX_WAIT (seconds) override the defaults.
"""
import os
import sys
import time

import requests

API_KEY = os.environ.get("DOCKET_KEY", "your-api-key")
JOB_ID = sys.argv[1]
BASE_URL = os.environ.get("DOCKET_URL", "http://127.0.0.1:8080") + "/v1/api"


def poll_job(job_id, interval=5, timeout=300):
    """Poll job status until completion or timeout"""
    start_time = time.time()

    while time.time() - start_time < timeout:
        response = requests.get(
            f"{BASE_URL}/jobs/{job_id}",
            headers={"Authorization": f"Bearer {API_KEY}"}
        )
        # The HTTP status is not looked at: an error has no data, and ends in a TypeError below.
        job = response.json()['data']

        if job['status'] in ['completed', 'failed', 'cancelled']:
            return job

        print(f"Job {job['status']}: {job['progress']}%")
        time.sleep(interval)

    raise TimeoutError("Job polling timed out")


# Usage
job = poll_job(
    JOB_ID,
    interval=float(os.environ.get("DOCKET_POLL_INTERVAL", "5")),
    timeout=float(os.environ.get("DOCKET_MAX_WAIT", "300")),
)
print(f"Job {job['status']}: {job['result']}")
