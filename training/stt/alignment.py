"""Forced alignment of known phones to frame posteriors (Viterbi), for a whole batch in numpy.

The topology is strictly left to right: every phone lasts one frame or more, silence may stand before the first word, between
words and after the last. Used inside training: the model's own frame-level head aligns each batch, and is then trained towards
that alignment (embedded re-estimation). Frames of an utterance that does not fit are marked IGNORED.
"""

from __future__ import annotations

import numpy as np

from phones import SILENCE

IGNORED = -100
_IMPOSSIBLE = -1e9


def state_tokens(tokens: list[int], word_starts: list[int]) -> list[int]:
    """Tokens of the alignment states: the phones with (optional) silence before every word and at the end."""
    starts = set(word_starts) | {0}
    states: list[int] = []
    for index, token in enumerate(tokens):
        if index in starts:
            states.append(SILENCE)
        states.append(token)
    return [*states, SILENCE]


def align(log_posteriors: np.ndarray, lengths: np.ndarray, states: list[list[int]]) -> np.ndarray:
    """[batch, frames] token of every frame. `log_posteriors` is [batch, frames, classes]; states as `state_tokens` gives them."""
    batch, frames, _ = log_posteriors.shape
    counts = np.array([len(one) for one in states])
    padded = np.zeros((batch, counts.max()), np.int64)
    for row, one in enumerate(states):
        padded[row, : len(one)] = one
    emissions = np.take_along_axis(log_posteriors, np.broadcast_to(padded[:, None, :], (batch, frames, padded.shape[1])), axis=2)
    may_skip = np.zeros(padded.shape, bool)
    may_skip[:, 2:] = padded[:, 1:-1] == SILENCE
    score = np.full(padded.shape, _IMPOSSIBLE, np.float32)
    score[:, :2] = emissions[:, 0, :2]
    choices = np.zeros((frames, *padded.shape), np.int8)
    final_scores = score.copy()
    for frame in range(1, frames):
        step = np.full_like(score, _IMPOSSIBLE)
        step[:, 1:] = score[:, :-1]
        skip = np.full_like(score, _IMPOSSIBLE)
        skip[:, 2:] = np.where(may_skip[:, 2:], score[:, :-2], _IMPOSSIBLE)
        stacked = np.stack((score, step, skip))
        choices[frame] = stacked.argmax(0)
        score = stacked.max(0) + emissions[:, frame]
        ending = lengths == frame + 1
        final_scores[ending] = score[ending]
    rows = np.arange(batch)
    at_silence, at_phone = final_scores[rows, counts - 1], final_scores[rows, counts - 2]
    state = np.where(at_silence >= at_phone, counts - 1, counts - 2)
    fits = np.maximum(at_silence, at_phone) > _IMPOSSIBLE / 2
    targets = np.full((batch, frames), IGNORED, np.int64)
    for frame in range(frames - 1, -1, -1):
        active = (frame < lengths) & fits
        targets[active, frame] = padded[active, state[active]]
        state = np.where(active, state - choices[frame, rows, state], state)
    return targets
