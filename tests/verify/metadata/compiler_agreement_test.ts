import { assertEquals } from "@std/assert";
import {
  COMPILER_KEYS,
  compilerAgreement,
} from "../../../verify/metadata/compiler_agreement.ts";
import { elfComment } from "../../../verify/metadata/elf_comment.ts";
import {
  type MetadataFacts,
  metadataFacts,
} from "../../../verify/metadata/facts.ts";
import { FileReader } from "../../../verify/file_reader.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { toolTest } from "../../tool.ts";

const ELF = metadataFacts(new MemoryReader(new Uint8Array(0)));
const MACHINE = {
  format: "elf",
  architectures: ["x86_64"],
  bits: 64,
  endian: "little",
  system: null,
  interpreter: null,
  systemVersion: null,
  machine: "",
} as const;

function withComment(...comment: string[]): MetadataFacts {
  return { ...ELF, machine: MACHINE, comment };
}

function state(key: string, value: string, facts: MetadataFacts) {
  return compilerAgreement(key, value, facts).state;
}

Deno.test("compilerAgreement compares the whole version text", () => {
  const debian = "(Debian 12.2.0-14+deb12u1) 12.2.0";
  const gcc = withComment(`GCC: ${debian}`, "GCC: (GNU) 11.4.0");
  assertEquals(state("gcc", `gcc ${debian}`, gcc), "agrees");
  assertEquals(state("gcc", `gcc-12 ${debian}`, gcc), "agrees");
  assertEquals(state("gcc", "gcc (GNU) 11.4", gcc), "contradicts");
  assertEquals(state("gcc", "12.2.0", gcc), "contradicts");
  assertEquals(state("gcc", `gcc ${debian}`, withComment()), "unknown");

  const clang = withComment("Debian clang version 14.0.6", "GCC: (GNU) 1");
  assertEquals(state("clang", "Debian clang version 14.0.6", clang), "agrees");
  assertEquals(state("clang", "clang version 14.0.6", clang), "contradicts");

  const rustc = withComment("rustc version 1.95.0 (5 2026-04-14)");
  assertEquals(state("rustc", "rustc 1.95.0 (5 2026-04-14)", rustc), "agrees");
  assertEquals(state("rustc", "1.95.0 (5 2026-04-14)", rustc), "agrees");
  assertEquals(state("rustc", "rustc 1.95.0", rustc), "contradicts");
});

Deno.test("compilerAgreement wants one Go version and no other", () => {
  const go = (...versions: string[]): MetadataFacts => ({
    ...ELF,
    machine: MACHINE,
    go: {
      found: versions.map((version) => ({
        version,
        path: null,
        module: null,
        settings: {},
      })),
      unsupported: versions.length === 0,
      cut: false,
    },
  });
  assertEquals(state("go", "go1.26.8", go("go1.26.8")), "agrees");
  assertEquals(state("go", "go1.26", go("go1.26.8")), "contradicts");
  assertEquals(
    state("go", "go1.26.8", go("go1.26.8", "go1.26.9")),
    "contradicts",
  );
  assertEquals(state("go", "go1.17", go()), "unknown");
  assertEquals(state("go", "go1.26.8", ELF), "unknown");
});

Deno.test("compilerAgreement reads producers of WebAssembly", () => {
  const wasm = (...versions: string[]): MetadataFacts => ({
    ...ELF,
    machine: { ...MACHINE, format: "wasm" },
    producers: versions.map((version) => ({
      field: "processed-by",
      tool: "rustc",
      version,
    })),
  });
  const version = "1.95.0 (59807616e 2026-04-14)";
  assertEquals(state("rustc", `rustc ${version}`, wasm(version)), "agrees");
  assertEquals(state("rustc", `rustc ${version}`, wasm("1")), "contradicts");
  assertEquals(state("rustc", `rustc ${version}`, wasm()), "unknown");
});

Deno.test("compilerAgreement claims no evidence where there can be none", () => {
  const macho: MetadataFacts = {
    ...ELF,
    machine: { ...MACHINE, format: "macho" },
  };
  assertEquals(state("rustc", "rustc 1.95.0", macho), "no-evidence");
  assertEquals(state("assemblyscript", "0.28.20", ELF), "no-evidence");
  for (const key of COMPILER_KEYS) {
    assertEquals(state(key, "x", ELF) === "agrees", false, key);
  }
});

toolTest(
  "the version that gcc prints is the one it leaves in a program",
  ["gcc"],
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${folder}/a.c`, "int main(void) {}\n");
      const run = async (...args: string[]) => {
        const { stdout } = await new Deno.Command("gcc", { args }).output();
        return new TextDecoder().decode(stdout);
      };
      await run("-o", `${folder}/a`, `${folder}/a.c`);
      const [version = ""] = (await run("--version")).split("\n");
      using reader = new FileReader(`${folder}/a`);
      const facts = metadataFacts(reader);
      assertEquals(
        state("gcc", version, facts),
        "agrees",
        `${version}, ${elfComment(reader)}`,
      );
      assertEquals(state("gcc", `${version}1`, facts), "contradicts");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
