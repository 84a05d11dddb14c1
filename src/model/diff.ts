/** What changed between two sets of files. */
import { compareBytes } from '../base/bytes.ts';
import type { Digest } from '../oci/digest.ts';

export interface DiffFile {
  readonly path: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly isExecutable: boolean;
}

export interface FileState {
  readonly digest: Digest;
  readonly size: number;
  readonly isExecutable: boolean;
}

export type Change =
  | { readonly change: 'added'; readonly path: string; readonly after: FileState }
  | { readonly change: 'removed'; readonly path: string; readonly before: FileState }
  | { readonly change: 'changed'; readonly path: string; readonly before: FileState; readonly after: FileState }
  | { readonly change: 'moved'; readonly path: string; readonly from: string; readonly after: FileState };

/** The changes that lead from one set to the other, sorted by path; equal files are none. */
export function diffFiles(before: readonly DiffFile[], after: readonly DiffFile[]): readonly Change[] {
  const old = new Map(before.map((file) => [file.path, file]));
  const now = new Map(after.map((file) => [file.path, file]));
  const gone = new Map(before.filter(({ path }) => !now.has(path)).map((file) => [file.path, file]));
  const goneByDigest = Map.groupBy(gone.values(), ({ digest }) => digest);
  const changes: Change[] = [];
  for (const file of after) {
    const twin = old.get(file.path);
    if (twin === undefined) {
      // A file that left one place and stands in another has moved; each is used once.
      const from = goneByDigest.get(file.digest)?.shift();
      if (from !== undefined) gone.delete(from.path);
      changes.push(
        from === undefined
          ? { change: 'added', path: file.path, after: stateOf(file) }
          : { change: 'moved', path: file.path, from: from.path, after: stateOf(file) },
      );
    } else if (twin.digest !== file.digest || twin.isExecutable !== file.isExecutable) {
      changes.push({ change: 'changed', path: file.path, before: stateOf(twin), after: stateOf(file) });
    }
  }
  for (const file of gone.values()) changes.push({ change: 'removed', path: file.path, before: stateOf(file) });
  return changes.sort((a, b) => compareBytes(a.path, b.path));
}

function stateOf({ digest, size, isExecutable }: DiffFile): FileState {
  return { digest, size, isExecutable };
}
