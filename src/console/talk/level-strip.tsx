/**
 * The sound of the call as it goes by: the person above the line, the reply below it. Drawn on a canvas, frame by frame,
 * outside of the views' own updates.
 */
import { useEffect, useRef } from 'preact/hooks';
import type { TalkModel } from './talk-model.js';

/** One bar every so often, so that the strip moves at the same pace on every screen. */
const barMs = 40;
const barWidth = 3;
const barGap = 2;
/** Loudness is not linear to the ear; quiet speech is already to be seen. */
const exponent = 0.55;
const gain = 1.6;

interface Bar {
  readonly input: number;
  readonly output: number;
  readonly speech: boolean;
}

export function LevelStrip({ model }: { readonly model: TalkModel }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    const bars: Bar[] = [];
    const samples = new Float32Array(1_024);
    let peak = { input: 0, output: 0 };
    let lastBarMs = performance.now();
    let frame = 0;
    const draw = (nowMs: number): void => {
      frame = requestAnimationFrame(draw);
      const { input, output } = model.analysers;
      peak = {
        input: Math.max(peak.input, levelOf(input, samples)),
        output: Math.max(peak.output, levelOf(output, samples)),
      };
      if (nowMs - lastBarMs >= barMs) {
        // A tab that was hidden does not make up for what it missed.
        lastBarMs = nowMs - lastBarMs > 10 * barMs ? nowMs : lastBarMs + barMs;
        bars.push({ ...peak, speech: model.conversation.value.speaking });
        peak = { input: 0, output: 0 };
      }
      paint(element, context, bars, (nowMs - lastBarMs) / barMs);
    };
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, [model]);
  return <canvas class="strip" ref={canvas} aria-hidden="true" />;
}

function levelOf(analyser: AnalyserNode | null, samples: Float32Array<ArrayBuffer>): number {
  if (analyser === null) return 0;
  analyser.getFloatTimeDomainData(samples);
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.min(1, gain * Math.sqrt(sum / samples.length) ** exponent - 0.03);
}

function paint(element: HTMLCanvasElement, context: CanvasRenderingContext2D, bars: Bar[], sinceBar: number): void {
  const ratio = devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = element;
  if (element.width !== Math.round(width * ratio) || element.height !== Math.round(height * ratio)) {
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
  }
  const pitch = barWidth + barGap;
  const fits = Math.ceil(width / pitch) + 2;
  if (bars.length > fits) bars.splice(0, bars.length - fits);
  const style = getComputedStyle(element);
  const [speech, reply, rest] = ['--accent', '--reply', '--line-strong'].map((name) => style.getPropertyValue(name));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const middle = height / 2;
  bars.forEach((bar, index) => {
    const x = width - (bars.length - index + sinceBar) * pitch + pitch;
    const up = Math.max(1, bar.input * (middle - 2));
    const down = Math.max(1, bar.output * (middle - 2));
    context.fillStyle = (bar.speech ? speech : rest) ?? '';
    context.fillRect(x, middle - up, barWidth, up);
    context.fillStyle = (bar.output > 0.02 ? reply : rest) ?? '';
    context.fillRect(x, middle, barWidth, down);
  });
}
