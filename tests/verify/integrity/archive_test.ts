import { assertEquals, assertRejects } from "@std/assert";
import { gunzipSync, gzipSync } from "node:zlib";
import { ReproofError } from "../../../verify/error.ts";
import {
  packArchive,
  type TarInput,
} from "../../../verify/integrity/pack_archive.ts";
import { readArchive } from "../../../verify/integrity/read_archive.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { toolTest } from "../../tool.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const MTIME = 1_767_225_600;

function inputs(): TarInput[] {
  const file = (path: string, text: string, executable = false): TarInput => ({
    path,
    executable,
    size: encode(text).length,
    bytes: [encode(text)],
  });
  return [
    file("LICENSE", "free"),
    file("bin/tool", "\x7fELF and so on", true),
    file("empty", ""),
    file(`long/${"n".repeat(90)}/${"m".repeat(60)}`, "deep"),
  ];
}

async function collect(
  chunks: AsyncIterable<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(
    await new Response(ReadableStream.from(chunks)).arrayBuffer(),
  );
}

const packed = () => collect(packArchive(inputs(), MTIME));
const read = (bytes: Uint8Array) => readArchive(new MemoryReader(bytes));

Deno.test("packArchive() gives the same bytes each time, readArchive() the files", async () => {
  const bytes = await packed();
  assertEquals(await packed(), bytes);
  const { members } = await read(bytes);
  assertEquals(
    members.map(({ path, size, executable }) => [path, size, executable]),
    inputs().map(({ path, size, executable }) => [path, size, executable]),
  );
});

Deno.test("packArchive() refuses disorder and names that lead elsewhere", async () => {
  const file = (path: string): TarInput => ({
    path,
    executable: false,
    size: 0,
    bytes: [],
  });
  for (
    const paths of [["b", "a"], ["a", "a"], ["../a"], ["/a"], ["a\\b"], ["nul"]]
  ) {
    await assertRejects(
      () => collect(packArchive(paths.map(file), MTIME)),
      ReproofError,
    );
  }
});

Deno.test("packArchive() refuses a file that is not as long as it said", async () => {
  const input = {
    path: "a",
    executable: false,
    size: 5,
    bytes: [encode("four")],
  };
  await assertRejects(() => collect(packArchive([input], MTIME)));
});

Deno.test("readArchive() accepts no tar stream with any byte changed", async () => {
  const tar = gunzipSync(await packed());
  let survivors = 0;
  for (let offset = 0; offset < tar.length; offset++) {
    const mutated = Uint8Array.from(tar);
    mutated[offset] = (mutated[offset] ?? 0) ^ 0x01;
    const archive = Uint8Array.from(gzipSync(mutated, { level: 9 }));
    archive[9] = 255;
    try {
      const { members } = await read(archive);
      // Another byte of content is another file, seen as such.
      const original = (await read(await packed())).members;
      if (JSON.stringify(members) === JSON.stringify(original)) survivors++;
    } catch (error) {
      if (!(error instanceof ReproofError)) throw error;
    }
  }
  assertEquals(survivors, 0);
});

Deno.test("readArchive() refuses what another reader may see differently", async (t) => {
  const good = await packed();
  const tar = gunzipSync(good);
  const zip = (bytes: Uint8Array) => {
    const archive = Uint8Array.from(gzipSync(bytes, { level: 9 }));
    archive[9] = 255;
    return archive;
  };
  const join = (...parts: Uint8Array[]) =>
    Uint8Array.from(
      parts.flatMap((part) => [...part]),
    );
  const header = tar.subarray(0, 512);
  const cases: [string, Uint8Array][] = [
    ["bytes after the gzip member", join(good, new Uint8Array(3))],
    ["an empty second gzip member", join(good, zip(new Uint8Array()))],
    [
      "a gzip name",
      (() => {
        const bytes = good.slice();
        bytes[3] = 8;
        return bytes;
      })(),
    ],
    [
      "a gzip time",
      (() => {
        const bytes = good.slice();
        bytes[4] = 1;
        return bytes;
      })(),
    ],
    ["no entry", zip(new Uint8Array(1024))],
    ["nothing at all", new Uint8Array()],
    ["one zero block at the end", zip(tar.subarray(0, tar.length - 512))],
    ["a third zero block", zip(join(tar, new Uint8Array(512)))],
    ["an entry after the end", zip(join(tar, header, new Uint8Array(1024)))],
    [
      "an entry after one zero block",
      zip(join(
        tar.subarray(0, tar.length - 512),
        header,
        new Uint8Array(1536),
      )),
    ],
    [
      "the same entry twice",
      zip(join(
        tar.subarray(0, 1024),
        tar,
      )),
    ],
    ["a cut tar stream", zip(tar.subarray(0, 700))],
    ["a cut gzip stream", good.subarray(0, good.length - 9)],
  ];
  for (const [name, bytes] of cases) {
    await t.step(name, async () => {
      await assertRejects(() => read(bytes), ReproofError);
    });
  }
});

Deno.test("readArchive() shows no name that leads elsewhere", async () => {
  const tar = Uint8Array.from(gunzipSync(await packed()));
  const seen: string[] = [];
  for (const name of ["../evil!", "/evil!!!", "LICENSE/..", "aux"]) {
    const mutated = tar.slice();
    mutated.fill(0, 0, 100);
    mutated.set(encode(name));
    mutated.fill(0x20, 148, 156);
    const sum = mutated.subarray(0, 512).reduce((total, byte) => total + byte);
    mutated.set(encode(sum.toString(8).padStart(6, "0") + "\0 "), 148);
    const archive = Uint8Array.from(gzipSync(mutated, { level: 9 }));
    archive[9] = 255;
    await assertRejects(
      () =>
        readArchive(new MemoryReader(archive), (path) => void seen.push(path)),
      ReproofError,
    );
  }
  assertEquals(seen, []);
});

Deno.test("readArchive() stops at a decompression bomb", async () => {
  const bomb = gzipSync(new Uint8Array(80 << 20), { level: 9 });
  bomb[9] = 255;
  await assertRejects(() => read(bomb), ReproofError);
});

toolTest("GNU tar lists what packArchive() packed", ["tar"], async () => {
  const path = await Deno.makeTempFile({ suffix: ".tar.gz" });
  try {
    await Deno.writeFile(path, await packed());
    const { stdout, code } = await new Deno.Command("tar", {
      args: ["--list", "--gzip", "--file", path],
    }).output();
    assertEquals(code, 0);
    assertEquals(
      new TextDecoder().decode(stdout).trim().split("\n"),
      inputs().map((input) => input.path),
    );
  } finally {
    await Deno.remove(path);
  }
});
