import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { hashAhead } from "../../../release/verification/hash_ahead.ts";
import { hashRest } from "../../../release/verification/hash_worker.ts";
import { sha256 } from "../../../verify/digest.ts";

const SIZE = 24 << 20;

function makeFiles(count: number): {
  readonly files: { path: string; size: number }[];
  readonly digests: string[];
} & Disposable {
  const directory = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  const bytes = new Uint8Array(SIZE);
  const made = Array.from({ length: count }, (_, index) => {
    bytes[0] = index;
    const path = `${directory}/${index}`;
    Deno.writeFileSync(path, bytes);
    return { path, size: SIZE, sha256: sha256(bytes) };
  });
  return {
    files: made,
    digests: made.map((one) => one.sha256),
    [Symbol.dispose]: () => Deno.removeSync(directory, { recursive: true }),
  };
}

Deno.test("hashAhead() gives the digests that hashing one by one gives", async () => {
  using made = makeFiles(4);
  const hashed = await hashAhead(made.files);
  if (navigator.hardwareConcurrency < 2) {
    assertEquals(hashed.size, 0);
    return;
  }
  assertEquals(
    made.files.map(({ path }) => hashed.get(path)?.sha256),
    made.digests,
  );
});

Deno.test("hashAhead() leaves out what cannot be read, and does little for little", async () => {
  using made = makeFiles(3);
  const gone = { path: `${made.files[0]?.path}-gone`, size: SIZE };
  const hashed = await hashAhead([...made.files, gone]);
  assertEquals(hashed.has(gone.path), false);
  assertEquals((await hashAhead(made.files.slice(0, 1))).size, 0);
  assertEquals((await hashAhead(made.files.slice(0, 2))).size, 0);
});

Deno.test("hashRest() takes each file once, whoever shares the counter", () => {
  using made = makeFiles(2);
  const work = {
    paths: made.files.map(({ path }) => path),
    counter: new SharedArrayBuffer(4),
  };
  assertEquals(hashRest(work).map((one) => one.sha256), made.digests);
  assertEquals(hashRest(work), []);
});

Deno.test("hashing on two cores needs permission to read and nothing else", async () => {
  using made = makeFiles(4);
  const module = new URL(
    "../../../release/verification/hash_ahead.ts",
    import.meta.url,
  );
  const script = `${made.files[0]?.path}.ts`;
  Deno.writeTextFileSync(
    script,
    `import { hashAhead } from ${JSON.stringify(module.href)};
const hashed = await hashAhead(${JSON.stringify(made.files)});
console.log(hashed.size);`,
  );
  const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-read",
      "--no-prompt",
      "--cached-only",
      "--config",
      fromFileUrl(new URL("../../../deno.json", import.meta.url)),
      script,
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  assertEquals([code, decoder.decode(stderr)], [0, ""]);
  assertEquals(
    decoder.decode(stdout),
    navigator.hardwareConcurrency < 2 ? "0\n" : "4\n",
  );
});
