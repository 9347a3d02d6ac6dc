/**
 * Whether a reference is the artifact itself: by a link, by a copy under
 * another name, or by a copy in the source that its script could start. A
 * comparison with itself would pass whatever the artifact does.
 *
 * A reference may be any program, so this looks at bytes: of every file that
 * its words name, and of every file of the source.
 *
 * @module
 */

import { sha256Reader } from "../digest.ts";
import { FileReader } from "../file_reader.ts";
import { LIMITS } from "../limits.ts";
import type { PlaceholderValues } from "../rebuild/placeholder.ts";
import type { Finding, StageCommand } from "./stage/script.ts";

const PATH = ["/usr/bin", "/bin"];

/** Holds a reference against the artifact. */
export function referenceFinding(
  { argv, env }: Pick<StageCommand, "argv" | "env">,
  { artifact, folders }: {
    /** Path of the artifact. */
    readonly artifact: string;
    /** Directories that the reference can read, the source first. */
    readonly folders: readonly string[];
  },
): Finding {
  const finding = (
    status: Finding["status"],
    observed: string,
  ): Finding => ({
    id: "reference",
    code: "reference-is-artifact",
    status,
    expected: "a reference that is not the artifact",
    observed,
  });
  const same = sameAs(artifact);
  const words = [...argv, ...Object.values(env)];
  const named = words.find((word) =>
    pathsOf(word, folders[0] ?? "/").some(same)
  );
  if (named !== undefined) {
    return finding("fail", `"${named}" has the bytes of the artifact`);
  }
  let looked = 0;
  for (const folder of folders) {
    for (const path of filesBelow(folder)) {
      if (++looked > LIMITS.entriesMax) {
        return finding("unchecked", "more files than can be looked at");
      }
      if (same(path)) {
        const name = path.slice(folder.length + 1);
        return finding("unchecked", `"${name}" of the source has its bytes`);
      }
    }
  }
  return finding("pass", "other files");
}

/** Directories with files of the project, which a reference can read. */
export function readableFolders(
  values: PlaceholderValues,
  { source }: { readonly source: string },
): string[] {
  return [source, ...(values.prepared === undefined ? [] : [values.prepared])];
}

/** Whether a path leads to the bytes of the artifact; digests are lazy. */
function sameAs(artifact: string): (path: string) => boolean {
  const { size } = Deno.statSync(artifact);
  let wanted: string | undefined;
  return (path) => {
    try {
      const info = Deno.statSync(path);
      if (!info.isFile || info.size !== size) return false;
    } catch {
      return false;
    }
    wanted ??= digest(artifact);
    return digest(path) === wanted;
  };
}

function digest(path: string): string {
  using reader = new FileReader(path);
  return sha256Reader(reader);
}

/** Paths that a word may mean: whole, in parts, or a program by its name. */
function pathsOf(word: string, cwd: string): string[] {
  return [word, ...word.split(/[\s'"`=;|&()<>]+/)].flatMap((text) =>
    text.startsWith("/")
      ? [text]
      : text === ""
      ? []
      : [`${cwd}/${text}`, ...PATH.map((folder) => `${folder}/${text}`)]
  );
}

function* filesBelow(folder: string): Generator<string> {
  const open = [folder];
  for (const at of open) {
    for (const entry of Deno.readDirSync(at)) {
      const path = `${at}/${entry.name}`;
      if (entry.isDirectory) open.push(path);
      else yield path;
    }
  }
}
