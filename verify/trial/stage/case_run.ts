/**
 * One side of one case: run in an empty directory, with what it printed, how
 * it ended, which files it wrote, and what it wrote where it should not.
 * Scratch space is in TMPDIR; what lies there afterwards does not count.
 *
 * @module
 */

import { sha256Reader } from "../../digest.ts";
import { FileReader } from "../../file_reader.ts";
import { LIMITS } from "../../limits.ts";
import type { ParitySide } from "../parity_recipe.ts";
import type { Case } from "./case_list.ts";
import { type CommandEnd, runCommand } from "./command.ts";
import type { ParityScript } from "./script.ts";

/** What a side came to. */
export interface CaseRun {
  readonly end: CommandEnd;
  /**
   * Contents by path, of everything in the directory of the case; of a large
   * file its size and digest.
   */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Paths outside that the side wrote. */
  readonly outside: readonly string[];
}

/** Runs one side of a case. */
export async function runCase(
  side: ParitySide,
  one: Case,
  { script, mounted }: {
    readonly script: ParityScript;
    /** What is in /tmp of the sandbox before any case. */
    readonly mounted: readonly string[];
  },
): Promise<CaseRun> {
  const { place } = script;
  const { temporary } = place;
  const folder = `${temporary}/case`;
  for (const name of ["case", "home", "tmp"]) {
    Deno.mkdirSync(`${temporary}/${name}`, { recursive: true });
  }
  try {
    const end = await runCommand({
      argv: [...side.argv, ...one.args],
      env: side.env,
      stdin: one.stdin,
      cwd: folder,
      wallMs: script.caseWallMs,
      others: [],
    }, place);
    const files = filesBelow(folder);
    const outside = [
      ...[...filesBelow(`${temporary}/home`).keys()].map((path) => `~/${path}`),
      ...names(temporary).filter((name) =>
        !["case", "home", "tmp"].includes(name)
      ),
      ...(place.isolated
        ? names("/tmp").filter((name) => !mounted.includes(name))
          .map((name) => `/tmp/${name}`)
        : []),
    ];
    return { end, files: contents(files, place.outputBytesMax), outside };
  } finally {
    empty(temporary, []);
    if (place.isolated) empty("/tmp", mounted);
  }
}

/** Names in a directory, sorted. */
export function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
}

/**
 * Everything below a directory but directories, by path; links as links. Past
 * the limit one more is given, which tells that it was reached.
 */
export function filesBelow(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  const open = [""];
  for (const below of open) {
    if (found.size > LIMITS.trialFilesMax) break;
    for (const entry of Deno.readDirSync(`${folder}/${below}`)) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory) open.push(path);
      else if (found.size <= LIMITS.trialFilesMax) {
        found.set(path, `${folder}/${path}`);
      }
    }
  }
  return new Map([...found].sort(([a], [b]) => a < b ? -1 : 1));
}

function contents(
  files: ReadonlyMap<string, string>,
  bytesMax: number,
): Map<string, Uint8Array> {
  const encoder = new TextEncoder();
  return new Map(
    [...files].map(([path, from]): [string, Uint8Array] => {
      const info = Deno.lstatSync(from);
      if (info.isSymlink) {
        return [path, encoder.encode(`link to ${Deno.readLinkSync(from)}`)];
      }
      if (!info.isFile) return [path, encoder.encode("no file")];
      if (info.size <= bytesMax) return [path, Deno.readFileSync(from)];
      using reader = new FileReader(from);
      // Too many to hold, and to show.
      return [
        path,
        encoder.encode(`${reader.size} bytes, sha256 ${sha256Reader(reader)}`),
      ];
    }),
  );
}

function empty(folder: string, kept: readonly string[]): void {
  for (const name of names(folder)) {
    if (kept.includes(name)) continue;
    Deno.removeSync(`${folder}/${name}`, { recursive: true });
  }
}
