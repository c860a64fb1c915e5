/**
 * Tells people who hear a screen reader what was understood, felt and answered: once, when it is settled.
 */
import { strongest } from './expression-panel.js';
import type { Turn } from './conversation.js';

export function Announcer({ turns }: { readonly turns: readonly Turn[] }) {
  const heard = turns.findLast(({ said }) => said?.state === 'done' && said.text !== '');
  const answered = turns.findLast(({ reply }) => reply?.state === 'done' || reply?.state === 'interrupted');
  return (
    <>
      <p class="unseen" role="log" aria-live="polite">
        {heard?.said && `You: ${heard.said.text}`}
        {heard?.expressions && ` Expression: ${strongest(heard.expressions)}.`}
        {heard?.felt?.final && ` Feeling: ${heard.felt.emotion.label}.`}
      </p>
      <p class="unseen" role="log" aria-live="polite">
        {answered?.reply && `Attune: ${answered.reply.heardText ?? answered.reply.text}`}
      </p>
    </>
  );
}
