"""Create an extraction job that sends an e-mail when it ends.

Usage: python3 create_with_email.py DOCUMENT [EMAIL]

DOCKET_URL and DOCKET_KEY override the defaults.
"""
import json
import os
import sys

import requests

BASE_URL = os.environ.get("DOCKET_URL", "http://127.0.0.1:8080")
headers = {"X-API-Key": os.environ.get("DOCKET_KEY", "your-api-key")}

extraction_params = {
    'schema': {
        'type': 'object',
        'properties': {
            'invoice_number': {'type': 'string', 'description': 'Number of the invoice'},
            'total': {'type': 'number', 'description': 'Amount to pay'},
        },
        'required': ['invoice_number'],
        'additionalProperties': False,
    }
}

# Enable email notifications when creating job
data = {
    'operation': 'extract',
    'parameters': extraction_params,
    'notification_settings': {
        'email': sys.argv[2] if len(sys.argv) > 2 else 'user@example.com',
        'events': ['completed', 'failed'],
        'include_summary': True
    }
}

# A form has no nested fields: objects travel in it as JSON text.
form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in data.items()}
with open(sys.argv[1], 'rb') as document:
    response = requests.post(f"{BASE_URL}/jobs", headers=headers, data=form, files={'file': document})

job = response.json()
if response.status_code == 202:
    print(f"Created {job['job_id']}: {job['status']}")
else:
    sys.exit(f"Not created: {job['detail']}")
