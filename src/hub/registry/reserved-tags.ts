/**
 * Tags that clients read as lists of what is attached: distribution specification, "Referrers Tag
 * Schema", and cosign's `sha256-HEX.sig`. They are written for a manifest that is there, or not at all:
 * else anybody could attach something to a digest before it comes.
 */
import { WaybillError } from '../../base/errors.ts';
import type { Reader } from '../database/database.ts';

/** A digest with a dash in place of its colon, cut to 64 digits (some cut it to the length of a tag), and perhaps what it is. */
const RESERVED = /^(sha256-[0-9a-f]{64}|sha512-[0-9a-f]{64,121})(?:\.[A-Za-z0-9._-]*)?$/;

/** @throws WaybillError DENIED when the repository has no manifest of which the tag speaks */
export async function checkReservedTag(reader: Reader, repository: number, tag: string): Promise<void> {
  const subject = RESERVED.exec(tag)?.[1]?.replace('-', ':');
  if (subject === undefined) return;
  const found = await reader
    .selectFrom('manifest')
    .select('digest')
    .where('repository', '=', repository)
    // Hexadecimal: nothing in it that LIKE would read otherwise.
    .where('digest', 'like', `${subject}%`)
    .executeTakeFirst();
  if (found === undefined)
    throw new WaybillError(
      'DENIED',
      `Cannot set the tag ${tag}: it stands for what is attached to ${subject}, which is not here`,
      {
        hint: 'Push what it is attached to first',
      },
    );
}
