"""Requests that are sent again while the server is busy or away."""

import email.utils
import random
import time
from typing import Any, Callable, Dict, Optional

import requests

from .errors import RequestError

FIRST_PAUSE = 0.25  # seconds before the second try; each further one is twice as long

# Sent to a server that is not reached, or says that it is busy or away.
AGAIN = (429, 502, 503, 504)


class Transport:
    """Sends requests to one server."""

    def __init__(self, url: str, key: Optional[str], timeout: float, tries: int, max_pause: float) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"{url!r} is no http:// or https:// address")
        self.url = url.rstrip("/")
        self.timeout = timeout
        self.tries = tries
        self.max_pause = max_pause
        self.session = requests.Session()
        self.session.headers["User-Agent"] = "docket-python"
        if key:
            self.session.headers["X-API-Key"] = key

    def send(
        self,
        method: str,
        path: str,
        body: Optional[Callable[[], Dict[str, Any]]] = None,
        timeout: Optional[float] = None,
        once: bool = False,
        **kwargs: Any,
    ) -> requests.Response:
        """Gives an answer of 2xx or raises RequestError, or what requests raises.

        `body` makes the arguments data, files or json anew for every try. With
        `once` a try whose fate is unknown is not repeated.
        """
        for tried in range(1, self.tries + 1):
            try:
                response = self.session.request(
                    method, self.url + path, timeout=timeout or self.timeout, **kwargs, **(body() if body else {})
                )
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError):
                if once or tried == self.tries:
                    raise
                time.sleep(self.pause(tried))
                continue
            if response.ok:
                return response
            error = refusal(response)
            response.close()
            # A 409 with Retry-After: the first request under the same key is still under way.
            again = response.status_code in AGAIN or response.status_code == 409 and error.retry_after is not None
            again = again and not (once and response.status_code in (502, 504))
            if not again or tried == self.tries or (error.retry_after or 0) > self.max_pause:
                raise error
            time.sleep(max(self.pause(tried), error.retry_after or 0))
        raise AssertionError("unreachable")

    def pause(self, tried: int) -> float:
        """Seconds before the next try."""
        longest = min(self.max_pause, FIRST_PAUSE * 2 ** (tried - 1))
        return random.uniform(longest / 2, longest)


def refusal(response: requests.Response) -> RequestError:
    """Reads what the server says is wrong."""
    status, retry_after = response.status_code, seconds(response.headers.get("Retry-After"))
    request_id = response.headers.get("X-Request-Id", "")
    try:
        body = response.json()
        message = body["detail"]
    except (ValueError, KeyError, TypeError):
        code = (response.reason or "error").lower().replace(" ", "_")
        return RequestError(
            f"the server answered {status} {response.reason}", code, status, request_id=request_id, retry_after=retry_after
        )
    details = body.get("details") or {}
    items = details.get("items") or []
    if items:
        message += "; " + items[0]["message"]
    return RequestError(
        message,
        body.get("error_code", ""),
        status,
        body.get("suggestions"),
        details.get("field", ""),
        details.get("job_id", ""),
        request_id,
        retry_after,
        items,
    )


def seconds(header: Optional[str]) -> Optional[float]:
    """Reads Retry-After: seconds or a date."""
    if header is None:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
