// The other pages, and whether everybody can read and use all of them.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { checkAccess, closePage, ended, openPage, server, submit, useBrowser } from './browser.mjs';

const invoice = await readFile(new URL('../../examples/invoice.pdf', import.meta.url));
const got = [];
const receiver = createServer((request, answer) => {
  got.push(request.headers['webhook-id']);
  request.resume();
  answer.end('thanks');
});

useBrowser();
let hook = '';
const made = {};
before(async () => {
  await new Promise((ready) => receiver.listen(0, '127.0.0.1', ready));
  hook = `http://127.0.0.1:${receiver.address().port}/hook`;
  made.parse = await submit('a.pdf', invoice);
  made.extract = await submit('b.pdf', invoice, { operation: 'extract', parameters: { schema: { type: 'object', properties: { total: { type: 'number' } } } } });
  made.classify = await submit('c.pdf', invoice, { operation: 'classify', parameters: { categories: ['invoice', 'letter'] } });
  made.split = await submit('d.pdf', invoice, { operation: 'split', parameters: { categories: [{ name: 'invoice' }, { name: 'letter' }] } });
  made.text = await submit('e.md', '# A title\n\nSome *words*.');
  for (const id of Object.values(made)) assert.equal(await ended(id), 'completed');
});
after(() => {
  receiver.closeAllConnections();
  receiver.close();
});

test('a webhook is added, tested, told and replayed', async () => {
  const page = await openPage('/webhooks');
  await page.getByRole('button', { name: 'Add an endpoint' }).click();
  await page.getByLabel('Address').fill(hook);
  await page.getByLabel('completed').check();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('whsec_').waitFor();
  await page.getByRole('link', { name: hook }).click();
  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.locator('.delivery').first().getByText('Delivered').waitFor();
  await ended(await submit('told.pdf', invoice));
  const told = page.locator('.delivery', { hasText: 'completed' });
  await told.getByText('Delivered').waitFor();
  await told.getByRole('button', { name: 'Show' }).click();
  await told.getByText('"current_status": "completed"').waitFor();
  await told.getByLabel('Answer').getByText('thanks').waitFor();
  const before = got.length;
  await told.getByRole('button', { name: 'Replay' }).click();
  await told.getByText('2 tries').waitFor();
  assert.equal(got.length, before + 1);
  assert.equal(got.at(-1), got.at(-2), 'the message has its id again');
  await checkAccess(page, 'deliveries');
  await closePage(page);
});

test('results of every operation are shown', async () => {
  const page = await openPage();
  for (const [operation, tab, words] of [['classify', 'Result', 'invoice'], ['split', 'Files', 'Successfully split'], ['extract', 'Fields', '2173.65'], ['text', 'Result', 'Some words.']]) {
    await page.goto(`${server}/ui/jobs/${made[operation]}`);
    await page.getByRole('tab', { name: tab, exact: true, selected: true }).waitFor();
    await page.getByRole('tabpanel').getByText(words).first().waitFor();
  }
  await closePage(page);
});

test('the system page shows what was done', async () => {
  const page = await openPage('/system');
  await page.getByRole('img', { name: /Ended per 15 minutes/ }).waitFor();
  await page.getByRole('heading', { name: 'It can take work' }).waitFor();
  await page.getByRole('button', { name: 'Pause export' }).click();
  await page.getByRole('button', { name: 'Resume export' }).click();
  await page.getByRole('button', { name: 'Pause export' }).waitFor();
  await closePage(page);
});

test('addresses that lead nowhere say so', async () => {
  const page = await openPage();
  for (const [path, words] of [['/jobs/job_01hm6f4yk0f8xa7zq3v5c9d2ft', 'There is no such job'], ['/batches/batch_01hm6f4yk0f8xa7zq3v5c9d2ft', 'There is no such batch'], ['/webhooks/whe_01hm6f4yk0f8xa7zq3v5c9d2ft', 'There is no such endpoint'], ['/nothing/here', 'There is no such page']]) {
    await page.goto(`${server}/ui${path}`);
    await page.getByText(words).waitFor();
  }
  await closePage(page);
});

const others = ['/batches', '/webhooks', '/keys', '/usage', '/new?operation=export', '/new?operation=document_processing'];
for (const { look, more } of [{ look: { theme: 'light' }, more: others }, { look: { theme: 'dark' }, more: [] }, { look: { theme: 'light', width: 390, height: 844 }, more: [] }]) {
  test(`everybody can read and use the pages: ${look.theme}, ${look.width ?? 1280} wide`, async () => {
    const page = await openPage('/', look);
    const results = more.length ? Object.values(made) : [made.parse, made.extract];
    for (const path of ['/', '/new?operation=extract', '/system', ...more, ...results.map((id) => `/jobs/${id}`), `/jobs/${made.parse}?tab=timeline`]) {
      await page.goto(`${server}/ui${path}`);
      await page.locator('h1').first().waitFor();
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      await page.waitForFunction(() => document.getAnimations().every((a) => a.playState !== 'running'));
      await checkAccess(page, `${look.theme} ${look.width ?? 1280} ${path}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(wide <= 0, `${path} is ${wide} px too wide at ${look.width ?? 1280}`);
    }
    await closePage(page);
  });
}
