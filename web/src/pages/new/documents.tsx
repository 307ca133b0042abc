import { useRef } from 'react';
import { Field } from '../../parts/basics';
import { size } from '../../parts/words';
import { addFiles, setFiles } from './drop';
import type { OperationForm } from './operations';

interface Props {
  form: OperationForm;
  files: File[];
  addresses: string;
  setAddresses: (text: string) => void;
  fault?: string;
}

/** Where the documents come from: files, addresses, or both. */
export function Documents({ form, files, addresses, setAddresses, fault }: Props) {
  const input = useRef<HTMLInputElement>(null);
  if (form.documents === 'none') return null;
  const crawl = form.documents === 'addresses';
  return (
    <section className="stack tight" aria-label="Documents">
      {!crawl && (
        <>
          <button type="button" className={`drop-zone${fault ? ' wrong' : ''}`} onClick={() => input.current?.click()}>
            <strong>{files.length ? 'Add more files' : 'Choose files'}</strong>
            <span className="muted">or drop them anywhere: {form.name === 'import' ? 'zip, tar, JSON lines, a list of addresses' : form.name === 'split' ? 'PDF' : 'PDF, Word, PowerPoint, Excel, HTML, Markdown, e-mail, text, pictures'}</span>
          </button>
          <input
            ref={input} type="file" multiple className="hidden" tabIndex={-1} aria-label="Files"
            onChange={(e) => {
              addFiles(e.target.files ?? []);
              e.target.value = '';
            }}
          />
          {files.length > 0 && <FileList files={files} />}
        </>
      )}
      <Field label={crawl ? 'Begin at' : files.length ? 'And from these addresses' : 'Or from addresses'} hint="One a line." error={fault}>
        {(id, described) => (
          <textarea id={id} aria-describedby={described} aria-invalid={fault ? true : undefined} className="area addresses" spellCheck={false} placeholder={crawl ? 'https://example.org/docs/' : 'https://example.org/invoice.pdf'} value={addresses} onChange={(e) => setAddresses(e.target.value)} />
        )}
      </Field>
    </section>
  );
}

const mostShown = 8;

function FileList({ files }: { files: File[] }) {
  return (
    <ul className="files">
      {files.slice(0, mostShown).map((f, i) => (
        <li key={`${f.name}-${i}`} className="row">
          <span className="ellipsis grow">{f.name}</span>
          <span className="muted small num">{size(f.size)}</span>
          <button type="button" className="button quiet small" aria-label={`Remove ${f.name}`} onClick={() => setFiles(files.filter((_, at) => at !== i))}>Remove</button>
        </li>
      ))}
      {files.length > mostShown && (
        <li className="row"><span className="muted grow">and {files.length - mostShown} more</span><button type="button" className="button quiet small" onClick={() => setFiles([])}>Remove all</button></li>
      )}
    </ul>
  );
}
