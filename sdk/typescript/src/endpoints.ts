import { path, type Call, type Transport } from "./transport.js";
import type { Delivery, Key, KeyRequest, Webhook, WebhookRequest } from "./types.js";

/** What an account has set up. What makes something is sent once: after an error whose fate is unknown, look into the list. */
export class Endpoints {
  constructor(protected readonly transport: Transport) {}

  /** Has changes sent to an address; the answer alone has its secret. */
  createWebhook(request: WebhookRequest, signal?: AbortSignal): Promise<Webhook> {
    return this.transport.json(act(path("webhooks"), request, signal));
  }

  /** Those of the account, oldest first. */
  async webhooks(signal?: AbortSignal): Promise<Webhook[]> {
    return (await this.transport.json<{ webhooks: Webhook[] }>({ method: "GET", path: path("webhooks"), signal })).webhooks;
  }

  /** Sends nothing more to it, and forgets it. */
  async deleteWebhook(id: string, signal?: AbortSignal): Promise<void> {
    await this.transport.json({ method: "DELETE", path: path("webhooks", id), signal });
  }

  /** Sends again to one that was switched off after many failures. */
  enableWebhook(id: string, signal?: AbortSignal): Promise<Webhook> {
    return this.transport.json(act(path("webhooks", id, "enable"), undefined, signal));
  }

  /** Sends a message that tells of no job. */
  testWebhook(id: string, signal?: AbortSignal): Promise<Delivery> {
    return this.transport.json(act(path("webhooks", id, "test"), undefined, signal));
  }

  /** The newest messages to a webhook, at most 100. */
  async deliveries(id: string, limit = 20, signal?: AbortSignal): Promise<Delivery[]> {
    const query = { limit: String(limit) };
    return (await this.transport.json<{ deliveries: Delivery[] }>({ method: "GET", path: path("webhooks", id, "deliveries"), query, signal })).deliveries;
  }

  /** Sends a message again, under the same webhook-id. */
  async replay(id: string, delivery: string, signal?: AbortSignal): Promise<void> {
    await this.transport.json(act(path("webhooks", id, "deliveries", delivery, "replay"), undefined, signal));
  }

  /** Makes a key, for which one with the scope admin is needed; the answer alone has it in full. */
  createKey(request: KeyRequest, signal?: AbortSignal): Promise<Key> {
    return this.transport.json(act(path("keys"), request, signal));
  }

  /** All keys of the server, oldest first. */
  async keys(signal?: AbortSignal): Promise<Key[]> {
    return (await this.transport.json<{ keys: Key[] }>({ method: "GET", path: path("keys"), signal })).keys;
  }

  /** Gives a key a new secret; the old one is good for so many seconds. */
  rotateKey(id: string, overlap = 0, signal?: AbortSignal): Promise<Key> {
    return this.transport.json(act(path("keys", id, "rotate"), { overlap }, signal));
  }

  /** Ends a key at once and for good. */
  revokeKey(id: string, signal?: AbortSignal): Promise<Key> {
    return this.transport.json({ method: "DELETE", path: path("keys", id), signal });
  }
}

function act(path: string, fields: object | undefined, signal: AbortSignal | undefined): Call {
  const call: Call = { method: "POST", path, once: true, signal };
  if (fields === undefined) return call;
  return { ...call, headers: { "Content-Type": "application/json" }, body: () => JSON.stringify(fields) };
}
