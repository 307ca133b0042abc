"""Check that a webhook was signed with one's own secret, as Standard Webhooks
1.0 says, with nothing but Python's standard library.
"""
import base64
import binascii
import hashlib
import hmac
import time

TOLERANCE = 5 * 60  # seconds between the sender's clock and this one


class Refused(Exception):
    """The webhook must not be believed."""


def verify(secret, headers, body):
    """Raise Refused unless the headers sign the body, the raw bytes, lately.

    A webhook that is sent again has the same webhook-id: remember it to handle
    each only once.
    """
    try:
        webhook_id = headers["webhook-id"]
        timestamp = headers["webhook-timestamp"]
        signatures = headers["webhook-signature"].split(" ")
        age = time.time() - int(timestamp)
    except (KeyError, ValueError):
        raise Refused("a header is missing or wrong") from None
    if abs(age) > TOLERANCE:
        raise Refused("it is too old or too new")
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise ValueError("the secret is whsec_ and base64") from None
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    # While the secret is being changed there are two signatures.
    if not any(hmac.compare_digest(expected.encode(), s.encode()) for s in signatures):
        raise Refused("no signature fits")
