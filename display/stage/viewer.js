/** Pause button and text list of a public board, for accessibility; called by main.js, does nothing without buttons. */

/**
 * @param {{
 *   document: Document, pause: (on: boolean) => void, titles: () => string[],
 * }} options `titles` gives the present titles, urgent notices first
 */
export function createViewer({ document, pause, titles }) {
  const pauseButton = document.getElementById("pause");
  const listButton = document.getElementById("list");
  let paused = false;

  pauseButton?.setAttribute("aria-pressed", "false");
  pauseButton?.addEventListener("click", () => {
    paused = !paused;
    pauseButton.setAttribute("aria-pressed", String(paused));
    pauseButton.textContent = paused ? "Tiếp tục" : "Tạm dừng";
    pause(paused);
  });

  if (!listButton) return;
  const dialog = document.createElement("dialog");
  dialog.id = "titles";
  dialog.setAttribute("aria-labelledby", "titles-head");
  const head = document.createElement("h2");
  head.id = "titles-head";
  head.textContent = "Các tin đang phát";
  const list = document.createElement("ol");
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Đóng";
  close.addEventListener("click", () => dialog.close());
  dialog.append(head, list, close);
  document.body.append(dialog);
  listButton.addEventListener("click", () => {
    const items = titles().map((title) => {
      const item = document.createElement("li");
      item.textContent = title;
      return item;
    });
    list.replaceChildren(...items);
    dialog.showModal();
  });
}
