/** Which packages of a lock are installed in an environment: some count on other systems, or for extras, only. */
import { evaluateMarker, type Marker, type MarkerEnvironment } from '../python/markers.ts';
import type { Dependency, Lock, LockedPackage } from './lock.ts';

export interface NeededPackage {
  readonly locked: LockedPackage;
  /** False where it depends on what is not known of the environment. */
  readonly isCertain: boolean;
}

/** In the order of the lock. */
export function neededOf(lock: Lock, environment: MarkerEnvironment): readonly NeededPackage[] {
  const values: MarkerEnvironment = { extra: '', ...environment, ...lock.environment };
  const certainty = lock.roots === undefined ? undefined : reached(lock, lock.roots, values);
  return lock.packages.flatMap((locked) => {
    const own = holds(locked.marker, values);
    if (own === false || certainty?.has(locked) === false) return [];
    return [{ locked, isCertain: own === true && certainty?.get(locked) !== false }];
  });
}

/** From what is asked for to what that needs: the packages that are reached, and whether for certain. */
function reached(
  { packages }: Lock,
  roots: readonly Dependency[],
  values: MarkerEnvironment,
): ReadonlyMap<LockedPackage, boolean> {
  const byName = Map.groupBy(packages, ({ name }) => name);
  const found = new Map<LockedPackage, boolean>();
  const seen = new Set<string>();
  const waiting = roots.map((dependency) => ({ dependency, isCertain: true }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { dependency, isCertain } = next;
    const own = holds(dependency.marker, values);
    if (own === false) continue;
    const certainty = own === true && isCertain;
    const named = byName.get(dependency.name) ?? [];
    for (const one of named.filter(
      ({ version }) => dependency.version === undefined || version === dependency.version,
    )) {
      if (found.get(one) !== true) found.set(one, certainty);
      for (const extra of ['', ...(dependency.extras ?? [])]) {
        const key = `${one.at}\n${one.name}\n${one.version}\n${extra}\n${certainty}`;
        if (seen.has(key)) continue;
        seen.add(key);
        const more = extra === '' ? one.dependencies : one.optional?.[extra];
        for (const dependency of more ?? []) waiting.push({ dependency, isCertain: certainty });
      }
    }
  }
  return found;
}

function holds(marker: Marker | undefined, values: MarkerEnvironment): boolean | undefined {
  return marker === undefined ? true : evaluateMarker(marker, values);
}
