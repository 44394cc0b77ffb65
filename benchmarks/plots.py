"""Plots of benchmarks: small SVG files that can be read on light and on dark pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLOURS = ("#1b9e77", "#d95f02", "#7a78c8", "#c9a227")
"""Of lines and points, in order."""
_INK = "#808890"
_STYLE = {
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.family": "sans-serif",
    "font.size": 9,
    "grid.alpha": 0.35,
    "grid.color": _INK,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "unseen",
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}


@contextmanager
def drawn(out: Path, panels: int = 1) -> Iterator[list[Axes]]:
    """Panels side by side to draw into; written to `out` at the end, in the format its name ends with."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(4.6 * panels, 3.4), layout="constrained")
        axes = [figure.add_subplot(1, panels, n + 1) for n in range(panels)]
        for each in axes:
            each.grid(visible=True)
        yield axes
        handles, names = axes[0].get_legend_handles_labels()
        if names:
            figure.legend(handles, names, loc="outside lower center", ncols=2)
        undated = {"Date": None} if out.suffix == ".svg" else {}
        figure.savefig(out, transparent=True, metadata=undated)
