"""Pictures. Each function takes numbers and returns a plotly figure; none of them trains."""

from utils.plots.bars import bars
from utils.plots.beside import beside
from utils.plots.cells import cells
from utils.plots.curves import curves
from utils.plots.heatmap import heatmap
from utils.plots.histogram import weight_histogram
from utils.plots.scatter import scatter
from utils.plots.surface import surface

__all__ = ["bars", "beside", "cells", "curves", "heatmap", "scatter", "surface", "weight_histogram"]
