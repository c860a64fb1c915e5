/**
 * Why a turn was taken to feel as it was: the sentence, how far voice and words were trusted, and the evidence.
 */
import type { Emotion, EmotionEvidence, EmotionLabel } from '../../client/server-event.js';

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** The label as people read it. */
export function labelWords(label: EmotionLabel): string {
  return label === 'unknown' ? 'unclear' : label;
}

export function MoodReasons({ emotion }: { readonly emotion: Emotion }) {
  const { without_voice: withoutVoice, without_text: withoutText } = emotion.counterfactual;
  return (
    <div class="why">
      <p class="explanation">{emotion.explanation}</p>
      <Trust voice={emotion.weights.voice} text={emotion.weights.text} />
      {emotion.evidence.length > 0 && (
        <ul class="evidence" aria-label="Evidence, strongest first">
          {emotion.evidence.slice(0, 6).map((piece) => (
            <Evidence key={`${piece.kind} ${piece.description}`} piece={piece} />
          ))}
        </ul>
      )}
      <p class="faint small">
        Without the voice: {labelWords(withoutVoice.label)} {percent(withoutVoice.probability)}. Without the words:{' '}
        {labelWords(withoutText.label)} {percent(withoutText.probability)}.
      </p>
    </div>
  );
}

function Trust({ voice, text }: { readonly voice: number; readonly text: number }) {
  if (voice + text === 0) return null;
  return (
    <div class="trust">
      <span>voice {percent(voice)}</span>
      <span class="trust-track" aria-hidden="true">
        <span class="trust-fill" style={{ width: percent(voice).replace(' ', '') }} />
      </span>
      <span>words {percent(text)}</span>
    </div>
  );
}

function Evidence({ piece }: { readonly piece: EmotionEvidence }) {
  const toward = piece.direction === 'toward';
  return (
    <li>
      <span class={`tag ${piece.modality}`}>{piece.modality === 'voice' ? 'voice' : 'words'}</span>
      <span>{piece.description}</span>
      <span class={`strength ${piece.direction}`} title={toward ? 'speaks for it' : 'speaks against it'}>
        {toward ? '+' : '−'}
        {Math.round(piece.strength * 100)}
        <span class="unseen">{toward ? ' points for it' : ' points against it'}</span>
      </span>
    </li>
  );
}
