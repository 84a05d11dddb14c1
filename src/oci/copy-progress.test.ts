import { expect, test } from 'vitest';
import type { Progress } from '../base/progress.ts';
import { copy } from './copy.ts';
import { IMAGE_MANIFEST } from './media-types.ts';
import { memory } from './stores/memory.ts';
import { pushBytes } from './verified.ts';

function recorder(): { readonly events: string[]; readonly progress: Progress } {
  const events: string[] = [];
  return {
    events,
    progress: {
      begin: (label, total) => void events.push(`begin ${label} ${total}`),
      advance: (bytes) => void events.push(`advance ${bytes}`),
      end: () => void events.push('end'),
    },
  };
}

test('copy() begins the progress before it advances it, also between stores without files', async () => {
  await using from = await memory.open('', { access: 'write' });
  await using to = await memory.open('', { access: 'write' });
  const config = await pushBytes(from, 'application/vnd.oci.empty.v1+json', Buffer.from('{}'));
  const layer = await pushBytes(from, 'application/octet-stream', Buffer.from('weights'));
  const manifest = { schemaVersion: 2, mediaType: IMAGE_MANIFEST, config, layers: [layer] };
  const target = await pushBytes(from, IMAGE_MANIFEST, Buffer.from(JSON.stringify(manifest)));
  const { events, progress } = recorder();
  await copy(from, to, target, { progress });
  expect(events).toEqual(['begin Copying 9', 'advance 2', 'advance 7', 'end']);
  events.length = 0;
  await copy(from, to, target, { progress });
  expect(events).toEqual([]);
});
