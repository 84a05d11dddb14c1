/** Chat templates: programs in Jinja that make one text of a conversation. Here they are only told apart, by digest. */
import { WaybillError } from '../../base/errors.ts';
import { digestOf } from '../../oci/digest.ts';
import type { ChatTemplate } from './tokenizer.ts';

/** Real ones have up to 100 KB. */
const MAX_CHAT_TEMPLATE_SIZE = 16 * 1024 * 1024;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function describeTemplate(text: string, source: string, name?: string): ChatTemplate {
  if (!text.isWellFormed())
    throw new WaybillError('FORMAT_INVALID', `Cannot read the chat template of ${source}: it has half of a sign`);
  const bytes = Buffer.from(text);
  return { source, ...(name === undefined ? {} : { name }), sha256: digestOf(bytes), size: bytes.length };
}

/**
 * `chat_template.jinja`, which transformers writes since 4.51 in place of the key in tokenizer_config.json.
 * @throws WaybillError FORMAT_INVALID, LIMIT_EXCEEDED
 */
export function readTemplateFile({ name, bytes }: { readonly name: string; readonly bytes: Uint8Array }): ChatTemplate {
  if (bytes.length > MAX_CHAT_TEMPLATE_SIZE)
    throw new WaybillError(
      'LIMIT_EXCEEDED',
      `Cannot read ${name}: it has ${bytes.length} bytes, the limit is ${MAX_CHAT_TEMPLATE_SIZE}`,
    );
  try {
    return describeTemplate(decoder.decode(bytes), name);
  } catch (cause) {
    throw new WaybillError('FORMAT_INVALID', `Cannot read ${name}: it is not valid UTF-8`, { cause });
  }
}
