"""Muon for the hidden matrices (momentum, then orthogonalised updates), for use beside AdamW for everything else.

Matrices of one shape are orthogonalised together in bfloat16. Updates are scaled to the root mean square of AdamW's, so both
share one learning rate.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor


def orthogonalise(matrices: Tensor, iterations: int = 4) -> Tensor:
    """Nearest semi-orthogonal matrices of [count, rows, columns] by the quintic Newton-Schulz iteration (rows <= columns)."""
    x = matrices.to(torch.bfloat16)
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(iterations):
        gram = x @ x.mT
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return x.to(matrices.dtype)


class Muon(torch.optim.Optimizer):
    """Momentum orthogonalised per matrix; a matrix with rows = n x columns is treated as n square ones when `n` divides it."""

    def __init__(self, parameters: Iterable[Tensor], lr: float, momentum: float = 0.95, weight_decay: float = 0.01) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        for group in self.param_groups:
            by_shape: dict[tuple[int, int], list[tuple[Tensor, Tensor]]] = {}
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(parameter)
                momentum = state["momentum"]
                momentum.lerp_(parameter.grad, 1 - group["momentum"])
                update = parameter.grad.lerp(momentum, group["momentum"])
                by_shape.setdefault(tuple(parameter.shape), []).append((parameter, update))
            for (rows, columns), pairs in by_shape.items():
                stacked = torch.stack([update for _, update in pairs])
                parts = rows // columns if rows == 3 * columns else 1
                stacked = stacked.reshape(len(pairs) * parts, rows // parts, columns)
                flip = stacked.shape[1] > stacked.shape[2]
                result = orthogonalise(stacked.mT if flip else stacked)
                result = (result.mT if flip else result).reshape(len(pairs), rows, columns)
                scale = 0.2 * max(rows // parts, columns) ** 0.5
                for (parameter, _), update in zip(pairs, result):
                    parameter.mul_(1 - group["lr"] * group["weight_decay"])
                    parameter.add_(update, alpha=-group["lr"] * scale)
