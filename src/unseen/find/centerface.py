"""CenterFace: what its outputs mean (Xu et al., 2019, arXiv:1911.03599).

The net takes pictures with red first, samples 0 to 255 as they are, sides in multiples of `STEP`. For every cell of
`STRIDE` x `STRIDE` pixels it gives the heat of a face's middle being there, how large that face is, and where in the
cell its middle lies.
"""

from __future__ import annotations

import numpy as np

from unseen.find.boxes import Boxes
from unseen.models import Batch, Net

STEP = 32
STRIDE = 4
_LARGEST = np.float32(8)  # e^8 cells are 12,000 pixels: no sheet is as large, and no number overflows


def look(net: Net, sheet: Batch, low: float) -> Boxes:
    """What the net sees with a heat of at least `low` on one sheet: (1, 3, rows, columns). Boxes in its pixels."""
    heatmap, size, offset = net.run(sheet)
    return _decoded(heatmap[0, 0], size[0], offset[0], low)


def _decoded(heatmap: Batch, size: Batch, offset: Batch, low: float) -> Boxes:
    """Boxes around the cells whose heat reaches `low`.

    `size` and `offset` hold the vertical before the horizontal; sizes are natural logarithms of cells.
    """
    hot = heatmap >= low
    rows, columns = np.nonzero(hot)
    heights, widths = np.exp(np.minimum(size[:, rows, columns], _LARGEST)) * STRIDE
    middle_y = (rows + offset[0, rows, columns] + 0.5) * STRIDE
    middle_x = (columns + offset[1, rows, columns] + 0.5) * STRIDE
    edges = (middle_x - widths / 2, middle_y - heights / 2, middle_x + widths / 2, middle_y + heights / 2)
    return np.stack([*edges, heatmap[hot]], axis=1).astype(np.float32)
