"""Wait for one job in the Vision words: COMPLETED or FAILED.

Usage: python3 wait_for_vision_job.py JOB_ID      (a UUID, as /parse, /v2/extract and /classify hand it out)

DOCKET_URL, DOCKET_KEY, DOCKET_POLL_INTERVAL and DOCKET_MAX_WAIT (seconds) override the defaults.
"""
import os
import sys
import time

import requests

BASE_URL = os.environ.get("DOCKET_URL", "http://127.0.0.1:8080")
API_KEY = os.environ.get("DOCKET_KEY", "your-api-key")


def wait_for_job_completion(job_id, api_key, poll_interval=5, max_wait=300):
    """Wait for job to complete with polling"""

    start_time = time.time()
    headers = {"X-API-Key": api_key}

    while time.time() - start_time < max_wait:
        response = requests.get(f"{BASE_URL}/jobs/{job_id}", headers=headers)

        # An unknown id answers 404, so it is asked for until the time is up.
        if response.status_code == 200:
            job = response.json()
            status = job['status']

            print(f"Job status: {status}")

            if status == 'COMPLETED':
                return job, True
            elif status == 'FAILED':
                return job, False

        time.sleep(poll_interval)

    raise TimeoutError(f"Job {job_id} did not complete within {max_wait} seconds")


# Usage
job_id = sys.argv[1]
job, success = wait_for_job_completion(
    job_id,
    API_KEY,
    poll_interval=float(os.environ.get("DOCKET_POLL_INTERVAL", "5")),
    max_wait=float(os.environ.get("DOCKET_MAX_WAIT", "300")),
)

if success:
    print("Job completed successfully!")
else:
    print(f"Job failed: {job.get('error', 'Unknown error')}")
