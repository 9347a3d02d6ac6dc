/**
 * Runs a stage: under bubblewrap where it works, so that everything the trial
 * starts sees a loopback of its own, a read-only system, and nothing of the
 * host; else as a process of this host, which the trial records.
 *
 * The stage is a Deno program beside this file. It gets all permissions, for
 * the sandbox is what holds it; what it starts is as untrusted as any
 * artifact, and could at most forge how it did itself.
 *
 * @module
 */

import { dirname, fromFileUrl } from "@std/path";
import { LIMITS } from "../limits.ts";
import { mountArguments } from "../rebuild/sandbox/bubblewrap.ts";
import { type DenoElsewhere, denoElsewhere, OURS } from "./deno_elsewhere.ts";
import { isSystemPath, systemMounts } from "../rebuild/sandbox/mounts.ts";
import {
  descendants,
  killNow,
  listProcesses,
} from "../rebuild/sandbox/processes.ts";
import { collect, settle } from "./stage/output.ts";
import type { StageScript } from "./stage/main.ts";
import type { Finding, StagePlace, StageResult } from "./stage/script.ts";

/** Where and how a stage runs. */
export interface StageOptions {
  /** Absolute path of a bubblewrap that works here, or null for none. */
  readonly bubblewrap: string | null;
  /** Directory of the source; processes start there and cannot write to it. */
  readonly source: string;
  /** Files and directories to show beside it: artifacts, prepared files. */
  readonly shown: readonly string[];
  /** The image in whose file system it runs, instead of the host's. */
  readonly image?: StageImage;
  /** Lower limits, for tests. */
  readonly outputBytesMax?: number | undefined;
  readonly wallMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A root file system and whom everything in it runs as. */
export interface StageImage {
  /** Directory that holds it; places for the sandbox are made in it. */
  readonly root: string;
  readonly uid: number;
  readonly gid: number;
}

/** What a stage came to. */
export interface StageRun {
  /** Null when the stage did not come to its end. */
  readonly result: StageResult | null;
  /** Why not, in plain words. */
  readonly why: string;
  /** Logs of hosts by file name. */
  readonly logs: ReadonlyMap<string, Uint8Array>;
  /** The file that figures were read from, when nothing was run. */
  readonly metrics?: Uint8Array;
}

/**
 * Runs a stage to its end.
 *
 * @param write Makes the script, given the place where it will run.
 */
export async function runStage(
  write: (place: StagePlace) => StageScript,
  options: StageOptions,
): Promise<StageRun> {
  options.signal?.throwIfAborted();
  const root = Deno.makeTempDirSync({ prefix: "reproof-trial-" });
  try {
    const isolated = options.bubblewrap !== null;
    const inside = !isolated
      ? root
      : options.image === undefined
      ? "/trial"
      : `/${OURS}/trial`;
    const place: StagePlace = {
      isolated,
      temporary: `${inside}/temporary`,
      logs: `${inside}/logs`,
      cwd: options.source,
      outputBytesMax: options.outputBytesMax ?? LIMITS.trialOutputBytesMax,
    };
    Deno.writeTextFileSync(`${root}/script.json`, JSON.stringify(write(place)));
    const run = await runProgram(root, inside, options);
    options.signal?.throwIfAborted();
    return { ...run, logs: readLogs(`${root}/logs`) };
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

const VERIFY = new URL("..", import.meta.url);

async function runProgram(
  root: string,
  inside: string,
  options: StageOptions,
): Promise<Omit<StageRun, "logs">> {
  if (VERIFY.protocol !== "file:") {
    return { result: null, why: "this program is not installed as files" };
  }
  const verify = fromFileUrl(VERIFY).replace(/\/$/, "");
  const { bubblewrap, image } = options;
  const elsewhere = image === undefined ? null : denoElsewhere();
  if (elsewhere !== null && "why" in elsewhere) {
    return { result: null, why: elsewhere.why };
  }
  const seen = bubblewrap === null
    ? verify
    : image === undefined
    ? "/reproof/verify"
    : `/${OURS}/verify`;
  const stage = [
    ...elsewhere?.words ?? [Deno.execPath()],
    ...["run", "--quiet", "--no-config", "--no-lock", "--no-remote"],
    ...["--no-npm", "--no-prompt", "--allow-all"],
    ...[`${seen}/trial/stage/main.ts`, `${inside}/script.json`],
  ];
  const [program = "", ...args] = bubblewrap === null ? stage : [
    bubblewrap,
    ...(image === undefined || elsewhere === null
      ? sandbox(root, verify, options)
      : imageSandbox(root, verify, { image, deno: elsewhere })),
    ...stage,
  ];
  const child = new Deno.Command(program, {
    args,
    cwd: "/",
    clearEnv: true,
    env: {
      PATH: "/usr/bin:/bin",
      HOME: inside,
      DENO_DIR: `${inside}/deno`,
      DENO_NO_UPDATE_CHECK: "1",
      NO_COLOR: "1",
    },
    detached: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let why = "";
  const stop = (words: string) => {
    if (why === "") why = words;
    for (const process of descendants(listProcesses(), child.pid)) {
      killNow(process.pid);
    }
    killNow(-child.pid);
  };
  const wallMs = options.wallMs ?? LIMITS.trialWallMsMax;
  const timer = setTimeout(
    () => stop(`still running after ${wallMs} ms`),
    wallMs,
  );
  const onAbort = () => stop("interrupted");
  options.signal?.addEventListener("abort", onAbort);
  const limits = {
    bytesMax: LIMITS.trialResultBytesMax,
    onFlood: () => stop("more findings than a trial may have"),
  };
  const outputs = [
    collect(child.stdout, limits),
    collect(child.stderr, limits),
  ] as const;
  const { code } = await child.status;
  clearTimeout(timer);
  options.signal?.removeEventListener("abort", onAbort);
  await settle(outputs);
  if (why !== "") return { result: null, why };
  const [stdout, stderr] = [outputs[0].text(), outputs[1].text()];
  if (code !== 0) {
    const said = stderr.trim().split("\n")[0] ?? "";
    return { result: null, why: `the stage ended with ${code}: ${said}` };
  }
  return { result: JSON.parse(stdout), why: "" };
}

const HELD = [
  ...["--unshare-all", "--unshare-user", "--disable-userns"],
  ...["--die-with-parent", "--new-session", "--cap-drop", "ALL"],
];

/** The image is the system; of the host there is the stage alone. */
function imageSandbox(
  root: string,
  verify: string,
  { image, deno }: {
    readonly image: StageImage;
    readonly deno: DenoElsewhere;
  },
): string[] {
  return [
    ...HELD,
    ...["--uid", String(image.uid), "--gid", String(image.gid)],
    ...["--bind", image.root, "/"],
    ...["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"],
    ...[...deno.binds].flatMap(([place, path]) => ["--ro-bind", path, place]),
    ...["--ro-bind", verify, `/${OURS}/verify`],
    ...["--bind", root, `/${OURS}/trial`],
    ...["--remount-ro", "/", "--chdir", "/", "--"],
  ];
}

function sandbox(
  root: string,
  verify: string,
  options: StageOptions,
): string[] {
  const shown = [options.source, ...options.shown, Deno.execPath()]
    .filter((path) => !isSystemPath(path));
  return [
    ...HELD,
    ...systemMounts().flatMap(mountArguments),
    ...["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"],
    ...[...new Set(shown)].flatMap((path) => ["--ro-bind", path, path]),
    ...["--ro-bind", verify, "/reproof/verify"],
    ...["--bind", root, "/trial"],
    ...["--remount-ro", "/", "--chdir", "/", "--"],
  ];
}

function readLogs(folder: string): ReadonlyMap<string, Uint8Array> {
  try {
    return new Map(
      [...Deno.readDirSync(folder)].filter((entry) => entry.isFile)
        .map(({ name }): [string, Uint8Array] => [
          name,
          Deno.readFileSync(`${folder}/${name}`),
        ]).sort(([a], [b]) => a < b ? -1 : 1),
    );
  } catch {
    return new Map();
  }
}

/** A run with findings that were made beside its stage. */
export function withFindings(
  run: StageRun,
  findings: readonly Finding[],
): StageRun {
  return run.result === null ? run : {
    ...run,
    result: { ...run.result, findings: [...findings, ...run.result.findings] },
  };
}

/** The directory that holds a file, for {@linkcode StageOptions.shown}. */
export function folderOf(path: string): string {
  return dirname(path);
}
