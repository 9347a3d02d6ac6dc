/**
 * Tests that need a tool of the host. Where the tool is absent the test is
 * reported as ignored with the reason; in CI that is a failure for the tools
 * that CI must have.
 *
 * @module
 */

import { testNeeding } from "./needs.ts";

/** Tools that may not be missing in CI. */
const REQUIRED_IN_CI = [
  "bwrap",
  "faketime",
  "gcc",
  "git",
  "go",
  "openssl",
  "python3",
  "rustc",
];

const present = new Map<string, boolean>();

/** What a tool must be able to do beside being there. */
const ABLE: Readonly<Record<string, { able: () => boolean; why: string }>> = {
  // In a container or a chroot it may be installed and forbidden.
  bwrap: {
    able: () => run("bwrap", ...UNSHARED).success,
    why: "bwrap may not make namespaces here",
  },
  // In a container it is installed and forbidden, too.
  unshare: {
    able: () => run("unshare", "--user", "--map-root-user", "true").success,
    why: "unshare may not make namespaces here",
  },
  // Older ones leave no .comment, so that no artifact can be held against it.
  rustc: {
    able: () => {
      const { stdout } = run("rustc", "--version");
      const [, major, minor] = /^rustc (\d+)\.(\d+)/.exec(stdout) ?? [];
      return Number(major) > 1 || Number(minor) >= 74;
    },
    why: "rustc older than 1.74",
  },
};
const UNSHARED = ["--unshare-all", "--ro-bind", "/", "/", "/bin/true"];

/**
 * Whether a tool can be used: it is on the PATH, able to do what is asked of
 * it, and `faketime` means the library.
 */
export function hasTool(tool: string): boolean {
  let found = present.get(tool);
  if (found === undefined) {
    found = tool === "faketime"
      ? hasFaketime()
      : hasExecutable(tool) && (ABLE[tool]?.able() ?? true);
    present.set(tool, found);
  }
  return found;
}

function run(program: string, ...args: string[]) {
  const { success, stdout } = new Deno.Command(program, {
    args,
    stdin: "null",
    stderr: "null",
  }).outputSync();
  return { success, stdout: new TextDecoder().decode(stdout) };
}

function whyMissing(tool: string): string {
  const able = ABLE[tool];
  return able !== undefined && hasExecutable(tool)
    ? able.why
    : `${tool} not installed`;
}

function hasExecutable(tool: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => {
    try {
      return Deno.statSync(`${folder}/${tool}`).isFile;
    } catch {
      return false;
    }
  });
}

function hasFaketime(): boolean {
  for (const arch of ["x86_64", "aarch64"]) {
    for (
      const base of [`/usr/lib/${arch}-linux-gnu`, "/usr/lib64", "/usr/lib"]
    ) {
      try {
        Deno.statSync(`${base}/faketime/libfaketime.so.1`);
        return true;
      } catch {
        continue;
      }
    }
  }
  return false;
}

/**
 * Declares a test that needs tools of the host.
 *
 * @param name What must hold, in plain words.
 * @param tools Names on the PATH, or `faketime` for its library.
 */
export function toolTest(
  name: string,
  tools: readonly string[],
  fn: (context: Deno.TestContext) => Promise<void> | void,
): void {
  const missing = tools.filter((tool) => !hasTool(tool));
  if (missing.length === 0) {
    Deno.test(name, fn);
    return;
  }
  const reason = missing.map(whyMissing).join(", ");
  const forbidden = missing.filter((tool) => REQUIRED_IN_CI.includes(tool));
  if (Deno.env.get("CI") === "true" && forbidden.length > 0) {
    Deno.test(name, () => {
      throw new Error(`CI must have ${forbidden.join(", ")}`);
    });
    return;
  }
  Deno.test({ name: `${name} [ignored: ${reason}]`, ignore: true, fn });
}

/**
 * Declares a test with a program of others that was installed for it; in CI it
 * must be there, and elsewhere its absence is a reason to ignore the test.
 *
 * @param peer What the test gets, or why it could not be installed.
 */
export function peerTest<T extends object>(
  name: string,
  peer: T | string,
  fn: (peer: T) => Promise<void>,
): void {
  if (typeof peer === "string") testNeeding(name, [peer], () => {});
  else Deno.test(name, () => fn(peer));
}
