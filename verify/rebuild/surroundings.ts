/**
 * The surroundings of a run: everything of a build's environment that Reproof
 * decides. Axes write into it; a sandbox makes it real.
 *
 * @module
 */

/** Surroundings of one run. */
export interface Surroundings {
  /**
   * Directory that holds the source (`src`) and what was prepared
   * (`prepared`), as the build sees it; `{work}` stands for the directory of
   * the rebuild where a sandbox cannot choose the path.
   */
  buildRoot: string;
  /** Home directory, as the build sees it; `{work}` as above. */
  home: string;
  userName: string;
  hostName: string;
  umask: number;
  /** Seconds from SOURCE_DATE_EPOCH to the time of the source's files. */
  sourceTimeOffset: number;
  /** Value of `{jobs}`. */
  jobs: number;
  /** The one processor to run on, or null for all. */
  processor: number | null;
  /** Directories after the usual ones in PATH. */
  pathTail: string[];
  /** Variables beside the recipe's; the recipe's win. */
  variables: Record<string, string>;
}

/** Surroundings before any axis has spoken. */
export function plainSurroundings(): Surroundings {
  return {
    buildRoot: "/reproof/control",
    home: "/home/reproof",
    userName: "reproof",
    hostName: "reproof",
    umask: 0o022,
    sourceTimeOffset: 0,
    jobs: 1,
    processor: null,
    pathTail: [],
    variables: {},
  };
}
