/**
 * Where other tools say that the sections of a file lie: readelf and objdump
 * of GNU binutils, and llvm-readobj, each read in its own output.
 *
 * @module
 */

import type { FormatName } from "../../verify/format/layout.ts";

/** A section that has bytes in the file. */
export interface Section {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** A tool, and the formats that it is asked about. */
export interface SectionTool {
  readonly name: "readelf" | "objdump" | "llvm-readobj";
  readonly args: readonly string[];
  readonly formats: readonly FormatName[];
  read(output: string): Section[];
}

/** Every tool. */
export const SECTION_TOOLS: readonly SectionTool[] = [
  {
    name: "readelf",
    args: ["-S", "-W"],
    formats: ["elf"],
    read: readelfSections,
  },
  {
    name: "objdump",
    args: ["-h", "-w"],
    // Of ELF it shows sizes after expansion, and sections of its own making.
    formats: ["pe", "coff"],
    read: objdumpSections,
  },
  {
    name: "llvm-readobj",
    args: ["--sections"],
    formats: ["elf", "pe", "coff", "macho", "wasm"],
    read: llvmSections,
  },
];

/**
 * What a tool says of a file; undefined when the tool does not accept it, or
 * only with a complaint.
 */
export async function sectionsOf(
  tool: SectionTool,
  path: string,
): Promise<Section[] | undefined> {
  const { success, stdout, stderr } = await new Deno.Command(tool.name, {
    args: [...tool.args, path],
    env: { LC_ALL: "C" },
    stdin: "null",
  }).output();
  if (!success || stderr.length > 0) return undefined;
  const output = new TextDecoder().decode(stdout);
  return tool.read(output).filter(({ size }) => size > 0);
}

/** `[ 1] .interp PROGBITS 080480d4 0000d4 000015 …`: type, offset, size. */
function readelfSections(output: string): Section[] {
  const line =
    /^ +\[ *\d+\] (.*?) +([A-Z][\w+: ]*?) +[0-9a-f]{8,16} ([0-9a-f]{6,}) ([0-9a-f]{6,}) /gm;
  return [...output.matchAll(line)]
    .filter(([, , type]) => type !== "NOBITS" && type !== "NULL")
    .map(([, name = "", , offset = "", size = ""]) => ({
      name,
      offset: parseInt(offset, 16),
      size: parseInt(size, 16),
    }));
}

/** ` 0 .text 000002b4 00402000 00402000 00000200 2**2 CONTENTS, …`. */
function objdumpSections(output: string): Section[] {
  const line =
    /^ +\d+ (\S.*?) +([0-9a-f]{8}) +[0-9a-f]{8,16} +[0-9a-f]{8,16} +([0-9a-f]{8}) +\S+ +(\S.*)$/gm;
  return [...output.matchAll(line)]
    .filter(([, , , , flags = ""]) => flags.includes("CONTENTS"))
    .map(([, name = "", size = "", offset = ""]) => ({
      name,
      offset: parseInt(offset, 16),
      size: parseInt(size, 16),
    }));
}

/** Blocks of `Section { … }`, with members that depend on the format. */
function llvmSections(output: string): Section[] {
  return output.split(/^ *Section \{$/m).slice(1).flatMap((block) => {
    const value = (key: string) =>
      new RegExp(`^ *${key}: (\\S+)`, "m").exec(block)?.[1];
    const type = value("Type") ?? "";
    if (type === "SHT_NOBITS" || /zero_?fill/i.test(type)) return [];
    const segment = value("Segment");
    const name = value("Name") ?? type;
    return [{
      name: segment === undefined ? name : `${segment},${name}`,
      offset: Number(value("PointerToRawData") ?? value("Offset")),
      size: Number(value("RawDataSize") ?? value("Size")),
    }].filter(({ offset }) => offset > 0);
  });
}
