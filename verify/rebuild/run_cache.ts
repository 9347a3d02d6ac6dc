/**
 * Runs that were made before, by the digest of everything that went in: the
 * program, the host, recipe, lock, source, prepared files, targets and the
 * value of every axis. A run of the same inputs is taken from here instead of
 * being made again, and says so in its evidence.
 *
 * What a cached run shows is what it showed when it was made. It shows nothing
 * new of a build that is random in itself, and of the host's system
 * directories only the list of packages and the times of the directories are
 * part of its digest. So it serves to look again at a rebuild, with another
 * published artifact or report, and never as the proof of a release: the gate,
 * verification, signed evidence, repeats and replays make their runs.
 *
 * Kept are runs that ended well under a sandbox; a build without one could
 * have written here itself. Every file is held against the digest of its entry
 * while it is copied out, so that nothing can be swapped in between; an entry
 * that is not whole, or that another user can write, is no entry.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { fromFileUrl } from "@std/path";
import { canonicalJson } from "../attest/canonical_json.ts";
import { sha256 } from "../digest.ts";
import type { Json } from "../strict_json.ts";
import type { Run, RunPlan } from "./build_run.ts";
import type { RunEvidence } from "./result.ts";
import { listTree, readTreeFile, treeDigest } from "./tree.ts";
import { removeTree } from "./work_directory.ts";
import type { Workshop } from "./workshop.ts";

const FORMAT = "reproof run 2";
/** Entries that are kept. */
const ENTRIES_MAX = 32;
/** Directories whose change shows that something was installed. */
const SYSTEM = ["/usr/bin", "/usr/lib", "/usr/local", "/usr/local/bin", "/opt"];
const PACKAGES = "/var/lib/dpkg/status";

/** What went into a run beside its plan. */
export interface RunInputs {
  /** SHA-256 of the source's tree. */
  readonly source: string;
  /** SHA-256 of the prepared tree; null without prepare. */
  readonly prepared: string | null;
}

interface Entry {
  readonly format: typeof FORMAT;
  readonly madeAt: string;
  readonly evidence: RunEvidence;
  readonly outputs: Run["outputs"];
  readonly checks: Run["checks"];
  readonly logs: Run["logs"];
  readonly window: Run["window"];
  readonly buildMs: readonly (readonly [string, number])[];
  readonly resources: Run["resources"];
}

/** Runs of this user on this host. */
export class RunCache {
  readonly #folder: string;
  readonly #program: string;
  readonly #system: () => Json;

  /**
   * @param folder Where runs lie.
   * @param program Version of this program.
   * @param system What is known of the host's system; looked up when absent.
   */
  constructor(
    folder: string,
    program: string,
    system: () => Json = systemState,
  ) {
    this.#folder = folder;
    this.#program = program;
    this.#system = system;
  }

  /** The digest of everything that goes into a run; null where none counts. */
  key(shop: Workshop, plan: RunPlan, inputs: RunInputs): string | null {
    if (shop.sandbox.isolation === "none") return null;
    return sha256(canonicalJson(plain({
      format: FORMAT,
      program: [
        this.#program,
        programState(),
        Deno.version.deno,
        Deno.execPath(),
      ],
      host: {
        ...shop.host,
        kernel: Deno.osRelease(),
        system: this.#system(),
      },
      isolation: shop.sandbox.isolation,
      recipe: shop.recipe,
      lock: shop.lock,
      tools: shop.tools,
      sourceDateEpoch: shop.sourceDateEpoch,
      source: inputs.source,
      prepared: inputs.prepared,
      id: plan.id,
      targets: plan.targets,
      axes: plan.axes,
    })));
  }

  /** Takes a run out, its files copied into the directory of the rebuild. */
  read(key: string, shop: Workshop, plan: RunPlan): Run | undefined {
    const folder = `${this.#folder}/${key}`;
    try {
      if (!isOwn(folder) || !isOwn(`${folder}/run.json`)) return undefined;
      const entry: Entry = JSON.parse(
        Deno.readTextFileSync(`${folder}/run.json`),
      );
      if (
        entry.format !== FORMAT || entry.evidence.id !== plan.id ||
        entry.evidence.outcome !== "built"
      ) return undefined;
      const into = `${shop.work}/cached/${plan.id}`;
      Deno.mkdirSync(into, { recursive: true });
      const take = (digest: string) => {
        const copyTo = `${into}/${crypto.randomUUID()}`;
        const found = readTreeFile(`${folder}/${fileName(digest)}`, { copyTo });
        if (found.sha256 !== digest) throw new TypeError("not as kept");
        return copyTo;
      };
      return {
        evidence: {
          ...entry.evidence,
          notVaried: plan.notVaried,
          cached: { key, madeAt: entry.madeAt },
        },
        outputs: mapOutputs(
          entry.outputs,
          (output) => ({ ...output, path: take(output.sha256) }),
        ),
        checks: entry.checks,
        logs: entry.logs.map((log) => ({ ...log, path: take(log.sha256) })),
        window: entry.window,
        buildMs: new Map(entry.buildMs),
        resources: entry.resources,
      };
    } catch {
      // Not there, or not whole: the run is made.
      return undefined;
    }
  }

  /** Keeps a run that ended well; failing to is no error. */
  async write(key: string, run: Run): Promise<void> {
    if (
      run.evidence.outcome !== "built" ||
      run.checks.some(({ status }) => status !== "pass")
    ) return;
    const folder = `${this.#folder}/${key}`;
    const temporary = `${folder}.${crypto.randomUUID()}.tmp`;
    try {
      Deno.mkdirSync(temporary, { recursive: true, mode: 0o700 });
      const keep = (path: string, digest: string) => {
        const copyTo = `${temporary}/${fileName(digest)}`;
        try {
          Deno.lstatSync(copyTo);
          return;
        } catch {
          // The first of this content.
        }
        if (readTreeFile(path, { copyTo }).sha256 !== digest) {
          throw new TypeError("changed");
        }
      };
      mapOutputs(run.outputs, (output) => {
        keep(output.path, output.sha256);
        return output;
      });
      for (const { path, sha256 } of run.logs) keep(path, sha256);
      const entry: Entry = {
        format: FORMAT,
        madeAt: new Date(run.window[0]).toISOString(),
        evidence: run.evidence,
        outputs: mapOutputs(run.outputs, (output) => ({ ...output, path: "" })),
        checks: run.checks,
        logs: run.logs.map((log) => ({ ...log, path: "" })),
        window: run.window,
        buildMs: [...run.buildMs],
        resources: run.resources,
      };
      Deno.writeTextFileSync(`${temporary}/run.json`, JSON.stringify(entry), {
        mode: 0o600,
      });
      await removeTree(folder);
      Deno.renameSync(temporary, folder);
      await this.#prune();
    } catch {
      await removeTree(temporary).catch(() => {});
    }
  }

  /** Removes the oldest entries. */
  async #prune(): Promise<void> {
    const entries = [...Deno.readDirSync(this.#folder)].map(({ name }) => ({
      path: `${this.#folder}/${name}`,
      made: Deno.lstatSync(`${this.#folder}/${name}`).mtime?.getTime() ?? 0,
    })).sort((a, b) => b.made - a.made);
    for (const { path } of entries.slice(ENTRIES_MAX)) await removeTree(path);
  }
}

/** The same as a document has it. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}

const fileName = (digest: string) => `file-${digest}`;

function mapOutputs(
  outputs: Run["outputs"],
  map: (
    output: Run["outputs"][string][string],
  ) => Run["outputs"][string][string],
): Run["outputs"] {
  return Object.fromEntries(
    Object.entries(outputs).map(([target, named]) => [
      target,
      Object.fromEntries(
        Object.entries(named).map(([name, output]) => [name, map(output)]),
      ),
    ]),
  );
}

let ownState: string | undefined;

/** This program by its files where it runs from a directory. */
function programState(): string {
  if (ownState !== undefined) return ownState;
  const folder = new URL("..", import.meta.url);
  if (folder.protocol !== "file:") return ownState = "";
  const root = fromFileUrl(folder).replace(/\/$/, "");
  return ownState = treeDigest(
    listTree(root).filter(({ info }) => info.isFile).map(({ path }) => ({
      path,
      ...readTreeFile(`${root}/${path}`),
    })),
  );
}

/** What is known of the host's system directories without reading them. */
function systemState(): Json {
  const hash = createHash("sha256");
  try {
    hash.update(Deno.readFileSync(PACKAGES));
  } catch {
    // Another kind of system; the times below are all there is.
  }
  return [
    hash.digest("hex"),
    ...SYSTEM.map((path) => {
      try {
        const { mtime, ctime } = Deno.statSync(path);
        return `${path} ${mtime?.getTime()} ${ctime?.getTime()}`;
      } catch {
        return path;
      }
    }),
  ];
}

/** Whether no other user can have written there. */
function isOwn(path: string): boolean {
  const info = Deno.lstatSync(path);
  return !info.isSymlink && (info.uid === null || info.uid === Deno.uid()) &&
    ((info.mode ?? 0) & 0o022) === 0;
}
