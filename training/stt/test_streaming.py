"""Tests of the streaming form: equal to the masked whole-utterance form, rows independent, alignment finds known phones.

Run: `python -m unittest discover -s training/stt -p 'test_*.py'` from the repository root.
"""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from alignment import IGNORED, align, state_tokens
from evaluate import edit_distance, greedy, log_probabilities
from export import export
from golden_mel import golden_signal
from model import AcousticModel, ModelSize
from streaming import StreamingModel


def signals() -> list[np.ndarray]:
    """Three signals of different lengths, none of them a whole number of chunks."""
    chance = np.random.default_rng(3)
    return [np.tile(golden_signal(), 11), *(chance.normal(0, 0.1, count).astype(np.float32) for count in (30001, 41777))]


class StreamingTest(unittest.TestCase):
    model: AcousticModel
    streaming: StreamingModel

    @classmethod
    def setUpClass(cls) -> None:
        torch.manual_seed(5)
        torch.set_num_threads(1)
        cls.model = AcousticModel(ModelSize(width=64, layers=3)).eval()
        with torch.no_grad():
            for weight in cls.model.parameters():
                weight.copy_(weight.to(torch.float16))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.onnx"
            export(cls.model, path, {})
            cls.streaming = StreamingModel(path)

    def test_streaming_equals_masked_whole_utterance(self) -> None:
        for chunk in (8, 16, 32):
            for signal in signals():
                expected = log_probabilities(self.model, [signal], chunk)[0]
                np.testing.assert_allclose(self.streaming.log_probabilities([signal], chunk)[0], expected, atol=1e-4)

    def test_rows_of_a_batch_are_independent(self) -> None:
        together = self.streaming.log_probabilities(signals(), 8)
        for signal, batched in zip(signals(), together):
            np.testing.assert_allclose(self.streaming.log_probabilities([signal], 8)[0], batched, atol=1e-4)

    def test_chunk_mask_limits_what_a_frame_sees(self) -> None:
        signal = golden_signal().repeat(12)
        changed = signal.copy()
        changed[8 * 640 * 3 :] = 0
        first, second = log_probabilities(self.model, [signal, changed], 8)
        np.testing.assert_allclose(first[:16], second[:16], atol=1e-5)
        self.assertGreater(np.abs(first[24:] - second[24:]).max(), 1e-3)


class AlignmentTest(unittest.TestCase):
    def test_alignment_follows_clear_posteriors(self) -> None:
        truth = [0, 0, 5, 5, 7, 7, 7, 0, 9, 9]
        posteriors = np.full((1, len(truth), 40), -8.0, np.float32)
        posteriors[0, np.arange(len(truth)), truth] = -0.1
        found = align(posteriors, np.array([len(truth)]), [state_tokens([5, 7, 9], [0, 2])])
        self.assertEqual(found[0].tolist(), truth)

    def test_too_short_for_its_phones_is_ignored(self) -> None:
        found = align(np.zeros((1, 3, 40), np.float32), np.array([3]), [state_tokens([1, 2, 3, 4, 5], [0])])
        self.assertTrue((found == IGNORED).all())


class ErrorRateTest(unittest.TestCase):
    def test_edit_distance(self) -> None:
        for reference, found, distance in (([1, 2, 3], [1, 3], 1), ([], [4, 4], 2), ([1, 2], [], 2), ([1, 2, 3], [3, 1, 2], 2)):
            self.assertEqual(edit_distance(reference, found), distance)

    def test_greedy_removes_repeats_and_blanks(self) -> None:
        self.assertEqual(greedy(np.eye(5)[[0, 2, 2, 0, 2, 3, 3, 0]]), [2, 2, 3])


if __name__ == "__main__":
    unittest.main()
