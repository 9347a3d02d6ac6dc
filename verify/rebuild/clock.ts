/**
 * Tools that keep the real clock although libfaketime is loaded, or that
 * cannot be run with it.
 *
 * A program linked statically never loads the library (ELF, Program Header:
 * without PT_INTERP there is no dynamic linker); Go's are. A program that
 * brings jemalloc as its allocator hangs at its start: the allocator asks for
 * the time before the library is ready, which asks the allocator for memory;
 * rustc is such a program. Those are started through a small script that
 * takes the library out of the environment.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { FoundTool } from "./toolchain.ts";

const PT_INTERP = 3;
/** Text of jemalloc's own messages, present wherever it is linked in. */
const JEMALLOC = Buffer.from("<jemalloc>");

/** How a tool stands to the shifted clock. */
export type Clock = "shifted" | "static" | "hangs";

/** Looks at an executable. */
export function clockOf(path: string): Clock {
  using file = Deno.openSync(path);
  const bytes = Buffer.alloc(1 << 20);
  let kept = 0;
  let first = true;
  while (true) {
    const count = file.readSync(bytes.subarray(kept));
    if (count === null) return "shifted";
    const part = bytes.subarray(0, kept + count);
    if (first && isStatic(part)) return "static";
    first = false;
    if (part.includes(JEMALLOC)) return "hangs";
    kept = Math.min(JEMALLOC.length, part.length);
    bytes.copyWithin(0, part.length - kept, part.length);
  }
}

/** Whether a 64-bit little-endian ELF file names no interpreter. */
function isStatic(head: Buffer): boolean {
  return programHeaders(head)?.every((header) =>
    header.readUInt32LE(0) !== PT_INTERP
  ) ?? false;
}

/** Program headers of a 64-bit little-endian ELF file; else undefined. */
function programHeaders(head: Buffer): Buffer[] | undefined {
  if (head.length < 64 || head.readUInt32BE(0) !== 0x7f454c46) return undefined;
  if (head[4] !== 2 || head[5] !== 1) return undefined;
  const offset = Number(head.readBigUInt64LE(32));
  const size = head.readUInt16LE(54);
  const count = head.readUInt16LE(56);
  if (size < 56 || offset + size * count > head.length) return undefined;
  return Array.from(
    { length: count },
    (_, index) => head.subarray(offset + index * size),
  );
}

/** The dynamic linker that an ELF executable names, or undefined. */
export function interpreterOf(path: string): string | undefined {
  using file = Deno.openSync(path);
  const bytes = Buffer.alloc(1 << 16);
  const count = file.readSync(bytes) ?? 0;
  const head = bytes.subarray(0, count);
  const header = programHeaders(head)?.find((header) =>
    header.readUInt32LE(0) === PT_INTERP
  );
  if (header === undefined) return undefined;
  const offset = Number(header.readBigUInt64LE(8));
  const end = head.indexOf(0, offset);
  return end === -1 ? undefined : head.toString("utf8", offset, end);
}

/** Tools with their scripts in place, and what to say of the clock. */
export interface ClockedTools {
  readonly tools: Readonly<Record<string, FoundTool>>;
  /** Why the clock was not shifted for every tool, or undefined. */
  readonly notVaried: string | undefined;
}

/**
 * Gives each tool that cannot stand the library a script to start it.
 *
 * @param options `into` is the directory of the scripts, `inside` the same as
 * the build sees it.
 */
export function withClocks(
  tools: Readonly<Record<string, FoundTool>>,
  options: { readonly into: string; readonly inside: string },
): ClockedTools {
  const clocks = Object.entries(tools).map(([name, tool]) =>
    [name, tool, clockOf(tool.realPath)] as const
  );
  const reasons = clocks.filter(([, , clock]) => clock !== "shifted")
    .map(([name, , clock]) =>
      clock === "static"
        ? `${name} is linked statically and keeps the real clock`
        : `${name} cannot run under libfaketime and keeps the real clock`
    );
  return {
    tools: Object.fromEntries(
      clocks.map(([name, tool, clock]) => {
        if (clock !== "hangs") return [name, tool];
        const file = tool.path.slice(tool.path.lastIndexOf("/") + 1);
        Deno.writeTextFileSync(
          `${options.into}/${file}`,
          `#!/bin/sh\nunset LD_PRELOAD FAKETIME FAKETIME_FMT FAKETIME_SHARED NO_FAKE_STAT\n` +
            `exec '${tool.path.replaceAll("'", "'\\''")}' "$@"\n`,
        );
        Deno.chmodSync(`${options.into}/${file}`, 0o755);
        return [name, { ...tool, path: `${options.inside}/${file}` }];
      }),
    ),
    notVaried: reasons.length === 0 ? undefined : reasons.join("; "),
  };
}
