import { assertEquals, assertRejects } from "@std/assert";
import { ScanBeside } from "../../../verify/beside/scan_beside.ts";
import { scan } from "../../../verify/compare/scan.ts";
import { ReproofError } from "../../../verify/error.ts";
import { FileReader } from "../../../verify/file_reader.ts";
import { finishSteps, runSteps } from "../../../verify/steps.ts";
import { failingWorker, Files, flipped, noise } from "./beside_fixture.ts";

/** More than one chunk, and no multiple of it. */
const SIZE = (9 << 20) + 12_345;
const bytes = noise(SIZE);

const PAIRS: Record<string, readonly [Uint8Array, Uint8Array]> = {
  "equal": [bytes, bytes],
  "first byte": [bytes, flipped(bytes, 0)],
  "middle": [bytes, flipped(bytes, 5_000_000)],
  "last byte": [bytes, flipped(bytes, SIZE - 1)],
  "all bytes": [bytes, noise(SIZE, 2)],
  "shorter right": [bytes, bytes.subarray(0, 3_000_000)],
  "shorter left, and different": [
    flipped(bytes, 1_000_000).subarray(0, 4 << 20),
    bytes,
  ],
  "empty": [new Uint8Array(), new Uint8Array()],
  "empty left": [new Uint8Array(), bytes],
};

for (const [name, [leftBytes, rightBytes]] of Object.entries(PAIRS)) {
  Deno.test(`a pass with a worker finds what a pass alone finds: ${name}`, async () => {
    using files = new Files();
    using left = new FileReader(files.write("left", leftBytes));
    using right = new FileReader(files.write("right", rightBytes));
    using beside = new ScanBeside(left, right);
    const ours = await runSteps(beside.scan());
    const alone = finishSteps(scan(left, right, { digests: true }));
    const { parts, ...found } = ours ?? {};
    const { parts: expectedParts, ...expected } = alone;
    assertEquals(found, expected);
    for (let at = 0; at < Math.max(left.size, right.size); at += 10_000) {
      assertEquals(parts?.covers(at, 1), expectedParts.covers(at, 1), `${at}`);
    }
  });
}

const WORKERS: Record<string, string> = {
  "throws at once": failingWorker(""),
  "throws after a sign of life": failingWorker("side.wake();"),
  "gives up": failingWorker("side.fail(); return;"),
  "gives up, and then says that it is done": failingWorker(
    "side.fail(); side.end(); return;",
  ),
  "does not parse": "this is no module",
};

for (const [name, text] of Object.entries(WORKERS)) {
  Deno.test(`a worker that fails proves nothing: ${name}`, async () => {
    using files = new Files();
    using left = new FileReader(files.write("left", bytes));
    using right = new FileReader(files.write("right", bytes));
    using beside = new ScanBeside(left, right, files.module("w.js", text));
    await runSteps(beside.begun());
    assertEquals(await runSteps(beside.scan()), undefined);
  });
}

Deno.test("a module that is not there proves nothing", async () => {
  using files = new Files();
  using left = new FileReader(files.write("left", bytes));
  const absent = new URL(`file://${files.folder}/absent.js`);
  using beside = new ScanBeside(left, left, absent);
  await runSteps(beside.begun());
  assertEquals(await runSteps(beside.scan()), undefined);
});

Deno.test("a worker does not hash another file of the same path", async () => {
  using files = new Files();
  const path = files.write("left", bytes);
  using left = new FileReader(path);
  Deno.renameSync(files.write("other", bytes), path);
  using beside = new ScanBeside(left, left);
  assertEquals(await runSteps(beside.scan()), undefined);
});

Deno.test("a worker that never begins is waited for until the caller gives up", async () => {
  using files = new Files();
  using left = new FileReader(files.write("left", bytes));
  const idle = files.module("w.js", "self.onmessage = () => {};");
  using beside = new ScanBeside(left, left, idle);
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = runSteps(beside.begun({ signal }));
  controller.abort(new Error("given up"));
  await assertRejects(() => waiting, Error, "given up");
  const scanning = runSteps(beside.scan(signal));
  await assertRejects(() => scanning, Error, "given up");
});

Deno.test("a worker that never begins proves nothing when patience ends", async () => {
  using files = new Files();
  using left = new FileReader(files.write("left", bytes));
  using beside = new ScanBeside(left, left, files.module("w.js", ""));
  await runSteps(beside.begun({ idleMsMax: 0 }));
  assertEquals(await runSteps(beside.scan()), undefined);
});

Deno.test("a file that shrinks under the pass is an error, not an answer", async () => {
  using files = new Files();
  const path = files.write("left", bytes);
  using left = new FileReader(path);
  using right = new FileReader(files.write("right", bytes));
  using beside = new ScanBeside(left, right);
  Deno.truncateSync(path, SIZE - 1);
  const error = await assertRejects(
    () => runSteps(beside.scan()),
    ReproofError,
  );
  assertEquals(error.code, "file-changed");
});
