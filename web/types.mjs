// Makes the types of the API from its contract.
import { mkdir, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const to = new URL('src/api/generated/', import.meta.url);
await mkdir(to, { recursive: true });
for (const name of ['jobs', 'vision', 'accounts', 'webhooks']) {
  const contract = new URL(`../api/${name}.yaml`, import.meta.url);
  await writeFile(new URL(`${name}.d.ts`, to), astToString(await openapiTS(contract)));
}
