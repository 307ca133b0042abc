// A list of a thousand jobs, by mouse and by keyboard.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { api, checkAccess, closePage, openPage, submit, useBrowser } from './browser.mjs';

const jobs = 1000;
const tag = `many-${Date.now()}`;

useBrowser();

// They wait, so that there are many of them at once.
before(async () => {
  await api('/pauses/split', { method: 'PUT' });
  const form = new FormData();
  const many = Array.from({ length: jobs }, (_, i) => ({ operation: 'split', file: `f${i}`, tags: [tag], parameters: { categories: ['a', 'b'] } }));
  form.append('jobs', JSON.stringify(many));
  many.forEach((job, i) => form.append(job.file, new Blob(['%PDF-1.7']), `paper-${String(i).padStart(4, '0')}.pdf`));
  await api('/jobs/batch', { method: 'POST', form });
});
after(() => api('/pauses/split', { method: 'DELETE' }));

test('a thousand jobs scroll smoothly', async () => {
  const page = await openPage(`/?q=tag:${tag}`);
  await page.locator('.job-row', { hasText: 'paper-0999.pdf' }).waitFor();
  assert.equal(await page.getByRole('table', { name: 'Jobs' }).getAttribute('aria-rowcount'), String(jobs + 1));
  const seen = await page.evaluate(async () => {
    const scroller = document.querySelector('.job-scroll');
    const frames = [];
    let rows = 0;
    for (let last = performance.now(); scroller.scrollTop + scroller.clientHeight < scroller.scrollHeight - 1;) {
      scroller.scrollTop += 240;
      const now = await new Promise(requestAnimationFrame);
      frames.push(now - last);
      last = now;
      rows = Math.max(rows, document.querySelectorAll('.job-row').length);
    }
    frames.sort((a, b) => a - b);
    return { frames: frames.length, median: frames[Math.floor(frames.length / 2)], rows };
  });
  await page.locator('.job-row', { hasText: 'paper-0000.pdf' }).waitFor();
  console.log(`scrolled in ${seen.frames} frames, the median took ${seen.median.toFixed(1)} ms, at most ${seen.rows} rows at once`);
  assert.ok(seen.rows < 100, `${seen.rows} rows at once`);
  // A sixtieth of a second when the machine has nothing else to do.
  assert.ok(seen.median < 100, `the median frame took ${seen.median} ms`);
  await closePage(page);
});

test('new jobs wait while somebody points at the list, and what is shown stays live', async () => {
  const own = `${tag}-held`;
  const add = async (...names) => {
    const made = [];
    for (const name of names) made.push(await submit(name, '%PDF-1.7', { operation: 'split', tags: [own], parameters: { categories: ['a', 'b'] } }));
    return made;
  };
  const [, second] = await add('held-1.pdf', 'held-2.pdf', 'held-3.pdf');
  const page = await openPage(`/?q=tag:${own}`);
  const row = page.locator('.job-row', { hasText: 'held-2.pdf' });
  await row.waitFor();
  const edges = await page.evaluate(() => ['.job-head', '.job-row'].map((of) => ['.cell-name', '.cell-age'].map((cell) => document.querySelector(`${of} ${cell}`).getBoundingClientRect().right)));
  assert.deepEqual(edges[0], edges[1], 'the head stands over its columns');
  await row.hover();
  const before = await row.boundingBox();
  await add('held-4.pdf', 'held-5.pdf');
  const shows = page.getByRole('status').getByRole('button', { name: '2 new jobs' });
  await shows.waitFor();
  await api(`/jobs/${second}/cancel`, { method: 'POST' });
  await row.getByText('Cancelled').waitFor();
  assert.deepEqual(await row.boundingBox(), before, 'the row stays under the pointer');
  assert.equal(await page.locator('.job-row').count(), 3);
  await checkAccess(page, 'a list that is held');
  await shows.press('Enter');
  await page.locator('.job-row', { hasText: 'held-5.pdf' }).waitFor();
  await shows.waitFor({ state: 'detached' });
  // A selection holds the list too; without one, and with the pointer elsewhere, it goes on by itself.
  await row.getByRole('checkbox').check();
  await page.mouse.move(5, 5);
  await add('held-6.pdf');
  await page.getByRole('button', { name: '1 new job' }).waitFor();
  assert.equal(await page.locator('.job-row').count(), 5);
  await page.keyboard.press('Escape');
  await page.locator('.job-row', { hasText: 'held-6.pdf' }).waitFor();
  // A job that is deleted elsewhere keeps its place while it is pointed at.
  await row.hover();
  await api(`/jobs/${second}`, { method: 'DELETE' });
  await row.getByText('Deleted').waitFor();
  await page.mouse.move(5, 5);
  await row.waitFor({ state: 'detached' });
  await closePage(page);
});

test('the keyboard moves, selects and opens', async () => {
  const page = await openPage('/');
  await page.locator('.job-row').first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('paper-01 ');
  await page.waitForURL((url) => url.searchParams.get('q') === 'paper-01'); // who thinks after a space goes on after it
  await page.keyboard.type(`tag:${tag}`);
  await page.waitForURL((url) => url.searchParams.get('q') === `paper-01 tag:${tag}`);
  await page.getByRole('button', { name: /All 100$/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.locator('.job-row:focus-within', { hasText: 'paper-0198.pdf' }).waitFor();
  await page.keyboard.press('x');
  await page.getByText('1 selected').waitFor();
  await checkAccess(page, 'a list with a selection');
  await page.keyboard.press('Escape');
  await page.getByText('1 selected').waitFor({ state: 'detached' });
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/ui/jobs/job_*');
  await page.getByRole('heading', { name: 'paper-0199.pdf' }).waitFor();
  await closePage(page);
});

test('a wrong search says what is allowed', async () => {
  const page = await openPage('/');
  await page.getByLabel('Search jobs').fill('state:failed');
  await page.getByRole('alert').getByText('status').waitFor();
  await checkAccess(page, 'a wrong search');
  await page.getByLabel('Search jobs').fill('nothing-is-called-that');
  await page.getByText('No job is like that').waitFor();
  await page.getByRole('button', { name: 'Show all jobs' }).click();
  await page.locator('.job-row').first().waitFor();
  await closePage(page);
});

test('many jobs are cancelled, run again and deleted at once', async () => {
  const page = await openPage(`/?q=tag:${tag}`);
  await page.locator('.job-row').first().getByRole('checkbox').check();
  await page.getByRole('button', { name: /Select all 1.000/ }).click();
  await page.getByRole('region', { name: 'Selected jobs' }).getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel them' }).click();
  await page.getByText(/Cancelled: 1.000 jobs/).waitFor();
  await page.getByRole('button', { name: /Cancelled 1.000/ }).click();
  await page.waitForURL(/status%3Acancelled/);
  await page.locator('.job-row').first().getByText('Cancelled').waitFor();
  await page.getByLabel('Select paper-0999.pdf').check();
  await page.getByRole('region', { name: 'Selected jobs' }).getByRole('button', { name: 'Rerun' }).click();
  await page.getByText('Made again: 1 job').waitFor();
  await page.getByRole('button', { name: /All/ }).click();
  // The new job comes in at the top, and the rows below move.
  await page.locator('.job-row', { hasText: 'paper-0999.pdf' }).nth(1).waitFor();
  await page.getByLabel('Select paper-0998.pdf').check();
  await page.getByRole('region', { name: 'Selected jobs' }).getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Deleted: 1 job').waitFor();
  await page.getByLabel('Select paper-0998.pdf').waitFor({ state: 'detached' });
  await closePage(page);
});
