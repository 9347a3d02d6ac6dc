/**
 * What is true of an image artifact: whom it runs as, what it starts, what its
 * files are once all layers lie over each other, what it is built on, and
 * everything that is wrong with its form.
 *
 * @module
 */

import { byteString } from "../format/tar_text.ts";
import type { Reader } from "../reader.ts";
import type { File } from "./file_tree.ts";
import { type ImageFinding, ImageFindings } from "./finding.ts";
import { type LayoutImage, readLayout } from "./layout.ts";
import { layoutFiles } from "../compare/oci_archive.ts";
import { type ImageOffer, imageOffer } from "./offers.ts";
import { bytesOf, digestsOf, type OpenImage, openImage } from "./open_image.ts";
import { type ImageUser, imageUser } from "./user.ts";

/** What is true of an image artifact. */
export interface ImageFacts {
  /** Bytes of every manifest, configuration and layer, as they are pulled. */
  readonly bytes: number;
  /** What is wrong with the layout itself. */
  readonly findings: readonly ImageFinding[];
  readonly images: readonly SingleImage[];
}

/** What is true of one image of the artifact. */
export interface SingleImage {
  readonly digest: string;
  readonly platform: string;
  /** As the configuration has it. */
  readonly userText: string;
  readonly user: ImageUser;
  /** Digests of the layers, uncompressed. */
  readonly diffIds: readonly string[];
  readonly baseDigests: readonly string[];
  /** Files at the paths that were asked for; null where none is. */
  readonly files: Readonly<Record<string, ImageFile | null>>;
  /** What is started, word by word. */
  readonly start: readonly string[];
  /** Where the program that is started lies, without links; null for nowhere. */
  readonly program: string | null;
  /** Whatever makes the loader bring in code that no program asks for. */
  readonly preloads: readonly string[];
  readonly findings: readonly ImageFinding[];
}

/** A file of an image. */
export interface ImageFile {
  /** Its path without links. */
  readonly path: string;
  /** Null when it could not be read to its end. */
  readonly sha256: string | null;
  readonly executable: boolean;
  /** What the image offers it; null when it is no ELF file or is not read. */
  readonly offer: ImageOffer | null;
}

const PASSWD_BYTES_MAX = 1 << 20;
const EXECUTABLE = 0o001;
const EXECUTABLE_BY_SOME = 0o111;

/**
 * Reads an image layout in a tar archive.
 *
 * @param wanted Absolute paths of files to look at.
 */
export function imageFacts(
  reader: Reader,
  wanted: readonly string[],
): ImageFacts {
  const files = layoutFiles(reader);
  if ("problem" in files) {
    return {
      bytes: 0,
      findings: [{
        code: "image-unreadable",
        layer: null,
        path: "archive",
        detail: files.problem,
      }],
      images: [],
    };
  }
  const findings = new ImageFindings();
  const { images, bytes } = readLayout(files, findings);
  return {
    bytes,
    findings: findings.listed,
    images: images.map((image) => {
      const own = new ImageFindings();
      return {
        ...singleImage(openImage(files, image, own), wanted),
        findings: own.listed,
      };
    }),
  };
}

function singleImage(
  open: OpenImage,
  wanted: readonly string[],
): Omit<SingleImage, "findings"> {
  const { image, tree } = open;
  const { config } = image;
  const at = (path: string) => tree.resolve(byteString(encoder.encode(path)));
  const fileAt = (path: string): File | undefined => {
    const node = at(path)?.node;
    return node?.type === "file" ? node : undefined;
  };
  const found = wanted.flatMap((path) => fileAt(path) ?? []);
  const digests = digestsOf(open, [...new Set(found)]);
  const passwd = fileAt("/etc/passwd");
  const passwdBytes = passwd === undefined
    ? null
    : bytesOf(open, [passwd], PASSWD_BYTES_MAX).get(passwd) ?? null;
  const start = [...config.entrypoint, ...config.command];
  return {
    digest: image.digest,
    platform: image.platform,
    userText: config.user,
    user: passwd !== undefined && passwdBytes === null
      ? { kind: "unknown", reason: "/etc/passwd could not be read" }
      : imageUser(
        config.user,
        passwdBytes === null ? null : new TextDecoder().decode(passwdBytes),
      ),
    diffIds: image.layers.map(({ diffId }) => diffId),
    baseDigests: image.baseDigests,
    files: Object.fromEntries(wanted.map((path) => {
      const file = fileAt(path);
      return [
        path,
        file === undefined ? null : {
          path: `/${at(path)?.path ?? ""}`,
          sha256: digests.get(file) ?? null,
          executable: (file.mode & EXECUTABLE) !== 0,
          offer: imageOffer(open, file),
        },
      ];
    })),
    start,
    program: programPath(image, start[0], at),
    preloads: [
      ...config.env.filter((variable) => /^LD_/i.test(variable)),
      ...(at("/etc/ld.so.preload") === undefined ? [] : ["/etc/ld.so.preload"]),
    ],
  };
}

const encoder = new TextEncoder();
const PATH_DEFAULT =
  "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Where the first word leads: a path as it is, else the first of PATH. */
function programPath(
  { config }: LayoutImage,
  word: string | undefined,
  at: (path: string) => ReturnType<OpenImage["tree"]["resolve"]>,
): string | null {
  if (word === undefined || word === "") return null;
  const folders = word.includes("/")
    ? [word.startsWith("/") ? "" : config.workingDirectory]
    : (config.env.findLast((one) => one.startsWith("PATH="))?.slice(5) ??
      PATH_DEFAULT).split(":");
  for (const folder of folders) {
    const found = at(`${folder}/${word}`);
    if (found?.node.type !== "file") continue;
    // Whether a file that only some may execute is passed over depends on who
    // asks, so nothing behind it is looked at.
    if ((found.node.mode & EXECUTABLE) !== 0) return `/${found.path}`;
    if ((found.node.mode & EXECUTABLE_BY_SOME) !== 0) return null;
  }
  return null;
}
