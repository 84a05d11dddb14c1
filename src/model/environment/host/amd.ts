/** GPUs of AMD, as `amd-smi` tells of them, or the older `rocm-smi`. "AMD SMI" and "ROCm SMI" in AMD's documentation. */
import { known } from '../known.ts';
import type { Accelerator } from '../target/schema.ts';
import { type HostSources, printed } from './sources.ts';

/** In MiB, 64 TiB: the largest of today has 0.3. */
const MAX_GPU_MEMORY: number = 1024 ** 2 * 64;

type Json = Readonly<Record<string, unknown>>;

/** Undefined where it is not known whether there are any. */
export async function amdGpus(sources: HostSources): Promise<readonly Accelerator[] | undefined> {
  const runtime = /^(\d+(?:\.\d+)+)/.exec(sources.read('/opt/rocm/.info/version') ?? '')?.[1];
  const newer = await printed(sources, 'amd-smi', ['static', '--asic', '--vram', '--driver', '--json']);
  const found = newer === undefined ? undefined : ofAmdSmi(parse(newer));
  if (found !== undefined) return found.map((gpu) => ({ ...gpu, ...known('runtime', runtime) }));
  const words = ['--showproductname', '--showmeminfo', 'vram', '--showdriverversion', '--json'];
  const older = await printed(sources, 'rocm-smi', words);
  return ofRocmSmi(older === undefined ? undefined : parse(older))?.map((gpu) => ({
    ...gpu,
    ...known('runtime', runtime),
  }));
}

/** A list of GPUs, in a member of its own since ROCm 6.4. */
function ofAmdSmi(value: unknown): readonly Accelerator[] | undefined {
  const list = isObject(value) ? value['gpu_data'] : value;
  if (!Array.isArray(list) || list.length === 0) return undefined;
  return list.filter(isObject).map((gpu): Accelerator => {
    const [asic, vram, driver] = [objectAt(gpu, 'asic'), objectAt(gpu, 'vram'), objectAt(gpu, 'driver')];
    return {
      kind: 'rocm',
      ...known('name', wordAt(asic, 'market_name')),
      ...known('memoryMiB', sizeOf(vram['size'])),
      ...known('driver', wordAt(driver, 'version') ?? wordAt(driver, 'driver_version')),
      ...known('architecture', wordAt(asic, 'target_graphics_version')),
    };
  });
}

/** What it calls MB are MiB: an MI210 with 64 GiB has 65536. */
function sizeOf(size: unknown): number | undefined {
  const { value, unit } = isObject(size) ? size : { value: size, unit: 'MB' };
  const number =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && /^\d{1,9}$/.test(value)
        ? Number(value)
        : Number.NaN;
  const factor = unit === 'MB' || unit === 'MiB' ? 1 : unit === 'GB' || unit === 'GiB' ? 1024 : Number.NaN;
  const mebibytes = number * factor;
  return mebibytes >= 0 && mebibytes <= MAX_GPU_MEMORY ? mebibytes : undefined;
}

/** `card0`, `card1` and `system`; some keys changed their case between releases. */
function ofRocmSmi(value: unknown): readonly Accelerator[] | undefined {
  if (!isObject(value)) return undefined;
  const cards = Object.entries(value).filter(([key]) => /^card\d+$/.test(key));
  const system = objectAt(value, 'system');
  const gpus = cards.map(([, card]): Accelerator => {
    const lower: Json = isObject(card)
      ? Object.fromEntries(Object.entries(card).map(([key, one]) => [key.toLowerCase(), one]))
      : {};
    const bytes = Number(wordAt(lower, 'vram total memory (b)'));
    return {
      kind: 'rocm',
      ...known('name', wordAt(lower, 'card series') ?? wordAt(lower, 'device name')),
      ...known('memoryMiB', bytes > 0 ? Math.floor(bytes / 1024 ** 2) : undefined),
      ...known('driver', wordAt(system, 'Driver version') ?? wordAt(lower, 'driver version')),
      ...known('architecture', wordAt(lower, 'gfx version')),
    };
  });
  return gpus.length === 0 ? undefined : gpus;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectAt(value: Json, key: string): Json {
  const inner = value[key];
  return isObject(inner) ? inner : {};
}

/** A short text that says something. */
function wordAt(value: Json, key: string): string | undefined {
  const word = value[key];
  return typeof word === 'string' && /^[\x20-\x7e]{1,200}$/.test(word) && word !== 'N/A' ? word : undefined;
}
