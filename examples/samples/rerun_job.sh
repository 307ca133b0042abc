#!/bin/sh
# Run a job of the platform API again. The answer has the new job's id.
#
# Usage: ./rerun_job.sh JOB_ID      (job_… or a UUID, of a job that has ended)
#
# DOCKET_URL and DOCKET_KEY override the defaults.
set -eu

curl -X POST "${DOCKET_URL:-http://127.0.0.1:8080}/v1/api/jobs/$1/rerun" \
  -H "Authorization: Bearer ${DOCKET_KEY:-your-api-key}"
