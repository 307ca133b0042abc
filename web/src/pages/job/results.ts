import { useQuery } from '@tanstack/react-query';
import { callText } from '../../api/client';
import type { ClassifyResult, CrawlResult, EmbeddingResult, ErrorDetails, ExportResult, ImportResult, Job, ParseResult, SplitResult } from '../../api/types';

export interface ExtractResult {
  data: Record<string, unknown>;
}

/** A result with its shape; many routes make the same one. */
export type Result =
  | { shape: 'parse'; body: ParseResult }
  | { shape: 'extract'; body: ExtractResult }
  | { shape: 'classify'; body: ClassifyResult }
  | { shape: 'split'; body: SplitResult }
  | { shape: 'crawl'; body: CrawlResult }
  | { shape: 'embedding'; body: EmbeddingResult }
  | { shape: 'export'; body: ExportResult }
  | { shape: 'import'; body: ImportResult }
  | { shape: 'other'; body: Record<string, unknown> };

/** One document of a job, with what came of it. */
export interface Part {
  name: string;
  result?: Result;
  error?: ErrorDetails;
}

function shaped(body: Record<string, unknown>): Result {
  const has = (...keys: string[]) => keys.every((k) => k in body);
  const shape = has('chunks') ? 'parse'
    : has('data') ? 'extract'
    : has('classification') ? 'classify'
    : has('pagesCrawled') ? 'crawl'
    : has('vectors') ? 'embedding'
    : has('sha256', 'format') ? 'export'
    : has('submitted', 'faults') ? 'import'
    : has('success', 'files') ? 'split'
    : 'other';
  return { shape, body } as unknown as Result;
}

interface FileEntry {
  file_name: string;
  status: string;
  result?: Record<string, unknown>;
  error_details?: ErrorDetails;
}

/** The result taken apart, beside its text. */
export interface Outcome {
  text: string;
  whole: Result;
  parts: Part[];
}

function outcomeOf(text: string, job: Job): Outcome {
  const body = JSON.parse(text) as Record<string, unknown>;
  const whole = shaped(body);
  const files = body.files as FileEntry[] | undefined;
  if (whole.shape === 'other' && Array.isArray(files)) {
    return { text, whole, parts: files.map((f) => ({ name: f.file_name, result: f.result && shaped(f.result), error: f.error_details })) };
  }
  return { text, whole, parts: [{ name: job.pdf_name, result: whole }] };
}

export function useOutcome(job: Job) {
  return useQuery({
    queryKey: ['result', job.job_id],
    queryFn: async ({ signal }) => outcomeOf(await callText(`/jobs/${job.job_id}/result`, { signal }), job),
    enabled: job.status === 'completed',
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The formats of a result beside JSON, with what a person calls them. */
export function formatsOf(result: Result | undefined): { format: string; label: string }[] {
  switch (result?.shape) {
    case 'parse':
      return [
        { format: 'md', label: 'Markdown' }, { format: 'html', label: 'HTML' }, { format: 'txt', label: 'Text' },
        { format: 'csv', label: 'Tables as CSV' }, { format: 'xlsx', label: 'Tables as XLSX' },
      ];
    case 'crawl':
    case 'embedding':
    case 'import':
      return [{ format: 'jsonl', label: 'JSON lines' }];
    case 'export':
      return [{ format: result.body.format, label: `The file, ${result.body.format}` }];
    default:
      return [];
  }
}
