#!/bin/sh
# Ask once for the status of one job of the platform API.
#
# Usage: ./platform_job_status.sh JOB_ID      (job_… or a UUID)
#
# DOCKET_URL and DOCKET_KEY override the defaults.
set -eu

curl "${DOCKET_URL:-http://127.0.0.1:8080}/v1/api/jobs/$1" \
  -H "Authorization: Bearer ${DOCKET_KEY:-your-api-key}"
