/** The tables of the hub: an index over its store, which can be made anew from it, and who may do what. */
import type { Generated } from 'kysely';

export interface Tables {
  /** `skeleton` is what its name has in common with those that look like it, see look-alikes.ts. */
  repository: { id: Generated<number>; name: string; skeleton: string };
  /** Content that lies in the blob folder, once for all repositories. */
  blob: { digest: string; size: number };
  /** Content that was uploaded or mounted into a repository, and when: it counts as referenced until it expires. */
  repository_blob: { repository: number; digest: string; added: number };
  manifest: {
    repository: number;
    digest: string;
    media_type: string;
    artifact_type: string | null;
    size: number;
    subject: string | null;
    /** JSON of the annotations, for the referrers list. */
    annotations: string | null;
    created: number;
  };
  /** What a manifest names; `optional` (1) what it may name though its repository does not hold it. */
  manifest_child: { repository: number; manifest: string; child: string; optional: number };
  tag: { repository: number; name: string; digest: string };
  /** Uploads under way; their bytes lie in the uploads folder. */
  upload: { id: string; repository: number; created: number };
  /** Content that nothing names, and since when: garbage collection takes it after its grace. */
  orphan: { digest: string; since: number };
  /**
   * What a request is about to change in the files of a repository. `owner` is the process, `tags` the
   * names of tags as JSON.
   */
  pending_change: { id: Generated<number>; owner: string; repository: string; manifest: string | null; tags: string };
  account: { id: Generated<number>; name: string; password: string | null; created: number };
  /** What a user may do with the repositories of a pattern. */
  account_role: { account: number; pattern: string; role: string };
  /** A secret that stands for a user, for less than he may do himself; its text is known as a hash only. */
  access_token: {
    id: string;
    account: number;
    note: string;
    hash: string;
    /** With commas between them. */
    actions: string;
    pattern: string;
    created: number;
    expires: number | null;
  };
}
