/** Writes every generated file (npm run generate): schemas/ and docs/reference/. */
import fs from 'node:fs';
import path from 'node:path';
import { generateAll, generatedFolders } from './generate/all.ts';

const files = await generateAll();
for (const folder of generatedFolders) {
  if (!fs.existsSync(folder)) continue;
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && !files.has(file.split(path.sep).join('/'))) fs.rmSync(file);
  }
}
for (const [file, text] of files) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text) fs.writeFileSync(file, text);
}
console.error(`${files.size} files are up to date`);
