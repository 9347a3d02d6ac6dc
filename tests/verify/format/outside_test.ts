/**
 * Layouts of files that others made: the test data of the Go distribution,
 * npm packages with native modules and WebAssembly, a wheel.
 */

import { assert, assertEquals } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { relateSignedMacho } from "../../../verify/compare/signed_macho.ts";
import { macho } from "../../../verify/format/macho.ts";
import { wasm } from "../../../verify/format/wasm.ts";
import { zip } from "../../../verify/format/zip.ts";
import { normalizerOf } from "../../../verify/normalize/registry.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { toolTest } from "../../tool.ts";
import { labels, lawful, sound, surviveDamage } from "./damage.ts";
import type { Format } from "../../../verify/format/layout.ts";
import { sign, unsign } from "./macho_fixture.ts";
import { fetchPackages, packageTest } from "./outside_packages.ts";

const ARM64 = "@rollup/rollup-darwin-arm64@4.67.4";
const X64 = "@rollup/rollup-darwin-x64@4.67.4";
const WASM = "@rollup/wasm-node@4.67.4";
const WHEEL = "setuptools==80.9.0";

const outside = await fetchPackages([
  {
    name: ARM64,
    registry: "npm",
    sha256: "2f07e4f7f8a17c1a6fd5c77226fdf46581e65d85979aebc8f477fc714ff05630",
  },
  {
    name: X64,
    registry: "npm",
    sha256: "fdffbc9ba69330f20e2867152bd22f4313e5a3483200ea5726a7b0dd1c9ae57f",
  },
  {
    name: WASM,
    registry: "npm",
    sha256: "20e367ee7e8e1a1e35b225643a459e0b55b27021884c64a8a5d98d1ce44ef8d0",
  },
  {
    name: WHEEL,
    registry: "pypi",
    sha256: "062d34222ad13e0cc312a4c02d73f059e86a4acbfbdea8f8f76b28c99f306922",
  },
]);

/** Every derived value that can be recomputed agrees. */
function assertDerived(format: Format, bytes: Uint8Array): void {
  const reader = new MemoryReader(bytes);
  const layout = sound(format, bytes);
  for (const field of layout.fields) {
    if (field.kind !== "derived") continue;
    const derivation = normalizerOf(field.normalizer ?? "")
      ?.derive?.(reader, field, layout);
    assert(
      derivation === "agrees" || derivation === "not-recomputed",
      `${field.path}: ${derivation}`,
    );
  }
}

/** A file of an npm package, found by the end of its name. */
function fileOf(archive: Uint8Array | undefined, ending: string): Uint8Array {
  const tar = new Uint8Array(gunzipSync(archive ?? new Uint8Array()));
  for (let at = 0; at + 512 <= tar.length;) {
    const text = (from: number, length: number) =>
      new TextDecoder().decode(tar.subarray(at + from, at + from + length))
        .replace(/\0[^]*$/, "");
    const size = parseInt(text(124, 12), 8);
    if (text(0, 100).endsWith(ending)) {
      return tar.slice(at + 512, at + 512 + size);
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`no file ${ending}`);
}

packageTest(
  "macho lays out native modules of other linkers",
  outside,
  (all) => {
    for (const name of [ARM64, X64]) {
      const bytes = fileOf(all.get(name), ".node");
      assertDerived(macho, bytes);
      surviveDamage(macho, bytes, 20);
    }
  },
);

packageTest(
  "relateSignedMacho relates native modules of other linkers",
  outside,
  (all) => {
    const signed = fileOf(all.get(ARM64), ".node");
    const relate = (left: Uint8Array, right: Uint8Array) =>
      relateSignedMacho(new MemoryReader(left), new MemoryReader(right));
    assertEquals(relate(signed, unsign(signed)).relation, "left-signed");
    const again = sign(unsign(signed), { identifier: "again" });
    assertEquals(relate(signed, again).relation, "both-signed");
    const plain = fileOf(all.get(X64), ".node");
    assertEquals(relate(plain, sign(plain)).relation, "right-signed");
    const tampered = plain.slice();
    tampered[0x2000] = (tampered[0x2000] as number) ^ 1;
    assertEquals(relate(tampered, sign(plain)).relation, "none");
  },
);

packageTest("wasm lays out a module that Rust made", outside, (all) => {
  const bytes = fileOf(all.get(WASM), "_bg.wasm");
  assertDerived(wasm, bytes);
  const paths = labels(sound(wasm, bytes));
  assert(paths.includes("wasm/producers/processed-by/0/version"));
  surviveDamage(wasm, bytes, 20);
});

packageTest("zip recomputes every number of a wheel", outside, (all) => {
  const bytes = all.get(WHEEL) as Uint8Array;
  assertDerived(zip, bytes);
  surviveDamage(zip, bytes, 10);
});

/** What the Go distribution's archives show, by file. */
const FLAWS: Record<string, string> = {
  "comment-truncated.zip": "layout-invalid",
  "dupdir.zip": "archive-name-duplicate",
  "readme.zip": "layout-invalid",
  "test-badbase.zip": "layout-invalid",
  "test-baddirsz.zip": "layout-invalid",
  "test-trailing-junk.zip": "layout-invalid",
};

async function testData(folder: string): Promise<Map<string, Uint8Array>> {
  const root = new TextDecoder().decode(
    (await new Deno.Command("go", { args: ["env", "GOROOT"] }).output())
      .stdout,
  ).trim();
  const files = new Map<string, Uint8Array>();
  const path = `${root}/src/${folder}/testdata`;
  for (const { name } of [...Deno.readDirSync(path)]) {
    const bytes = Deno.readFileSync(`${path}/${name}`);
    files.set(
      name,
      name.endsWith(".base64")
        ? Uint8Array.from(
          atob(new TextDecoder().decode(bytes).replaceAll(/\s/g, "")),
          (character) => character.charCodeAt(0),
        )
        : bytes,
    );
  }
  return files;
}

toolTest("zip reads the archives of the Go distribution", ["go"], async () => {
  let count = 0;
  for (const [name, bytes] of await testData("archive/zip")) {
    if (!zip.detect(new MemoryReader(bytes))) continue;
    count++;
    const flaw = FLAWS[name];
    if (flaw === undefined) assertDerived(zip, bytes);
    else assertEquals(lawful(zip, bytes).problems[0]?.code, flaw, name);
    surviveDamage(zip, bytes, 60);
  }
  assert(count >= 25, String(count));
});

toolTest("macho reads the files of the Go distribution", ["go"], async () => {
  let count = 0;
  for (const bytes of (await testData("debug/macho")).values()) {
    if (!macho.detect(new MemoryReader(bytes))) continue;
    count++;
    assertDerived(macho, bytes);
    surviveDamage(macho, bytes, 100);
  }
  assert(count >= 8, String(count));
});
