import { writtenSpans } from '/work/wt/written/src/stages/stt/written-form/written-words.js';
import { readFileSync } from 'node:fs';
for (const line of readFileSync(0, 'utf8').split('\n').filter(Boolean)) console.log(`${line}  →  ${writtenSpans(line.split(' ')).map((s) => s.text).join(' ')}`);
