#!/bin/sh
# Ask once for the status of one job, in the Vision words.
#
# Usage: ./vision_job_status.sh JOB_ID      (a UUID)
#
# DOCKET_URL and DOCKET_KEY override the defaults.
set -eu

curl -X GET "${DOCKET_URL:-http://127.0.0.1:8080}/jobs/$1" \
  -H "X-API-Key: ${DOCKET_KEY:-your-api-key}"
