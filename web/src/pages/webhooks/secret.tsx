import { Copy } from '../../parts/basics';

/** A secret that is shown this once. */
export function SecretPanel({ secret, close, what = 'Messages are signed with this secret. The server that takes them needs it to check the signature.' }: { secret: string; close: () => void; what?: string }) {
  return (
    <section className="panel warn stack tight" aria-labelledby="secret-title">
      <h2 id="secret-title">Keep this now: it is not shown again</h2>
      <p>{what}</p>
      <span className="row wrap"><code className="break">{secret}</code><Copy text={secret}>Copy</Copy><button type="button" className="button small" onClick={close}>Done</button></span>
    </section>
  );
}
