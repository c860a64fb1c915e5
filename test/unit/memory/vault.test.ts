/**
 * Sealing: what opens, what does not, and what a rotation changes.
 */
import t from 'tap';
import { Vault } from '../../../src/memory/vault.js';

const [old, fresh] = [Vault.newKey(), Vault.newKey()];
const plain = Buffer.from('they were angry about the delivery');

t.test('what was sealed opens in its place and nowhere else', async (t) => {
  const vault = Vault.fromText(old);
  const sealed = vault.seal(plain, 'a');
  t.notOk(sealed.includes('angry'));
  t.not(Buffer.compare(sealed, vault.seal(plain, 'a')), 0, 'a nonce is never used twice');
  t.equal(vault.open(sealed, 'a').toString(), plain.toString());
  t.throws(() => vault.open(sealed, 'b'), { code: 'MEMORY_SEALED' });
});

t.test('every changed byte is noticed', async (t) => {
  const vault = Vault.fromText(old);
  const sealed = vault.seal(plain, 'a');
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    t.throws(() => vault.open(changed, 'a'), { code: 'MEMORY_SEALED' }, `byte ${at}`);
  }
  t.throws(() => vault.open(sealed.subarray(0, 10), 'a'), { code: 'MEMORY_SEALED' });
});

t.test('an older key opens, the newest seals', async (t) => {
  const before = Vault.fromText(old).seal(plain, 'a');
  const both = Vault.fromText(`${fresh}, ${old}`);
  t.equal(both.open(before, 'a').toString(), plain.toString());
  t.notOk(both.isCurrent(before));
  const after = both.seal(plain, 'a');
  t.ok(both.isCurrent(after));
  t.throws(() => Vault.fromText(old).open(after, 'a'), { code: 'MEMORY_SEALED' });
});

t.test('keys are 32 bytes in hex or base64', async (t) => {
  const hex = Buffer.from(old, 'base64').toString('hex');
  t.equal(Vault.fromText(hex).open(Vault.fromText(old).seal(plain, 'a'), 'a').toString(), plain.toString());
  for (const wrong of ['', 'short', `${old},short`, Buffer.alloc(31).toString('base64')])
    t.throws(() => Vault.fromText(wrong), { code: 'MEMORY_KEY_INVALID', field: 'memoryKey' });
});
