/**
 * npm's `@sigstore/cli` and a Node that runs it.
 *
 * @module
 */

import { join } from "@std/path";
import { installNpm } from "../../npm.ts";

const PACKAGES = ["node@24.21.0", "@sigstore/cli@0.10.3"];

/** Where the peer lies. */
export interface NodePeer {
  readonly node: string;
  readonly cli: string;
}

/** Installs it, or says why it could not be. */
export async function installNodePeer(): Promise<NodePeer | string> {
  // A script of the package puts Node in its place.
  const installed = await installNpm(
    PACKAGES,
    (modules) => Object.values(peerIn(modules)),
    [],
  );
  return typeof installed === "string" ? installed : peerIn(installed.modules);
}

function peerIn(modules: string): NodePeer {
  return {
    node: join(modules, "node/bin/node"),
    cli: join(modules, "@sigstore/cli/bin/run"),
  };
}
