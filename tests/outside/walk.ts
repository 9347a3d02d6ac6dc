/**
 * Walks a file and every file inside it that has a layout, and holds each
 * against the law of the ledger.
 *
 * @module
 */

import { innerFiles } from "../../verify/compare/inner_files.ts";
import { layoutOf } from "../../verify/format/detect.ts";
import type { Layout } from "../../verify/format/layout.ts";
import { ledgerBreach } from "../../verify/format/ledger.ts";
import { DecodeBudget } from "../../verify/format/source.ts";
import { MemoryReader } from "../../verify/reader.ts";

const DEPTH_MAX = 4;

/** A file that was laid out. */
export interface Walked {
  readonly label: string;
  readonly bytes: Uint8Array;
  readonly layout: Layout;
}

/** Lays out a file and what lies inside it; throws for a breach of the law. */
export function* walk(name: string, bytes: Uint8Array): Generator<Walked> {
  const budget = new DecodeBudget(bytes.length);
  const work = [{ label: name, depth: 0, bytes }];
  for (let item = work.shift(); item !== undefined; item = work.shift()) {
    const { label, depth } = item;
    const reader = new MemoryReader(item.bytes);
    const layout = layoutOf(reader);
    const breach = ledgerBreach(layout, reader.size);
    if (breach !== undefined) throw new Error(`${label}: ${breach}`);
    yield { label, bytes: item.bytes, layout };
    if (depth === DEPTH_MAX) continue;
    for (
      const inner of innerFiles(
        { label: `${label}:`, depth, reader, layout },
        budget,
      )
    ) {
      const opened = inner.open();
      if (opened === undefined || opened.size > 64 << 20) continue;
      work.push({
        label: inner.label,
        depth: depth + 1,
        bytes: opened.read(0, opened.size).slice(),
      });
    }
  }
}
