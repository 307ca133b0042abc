// The other pages, and whether everybody can read and use all of them.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { api, checkAccess, closePage, ended, openPage, server, submit, useBrowser } from './browser.mjs';

const invoice = await readFile(new URL('../../examples/invoice.pdf', import.meta.url));
const got = [];
const site = { '/': '<title>Gardens</title><p>Welcome to the gardens.</p><a href="/roses">Roses</a><a href="/gone">Gone</a>', '/roses': '<title>Roses</title><p>Roses are woody.</p>' };
const receiver = createServer((request, answer) => {
  if (request.method === 'GET') {
    answer.writeHead(site[request.url] ? 200 : 404, { 'Content-Type': 'text/html' });
    answer.end(site[request.url]);
    return;
  }
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
  made.crawl = (await api('/jobs', { method: 'POST', body: { operation: 'web_crawling', parameters: { urls: [new URL('/', hook).href], delay: 0 } } })).job_id;
  made.embed = await submit('f.pdf', invoice, { operation: 'batch_embedding', parameters: { texts: ['Hello there'] } });
  made.import = await submit('g.jsonl', '{"name":"good.md","content":"# Good"}\n{"name":"bad.pdf","content":"%PDF-1.7 x"}\nno line\n', { operation: 'import', parameters: { operation: 'parse' } });
  made.export = (await api('/jobs', { method: 'POST', body: { operation: 'export', parameters: { format: 'csv', job_ids: [made.extract] } } })).job_id;
  made.chained = (await api('/jobs', { method: 'POST', body: { operation: 'parse', url: `jobid://${made.split}` } })).job_id;
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
  for (const [operation, tab, words] of [['classify', 'Result', 'invoice'], ['split', 'Files', 'Successfully split'], ['extract', 'Fields', '2173.65'], ['text', 'Result', 'Some words.'], ['embed', 'Vectors', 'Hello there'], ['export', 'Result', 'Download export.csv'], ['import', 'Result', 'bad.pdf'], ['crawl', 'Pages', 'Gardens'], ['chained', 'Result', 'INVOICE']]) {
    await page.goto(`${server}/ui/jobs/${made[operation]}`);
    await page.getByRole('tab', { name: tab, exact: true, selected: true }).waitFor();
    await page.getByRole('tabpanel').getByText(words).first().waitFor();
  }
  await closePage(page);
});

test('jobs lead to those that they have to do with', async () => {
  const page = await openPage(`/jobs/${made.import}`);
  const fact = (name) => page.locator('.facts > span', { hasText: name });
  await page.getByText('File appears to be corrupted').waitFor();
  await page.getByRole('row', { name: /no line|line-3/ }).waitFor();
  await page.getByRole('link', { name: 'bad.pdf' }).click();
  await page.getByRole('heading', { name: 'File corrupted' }).waitFor();
  await page.locator('.facts').getByRole('link', { name: 'a job' }).click();
  await page.getByRole('link', { name: /the batch of 2 jobs/ }).click();
  await page.getByRole('heading', { name: 'Batch of 2 jobs' }).waitFor();

  await page.goto(`${server}/ui/jobs/${made.crawl}`);
  await page.getByText('Roses', { exact: true }).click();
  await page.getByText('Roses are woody.').waitFor();
  await page.getByRole('row', { name: /gone.*URL unreachable/ }).waitFor();

  await page.goto(`${server}/ui/jobs/${made.chained}`);
  await page.locator('.sheet-page.there').waitFor();
  await fact('with the result of').getByRole('link').click();
  await page.waitForURL(`**/jobs/${made.split}`);
  await fact('used by').getByRole('link', { name: '1 job' }).click();
  await page.locator('.job-row').getByRole('link').click();
  await page.waitForURL(`**/jobs/${made.chained}`);
  await closePage(page);
});

test('the system page shows what was done', async () => {
  const page = await openPage('/system');
  await page.getByRole('img', { name: /Ended per 15 minutes/ }).waitFor();
  await page.getByRole('img', { name: /How long the oldest job waited/ }).waitFor();
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
    const results = more.length ? Object.values(made).filter((id) => id !== made.chained) : [made.parse, made.extract, made.import];
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
