/** An artifact in memory to which anybody attaches anything; and what is then believed of it. */
import type { JsonValue } from '../../src/base/canonical-json.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import type { OpenStore } from '../../src/oci/store-kind.ts';
import { memory } from '../../src/oci/stores/memory.ts';
import { readAttestations } from '../../src/trust/attestations/read.ts';
import { isSignedBy, speaksOf } from '../../src/trust/attestations/signed-by.ts';
import type { PublicKey } from '../../src/trust/keys/public-key.ts';
import { manifestIn } from '../contracts/store.ts';
import { manifestWith } from './statements.ts';

export interface Target extends AsyncDisposable {
  readonly store: OpenStore;
  readonly subject: Descriptor;
  /** Attaches bytes as the layer of a bundle, under these annotations. */
  plant(bytes: Uint8Array | string, annotations?: Readonly<Record<string, string>>): Promise<Descriptor>;
  /** What is attached, each in a word: the code of its problem, `believed`, `elsewhere` or `by another`. */
  said(key: PublicKey): Promise<readonly string[]>;
}

const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

export async function openTarget(): Promise<Target> {
  const store = await memory.open('', { access: 'write' });
  const subject = await manifestIn(store, 'the package');
  return {
    store,
    subject,
    async plant(bytes, annotations = {}) {
      const layer = { mediaType: BUNDLE, bytes: Buffer.from(bytes) };
      const referrer = await manifestWith(store, [layer], { subject, artifactType: BUNDLE, annotations });
      await store.attach(referrer);
      return referrer;
    },
    async said(key) {
      return (await readAttestations(store, subject)).map((one) => {
        if (one.problem !== undefined) return one.problem.code;
        if (!isSignedBy(one, key)) return 'by another';
        return speaksOf(one, subject.digest) ? 'believed' : 'elsewhere';
      });
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

/** A bundle as JSON, to be changed and written again. */
export interface BundleJson {
  mediaType: string;
  verificationMaterial: { [member: string]: JsonValue };
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string; keyid: string }[] };
}

export function changedBundle(bytes: Uint8Array, change: (bundle: BundleJson) => void): Buffer {
  const bundle: BundleJson = JSON.parse(Buffer.from(bytes).toString());
  change(bundle);
  return Buffer.from(JSON.stringify(bundle));
}
