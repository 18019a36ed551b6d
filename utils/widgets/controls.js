// The controls of an explorer. Python is asked for one figure at a time: while it draws, only the
// latest position is remembered. So a fast drag never queues old figures, and the last value wins.

export default () => {
  // Shared by all views of this widget on one page.
  const page = Math.random().toString(36).slice(2); // another window has requests of its own
  const views = new Set(); // functions that bring a view up to date
  let wanted = {}; // where the controls stand now
  let asked = 0; // the number of the latest request
  let underWay = false; // Python has not answered it yet
  let movedSince = false; // a control moved while it was under way
  let lost = ""; // why Python can no longer be asked

  const refresh = () => views.forEach((view) => view());

  function ask(model) {
    movedSince = underWay;
    if (underWay) return;
    underWay = true;
    asked += 1;
    try {
      model.send({ id: `${page}-${asked}`, values: wanted });
    } catch {
      underWay = false;
      lost = "Python has forgotten this figure since the kernel was restarted: run the cell again.";
    }
  }

  function move(model, name, value) {
    wanted = { ...wanted, [name]: value };
    ask(model);
    refresh();
  }

  return {
    initialize({ model }) {
      wanted = model.get("values");
      model.on("msg:custom", (message) => {
        if (message.done !== `${page}-${asked}`) return;
        underWay = false;
        if (movedSince) ask(model);
        refresh();
      });
      model.on("change:values", () => {
        if (movedSince) return; // the reader's hand is further on than Python
        wanted = model.get("values");
        refresh();
      });
      model.on("change:text change:error", refresh);
    },

    render({ model, el }) {
      const view = document.createElement("div");
      view.className = "course-controls";
      // JupyterLab takes the arrow keys for itself if they travel on.
      view.addEventListener("keydown", (event) => event.stopPropagation());

      const show = model.get("specs").map((spec) => {
        const build = spec.kind === "slider" ? slider : choice;
        const control = build(spec, (value) => move(model, spec.name, value));
        view.append(control.element);
        return () => control.show(wanted[spec.name]);
      });
      const text = paragraph("course-text", "status");
      const error = paragraph("course-error", "alert");
      view.append(text, error);
      el.append(view);

      const bringUpToDate = () => {
        show.forEach((one) => one());
        view.setAttribute("aria-busy", underWay);
        write(text, model.get("text"));
        write(error, lost || model.get("error"));
      };
      bringUpToDate();
      views.add(bringUpToDate);
      return () => views.delete(bringUpToDate);
    },
  };
};

function slider(spec, moved) {
  const id = unique();
  const element = document.createElement("div");
  element.className = "course-slider";
  const label = document.createElement("label");
  label.htmlFor = id;
  label.textContent = spec.label;
  const input = document.createElement("input");
  Object.assign(input, { id, type: "range", min: spec.low, max: spec.high, step: spec.step });
  input.addEventListener("input", () => moved(input.valueAsNumber));
  const output = document.createElement("output");
  output.htmlFor = id;
  output.setAttribute("aria-live", "off"); // the slider itself says its value
  element.append(label, input, output);
  const show = (value) => {
    const written = format(spec, value);
    if (input.valueAsNumber !== value) input.value = value;
    input.setAttribute("aria-valuetext", written);
    output.textContent = written;
  };
  return { element, show };
}

function choice(spec, moved) {
  const group = unique();
  const element = document.createElement("fieldset");
  element.className = "course-choice";
  const legend = document.createElement("legend");
  legend.textContent = spec.label;
  element.append(legend);
  const inputs = spec.choices.map((value) => {
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: group, value });
    input.addEventListener("change", () => moved(value));
    label.append(input, ` ${value}`);
    element.append(label);
    return input;
  });
  const show = (value) => inputs.forEach((input) => (input.checked = input.value === value));
  return { element, show };
}

function format(spec, value) {
  return spec.percent
    ? `${(100 * value).toFixed(Math.max(0, spec.decimals - 2))} %`
    : value.toFixed(spec.decimals);
}

function paragraph(className, role) {
  const element = document.createElement("p");
  element.className = className;
  element.setAttribute("role", role); // "status" is read out politely, "alert" at once
  return element;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = !text && element.className === "course-error";
}

function unique() {
  return `course-${Math.random().toString(36).slice(2)}`;
}
