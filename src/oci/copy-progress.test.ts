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
      enter: (name) => void events.push(`enter ${name}`),
      leave: (name) => void events.push(`leave ${name}`),
      end: () => void events.push('end'),
    },
  };
}

test('copy() begins the progress before it advances it, also between stores without files', async () => {
  await using from = await memory.open('', { access: 'write' });
  await using to = await memory.open('', { access: 'write' });
  const config = await pushBytes(from, 'application/vnd.oci.empty.v1+json', Buffer.from('{}'));
  const bytes = await pushBytes(from, 'application/octet-stream', Buffer.from('weights'));
  const layer = { ...bytes, annotations: { 'org.opencontainers.image.title': 'weights.bin' } };
  const manifest = { schemaVersion: 2, mediaType: IMAGE_MANIFEST, config, layers: [layer] };
  const target = await pushBytes(from, IMAGE_MANIFEST, Buffer.from(JSON.stringify(manifest)));
  const { events, progress } = recorder();
  await copy(from, to, target, { progress, label: 'Pulling' });
  expect(events).toEqual([
    'begin Pulling 9',
    'advance 2',
    'enter weights.bin',
    'advance 7',
    'leave weights.bin',
    'end',
  ]);
  events.length = 0;
  await copy(from, to, target, { progress });
  expect(events).toEqual([]);
});
