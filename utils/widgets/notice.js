// Stands before a result: "make your prediction", then which one was made.

export default {
  render({ model, el }) {
    const view = document.createElement("div");
    view.className = "course-prediction";
    view.addEventListener("keydown", (event) => event.stopPropagation());
    const text = document.createElement("p");
    text.setAttribute("role", "status");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Show me anyway";
    button.addEventListener("click", () => {
      model.set("opened", true);
      model.save_changes();
    });
    view.append(text, button);
    el.append(view);

    const show = () => {
      const choice = model.get("choice");
      const opened = model.get("opened");
      text.textContent = choice
        ? `You predicted: ${choice}`
        : opened
          ? "Without a prediction:"
          : "Make your prediction above; the result appears here.";
      button.hidden = Boolean(choice || opened);
    };
    show();
    model.on("change:choice change:opened", show);
    return () => model.off("change:choice change:opened", show);
  },
};
