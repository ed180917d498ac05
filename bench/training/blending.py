"""Several models made one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocr.fields.trees import Trees


def blend(models: Sequence[Trees]) -> Trees:
    """One model whose scores are the mean of those of `models`, which may know different features of the same rows."""
    names = tuple(sorted({name for model in models for name in model.names}))
    starts = np.cumsum([0, *(len(model.feature) for model in models)])
    columns = [np.array([names.index(name) for name in model.names], np.int16) for model in models]
    pairs = list(zip(models, starts[:-1].tolist(), strict=True))
    return Trees(
        names,
        models[0].classes,
        np.concatenate([model.roots + start for model, start in pairs]).astype(np.int32),
        np.concatenate(
            [
                np.where(model.feature < 0, -1, own[model.feature]).astype(np.int16)
                for model, own in zip(models, columns, strict=True)
            ]
        ),
        np.concatenate([model.threshold for model in models]),
        np.concatenate([model.left + start for model, start in pairs]).astype(np.int32),
        np.concatenate([model.right + start for model, start in pairs]).astype(np.int32),
        np.concatenate([model.value for model in models]) / np.float32(len(models)),
    )
