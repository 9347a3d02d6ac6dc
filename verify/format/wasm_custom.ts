/**
 * Contents of custom sections (WebAssembly Core 3.0, section 5.5.3). A custom
 * section has no effect on the semantics of a module, and one whose contents
 * break their own grammar does not make the module invalid; so whatever does
 * not parse here is `content`, without a problem.
 *
 * Divided further: `name` (Core 3.0, appendix "Name Section"; extended name
 * section proposal), `producers` (tool-conventions, ProducersSection.md),
 * `build_id` (tool-conventions, BuildId.md) and `go:buildid` (text of the Go
 * linker). All other sections (`.debug_*`, `sourceMappingURL`, `linking`,
 * `target_features`, `component-type`, …) are content: tools, linkers and
 * loaders act on them.
 *
 * @module
 */

import { goBuildId } from "./wasm_grammar.ts";
import { isNameSubsection } from "./wasm_names.ts";
import { isVersionText } from "./wasm_grammar.ts";
import type { WasmCursor } from "./wasm_cursor.ts";
import { decodeLeb } from "./wasm_leb.ts";

/** Takes the contents of the custom section `name`, to the cursor's end. */
export function takeCustomContents(
  cursor: WasmCursor,
  name: string,
  label: string,
): void {
  if (name === "build_id") takeBuildId(cursor, label);
  else if (name === "producers") takeProducers(cursor, label);
  else if (name === "name") takeNames(cursor, label);
  else if (name === "go:buildid") takeGoBuildId(cursor, label);
  cursor.takeRest(`${label}/contents`);
}

function takeBuildId(cursor: WasmCursor, label: string): void {
  const length = cursor.peekLeb();
  if (length === undefined) return;
  if (length.value === 0 || length.length + length.value !== cursor.left) {
    return;
  }
  // Another length is another method, so it is not derived from the id.
  cursor.take(`${label}/id-length`, "content", length.length);
  cursor.take(`${label}/id`, "derived", length.value, {
    normalizer: "wasm-build-id",
  });
}

function takeGoBuildId(cursor: WasmCursor, label: string): void {
  if (cursor.left > 1024 || !goBuildId(cursor.peek(cursor.left))) return;
  cursor.take(`${label}/id`, "derived", cursor.left, {
    normalizer: "wasm-go-build-id",
  });
}

const NAME_SUBSECTIONS = [
  "module",
  "function",
  "local",
  "label",
  "type",
  "table",
  "memory",
  "global",
  "element",
  "data",
  "field",
  "tag",
];

/** Subsections in increasing order of id, each at most once. */
function takeNames(cursor: WasmCursor, label: string): void {
  let previous = -1;
  while (cursor.left > 0) {
    const id = cursor.peekByte() as number;
    const size = decodeLeb(cursor.peek(Math.min(6, cursor.left)), 1);
    const name = NAME_SUBSECTIONS[id];
    if (size === undefined || name === undefined || id <= previous) return;
    if (1 + size.length + size.value > cursor.left) return;
    const contents = cursor.reader.read(
      cursor.offset + 1 + size.length,
      size.value,
    );
    if (!isNameSubsection(id, contents)) return;
    cursor.take(`${label}/${name}/subsection-id`, "framing", 1);
    cursor.takeLength(`${label}/${name}/size`, size);
    cursor.take(`${label}/${name}/names`, "volatile", size.value, {
      normalizer: "wasm-name",
    });
    previous = id;
  }
}

const PRODUCER_FIELDS = ["language", "processed-by", "sdk"];

/** A number, a string's length or a string on the way through `producers`. */
interface ProducerStep {
  readonly path: string;
  readonly at: number;
  readonly length: number;
  readonly role: "content" | "length" | "version";
}

/** Fields, each with its values; a value is the name of a tool and a version. */
function takeProducers(cursor: WasmCursor, label: string): void {
  if (cursor.left > 64 << 10) return;
  const bytes = cursor.peek(cursor.left);
  const steps = parseProducers(bytes, label);
  if (steps === undefined) return;
  for (const step of steps) {
    if (step.role === "version") {
      cursor.take(step.path, "volatile", step.length, {
        normalizer: "wasm-producers",
      });
    } else if (step.role === "length") {
      const leb = decodeLeb(bytes, step.at);
      if (leb !== undefined) cursor.takeLength(step.path, leb);
    } else cursor.take(step.path, "content", step.length);
  }
}

/** The steps through a section that follows the grammar, or undefined. */
function parseProducers(
  bytes: Uint8Array,
  label: string,
): ProducerStep[] | undefined {
  const steps: ProducerStep[] = [];
  let at = 0;
  const number = (path: string): number | undefined => {
    const leb = decodeLeb(bytes, at);
    if (leb === undefined) return undefined;
    steps.push({ path, at, length: leb.length, role: "content" });
    at += leb.length;
    return leb.value;
  };
  const text = (path: string, role: "content" | "version") => {
    const leb = decodeLeb(bytes, at);
    if (leb === undefined) return undefined;
    const start = at + leb.length;
    if (start + leb.value > bytes.length) return undefined;
    steps.push({
      path: `${path}-length`,
      at,
      length: leb.length,
      role: "length",
    });
    steps.push({ path, at: start, length: leb.value, role });
    at = start + leb.value;
    return decodeText(bytes.subarray(start, at));
  };

  const fields = number(`${label}/field-count`);
  if (fields === undefined || fields > PRODUCER_FIELDS.length) return undefined;
  const seen = new Set<string>();
  for (let field = 0; field < fields; field++) {
    const name = text(`${label}/field-${field}/name`, "content");
    if (name === undefined || !PRODUCER_FIELDS.includes(name)) return undefined;
    if (seen.has(name)) return undefined;
    seen.add(name);
    const place = `${label}/${name}`;
    const values = number(`${place}/count`);
    if (values === undefined || values > 256) return undefined;
    for (let value = 0; value < values; value++) {
      const tool = text(`${place}/${value}/tool`, "content");
      const version = text(`${place}/${value}/version`, "version");
      if (tool === undefined || tool === "" || version === undefined) {
        return undefined;
      }
      if (version !== "" && !isVersionText(new TextEncoder().encode(version))) {
        return undefined;
      }
    }
  }
  return at === bytes.length ? steps : undefined;
}

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch {
    return undefined;
  }
}
