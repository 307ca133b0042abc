"""Ask once for the status of a classification.

Usage: python3 check_classification.py JOB_ID      (a UUID)

DOCKET_URL and DOCKET_KEY override the defaults.
"""
import os
import sys

import requests

BASE_URL = os.environ.get("DOCKET_URL", "http://127.0.0.1:8080")
API_KEY = os.environ.get("DOCKET_KEY", "your-api-key")


def check_classification_status(job_id):
    """Simple function to check classification job status"""

    response = requests.get(
        f"{BASE_URL}/classify/{job_id}",
        headers={"api-key": API_KEY, "Content-Type": "application/json"}
    )

    if response.status_code == 200:
        return response.json()
    else:
        raise Exception(f"Failed to get job status: {response.status_code}")


# Usage
job = check_classification_status(sys.argv[1])
print(f"{job['status']}: {job['progress']}")
