/**
 * Every limit that a comparison of files can reach, but for those of PE images
 * (`limits_pe_test.ts`) and of time (`expired_test.ts`).
 */

import { assert, assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { sha256 } from "../../../verify/digest.ts";
import { LIMITS } from "../../../verify/limits.ts";
import { compareBytes, flip } from "../compare_bytes.ts";
import { archive } from "../format/ar_fixture.ts";
import { bytesOf } from "../format/damage.ts";
import { zipArchive } from "../format/zip_fixture.ts";
import { concat, seal, tarArchive, tarEntry } from "../tar_fixture.ts";
import { custom, module, names } from "../format/wasm_fixture.ts";
import { type Build, testLimits } from "./limit_reached.ts";

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
  recomputedBytesMax: ({ reached, time, text }) =>
    zipArchive({
      entries: [
        { name: "first", contents: text, modified: 0x5821_0000 + time },
        {
          name: "zeros",
          contents: new Uint8Array(
            reached ? LIMITS.recomputedBytesMax + (8 << 20) : 99,
          ),
          // A wrong checksum, which nobody computes again there.
          ...(reached ? { localCrc: time, centralCrc: time } : {}),
        },
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
  expansionRatioMax: ({ reached, time, text }) => {
    const bomb = gzip(
      concat(new Uint8Array(reached ? 300 << 20 : 1 << 20), bytesOf(`${time}`)),
    );
    return tarOf(
      time,
      text,
      tarEntry({ name: "bomb", body: reached ? gzip(bomb) : "" }),
    );
  },
  nestingDepthMax: ({ reached, time, text }) => {
    let packed = gzip("x", time);
    for (let level = 1; level < LIMITS.nestingDepthMax; level++) {
      packed = gzip(packed);
    }
    return tarOf(
      time,
      text,
      tarEntry({ name: "packed", body: reached ? gzip(packed) : packed }),
    );
  },
  tarNameBytesMax: ({ reached, time, text }) =>
    tarOf(
      time,
      text,
      tarEntry({
        name: "x",
        type: "L",
        body: "a".repeat(LIMITS.tarNameBytesMax + (reached ? 1 : 0)),
      }),
      tarEntry({ name: "a", mtime: `${time}` }),
    ),
  heldBytesMax: ({ reached, time, text }) => {
    const comment = `${"a".repeat(LIMITS.tarExtensionBytesMax - 100)}\n`;
    const record = ` comment=${comment}`;
    const body = `${record.length + 7}${record}`;
    const entries = Array.from(
      { length: reached ? 33 : 31 },
      (_, index) =>
        concat(
          tarEntry({ name: "x", type: "x", body }),
          tarEntry({ name: `${index}` }),
        ),
    );
    return tarOf(time, text, ...(time === 1 ? entries : entries.toReversed()));
  },
  accountedBytesMax: ({ reached, time, text }) => {
    const length = LIMITS.accountedBytesMax - (reached ? 0 : 99);
    return module(
      custom("text", bytesOf(text)),
      names(`${time}`, [`${time}`.repeat(length)]),
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

testLimits(LIMITED);

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

/** Zip archives in an archive, each of zeros that take long to expand. */
function zipOfZeros(count: number, date: number): Uint8Array {
  const zeros = new Uint8Array(60 << 20);
  const contents = zipArchive({
    entries: [{ name: "zeros", contents: zeros, modified: date }],
  });
  return zipArchive({
    entries: Array.from(
      { length: count },
      (_, index) => ({ name: `${index}.zip`, contents }),
    ),
  });
}

Deno.test("values that are too many to compute again leave a file unchecked", async () => {
  const compared = async (count: number) => {
    const { verdict, limitsHit } = await compareBytes(
      zipOfZeros(count, 0x5821_0000),
      zipOfZeros(count, 0x5822_0000),
    );
    return [verdict, ...limitsHit.map(({ limit }) => limit)];
  };
  assertEquals(await compared(1), ["equivalent"]);
  assertEquals(await compared(3), ["unchecked", "recomputedBytesMax"]);
});

/** An image layout of one configuration that many descriptors name. */
function imageOfConfigs(count: number, day: number): Uint8Array {
  const rest = `"rootfs":{"diff_ids":[]},"x":[${"1,".repeat(50_000)}1]`;
  const config = `{"created":"2020-01-0${day}T00:00:00Z",${rest}}`;
  const digest = sha256(config);
  const descriptor =
    `{"digest":"sha256:${digest}","size":${config.length},"mediaType":"x"}`;
  const manifests = new Array<string>(count).fill(descriptor).join(",");
  return tarArchive([
    tarEntry({ name: `blobs/sha256/${digest}`, body: config }),
    tarEntry({
      name: "index.json",
      body: `{"schemaVersion":2,"manifests":[${manifests}]}`,
    }),
    tarEntry({ name: "oci-layout", body: "{}" }),
  ]);
}

Deno.test("documents that are too many to parse are unchecked, not equivalent", async () => {
  const compared = async (count: number) => {
    const { verdict, limitsHit } = await compareBytes(
      imageOfConfigs(count, 1),
      imageOfConfigs(count, 2),
    );
    return [verdict, ...new Set(limitsHit.map(({ limit }) => limit))];
  };
  assertEquals(await compared(1), ["equivalent"]);
  assertEquals(await compared(100), ["unchecked", "layoutFieldsMax"]);
});
