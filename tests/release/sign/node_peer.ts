/**
 * npm's `@sigstore/cli` and a Node that runs it, installed by npm into the
 * folder for temporary files and kept there.
 *
 * @module
 */

import { join } from "@std/path";

const PACKAGES = ["node@24.21.0", "@sigstore/cli@0.10.3"];

/** Where the peer lies. */
export interface NodePeer {
  readonly node: string;
  readonly cli: string;
}

/** Installs it, or says why it could not be. */
export async function installNodePeer(): Promise<NodePeer | string> {
  const kept = join(
    Deno.env.get("TMPDIR") ?? "/tmp",
    "reproof-test-data",
    PACKAGES.join("+").replaceAll(/[^\w.+-]/g, "-"),
  );
  const peer = {
    node: join(kept, "node_modules/node/bin/node"),
    cli: join(kept, "node_modules/@sigstore/cli/bin/run"),
  };
  if (await runs(peer)) return peer;
  await Deno.mkdir(kept, { recursive: true });
  const { success, stderr } = await new Deno.Command("npm", {
    args: [
      "install",
      "--silent",
      "--no-audit",
      "--no-fund",
      "--prefix",
      kept,
      ...PACKAGES,
    ],
    cwd: kept,
  }).output().catch((cause: unknown) => ({
    success: false,
    stderr: new TextEncoder().encode(String(cause)),
  }));
  if (success && await runs(peer)) return peer;
  const text = new TextDecoder().decode(stderr).trim();
  return text.split("\n").at(-1) || "npm could not install the peer";
}

async function runs({ node, cli }: NodePeer): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(node, {
      args: [cli, "--version"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}
