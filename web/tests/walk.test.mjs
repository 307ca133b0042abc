// The way of a document through the dashboard.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { api, checkAccess, closePage, drop, ended, openPage, patience, server, submit, useBrowser } from './browser.mjs';

const invoice = await readFile(new URL('../../examples/invoice.pdf', import.meta.url));
const long = process.env.DOCKET_LONG ? await readFile(process.env.DOCKET_LONG) : invoice;

useBrowser();

test('a PDF is dropped, watched, looked at and run again', async () => {
  const page = await openPage();
  await drop(page, 'march.pdf', invoice);
  await page.waitForURL('**/ui/new');
  await page.getByText('march.pdf', { exact: true }).waitFor();
  assert.match(await page.getByLabel('curl line').textContent(), /-F operation=parse \\\n\s+-F file=@march\.pdf/);
  await page.getByRole('button', { name: 'Parse', exact: true }).click();
  await page.waitForURL('**/ui/jobs/job_*');
  const first = page.url();
  // It ends in front of our eyes, without another look from us.
  await page.locator('.job-header').getByText('Completed', { exact: true }).waitFor();
  await page.locator('.sheet-page.there').waitFor();
  const table = page.locator('.box[data-kind="Table"]').first();
  await table.waitFor();
  const sheet = await page.locator('.sheet-page').boundingBox();
  const box = await table.boundingBox();
  assert.ok(box.x >= sheet.x && box.x + box.width <= sheet.x + sheet.width + 1 && box.width > sheet.width / 4, 'the box of the table lies on the page');
  // A box shows its text, and a text its box.
  const title = page.locator('.pointed', { hasText: /^Title.*INVOICE$/ });
  await page.locator('.box[data-kind="Title"]').hover();
  await page.locator('.pointed.active', { hasText: 'INVOICE' }).waitFor();
  await page.mouse.move(5, 5);
  await title.getByRole('button').focus();
  await page.locator('.box.active[data-kind="Title"]').waitFor();
  await table.click();
  await page.locator('.pointed.active[data-kind="Table"]').waitFor();
  assert.equal(await page.evaluate(() => document.scrollingElement.scrollTop), 0, 'the page as a whole stays where it is');
  await page.getByRole('tab', { name: 'Markdown' }).click();
  await page.getByLabel('Markdown', { exact: true }).getByText('# INVOICE').waitFor();
  await page.getByRole('tab', { name: 'Time line' }).click();
  await page.getByText('Attempt 1: a worker began').waitFor();
  await page.getByRole('button', { name: 'Rerun' }).click();
  await page.waitForURL((url) => url.href !== first);
  await page.getByText('rerun of').waitFor();
  await page.locator('.job-header').getByText('Completed', { exact: true }).waitFor();
  await closePage(page);
});

test('the progress of a long document is seen live', async (t) => {
  t.after(() => api('/pauses/parse', { method: 'DELETE' }));
  // It begins when somebody looks, however long the browser takes to be there.
  await api('/pauses/parse', { method: 'PUT' });
  const id = await submit('long.pdf', long);
  const page = await openPage(`/jobs/${id}`);
  await page.locator('.going').waitFor();
  await page.locator('.live').getByText('Live').waitFor();
  const seen = new Set();
  await page.exposeFunction('note', (percent) => seen.add(percent));
  await page.evaluate(() => {
    new MutationObserver(() => {
      const bar = document.querySelector('.going [role=progressbar]');
      if (bar) window.note(Number(bar.getAttribute('aria-valuenow')));
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  await api('/pauses/parse', { method: 'DELETE' });
  await page.locator('.job-header').getByText('Completed', { exact: true }).waitFor();
  if (process.env.DOCKET_LONG) assert.ok([...seen].some((p) => p > 0 && p < 100), `nothing between the ends was shown: ${[...seen]}`);
  const pages = await page.locator('.page-number').evaluate((e) => Number(e.nextElementSibling.textContent.replace('of ', '')));
  if (pages > 1) {
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await page.getByAltText('Page 2', { exact: true }).waitFor();
  }
  await closePage(page);
});

test('fields are built, found, and shown where they stand', async () => {
  const page = await openPage('/new?operation=extract');
  await page.getByLabel('Files').setInputFiles({ name: 'fields.pdf', mimeType: 'application/pdf', buffer: invoice });
  await page.getByLabel('Name of field 1', { exact: true }).fill('invoice_number');
  await page.getByRole('button', { name: 'Add a field' }).click();
  await page.getByLabel('Name of field 2', { exact: true }).fill('items');
  await page.getByLabel('Type of field 2', { exact: true }).selectOption('things');
  await page.getByLabel('Name of field 1 of items').fill('description');
  await page.getByRole('button', { name: 'Add a column' }).click();
  await page.getByLabel('Name of field 2 of items').fill('amount');
  await page.getByLabel('Type of field 2 of items').selectOption('number');
  await page.getByRole('button', { name: 'Edit as JSON Schema' }).click();
  assert.deepEqual(JSON.parse(await page.getByLabel('JSON Schema').inputValue()), {
    type: 'object',
    properties: {
      invoice_number: { type: 'string' },
      items: { type: 'array', items: { type: 'object', properties: { description: { type: 'string' }, amount: { type: 'number' } } } },
    },
  });
  await page.getByRole('button', { name: 'Edit as rows' }).click();
  await page.getByRole('button', { name: 'Extract', exact: true }).click();
  const value = page.locator('.field-row', { hasText: 'NW-2025-0314' });
  await value.waitFor();
  await value.hover();
  await page.locator('.box.active').waitFor();
  await page.locator('.field-table').getByText('Copy paper').waitFor();
  await page.mouse.move(5, 5);
  await page.locator('.box').first().click();
  await page.locator('.field-row.active').waitFor();
  await closePage(page);
});

test('what is missing is said before anything is sent', async () => {
  const page = await openPage('/new?operation=classify');
  await page.getByRole('button', { name: 'Classify', exact: true }).click();
  await page.getByRole('alert').getByText('Choose a document or give its address.').waitFor();
  await page.getByLabel('Or from addresses').fill('not an address');
  await page.getByText('is no address').first().waitFor();
  await checkAccess(page, 'a form with faults');
  await closePage(page);
});

test('a document that cannot be read says why and what to do', async () => {
  const id = await submit('broken.pdf', '%PDF-1.7 x');
  assert.equal(await ended(id), 'failed');
  const page = await openPage(`/jobs/${id}`);
  await page.getByRole('alert').getByText('File corrupted').waitFor();
  await page.getByRole('alert').getByText('submit that').waitFor();
  await page.getByRole('button', { name: 'Submit otherwise' }).click();
  await page.waitForURL('**/ui/new?operation=parse');
  await page.getByText('broken.pdf', { exact: true }).waitFor();
  await closePage(page);
});

test('several documents are a batch', async () => {
  const page = await openPage('/new');
  await page.getByLabel('Files').setInputFiles([1, 2, 3].map((n) => ({ name: `paper ${n}.pdf`, mimeType: 'application/pdf', buffer: invoice })));
  await page.getByRole('button', { name: 'Make 3 jobs' }).click();
  await page.waitForURL('**/ui/batches/batch_*');
  await page.getByText('100%').waitFor();
  await page.getByText('3 completed').waitFor();
  await page.getByRole('link', { name: 'paper 2.pdf' }).waitFor();
  await checkAccess(page, 'a batch');
  await closePage(page);
});

test('a document behind a password is opened where it failed', async () => {
  assert.ok(process.env.DOCKET_LOCKED, 'DOCKET_LOCKED names a PDF with the password sesame');
  const locked = await readFile(process.env.DOCKET_LOCKED);
  const page = await openPage(`/jobs/${await submit('locked.pdf', locked)}`);
  const retry = async (password) => {
    const before = page.url();
    await page.getByLabel('Password of the document').fill(password);
    await page.getByRole('button', { name: 'Run again with it' }).click();
    await page.waitForURL((url) => url.href !== before);
    await page.getByText('rerun of').waitFor();
  };
  await retry('guess');
  await page.getByText('the password given does not open it').waitFor();
  await checkAccess(page, 'a wrong password');
  await retry('sesame');
  await page.locator('.job-header').getByText('Completed', { exact: true }).waitFor();
  await page.locator('.sheet-page.there').waitFor();
  // One of several documents.
  const form = new FormData();
  form.append('operation', 'document_processing');
  form.append('parameters', '{"operation":"parse"}');
  form.append('file', new Blob([invoice]), 'open.pdf');
  form.append('file', new Blob([locked]), 'shut.pdf');
  const { job_id: several } = await api('/jobs', { method: 'POST', form });
  await page.goto(`${server}/ui/jobs/${several}`);
  await page.getByText('2 documents, 1 failed').waitFor();
  await page.getByLabel('2 documents, 1 failed').selectOption('2');
  await retry('sesame');
  await page.locator('.job-header').getByText('Completed', { exact: true }).waitFor();
  await page.getByLabel(/^2 documents/).selectOption('2');
  await page.getByRole('tabpanel').getByText('secret words').waitFor();
  await closePage(page);
});

test('what could not be sent waits for the server', { timeout: 2 * patience }, async () => {
  const page = await openPage('/new');
  await page.locator('.live').getByText('Live').waitFor();
  await page.getByLabel('Files').setInputFiles({ name: 'patient.pdf', mimeType: 'application/pdf', buffer: invoice });
  await page.context().setOffline(true);
  await page.getByText('You are offline').waitFor();
  await page.getByRole('button', { name: 'Parse', exact: true }).click();
  await page.getByText('What you have entered stays here').waitFor();
  await checkAccess(page, 'what could not be sent');
  await page.context().setOffline(false);
  await page.getByText('What you have entered stays here').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Parse', exact: true }).click();
  await page.waitForURL('**/ui/jobs/job_*');
  await page.locator('.job-header').getByText('Completed', { exact: true }).waitFor();
  await page.context().close(); // the browser tells of each request that it could not send
});

test('breaks of the connection are shown and mended', { timeout: 2 * patience }, async () => {
  const page = await openPage();
  const state = page.locator('.live');
  await state.getByText('Live').waitFor();
  await page.context().setOffline(true);
  await state.getByText(/Offline|Reconnecting/).waitFor();
  await page.getByText('You are offline').waitFor();
  const id = await submit('meanwhile.pdf', invoice);
  await ended(id);
  await page.context().setOffline(false);
  await state.getByText('Live').waitFor();
  await page.locator('.job-row', { hasText: 'meanwhile.pdf' }).getByText('Completed').waitFor();
  await page.context().close(); // the browser tells of each request that it could not send
});
