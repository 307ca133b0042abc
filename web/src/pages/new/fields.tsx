import { Checkbox, Field } from '../../parts/basics';
import { operationWord } from '../../parts/words';
import { initialValues, single, type OperationForm, type Parameter, type Values } from './operations';
import { SchemaBuilder } from './schemabuilder';
import type { Category, Faults, Inner, SchemaValue } from './submission';

interface Props {
  form: OperationForm;
  values: Values;
  change: (values: Values) => void;
  faults: Faults;
}

/** The parameters of an operation; what is rarely needed is folded away. */
export function Parameters({ form, values, change, faults }: Props) {
  const set = (name: string, value: unknown) => change({ ...values, [name]: value });
  const field = (p: Parameter) => <ParameterField key={p.name} parameter={p} value={values[p.name]} change={(v) => set(p.name, v)} fault={faults[p.name]} faults={faults} />;
  const rare = form.parameters.filter((p) => p.rare);
  return (
    <>
      {form.parameters.filter((p) => !p.rare).map(field)}
      {rare.length > 0 && (
        <details className="more">
          <summary>More settings</summary>
          <div className="stack">{rare.map(field)}</div>
        </details>
      )}
    </>
  );
}

function ParameterField({ parameter: p, value, change, fault, faults }: { parameter: Parameter; value: unknown; change: (v: unknown) => void; fault?: string; faults: Faults }) {
  switch (p.kind) {
    case 'flag':
      return <Checkbox checked={value === true} change={change}>{p.label}</Checkbox>;
    case 'categories':
      return <Categories label={p.label} value={(value ?? []) as Category[]} change={change} fault={fault} />;
    case 'schema':
      return <SchemaBuilder value={value as SchemaValue | undefined} change={change} fault={fault} />;
    case 'inner':
      return <InnerOperation label={p.label} value={(value ?? { operation: 'parse', values: {} }) as Inner} change={change} faults={faults} />;
    case 'filter':
      return <Filter value={(value ?? {}) as Record<string, string>} change={change} />;
    case 'choice':
      return (
        <Field label={p.label} hint={p.hint} error={fault}>
          {(id, described) => (
            <select id={id} aria-describedby={described} className="select" value={String(value ?? '')} onChange={(e) => change(e.target.value)}>
              {p.choices?.map((c) => <option key={c.value} value={c.value}>{c.label}</option>)}
            </select>
          )}
        </Field>
      );
    case 'list':
    case 'texts':
      return (
        <Field label={p.label} hint={p.hint} error={fault}>
          {(id, described) => <textarea id={id} aria-describedby={described} className="area" value={String(value ?? '')} onChange={(e) => change(e.target.value)} />}
        </Field>
      );
    default:
      return (
        <Field label={p.label} hint={p.hint} error={fault}>
          {(id, described) => (
            <input
              id={id} aria-describedby={described} aria-invalid={fault ? true : undefined} className="input" autoComplete={p.kind === 'password' ? 'new-password' : 'off'}
              type={p.kind === 'password' ? 'password' : 'text'} inputMode={p.kind === 'number' ? 'decimal' : undefined}
              value={String(value ?? '')} onChange={(e) => change(e.target.value)}
            />
          )}
        </Field>
      );
  }
}

function Categories({ label, value, change, fault }: { label: string; value: Category[]; change: (v: Category[]) => void; fault?: string }) {
  const set = (i: number, part: Partial<Category>) => change(value.map((c, at) => (at === i ? { ...c, ...part } : c)));
  return (
    <fieldset className="stack tight">
      <legend className="legend">{label}</legend>
      {value.map((c, i) => (
        <div className="edit-row" key={i}>
          <input className="input" aria-label={`Name of category ${i + 1}`} placeholder="Name" value={c.name} onChange={(e) => set(i, { name: e.target.value })} />
          <input className="input grow" aria-label={`Description of category ${i + 1}`} placeholder="How to tell it, if the name does not say it" value={c.description} onChange={(e) => set(i, { description: e.target.value })} />
          <button type="button" className="button quiet small" aria-label={`Remove category ${c.name || i + 1}`} onClick={() => change(value.filter((_, at) => at !== i))}>Remove</button>
        </div>
      ))}
      <span className="row">
        <button type="button" className="button small" onClick={() => change([...value, { name: '', description: '' }])}>Add a category</button>
        {fault && <span className="small is-failed">Name one at least.</span>}
      </span>
    </fieldset>
  );
}

function InnerOperation({ label, value, change, faults }: { label: string; value: Inner; change: (v: Inner) => void; faults: Faults }) {
  const form = single.find((o) => o.name === value.operation);
  return (
    <div className="stack">
      <Field label={label} hint={form?.sentence}>
        {(id, described) => (
          <select
            id={id} aria-describedby={described} className="select" value={value.operation}
            onChange={(e) => {
              const next = single.find((o) => o.name === e.target.value);
              change({ operation: e.target.value, values: next ? initialValues(next) : {} });
            }}
          >
            {single.map((o) => <option key={o.name} value={o.name}>{operationWord(o.name)}</option>)}
          </select>
        )}
      </Field>
      {form && <Parameters form={form} values={value.values} change={(values) => change({ ...value, values })} faults={faults} />}
    </div>
  );
}

const filterFields = [
  { name: 'operation', label: 'Operation', placeholder: 'extract' },
  { name: 'tags', label: 'Tags', placeholder: 'invoices' },
  { name: 'batch_id', label: 'Batch', placeholder: 'batch_…' },
  { name: 'created_after', label: 'Made after', placeholder: '2026-01-01T00:00:00Z' },
  { name: 'created_before', label: 'Made before', placeholder: '2026-02-01T00:00:00Z' },
];

function Filter({ value, change }: { value: Record<string, string>; change: (v: Record<string, string>) => void }) {
  return (
    <fieldset className="stack tight">
      <legend className="legend">Which jobs</legend>
      <p className="small muted">All completed ones when nothing is given.</p>
      <div className="two">
        {filterFields.map((f) => (
          <Field key={f.name} label={f.label}>
            {(id) => <input id={id} className="input" placeholder={f.placeholder} value={value[f.name] ?? ''} onChange={(e) => change({ ...value, [f.name]: e.target.value.trim() })} />}
          </Field>
        ))}
      </div>
    </fieldset>
  );
}
