export { Docket } from "./client.js";
export { type Fault, DocketError, JobError, RequestError, WebhookError } from "./errors.js";
export type { Options } from "./transport.js";
export { isFinal } from "./types.js";
export type * from "./types.js";
export { verifyWebhook, type WebhookHeaders } from "./webhooks.js";
