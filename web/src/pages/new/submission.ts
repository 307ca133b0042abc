import { single, type OperationForm, type Parameter, type Values } from './operations';
import { toSchema, type SchemaField } from './schema';

/** What the form holds. */
export interface Draft {
  form: OperationForm;
  values: Values;
  files: File[];
  addresses: string[];
  tags: string[];
  webhook: string;
  reuse: boolean;
  /** Several documents as one job, not as a batch of jobs. */
  together: boolean;
}

/** A request, from which both the submit and the line for a terminal are made. */
export interface Submission {
  path: '/jobs' | '/jobs/batch';
  fields: Record<string, unknown>;
  files: { field: string; file: File }[];
}

export interface SchemaValue {
  mode: 'form' | 'json';
  fields: SchemaField[];
  text: string;
}

export interface Category {
  name: string;
  description: string;
}

export interface Inner {
  operation: string;
  values: Values;
}

/** What is missing or wrong, by the name of the parameter. */
export type Faults = Record<string, string>;

const lines = (text: unknown): string[] => String(text ?? '').split('\n').map((l) => l.trim()).filter(Boolean);

/** The parameters as the API takes them, and what is wrong with them. */
export function parametersOf(form: OperationForm, values: Values, faults: Faults = {}): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const p of form.parameters) {
    const value = encode(p, values[p.name], faults);
    if (value === undefined) {
      if (p.required) faults[p.name] ??= 'It is needed.';
    } else if (p.kind === 'inner') {
      Object.assign(out, value);
    } else {
      out[p.name] = value;
    }
  }
  return out;
}

function encode(p: Parameter, value: unknown, faults: Faults): unknown {
  switch (p.kind) {
    case 'flag':
      return value === true ? true : undefined;
    case 'number':
      if (value === undefined || value === '') return undefined;
      if (!Number.isFinite(Number(value))) faults[p.name] = 'It is not a number.';
      return Number(value);
    case 'list':
    case 'texts': {
      const all = lines(value);
      return all.length ? all : undefined;
    }
    case 'categories': {
      const named = ((value ?? []) as Category[]).filter((c) => c.name.trim());
      if (named.length === 0) return undefined;
      return named.map((c) => (c.description.trim() ? { name: c.name.trim(), description: c.description.trim() } : { name: c.name.trim() }));
    }
    case 'schema':
      return schemaOf(p.name, value as SchemaValue | undefined, faults);
    case 'inner': {
      const inner = (value ?? { operation: 'parse', values: {} }) as Inner;
      const form = single.find((o) => o.name === inner.operation);
      const parameters = form ? parametersOf(form, inner.values, faults) : {};
      return { operation: inner.operation, ...(Object.keys(parameters).length ? { parameters } : {}) };
    }
    case 'filter': {
      const filter = Object.fromEntries(Object.entries((value ?? {}) as Record<string, string>).filter(([, v]) => v));
      return Object.keys(filter).length ? filter : undefined;
    }
    default:
      return typeof value === 'string' && value.trim() ? value.trim() : undefined;
  }
}

function schemaOf(name: string, value: SchemaValue | undefined, faults: Faults): unknown {
  if (!value) return undefined;
  if (value.mode === 'form') {
    const schema = toSchema(value.fields);
    return Object.keys(schema.properties as object).length ? schema : undefined;
  }
  try {
    const schema = JSON.parse(value.text) as unknown;
    if (typeof schema === 'object' && schema !== null && !Array.isArray(schema)) return schema;
    faults[name] = 'It is not a JSON object.';
  } catch (error) {
    faults[name] = `It is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  return undefined;
}

/** Whether the draft makes a job for each of its documents. */
export const isBatch = (d: Draft): boolean => d.files.length + d.addresses.length > 1 && !d.together && single.some((o) => o.name === d.form.name);

/** The request that a draft makes, and what is wrong with it. */
export function submissionOf(d: Draft): { submission: Submission; faults: Faults } {
  const faults: Faults = {};
  const parameters = parametersOf(d.form, d.values, faults);
  const common: Record<string, unknown> = { operation: d.form.name };
  if (d.form.documents === 'addresses') parameters.urls = d.addresses;
  if (Object.keys(parameters).length) common.parameters = parameters;
  if (d.tags.length) common.tags = d.tags;
  if (d.webhook.trim()) common.webhook_url = d.webhook.trim();
  if (d.reuse) common.reuse = true;
  checkDocuments(d, faults);
  if (isBatch(d)) {
    const files = d.files.map((file, i) => ({ field: `document${i + 1}`, file }));
    const jobs = [...files.map((f) => ({ ...common, file: f.field })), ...d.addresses.map((url) => ({ ...common, url }))];
    return { submission: { path: '/jobs/batch', fields: { jobs }, files }, faults };
  }
  const takes = d.form.documents === 'needed' || d.form.documents === 'possible';
  if (takes && d.addresses.length === 1) common.url = d.addresses[0];
  if (takes && d.addresses.length > 1) common.urls = d.addresses;
  const files = takes ? d.files.map((file) => ({ field: 'file', file })) : [];
  return { submission: { path: '/jobs', fields: common, files }, faults };
}

function checkDocuments(d: Draft, faults: Faults): void {
  if (d.form.documents === 'needed' && d.files.length + d.addresses.length === 0) faults.documents = 'Choose a document or give its address.';
  if (d.form.documents === 'addresses' && d.addresses.length === 0) faults.documents = 'Give the address to begin at.';
  const wrong = d.addresses.find((a) => !/^(https?|jobid):\/\/\S+$/i.test(a));
  if (wrong) faults.documents = `“${wrong}” is no address: it begins with neither https:// nor http://.`;
}

const asText = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** The submission as a form with files. */
export function formOf(s: Submission): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(s.fields)) form.append(name, asText(value));
  for (const { field, file } of s.files) form.append(field, file, file.name);
  return form;
}

const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** The submission as a line for a terminal; a password is left for its user to fill in. */
export function curlOf(s: Submission, origin: string, withKey: boolean, lacksDocument: boolean): string {
  const parts = [`curl ${origin}${s.path}`];
  if (withKey) parts.push(`-H "X-API-Key: $DOCKET_KEY"`);
  const fields = JSON.parse(JSON.stringify(s.fields, (k, v: unknown) => (k === 'password' ? '…' : v))) as Record<string, unknown>;
  if (s.files.length === 0 && !lacksDocument) {
    parts.push(`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(fields))}`);
  } else {
    for (const [name, value] of Object.entries(fields)) {
      const text = asText(value);
      parts.push(`${/^[@<]/.test(text) ? '--form-string' : '-F'} ${quoted(`${name}=${text}`)}`);
    }
    if (lacksDocument) parts.push('-F file=@document.pdf');
    for (const { field, file } of s.files) parts.push(`-F ${quoted(`${field}=@${file.name.includes(',') || file.name.includes(';') ? `"${file.name}"` : file.name}`)}`);
  }
  return parts.join(' \\\n  ');
}
