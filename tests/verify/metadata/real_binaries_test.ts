/** Facts of real programs, held against independent tools. */

import { assert, assertEquals } from "@std/assert";
import { FileReader } from "../../../verify/file_reader.ts";
import { elfComment } from "../../../verify/metadata/elf_comment.ts";
import { goBuildInfo } from "../../../verify/metadata/go_build_info.ts";
import { machineFacts } from "../../../verify/metadata/machine.ts";
import { targetAgreement } from "../../../verify/metadata/target_agreement.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import { toolTest } from "../../tool.ts";
import { goProgram } from "../format/go_program.ts";

async function output(command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    env: { LC_ALL: "C" },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

async function withFile(
  bytes: Uint8Array,
  use: (path: string) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

const SYSTEMS: [os: string, arch: string, file: RegExp][] = [
  ["linux", "amd64", /^ELF 64-bit LSB executable, x86-64/],
  ["linux", "386", /^ELF 32-bit LSB executable, Intel (?:80386|i386)/],
  ["linux", "s390x", /^ELF 64-bit MSB executable, IBM S\/390/],
  ["freebsd", "amd64", /^ELF 64-bit LSB executable, x86-64.*FreeBSD/],
  ["darwin", "arm64", /^Mach-O 64-bit arm64 executable/],
  ["windows", "amd64", /^PE32\+ executable \(console\) x86-64/],
];

for (const [os, arch, file] of SYSTEMS) {
  toolTest(
    `a Go program for ${os}/${arch} is one in its own words and in those of file`,
    ["go", "file"],
    async () => {
      const bytes = await goProgram(os, arch);
      const reader = new MemoryReader(bytes);
      const machine = machineFacts(reader);
      assertEquals(targetAgreement(`${os}/${arch}`, machine).state, "agrees");
      for (const [otherOs, otherArch] of SYSTEMS) {
        if (otherOs === os && otherArch === arch) continue;
        // An ELF header that names no system is FreeBSD's or any other's.
        if (`${os}${otherOs}`.includes("freebsd") && otherArch === arch) {
          continue;
        }
        assertEquals(
          targetAgreement(`${otherOs}/${otherArch}`, machine).state,
          "contradicts",
          `${otherOs}/${otherArch}`,
        );
      }
      const facts = goBuildInfo(reader);
      assertEquals(facts?.unsupported, false);
      assertEquals(facts?.found.length, 1);
      await withFile(bytes, async (path) => {
        assert(file.test(await output("file", "-b", path)), path);
        const said = (await output("go", "version", "-m", path)).split("\n");
        const info = facts?.found[0];
        assertEquals(said[0]?.split(": ").at(-1), info?.version);
        assertEquals(
          said.find((line) => line.startsWith("\tpath\t"))?.slice(6),
          info?.path,
        );
        assertEquals(
          said.filter((line) => line.startsWith("\tbuild\t")).map((line) =>
            line.slice(7)
          ),
          Object.entries(info?.settings ?? {}).map(([name, value]) =>
            `${name}=${value}`
          ),
        );
      });
    },
  );
}

toolTest(
  "the compiler traces of GCC are those that readelf shows",
  ["gcc", "readelf"],
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      const source = `${folder}/a.c`;
      await Deno.writeTextFile(source, "int main(void) { return 0; }\n");
      for (const flags of [["-c"], [], ["-s"], ["-static"], ["-m32", "-c"]]) {
        const path = `${folder}/out`;
        await output("gcc", ...flags, "-o", path, source);
        const shown = (await output("readelf", "-p", ".comment", path))
          .split("\n").map((line) => /^ {2}\[ *[0-9a-f]+\] {2}(.*)$/.exec(line))
          .filter((match) => match !== null).map((match) => match[1] ?? "");
        using reader = new FileReader(path);
        assertEquals(elfComment(reader), shown, flags.join(" "));
        assert(shown.length > 0);
        const header = await output("readelf", "-hlW", path);
        const machine = machineFacts(reader);
        assertEquals(
          machine?.interpreter ?? null,
          /program interpreter: (.*)\]/.exec(header)?.[1] ?? null,
        );
        assertEquals(`ELF${machine?.bits}`, /Class: +(\S+)/.exec(header)?.[1]);
      }
      await output(
        "strip",
        "-R",
        ".comment",
        "-o",
        `${folder}/bare`,
        source
          .replace("a.c", "out"),
      );
      using bare = new FileReader(`${folder}/bare`);
      assertEquals(elfComment(bare), null);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
