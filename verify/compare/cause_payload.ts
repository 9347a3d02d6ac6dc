/**
 * Causes of differences in payloads of single-file programs, by the label of
 * the field: what put the payload there, and what makes it repeatable.
 *
 * Sources: `deno compile` keeps the times of the files that it embeds;
 * `bun build --compile --bytecode` embeds caches of its engine; Node's
 * `useCodeCache` and `useSnapshot` do the same.
 *
 * @module
 */

import type { Cause } from "./comparison.ts";

const RULES: readonly (readonly [RegExp, Cause])[] = [
  [/\/payload-bun$|^macho\/__BUN,|^(?:elf|pe)\/\.bun\b/, {
    axis: "payload",
    construct: "payload of bun build --compile",
    fix: "One version of bun, without --bytecode",
  }],
  [/\/payload-deno$|^macho\/__SUI,|^pe\/resource\/10\/D3N0L4ND\//i, {
    axis: "payload",
    construct: "payload of deno compile",
    fix:
      "One version of Deno, a frozen deno.lock, one --output name, and fixed times of the sources: touch -d @$SOURCE_DATE_EPOCH",
  }],
  [/\/payload-node-sea$|^macho\/(?:__)?NODE_SEA,/, {
    axis: "payload",
    construct: "payload of a Node single executable application",
    fix: "useCodeCache: false and useSnapshot: false, and one version of Node",
  }],
  [/\/payload-module-signature$/, {
    axis: "signature",
    construct: "signature of a kernel module",
    fix: "Compare before signing",
  }],
];

/** The cause that the label of a payload gives, if it is one. */
export function payloadCause(path: string): Cause | undefined {
  return RULES.find(([label]) => label.test(path))?.[1];
}
