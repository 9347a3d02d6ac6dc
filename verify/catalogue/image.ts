/**
 * Codes of OCI images: their form, what they are built on, what they hold and
 * whom they run as.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Codes of images. */
export const IMAGE_CODES = {
  "image-missing": {
    title: "A target has no image",
    meaning:
      "The policy asks for the gate images, and no artifact of the target is an image by the recipe.",
    next:
      "Say in the recipe which artifact is an image, or name the targets that have one in the policy under images.",
    waivable: false,
  },
  "image-unreadable": {
    title: "An image could not be read whole",
    meaning:
      "A blob is missing or not what its descriptor says, a layer does not decode, or something in it is of a kind that is not known here; it may hold anything.",
    next:
      "Write the image as an OCI layout (type=oci) with tar layers, without attestations in it, and build again.",
    waivable: false,
  },
  "image-stray-file": {
    title: "A layout holds a file that no descriptor names",
    meaning:
      "A loader that reads other files than index.json, such as the manifest.json of docker save, may see another image.",
    next: "Write a plain OCI layout with its blobs alone.",
    waivable: false,
  },
  "image-path-unsafe": {
    title: "A name in a layer does not mean one place",
    meaning:
      "It is absolute, climbs with .., comes twice, or lies below a symbolic link, so that runtimes disagree on the file they write, some of them outside of the image.",
    next: "Write each file once, under its own path without links.",
    waivable: false,
  },
  "image-link-unsafe": {
    title: "A link in a layer leaves the image",
    meaning:
      "It climbs above the root or links to what is not there; unpacked by a careless tool it reaches files of the host.",
    next: "Link to a place below the root.",
    waivable: false,
  },
  "image-link-absolute": {
    title: "A layer has absolute links",
    meaning:
      "Inside a container they stay inside; whoever unpacks or looks into the image elsewhere follows them to the host.",
    next:
      "Make them relative, or say in the policy under images that absolute links are allowed.",
    waivable: true,
  },
  "image-whiteout-unsafe": {
    title: "A whiteout of a layer is not one",
    meaning:
      "It names its own directory or the one above, what its own layer brings, or is written in a form that only some runtimes know; what it takes away differs between them.",
    next: "Write the layer again with a tool that follows the image format.",
    waivable: false,
  },
  "image-device": {
    title: "A layer brings a device or pipe",
    meaning:
      "A device node can give access to hardware of the host; no program needs one in its image.",
    next: "Remove it; runtimes provide /dev.",
    waivable: true,
  },
  "image-setuid": {
    title: "A layer brings a file that gives more rights",
    meaning:
      "A set-user-ID or set-group-ID bit or a capability lets the program's user become somebody else.",
    next: "Clear the bit or the capability.",
    waivable: true,
  },
  "image-base": {
    title: "The base of an image is not the one that is pinned",
    meaning:
      "Its lowest layers are not those of the pinned digest, it says that it is built on something else, or nothing shows what the digest stands for.",
    next:
      "Pin the base by digest in the recipe, build on exactly that, and let the recipe name a layout that holds it.",
    waivable: false,
  },
  "image-user": {
    title: "An image runs as root",
    meaning:
      "Its user is empty, 0, a name that its /etc/passwd maps to 0, or one that it does not know.",
    next: "Set a user with an id of its own, best as a number.",
    waivable: true,
  },
  "image-artifact": {
    title: "An image does not hold the released artifact",
    meaning:
      "At the path that the recipe names there is nothing, something else, or a file that cannot be executed, once all layers lie over each other.",
    next: "Copy the very file that is released into the image, last.",
    waivable: false,
  },
  "image-start": {
    title: "An image starts something else",
    meaning:
      "Its entry point is neither an artifact that it holds nor what the recipe says, so what was verified is not what runs.",
    next:
      "Start the artifact itself, or declare the entry point in the recipe.",
    waivable: false,
  },
  "image-preload": {
    title: "An image makes the loader bring in other code",
    meaning:
      "A variable such as LD_PRELOAD, or /etc/ld.so.preload, puts code into the process that is no part of the artifact.",
    next: "Remove it from the image's environment or files.",
    waivable: true,
  },
} as const satisfies Record<string, CatalogueEntry>;
