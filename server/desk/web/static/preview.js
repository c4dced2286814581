/** Scales boards of full size down to the place they stand in. Loaded by every page that shows slides. */

const sizes = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const frame = /** @type {HTMLElement} */ (target.firstElementChild);
    frame.style.transform = `scale(${contentRect.width / frame.offsetWidth})`;
    frame.style.visibility = "visible";
  }
});

/** @param {Document} root */
function watch(root) {
  const previews = /** @type {NodeListOf<HTMLElement>} */ (
    root.querySelectorAll("[data-preview]:not([data-watched])")
  );
  for (const preview of previews) {
    preview.dataset.watched = "yes";
    sizes.observe(preview);
  }
}

new MutationObserver((changes) => {
  if (changes.some((change) => change.addedNodes.length)) watch(document);
}).observe(document.body, { childList: true, subtree: true });
watch(document);
