import { Field } from '../../parts/basics';
import { fieldTypes, fromSchema, newField, toSchema, type FieldType, type SchemaField } from './schema';
import type { SchemaValue } from './submission';

const begin = (): SchemaValue => ({ mode: 'form', fields: [newField()], text: '' });

/** The fields of an extraction, as rows or as JSON. */
export function SchemaBuilder({ value = begin(), change, fault }: { value?: SchemaValue; change: (v: SchemaValue) => void; fault?: string }) {
  const toJSON = () => change({ ...value, mode: 'json', text: JSON.stringify(toSchema(value.fields), null, 2) });
  const toForm = () => {
    const fields = fieldsOf(value.text);
    if (fields) change({ ...value, mode: 'form', fields });
  };
  return (
    <fieldset className="stack tight">
      <legend className="legend">Fields</legend>
      {value.mode === 'form' ? (
        <>
          <Fields fields={value.fields} change={(fields) => change({ ...value, fields })} within="" />
          <span className="row">
            <button type="button" className="button small" onClick={() => change({ ...value, fields: [...value.fields, newField()] })}>Add a field</button>
            <button type="button" className="button quiet small" onClick={toJSON}>Edit as JSON Schema</button>
            {fault && <span className="small is-failed">Name one field at least.</span>}
          </span>
        </>
      ) : (
        <>
          <Field label="JSON Schema" hint="Its root is an object." error={fault}>
            {(id, described) => (
              <textarea id={id} aria-describedby={described} aria-invalid={fault ? true : undefined} className="area mono" spellCheck={false} value={value.text} onChange={(e) => change({ ...value, text: e.target.value })} />
            )}
          </Field>
          <span className="row wrap">
            <button type="button" className="button small" disabled={!fieldsOf(value.text)} onClick={toForm}>Edit as rows</button>
            {!fault && !fieldsOf(value.text) && <span className="small muted">It says more than rows can.</span>}
          </span>
        </>
      )}
    </fieldset>
  );
}

function fieldsOf(text: string): SchemaField[] | undefined {
  try {
    return fromSchema(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function Fields({ fields, change, within }: { fields: SchemaField[]; change: (f: SchemaField[]) => void; within: string }) {
  const set = (i: number, part: Partial<SchemaField>) => change(fields.map((f, at) => (at === i ? { ...f, ...part } : f)));
  const label = (what: string, i: number) => `${what} of field ${i + 1}${within && ` of ${within}`}`;
  return fields.map((f, i) => (
    <div key={i} className="stack tight">
      <div className="edit-row">
        <input className="input" aria-label={label('Name', i)} placeholder={i === 0 && !within ? 'invoice_number' : 'Name'} value={f.name} spellCheck={false} onChange={(e) => set(i, { name: e.target.value })} />
        <select className="select" aria-label={label('Type', i)} value={f.type} onChange={(e) => set(i, { type: e.target.value as FieldType, fields: e.target.value === 'things' && f.fields.length === 0 ? [newField()] : f.fields })}>
          {fieldTypes.filter((t) => !within || t.value !== 'things').map((t) => <option key={t.value} value={t.value}>{t.label}</option>)}
        </select>
        <input className="input grow" aria-label={label('Description', i)} placeholder="What it is" value={f.description} onChange={(e) => set(i, { description: e.target.value })} />
        <button type="button" className="button quiet small" aria-label={`Remove field ${f.name || i + 1}`} onClick={() => change(fields.filter((_, at) => at !== i))}>Remove</button>
      </div>
      {f.type === 'things' && (
        <div className="nested stack tight">
          <span className="small muted">Columns of each row</span>
          <Fields fields={f.fields} change={(below) => set(i, { fields: below })} within={f.name || `field ${i + 1}`} />
          <span><button type="button" className="button small" onClick={() => set(i, { fields: [...f.fields, newField()] })}>Add a column</button></span>
        </div>
      )}
    </div>
  ));
}
