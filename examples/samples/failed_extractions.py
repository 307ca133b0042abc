"""List the extraction jobs that failed in the last 24 hours, each with the reason.

Usage: python3 failed_extractions.py

DOCKET_URL and DOCKET_KEY override the defaults.
"""
import os
from datetime import datetime, timedelta

import requests

BASE_URL = os.environ.get("DOCKET_URL", "http://127.0.0.1:8080")
headers = {"X-API-Key": os.environ.get("DOCKET_KEY", "your-api-key")}

yesterday = (datetime.utcnow() - timedelta(days=1)).isoformat() + 'Z'

params = {
    'status': 'failed',
    'operation': 'extract',
    'created_after': yesterday,
    'limit': 20
}

response = requests.get(
    f"{BASE_URL}/jobs",
    headers=headers,
    params=params
)

failed_jobs = response.json()
print(f"Found {len(failed_jobs['jobs'])} failed extraction jobs")

for job in failed_jobs['jobs']:
    print(f"  {job['job_id']}: {job['error_details']['message']}")
