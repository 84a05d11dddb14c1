/** Step 13: the package goes into one file, and out of it into a store that has never seen it. */
import { REFERENCE } from '../reference.ts';
import type { Story } from '../story.ts';
import { digestIn } from './pack.ts';

export function moveModel(story: Story, digest: string): void {
  story.title('Carry it to a place without a network: one file there, and into an empty store');
  const exported = story.shell(`waybill copy ${REFERENCE} oci-archive:digits.tar`, /^copied|error/);
  const imported = story.shell(`waybill copy oci-archive:digits.tar ${REFERENCE} --store other-store`, /^copied|error/);
  const verified = story.quiet(`waybill verify ${REFERENCE} --store other-store`);
  story.check({
    copied: exported.status === 0 && imported.status === 0,
    'the same digest in the archive and in the other store':
      digest !== '' && [exported, imported, verified].every(({ output }) => digestIn(output) === digest),
    [`waybill verify ${REFERENCE} --store other-store passes`]: verified.status === 0,
  });
}
