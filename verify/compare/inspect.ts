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
import { detectFormat, formatOf, layoutOf } from "../format/detect.ts";
import type {
  Field,
  FieldKind,
  FormatName,
  Layout,
  LedgerTotals,
  Problem,
} from "../format/layout.ts";
import { ledgerTotals } from "../format/ledger.ts";
import { documentFields } from "../format/oci.ts";
import { FieldBudget } from "../format/field_budget.ts";
import { gzipLayout } from "../format/gzip.ts";
import { GzipStream } from "../format/gzip_stream.ts";
import { DecodeBudget, DecodedSource } from "../format/source.ts";
import { LIMITS } from "../limits.ts";
import type { Derivation, Normalizer } from "../normalize/normalizer.ts";
import {
  RecomputeBudget,
  shareRecomputing,
} from "../normalize/recompute_budget.ts";
import { normalizerOf } from "../normalize/registry.ts";
import type { Reader } from "../reader.ts";
import { innerFiles } from "./inner_files.ts";
import type { FieldSide } from "./account.ts";
import { findLeaks, type Leak } from "./leaks.ts";
import { drain } from "./sources.ts";
import { finishSteps } from "../steps.ts";
import { showHex } from "./value.ts";

const VALUE_BYTES_MAX = 96;
/** Files inside that are inspected. */
const INSIDE_MAX = 200;
/** Bytes of files inside that are searched for texts, of any file. */
const SEARCHED_FLOOR = 20 << 20;
/** And for each byte of the outermost file past so many. */
const SEARCHED_RATIO = 24;
const SMALL_BYTES = 1 << 20;

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
  const recompute = new RecomputeBudget(reader.size);
  const { inspection, layout } = inspectOne(label, reader, {
    fields,
    recompute,
  });
  let incomplete = false;
  let searched = SEARCHED_FLOOR +
    SEARCHED_RATIO * Math.max(0, reader.size - SMALL_BYTES);
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
      fields.take(documentFields(inner));
      if (fields.isUsedUp) {
        incomplete = true;
        break;
      }
      if (formatOf(inner) === undefined) continue;
      if (inner.size > searched) {
        incomplete = true;
        continue;
      }
      searched -= inner.size;
      const found = inspectOne(item.label, inner, {
        fields,
        recompute,
        decode: budget,
      });
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

/** What all files of one inspection share. */
interface Budgets {
  readonly fields: FieldBudget;
  readonly recompute: RecomputeBudget;
  /** For files inside; the outermost is always decoded once. */
  readonly decode?: DecodeBudget;
}

function inspectOne(
  label: string,
  reader: Reader,
  { fields: budget, recompute, decode }: Budgets,
): { inspection: Inspection; layout: Layout } {
  const fieldsMax = budget.fieldsMax(reader.size, 1);
  const layout = decode !== undefined && detectFormat(reader) === "gzip"
    ? gzipWithin(reader, fieldsMax, decode)
    : layoutOf(reader, fieldsMax);
  budget.take(layout.fields.length);
  shareRecomputing(layout, recompute);
  const fields = layout.fields.map((field): InspectedField => {
    const { path, kind, offset, length, normalizer: id, inner } = field;
    const normalizer = normalizerOf(id ?? "");
    const derivation = kind === "derived"
      ? derivationOf(normalizer, { reader, field, layout })
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

/** The layout of a gzip file whose contents are counted as they are decoded. */
function gzipWithin(
  reader: Reader,
  fieldsMax: number,
  budget: DecodeBudget,
): Layout {
  const stream = new GzipStream(reader);
  const source = new DecodedSource(() => stream, budget);
  finishSteps(drain(source));
  if (!source.exhausted) return gzipLayout(reader, stream, fieldsMax);
  throw new ReproofError("limit-reached", "Decoding", {
    expected: "few bytes in all of a file",
    observed: "more than expandedBytesMax",
  });
}

/** Where no budget is left, a value is not computed again. */
function derivationOf(
  normalizer: Normalizer | undefined,
  { reader, field, layout }: FieldSide,
): Derivation {
  try {
    return normalizer?.derive?.(reader, field, layout) ?? "not-recomputed";
  } catch (error) {
    if (error instanceof ReproofError && error.code === "limit-reached") {
      return "not-recomputed";
    }
    throw error;
  }
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
