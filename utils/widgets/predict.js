// A question with a group of radio buttons. The first choice reveals the result further down.

export default {
  render({ model, el }) {
    const view = document.createElement("div");
    view.className = "course-prediction";
    view.addEventListener("keydown", (event) => event.stopPropagation()); // JupyterLab wants the arrow keys too

    const group = `course-${Math.random().toString(36).slice(2)}`;
    const fieldset = document.createElement("fieldset");
    const legend = document.createElement("legend");
    legend.textContent = `Your prediction: ${model.get("question")}`;
    const choices = document.createElement("div");
    choices.className = "choices";
    const inputs = model.get("choices").map((value) => {
      const label = document.createElement("label");
      const input = document.createElement("input");
      Object.assign(input, { type: "radio", name: group, value });
      input.addEventListener("change", () => {
        model.set("choice", value);
        model.save_changes();
      });
      label.append(input, ` ${value}`);
      choices.append(label);
      return input;
    });
    fieldset.append(legend, choices);
    view.append(fieldset);
    el.append(view);

    const show = () => inputs.forEach((input) => (input.checked = input.value === model.get("choice")));
    show();
    model.on("change:choice", show);
    return () => model.off("change:choice", show);
  },
};
