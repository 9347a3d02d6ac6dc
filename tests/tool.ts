/**
 * Tests that need a tool of the host. Where the tool is absent the test is
 * reported as ignored with the reason; in CI that is a failure for the tools
 * that CI must have.
 *
 * @module
 */

/** Tools that may not be missing in CI. */
const REQUIRED_IN_CI = [
  "bwrap",
  "faketime",
  "gcc",
  "git",
  "go",
  "openssl",
  "rustc",
];

const present = new Map<string, boolean>();

/**
 * Whether a tool can be used: it is on the PATH, `faketime` means the library,
 * and `bwrap` must be allowed to make its namespaces.
 */
export function hasTool(tool: string): boolean {
  let found = present.get(tool);
  if (found === undefined) {
    found = tool === "faketime"
      ? hasFaketime()
      : hasExecutable(tool) && (tool !== "bwrap" || makesNamespaces());
    present.set(tool, found);
  }
  return found;
}

/** In a container or a chroot bubblewrap may be installed and forbidden. */
function makesNamespaces(): boolean {
  return new Deno.Command("bwrap", {
    args: ["--unshare-all", "--ro-bind", "/", "/", "/bin/true"],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).outputSync().success;
}

function whyMissing(tool: string): string {
  return tool === "bwrap" && hasExecutable(tool)
    ? "bwrap may not make namespaces here"
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
