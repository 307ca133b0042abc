import { useState } from 'react';
import type { BulkAction } from '../../api/figures';
import { Confirm } from '../../parts/tell';
import { count, plural } from '../../parts/words';
import { useMay } from '../../session';
import { useBulk, type Chosen } from './bulk';

/** What can be done to the jobs that are selected. */
export function BulkBar({ number, chosen, mine, all, clear, done }: { number: number; chosen: Chosen; mine: boolean; all?: { total: number; choose: () => void }; clear: () => void; done: () => void }) {
  const bulk = useBulk();
  const may = useMay('write');
  const [asking, setAsking] = useState<BulkAction>();
  const act = (action: BulkAction) => {
    void bulk(action, chosen).then(done);
    clear();
  };
  return (
    <div className="bulk" role="region" aria-label="Selected jobs">
      <strong className="num">{count(number)} selected</strong>
      {all && <button type="button" className="button quiet small" onClick={all.choose}>Select all {count(all.total)}</button>}
      <span className="grow" />
      <button type="button" className="button small" disabled={!may || !mine} title={mine ? undefined : 'Only the account itself makes jobs'} onClick={() => act('rerun')}>Rerun</button>
      <button type="button" className="button small" disabled={!may} onClick={() => (number > 20 ? setAsking('cancel') : act('cancel'))}>Cancel</button>
      <button type="button" className="button small danger" disabled={!may} onClick={() => setAsking('delete')}>Delete</button>
      <button type="button" className="button quiet small" onClick={clear}>Clear</button>
      {asking && (
        <Confirm title={asking === 'delete' ? `Delete ${plural(number, 'job')}?` : `Cancel ${plural(number, 'job')}?`} verb={asking === 'delete' ? 'Delete' : 'Cancel them'} act={() => act(asking)} close={() => setAsking(undefined)}>
          {asking === 'delete' ? <p>Their documents and results go with them, for good. Jobs that still run are cancelled first.</p> : <p>Those that have ended stay as they are. The others can be run again later.</p>}
        </Confirm>
      )}
    </div>
  );
}
