import { assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { GzipBeside } from "../../../verify/beside/gzip_beside.ts";
import { FileReader } from "../../../verify/file_reader.ts";
import {
  type GzipPass,
  GzipStream,
} from "../../../verify/format/gzip_stream.ts";
import { sha256 } from "../../../verify/digest.ts";
import { concat } from "../tar_fixture.ts";
import { runSteps } from "../../../verify/steps.ts";
import { failingWorker, Files, flipped, noise } from "./beside_fixture.ts";

/** More than the ring holds. */
const contents = noise(3 << 20);
const packed = new Uint8Array(gzipSync(contents, { level: 1 }));
const small = new Uint8Array(gzipSync("one of many"));

const STREAMS: Record<string, Uint8Array> = {
  "one member": packed,
  "two members": concat(packed, small),
  "thousands of members": concat(
    ...Array.from({ length: 8_000 }, () => small),
  ),
  "more members than the limit": concat(
    ...Array.from({ length: 10_001 }, () => small),
  ),
  "cut short": packed.subarray(0, packed.length - 100_000),
  "cut in the trailer": packed.subarray(0, packed.length - 3),
  "damaged": flipped(packed, 1_500_000),
  "damaged checksum": flipped(packed, packed.length - 6),
  "data behind it": concat(packed, noise(999)),
  "no header at all": Uint8Array.of(0x1f, 0x8b, 8),
};

/** Everything that a pass gives. */
function drained(pass: GzipPass) {
  const pieces: Uint8Array[] = [];
  const before = { members: [...pass.members], done: pass.done };
  for (let piece = pass.next(); piece !== undefined; piece = pass.next()) {
    pieces.push(piece.slice());
  }
  const bytes = concat(...pieces);
  return {
    before,
    length: bytes.length,
    sha256: sha256(bytes),
    members: JSON.stringify(pass.members),
    problems: JSON.stringify(pass.problems),
    done: pass.done,
    again: pass.next(),
  };
}

const forbidden = (): never => {
  throw new Error("expected the worker to come to the end");
};

for (const [name, bytes] of Object.entries(STREAMS)) {
  Deno.test(`a worker finds in a gzip file what a pass here finds: ${name}`, async () => {
    using files = new Files();
    using reader = new FileReader(files.write("a.gz", bytes));
    using beside = new GzipBeside(reader);
    await runSteps(beside.begun());
    assertEquals(
      drained(beside.pass(forbidden)),
      drained(new GzipStream(reader)),
    );
  });
}

const WORKERS: Record<string, string> = {
  "throws at once": failingWorker(""),
  "throws after some bytes": failingWorker(`
    const stream = new GzipStream(new FileReader(data.path));
    for (let count = 0; count < 10; count++) {
      const piece = stream.next();
      side.slot().set(piece);
      side.publish(piece.length, 0);
    }
  `),
  "does not parse": "this is no module",
};
const modules = ["format/gzip_stream.ts", "file_reader.ts"].map((path) =>
  new URL(`../../../verify/${path}`, import.meta.url).href
);
const IMPORTS = `import { GzipStream } from "${modules[0]}";
import { FileReader } from "${modules[1]}";
`;

for (const [name, text] of Object.entries(WORKERS)) {
  Deno.test(`a worker that fails changes nothing: ${name}`, async () => {
    using files = new Files();
    using reader = new FileReader(files.write("a.gz", packed));
    using beside = new GzipBeside(
      reader,
      files.module("w.js", IMPORTS + text),
    );
    await runSteps(beside.begun());
    const alone = () => new GzipStream(reader);
    assertEquals(drained(beside.pass(alone, 500)), drained(alone()));
  });
}

Deno.test("a pass that is given up in the middle goes on here", async () => {
  using files = new Files();
  using reader = new FileReader(files.write("a.gz", packed));
  using beside = new GzipBeside(reader);
  await runSteps(beside.begun());
  const pass = beside.pass(() => new GzipStream(reader));
  const pieces = [pass.next()?.slice() ?? new Uint8Array()];
  beside[Symbol.dispose]();
  for (let piece = pass.next(); piece !== undefined; piece = pass.next()) {
    pieces.push(piece.slice());
  }
  assertEquals(sha256(concat(...pieces)), sha256(contents));
  assertEquals(pass.members.length, 1);
});

Deno.test("another file under the path of the open one is not looked at", async () => {
  using files = new Files();
  const path = files.write("a.gz", packed);
  using reader = new FileReader(path);
  Deno.renameSync(path, `${path}.moved`);
  files.write("a.gz", new Uint8Array(gzipSync(noise(3 << 20, 7))));
  using beside = new GzipBeside(reader);
  await runSteps(beside.begun());
  let alone = 0;
  const pass = beside.pass(() => {
    alone++;
    return new GzipStream(reader);
  });
  assertEquals(drained(pass), drained(new GzipStream(reader)));
  assertEquals(alone, 1);
});
