"""Checking that a webhook is genuine: Standard Webhooks 1.0."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from typing import Any, Mapping, Optional

from .errors import WebhookError

TOLERANCE = 300  # seconds that a webhook may be old, or the sender's clock be ahead


def verify_webhook(body: bytes, headers: Mapping[str, str], *secrets: str, now: Optional[float] = None) -> Any:
    """Gives the message, or raises WebhookError.

    `body` is what came, byte for byte. After a rotation two secrets hold for a
    while: give both.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    message_id, timestamp, signatures = (lower.get("webhook-" + name, "") for name in ("id", "timestamp", "signature"))
    if not (message_id and timestamp and signatures):
        raise WebhookError("the webhook is not signed", "unsigned")
    try:
        sent = int(timestamp)
    except ValueError:
        raise WebhookError("the webhook's time is not a number", "bad_timestamp") from None
    if abs((time.time() if now is None else now) - sent) > TOLERANCE:
        raise WebhookError("the webhook is too old or from the future", "bad_timestamp")
    if not secrets:
        raise WebhookError("no secret given", "no_secret")
    content = b".".join((message_id.encode(), timestamp.encode(), body))
    for secret in secrets:
        try:
            key = base64.b64decode(secret[len("whsec_") :] if secret.startswith("whsec_") else secret, validate=True)
        except (binascii.Error, ValueError):
            raise WebhookError("the secret is not one: whsec_ and base64", "bad_secret") from None
        expected = b"v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest())
        for signature in signatures.split(" "):
            if hmac.compare_digest(expected, signature.encode()):
                return json.loads(body)
    raise WebhookError("the webhook's signature does not match", "bad_signature")
