/**
 * One file on its own: its ledger, the value of every field that is volatile
 * or derived, its defects, what would break its reproducibility, and the same
 * for each file inside that has a layout.
 *
 * @module
 */

import { sha256Reader } from "../digest.ts";
import { escapeText } from "../escape.ts";
import { ReproofError } from "../error.ts";
import { formatOf, layoutOf } from "../format/detect.ts";
import type {
  Field,
  FieldKind,
  FormatName,
  Layout,
  LedgerTotals,
  Problem,
} from "../format/layout.ts";
import { ledgerTotals } from "../format/ledger.ts";
import { FieldBudget } from "../format/field_budget.ts";
import { DecodeBudget } from "../format/source.ts";
import { LIMITS } from "../limits.ts";
import type { Derivation } from "../normalize/normalizer.ts";
import { normalizerOf } from "../normalize/registry.ts";
import type { Reader } from "../reader.ts";
import { innerFiles } from "./inner_files.ts";
import { findLeaks, type Leak } from "./leaks.ts";
import { showHex } from "./value.ts";

const VALUE_BYTES_MAX = 96;
/** Files inside that are inspected. */
const INSIDE_MAX = 200;

/** One field of an inspected file. */
export interface InspectedField {
  readonly path: string;
  readonly kind: FieldKind;
  readonly offset: number;
  readonly length: number;
  /** Value of a volatile or derived field. */
  readonly value?: string;
  readonly normalizer?: string;
  /** Whether a derived value follows from the rest of the file. */
  readonly derivation?: Derivation;
  readonly inner?: NonNullable<Field["inner"]>;
}

/** What is known of one file by itself. */
export interface Inspection {
  readonly schemaVersion: 1;
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
  readonly format: FormatName;
  readonly ledger: LedgerTotals;
  readonly fields: readonly InspectedField[];
  readonly problems: readonly Problem[];
  /** What would break reproducibility. */
  readonly leaks: readonly Leak[];
}

/** A file with the files inside it. */
export interface DeepInspection extends Inspection {
  /** Files inside that have a layout, at any depth, in the order found. */
  readonly inside: readonly Inspection[];
  /** Whether more lies inside than was looked at. */
  readonly insideIncomplete: boolean;
}

/** Inspects a file and what lies inside it. */
export function inspectReader(label: string, reader: Reader): DeepInspection {
  const budget = new DecodeBudget(reader.size);
  const fields = new FieldBudget(reader.size, 1);
  const inside: Inspection[] = [];
  const { inspection, layout } = inspectOne(label, reader, fields);
  let incomplete = false;
  const work = innerFiles({ label: "", depth: 0, reader, layout }, budget);
  for (const item of work) {
    if (
      inside.length >= INSIDE_MAX || item.depth > LIMITS.nestingDepthMax ||
      fields.isUsedUp
    ) {
      incomplete = true;
      break;
    }
    try {
      const inner = item.open();
      if (inner === undefined) {
        incomplete = true;
        continue;
      }
      if (formatOf(inner) === undefined) continue;
      const found = inspectOne(item.label, inner, fields);
      inside.push(found.inspection);
      work.push(
        ...innerFiles(
          { ...item, label: item.label, reader: inner, layout: found.layout },
          budget,
        ),
      );
    } catch (error) {
      if (!(error instanceof ReproofError)) throw error;
      incomplete = true;
    }
  }
  return { ...inspection, inside, insideIncomplete: incomplete };
}

function inspectOne(
  label: string,
  reader: Reader,
  budget: FieldBudget,
): { inspection: Inspection; layout: Layout } {
  const layout = layoutOf(reader, budget.fieldsMax(reader.size, 1));
  budget.take(layout.fields.length);
  const fields = layout.fields.map((field): InspectedField => {
    const { path, kind, offset, length, normalizer: id, inner } = field;
    const normalizer = normalizerOf(id ?? "");
    const derivation = kind === "derived"
      ? normalizer?.derive?.(reader, field, layout) ?? "not-recomputed"
      : undefined;
    return {
      path,
      kind,
      offset,
      length,
      ...(id === undefined ? {} : { normalizer: id }),
      ...(derivation === undefined ? {} : { derivation }),
      ...(inner === undefined ? {} : { inner }),
      ...(kind === "volatile" || kind === "derived"
        ? { value: valueOf(reader, field) }
        : {}),
    };
  });
  const inspection: Inspection = {
    schemaVersion: 1,
    path: label,
    sha256: sha256Reader(reader),
    size: reader.size,
    format: layout.format,
    ledger: ledgerTotals(layout),
    fields,
    problems: layout.problems,
    leaks: findLeaks(reader, layout),
  };
  return { inspection, layout };
}

function valueOf(reader: Reader, field: Field): string {
  const bytes = reader.read(
    field.offset,
    Math.min(field.length, VALUE_BYTES_MAX),
  ).slice();
  const show = normalizerOf(field.normalizer ?? "")?.show;
  return show === undefined || bytes.length < field.length
    ? showHex(bytes, field.length)
    : escapeText(show(bytes), 2 * VALUE_BYTES_MAX);
}
