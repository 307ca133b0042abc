"""The calls that concern webhooks and keys."""

from typing import Any, Dict, List, Optional, Sequence, cast
from urllib.parse import quote

from .transport import Transport
from .types import Delivery, Key, Webhook


class Endpoints:
    """What an account has set up. What makes something is sent once: after an
    error whose fate is unknown, look into the list."""

    _transport: Transport

    def create_webhook(
        self, url: str, events: Sequence[str] = (), operations: Sequence[str] = (), allow_cidrs: Sequence[str] = ()
    ) -> Webhook:
        """Has changes sent to an address; the answer alone has its secret."""
        fields: Dict[str, Any] = {"url": url, "events": events, "operations": operations, "allow_cidrs": allow_cidrs}
        return cast(Webhook, self._act("/webhooks", {name: value for name, value in fields.items() if value}))

    def webhooks(self) -> List[Webhook]:
        """Those of the account, oldest first."""
        return cast(List[Webhook], self._transport.send("GET", "/webhooks").json()["webhooks"])

    def delete_webhook(self, webhook_id: str) -> None:
        """Sends nothing more to it, and forgets it."""
        self._transport.send("DELETE", _webhook(webhook_id)).close()

    def enable_webhook(self, webhook_id: str) -> Webhook:
        """Sends again to one that was switched off after many failures."""
        return cast(Webhook, self._act(_webhook(webhook_id) + "/enable"))

    def test_webhook(self, webhook_id: str) -> Delivery:
        """Sends a message that tells of no job."""
        return cast(Delivery, self._act(_webhook(webhook_id) + "/test"))

    def deliveries(self, webhook_id: str, limit: int = 20) -> List[Delivery]:
        """The newest messages to a webhook, at most 100."""
        answer = self._transport.send("GET", _webhook(webhook_id) + "/deliveries", params={"limit": limit}).json()
        return cast(List[Delivery], answer["deliveries"])

    def replay(self, webhook_id: str, delivery_id: str) -> None:
        """Sends a message again, under the same webhook-id."""
        self._act(f"{_webhook(webhook_id)}/deliveries/{quote(delivery_id, safe='')}/replay")

    def create_key(
        self, account: str = "", name: str = "", scopes: Sequence[str] = (), expires_in: Optional[float] = None
    ) -> Key:
        """Makes a key, for which one with the scope admin is needed; the answer
        alone has it in full."""
        fields = {"account": account, "name": name, "scopes": scopes, "expires_in": expires_in}
        return cast(Key, self._act("/keys", {name: value for name, value in fields.items() if value}))

    def keys(self) -> List[Key]:
        """All keys of the server, oldest first."""
        return cast(List[Key], self._transport.send("GET", "/keys").json()["keys"])

    def rotate_key(self, key_id: str, overlap: float = 0) -> Key:
        """Gives a key a new secret; the old one is good for so many seconds."""
        return cast(Key, self._act(_key(key_id) + "/rotate", {"overlap": overlap}))

    def revoke_key(self, key_id: str) -> Key:
        """Ends a key at once and for good."""
        return cast(Key, self._transport.send("DELETE", _key(key_id)).json())

    def _act(self, path: str, fields: Optional[Dict[str, Any]] = None) -> Any:
        return self._transport.send("POST", path, (lambda: {"json": fields}) if fields else None, once=True).json()


def _webhook(webhook_id: str) -> str:
    return "/webhooks/" + quote(webhook_id, safe="")


def _key(key_id: str) -> str:
    return "/keys/" + quote(key_id, safe="")
