import type { Batch } from '../../api/types';
import { Bar, State } from '../../parts/basics';
import { Sentence } from '../../parts/tell';
import { operationWord, shortID } from '../../parts/words';
import { Link } from '../../router';

/** Jobs of a batch, and why those that failed did. */
export function BatchTable({ jobs }: { jobs: Batch['jobs'] }) {
  return (
    <div className="scroll-x" tabIndex={0} role="group" aria-label="Jobs of the batch">
      <table className="sheet rows stacked">
        <thead><tr><th>State</th><th>Name</th><th>Operation</th><th className="wide">Progress</th></tr></thead>
        <tbody>
          {jobs.map((j) => (
            <tr key={j.job_id}>
              <td><State status={j.status} /></td>
              <td className="break"><Link to={`/jobs/${j.job_id}`}>{j.file_name || shortID(j.job_id)}</Link></td>
              <td className="muted">{operationWord(j.operation)}</td>
              <td>{j.error_details ? <span className="is-failed small"><Sentence text={j.error_details.message} /></span> : j.status === 'processing' && <Bar percent={j.progress ?? 0} status={j.status} label={`Progress of ${j.file_name ?? j.job_id}`} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
