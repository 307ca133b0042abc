"""Remember the status of a job, so that asking again costs nothing.

Usage: python3 cached_status.py JOB_ID

DOCKET_URL and DOCKET_KEY override the defaults.
"""
import os
import sys
import time
from functools import lru_cache

import requests

BASE_URL = os.environ.get("DOCKET_URL", "http://127.0.0.1:8080")
headers = {"X-API-Key": os.environ.get("DOCKET_KEY", "your-api-key")}


# The key below is never used: the cache goes by the arguments alone, so an
# answer stays as long as the process runs.
@lru_cache(maxsize=100)
def get_job_status_cached(job_id, cache_duration=30):
    """Cache job status for 30 seconds to reduce API calls"""
    cache_key = f"{job_id}_{int(time.time() // cache_duration)}"

    response = requests.get(f"{BASE_URL}/jobs/{job_id}", headers=headers)
    return response.json()


# Usage - will use cached result if called within 30 seconds
status = get_job_status_cached(sys.argv[1])
status = get_job_status_cached(sys.argv[1])
print(f"{status['status']} after {get_job_status_cached.cache_info().misses} request")
