/**
 * Gives a repository its name, unless it would be taken for another one. One holds a name as long as
 * it holds content or an upload is under way into it; empty ones hold nothing, so that neither a slip
 * of the pen keeps a name from others for ever, nor one that was kept ready can be filled later.
 */
import { WaybillError } from '../../base/errors.ts';
import type { Reader, Writer } from '../database/database.ts';
import { prepare } from '../database/prepared.ts';
import { isLookAlike, skeletonOf } from './look-alikes.ts';
import { ensureId } from './queries.ts';

/** What is done about a new repository whose name looks like that of another. */
export type LookAlikes = 'refuse' | 'allow';

/**
 * The id of a repository into which something is about to be put. What holds a name already keeps it.
 * @throws WaybillError DENIED for a name that looks like another one
 */
export async function claimName(writer: Writer, name: string, lookAlikes: LookAlikes): Promise<number> {
  const [own] = await holding(writer, name);
  if (own !== undefined) return own.id;
  if (lookAlikes === 'refuse') await assertDistinct(writer, name);
  return ensureId(writer, name);
}

/**
 * The message does not say which: whoever asks may not be allowed to read it. That there is one he
 * learns, if he may push to a name like it, as wherever names are given only once.
 */
async function assertDistinct(reader: Reader, name: string): Promise<void> {
  const found = await holdingLike(reader, skeletonOf(name));
  if (!found.some((other) => isLookAlike(name, other.name))) return;
  throw new WaybillError(
    'DENIED',
    `Cannot create the repository ${name}: its name looks like that of another one here (signs between words do not count; 0 is read as o, 1 and l as i, rn as m, vv as w). Use another name; or, if both are meant, whoever runs the hub sets names.lookAlikes: allow`,
  );
}

const holding = prepare((reader, name: string) => held(reader).where('repository.name', '=', name));
const holdingLike = prepare((reader, skeleton: string) => held(reader).where('repository.skeleton', '=', skeleton));

/** Repositories that hold something. */
function held(reader: Reader) {
  return reader
    .selectFrom('repository')
    .select(['repository.id', 'repository.name'])
    .where(({ or, exists, selectFrom }) =>
      or([
        exists(selectFrom('manifest').select('digest').whereRef('repository', '=', 'repository.id')),
        exists(selectFrom('repository_blob').select('digest').whereRef('repository', '=', 'repository.id')),
        exists(selectFrom('upload').select('upload.id').whereRef('repository', '=', 'repository.id')),
      ]),
    );
}
