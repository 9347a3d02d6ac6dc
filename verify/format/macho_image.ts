/**
 * Header and load commands of a thin Mach-O file (`mach-o/loader.h` of XNU:
 * `mach_header`, `mach_header_64`, `load_command`, `segment_command`,
 * `segment_command_64`, `section`, `section_64`).
 *
 * @module
 */

import type { Code } from "../catalogue/mod.ts";
import type { Reader } from "../reader.ts";
import { MachoBytes } from "./macho_bytes.ts";

/** Magic numbers as the first four bytes, big endian. */
const MAGICS = new Map<number, { wide: boolean; littleEndian: boolean }>([
  [0xfeedface, { wide: false, littleEndian: false }],
  [0xfeedfacf, { wide: true, littleEndian: false }],
  [0xcefaedfe, { wide: false, littleEndian: true }],
  [0xcffaedfe, { wide: true, littleEndian: true }],
]);

const COMMANDS_MAX = 20_000;
const SECTIONS_MAX = 20_000;

/** Values of `cmd` that are named here. */
export const LC = {
  SEGMENT: 0x1,
  SYMTAB: 0x2,
  DYSYMTAB: 0xb,
  SEGMENT_64: 0x19,
  UUID: 0x1b,
  CODE_SIGNATURE: 0x1d,
} as const;

/** One load command. */
export interface MachoCommand {
  /** `cmd` with the bit LC_REQ_DYLD. */
  readonly command: number;
  readonly offset: number;
  readonly length: number;
}

/** One section of a segment. */
export interface MachoSection {
  readonly name: string;
  readonly segment: string;
  /** Offset of its header. */
  readonly header: number;
  readonly offset: number;
  readonly size: number;
  /** Low byte of the flags: S_ZEROFILL and others take no bytes of the file. */
  readonly type: number;
  readonly relocations: number;
  readonly relocationCount: number;
}

/** One segment. */
export interface MachoSegment {
  readonly name: string;
  readonly command: MachoCommand;
  readonly fileOffset: number;
  readonly fileSize: number;
  readonly virtualSize: number;
  /** Whether it is mapped as code: VM_PROT_EXECUTE of its first protection. */
  readonly executable: boolean;
  readonly sections: readonly MachoSection[];
  /** Bytes of one section header. */
  readonly sectionBytes: number;
}

/** A defect with its place. */
export interface MachoProblem {
  readonly code: Code;
  readonly path: string;
  readonly offset: number;
  readonly detail: string;
}

/** What header and load commands say. */
export interface MachoImage {
  readonly bytes: MachoBytes;
  /** 64 bits. */
  readonly wide: boolean;
  readonly fileType: number;
  readonly headerLength: number;
  /** Offset after the load commands as the header gives it. */
  readonly commandsEnd: number;
  readonly commands: readonly MachoCommand[];
  readonly segments: readonly MachoSegment[];
  readonly problems: readonly MachoProblem[];
}

/** Whether a file starts with the magic number of a thin Mach-O file. */
export function isThinMacho(reader: Reader): boolean {
  if (reader.size < 28) return false;
  return MAGICS.has(new MachoBytes(reader, false).u32(0));
}

/** Reads header and load commands; undefined when the magic is another. */
export function readMacho(reader: Reader): MachoImage | undefined {
  if (reader.size < 28) return undefined;
  const form = MAGICS.get(new MachoBytes(reader, false).u32(0));
  if (form === undefined) return undefined;
  const { wide, littleEndian } = form;
  const headerLength = wide ? 32 : 28;
  if (reader.size < headerLength) return undefined;
  const bytes = new MachoBytes(reader, littleEndian);
  const problems: MachoProblem[] = [];
  const count = bytes.u32(16);
  const commandsEnd = headerLength + bytes.u32(20);
  const commands = readCommands(bytes, problems, {
    count,
    start: headerLength,
    end: Math.min(commandsEnd, reader.size),
  });
  if (commandsEnd > reader.size) {
    problems.push({
      code: "layout-truncated",
      path: "macho/header/commands-size",
      offset: 20,
      detail:
        `expected load commands up to ${commandsEnd}, found the end of the file at ${reader.size}`,
    });
  }
  const segments = commands
    .filter(({ command }) =>
      command === LC.SEGMENT || command === LC.SEGMENT_64
    )
    .flatMap((command) => readSegment(bytes, command, problems) ?? []);
  return {
    bytes,
    wide,
    fileType: bytes.u32(12),
    headerLength,
    commandsEnd: Math.min(commandsEnd, reader.size),
    commands,
    segments,
    problems,
  };
}

function readCommands(
  bytes: MachoBytes,
  problems: MachoProblem[],
  range: {
    readonly count: number;
    readonly start: number;
    readonly end: number;
  },
): MachoCommand[] {
  const commands: MachoCommand[] = [];
  const report = (code: Code, detail: string) =>
    problems.push({
      code,
      path: "macho/commands",
      offset: at,
      detail,
    });
  let at = range.start;
  while (commands.length < range.count) {
    if (commands.length >= COMMANDS_MAX) {
      report("limit-reached", `layoutFieldsMax: ${range.count} load commands`);
      break;
    }
    const length = at + 8 <= range.end ? bytes.u32(at + 4) : 0;
    if (length < 8 || length % 4 !== 0 || at + length > range.end) {
      report(
        "layout-invalid",
        `expected load command ${
          commands.length + 1
        } of ${range.count} inside the ${range.end} bytes of the header, found ${
          at + 8 <= range.end ? `a length of ${length}` : "their end"
        }`,
      );
      break;
    }
    commands.push({ command: bytes.u32(at), offset: at, length });
    at += length;
  }
  return commands;
}

function readSegment(
  bytes: MachoBytes,
  command: MachoCommand,
  problems: MachoProblem[],
): MachoSegment | undefined {
  const wide = command.command === LC.SEGMENT_64;
  const fixed = wide ? 72 : 56;
  const sectionBytes = wide ? 80 : 68;
  const at = command.offset;
  const number = (offset: number) =>
    wide ? bytes.u64(at + offset) : bytes.u32(at + offset);
  const broken = (detail: string): undefined => {
    problems.push({
      code: "layout-invalid",
      path: "macho/commands",
      offset: at,
      detail,
    });
    return undefined;
  };
  if (command.length < fixed) {
    return broken(
      `expected a segment command of ${fixed} bytes, found ${command.length}`,
    );
  }
  const count = bytes.u32(at + fixed - 8);
  if (count > SECTIONS_MAX || fixed + count * sectionBytes > command.length) {
    return broken(
      `expected ${count} sections inside the command, found room for fewer`,
    );
  }
  const name = bytes.name16(at + 8);
  const sections = Array.from(
    { length: count },
    (_, index) => readSection(bytes, wide, at + fixed + index * sectionBytes),
  );
  return {
    name,
    command,
    virtualSize: number(wide ? 32 : 28),
    fileOffset: number(wide ? 40 : 32),
    fileSize: number(wide ? 48 : 36),
    executable: (bytes.u32(at + (wide ? 60 : 44)) & 4) !== 0,
    sections,
    sectionBytes,
  };
}

function readSection(
  bytes: MachoBytes,
  wide: boolean,
  header: number,
): MachoSection {
  const rest = header + (wide ? 48 : 40);
  return {
    name: bytes.name16(header),
    segment: bytes.name16(header + 16),
    header,
    size: wide ? bytes.u64(header + 40) : bytes.u32(header + 36),
    offset: bytes.u32(rest),
    relocations: bytes.u32(rest + 8),
    relocationCount: bytes.u32(rest + 12),
    type: bytes.u32(rest + 16) & 0xff,
  };
}
