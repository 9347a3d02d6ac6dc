/**
 * What git says of a source directory. Only plumbing that reads is used, with
 * a clean environment and without anything a repository can configure to run
 * (file system monitor, hooks), replace objects or optional locks.
 *
 * Whether the source is the commit is not asked of git: `git status` trusts
 * its index, where `assume-unchanged` hides a change. The ids that the commit
 * gives its files are compared with the ids of the bytes that are built.
 *
 * @module
 */

/** The commit that a directory belongs to. */
export interface Commit {
  /** Full id. */
  readonly id: string;
  /** Committer time, seconds since 1970. */
  readonly time: number;
  /** Hash of object ids. */
  readonly algorithm: "sha1" | "sha256";
  /** Mode and blob id by path below the directory. */
  readonly files: ReadonlyMap<string, { mode: string; blob: string }>;
  /** Paths of the directory that are tracked or not ignored. */
  readonly present: ReadonlySet<string>;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Asks git for the commit of a directory.
 *
 * @param anchor File that the commit must hold for the directory to count as
 * part of it, relative to the directory.
 * @returns The commit, or the reason why there is none.
 */
export async function readCommit(
  directory: string,
  anchor: string,
): Promise<Commit | { readonly reason: string }> {
  const head = await git(directory, [
    "show",
    "-s",
    "--no-show-signature",
    "--format=%H %ct",
    "HEAD",
  ]);
  if (typeof head !== "string") return head;
  const [id, time] = head.trim().split(" ");
  const tree = await git(directory, ["ls-tree", "-r", "-z", "HEAD", "--", "."]);
  if (typeof tree !== "string") return tree;
  const listed = await git(directory, [
    "ls-files",
    "-z",
    "--cached",
    "--others",
    "--exclude-standard",
    "--",
    ".",
  ]);
  if (typeof listed !== "string") return listed;
  const files = new Map<string, { mode: string; blob: string }>();
  for (const line of records(tree)) {
    const match = /^(\d+) \w+ ([0-9a-f]+)\t([^]+)$/.exec(line);
    const [, mode, blob, path] = match ?? [];
    if (mode === undefined || blob === undefined || path === undefined) {
      return { reason: "git ls-tree printed something unexpected" };
    }
    files.set(path, { mode, blob });
  }
  if (id === undefined || !/^[0-9a-f]{40,64}$/.test(id)) {
    return { reason: "git show printed something unexpected" };
  }
  if (!files.has(anchor)) {
    return { reason: `commit ${id} does not hold ${anchor}` };
  }
  return {
    id,
    time: Number(time),
    algorithm: id.length === 64 ? "sha256" : "sha1",
    files,
    present: new Set(records(listed)),
  };
}

/**
 * Asks git which commit a tag points at.
 *
 * @returns Its full id, or the reason why there is none.
 */
export async function readTag(
  directory: string,
  tag: string,
): Promise<{ readonly commit: string } | { readonly reason: string }> {
  const printed = await git(directory, [
    "rev-parse",
    "--verify",
    "--end-of-options",
    `refs/tags/${tag}^{commit}`,
  ]);
  if (typeof printed !== "string") return printed;
  const commit = printed.trim();
  return /^[0-9a-f]{40,64}$/.test(commit)
    ? { commit }
    : { reason: "git rev-parse printed something unexpected" };
}

function records(output: string): string[] {
  return output.split("\0").filter((record) => record !== "");
}

async function git(
  directory: string,
  args: readonly string[],
): Promise<string | { readonly reason: string }> {
  try {
    const { success, stdout, stderr } = await new Deno.Command("git", {
      args: [
        "--no-optional-locks",
        "--no-replace-objects",
        "--literal-pathspecs",
        "-c",
        "core.fsmonitor=false",
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "core.quotePath=false",
        ...args,
      ],
      cwd: directory,
      clearEnv: true,
      env: {
        PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin",
        // Names the directories that the user declared safe.
        HOME: Deno.env.get("HOME") ?? "/",
        LC_ALL: "C",
        GIT_TERMINAL_PROMPT: "0",
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    if (!success) {
      const text = new TextDecoder().decode(stderr).trim().split("\n")[0];
      return { reason: text || "git failed" };
    }
    return decoder.decode(stdout);
  } catch (error) {
    return {
      reason: error instanceof Deno.errors.NotFound
        ? "git is not installed"
        : error instanceof Error
        ? error.message
        : String(error),
    };
  }
}
