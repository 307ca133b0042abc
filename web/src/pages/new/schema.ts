/** One field that an extraction looks for. */
export interface SchemaField {
  name: string;
  type: FieldType;
  description: string;
  /** Of a list of things. */
  fields: SchemaField[];
}

export type FieldType = 'text' | 'number' | 'integer' | 'date' | 'boolean' | 'texts' | 'things';

export const fieldTypes: { value: FieldType; label: string }[] = [
  { value: 'text', label: 'Text' },
  { value: 'number', label: 'Number' },
  { value: 'integer', label: 'Whole number' },
  { value: 'date', label: 'Date' },
  { value: 'boolean', label: 'Yes or no' },
  { value: 'texts', label: 'List of texts' },
  { value: 'things', label: 'List of rows' },
];

export type JSONSchema = Record<string, unknown>;

export const newField = (name = '', type: FieldType = 'text'): SchemaField => ({ name, type, description: '', fields: [] });

/** The fields as a JSON Schema. */
export function toSchema(fields: SchemaField[]): JSONSchema {
  return { type: 'object', properties: Object.fromEntries(fields.filter((f) => f.name.trim()).map((f) => [f.name.trim(), property(f)])) };
}

function property(f: SchemaField): JSONSchema {
  const described = f.description.trim() ? { description: f.description.trim() } : {};
  switch (f.type) {
    case 'text':
      return { type: 'string', ...described };
    case 'date':
      return { type: 'string', format: 'date', ...described };
    case 'texts':
      return { type: 'array', items: { type: 'string' }, ...described };
    case 'things':
      return { type: 'array', items: toSchema(f.fields), ...described };
    default:
      return { type: f.type, ...described };
  }
}

/** The fields of a schema, or undefined when it says more than they can. */
export function fromSchema(schema: unknown): SchemaField[] | undefined {
  const s = schema as JSONSchema | null;
  if (typeof s !== 'object' || s === null || s.type !== 'object' || typeof s.properties !== 'object' || s.properties === null) return undefined;
  if (Object.keys(s).some((k) => !['type', 'properties'].includes(k))) return undefined;
  const fields = Object.entries(s.properties).map(([name, p]) => fieldOf(name, p as JSONSchema));
  return fields.every((f) => f !== undefined) ? fields : undefined;
}

function fieldOf(name: string, p: JSONSchema): SchemaField | undefined {
  if (Object.keys(p).some((k) => !['type', 'format', 'description', 'items'].includes(k))) return undefined;
  const description = typeof p.description === 'string' ? p.description : '';
  const field = (type: FieldType, fields: SchemaField[] = []) => ({ name, type, description, fields });
  if (p.type === 'string') return p.format === undefined ? field('text') : p.format === 'date' ? field('date') : undefined;
  if (p.type === 'number' || p.type === 'integer' || p.type === 'boolean') return p.format === undefined ? field(p.type) : undefined;
  if (p.type !== 'array') return undefined;
  const items = p.items as JSONSchema | undefined;
  if (items?.type === 'string' && Object.keys(items).length === 1) return field('texts');
  const below = fromSchema(items);
  return below && field('things', below);
}
