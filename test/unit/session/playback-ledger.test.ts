/**
 * What was heard of a reply, in milliseconds and in words.
 */
import t from 'tap';
import { PlaybackLedger } from '../../../src/session/playback-ledger.js';

t.test('sound is heard as time passes, never more than was sent', (t) => {
  const ledger = new PlaybackLedger();
  ledger.send(300, 1_000);
  t.equal(ledger.aheadMs(1_000), 300);
  t.equal(ledger.heardMs(1_100), 100);
  t.equal(ledger.heardMs(9_000), 300);
  t.end();
});

t.test('a client that ran dry goes on when sound comes', (t) => {
  const ledger = new PlaybackLedger();
  ledger.send(100, 0);
  ledger.send(100, 500);
  t.equal(ledger.heardMs(550), 150);
  t.equal(ledger.aheadMs(600), 0);
  t.end();
});

t.test('milliseconds become words', (t) => {
  const ledger = new PlaybackLedger();
  ledger.beginClause('I am sorry,');
  ledger.send(900, 0);
  ledger.beginClause('your parcel is late.');
  ledger.send(1_600, 0);
  t.equal(ledger.textHeard(0), '');
  t.equal(ledger.textHeard(900), 'I am sorry,');
  t.equal(ledger.textHeard(1_700), 'I am sorry, your parcel');
  t.equal(ledger.textHeard(2_500), 'I am sorry, your parcel is late.');
  t.end();
});
