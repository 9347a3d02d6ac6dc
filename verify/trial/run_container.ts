/**
 * The smoke trial of an image, inside its own root file system: as the user
 * that it names, with the environment that it sets, in its working directory,
 * and with nothing of the host but the stage that watches.
 *
 * Only an image without findings that make its files doubtful is unpacked, and
 * only in a sandbox.
 *
 * @module
 */

import { ReproofError } from "../error.ts";
import { FileReader } from "../file_reader.ts";
import { imageFacts } from "../image/facts.ts";
import { ImageFindings } from "../image/finding.ts";
import type { ImageRecipe } from "../image/image_recipe.ts";
import { readLayout } from "../image/layout.ts";
import { layoutFiles } from "../compare/oci_archive.ts";
import { partsOf } from "../image/file_tree.ts";
import { openImage } from "../image/open_image.ts";
import type { PlaceholderValues } from "../rebuild/placeholder.ts";
import { OURS } from "./deno_elsewhere.ts";
import { unpackRoot } from "./image_root.ts";
import type { StageImage, StageOptions, StageRun } from "./run_stage.ts";
import { runSmokeTrial } from "./run_smoke.ts";
import { mapCommand, type Smoke } from "./smoke_recipe.ts";

/** A trial that ran, or why it could not. */
export type ContainerRun =
  | { readonly kind: "ran"; readonly run: StageRun }
  | {
    readonly kind: "not-run" | "not-runnable";
    readonly why: string;
  };

/** Findings that say how rights are given, and not which files there are. */
const HARMLESS = ["image-link-absolute", "image-setuid", "image-device"];

/**
 * Runs the hosts and steps of an image.
 *
 * @param path The image, an OCI layout in a tar archive.
 * @param values Of the placeholders beside `{artifact}`.
 */
export async function runContainerTrial(
  path: string,
  { recipe, smoke, program }: {
    readonly recipe: ImageRecipe;
    readonly smoke: Smoke;
    /** Name of the artifact that `{artifact}` stands for. */
    readonly program: string;
  },
  options: Pick<StageOptions, "bubblewrap" | "signal"> & {
    readonly values: PlaceholderValues;
  },
): Promise<ContainerRun> {
  const { values, ...stage } = options;
  if (stage.bubblewrap === null) {
    return { kind: "not-run", why: "without bubblewrap no image can start" };
  }
  const into = Deno.makeTempDirSync({ prefix: "reproof-image-" });
  try {
    const image = unpack(path, `${into}/root`);
    if ("why" in image) return image;
    const held = Object.entries(recipe.holds).find(([, name]) =>
      name === program
    )?.[0] ?? Object.keys(recipe.holds)[0];
    const run = await runSmokeTrial(
      withEnvironment(smoke, image.env),
      { ...values, ...(held === undefined ? {} : { artifact: held }) },
      { ...stage, source: image.workingDirectory, shown: [], image },
    );
    return { kind: "ran", run };
  } catch (error) {
    if (!(error instanceof ReproofError)) throw error;
    return { kind: "not-run", why: error.message };
  } finally {
    removeAll(into);
  }
}

interface Unpacked extends StageImage {
  readonly env: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
}

function unpack(
  path: string,
  root: string,
): Unpacked | (ContainerRun & { readonly why: string }) {
  using reader = new FileReader(path);
  const notRun = (why: string) => ({ kind: "not-run", why }) as const;
  const files = layoutFiles(reader);
  if ("problem" in files) return notRun(files.problem);
  const findings = new ImageFindings();
  const { images } = readLayout(files, findings);
  const platform = `${Deno.build.os}/${
    Deno.build.arch === "aarch64" ? "arm64" : "amd64"
  }`;
  const own = images.filter((image) => image.platform === platform);
  const [image] = own;
  if (image === undefined || own.length > 1) {
    return images.length === 0
      ? notRun("no image in it")
      : { kind: "not-runnable", why: `${own.length} images for ${platform}` };
  }
  const open = openImage(files, image, findings);
  const doubt = findings.listed.find(({ code }) => !HARMLESS.includes(code));
  if (doubt !== undefined) {
    return notRun(`${doubt.code}: "${doubt.path}", ${doubt.detail}`);
  }
  const user = imageFacts(reader, []).images
    .find(({ digest }) => digest === image.digest)?.user;
  if (user?.kind !== "id") {
    return notRun(user?.reason ?? "no user could be told");
  }
  const { env, workingDirectory } = image.config;
  // What the sandbox mounts there would follow a link out of the root.
  const places = ["proc", "dev", "tmp", workingDirectory].find((place) => {
    const node = open.tree.resolve(place, place === workingDirectory)?.node;
    return node !== undefined && node.type !== "directory";
  });
  if (places !== undefined || open.tree.resolve(OURS, false) !== undefined) {
    return notRun(`"/${places ?? OURS}" is not free for the sandbox`);
  }
  unpackRoot(open, { uid: user.uid, into: root });
  const folder = open.tree.resolve(workingDirectory);
  // Runtimes make a working directory that the image lacks.
  if (folder === undefined) makeFolders(root, workingDirectory);
  return {
    root,
    uid: user.uid,
    gid: user.gid ?? 0,
    env: Object.fromEntries(env.map((variable) => {
      const [name = "", ...value] = variable.split("=");
      return [name, value.join("=")];
    })),
    workingDirectory: workingDirectory === "" ? "/" : workingDirectory,
  };
}

/** Makes directories below a root; a link among them is refused. */
function makeFolders(root: string, path: string): void {
  let at = root;
  for (const part of partsOf(path)) {
    at = `${at}/${part}`;
    const info = lstat(at);
    if (part === ".." || (info !== undefined && !info.isDirectory)) {
      throw new ReproofError("image-unreadable", `Making "${path}"`, {
        expected: "directories on the way to the working directory",
        observed: `"${part}"`,
      });
    }
    if (info === undefined) Deno.mkdirSync(at, { mode: 0o755 });
  }
}

function lstat(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Variables of the image, below those of the recipe. */
function withEnvironment(
  smoke: Smoke,
  env: Readonly<Record<string, string>>,
): Smoke {
  return {
    ...smoke,
    hosts: Object.fromEntries(
      Object.entries(smoke.hosts).map(([name, host]) => [
        name,
        { ...host, env: { ...env, ...host.env } },
      ]),
    ),
    steps: smoke.steps.map((step) =>
      mapCommand(step, (command) => ({
        ...command,
        env: { ...env, ...command.env },
      }))
    ),
  };
}

/** Directories that the image's user may not write to are ours to remove. */
function removeAll(path: string): void {
  const work = [path];
  for (let folder = work.pop(); folder !== undefined; folder = work.pop()) {
    Deno.chmodSync(folder, 0o700);
    for (const entry of Deno.readDirSync(folder)) {
      if (entry.isDirectory) work.push(`${folder}/${entry.name}`);
    }
  }
  Deno.removeSync(path, { recursive: true });
}
