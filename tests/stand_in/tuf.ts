/**
 * A repository of The Update Framework with one target, the trusted root: what
 * sigstore's own clients take their trust from (TUF specification 1.0.31,
 * sections 4.2 to 4.6). One Ed25519 key signs every role; the metadata is
 * served from 127.0.0.1 and nothing is ever rotated.
 *
 * @module
 */

import { generateKeyPairSync, sign } from "node:crypto";
import { sha256 } from "../../verify/digest.ts";
import type { Json } from "../../verify/strict_json.ts";

const ROLES = ["root", "timestamp", "snapshot", "targets"] as const;
const EXPIRES = "2100-01-01T00:00:00Z";

/** A running repository. */
export interface TufStandIn extends AsyncDisposable {
  /** Where the metadata is; targets lie in `targets/` below it. */
  readonly url: string;
  /** The first root, which a client is told to trust. */
  readonly root: Uint8Array;
}

/** Serves a trusted root as the target `trusted_root.json`. */
export function serveTuf(trustedRoot: Uint8Array): TufStandIn {
  const pair = generateKeyPairSync("ed25519");
  const key = {
    keytype: "ed25519",
    scheme: "ed25519",
    keyval: {
      public: new Uint8Array(
        pair.publicKey.export({ type: "spki", format: "der" }),
      ).slice(-32).toHex(),
    },
  };
  const keyid = sha256(canonical(key));
  const metadata = (type: typeof ROLES[number], members: object) => {
    const signed = {
      _type: type,
      "spec_version": "1.0.31",
      version: 1,
      expires: EXPIRES,
      ...members,
    };
    const sig = new Uint8Array(
      sign(null, new TextEncoder().encode(canonical(signed)), pair.privateKey),
    ).toHex();
    return new TextEncoder().encode(
      JSON.stringify({ signatures: [{ keyid, sig }], signed }),
    );
  };
  const file = (bytes: Uint8Array) => ({
    length: bytes.length,
    hashes: { sha256: sha256(bytes) },
  });
  const root = metadata("root", {
    "consistent_snapshot": false,
    keys: { [keyid]: key },
    roles: Object.fromEntries(
      ROLES.map((role) => [role, { keyids: [keyid], threshold: 1 }]),
    ),
  });
  const targets = metadata("targets", {
    targets: { "trusted_root.json": file(trustedRoot) },
  });
  const snapshot = metadata("snapshot", {
    meta: { "targets.json": { version: 1, ...file(targets) } },
  });
  const timestamp = metadata("timestamp", {
    meta: { "snapshot.json": { version: 1, ...file(snapshot) } },
  });
  const files = new Map([
    ["/1.root.json", root],
    ["/targets.json", targets],
    ["/snapshot.json", snapshot],
    ["/timestamp.json", timestamp],
    ["/targets/trusted_root.json", trustedRoot],
  ]);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const bytes = files.get(new URL(request.url).pathname);
      return bytes === undefined
        ? new Response(null, { status: 404 })
        : new Response(bytes.slice());
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    root,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Canonical JSON as TUF signs it: sorted keys, no space, two escapes. */
function canonical(value: Json): string {
  if (typeof value === "string") {
    return `"${value.replace(/["\\]/g, "\\$&")}"`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  return `{${
    Object.entries(value).toSorted(([a], [b]) => a < b ? -1 : 1)
      .map(([name, member]) => `${canonical(name)}:${canonical(member)}`)
      .join(",")
  }}`;
}
