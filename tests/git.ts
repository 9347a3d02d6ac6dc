/**
 * Git in a directory, without the settings of the host: the same author, the
 * same date, so that a commit of the same files is the same commit.
 *
 * @module
 */

/** Runs git and returns what it prints; throws what it says when it fails. */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args: ["-c", "user.name=A", "-c", "user.email=a@example.org", ...args],
    cwd,
    env: {
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_SYSTEM: "/dev/null",
      GIT_AUTHOR_DATE: "2026-03-01T00:00:00Z",
      GIT_COMMITTER_DATE: "2026-03-01T00:00:00Z",
    },
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stderr));
  return decoder.decode(stdout).trim();
}

/** Makes a directory a repository with one commit, which is returned. */
export async function commitAll(directory: string): Promise<string> {
  await git(directory, "init", "--quiet");
  await git(directory, "add", "--all");
  await git(directory, "commit", "--quiet", "--message", "first");
  return await git(directory, "rev-parse", "HEAD");
}
