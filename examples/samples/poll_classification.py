"""Wait for a classification with exponential backoff, and print its result.

Usage: python3 poll_classification.py JOB_ID      (a UUID, as POST /classify hands it out)

DOCKET_URL, DOCKET_KEY, DOCKET_POLL_INTERVAL and DOCKET_MAX_WAIT (seconds) override the defaults.
"""
import asyncio
import os
import sys

import requests

BASE_URL = os.environ.get("DOCKET_URL", "http://127.0.0.1:8080")
API_KEY = os.environ.get("DOCKET_KEY", "your-api-key")


async def poll_classification_status(job_id, max_wait_time=300, base_delay=1):
    """Poll classification job status with exponential backoff"""

    max_delay = 30  # Maximum delay between polls
    current_delay = base_delay  # Start with 1 second
    total_wait_time = 0

    while total_wait_time < max_wait_time:
        try:
            response = requests.get(
                f"{BASE_URL}/classify/{job_id}",
                headers={"api-key": API_KEY, "Content-Type": "application/json"}
            )

            if response.status_code == 200:
                result = response.json()

                if result['status'] == 'completed':
                    return result['result']
                elif result['status'] == 'failed':
                    # Caught below: a failed job is printed and polled until the time is up.
                    raise Exception(f"Classification failed: {result.get('error', 'Unknown error')}")
                else:
                    print(f"Status: {result['status']}, Progress: {result.get('progress', 'N/A')}")

            # Wait before next poll
            await asyncio.sleep(current_delay)
            total_wait_time += current_delay

            # Exponential backoff
            current_delay = min(current_delay * 2, max_delay)

        except Exception as e:
            print(f"Error polling status: {e}")
            await asyncio.sleep(current_delay)
            total_wait_time += current_delay

    raise Exception("Classification job timed out")


# Usage
result = asyncio.run(poll_classification_status(
    sys.argv[1],
    max_wait_time=float(os.environ.get("DOCKET_MAX_WAIT", "300")),
    base_delay=float(os.environ.get("DOCKET_POLL_INTERVAL", "1")),
))
print(f"{result['classification']} ({result['confidence']})")
