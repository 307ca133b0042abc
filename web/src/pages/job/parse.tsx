import { useQuery } from '@tanstack/react-query';
import { callText } from '../../api/client';
import type { ParseResult, Segment } from '../../api/types';
import { Copy, Skeleton } from '../../parts/basics';
import { ErrorPanel } from '../../parts/tell';
import { Pointed } from './items';
import { DocumentTable } from './tablehtml';
import type { Pointing } from './viewer';

export const segmentsOf = (r: ParseResult): Segment[] => r.chunks.flatMap((c) => c.segments);

/** What was read of the page that is shown. */
export function Segments({ segments, page, pointing, point }: { segments: Segment[]; page: number; pointing: Pointing; point: (p: Pointing) => void }) {
  const here = segments.filter((s) => s.page_number === page);
  if (here.length === 0) return <p className="muted pad">Nothing was read on page {page}.</p>;
  return (
    <div className="segments">
      {here.map((s) => (
        <Pointed key={s.segment_id} id={s.segment_id} kind={s.segment_type} pointing={pointing} point={point} handleClass="kind" handle={<><span className="swatch" aria-hidden="true" />{s.segment_type}</>}>
          <SegmentContent segment={s} />
        </Pointed>
      ))}
    </div>
  );
}

function SegmentContent({ segment: s }: { segment: Segment }) {
  if (s.segment_type === 'Table' && s.html) return <DocumentTable html={s.html} />;
  const weight = s.segment_type === 'Title' ? 'as-title' : s.segment_type === 'SectionHeader' ? 'as-heading' : '';
  return <div className={`segment-text ${weight}`}>{s.content || <span className="muted">no text</span>}</div>;
}

/** All tables of the document. */
export function Tables({ segments, pointing, point }: { segments: Segment[]; pointing: Pointing; point: (p: Pointing) => void }) {
  return (
    <div className="segments">
      {segments.filter((s) => s.segment_type === 'Table').map((s) => (
        <Pointed key={s.segment_id} id={s.segment_id} kind="Table" pointing={pointing} point={point} handleClass="kind" handle={<><span className="swatch" aria-hidden="true" />Page {s.page_number}</>}>
          <DocumentTable html={s.html} />
        </Pointed>
      ))}
    </div>
  );
}

const most = 200_000;

/** Text as it is, with a way to copy it. A long one is cut; the download has all. */
export function PlainText({ text, label }: { text: string; label: string }) {
  return (
    <div className="plain">
      <div className="row"><span className="small muted grow">{text.length > most ? `The first ${most / 1000} kB; download it to see all.` : ''}</span><Copy text={text}>Copy</Copy></div>
      <pre tabIndex={0} aria-label={label}>{text.slice(0, most)}</pre>
    </div>
  );
}

/** The result in a format that is text. */
export function InFormat({ job, format, label }: { job: string; format: string; label: string }) {
  const text = useQuery({
    queryKey: ['result', job, format],
    queryFn: ({ signal }) => callText(`/jobs/${job}/result?format=${format}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (text.error) return <ErrorPanel error={text.error} title={`There is no ${label}`} retry={() => void text.refetch()} />;
  return text.data === undefined ? <div className="pad"><Skeleton /></div> : <PlainText text={text.data} label={label} />;
}
