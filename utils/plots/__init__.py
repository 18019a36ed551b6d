"""Pictures. Each function takes numbers and returns a plotly figure; none of them trains anything."""

from utils.plots.bars import bars
from utils.plots.beside import beside
from utils.plots.curves import curves
from utils.plots.heatmap import heatmap
from utils.plots.histogram import weight_histogram

__all__ = ["bars", "beside", "curves", "heatmap", "weight_histogram"]
