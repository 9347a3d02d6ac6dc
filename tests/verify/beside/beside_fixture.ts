/**
 * Files on disk and workers that go wrong, for what runs on a second core.
 *
 * @module
 */

import { randomNumbers } from "../format/damage.ts";

/** Files of one test, gone after it. */
export class Files implements Disposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "reproof-test-" });

  /** Writes a file and returns its path. */
  write(name: string, bytes: Uint8Array | string): string {
    const path = `${this.folder}/${name}`;
    if (typeof bytes === "string") Deno.writeTextFileSync(path, bytes);
    else Deno.writeFileSync(path, bytes);
    return path;
  }

  /** Writes a module and returns its address. */
  module(name: string, text: string): URL {
    return new URL(`file://${this.write(name, text)}`);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** Bytes without a pattern, from a seed. */
export function noise(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const random = randomNumbers(seed);
  const bytes = new Uint8Array(length);
  const words = new Uint32Array(bytes.buffer, 0, length >> 2);
  for (let at = 0; at < words.length; at++) words[at] = random(2 ** 32);
  return bytes;
}

/** A copy with one bit flipped. */
export function flipped(
  bytes: Uint8Array,
  at: number,
): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy as Uint8Array<ArrayBuffer>;
}

const folder = new URL("../../../verify/beside/", import.meta.url);

/** Text of a worker that begins, does something on its side, and throws. */
export function failingWorker(body: string): string {
  const from = (name: string) => JSON.stringify(new URL(name, folder).href);
  return `import { Side } from ${from("control.ts")};
import { RingProducer } from ${from("ring.ts")};
self.onmessage = ({ data }) => {
  const side = data.ring
    ? new RingProducer(data.ring)
    : new Side(data.control, "producer");
  side.begin();
  ${body}
  throw new Error("a worker that fails");
};
`;
}
