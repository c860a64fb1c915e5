/**
 * The recording of a call, where there is one: fetched when asked for, since the page's key goes with it, and played along the
 * timeline's moment.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { saveFile } from '../save-file.js';
import type { ServerPages } from '../server-pages.js';

/** Positions that are this close are one: a player's own steps move nothing. */
const sameMs = 500;

export function CallSound({
  pages,
  callId,
  atMs,
  onMoment,
}: {
  readonly pages: ServerPages;
  readonly callId: string;
  /** The moment that is looked at. */
  readonly atMs: number;
  /** The player came to another moment. */
  readonly onMoment: (atMs: number) => void;
}) {
  const [sound, setSound] = useState<{ readonly file: Blob; readonly address: string } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const player = useRef<HTMLAudioElement>(null);
  useEffect(() => () => void (sound && URL.revokeObjectURL(sound.address)), [sound]);
  useEffect(() => {
    const audio = player.current;
    if (audio && Math.abs(1000 * audio.currentTime - atMs) > sameMs) audio.currentTime = atMs / 1000;
  }, [atMs, sound]);
  const load = async (): Promise<void> => {
    try {
      const file = await pages.blob(`/v1/calls/${encodeURIComponent(callId)}/audio`);
      setSound({ file, address: URL.createObjectURL(file) });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  if (sound === null)
    return (
      <p class="call-sound">
        <button type="button" class="quiet" onClick={() => void load()}>
          Listen
        </button>{' '}
        <span class="faint small">
          {problem ?? 'The caller agreed to being recorded. Listening is noted in the audit log.'}
        </span>
      </p>
    );
  return (
    <div class="call-sound">
      <audio
        ref={player}
        controls
        src={sound.address}
        aria-label="Recording of the call, caller left, Attune right"
        onTimeUpdate={(event) => onMoment(1000 * event.currentTarget.currentTime)}
      />
      <button type="button" class="quiet" onClick={() => saveFile(`call-${callId}.wav`, sound.file)}>
        Save WAV
      </button>
    </div>
  );
}
