/**
 * Speaking with Attune and seeing it hear, feel, decide and answer.
 */
import { useObservable } from '../observable.js';
import type { About } from '../server-pages.js';
import { Announcer } from './announcer.js';
import { CallBanner } from './call-banner.js';
import { ExpressionGlance, ExpressionPanel } from './expression-panel.js';
import { MoodGlance } from './mood-glance.js';
import { MoodPanel } from './mood-panel.js';
import { TalkDock } from './talk-dock.js';
import type { TalkModel } from './talk-model.js';
import { TalkSettingsPanel } from './talk-settings.js';
import { TurnList } from './turn-list.js';

export function TalkView({ model, about }: { readonly model: TalkModel; readonly about: About }) {
  const conversation = useObservable(model.conversation);
  const { protocol } = useObservable(model.settings);
  const { turns, mood, trail, expressions, notices } = conversation;
  const isEvi = protocol === 'evi';
  return (
    <main class="talk" id="main" tabIndex={-1}>
      <h1 class="unseen">Talk</h1>
      <div class="conversation card">
        <CallBanner model={model} />
        {isEvi ? <ExpressionGlance expressions={expressions} /> : <MoodGlance felt={mood} trail={trail} />}
        {turns.length + notices.length === 0 ? (
          <Welcome hasReasons={!isEvi} />
        ) : (
          <TurnList turns={turns} notices={notices} />
        )}
        <TalkDock model={model} />
      </div>
      <aside class="mind" aria-label="What Attune makes of it">
        {isEvi ? (
          <ExpressionPanel expressions={expressions} enabled={about.emotion} />
        ) : (
          <MoodPanel felt={mood} trail={trail} enabled={about.emotion} />
        )}
        <TalkSettingsPanel model={model} about={about} />
      </aside>
      <Announcer turns={turns} />
    </main>
  );
}

function Welcome({ hasReasons }: { readonly hasReasons: boolean }) {
  return (
    <div class="welcome">
      <p class="lead">Press the microphone and speak.</p>
      <p>
        Your words appear as they are understood, with how they sounded{hasReasons && ' and why the server thinks so'}.
        Speak over an answer to break in. Nothing is stored unless you agree to it.
      </p>
    </div>
  );
}
