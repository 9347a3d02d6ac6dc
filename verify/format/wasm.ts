/**
 * Layout of WebAssembly binaries: core modules (WebAssembly Core 3.0, section
 * 5.5) and components (Component Model, Binary.md).
 *
 * Fields, in file order:
 *
 * - `wasm/magic` and `wasm/version`, the preamble.
 * - For each section `wasm/<section>/section-id`, `/size` and what it holds; `<section>`
 *   is the name of the specification (`type`, `code`, …) or, for a custom
 *   section, its own name (`producers`, `name`, `.debug_info`, …), prefixed
 *   with `custom:` where it would read like one of the former.
 * - `wasm/code/function-<n>` and `wasm/data/segment-<n>`: one field for each
 *   body and segment, so that a difference names its function.
 * - Modules and components inside a component are files of their own.
 *
 * Sizes are derived from what they frame (`wasm-length`); an encoding longer
 * than needed is kept and marked with its width. Everything but the few
 * custom sections named in `wasm_custom.ts` is content.
 *
 * Reported as a problem, because consumers may disagree on them: sections that
 * are unknown, repeated or out of order, sizes past the end, and bytes after
 * the last section.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import { LabelCounter } from "./label_counter.ts";
import type { Format, Layout } from "./layout.ts";
import { LedgerBuilder } from "./ledger.ts";
import { takeBodies, takeSegments } from "./wasm_bodies.ts";
import { WasmCursor } from "./wasm_cursor.ts";
import { takeCustomContents } from "./wasm_custom.ts";
import type { Leb } from "./wasm_leb.ts";
import {
  holdsBinary,
  isReservedLabel,
  sectionName,
  sectionPosition,
  type WasmLayer,
} from "./wasm_sections.ts";

const MAGIC = [0x00, 0x61, 0x73, 0x6d];
const PREAMBLE_BYTES = 8;
const NAME_BYTES_MAX = 1 << 12;

/** WebAssembly modules and components. */
export const wasm: Format = {
  name: "wasm",
  detect(reader: Reader): boolean {
    if (reader.size < PREAMBLE_BYTES) return false;
    const head = reader.read(0, MAGIC.length);
    return MAGIC.every((byte, index) => head[index] === byte);
  },
  layout(reader: Reader, fieldsMax?: number): Layout {
    const ledger = new LedgerBuilder("wasm", reader.size, fieldsMax);
    const layer = layerOf(reader);
    const cursor = new WasmCursor(reader, ledger, {
      start: 0,
      end: reader.size,
    });
    cursor.take("wasm/magic", "framing", 4);
    cursor.take("wasm/version", "framing", 4);
    if (layer === undefined) {
      ledger.problem(
        "layout-unsupported",
        "wasm/version",
        4,
        "expected version 1 of a module or 13 of a component, found another",
      );
      cursor.takeRest("wasm/contents");
      return ledger.finish();
    }
    takeSections(cursor, layer);
    return ledger.finish();
  },
};

function layerOf(reader: Reader): WasmLayer | undefined {
  const [a, b, c, d] = reader.read(4, 4);
  if (a === 1 && b === 0 && c === 0 && d === 0) return "module";
  if (a === 0x0d && b === 0 && c === 1 && d === 0) return "component";
  return undefined;
}

function takeSections(cursor: WasmCursor, layer: WasmLayer): void {
  const labels = new LabelCounter();
  let position = -1;
  while (cursor.left > 0 && !cursor.ledger.full) {
    const start = cursor.offset;
    const id = cursor.peekByte() as number;
    const header = new WasmCursor(cursor.reader, cursor.ledger, {
      start: start + 1,
      end: cursor.end,
    });
    const size = header.peekLeb();
    if (size === undefined || 1 + size.length + size.value > cursor.left) {
      cursor.ledger.problem(
        "layout-truncated",
        "wasm/trailing",
        start,
        size === undefined
          ? `expected a section, found ${cursor.left} bytes without a size`
          : `expected a section of ${size.value} bytes, found ${
            cursor.left - 1 - size.length
          } to the end of the file`,
      );
      cursor.takeRest("wasm/trailing");
      return;
    }
    const at = id === 0 ? undefined : sectionPosition(id);
    if (layer === "module" && at !== undefined) {
      if (at <= position) {
        cursor.ledger.problem(
          "layout-invalid",
          `wasm/${sectionName(layer, id)}`,
          start,
          "expected each section once and in the order of the specification, found it repeated or late",
        );
      }
      position = Math.max(position, at);
    }
    takeSection(cursor, layer, { id, size, labels });
  }
}

/** Takes one section whose header is known to fit. */
function takeSection(
  cursor: WasmCursor,
  layer: WasmLayer,
  header: {
    readonly id: number;
    readonly size: Leb;
    readonly labels: LabelCounter;
  },
): void {
  const { id, size, labels } = header;
  const start = cursor.offset + 1 + size.length;
  const section = new WasmCursor(cursor.reader, cursor.ledger, {
    start,
    end: start + size.value,
  });
  const custom = id === 0 ? customName(section) : undefined;
  const name = id === 0 ? custom?.label : sectionName(layer, id);
  const label = `wasm/${labels.next(name ?? `section-${id}`)}`;
  cursor.take(`${label}/section-id`, "framing", 1);
  cursor.takeLength(`${label}/size`, size);
  if (name === undefined) {
    cursor.ledger.problem(
      "layout-invalid",
      label,
      start,
      id === 0
        ? "expected the name of a custom section in UTF-8, found other bytes"
        : `expected a known section, found id ${id}`,
    );
    section.takeRest(`${label}/contents`);
  } else if (custom !== undefined) {
    section.take(`${label}/section-name`, "content", custom.bytes);
    takeCustomContents(section, custom.name, label);
  } else if (holdsBinary(layer, id)) {
    section.take(`${label}/contents`, "content", size.value, {
      inner: "stored",
    });
  } else if (layer === "module" && id === 10) takeBodies(section, label);
  else if (layer === "module" && id === 11) takeSegments(section, label);
  else section.takeRest(`${label}/contents`);
  cursor.skip(size.value);
}

/** The name of a custom section with its label and encoded length. */
function customName(
  section: WasmCursor,
): { name: string; label: string; bytes: number } | undefined {
  const length = section.peekLeb();
  if (length === undefined) return undefined;
  const bytes = length.length + length.value;
  if (bytes > section.left || length.value > NAME_BYTES_MAX) return undefined;
  try {
    const name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(section.peek(bytes).subarray(length.length));
    const label = isReservedLabel(name) ? `custom:${name}` : name;
    return { name, label, bytes };
  } catch {
    return undefined;
  }
}
