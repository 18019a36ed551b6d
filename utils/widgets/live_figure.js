// A figure of plotly. Plotly itself is 5 MB: it comes once for all figures of a page, from one shared
// widget, where plotly's own FigureWidget would send it again with every figure.

export default () => {
  let figure;
  return {
    async initialize({ model }) {
      const id = model.get("plotly").replace("IPY_MODEL_", "");
      const shared = await model.widget_manager.get_model(id);
      globalThis.coursePlotly ??= load(shared.get("code"));
      figure = (await globalThis.coursePlotly).default();
      await figure.initialize({ model });
    },

    render({ model, el }) {
      const height = (pixels) => (el.style.height = `${pixels || 360}px`);
      height(model.get("_widget_layout").height);
      const remove = figure.render({ model, el });
      el.on("plotly_afterplot", () => height(el._fullLayout.height));
      // Plotly asks for the width before the figure is on the page, and later listens to the window alone.
      const observer = new ResizeObserver(fit);
      observer.observe(el);
      return () => {
        observer.disconnect();
        remove();
      };
    },
  };
};

async function load(code) {
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const plotly = await import(address);
  URL.revokeObjectURL(address);
  // After each change it would compare the whole figure and send what it filled in to Python, which here nobody asks for.
  const view = plotly.FigureView.prototype;
  view._sendTraceDeltas = view._sendLayoutDelta = () => {};
  return plotly;
}

// Let all figures take the width they have: once, however many ask.
let due = 0;
function fit() {
  cancelAnimationFrame(due);
  due = requestAnimationFrame(() => window.dispatchEvent(new Event("resize")));
}
