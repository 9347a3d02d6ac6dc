/**
 * What stands behind a limit of the gate `metadata` may contradict what was
 * found before it: then nothing is known, and nothing agrees. Each case is
 * beside its neighbour at the limit.
 */

import { assertEquals } from "@std/assert";
import { abiFacts } from "../../../verify/abi/facts.ts";
import { LIMITS } from "../../../verify/limits.ts";
import { findBuildInfo } from "../../../verify/metadata/build_info.ts";
import { metadataChecks } from "../../../verify/metadata/checks.ts";
import { compilerAgreement } from "../../../verify/metadata/compiler_agreement.ts";
import { metadataFacts } from "../../../verify/metadata/facts.ts";
import { targetAgreement } from "../../../verify/metadata/target_agreement.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { smallElf } from "../elf_fixture.ts";
import { bytesOf } from "../format/damage.ts";
import { fat, smallMacho } from "../format/macho_fixture.ts";
import { custom, leb, module, producers } from "../format/wasm_fixture.ts";

const factsOf = (bytes: Uint8Array) => metadataFacts(new MemoryReader(bytes));

const ARM = 0x0100000c;

/** A Mach-O file with one command in front of the one that names iOS. */
function macho(commandBytes: number): Uint8Array {
  const bytes = new Uint8Array(32 + commandBytes + 64);
  const view = new DataView(bytes.buffer);
  const first = commandBytes - 24;
  [0xfeedfacf, ARM, 0, 2, 2, commandBytes, 0, 0, 0x26, first].forEach(
    (word, index) => view.setUint32(4 * index, word, true),
  );
  [0x32, 24, 2, 0x000e0000, 0, 0].forEach((word, index) =>
    view.setUint32(32 + first + 4 * index, word, true)
  );
  return bytes;
}

Deno.test("a system named behind the load commands that are read is not known", () => {
  const stateOf = (bytes: Uint8Array) =>
    targetAgreement("aarch64-apple-darwin", factsOf(bytes).machine).state;
  const most = LIMITS.machoCommandsBytesMax;
  assertEquals(stateOf(macho(most)), "contradicts");
  assertEquals(stateOf(macho(most + 8)), "unknown");
  // Neither does one count that breaks off.
  const broken = macho(1024);
  new DataView(broken.buffer).setUint32(36, 0, true);
  assertEquals(stateOf(broken), "unknown");
});

Deno.test("a universal file may have as many slices as a loader reads", () => {
  const slice = smallMacho();
  const machine = (count: number) =>
    factsOf(fat(Array.from({ length: count }, () => [ARM, slice] as const)))
      .machine;
  assertEquals(machine(60)?.architectures.length, 60);
  assertEquals(
    abiFacts(
      new MemoryReader(fat(Array.from({ length: 60 }, () => [ARM, slice]))),
    )?.kind,
    "unreadable",
  );
  const table = new Uint8Array(64 << 10);
  const header = new DataView(table.buffer);
  header.setUint32(0, 0xcafebabe);
  for (let index = 0; index <= LIMITS.machoSlicesMax; index++) {
    header.setUint32(8 + 20 * index + 8, 40_000);
    header.setUint32(8 + 20 * index + 12, slice.length);
  }
  table.set(slice, 40_000);
  const architectures = (count: number) => {
    header.setUint32(4, count);
    return factsOf(table).machine?.architectures.length;
  };
  assertEquals(architectures(LIMITS.machoSlicesMax), LIMITS.machoSlicesMax);
  assertEquals(architectures(LIMITS.machoSlicesMax + 1), undefined);
});

/** A program with Go build infos, each of a version and a text. */
function go(...infos: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const parts = infos.map(([version, text]) => {
    const header = new Uint8Array(32);
    header.set(new TextEncoder().encode("Go buildinf:"), 2);
    header.set([0xff, 0x20]);
    header.set([8, 2], 14);
    const info = bytesOf(
      header,
      leb(version.length),
      version,
      leb(text.length),
      text,
    );
    return bytesOf(info, new Uint8Array(16 - info.length % 16));
  });
  const elf = (payload: number) =>
    smallElf({
      ...{ is64: true, littleEndian: true },
      payload: new Uint8Array(payload),
    });
  // Each begins at a multiple of sixteen.
  return bytesOf(elf(-elf(0).length & 15), ...parts);
}

const text = (line: string) =>
  bytesOf("m".repeat(16), line, "\n", "n".repeat(16));

Deno.test("Go build info past the last that is looked at may be of another version", () => {
  const stateOf = (bytes: Uint8Array) =>
    compilerAgreement("go", "go1.26.8", factsOf(bytes)).state;
  const infos = (count: number) =>
    Array.from(
      { length: count },
      (_, index) => ["go1.26.8", text(`path\tp${index}`)] as const,
    );
  const most = LIMITS.goBuildInfosMax;
  const other = ["go1.26.9", text("path\tother")] as const;
  assertEquals(stateOf(go(...infos(most))), "agrees");
  assertEquals(stateOf(go(...infos(most), ...infos(1))), "agrees");
  assertEquals(stateOf(go(...infos(most - 1), other)), "contradicts");
  assertEquals(stateOf(go(...infos(most), other)), "unknown");
});

Deno.test("Go build info that is too long to be read may be of another version", () => {
  const stateOf = (bytes: number) =>
    compilerAgreement(
      "go",
      "go1.26.8",
      factsOf(go(
        ["go1.26.8", text("path\tp")],
        ["go1.26.9", text("a".repeat(bytes - 33))],
      )),
    ).state;
  const most = LIMITS.metadataSectionBytesMax;
  assertEquals(stateOf(most), "contradicts");
  assertEquals(stateOf(most + 1), "unknown");
});

Deno.test("a text in another form past the last that is listed may say something else", () => {
  const line = "mode=aot contract=aot-v1";
  const keys = ["mode", "contract"];
  const most = LIMITS.buildInfoLinesMax;
  const same = Array.from({ length: most }, (_, index) => `${line} ${index}`);
  const other = "mode=jit contract=aot-v1";
  const wide = (strays: readonly string[]) =>
    bytesOf(
      ...strays.map((stray) =>
        bytesOf([...stray].flatMap((letter) => [letter.charCodeAt(0), 0]), 1, 1)
      ),
    );
  const narrow = (strays: readonly string[]) =>
    bytesOf(...strays.map((stray) => `${stray}\0`));
  for (const form of [wide, narrow]) {
    const statusOf = (...strays: string[]) => {
      const bytes = bytesOf(`${line}\n`, form(strays));
      const values = { mode: "aot", contract: "aot-v1" };
      return metadataChecks({
        ...{ target: "any", artifact: "app", keys, required: true },
        ...{ recipe: values, policy: {}, probe: null, printed: "refused" },
        facts: {
          ...factsOf(new Uint8Array(0)),
          buildInfo: findBuildInfo(new MemoryReader(bytes), keys),
        },
        sha256: "",
      }).map(({ code, status }) => `${code} ${status}`)[0];
    };
    assertEquals(statusOf(...same), "metadata-missing pass");
    assertEquals(statusOf(...same.slice(1), other), "metadata-ambiguous fail");
    assertEquals(statusOf(...same, other), "metadata-ambiguous unchecked");
  }
});

Deno.test("a section past the last that is read may hold another comment", () => {
  const stateOf = (count: number) =>
    compilerAgreement(
      "rustc",
      "rustc 1",
      factsOf(smallElf({
        ...{ is64: true, littleEndian: true },
        more: [
          [".comment", 1, bytesOf("rustc version 1\0")],
          ...Array.from(
            { length: count },
            () => [".a", 1, new Uint8Array(0)] as const,
          ),
          [".comment", 1, bytesOf("rustc version 2\0")],
        ],
      })),
    ).state;
  const most = LIMITS.layoutFieldsMax / 4;
  assertEquals(stateOf(most - 7), "contradicts");
  assertEquals(stateOf(most - 6), "unknown");
});

Deno.test("producers of a module that was not laid out to its end are not known", () => {
  const tools = producers({ "processed-by": [["rustc", "1.95.0"]] });
  const stateOf = (count: number) =>
    compilerAgreement(
      "rustc",
      "rustc 1.95.0",
      factsOf(module(
        tools,
        ...Array.from({ length: count }, () => custom("a", new Uint8Array(0))),
      )),
    ).state;
  assertEquals(stateOf(100), "agrees");
  assertEquals(stateOf(20_000), "unknown");
});

Deno.test("producers are those of every section of that name", () => {
  const section = (version: string) =>
    producers({ "processed-by": [["rustc", version]] });
  const versions = (...sections: Uint8Array[]) =>
    factsOf(module(...sections)).producers?.map(({ version }) => version);
  assertEquals(versions(section("1.95.0")), ["1.95.0"]);
  assertEquals(versions(section("1.95.0"), section("1.60.0")), [
    "1.95.0",
    "1.60.0",
  ]);
});
