import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, withQuery } from '../api/client';
import type { UsageList } from '../api/types';
import { Skeleton } from '../parts/basics';
import { Plot } from '../parts/plot';
import { Empty, ErrorPanel } from '../parts/tell';
import { count, operationWord, size } from '../parts/words';
import { Link, useTitle } from '../router';
import { Figures } from './job/others';

type Entry = UsageList['usage'][number];

const day = 86_400_000;
const dayOf = (t: number): string => new Date(t).toISOString().slice(0, 10);

const spans = [
  { name: 'month', label: 'This month' },
  { name: '7', label: 'Last 7 days' },
  { name: '30', label: 'Last 30 days' },
  { name: '90', label: 'Last 90 days' },
];

function rangeOf(span: string): { from?: string; to?: string } {
  if (span === 'month') return {};
  const to = Date.now() + day;
  return { from: dayOf(to - Number(span) * day), to: dayOf(to) };
}

/** What the account had done. */
export function UsagePage() {
  useTitle('Usage');
  const [span, setSpan] = useState('month');
  const range = rangeOf(span);
  const usage = useQuery({
    queryKey: ['usage', span],
    queryFn: ({ signal }) => call<UsageList>(withQuery('/usage', range), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
  return (
    <div className="page">
      <header>
        <h1>Usage</h1>
        <select className="select" style={{ width: 'auto' }} aria-label="Time" value={span} onChange={(e) => setSpan(e.target.value)}>
          {spans.map((s) => <option key={s.name} value={s.name}>{s.label}</option>)}
        </select>
      </header>
      {usage.error && <ErrorPanel error={usage.error} title="The usage could not be read" retry={() => void usage.refetch()} />}
      {usage.isPending && <Skeleton />}
      {usage.data && <Sums usage={usage.data} />}
    </div>
  );
}

function Sums({ usage }: { usage: UsageList }) {
  const { total } = usage;
  if (total.submitted === 0 && total.completed === 0) {
    return <Empty title="Nothing was done in this time" action={<Link className="button primary" to="/new">Hand in a document</Link>}>Jobs, pages and bytes are summed up here by day and operation, also after the jobs have expired.</Empty>;
  }
  const days = daysOf(usage);
  return (
    <>
      <Figures items={[['Jobs', count(total.submitted)], ['Completed', count(total.completed)], ['Failed', count(total.failed)], ['Cancelled', count(total.cancelled)], ['Pages', count(total.pages)], ['Documents', size(total.bytes)]]} />
      <Plot
        title="Jobs a day" at={days.map((d) => d.day)} label={(d) => d} bars
        series={[
          { name: 'Completed', look: 'completed', values: days.map((d) => d.completed) },
          { name: 'Failed', look: 'failed', values: days.map((d) => d.failed) },
        ]}
        show={count}
      />
      <div className="scroll-x" tabIndex={0} role="group" aria-label="Usage by day">
        <table className="sheet">
          <thead><tr><th>Day</th><th>Operation</th><th className="right">Made</th><th className="right">Completed</th><th className="right">Failed</th><th className="right">Pages</th><th className="right">Size</th></tr></thead>
          <tbody>
            {[...usage.usage].reverse().map((u) => (
              <tr key={`${u.day}-${u.operation}`}>
                <td className="num">{u.day}</td><td>{operationWord(u.operation ?? '')}</td><td className="right">{count(u.submitted)}</td><td className="right">{count(u.completed)}</td>
                <td className={`right${u.failed ? ' is-failed' : ''}`}>{count(u.failed)}</td><td className="right">{count(u.pages)}</td><td className="right">{size(u.bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** A sum for each day of the time, also for those on which nothing was done. */
function daysOf(usage: UsageList): { day: string; completed: number; failed: number }[] {
  const sums = new Map<string, { completed: number; failed: number }>();
  const add = (e: Entry) => {
    const sum = sums.get(e.day ?? '') ?? { completed: 0, failed: 0 };
    sums.set(e.day ?? '', { completed: sum.completed + e.completed, failed: sum.failed + e.failed });
  };
  usage.usage.forEach(add);
  const days = [];
  for (let t = Date.parse(usage.from); t < Date.parse(usage.to); t += day) days.push({ day: dayOf(t), ...(sums.get(dayOf(t)) ?? { completed: 0, failed: 0 }) });
  return days;
}
