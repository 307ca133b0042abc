import { WebhookError } from "./errors.js";

const tolerance = 300; // seconds that a webhook may be old, or the sender's clock be ahead

/** The headers of a request, in any of the shapes that servers give them. */
export type WebhookHeaders = Headers | Record<string, string | string[] | undefined>;

/**
 * Gives the message of a genuine webhook, or throws a WebhookError.
 * `body` is what came, byte for byte. After a rotation two secrets hold for a while: give both.
 */
export async function verifyWebhook(
  body: string | Uint8Array<ArrayBuffer>,
  headers: WebhookHeaders,
  secrets: string | string[],
  now: number = Date.now() / 1000,
): Promise<unknown> {
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => header(headers, name));
  if (!id || !timestamp || !signatures) throw new WebhookError("the webhook is not signed", "unsigned");
  if (!/^\d+$/.test(timestamp) || Math.abs(now - Number(timestamp)) > tolerance) {
    throw new WebhookError("the webhook is too old or from the future", "bad_timestamp");
  }
  const encoder = new TextEncoder();
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  const head = encoder.encode(`${id}.${timestamp}.`);
  const content = new Uint8Array(head.length + bytes.length);
  content.set(head);
  content.set(bytes, head.length);
  for (const secret of [secrets].flat()) {
    const key = await crypto.subtle.importKey("raw", decoded(secret), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
    for (const signature of signatures.split(" ")) {
      const [version, value] = signature.split(",");
      if (version !== "v1" || !value) continue;
      let raw: Uint8Array<ArrayBuffer>;
      try {
        raw = fromBase64(value);
      } catch {
        continue;
      }
      if (await crypto.subtle.verify("HMAC", key, raw, content)) return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
    }
  }
  throw new WebhookError("the webhook's signature does not match", "bad_signature");
}

function header(headers: WebhookHeaders, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return Array.isArray(found) ? found[0] : found;
}

function decoded(secret: string): Uint8Array<ArrayBuffer> {
  try {
    return fromBase64(secret.replace(/^whsec_/, ""));
  } catch {
    throw new WebhookError("the secret is not one: whsec_ and base64", "bad_secret");
  }
}

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
