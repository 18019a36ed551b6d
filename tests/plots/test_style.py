"""The palette is readable on white and in JupyterLab's dark theme, and nothing can be uploaded."""

import plotly.graph_objects as go
import plotly.io as pio
import pytest

from utils.plots import style

WHITE, DARK, DARKER = "#FFFFFF", "#212121", "#111111"  # JupyterLab's backgrounds


def luminance(colour):
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_contrast_formula_gives_21_for_black_on_white():
    assert contrast("#000000", WHITE) == pytest.approx(21)


@pytest.mark.parametrize("background", [WHITE, DARK, DARKER])
@pytest.mark.parametrize("colour", [style.TEXT, *style.COLOURS])
def test_text_and_lines_have_a_contrast_of_three_to_one_on_light_and_dark(colour, background):
    assert contrast(colour, background) >= 3


def test_each_series_has_its_own_colour_dash_and_marker():
    for kind in (style.COLOURS, style.DASHES, style.MARKERS):
        assert len(set(kind)) == 4


def test_every_figure_gets_the_template_of_the_course():
    template = go.Figure().layout.template.layout
    assert template.paper_bgcolor == template.plot_bgcolor == style.CLEAR


def test_the_figures_of_a_notebook_have_no_upload_button():
    assert pio.renderers["plotly_mimetype"].config["showSendToCloud"] is False
