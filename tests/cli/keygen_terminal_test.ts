/**
 * `keygen` at a terminal: the passphrase is asked for twice and never shown,
 * and one who breaks it off finds no key.
 */

import { assertEquals, assertThrows } from "@std/assert";
import { loadSigningKey } from "../../release/sign/signing_key.ts";
import { UsageError } from "../../verify/error.ts";
import { toolTest } from "../tool.ts";
import { type Answers, atTerminal, KEYS } from "./terminal.ts";

const FIRST = "Passphrase:";
const AGAIN = "The same again:";

async function inFolder(
  fn: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    await fn(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

toolTest(
  "keygen at a terminal locks the key with what was typed",
  ["python3"],
  () =>
    inFolder(async (folder) => {
      const { shown, code } = await atTerminal(
        ["keygen", "--out", `${folder}/key`],
        [
          [FIRST, `ver\u00e4${KEYS.erase}y secret\r`],
          [AGAIN, "very secret\r"],
        ],
      );
      assertEquals(code, 0, shown);
      assertEquals(shown.includes("secret"), false);
      loadSigningKey(`${folder}/key.pem`, "very secret");
      assertThrows(
        () => loadSigningKey(`${folder}/key.pem`, "very secre"),
        UsageError,
      );
    }),
);

const ENDINGS: Readonly<Record<string, readonly [Answers, number]>> = {
  "two that differ": [[[FIRST, "one\r"], [AGAIN, "two\r"]], 2],
  "Ctrl-C at once": [[[FIRST, KEYS.interrupt]], 130],
  "Ctrl-C after one": [[[FIRST, "one\r"], [AGAIN, KEYS.interrupt]], 130],
  "Ctrl-D at once": [[[FIRST, KEYS.endOfInput]], 2],
};

for (const [name, [answers, exit]] of Object.entries(ENDINGS)) {
  toolTest(
    `keygen at a terminal leaves nothing after ${name}`,
    ["python3"],
    () =>
      inFolder(async (folder) => {
        const { shown, code, unasked } = await atTerminal(
          ["keygen", "--out", `${folder}/key`],
          answers,
        );
        assertEquals([code, unasked], [exit, 0], shown);
        assertEquals([...Deno.readDirSync(folder)], []);
      }),
  );
}
