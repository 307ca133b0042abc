#!/bin/sh
# Ask once for the status of one classification.
#
# Usage: ./classification_status.sh JOB_ID      (a UUID)
#
# DOCKET_URL and DOCKET_KEY override the defaults.
set -eu

curl -X GET "${DOCKET_URL:-http://127.0.0.1:8080}/classify/$1" \
  -H "api-key: ${DOCKET_KEY:-your-api-key}" \
  -H "Content-Type: application/json"
