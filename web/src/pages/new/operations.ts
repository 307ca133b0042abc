import type { Operation } from '../../api/types';

/** One parameter of an operation, as a field of the form. */
export interface Parameter {
  name: string;
  label: string;
  hint?: string;
  kind: 'text' | 'password' | 'number' | 'flag' | 'choice' | 'list' | 'categories' | 'schema' | 'inner' | 'texts' | 'filter';
  choices?: { value: string; label: string }[];
  required?: boolean;
  /** Shown only when the rest is asked for. */
  rare?: boolean;
  /** With which the form begins. */
  initial?: unknown;
}

export interface OperationForm {
  name: Operation;
  sentence: string;
  /** Whether the job is of documents; those of a crawl are where it begins. */
  documents: 'needed' | 'possible' | 'addresses' | 'none';
  parameters: Parameter[];
}

const password: Parameter = { name: 'password', label: 'Password', hint: 'Of a protected document.', kind: 'password', rare: true };
const method: Parameter = {
  name: 'method', label: 'Found by', kind: 'choice', rare: true,
  choices: [{ value: '', label: 'As the server is set up' }, { value: 'model', label: 'A language model' }, { value: 'heuristic', label: 'Rules' }],
};
const categories: Parameter = { name: 'categories', label: 'Categories', kind: 'categories', required: true, initial: [{ name: 'invoice', description: '' }, { name: 'letter', description: '' }] };

/** The operations that work on single documents. */
export const single: OperationForm[] = [
  {
    name: 'parse',
    sentence: 'Read the text, headings, tables and pictures of a document, with their places on the page.',
    documents: 'needed',
    parameters: [
      { name: 'page_range', label: 'Pages', hint: 'Such as 1-5,8. All when empty.', kind: 'text' },
      { name: 'ocr_strategy', label: 'Text in pictures', kind: 'choice', choices: [{ value: '', label: 'Recognize where there is no text' }, { value: 'force_ocr', label: 'Recognize on all pages' }, { value: 'no_ocr', label: 'Leave' }] },
      {
        name: 'strategy', label: 'Chunks', kind: 'choice', rare: true,
        choices: [{ value: '', label: 'By meaning' }, { value: 'fixed', label: 'Of one length' }, { value: 'page', label: 'By page' }, { value: 'paragraph', label: 'By paragraph' }, { value: 'heading', label: 'By heading' }],
      },
      { name: 'target_length', label: 'Length of a chunk', hint: 'In words; 512 when empty.', kind: 'number', rare: true },
      { name: 'merge_tables', label: 'Join tables that go on on the next page', kind: 'flag', rare: true },
      password,
    ],
  },
  {
    name: 'extract',
    sentence: 'Find the values of your fields, each with its score and where it stands.',
    documents: 'needed',
    parameters: [{ name: 'schema', label: 'Fields', kind: 'schema', required: true }, { name: 'enable_citations', label: 'With their places on the page', kind: 'flag', initial: true, rare: true }, { name: 'confidence_threshold', label: 'Review below', hint: 'A score from 0 to 1.', kind: 'number', rare: true }, method, password],
  },
  { name: 'classify', sentence: 'Say which of your categories a document, and each of its pages, belongs to.', documents: 'needed', parameters: [categories, method, password] },
  { name: 'split', sentence: 'Cut a PDF into one file for each category of its pages.', documents: 'needed', parameters: [categories, method, password] },
];

/** All operations, in the order in which they are offered. */
export const operations: OperationForm[] = [
  ...single,
  { name: 'document_processing', sentence: 'Run one operation over many documents as one job.', documents: 'needed', parameters: [{ name: 'inner', label: 'With each document', kind: 'inner' }] },
  {
    name: 'web_crawling',
    sentence: 'Visit the pages of web sites, politely, and read them.',
    documents: 'addresses',
    parameters: [
      { name: 'max_depth', label: 'Depth', hint: 'Links from the first page; 3 when empty.', kind: 'number' },
      { name: 'max_pages', label: 'Pages at most', hint: '100 when empty.', kind: 'number' },
      { name: 'include', label: 'Only addresses like', hint: 'One pattern a line, such as /docs/*', kind: 'list' },
      { name: 'exclude', label: 'No addresses like', hint: 'One pattern a line, such as *.zip', kind: 'list' },
      { name: 'sitemap', label: 'Begin also at what the site maps list', kind: 'flag' },
      { name: 'delay', label: 'Seconds between two visits', hint: '0.5 when empty; a robots.txt may ask for more.', kind: 'number', rare: true },
    ],
  },
  {
    name: 'batch_embedding',
    sentence: 'Make vectors of texts, or of the chunks of documents.',
    documents: 'possible',
    parameters: [{ name: 'texts', label: 'Texts', hint: 'One a line.', kind: 'texts' }, { name: 'chunk_length', label: 'Length of a chunk', hint: 'Of documents, in words.', kind: 'number', rare: true }, method, password],
  },
  {
    name: 'import',
    sentence: 'Make a job for each document of an archive or a list of addresses.',
    documents: 'needed',
    parameters: [
      { name: 'inner', label: 'With each document', kind: 'inner' },
      { name: 'tags', label: 'Tags of the jobs', hint: 'One a line.', kind: 'list' },
      { name: 'reuse', label: 'Take over results that are there already', kind: 'flag' },
    ],
  },
  {
    name: 'export',
    sentence: 'Write the results of many jobs to one file.',
    documents: 'none',
    parameters: [
      { name: 'format', label: 'Format', kind: 'choice', initial: 'jsonl', choices: ['jsonl', 'csv', 'xlsx', 'md', 'zip'].map((value) => ({ value, label: value })) },
      { name: 'filter', label: 'Which jobs', kind: 'filter' },
      { name: 'include_documents', label: 'With the documents, in a zip', kind: 'flag', rare: true },
    ],
  },
];

export type Values = Record<string, unknown>;

export function initialValues(form: OperationForm): Values {
  return Object.fromEntries(form.parameters.filter((p) => p.initial !== undefined).map((p) => [p.name, p.initial]));
}
