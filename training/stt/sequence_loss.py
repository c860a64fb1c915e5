"""The denominator of a sequence-discriminative loss: every phone sequence, weighted by a phone trigram, through CTC's topology.

With it the training compares the transcript with everything else that could have been said (CTC-CRF: Xiang and Ou 2019, the CTC
form of lattice-free MMI). Loss of an utterance: its CTC loss plus `log_denominator`; the trigram's log probability of the
transcript is constant and left out. The forward and backward recursions run over dense tensors in probabilities, scaled per frame.
"""

from __future__ import annotations

import torch
from torch import Tensor


class _LogDenominator(torch.autograd.Function):
    """Value per utterance; the gradient is the occupancy of every token in every frame."""

    @staticmethod
    def forward(ctx, log_probs: Tensor, lengths: Tensor, successor: Tensor, end: Tensor) -> Tensor:
        batch, frames, size = log_probs.shape
        probs = log_probs.exp()
        # [q, p, r], so that one product per middle phone q serves the whole batch.
        by_middle = successor.transpose(0, 1).contiguous()
        repeat = successor.diagonal(dim1=1, dim2=2)  # [p, q]: phone q after p q
        # Histories as [q, batch, p]: q is the last phone, p the one before it.
        phone = probs.new_zeros(size, batch, size)
        blank = probs.new_zeros(size, batch, size)
        blank[0, :, 0] = 1
        end_by_last = end.T[:, None, :]  # [q, 1, p]
        phones = probs.new_empty(frames + 1, size, batch, size)
        blanks = probs.new_empty(frames + 1, size, batch, size)
        phones[0], blanks[0] = phone, blank
        log_scale = probs.new_zeros(batch)
        scales = probs.new_empty(frames, batch)
        result = probs.new_zeros(batch)
        columns = probs.permute(1, 2, 0).contiguous()  # [frame, token, batch]
        for frame in range(frames):
            emitted = columns[frame]  # [token, batch]
            both = phone + blank
            entering = torch.bmm(both, by_middle)  # [q, batch, r]
            entering.diagonal(dim1=0, dim2=2).sub_((phone * repeat.T[:, None, :]).sum(2).T)
            # A phone that is entered becomes the last one, and q the one before: [r, batch, q].
            phone = (phone + entering.permute(2, 1, 0)) * emitted[:, :, None]
            blank = both * emitted[0][None, :, None]
            scale = phone.sum((0, 2)) + blank.sum((0, 2))
            phone = phone / scale[None, :, None]
            blank = blank / scale[None, :, None]
            phones[frame + 1], blanks[frame + 1], scales[frame] = phone, blank, scale
            log_scale = log_scale + torch.where(frame < lengths, scale.log(), 0.0)
            ending = lengths == frame + 1
            if ending.any():
                final = ((phone + blank) * end_by_last).sum((0, 2))
                result = torch.where(ending, log_scale + final.log(), result)
        ctx.save_for_backward(columns, phones, blanks, scales, lengths, by_middle, repeat, end_by_last)
        return result

    @staticmethod
    def backward(ctx, grad: Tensor):
        columns, phones, blanks, scales, lengths, by_middle, repeat, end_by_last = ctx.saved_tensors
        frames, size, batch = columns.shape
        back = by_middle.transpose(1, 2).contiguous()  # [q, r, p]
        later_phone = columns.new_zeros(size, batch, size)
        later_blank = columns.new_zeros(size, batch, size)
        occupancy = columns.new_zeros(batch, frames, size)
        for frame in range(frames - 1, -1, -1):
            ending = (lengths == frame + 1)[None, :, None]
            if ending.any():
                final = ((phones[frame + 1] + blanks[frame + 1]) * end_by_last).sum((0, 2))
                start = end_by_last / final[None, :, None]
                later_phone = torch.where(ending, start, later_phone)
                later_blank = torch.where(ending, start, later_blank)
            active = (frame < lengths).to(columns.dtype)
            occupancy[:, frame] = (phones[frame + 1] * later_phone).sum(2).T * active[:, None]
            occupancy[:, frame, 0] = (blanks[frame + 1] * later_blank).sum((0, 2)) * active
            emitted = columns[frame]
            scale = scales[frame][None, :, None]
            through_phone = later_phone * emitted[:, :, None] / scale  # [q, batch, p]
            through_blank = later_blank * emitted[0][None, :, None] / scale
            # What entering phone r from history (p, q) leads to: [q, batch, r].
            entered = through_phone.permute(2, 1, 0)
            from_both = torch.bmm(entered, back)
            same = entered.diagonal(dim1=0, dim2=2).T  # [q, batch]
            later_phone = through_phone + through_blank + from_both - same[:, :, None] * repeat.T[:, None, :]
            later_blank = through_blank + from_both
        return occupancy * grad[:, None, None], None, None, None


def log_denominator(log_probs: Tensor, lengths: Tensor, successor: Tensor, end: Tensor) -> Tensor:
    """[batch] log of the weighted sum over all phone sequences and alignments.

    log_probs: [batch, frames, tokens] float32, blank first; lengths: frames of each row; successor, end: of a `PhoneTrigram`.
    """
    return _LogDenominator.apply(log_probs, lengths, successor, end)
