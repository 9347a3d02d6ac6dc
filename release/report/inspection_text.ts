/**
 * An inspection as text: the layout as a tree of labels with sizes, values of
 * volatile and derived fields, defects, and what would break reproducibility.
 *
 * @module
 */

import { CATALOGUE } from "../../verify/catalogue/mod.ts";
import type {
  DeepInspection,
  InspectedField,
  Inspection,
} from "../../verify/compare/inspect.ts";
import { escapeText } from "../../verify/escape.ts";
import { boundedText } from "./bounded_text.ts";

const LINES_MAX = 400;
const LEAKS_MAX = 50;
const PROBLEMS_MAX = 50;
const INSIDE_CHARACTERS_MAX = 400_000;

interface Node {
  /** Absent in leaves, which are most of a tree. */
  children?: Map<string, Node>;
  field?: InspectedField;
  bytes: number;
}

/** Renders an inspection and those of the files inside. */
export function inspectionText(inspection: DeepInspection): string {
  const { inside, insideIncomplete } = inspection;
  const parts = [oneText(inspection)];
  let length = 0;
  let shown = 0;
  for (const inner of inside) {
    const text = oneText(inner);
    length += text.length;
    if (length > INSIDE_CHARACTERS_MAX) break;
    parts.push(text);
    shown++;
  }
  if (shown < inside.length) {
    parts.push(
      `and ${inside.length - shown} more files inside; --json has all\n`,
    );
  }
  if (insideIncomplete) {
    parts.push("not all that lies inside was looked at\n");
  }
  return boundedText(parts.join("\n").split("\n"), "--json has all");
}

function oneText(inspection: Inspection): string {
  const { path, format, size, sha256, ledger, problems, leaks } = inspection;
  const lines = [
    `${escapeText(path)}: ${format}, ${size} bytes, sha256 ${sha256}`,
    `  content ${ledger.content}, framing ${ledger.framing}, volatile ${ledger.volatile}, derived ${ledger.derived}`,
  ];
  if (problems.length > 0) {
    lines.push("", `defects (${problems.length}):`);
    for (const problem of problems.slice(0, PROBLEMS_MAX)) {
      lines.push(
        `  ${
          escapeText(problem.path)
        } at ${problem.offset}: ${problem.detail} [${problem.code}]`,
        `    next: ${CATALOGUE[problem.code].next}`,
      );
    }
    if (problems.length > PROBLEMS_MAX) {
      lines.push(`  and ${problems.length - PROBLEMS_MAX} more`);
    }
  }
  lines.push(
    "",
    leaks.length === 0
      ? "nothing found that would break reproducibility"
      : `would break reproducibility (${leaks.length}):`,
  );
  for (const { path, offset, value, cause } of leaks.slice(0, LEAKS_MAX)) {
    lines.push(`  ${escapeText(path)} at ${offset}: ${value}`);
    lines.push(`    ${cause.axis}: ${cause.construct}; fix: ${cause.fix}`);
  }
  if (leaks.length > LEAKS_MAX) {
    lines.push(`  and ${leaks.length - LEAKS_MAX} more`);
  }
  lines.push("", "layout:");
  const tree = treeLines(inspection.fields);
  lines.push(...tree.lines);
  if (tree.more > 0) {
    lines.push(`  and ${tree.more} more lines; --json has all`);
  }
  return lines.join("\n") + "\n";
}

/** The first lines of the tree, and how many more it has. */
function treeLines(
  fields: readonly InspectedField[],
): { lines: string[]; more: number } {
  const root: Node = { bytes: 0 };
  for (const field of fields) {
    let node = root;
    for (const part of field.path.split("/")) {
      node.children ??= new Map();
      let child = node.children.get(part);
      if (child === undefined) {
        child = { bytes: 0 };
        node.children.set(part, child);
      }
      child.bytes += field.length;
      node = child;
    }
    node.field = field;
  }
  const lines: string[] = [];
  let more = 0;
  // A work list instead of recursion: names decide how deep a tree is.
  const work: { name: string; node: Node; depth: number }[] = [];
  const push = (children: Map<string, Node> | undefined, depth: number) => {
    for (const [name, node] of [...children ?? []].reverse()) {
      work.push({ name, node, depth });
    }
  };
  push(root.children, 1);
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    let { name, node } = next;
    while (node.field === undefined && node.children?.size === 1) {
      const [only] = node.children;
      if (only === undefined) break;
      name = `${name}/${only[0]}`;
      node = only[1];
    }
    if (lines.length < LINES_MAX) {
      lines.push(
        `${"  ".repeat(next.depth)}${escapeText(name)}  ${node.bytes}${
          marks(node.field)
        }`,
      );
    } else more++;
    push(node.children, next.depth + 1);
  }
  return { lines, more };
}

function marks(field: InspectedField | undefined): string {
  if (field === undefined) return "";
  const parts = [` at ${field.offset}`];
  if (field.kind !== "content") parts.push(field.kind);
  if (field.value !== undefined) parts.push(field.value);
  if (field.normalizer !== undefined) parts.push(`(${field.normalizer})`);
  if (field.derivation !== undefined) parts.push(field.derivation);
  if (field.inner !== undefined) parts.push(`holds a file (${field.inner})`);
  return parts.join(" ");
}
