"""Wait for one job in the Jobs words, and show its progress.

Usage: python3 wait_for_job.py JOB_ID      (job_…, as POST /jobs hands it out)

DOCKET_URL, DOCKET_KEY, DOCKET_POLL_INTERVAL and DOCKET_MAX_WAIT (seconds) override the defaults.
"""
import os
import sys
import time

import requests

BASE_URL = os.environ.get("DOCKET_URL", "http://127.0.0.1:8080")
headers = {"X-API-Key": os.environ.get("DOCKET_KEY", "your-api-key")}


def wait_for_job_completion(job_id, max_wait_time=300, poll_interval=5):
    """
    Poll job status until completion or timeout
    """
    start_time = time.time()

    while time.time() - start_time < max_wait_time:
        response = requests.get(
            f"{BASE_URL}/jobs/{job_id}",
            headers=headers
        )

        if response.status_code == 200:
            job = response.json()
            status = job['status']

            print(f"Job {job_id}: {status}")

            if status in ['completed', 'failed', 'cancelled']:
                return job

            # Show progress if available
            if 'progress' in job:
                print(f"  Progress: {job['progress']['percentage']}%")

        time.sleep(poll_interval)

    raise TimeoutError(f"Job {job_id} did not complete within {max_wait_time} seconds")


# Usage
try:
    completed_job = wait_for_job_completion(
        sys.argv[1],
        max_wait_time=float(os.environ.get("DOCKET_MAX_WAIT", "300")),
        poll_interval=float(os.environ.get("DOCKET_POLL_INTERVAL", "5")),
    )
    if completed_job['status'] == 'completed':
        print("Job completed successfully!")
    else:
        print(f"Job failed: {completed_job.get('error_details', {}).get('message')}")
except TimeoutError as e:
    print(f"Timeout: {e}")
