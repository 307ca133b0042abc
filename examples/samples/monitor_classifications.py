"""Ask for the status of many classifications at the same time.

Usage: python3 monitor_classifications.py JOB_ID...      (UUIDs)

DOCKET_URL and DOCKET_KEY override the defaults.
"""
import asyncio
import os
import sys

import aiohttp

BASE_URL = os.environ.get("DOCKET_URL", "http://127.0.0.1:8080")
API_KEY = os.environ.get("DOCKET_KEY", "your-api-key")


async def monitor_classification_jobs(job_ids):
    """Monitor multiple classification jobs concurrently"""

    async def check_single_job(session, job_id):
        async with session.get(
            f"{BASE_URL}/classify/{job_id}",
            headers={"api-key": API_KEY, "Content-Type": "application/json"}
        ) as response:
            return await response.json()

    async with aiohttp.ClientSession() as session:
        tasks = [check_single_job(session, job_id) for job_id in job_ids]
        results = await asyncio.gather(*tasks)
        return results

# Usage
job_ids = sys.argv[1:]
results = asyncio.run(monitor_classification_jobs(job_ids))
for job_id, result in zip(job_ids, results):
    print(f"{job_id}: {result.get('status', result.get('detail'))}")
