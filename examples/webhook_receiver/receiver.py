"""Take webhooks of classifications with Flask.

Usage: python3 receiver.py [PORT]

With WEBHOOK_SECRET=whsec_… in the environment it takes only those that are
signed with that secret.
"""
import os
import sys

from flask import Flask, request
from werkzeug.serving import make_server

import verify

app = Flask(__name__)
secret = os.environ.get("WEBHOOK_SECRET")


@app.before_request
def check_signature():
    if secret:
        try:
            verify.verify(secret, request.headers, request.get_data())
        except verify.Refused as problem:
            print(f"Refused: {problem}", flush=True)
            return {"error": str(problem)}, 401


def route_document(classification, confidence):
    print(f"Classified as {classification} ({confidence})", flush=True)


def log_error(error):
    print(f"Failed: {error}", flush=True)


@app.route('/classification-webhook', methods=['POST'])
def classification_webhook():
    """Webhook endpoint for classification job completion"""

    data = request.json

    if data['status'] == 'completed':
        # Process completed classification
        result = data['result']
        classification = result['classification']
        confidence = result['confidence']

        # Route document based on classification
        route_document(classification, confidence)

        return {"status": "processed"}, 200
    elif data['status'] == 'failed':
        # Handle failed classification
        error = data['error']
        log_error(error)

        return {"status": "error_logged"}, 200

    return {"status": "ignored"}, 200


if __name__ == '__main__':
    server = make_server('127.0.0.1', int(sys.argv[1]) if len(sys.argv) > 1 else 5000, app, threaded=True)
    print(f"Listens on http://127.0.0.1:{server.server_port}/classification-webhook", flush=True)
    server.serve_forever()
