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

t.test('a clause that is still being sent is as long as its letters say, by the pace of the clauses before', (t) => {
  const ledger = new PlaybackLedger();
  ledger.beginClause('aaaa bbbb cccc dddd eeee');
  ledger.send(720, 0);
  t.equal(ledger.textHeard(720), 'aaaa bbbb', 'less than half of 20 letters at the usual 80 ms');
  ledger.endClause();
  t.equal(ledger.textHeard(720), 'aaaa bbbb cccc dddd eeee', 'whole once it was sent to its end');
  ledger.beginClause('ffff gggg hhhh iiii');
  ledger.send(320, 0);
  t.equal(ledger.textHeard(1_040), 'aaaa bbbb cccc dddd eeee ffff gggg', '36 ms a letter were measured');
  t.end();
});

t.test('a clause without sound was not heard', (t) => {
  const ledger = new PlaybackLedger();
  for (const [text, soundMs] of [
    ['one', 100],
    ['lost', 0],
    ['two', 100],
  ] as const) {
    ledger.beginClause(text);
    if (soundMs > 0) ledger.send(soundMs, 0);
  }
  ledger.endClause();
  t.equal(ledger.textHeard(200), 'one two');
  t.end();
});

t.test('what the client says that it played counts, and shows how far the ear is behind', (t) => {
  const ledger = new PlaybackLedger();
  ledger.send(1_000, 0);
  t.equal(ledger.heardMs(500), 500, 'before it says anything, sound is taken to be heard at once');
  ledger.confirm(400, 600);
  t.equal(ledger.lagMs, 200);
  t.equal(ledger.heardMs(600), 400);
  t.equal(ledger.heardMs(700), 500);
  t.equal(ledger.aheadMs(700), 300, 'what paces the sending does not wait for the word');
  t.equal(ledger.unheardMs(700), 500);
  t.equal(ledger.unheardMs(1_200), 0);
  ledger.confirm(300, 700);
  t.equal(ledger.heardMs(600), 400, 'less than before is no news');
  ledger.confirm(9_999, 800);
  t.equal(ledger.heardMs(800), 1_000, 'and no more than was sent');
  t.equal(ledger.unheardMs(800), 0);
  t.equal(new PlaybackLedger({ lagMs: 200 }).lagMs, 200, 'the next item begins with what was learnt');
  t.end();
});

t.test('while the client pauses nothing is heard, and what it has lasts as much longer', (t) => {
  const ledger = new PlaybackLedger();
  ledger.send(400, 0);
  ledger.pause(100);
  ledger.pause(150);
  t.equal(ledger.heardMs(900), 100);
  t.equal(ledger.unheardMs(900), 300);
  ledger.confirm(100, 900);
  t.equal(ledger.lagMs, 0, 'word that comes in the pause says nothing of the way');
  ledger.resume(1_000);
  t.equal(ledger.heardMs(1_100), 200);
  t.equal(ledger.aheadMs(1_100), 200);
  ledger.send(100, 1_100);
  t.equal(ledger.heardMs(1_400), 500);
  ledger.resume(1_400);
  t.end();
});

t.test(
  'a client with a lag hears what is on its way when it pauses, and is sent half of the lag and a frame again',
  (t) => {
    const ledger = new PlaybackLedger({ lagMs: 80 });
    ledger.send(400, 0);
    ledger.pause(200);
    t.equal(ledger.heardMs(200), 120);
    t.equal(ledger.unplayedMs(200), 260, 'the way takes the word to stop as long as it took the sound');
    t.equal(ledger.heardMs(300), 200);
    t.equal(ledger.heardMs(900), 200, 'and nothing after it');
    ledger.confirm(180, 950);
    t.equal(ledger.lagMs, 80);
    t.equal(ledger.unplayedMs(950), 220, 'what is said to have been played is not sent again');
    ledger.resume(1_000);
    t.equal(ledger.aheadMs(1_000), 200);
    t.end();
  },
);

t.test('a client that paused with nothing left plays what comes at once', (t) => {
  const ledger = new PlaybackLedger();
  ledger.send(100, 0);
  ledger.pause(300);
  ledger.resume(500);
  ledger.send(100, 500);
  t.equal(ledger.heardMs(550), 150);
  t.end();
});
