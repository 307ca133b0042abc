import { Empty } from './parts/tell';
import { BatchPage } from './pages/batches/batch';
import { BatchesPage } from './pages/batches/batches';
import { JobPage } from './pages/job/job';
import { JobsPage } from './pages/jobs/jobs';
import { KeysPage } from './pages/keys';
import { NewPage } from './pages/new/new';
import { SystemPage } from './pages/system/system';
import { UsagePage } from './pages/usage';
import { EndpointPage } from './pages/webhooks/endpoint';
import { WebhooksPage } from './pages/webhooks/webhooks';
import { Link, useAddress, useTitle } from './router';

/** The page of the address. */
export function Page() {
  const { path } = useAddress();
  const [, first = '', second] = path.split('/');
  switch (first) {
    case '':
      return <JobsPage />;
    case 'jobs':
      return second ? <JobPage key={second} id={second} /> : <JobsPage />;
    case 'new':
      return <NewPage />;
    case 'batches':
      return second ? <BatchPage key={second} id={second} /> : <BatchesPage />;
    case 'webhooks':
      return second ? <EndpointPage key={second} id={second} /> : <WebhooksPage />;
    case 'keys':
      return <KeysPage />;
    case 'usage':
      return <UsagePage />;
    case 'system':
      return <SystemPage />;
  }
  return <Nowhere />;
}

function Nowhere() {
  useTitle('Not found');
  return (
    <div className="page">
      <h1 className="hidden">Not found</h1>
      <Empty title="There is no such page" action={<Link to="/" className="button">Go to the jobs</Link>}>The address may be mistyped, or from another version.</Empty>
    </div>
  );
}
