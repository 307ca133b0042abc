// A server with keys: signing in and out, and what a key may not do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAccess, closePage, openPage, server, useBrowser } from './browser.mjs';

useBrowser();

test('the first key ends open mode, and one signs in with a key', async () => {
  const page = await openPage('/keys');
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByLabel('Name').fill('mine');
  await page.getByRole('button', { name: 'Make it' }).click();
  const key = await page.locator('code', { hasText: /^docket_\w{40}/ }).textContent();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByText('yours').waitFor();
  await page.locator('.live').getByText('Live').waitFor();
  assert.equal((await fetch(`${server}/jobs`)).status, 401);
  const [cookie] = await page.context().cookies();
  assert.ok(cookie.httpOnly && cookie.sameSite === 'Strict', 'no script and no other page has the cookie');

  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByLabel('Name').fill('reader');
  await page.getByLabel('write: makes').uncheck();
  await page.getByRole('button', { name: 'Make it' }).click();
  const reader = await page.locator('code', { hasText: /^docket_\w{40}/ }).textContent();
  await page.getByRole('row', { name: /reader/ }).waitFor();
  await checkAccess(page, 'keys');

  // An admin looks at the jobs of another account, and makes none for it.
  const acme = await page.evaluate(async () => {
    const made = await fetch('/keys', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"account":"acme","name":"theirs","scopes":["read","write"]}' });
    return (await made.json()).key;
  });
  const form = new FormData();
  form.append('operation', 'parse');
  form.append('file', new Blob(['# Theirs']), 'theirs.md');
  assert.equal((await fetch(`${server}/jobs`, { method: 'POST', headers: { 'X-API-Key': acme }, body: form })).status, 202);
  await page.getByRole('link', { name: 'Jobs', exact: true }).click();
  await page.getByText('No jobs yet').waitFor();
  await page.getByLabel('Account').selectOption('acme');
  await page.waitForURL(/account=acme/);
  await page.getByLabel('Select theirs.md').check();
  assert.ok(await page.getByRole('button', { name: 'Rerun' }).isDisabled());
  await checkAccess(page, 'the jobs of another account');
  await page.getByRole('link', { name: 'theirs.md' }).click();
  await page.locator('.facts').getByText('acme').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Rerun' }).isDisabled());
  await page.getByRole('link', { name: 'Keys' }).click();

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to Docket' }).waitFor();
  await checkAccess(page, 'sign in');
  await page.getByLabel('Key').fill('docket_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('not one of this server').waitFor();
  await page.getByLabel('Key').fill(reader);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('No keys').waitFor({ state: 'detached' });
  await page.getByText('Keys are for admins').waitFor();
  await page.getByRole('link', { name: 'New', exact: true }).click();
  await page.getByText('Your key may read, but not make jobs.').waitFor();
  assert.match(await page.getByLabel('curl line').textContent(), /X-API-Key: \$DOCKET_KEY/);
  await page.locator('.live').getByText('Live').waitFor();

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Keys' }).click();
  await page.getByRole('row', { name: /reader/ }).getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('row', { name: /reader.*revoked/ }).waitFor();
  await closePage(page);
});
