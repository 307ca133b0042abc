// What the tests share: a browser, pages whose faults fail the test, and axe.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

/** The server under test. */
export const server = process.env.DOCKET_URL ?? 'http://127.0.0.1:8080';

/** How long to wait for what should take a moment, on a busy machine. */
export const patience = Number(process.env.PATIENCE ?? 60_000);

let browser;

/** Starts the browser before the tests of a file, and ends it after them. */
export function useBrowser() {
  before(async () => {
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
  });
  after(async () => {
    await browser?.close();
  });
}

/**
 * Opens a page of the dashboard. What the browser says is wrong with it, such
 * as a breach of its policy, is in `faults`.
 */
export async function openPage(path = '/', { theme = 'light', width = 1280, height = 800 } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale: 'en-GB', timezoneId: 'UTC' });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(error.message));
  page.on('console', (message) => {
    // A picture that is not there, a refused request: the page shows them itself.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) page.faults.push(message.text());
  });
  await page.goto(`${server}/ui${path}`);
  return page;
}

/** Closes a page in which nothing must have gone wrong. */
export async function closePage(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

/** Fails when somebody could not read or use what the page shows. */
export async function checkAccess(page, where) {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']).analyze();
  const told = violations.map((v) => `${where}: ${v.id}: ${v.help}\n${v.nodes.slice(0, 5).map((n) => `  ${n.target} ${n.html.slice(0, 200)}\n  ${n.failureSummary}`).join('\n')}`);
  assert.equal(told.join('\n'), '');
}

/** Asks the API itself. */
export async function api(path, { method = 'GET', body, form } = {}) {
  const answer = await fetch(server + path, {
    method,
    headers: body ? { 'Content-Type': 'application/json' } : {},
    body: form ?? (body ? JSON.stringify(body) : undefined),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

/** Hands in a document; gives the job's id. */
export async function submit(name, bytes, fields = { operation: 'parse' }) {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, typeof value === 'string' ? value : JSON.stringify(value));
  form.append('file', new Blob([bytes]), name);
  return (await api('/jobs', { method: 'POST', form })).job_id;
}

/** Waits until the job has ended; gives its state. */
export async function ended(id) {
  for (const until = Date.now() + patience; Date.now() < until;) {
    const { status } = await api(`/jobs/${id}/status?wait=20`);
    if (!['queued', 'processing'].includes(status)) return status;
  }
  throw new Error(`job ${id} does not end`);
}

/** Drops a file onto the page, as a hand would. */
export async function drop(page, name, bytes, type = 'application/pdf') {
  const data = await page.evaluateHandle(({ name, text, type }) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name, { type }));
    return transfer;
  }, { name, text: Buffer.from(bytes).toString('base64'), type });
  await page.dispatchEvent('main', 'dragover', { dataTransfer: data });
  await page.getByText('Drop to hand in').waitFor();
  await page.dispatchEvent('main', 'drop', { dataTransfer: data });
}
