/** Where facts of a machine come from. Given to whoever looks, so that a look at a recorded machine is the same look. */

export interface HostSources {
  readonly platform: NodeJS.Platform;
  /** As Node names it: `x64`. */
  readonly architecture: string;
  /** Release of the kernel. */
  readonly release: string;
  /** Version of Node. */
  readonly node: string;
  /** Folders in which programs are found, one after the other. */
  readonly programFolders: readonly string[];
  /** The beginning of a file, up to `limit` bytes; undefined where there is none that can be read. */
  read(file: string, limit?: number): string | undefined;
  /** Names in a folder; undefined where there is none that can be read. */
  list(folder: string): readonly string[] | undefined;
  has(path: string): boolean;
  /** Undefined where there is no such program, or it does not end in time. */
  run(program: string, words: readonly string[]): Promise<Ran | undefined>;
  /** Bytes that are free where packages go; undefined where it cannot be told. */
  freeRoom(): number | undefined;
}

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a program printed that said that all is well. */
export async function printed(
  sources: HostSources,
  program: string,
  words: readonly string[],
): Promise<string | undefined> {
  const ran = await sources.run(program, words);
  return ran?.status === 0 ? ran.stdout : undefined;
}
