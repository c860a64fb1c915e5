"""The denominator against an enumeration of all paths, and its gradient against finite differences."""

import itertools
import unittest

import numpy as np
import torch

from phone_language import estimate
from sequence_loss import log_denominator


def enumerated(log_probs: torch.Tensor, successor: np.ndarray, end: np.ndarray) -> torch.Tensor:
    frames, size = log_probs.shape
    total = log_probs.new_zeros(())
    for path in itertools.product(range(size), repeat=frames):
        phones = [token for index, token in enumerate(path) if token != 0 and (index == 0 or path[index - 1] != token)]
        weight, history = 1.0, (0, 0)
        for phone in phones:
            weight *= successor[history][phone]
            history = (history[1], phone)
        total = total + weight * end[history] * log_probs[range(frames), path].sum().exp()
    return total.log()


class SequenceLossTest(unittest.TestCase):
    def setUp(self) -> None:
        torch.manual_seed(3)
        trigram = estimate([[1, 2, 2, 3], [2, 1], [3, 3, 1, 2], [1, 2]], size=4)
        self.successor, self.end = (torch.from_numpy(part).double() for part in (trigram.successor, trigram.end))
        self.lengths = torch.tensor([5, 3, 4])
        self.log_probs = torch.randn(3, 5, 4).double().log_softmax(-1).requires_grad_()

    def test_trigram_sums_to_one(self) -> None:
        sums = self.successor.sum(-1) + self.end
        self.assertTrue(torch.allclose(sums, torch.ones_like(sums), atol=1e-6))

    def test_value_is_the_sum_over_all_paths(self) -> None:
        found = log_denominator(self.log_probs, self.lengths, self.successor, self.end)
        for row, length in enumerate(self.lengths):
            expected = enumerated(self.log_probs[row, :length], self.successor.numpy(), self.end.numpy())
            self.assertAlmostEqual(found[row].item(), expected.item(), places=6)

    def test_gradient(self) -> None:
        self.assertTrue(
            torch.autograd.gradcheck(lambda x: log_denominator(x, self.lengths, self.successor, self.end), (self.log_probs,), atol=1e-5)
        )


if __name__ == "__main__":
    unittest.main()
