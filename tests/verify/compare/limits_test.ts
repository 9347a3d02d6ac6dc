/**
 * Every limit that a comparison of files can reach: just below it two files
 * that differ in a time are equivalent; reaching it is shown by its name and
 * makes them unchecked; and beside a difference that was proven they are
 * different all the same. The limits of nesting and of time have tests of their
 * own in `account_test.ts`, `hostile_nesting_test.ts` and `expired_test.ts`.
 */

import { assert, assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { LIMITS } from "../../../verify/limits.ts";
import { compareBytes, flip } from "../compare_bytes.ts";
import { archive } from "../format/ar_fixture.ts";
import { bytesOf } from "../format/damage.ts";
import { zipArchive } from "../format/zip_fixture.ts";
import { concat, seal, tarArchive, tarEntry } from "../tar_fixture.ts";

/** A file that reaches a limit, or not; times differ, and a text may. */
type Build = (file: {
  readonly reached: boolean;
  readonly time: number;
  readonly text: string;
}) => Uint8Array;

const gzip = (body: Uint8Array | string, time = 0) => {
  const bytes = new Uint8Array(gzipSync(body, { level: 9 }));
  bytes[4] = time;
  return bytes;
};

/** Puts a name into the header of a gzip file. */
function gzipNamed(name: string, time: number, text: string): Uint8Array {
  const bytes = gzip(text, time);
  bytes[3] = 8;
  return concat(bytes.slice(0, 10), bytesOf(`${name}\0`), bytes.slice(10));
}

const tarOf = (time: number, text: string, ...entries: Uint8Array[]) =>
  tarArchive([
    tarEntry({ name: "first", body: text, mtime: `${time}` }),
    ...entries,
    tarEntry({ name: "last", mtime: `${time}` }),
  ]);

const LIMITED: Readonly<Record<string, Build>> = {
  gzipTextBytesMax: ({ reached, time, text }) =>
    tarOf(
      time,
      text,
      tarEntry({
        name: "packed",
        body: gzipNamed(
          "a".repeat(LIMITS.gzipTextBytesMax - (reached ? 0 : 1)),
          time,
          "packed",
        ),
      }),
    ),
  gzipMembersMax: ({ reached, time, text }) => {
    const count = reached ? LIMITS.gzipMembersMax + 1 : 100;
    const members = Array.from({ length: count }, () => gzip("x"));
    members[0] = gzip(text, time);
    // Behind the limit, where the member is not known.
    members.push(gzip("x", time));
    return concat(...members);
  },
  tarExtensionBytesMax: ({ reached, time, text }) => {
    const length = LIMITS.tarExtensionBytesMax - (reached ? -1 : 17);
    const record = ` comment=${"a".repeat(length - 17)}\n`;
    const body = `${record.length + 7}${record}`;
    return tarOf(time, text, tarEntry({ name: "x", type: "x", body }));
  },
  tarSparseBlocksMax: ({ reached, time, text }) => {
    const entry = tarEntry({ name: "s", type: "S", magic: "ustar  \0" });
    entry[482] = 1;
    seal(entry);
    const blocks = LIMITS.tarSparseBlocksMax + (reached ? 1 : 0);
    const map = new Uint8Array(512 * blocks);
    for (let block = 0; block + 1 < blocks; block++) map[512 * block + 504] = 1;
    return tarOf(time, text, concat(entry, map));
  },
  entriesMax: ({ reached, time, text }) =>
    tarOf(
      time,
      text,
      tarEntry({ name: "many", body: manyEntries(reached ? 14_000 : 9, time) }),
    ),
  layoutFieldsMax: ({ reached, time, text }) =>
    zipArchive({
      entries: [
        { name: "first", contents: text },
        ...Array.from({ length: reached ? 3_600 : 100 }, (_, index) => ({
          name: index.toString(36),
          contents: "",
          method: 0,
          modified: 0x5821_0000 + (time << 16),
        })),
      ],
    }),
  "layoutFieldsMax of what lies inside": ({ reached, time, text }) => {
    const inside = zipArchive({
      entries: Array.from({ length: 500 }, (_, index) => ({
        name: index.toString(36),
        contents: "",
        method: 0,
        modified: 0x5821_0000 + (time << 16),
      })),
    });
    return zipArchive({
      entries: [
        { name: "first", contents: text },
        ...Array.from({ length: reached ? 20 : 1 }, (_, index) => ({
          name: `${index}.zip`,
          contents: inside,
        })),
      ],
    });
  },
  expandedBytesMax: ({ reached, time, text }) => {
    const bomb = gzip(
      concat(new Uint8Array(reached ? 300 << 20 : 1 << 20), bytesOf(`${time}`)),
    );
    return tarOf(
      time,
      text,
      tarEntry({ name: "bomb", body: reached ? gzip(bomb) : "" }),
    );
  },
};

/** A packed archive of more entries than its bytes can mean. */
function manyEntries(count: number, time: number): Uint8Array {
  return gzip(tarArchive(
    Array.from(
      { length: count },
      (_, index) => tarEntry({ name: index.toString(36), mtime: `${time}` }),
    ),
  ));
}

for (const [name, build] of Object.entries(LIMITED)) {
  const [limit] = name.split(" ");
  Deno.test(`compare shows ${name} and does not judge behind it`, async () => {
    const files = (reached: boolean, other = "text") =>
      [
        build({ reached, time: 1, text: "text" }),
        build({ reached, time: 2, text: other }),
      ] as const;
    const below = await compareBytes(...files(false));
    assertEquals([below.verdict, below.limitsHit], ["equivalent", []]);

    const [left, right] = files(true);
    const reached = await compareBytes(left, right);
    assertEquals(reached.verdict, "unchecked");
    assert(reached.limitsHit.some((hit) => hit.limit === limit));
    assertEquals((await compareBytes(right, left)).verdict, "unchecked");
    assertEquals((await compareBytes(left, left)).verdict, "identical");

    const proven = await compareBytes(...files(true, "test"));
    assertEquals(proven.verdict, "different");
  });
}

Deno.test("what may stand behind a limit is not missing: members of another count", async () => {
  // The larger file may have a few fields more.
  const [left, right] = [8_000, 8_001].map((count) =>
    archive(
      Array.from({ length: count }, (_, index) => ({ name: `${index}/` })),
    )
  );
  assert(left !== undefined && right !== undefined);
  for (const pair of [[left, right], [right, left]] as const) {
    const { verdict, limitsHit } = await compareBytes(...pair);
    assertEquals(verdict, "unchecked");
    assert(limitsHit.some(({ limit }) => limit === "layoutFieldsMax"));
  }
});

Deno.test("what may stand behind a limit is not missing: entries in another order", async () => {
  const entries = (count: number) =>
    Array.from(
      { length: count },
      (_, index) => tarEntry({ name: index.toString(36) }),
    );
  for (
    const [count, expected] of [[100, "equivalent"], [
      14_000,
      "unchecked",
    ]] as const
  ) {
    const all = entries(count);
    const { verdict } = await compareBytes(
      gzip(tarArchive(all)),
      gzip(tarArchive(all.toReversed())),
    );
    assertEquals(verdict, expected);
  }
});

Deno.test("what a limit left unparsed is never equivalent, whatever it is", async () => {
  const build = LIMITED["layoutFieldsMax"];
  assert(build !== undefined);
  const bytes = build({ reached: true, time: 1, text: "text" });
  for (const back of [0, 5_000, 250_000]) {
    const changed = flip(bytes, bytes.length - 1 - back);
    const { verdict } = await compareBytes(bytes, changed);
    assert(["unchecked", "different"].includes(verdict), `${back}: ${verdict}`);
  }
});
