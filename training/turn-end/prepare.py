"""Finds pauses and ends of turns in transcribed speech, and has the serving code extract the features of what precedes them.

  python training/turn-end/prepare.py --corpora DIR --work DIR [--limit N]

Writes into --work: `examples.tsv` (one line an example and copy: start, samples, split, speaker, corpus, kind, hold, room behind the
end, copy, held, file, end of speech, whether the cadence is measured) and the features of `extract-features.ts` (`features.*`).

Every recording counts as one turn. Silences of 200 ms to 5 s inside it are pauses (`pause`), its last speech is the end (`end`).
`cut` is no real pause: the recording is broken off in a dip of its loudness, for comparison and for voices that never pause. Each
example is the audio up to the end of the last window that the voice activity model calls speech, as the server cuts it; the same
room tone follows every recording and every cut before that model looks, so that no class ends in another kind of silence.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import soundfile
from scipy.ndimage import maximum_filter1d, minimum_filter1d
from scipy.signal import fftconvolve, resample_poly

RATE = 16_000
PER_MS = RATE // 1000
WINDOW, CONTEXT = 512, 64
WINDOW_MS = 32
SPEECH, SILENCE, LEAST_SPEECH_MS = 0.5, 0.35, 96
"""`defaultTurnPolicy`."""
SHORTEST_HOLD_MS, LONGEST_HOLD_MS = 200, 5_000
LOOK_SAMPLES = 249 * 160 + 400
"""`turnEndWindowSamples`."""
PREFIX_MS = 300
TONE_MS = 512
LEFT_OUT = {"fsdd_8k_digits", "grid_s1", "librispeech_train_clean_5", "librispeech_train_clean_100_3spk"}
"""Heard in dev where they have a part there, never in training.

The first two have tightly cut or padded ends, and licences that would follow the weights. LibriSpeech's training sets are cut at any
silence, so that their ends are none: a network trained on them as well ranks their ends and pauses by chance (.48).
"""
HELD_SHARE = 0.14
CUT_EVERY = 3
"""One recording in so many is broken off as well."""
SPEEDS = ((10, 11), (20, 21), (1, 1), (1, 1), (20, 19), (10, 9))


@dataclass
class Clip:
    file: str
    split: str
    speaker: str
    corpus: str
    samples: np.ndarray
    segments: list[tuple[int, int]]


@dataclass(frozen=True)
class Example:
    clip: Clip
    kind: str
    audio: np.ndarray
    hold_ms: int
    room_ms: int
    end_ms: int


def mu_law(signal: np.ndarray) -> np.ndarray:
    """8 kHz, G.711 mu-law companding with 8 bits, back to 16 kHz."""
    narrow = np.clip(resample_poly(signal, 1, 2), -1, 1)
    coded = np.round(np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256) * 127) / 127
    return resample_poly(np.sign(coded) * np.expm1(np.abs(coded) * np.log(256)) / 255, 2, 1).astype(np.float32)


def read_archive(path: Path, wanted: set[str] | None = None) -> dict[str, np.ndarray]:
    clips = {}
    with tarfile.open(path) as archive:
        for member in archive:
            name = member.name.removeprefix("./")
            if not member.isfile() or (wanted is not None and name not in wanted):
                continue
            content = archive.extractfile(member)
            assert content is not None
            signal, rate = soundfile.read(io.BytesIO(content.read()), dtype="float32", always_2d=True)
            if rate != RATE:
                raise SystemExit(f"{name} is not at 16 kHz")
            clips[name] = signal[:, 0]
    return clips


def room_tone(signal: np.ndarray) -> np.ndarray:
    """The quietest 80 ms of a recording, forwards and backwards in turn."""
    size = 80 * PER_MS
    if len(signal) < 2 * size:
        return np.zeros(TONE_MS * PER_MS, np.float32)
    step = 10 * PER_MS
    sums = np.concatenate([[0], np.cumsum(signal.astype(np.float64) ** 2)])
    starts = np.arange(0, len(signal) - size, step)
    start = int(starts[np.argmin(sums[starts + size] - sums[starts])])
    piece = signal[start : start + size]
    return np.resize(np.concatenate([piece, piece[::-1]]), TONE_MS * PER_MS).astype(np.float32)


def with_tone(signal: np.ndarray, tone: np.ndarray) -> np.ndarray:
    """The room goes on behind the last sample; 8 ms of fading hide the seam."""
    fade = 8 * PER_MS
    joined = np.concatenate([signal, tone])
    ramp = np.linspace(1, 0, fade, dtype=np.float32)
    at = len(signal) - fade
    joined[at : len(signal)] = signal[at:] * ramp + tone[:fade] * (1 - ramp)
    return joined


class VoiceActivity:
    """Silero VAD, many recordings side by side, with the hysteresis of the turn machine."""

    def __init__(self, model: Path, threads: int, lanes: int = 256) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._lanes = lanes

    def segments(self, signals: list[np.ndarray]) -> list[list[tuple[int, int]]]:
        found: list[list[tuple[int, int]]] = [[] for _ in signals]
        order = sorted(range(len(signals)), key=lambda index: len(signals[index]))
        for at in range(0, len(order), self._lanes):
            group = order[at : at + self._lanes]
            for index, row in zip(group, self._probabilities([signals[i] for i in group])):
                found[index] = stretches(row[: -(-len(signals[index]) // WINDOW)])
            print(f"voice activity {at + len(group)}/{len(order)}", flush=True)
        return found

    def _probabilities(self, signals: list[np.ndarray]) -> np.ndarray:
        steps = -(-max(len(signal) for signal in signals) // WINDOW)
        padded = np.zeros((len(signals), CONTEXT + steps * WINDOW), np.float32)
        for row, signal in zip(padded, signals):
            row[CONTEXT : CONTEXT + len(signal)] = signal
        state = np.zeros((2, len(signals), 128), np.float32)
        result = np.zeros((len(signals), steps), np.float32)
        for step in range(steps):
            window = padded[:, step * WINDOW : step * WINDOW + CONTEXT + WINDOW]
            output, state = self._session.run(None, {"input": np.ascontiguousarray(window), "state": state, "sr": np.array(RATE)})
            result[:, step] = output[:, 0]
        return result


def stretches(probabilities: np.ndarray) -> list[tuple[int, int]]:
    """Milliseconds of speech, as `segmentsOf` has them with a pause of 200 ms."""
    found: list[tuple[int, int]] = []
    open_at, spoken, last, silent = -1, 0, 0, -1
    onset, onset_ms = -1, 0
    for index, probability in enumerate(probabilities):
        end = (index + 1) * WINDOW_MS
        if open_at < 0:
            if probability >= SPEECH:
                onset = index * WINDOW_MS if onset_ms == 0 else onset
                onset_ms += WINDOW_MS
                if onset_ms >= LEAST_SPEECH_MS:
                    open_at, last, silent = onset, end, -1
            elif probability < SILENCE:
                onset_ms = 0
        elif probability >= SPEECH:
            last, silent = end, -1
        elif silent >= 0 or probability < SILENCE:
            silent = max(silent, 0) + WINDOW_MS
            if silent >= SHORTEST_HOLD_MS:
                found.append((open_at, last))
                open_at, onset_ms = -1, 0
    return [*found, (open_at, last)] if open_at >= 0 else found


def look(clip: Clip, padded: np.ndarray, end_ms: int) -> np.ndarray:
    end = end_ms * PER_MS
    start = max(0, (clip.segments[0][0] - PREFIX_MS) * PER_MS, end - LOOK_SAMPLES)
    return padded[start:end]


def real_examples(clip: Clip, tone: np.ndarray) -> list[Example]:
    padded = with_tone(clip.samples, tone)
    length_ms = len(clip.samples) // PER_MS
    examples = []
    for index, (_, end_ms) in enumerate(clip.segments):
        is_end = index + 1 == len(clip.segments)
        hold = 0 if is_end else clip.segments[index + 1][0] - end_ms
        if is_end or SHORTEST_HOLD_MS <= hold <= LONGEST_HOLD_MS:
            examples.append(Example(clip, "end" if is_end else "pause", look(clip, padded, end_ms), hold, max(0, length_ms - end_ms), end_ms))
    return examples


def broken_off(clip: Clip, chance: np.random.Generator) -> np.ndarray | None:
    """The recording up to a dip of its loudness inside a stretch of speech, at least 300 ms from either end of it."""
    step = 5 * PER_MS
    power = np.add.reduceat(clip.samples.astype(np.float64) ** 2, np.arange(0, len(clip.samples), step)) / step
    level = 10 * np.log10(np.convolve(power, np.ones(5) / 5, "same") + 1e-10)
    lowest, loudest = minimum_filter1d(level, 17), maximum_filter1d(level, 61)
    is_dip = (level == lowest) & (level < loudest - 15)
    dips = [at for start, end in clip.segments for at in range((start + 300) // 5, min((end - 300) // 5, len(level))) if is_dip[at]]
    return clip.samples[: int(chance.choice(dips)) * 5 * PER_MS] if dips else None


def cut_examples(clips: list[Clip], tones: list[np.ndarray], vad: VoiceActivity, chance: np.random.Generator) -> list[Example]:
    picked = [(clip, tone, piece) for clip, tone in zip(clips, tones) if (piece := broken_off(clip, chance)) is not None]
    heard_ms = 4_000
    starts = [max(0, len(piece) - heard_ms * PER_MS) for _, _, piece in picked]
    padded = [with_tone(piece, tone)[start:] for (_, tone, piece), start in zip(picked, starts)]
    examples = []
    for (clip, _, piece), start, signal, segments in zip(picked, starts, padded, vad.segments(padded)):
        if not segments or segments[-1][1] < (len(piece) - start) // PER_MS - 200:
            continue
        end = segments[-1][1]
        audio = signal[max(0, end * PER_MS - LOOK_SAMPLES) : end * PER_MS]
        examples.append(Example(clip, "cut", audio, 0, 0, start // PER_MS + end))
    return examples


def changed(signal: np.ndarray, chance: np.random.Generator, noises: list[np.ndarray], rooms: list[np.ndarray]) -> np.ndarray:
    """Another speed, room, noise, level and line, drawn anew for every example."""
    up, down = SPEEDS[chance.integers(len(SPEEDS))]
    if up != down:
        signal = resample_poly(signal, up, down).astype(np.float32)
    if chance.random() < 0.2:
        signal = fftconvolve(signal, rooms[chance.integers(len(rooms))])[: len(signal)].astype(np.float32)
    if chance.random() < 0.6:
        noise = noises[chance.integers(len(noises))]
        noise = np.resize(np.roll(noise, -int(chance.integers(len(noise)))), len(signal))
        level = np.sqrt(np.mean(signal**2) + 1e-9) * 10 ** (-chance.uniform(5, 35) / 20)
        signal = signal + noise * (level / np.sqrt(np.mean(noise**2) + 1e-9))
    signal = np.clip(signal * 10 ** (chance.uniform(-20, 8) / 20), -1, 1).astype(np.float32)
    return mu_law(signal) if chance.random() < 0.5 else signal


def rooms_of(corpora: Path) -> list[np.ndarray]:
    rooms = []
    for response in read_archive(corpora / "rir.tar").values():
        tail = response[int(np.argmax(np.abs(response))) :][: RATE // 3]
        rooms.append((tail / np.sqrt(np.sum(tail**2) + 1e-9)).astype(np.float32))
    return rooms


def is_held(clip: Clip) -> bool:
    """Training speakers kept out of the gradient: they choose the epoch, calibrate and set the policy, so that dev stays a measurement."""
    digest = hashlib.sha256(f"{clip.corpus} {clip.speaker}".encode()).digest()
    return clip.split == "train" and digest[0] < 256 * HELD_SHARE and clip.corpus not in {"kathleen", "ljspeech_partial"}


def load_clips(speech: Path, limit: int | None) -> list[Clip]:
    with (speech / "manifest.tsv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
                if row["split"] == "dev" or row["corpus"] not in LEFT_OUT]
    training = [row for row in rows if row["split"] == "train"]
    kept = {row["file"] for row in training[:: max(1, len(training) // limit)]} if limit else {row["file"] for row in training}
    rows = [row for row in rows if row["split"] == "dev" or row["file"] in kept]
    clips = []
    for corpus in sorted({row["corpus"] for row in rows}):
        chosen = {row["file"]: row for row in rows if row["corpus"] == corpus}
        for name, signal in read_archive(speech / f"{corpus}.tar", set(chosen)).items():
            row = chosen[name]
            clips.append(Clip(name, row["split"], row["speaker"], corpus, signal, []))
    return clips


def extract(repository: Path, work: Path, processes: int) -> None:
    """Runs the serving code over parts of the list side by side, and joins what comes out."""
    lines = (work / "examples.tsv").read_text().splitlines(keepends=True)
    running = []
    for part in range(processes):
        (work / f"part-{part}.tsv").write_text("".join(lines[part * len(lines) // processes : (part + 1) * len(lines) // processes]))
        running.append(subprocess.Popen(
            ["node", "--import=./bin/typescript-loader.js", "training/turn-end/extract-features.ts",
             *(str(work / name) for name in ("pcm.f32", f"part-{part}.tsv", f"part-{part}"))], cwd=repository))
    if any([process.wait() != 0 for process in running]):
        raise SystemExit("the features could not be extracted")
    for kind in ("frames.f32", "counts.i32", "finality.f32"):
        with (work / f"features.{kind}").open("wb") as joined:
            for part in range(processes):
                path = work / f"part-{part}.{kind}"
                with path.open("rb") as file:
                    shutil.copyfileobj(file, joined)
                path.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="about so many training recordings, evenly spread; all by default")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    repository = Path(__file__).resolve().parents[2]
    vad = VoiceActivity(repository / "node_modules/@ricky0123/vad-web/dist/silero_vad_v6.onnx", options.threads)
    chance = np.random.default_rng(38)

    clips = load_clips(options.corpora / "speech", options.limit)
    tones = [room_tone(clip.samples) for clip in clips]
    for clip, tone, segments in zip(clips, tones, vad.segments([with_tone(clip.samples, tone) for clip, tone in zip(clips, tones)])):
        length_ms = len(clip.samples) // PER_MS
        clip.segments = [(start, min(end, length_ms + TONE_MS)) for start, end in segments if start < length_ms]
    heard = [(clip, tone) for clip, tone in zip(clips, tones) if clip.segments]
    examples = [example for clip, tone in heard for example in real_examples(clip, tone)]
    examples += cut_examples(*(list(part) for part in zip(*heard[::CUT_EVERY])), vad, chance)

    noises = [clip for clip in read_archive(options.corpora / "noise.tar").values() if len(clip) > RATE // 2]
    rooms = rooms_of(options.corpora)
    position = 0
    with (options.work / "pcm.f32").open("wb") as pcm, (options.work / "examples.tsv").open("w") as listing:
        for number, example in enumerate(examples):
            clip, held = example.clip, is_held(example.clip)
            if clip.split == "train" and not held:
                # Of the plain and the telephone copy each example has one; the changed copy is its second look.
                copies = [number % 2, 2]
            else:
                copies = [0, 1]
            for copy in copies:
                signal = (example.audio, mu_law(example.audio), None)[copy]
                if signal is None:
                    signal = changed(example.audio, chance, noises, rooms)
                pcm.write(signal.astype("<f4").tobytes())
                fields = [position, len(signal), clip.split, clip.speaker, clip.corpus, example.kind, example.hold_ms, example.room_ms,
                          copy, int(held), clip.file, example.end_ms, "cadence" if copy == 0 and (held or clip.split == "dev") else "-"]
                listing.write("\t".join(map(str, fields)) + "\n")
                position += len(signal)
    extract(repository, options.work.resolve(), options.threads)
    (options.work / "pcm.f32").unlink()


if __name__ == "__main__":
    main()
