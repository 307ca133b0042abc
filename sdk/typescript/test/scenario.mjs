// Runs sdk/scenario.json: scenario.mjs URL KEY FILE.
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

import { Docket, DocketError, WebhookError, verifyWebhook } from "docket-client";

const [url, key, name] = process.argv.slice(2);
const scenario = JSON.parse(readFileSync(name, "utf8"));
const docket = new Docket({ url, key });
const saved = {};

const request = (r) => ({
  ...r,
  files: (r.files ?? []).map((name) => ({ name, data: scenario.documents[name] })),
  ...(r.idempotency_key ? { idempotencyKey: r.idempotency_key } : {}),
});

const all = async (generator) => {
  const found = [];
  for await (const one of generator) found.push(one);
  return found;
};

const verbs = {
  submit: (r) => docket.submit(request(r)),
  submit_batch: ({ jobs }) => docket.submitBatch(jobs.map(request)),
  wait_batch: ({ id }) => docket.waitBatch(id),
  result_as: async ({ id, format }) => (await docket.resultAs(id, format)).text(),
  statuses: ({ ids }) => docket.statuses(ids),
  async watch({ id }) {
    const seen = await all(docket.watch(id));
    const rising = seen.every((update, i) => i === 0 || (update.version ?? 0) > (seen[i - 1].version ?? 0));
    return { count: seen.length, last: seen.at(-1), rising };
  },
  async jobs(filter) {
    const found = await all(docket.jobs(filter));
    return { count: found.length, first: found[0] };
  },
  create_webhook: (r) => docket.createWebhook(r),
  delete_webhook: ({ id }) => docket.deleteWebhook(id),
  enable_webhook: ({ id }) => docket.enableWebhook(id),
  test_webhook: ({ id }) => docket.testWebhook(id),
  replay: ({ id, delivery }) => docket.replay(id, delivery),
  create_key: (r) => docket.createKey(r),
  rotate_key: ({ id }) => docket.rotateKey(id),
  revoke_key: ({ id }) => docket.revokeKey(id),
  async fault(what) {
    const r = await fetch(url + "/-/fault", { method: "POST", body: JSON.stringify(what) });
    if (!r.ok) throw new Error(`fault: ${r.status}`);
  },
};

const member = (value, path) => path.split(".").reduce((v, name) => v?.[name], value);

const resolved = (value) => {
  if (Array.isArray(value)) return value.map(resolved);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, resolved(v)]));
  if (typeof value !== "string" || !value.startsWith("$")) return value;
  const [name, ...rest] = value.slice(1).split(".");
  return member(saved[name], rest.join("."));
};

const members = { retry_after: "retryAfter" };

async function run(name, step) {
  const fail = (why) => {
    throw new Error(`${name}: ${why}`);
  };
  const given = resolved(step.with ?? {});
  const begun = performance.now();
  let answer, error;
  try {
    answer = await (verbs[step.do] ?? (({ id }) => docket[step.do](id)))(given);
    if (step.lost) fail("it was sent again");
  } catch (e) {
    if (step.lost && !(e instanceof DocketError) && e instanceof TypeError) return;
    if (!(e instanceof DocketError) || !step.error) throw new Error(name, { cause: e });
    error = e;
  }
  const took = (performance.now() - begun) / 1000;
  for (const [key, want] of Object.entries(step.error ?? {})) {
    if (error?.[members[key] ?? key] !== want) fail(`error ${error}: ${key} is not ${want}`);
  }
  const text = error ? error.message : typeof answer === "string" ? answer : JSON.stringify(answer) ?? "";
  if (!text.includes(step.has ?? "")) fail(`${text} has no ${step.has}`);
  for (const [path, want] of Object.entries(resolved(step.is ?? {}))) {
    if (!isDeepStrictEqual(member(answer, path), want)) fail(`${path} is ${JSON.stringify(member(answer, path))} and not ${JSON.stringify(want)}`);
  }
  if (took < (step.at_least ?? 0)) fail(`took ${took} s`);
  if (step.save) saved[step.save] = answer;
}

for (const [n, step] of scenario.steps.entries()) await run(`step ${n} (${step.do})`, step);
for (const { name, body, headers, secrets, genuine } of scenario.webhooks) {
  const found = await verifyWebhook(body, headers, secrets).then(
    () => true,
    (e) => {
      if (e instanceof WebhookError) return false;
      throw e;
    },
  );
  if (found !== genuine) throw new Error(`webhook ${name}: genuine is ${found}`);
}
console.log(`${scenario.steps.length} steps, ${scenario.webhooks.length} webhooks`);
