/**
 * A hub that collects garbage a second after its start: hub.yaml begins with a minute. Prints a line
 * when it is ready, and one when a pass is over.
 * Usage: collecting-hub.ts MAIN-OF-THE-HUB SETTINGS-OF-THE-HUB FOLDER
 */
const [main = '', settingsOf = '', folder = ''] = process.argv.slice(2);
const { startHub }: typeof import('../../../src/hub/main.ts') = await import(main);
const { resolveSettings }: typeof import('../../../src/hub/configuration/settings.ts') = await import(settingsOf);

const { settings } = resolveSettings(undefined, { listen: '127.0.0.1:0', data: folder }, folder);
const hub = await startHub({
  settings: { ...settings, collectMilliseconds: 1_000 },
  now: () => Date.now(),
  served: () => {},
  collected: () => console.log(JSON.stringify({ collected: performance.now() })),
});
console.log(JSON.stringify({ address: hub.address, ready: performance.now() }));
process.once('SIGTERM', () => process.exit());
