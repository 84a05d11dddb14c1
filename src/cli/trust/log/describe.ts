/** A checkpoint in the JSON of `waybill log`. */
import type { CheckpointText } from '../../../trust/log/checkpoint.ts';
import type { Cosignature } from '../../../trust/log/note/verify.ts';
import type { Output } from '../../outputs/log.ts';

export function describeCheckpoint({ origin, size, root }: CheckpointText): Pick<Output, 'origin' | 'size' | 'root'> {
  return { origin, size, root: root.toString('base64') };
}

export function describeCosignatures(cosignatures: readonly Cosignature[]): NonNullable<Output['cosignatures']> {
  return cosignatures.map(({ witness, time }) => ({ witness, time: formatTime(time) }));
}

/** A witness may say any time; dates end in the year 275760. */
function formatTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `second ${seconds}` : date.toISOString();
}
