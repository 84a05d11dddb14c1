/** The place of a run: a temporary folder with the built package, samples and stores; removed at the end. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, measure, type Usage } from './measure.ts';
import { GIB, MIB, makeShards, makeSmallFiles, makeSparseShard, type Sample, writeScratch } from './samples.ts';
import { WarmMemory } from './warm-memory.ts';

export interface Sizes {
  readonly name: 'full' | 'small';
  /** Bytes of the model that most cases use. */
  readonly shards: number;
  /** Bytes of the models that memory is measured with. */
  readonly large: number;
  readonly sparse: number;
  /** Numbers of files. */
  readonly files: number;
  readonly manyFiles: number;
  /** Files that are sent to a registry. */
  readonly sentFiles: number;
  /** Rounds at most, for what takes long. */
  readonly mostRounds: number;
  /** Blobs of 64 KiB in a registry, and how many requests a round asks of it. */
  readonly smallBlobs: number;
  readonly requests: number;
  /** Bytes of one large blob. */
  readonly blob: number;
  /** What a large hub holds. */
  readonly manifests: number;
  readonly tags: number;
  readonly referrers: number;
  /** Entries of a transparency log. */
  readonly logEntries: number;
  /** Bytes of free disk that a run needs. */
  readonly space: number;
}

export const sizes: Readonly<Record<Sizes['name'], Sizes>> = {
  full: {
    name: 'full',
    shards: 2 * GIB,
    large: 4 * GIB,
    sparse: 20 * GIB,
    files: 10_000,
    manyFiles: 100_000,
    sentFiles: 3_000,
    mostRounds: 5,
    smallBlobs: 10_000,
    requests: 5_000,
    blob: 512 * MIB,
    manifests: 1_000_000,
    tags: 100_000,
    referrers: 10_000,
    logEntries: 1_000_000,
    space: 20 * GIB,
  },
  small: {
    name: 'small',
    shards: 256 * MIB,
    large: 512 * MIB,
    sparse: 2 * GIB,
    files: 10_000,
    manyFiles: 20_000,
    sentFiles: 3_000,
    mostRounds: 2,
    smallBlobs: 500,
    requests: 1_000,
    blob: 32 * MIB,
    manifests: 20_000,
    tags: 10_000,
    referrers: 2_000,
    logEntries: 100_000,
    space: 3 * GIB,
  },
};

/** The digest cache trusts no file that is younger than 2 s. */
const CACHE_REST_MILLISECONDS = 2_500;

export class Trial implements Disposable {
  readonly folder: string;
  readonly sizes: Sizes;
  readonly rounds: number;
  /** Servers and the like that end with the trial, if not before. */
  readonly ending = new DisposableStack();
  readonly #samples = new Map<string, Sample>();
  readonly #kept = new Set<string>();
  #memory: WarmMemory | undefined;

  /** @param repository the project, whose `dist` has been built */
  constructor(parent: string, repository: string, chosen: Sizes, rounds: number) {
    this.folder = fs.mkdtempSync(path.join(parent, 'waybill-bench-'));
    this.sizes = chosen;
    this.rounds = rounds;
    // A copy: whoever builds again meanwhile does not change what is measured.
    fs.cpSync(path.join(repository, 'dist'), this.at('package/dist'), { recursive: true });
    fs.copyFileSync(path.join(repository, 'package.json'), this.at('package/package.json'));
    fs.symlinkSync(path.join(repository, 'node_modules'), this.at('package/node_modules'));
  }

  [Symbol.dispose](): void {
    this.ending.dispose();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** A path inside the folder. */
  at(relative: string): string {
    return path.join(this.folder, relative);
  }

  remove(...relatives: readonly string[]): void {
    for (const relative of relatives) fs.rmSync(this.at(relative), { recursive: true, force: true });
  }

  /** A new, empty folder. */
  empty(relative: string): void {
    this.remove(relative);
    fs.mkdirSync(this.at(relative), { recursive: true });
  }

  command(argv: readonly string[], text: string = argv.join(' '), environment: Record<string, string> = {}): Command {
    const { PATH = '' } = process.env;
    return { argv, text, folder: this.folder, environment: { PATH, HOME: this.folder, LC_ALL: 'C', ...environment } };
  }

  /** A verb of the built package, with a store and a cache of its own for each `place`. */
  waybill(place: string, ...words: readonly string[]): Command {
    const [store, cache] = [`${place}-store`, `${place}-cache`];
    return this.command(
      [process.execPath, 'package/dist/cli/main.js', ...words],
      `WAYBILL_STORE=${store} XDG_CACHE_HOME=$PWD/${cache} waybill ${words.join(' ')}`,
      { WAYBILL_STORE: this.at(store), XDG_CACHE_HOME: this.at(cache) },
    );
  }

  /** One command after the other, as one; in the environment of the first. */
  inTurn(first: Command, second: Command): Command {
    const quoted = ({ argv }: Command) => argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    const script = `${quoted(first)} && ${quoted(second)}`;
    return { ...first, argv: ['sh', '-c', script], text: `${first.text} && ${second.text}` };
  }

  /** The same with HOST in place of a host whose port is another in each run. */
  withoutHost(command: Command, host: string): Command {
    return { ...command, text: command.text.replaceAll(host, 'HOST') };
  }

  forget(place: string): void {
    this.remove(`${place}-store`, `${place}-cache`);
    this.#kept.delete(place);
  }

  /** Rounds of what takes long. */
  get fewRounds(): number {
    return Math.min(this.rounds, this.sizes.mostRounds);
  }

  measure(command: Command): Usage {
    return measure(command);
  }

  shards(): Sample {
    return this.#sample('shards', (folder) => makeShards(folder, this.sizes.shards, 4));
  }

  largeShards(): Sample {
    return this.#sample('large', (folder) => makeShards(folder, this.sizes.large, 4));
  }

  sparse(): Sample {
    return this.#sample('sparse', (folder) => makeSparseShard(folder, this.sizes.sparse));
  }

  files(): Sample {
    return this.#sample('files', (folder) => makeSmallFiles(folder, this.sizes.files));
  }

  sentFiles(): Sample {
    return this.#sample('sent', (folder) => makeSmallFiles(folder, this.sizes.sentFiles));
  }

  manyFiles(): Sample {
    return this.#sample('many', (folder) => makeSmallFiles(folder, this.sizes.manyFiles));
  }

  /** Packs a sample under its own name, once, for cases that begin with a packed one. */
  async keepPacked(sample: string): Promise<void> {
    if (this.#kept.has(sample)) return;
    await this.settle();
    this.measure(this.waybill(sample, 'pack', sample));
    this.#kept.add(sample);
  }

  forgetSample(sample: string): void {
    this.forget(sample);
    this.remove(sample);
    this.#samples.delete(sample);
  }

  /** So that the first use of memory is charged to nobody; see warm-memory.ts. @param bytes that will be written */
  warmMemory(bytes: number): void {
    if (this.sizes.name === 'full') {
      this.#memory ??= this.ending.use(new WarmMemory(this.at('holes')));
      this.#memory.fill();
      return;
    }
    writeScratch(this.at('scratch'), bytes);
    this.remove('scratch');
  }

  /** Waits until the digest cache trusts what has been made. */
  async settle(): Promise<void> {
    await sleep(CACHE_REST_MILLISECONDS);
  }

  #sample(name: string, make: (folder: string) => Sample): Sample {
    const known = this.#samples.get(name);
    if (known !== undefined) return known;
    const sample = make(this.at(name));
    spawnSync('sync', ['-f', sample.folder]);
    this.#samples.set(name, sample);
    return sample;
  }
}
