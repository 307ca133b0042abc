import type { Segment } from '../../api/types';

/** A place on a page; the box in parts of the page's width and height. */
export interface Region {
  id: string;
  page: number;
  kind: string;
  label: string;
  left: number;
  top: number;
  width: number;
  height: number;
  /** Height by width of the page, for when there is no picture of it. */
  aspect: number;
  text: string;
}

export function regionOfSegment(s: Segment): Region {
  return {
    id: s.segment_id, page: s.page_number, kind: s.segment_type, label: s.segment_type, text: s.content,
    left: s.bbox.left / s.page_width, top: s.bbox.top / s.page_height, width: s.bbox.width / s.page_width, height: s.bbox.height / s.page_height,
    aspect: s.page_height / s.page_width,
  };
}

interface Box {
  bbox: [number, number, number, number];
  page_width?: number;
  page_height?: number;
}

/** A value that an extraction has found, in any of the shapes of its leaves. */
interface Leaf {
  value: unknown;
  score?: number | { grounding_score: number | null; extraction_score: number | null };
  page_no?: number | null;
  bboxes?: Box[];
  citation?: (Box & { page: number }) | null;
}

/** One line of the fields: a value, or the name of what holds others. */
export interface FieldRow {
  id: string;
  depth: number;
  name: string;
  value?: unknown;
  score?: number;
  page?: number;
  leaf: boolean;
  regions: Region[];
  /** A list of things with the same few values, which reads best as a table. */
  table?: { columns: string[]; rows: (FieldRow | undefined)[][] };
}

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);
const isLeaf = (v: unknown): v is Leaf => isObject(v) && 'value' in v && ('score' in v || 'citation' in v || 'bboxes' in v);

/** The values of an extraction as lines, each with where it stands. */
export function fieldRows(data: Record<string, unknown>): FieldRow[] {
  const rows: FieldRow[] = [];
  const add = (name: string, value: unknown, id: string, depth: number) => {
    if (isLeaf(value)) {
      const below = Array.isArray(value.value) && value.value.some((v) => isObject(v)) ? value.value : undefined;
      rows.push({ ...rowOf(value, id), name, depth, ...(below ? { value: undefined } : {}) });
      below?.forEach((v, i) => add(`${i + 1}`, isObject(v) && '__value__' in v ? v.__value__ : v, `${id}.${i}`, depth + 1));
    } else if (isTable(value)) {
      rows.push({ ...group(id, name, depth), ...tableOf(value, id) });
    } else if (Array.isArray(value)) {
      rows.push(group(id, name, depth));
      value.forEach((v, i) => add(`${i + 1}`, v, `${id}.${i}`, depth + 1));
    } else if (isObject(value)) {
      rows.push(group(id, name, depth));
      for (const [k, v] of Object.entries(value)) add(k, v, `${id}.${k}`, depth + 1);
    } else if (name !== 'min_confidence_score') {
      rows.push({ id, name, depth, value, leaf: true, regions: [] });
    }
  };
  for (const [name, value] of Object.entries(data)) add(name, value, name, 0);
  return rows;
}

const mostColumns = 6;

function isTable(value: unknown): value is Record<string, Leaf>[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((v) => isObject(v) && !isLeaf(v) && Object.keys(v).length <= mostColumns && Object.values(v).every((l) => isLeaf(l) && !Array.isArray(l.value)));
}

function tableOf(value: Record<string, Leaf>[], id: string): Pick<FieldRow, 'table' | 'regions'> {
  const columns = [...new Set(value.flatMap((v) => Object.keys(v)))];
  const cells = value.map((v, i) => columns.map((c) => {
    const leaf = v[c];
    return leaf && { ...rowOf(leaf, `${id}.${i}.${c}`), name: c, depth: 0 };
  }));
  return { table: { columns, rows: cells }, regions: cells.flat().flatMap((c) => c?.regions ?? []) };
}

const group = (id: string, name: string, depth: number): FieldRow => ({ id, name, depth, leaf: false, regions: [] });

function rowOf(leaf: Leaf, id: string): Omit<FieldRow, 'name' | 'depth'> {
  const boxes = leaf.citation ? [leaf.citation] : (leaf.bboxes ?? []);
  const page = leaf.citation?.page ?? leaf.page_no ?? undefined;
  const score = typeof leaf.score === 'object' ? (leaf.score?.grounding_score ?? leaf.score?.extraction_score ?? undefined) : leaf.score;
  return { id, leaf: true, value: leaf.value, score: score ?? undefined, page, regions: page === undefined ? [] : boxes.flatMap((b, i) => regionOfBox(b, page, id, i, leaf.value)) };
}

function regionOfBox(b: Box, page: number, id: string, i: number, value: unknown): Region[] {
  if (!b.page_width || !b.page_height) return [];
  const [x1, y1, x2, y2] = b.bbox;
  return [{
    id: i === 0 ? id : `${id}#${i}`, page, kind: 'Field', label: id, text: String(value),
    left: x1 / b.page_width, top: y1 / b.page_height, width: (x2 - x1) / b.page_width, height: (y2 - y1) / b.page_height,
    aspect: b.page_height / b.page_width,
  }];
}

/** The id of what a region is of: a value may stand in several places. */
export const ownerOf = (regionID: string): string => regionID.replace(/#\d+$/, '');
