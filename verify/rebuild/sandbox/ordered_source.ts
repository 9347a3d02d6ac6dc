/**
 * A source whose directories list their files in an order of the run's, on
 * hosts whose file system lists them in one of its own, as ext4 does by a hash
 * of the names.
 *
 * The run's copy of the source lies in memory, on a tmpfs, which lists files
 * as they were made; the build sees an overlay of that copy and a directory on
 * disk. What it writes lands on disk, where its limits and its artifacts are
 * looked at, so that only the source takes memory. Directories that the build
 * makes list as the disk does.
 *
 * An overlay is not quite a plain directory: renaming a directory of the
 * source fails with EXDEV, upon which tools copy, as they do in a container; a
 * build that does not is made once more without (`../moved_source.ts`). So both
 * runs have one, or neither.
 *
 * @module
 */

import { statfsSync } from "node:fs";
import { dirname } from "@std/path";
import { LIMITS } from "../../limits.ts";
import type { Host } from "../host.ts";
import { listsAsMade } from "../listing_order.ts";
import type { Isolation } from "../result.ts";
import { copyTree, type TreeFile } from "../tree.ts";
import { removeTree } from "../work_directory.ts";
import type { RunPlaces } from "./sandbox.ts";

/** Where a tmpfs is that every user may write to. */
const MEMORY = "/dev/shm";

/**
 * Shell lines that mount the overlay on `$merged`. Paths on disk are relative
 * to the run's directory, since an overlay's options know commas and colons of
 * their own.
 */
export const MOUNT_ORDERED = `
cd "$run"
mount -t overlay -o "lowerdir=$below,upperdir=src,workdir=layer,userxattr" overlay "$merged"
cd /
`;

/** Variables of {@link MOUNT_ORDERED} for a run. */
export interface OrderedPlaces {
  /** Directory with `src` and `layer`. */
  readonly run: string;
  /** The copy in memory. */
  readonly below: string;
  readonly merged: string;
}

/** The places of the overlay of a run; undefined for a run without one. */
export function orderedPlaces(
  { source, below, control }: RunPlaces,
): OrderedPlaces | undefined {
  return below === undefined ? undefined : {
    run: dirname(source),
    below,
    merged: `${control}/merged`,
  };
}

/** Copies the source to where a run is to find it. */
export async function placeSource(
  snapshot: string,
  places: RunPlaces,
  options: {
    readonly mtime: number;
    readonly backwards: boolean;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<void> {
  await copyTree(snapshot, places.below ?? places.source, options);
  const ordered = orderedPlaces(places);
  if (ordered === undefined) return;
  for (const path of [places.source, `${ordered.run}/layer`, ordered.merged]) {
    Deno.mkdirSync(path, { recursive: true });
  }
  // The top of an overlay is that of its upper directory.
  Deno.chmodSync(places.source, 0o755);
  Deno.utimeSync(places.source, options.mtime, options.mtime);
}

/** Where sources can lie in memory, or why none can. */
export type SourceMemory =
  | { readonly path: string; readonly reason: null }
  | { readonly path: null; readonly reason: string };

/**
 * Makes a directory in memory for the sources of a rebuild and tries, with the
 * sandbox to come, whether an overlay over it works.
 *
 * @param options `work` is the directory of the rebuild, `path` the directory
 * to make, known to the watchdog already; `files` are those of the source.
 */
export async function sourceMemory(
  host: Host,
  options: {
    readonly isolation: Isolation;
    readonly work: string;
    readonly path: string;
    readonly files: readonly Pick<TreeFile, "size">[];
  },
): Promise<SourceMemory> {
  const { isolation, work, path, files } = options;
  const none = (reason: string): SourceMemory => ({ path: null, reason });
  if (isolation === "none") return none("there is no sandbox to lay one over");
  if (isolation === "bubblewrap" && host.aroundReason !== null) {
    return none(host.aroundReason);
  }
  const room = roomInMemory();
  if (room === null) return none(`there is no tmpfs at ${MEMORY}`);
  // Both runs at once, and as much again for others.
  const bytes = 4 * files.reduce((sum, { size }) => sum + size + PAGE, 0);
  if (bytes > Math.min(room, 4 * LIMITS.orderedSourceBytesMax)) {
    return none("the source is too large for copies in memory");
  }
  try {
    Deno.mkdirSync(path, { mode: 0o700 });
    const reason = listsAsMade(path)
      ? await overlayProblem(host, { isolation, work, path })
      : `${MEMORY} lists files in an order of its own`;
    if (reason === null) return { path, reason };
    await removeTree(path);
    return none(reason);
  } catch (error) {
    await removeTree(path);
    return none(error instanceof Error ? error.message : String(error));
  }
}

/** A path for {@link sourceMemory} that nobody has. */
export function memoryPath(): string {
  return `${MEMORY}/reproof-${Deno.pid}-${crypto.randomUUID()}`;
}

/** What a file takes at least, its directory entry and node included. */
const PAGE = 4_096 + 1_024;
/** TMPFS_MAGIC of linux/magic.h. */
const TMPFS = 0x0102_1994;

function roomInMemory(): number | null {
  try {
    const { type, bavail, bsize } = statfsSync(MEMORY);
    return type === TMPFS ? bavail * bsize : null;
  } catch {
    return null;
  }
}

/** What a build does to an overlay: lists, runs, removes, writes over. */
const TRIAL = `
ls -U >listing && ./program && rm program && rm -r old && mkdir old && : >old/new
`;

/** Why no overlay works here; null when one does. */
async function overlayProblem(
  host: Host,
  { isolation, work, path }: {
    readonly isolation: Isolation;
    readonly work: string;
    readonly path: string;
  },
): Promise<string | null> {
  const run = `${work}/overlay`;
  const [below, merged] = [`${path}/overlay`, `${run}/merged`];
  for (
    const folder of [`${run}/src`, `${run}/layer`, merged, `${below}/old`]
  ) Deno.mkdirSync(folder, { recursive: true });
  Deno.writeTextFileSync(`${below}/program`, "#!/bin/sh\n", { mode: 0o755 });
  Deno.writeTextFileSync(`${below}/old/file`, "");
  try {
    const inner = isolation === "bubblewrap" && host.bubblewrap !== null
      ? [
        ...[host.bubblewrap, "--unshare-all", "--unshare-user"],
        ...["--disable-userns", "--ro-bind", "/", "/", "--bind", merged],
        ...["/tmp", "--chdir", "/tmp", "--", "/bin/sh", "-ec", TRIAL],
      ]
      : ["env", "-C", merged, "/bin/sh", "-ec", TRIAL];
    const { success, stderr } = await new Deno.Command("unshare", {
      args: [
        ...["--user", "--map-root-user", "--mount", "--propagation", "private"],
        ...["/bin/sh", "-ec"],
        `run=$1; below=$2; merged=$3; shift 3\n${MOUNT_ORDERED}exec "$@"`,
        ...["sh", run, below, merged, ...inner],
      ],
      cwd: "/",
      clearEnv: true,
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    return success
      ? null
      : `no overlay works here: ${
        new TextDecoder().decode(stderr).trim().split("\n")[0] || "no reason"
      }`;
  } finally {
    await removeTree(run);
    await removeTree(below);
  }
}
