/**
 * Searching 100 MB for the values of every axis in every form: against
 * reading the file, and in absolute time and memory as issue 4 asks.
 *
 * @module
 */

import {
  momentNeedles,
  textNeedles,
} from "../../verify/rebuild/attribution/canary_forms.ts";
import { searchFile } from "../../verify/rebuild/attribution/canary_search.ts";
import { readTreeFile } from "../../verify/rebuild/tree.ts";
import { measure } from "./ratio.ts";

const MS_MAX = 2_000;
const MEMORY_BYTES_MAX = 200 << 20;

/** Measures the search; false above two seconds or 200 MB. */
export async function benchCanary(): Promise<boolean> {
  const path = await Deno.makeTempFile({ prefix: "reproof-bench-" });
  try {
    const part = new Uint8Array(1 << 20);
    for (let at = 0; at < part.length; at += 65_536) {
      crypto.getRandomValues(part.subarray(at, at + 65_536));
    }
    using file = await Deno.open(path, { write: true });
    for (let count = 0; count < 100; count++) file.writeSync(part);
    const now = Date.now() / 1000;
    const needles = [
      ...Array.from({ length: 60 }, (_, index) => `/some/value-${index}-zqxw`)
        .flatMap((text) => textNeedles("home", text)),
      ...momentNeedles("time", [now, now + 600], [0, 20_700]),
    ];
    let slowest = 0;
    const good = await measure({
      name: `canary search, 100 MB, ${needles.length} needles`,
      reference: "sha256",
      limit: 12,
      runs: 5,
      ours: () => {
        const start = performance.now();
        searchFile(path, needles);
        slowest = Math.max(slowest, performance.now() - start);
        return Promise.resolve();
      },
      theirs: () => {
        readTreeFile(path);
        return Promise.resolve();
      },
    });
    const { rss } = Deno.memoryUsage();
    const line = `      slowest ${slowest.toFixed(0)} ms, memory ${
      (rss / (1 << 20)).toFixed(0)
    } MiB\n`;
    Deno.stdout.writeSync(new TextEncoder().encode(line));
    return good && slowest < MS_MAX && rss < MEMORY_BYTES_MAX;
  } finally {
    await Deno.remove(path);
  }
}
