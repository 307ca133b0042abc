// Takes the pictures of the README from a server of its own:
//   node tests/pictures.mjs PROGRAM FOLDER
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [program, folder] = process.argv.slice(2);
if (!folder) throw new Error('usage: node tests/pictures.mjs PROGRAM FOLDER');

const invoice = await readFile(new URL('../../examples/invoice.pdf', import.meta.url));
const data = await mkdtemp(join(tmpdir(), 'docket-pictures-'));
const serving = spawn(program, ['serve', '--listen', '127.0.0.1:0', '--data', data], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const server = await new Promise((resolve, reject) => {
    let said = '';
    serving.stdout.on('data', (text) => {
      said += text;
      const [, url] = /listens on (http:\S+)/.exec(said) ?? [];
      if (url) resolve(url);
    });
    serving.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  await takeAll(server, await fill(server));
} finally {
  serving.kill();
  await rm(data, { recursive: true, force: true, maxRetries: 5 });
}

/** Hands in some documents; gives the ids of those that are looked at. */
async function fill(server) {
  const send = async (name, bytes, operation, parameters = {}, tags = []) => {
    const form = new FormData();
    form.append('operation', operation);
    form.append('parameters', JSON.stringify(parameters));
    form.append('tags', JSON.stringify(tags));
    form.append('file', new Blob([bytes]), name);
    return (await (await fetch(`${server}/jobs`, { method: 'POST', body: form })).json()).job_id;
  };
  const end = async (id) => {
    while (['queued', 'processing'].includes((await (await fetch(`${server}/jobs/${id}/status?wait=30`)).json()).status));
  };
  const text = (type) => ({ type });
  const item = { type: 'object', properties: { description: text('string'), quantity: text('number'), unit_price: text('number'), amount: text('number') } };
  const schema = {
    type: 'object',
    properties: { invoice_number: text('string'), invoice_date: { type: 'string', format: 'date' }, due_date: { type: 'string', format: 'date' }, customer_number: text('string'), currency: text('string'), iban: text('string'), total: text('number'), items: { type: 'array', items: item } },
  };
  const categories = [{ name: 'invoice' }, { name: 'letter' }, { name: 'contract' }];
  // The first document of a new server waits for its engine.
  const first = await send('first.pdf', invoice, 'parse');
  await end(first);
  await fetch(`${server}/jobs/${first}`, { method: 'DELETE' });
  const ids = [];
  ids.push(await send('northwind-2025-0314.pdf', invoice, 'parse', {}, ['invoices', 'march']));
  ids.push(await send('northwind-2025-0314.pdf', invoice, 'extract', { schema, enable_citations: true }, ['invoices']));
  for (const [name, operation] of [['statement-07.pdf', 'parse'], ['inbox-0412.pdf', 'classify'], ['inbox-0413.pdf', 'classify'], ['scans-april.pdf', 'split'], ['order-88172.pdf', 'parse']]) {
    ids.push(await send(name, invoice, operation, operation === 'parse' ? {} : { categories }, operation === 'parse' ? ['invoices'] : ['inbox']));
  }
  ids.push(await send('handbook.md', '# Handbook\n\nHow we work.\n', 'parse', {}, ['docs']));
  ids.push(await send('upload-broken.pdf', '%PDF-1.7 x', 'parse', {}, ['inbox']));
  await Promise.all(ids.map(end));
  // What waits is shown too.
  await fetch(`${server}/pauses/split`, { method: 'PUT' });
  await send('scans-may.pdf', invoice, 'split', { categories }, ['inbox']);
  return { parse: ids[0], extract: ids[1] };
}

async function takeAll(server, { parse, extract }) {
  await mkdir(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  const take = async (name, path, look, before = async () => {}) => {
    const page = await browser.newPage({ viewport: { width: look.width ?? 1280, height: look.height ?? 800 }, colorScheme: look.theme, locale: 'en-GB' });
    await page.goto(`${server}/ui${path}`);
    await page.locator('h1').first().waitFor();
    await before(page);
    await page.locator('.skeleton').first().waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.querySelector('.live')?.textContent === 'Live' && document.getAnimations().every((a) => a.playState !== 'running'));
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await page.close();
  };
  const onPage = (page) => page.locator('.sheet-page.there').waitFor();
  await take('jobs', '/', { theme: 'light' }, (page) => page.locator('.job-row').first().waitFor());
  await take('jobs-dark', '/', { theme: 'dark' }, (page) => page.locator('.job-row').first().waitFor());
  await take('parse', `/jobs/${parse}`, { theme: 'light' }, async (page) => {
    await onPage(page);
    await page.locator('.box[data-kind="Table"]').first().click();
  });
  await take('extract', `/jobs/${extract}`, { theme: 'dark' }, async (page) => {
    await onPage(page);
    await page.locator('.field-row', { hasText: 'total' }).first().hover();
  });
  await take('phone', `/jobs/${extract}`, { theme: 'light', width: 390, height: 844 }, onPage);
  await browser.close();
}
