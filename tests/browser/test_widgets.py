"""Sliders, predictions and figures in a real JupyterLab, by keyboard and by mouse."""

import re

import pytest

from . import demo
from .jupyterlab import (
    assert_no_troubles,
    close,
    explorers,
    menu,
    open_notebook,
    press,
    run_all,
    screenshot,
    seen,
    settle,
    use_every_control,
    wait_for,
)

PATH = "lectures/demo.ipynb"


@pytest.fixture(scope="module")
def page(browser, server):
    """The demo notebook, run once; each test brings the controls where it needs them."""
    demo.write(server.folder / PATH)
    page = open_notebook(browser, server, PATH)
    run_all(page)
    yield page
    close(page)


def test_every_control_changes_figure_and_sentence_and_nothing_goes_wrong(page):
    assert use_every_control(page) == 3
    assert_no_troubles(page)


def test_a_slider_has_a_name_a_value_in_words_and_a_figure_that_follows(page):
    slider = page.get_by_role("slider", name="sparsity", exact=True)
    press(page, slider, "End")
    before = seen(explorers(page)[0])
    press(page, slider, "ArrowLeft")
    assert slider.get_attribute("aria-valuetext") == "94 %"
    figure, text = seen(explorers(page)[0])
    assert figure != before[0]
    assert "246 of 4,096 weights are left" in text


def test_after_a_fast_drag_figure_and_slider_agree(page):
    slider = page.get_by_role("slider", name="sparsity", exact=True)
    slider.scroll_into_view_if_needed()
    already = len(page.slider_requests)
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.53, middle)
    page.mouse.down()
    for step in range(60):
        page.mouse.move(box["x"] + box["width"] * (0.1 + 0.8 * (step * 7 % 60) / 60), middle)
    page.mouse.move(box["x"] + box["width"] * 0.8, middle)
    page.mouse.up()
    settle(page)
    requests = page.slider_requests[already:]
    assert len(requests) >= 4
    assert requests == ["asked", "done"] * (len(requests) // 2), (
        "a request went out while another was under way"
    )
    percent = int(slider.get_attribute("aria-valuetext").split()[0])
    assert 70 < percent < 80
    kept = int(re.search(r"([\d,]+) of 4,096", seen(explorers(page)[0])[1])[1].replace(",", ""))
    assert kept / 4096 == pytest.approx(1 - percent / 100, abs=1e-3)
    assert_no_troubles(page)


def test_an_error_in_draw_is_shown_and_goes_again(page):
    slider = page.get_by_role("slider", name="k", exact=True)
    error = explorers(page)[1].locator(".course-error")
    press(page, slider, "Home")
    press(page, slider, "ArrowRight")
    assert not error.is_visible()
    press(page, slider, "ArrowRight")
    assert error.inner_text() == "ValueError: three is too many"
    press(page, slider, "ArrowRight")
    assert not error.is_visible()
    assert_no_troubles(page)


def test_a_prediction_reveals_the_result(page):
    assert page.get_by_text("Make your prediction above").first.is_visible()
    page.get_by_role("group", name="How many of 10 weights can go?").get_by_role(
        "radio", name="9"
    ).check()
    page.locator(".widget-output", has_text="It was nine.").wait_for()
    page.locator(".widget-output .js-plotly-plot .main-svg").first.wait_for()
    assert page.get_by_text("You predicted: 9").is_visible()


def test_the_result_can_be_had_without_a_prediction(page):
    button = page.get_by_role("button", name="Show me anyway").last
    result = page.locator(".widget-output", has_text="Nobody knows.")
    assert result.count() == 0
    button.press("Enter")
    result.wait_for()
    assert not button.is_visible()


def test_no_button_uploads_a_figure(page):
    titles = page.locator(".modebar-btn").evaluate_all("all => all.map(one => one.dataset.title)")
    assert titles
    assert not [
        title for title in titles if re.search("cloud|share|plotly|edit", title, re.IGNORECASE)
    ]


def test_figures_are_as_wide_as_the_page_also_after_it_changes(page):
    plot = explorers(page)[0].locator(".js-plotly-plot .main-svg").first
    wide = plot.bounding_box()["width"]
    page.set_viewport_size({"width": 1000, "height": 900})
    page.wait_for_function(
        "width => document.querySelector('.course-explore .main-svg').clientWidth < width", arg=wide
    )
    assert plot.bounding_box()["width"] == pytest.approx(wide - 280, abs=30)
    assert plot.bounding_box()["height"] > 300


def test_the_dark_theme_is_readable(page):
    menu(page, "Settings", "Theme", "JupyterLab Dark")
    page.locator("body[data-jp-theme-light=false]").wait_for(state="attached")
    explorers(page)[0].scroll_into_view_if_needed()
    screenshot(page, "widgets-dark")
    menu(page, "Settings", "Theme", "JupyterLab Light")
    page.locator("body[data-jp-theme-light=true]").wait_for(state="attached")
    screenshot(page, "widgets-light")
    assert_no_troubles(page)


def test_a_second_view_shows_the_figure_of_now_and_moves_the_first(page):
    first = explorers(page)[0]
    press(page, page.get_by_role("slider", name="sparsity", exact=True), "End")
    page.locator(".js-plotly-plot").first.click(button="right", position={"x": 5, "y": 5})
    page.get_by_role("menuitem", name="Create New View for Cell Output").click()
    page.locator(".jp-LinkedOutputView .main-svg").first.wait_for()
    assert page.locator(".jp-LinkedOutputView output").first.inner_text() == "95 %"
    press(page, page.get_by_role("slider", name="sparsity", exact=True).last, "Home")
    assert "4,095 of 4,096" in seen(first)[1]
    page.locator(".lm-TabBar-tab", has_text="Output View").locator(
        ".lm-TabBar-tabCloseIcon"
    ).click()


def test_after_a_restart_the_reader_is_told_to_run_the_cell_again(page):
    menu(page, "Kernel", "Restart Kernel")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.locator(".jp-Dialog").wait_for(state="detached")
    slider = page.get_by_role("slider", name="sparsity", exact=True).first

    def told():
        slider.press("ArrowRight")
        return "run the cell again" in explorers(page)[0].locator(".course-error").inner_text()

    wait_for(told, 20, "the reader was not told")
    assert_no_troubles(page)
