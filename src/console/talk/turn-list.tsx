/**
 * The conversation in writing: words as they are recognised, replies as they are heard.
 */
import { memo } from './memo.js';
import { Fragment } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { LatencyWaterfall } from './latency-waterfall.js';
import { ExpressedWords } from './expression-panel.js';
import type { Notice, Reply, Said, Turn } from './conversation.js';
import { labelWords, MoodReasons } from './mood-reasons.js';

/** Below this a word is marked as unsure. */
const sureConfidence = 0.6;

export interface TurnListProps {
  readonly turns: readonly Turn[];
  readonly notices: readonly Notice[];
}

export function TurnList({ turns, notices }: TurnListProps) {
  const list = useRef<HTMLOListElement>(null);
  const follows = useRef(true);
  useLayoutEffect(() => {
    const scroller = list.current?.parentElement;
    // Whoever scrolled back to read is left there.
    if (scroller && follows.current) scroller.scrollTop = scroller.scrollHeight;
  });
  return (
    <div
      class="turns"
      tabIndex={0}
      role="region"
      aria-label="Conversation"
      onScroll={({ currentTarget: scroller }) => {
        follows.current = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 48;
      }}
    >
      <ol ref={list}>
        <Notices notices={notices.filter(({ afterTurns }) => afterTurns === 0)} />
        {turns.map((turn, index) => (
          <Fragment key={turn.id}>
            <TurnEntry turn={turn} />
            <Notices notices={notices.filter(({ afterTurns }) => afterTurns === index + 1)} />
          </Fragment>
        ))}
      </ol>
    </div>
  );
}

function Notices({ notices }: { readonly notices: readonly Notice[] }) {
  return (
    <>
      {notices.map(({ id, kind, text }) => (
        <li key={`notice ${id}`} class={`notice is-${kind}`}>
          {text}
        </li>
      ))}
    </>
  );
}

const TurnEntry = memo(({ turn }: { readonly turn: Turn }) => {
  const { said, felt, expressions, reply, timing } = turn;
  return (
    <li class="turn">
      {said !== null && (
        <article class={`said is-${said.state}`} aria-label="You">
          <p>
            <SaidWords said={said} />
          </p>
          {felt?.final && (
            <details class="felt" data-label={felt.emotion.label}>
              <summary>
                <span class="unseen">Feeling: </span>
                {labelWords(felt.emotion.label)}
              </summary>
              <MoodReasons emotion={felt.emotion} />
            </details>
          )}
          {expressions !== null && <ExpressedWords expressions={expressions} />}
        </article>
      )}
      {reply !== null && <ReplyEntry reply={reply} />}
      {timing !== null && <LatencyWaterfall timing={timing} />}
    </li>
  );
});

function SaidWords({ said }: { readonly said: Said }) {
  if (said.text === '')
    return <span class="faint">{said.state === 'done' ? 'No words were understood.' : 'Listening …'}</span>;
  // The pieces carry confidences; they are shown where together they are the text.
  if (said.state === 'done' && said.words.length > 0 && said.words.map(({ text }) => text).join(' ') === said.text)
    return (
      <>
        {said.words.map(({ text, confidence }, index) => (
          <span key={index}>
            <span
              class={confidence < sureConfidence ? 'word unsure' : 'word'}
              title={`${Math.round(confidence * 100)} % sure`}
            >
              {text}
            </span>{' '}
          </span>
        ))}
      </>
    );
  return (
    <>
      {said.stableText}
      <span class="passing">{said.text.slice(said.stableText.length)}</span>
    </>
  );
}

function ReplyEntry({ reply }: { readonly reply: Reply }) {
  const { text, heardText, state, decision, problem } = reply;
  const heard = heardText === null || state === 'done' ? text : commonBeginning(text, heardText);
  if (text === '' && state === 'interrupted') return null;
  return (
    <article class={`reply is-${state}`} aria-label="Attune">
      <p>
        {text === '' && state === 'thinking' && <span class="faint">…</span>}
        <span class="heard">{heard}</span>
        <span class="unheard">{text.slice(heard.length)}</span>
        {state === 'interrupted' && <span class="cut">you broke in</span>}
      </p>
      {problem !== null && <p class="problem">{problem}</p>}
      {decision !== null && decision.acts.length > 0 && (
        <p class="decision">
          {decision.acts.map((act) => (
            <span key={act} class="tag">
              {act.replaceAll('-', ' ')}
            </span>
          ))}
          <StyleWords style={decision.style} />
        </p>
      )}
    </article>
  );
}

function StyleWords({ style }: { readonly style: NonNullable<Reply['decision']>['style'] }) {
  const words = [
    style.rate_scale < 0.97 ? 'slower' : style.rate_scale > 1.03 ? 'faster' : null,
    style.gain_db < -0.5 ? 'softer' : style.gain_db > 0.5 ? 'louder' : null,
    style.pitch_shift_semitones < -0.2 ? 'lower' : style.pitch_shift_semitones > 0.2 ? 'higher' : null,
    style.pitch_range_scale < 0.95 ? 'flatter' : style.pitch_range_scale > 1.05 ? 'livelier' : null,
  ].filter((word) => word !== null);
  return words.length === 0 ? null : <span class="faint">spoken {words.join(', ')}</span>;
}

/** How much of `text` the words of `heard` make up; the two may differ in spaces. */
function commonBeginning(text: string, heard: string): string {
  let position = 0;
  for (const word of heard.split(/\s+/u).filter((part) => part !== '')) {
    const found = text.indexOf(word, position);
    if (found === -1 || found > position + 12) break;
    position = found + word.length;
  }
  return text.slice(0, position);
}
