/**
 * `reproof keygen`: a key pair to sign releases with.
 *
 * @module
 */

import { UsageError } from "../../verify/error.ts";
import { EXIT } from "../../verify/verdict.ts";
import { ask } from "../cli/ask.ts";
import type { Arguments, Command, Context } from "../cli/command.ts";
import { readPassphrase } from "../sign/passphrase.ts";
import { writeKeyPair } from "../sign/keygen.ts";

const DOING = "Making a key pair";

/** The `keygen` command. */
export const keygenCommand: Command = {
  name: "keygen",
  summary: "Make a key pair to sign releases with",
  usage: [
    "keygen --out PATH",
    "keygen --out PATH --passphrase-env NAME",
    "keygen --out PATH --no-passphrase",
  ],
  example: "reproof keygen --out release-key",
  flags: [
    { name: "out", value: "PATH", help: "Writes PATH.pem and PATH.pub" },
    {
      name: "passphrase-env",
      value: "NAME",
      help: "Variable that holds the passphrase; asked for without one",
    },
    { name: "no-passphrase", help: "Store the private key in the clear" },
  ],
  operands: [0, 0],
  async run(context, args) {
    const out = args.value("out");
    if (out === undefined) {
      throw new UsageError("usage", DOING, {
        expected: '"--out PATH"',
        observed: "none",
      });
    }
    const stem = out.endsWith(".pem") ? out.slice(0, -".pem".length) : out;
    const paths = { privateKey: `${stem}.pem`, publicKey: `${stem}.pub` };
    const passphrase = await choosePassphrase(context, args);
    const key = writeKeyPair(
      paths.privateKey,
      paths.publicKey,
      passphrase === undefined ? {} : { passphrase },
    );
    context.out(
      args.has("json")
        ? JSON.stringify(
          { ...paths, sha256: key.sha256, encrypted: passphrase !== undefined },
          null,
          2,
        ) + "\n"
        : `private key  ${paths.privateKey}${
          passphrase === undefined ? " (not encrypted)" : ""
        }\npublic key   ${paths.publicKey}\nsha256       ${key.sha256}\n`,
    );
    return EXIT.ok;
  },
};

/** The passphrase, or undefined when it was declined on purpose. */
async function choosePassphrase(
  context: Context,
  args: Arguments,
): Promise<string | undefined> {
  const variable = args.value("passphrase-env");
  if (args.has("no-passphrase")) {
    if (variable === undefined) return undefined;
    throw new UsageError("usage", DOING, {
      expected: '"--passphrase-env" or "--no-passphrase"',
      observed: "both",
    });
  }
  const given = readPassphrase(context, args);
  if (given !== undefined) return given;
  if (!Deno.stdin.isTerminal()) {
    throw new UsageError("usage", DOING, {
      expected: '"--passphrase-env NAME" or "--no-passphrase"',
      observed: "neither, and no terminal to ask on",
    });
  }
  const secret = { signal: context.signal, secret: true };
  const first = await ask("Passphrase:", secret);
  const second = first === null ? null : await ask("The same again:", secret);
  if (first === null || first !== second) {
    throw new UsageError("usage", DOING, {
      expected: "the same passphrase twice",
      observed: first === null ? "none" : "two that differ",
    });
  }
  return first;
}
