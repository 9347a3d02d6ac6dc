/**
 * Layout of the root relationships of a nupkg, `_rels/.rels` (ECMA-376 part 2,
 * Open Packaging Conventions, clause 9.3). Writers give each relationship an
 * identifier and the core properties a part name, both at random or from a
 * hash of the random name.
 *
 * Recognised by content: an XML document whose root is `Relationships` in the
 * namespace of the specification and which holds the relationship to a NuGet
 * manifest. There no part refers to a relationship by its identifier, as parts
 * of office documents do, so only there may identifiers vary.
 *
 * Volatile are sixteen digits of an identifier of the form `R` and sixteen
 * hexadecimal digits, and the random part of the core properties' name. Every
 * other byte is content: types, other targets, order, spelling. An identifier
 * that appears twice is a problem.
 *
 * @module
 */

import type { Reader } from "../reader.ts";
import type { Format, Layout } from "./layout.ts";
import { LedgerBuilder } from "./ledger.ts";

/** The relationships of a root are few. */
const BYTES_MAX = 64 << 10;
const NAMESPACE =
  "http://schemas.openxmlformats.org/package/2006/relationships";
const MANIFEST_TYPE = "http://schemas.microsoft.com/packaging/2010/07/manifest";
/** Values in double quotes alone, so that no value can look like an attribute. */
const ELEMENT = /<Relationship(?:\s+[A-Za-z]+="[^"<>]*")+\s*\/?>/g;
const ID = /\sId="R([0-9A-Fa-f]{16})"/;
const CORE_PROPERTIES =
  /\sTarget="\/?package\/services\/metadata\/core-properties\/([0-9a-f]{32})\.psmdcp"/;

/** Root relationships of nupkg packages. */
export const opcRelationships: Format = {
  name: "opc",
  detect(reader: Reader): boolean {
    if (reader.size > BYTES_MAX || reader.size < NAMESPACE.length) return false;
    const head = latin1(reader.read(0, Math.min(reader.size, 512)));
    if (!/^(?:\xef\xbb\xbf)?\s*<(?:\?xml|Relationships)\b/.test(head)) {
      return false;
    }
    if (!head.includes(NAMESPACE)) return false;
    return latin1(reader.read(0, reader.size)).includes(MANIFEST_TYPE);
  },
  layout(reader: Reader, fieldsMax?: number): Layout {
    const ledger = new LedgerBuilder("opc", reader.size, fieldsMax);
    const text = latin1(reader.read(0, reader.size));
    const ids = new Set<string>();
    let at = 0;
    const content = (end: number, label: string) => {
      if (end > at) {
        ledger.claim(label, "content", { offset: at, length: end - at });
      }
      at = end;
    };
    let index = 0;
    for (const element of text.matchAll(ELEMENT)) {
      if (ledger.full) break;
      const label = `opc/relationship-${index++}`;
      for (const part of volatileParts(element[0])) {
        const start = element.index + part.offset;
        if (part.name === "id" && ids.has(part.value)) {
          ledger.problem(
            "layout-invalid",
            label,
            start,
            "expected each identifier once, found it again",
          );
        }
        if (part.name === "id") ids.add(part.value);
        content(start, `${label}/before-${part.name}`);
        ledger.claim(
          `${label}/${part.name}`,
          "volatile",
          { offset: start, length: part.value.length },
          { normalizer: part.normalizer },
        );
        at = start + part.value.length;
      }
    }
    content(reader.size, "opc/rest");
    return ledger.finish();
  },
};

interface VolatilePart {
  readonly name: "id" | "target-random";
  readonly offset: number;
  readonly value: string;
  readonly normalizer: string;
}

/** The parts of one element that may vary, in file order. */
function volatileParts(element: string): VolatilePart[] {
  const parts: VolatilePart[] = [];
  const id = ID.exec(element);
  if (id !== null) {
    parts.push({
      name: "id",
      offset: id.index + id[0].length - 1 - 16,
      value: id[1] ?? "",
      normalizer: "nupkg-relationship-id",
    });
  }
  const target = CORE_PROPERTIES.exec(element);
  if (target !== null) {
    parts.push({
      name: "target-random",
      offset: target.index + target[0].length - '.psmdcp"'.length - 32,
      value: target[1] ?? "",
      normalizer: "nupkg-part-reference",
    });
  }
  return parts.sort((a, b) => a.offset - b.offset);
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return text;
}
