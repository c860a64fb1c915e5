/** Members of archives as `tar` writes them in its three formats, and archives that are none. */
import { execFileSync } from 'node:child_process';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { TarArchive } from '../../../src/cli/tar-archive.js';

/** More than the 100 bytes of a plain header's name. */
const longFolders = ['outer'.repeat(12), 'inner'.repeat(12)] as const;
const deep = { [longFolders[0]]: { [longFolders[1]]: { 'two.txt': 'second' } } };
const files = { clips: { 'one.txt': 'first', 'empty.txt': '', ...deep } };

function pack(folder: string, format: string): string {
  const archive = path.join(folder, 'clips.tar');
  execFileSync('tar', ['-cf', archive, `--format=${format}`, '-C', folder, './clips']);
  return archive;
}

for (const format of ['gnu', 'pax', 'ustar']) {
  t.test(`format ${format}`, async (t) => {
    await using archive = await TarArchive.open(pack(t.testdir(files), format));
    t.equal(String(await archive.read('clips/one.txt')), 'first');
    t.equal(
      String(await archive.read(`./clips/${longFolders.join('/')}/two.txt`)),
      'second',
      'a long name, with a dot in front',
    );
    t.equal(String(await archive.read('clips/empty.txt')), '');
    t.equal(await archive.read('clips'), undefined, 'a folder is no member');
    t.equal(await archive.read('clips/three.txt'), undefined);
  });
}

t.test('what is no whole archive', async (t) => {
  const folder = t.testdir({ ...files, 'text.tar': 'this is text'.repeat(100) });
  const archive = pack(folder, 'gnu');
  await t.rejects(TarArchive.open(path.join(folder, 'none.tar')), { code: 'FILE_UNREADABLE' });
  await t.rejects(TarArchive.open(path.join(folder, 'text.tar')), { code: 'ARCHIVE_CORRUPT', message: /header/ });
  const bytes = readFileSync(archive);
  const cut = path.join(folder, 'cut.tar');
  writeFileSync(cut, bytes);
  truncateSync(cut, bytes.indexOf('first') + 2);
  await t.rejects(TarArchive.open(cut), { code: 'ARCHIVE_CORRUPT', field: cut });
  writeFileSync(cut, '');
  await using empty = await TarArchive.open(cut);
  t.equal(await empty.read('clips/one.txt'), undefined);
  await using whole = await TarArchive.open(archive);
  truncateSync(archive, bytes.indexOf('first') + 2);
  await t.rejects(whole.read('clips/one.txt'), { code: 'ARCHIVE_CORRUPT' }, 'cut while it is open');
});
