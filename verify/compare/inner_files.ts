/**
 * The files inside one file, each opened when its turn comes: members that are
 * stored as they are, deflated entries, and what a gzip file holds.
 *
 * @module
 */

import { type FieldStream, fieldStream } from "../format/field_stream.ts";
import { GzipStream } from "../format/gzip_stream.ts";
import type { Field, Layout } from "../format/layout.ts";
import {
  type DecodeBudget,
  DecodedSource,
  type DecodedStream,
  SourceReader,
} from "../format/source.ts";
import { type Reader, SliceReader } from "../reader.ts";
import { drain } from "./sources.ts";
import { finishSteps } from "../steps.ts";

/** A file that was laid out. */
export interface OpenFile {
  /** Prefix of its labels; empty for the outermost. */
  readonly label: string;
  readonly depth: number;
  readonly reader: Reader;
  readonly layout: Layout;
}

/** A file inside another. */
export interface InnerFile {
  readonly label: string;
  readonly depth: number;
  /** Undefined when it cannot be opened here. */
  open(): Reader | undefined;
}

/** Lists the files inside a file. */
export function innerFiles(
  { label, depth, reader, layout }: OpenFile,
  budget: DecodeBudget,
): InnerFile[] {
  if (layout.format === "gzip") {
    return [{
      label: `${label}gzip:`,
      depth: depth + 1,
      open: () => decoded(() => new GzipStream(reader), budget),
    }];
  }
  return layout.fields.filter(({ inner }) => inner !== undefined).map(
    (field) => ({
      label: `${label}${field.path}:`,
      depth: depth + 1,
      open: () => openField(reader, field, budget),
    }),
  );
}

function openField(
  reader: Reader,
  field: Field,
  budget: DecodeBudget,
): Reader | undefined {
  const slice = new SliceReader(reader, field.offset, field.length);
  switch (field.inner) {
    case "stored":
    case "gzip":
      return slice;
    case "deflate":
    case "xz":
    case "zstd": {
      let stream: FieldStream | undefined;
      const reader = decoded(() => stream = fieldStream(slice, field), budget);
      return stream?.unsupported === true ? undefined : reader;
    }
    default:
      return undefined;
  }
}

function decoded(open: () => DecodedStream, budget: DecodeBudget): Reader {
  const source = new DecodedSource(open, budget);
  return new SourceReader(source, 0, finishSteps(drain(source)));
}
