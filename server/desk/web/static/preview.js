// Makes boards of full size as small as the place they stand in. Named by every page that shows slides.

const sizes = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const frame = target.firstElementChild;
    frame.style.transform = `scale(${contentRect.width / frame.offsetWidth})`;
    frame.style.visibility = "visible";
  }
});

function watch(root) {
  for (const one of root.querySelectorAll("[data-preview]:not([data-watched])")) {
    one.dataset.watched = "yes";
    sizes.observe(one);
  }
}

new MutationObserver((changes) => {
  if (changes.some((change) => change.addedNodes.length)) watch(document);
}).observe(document.body, { childList: true, subtree: true });
watch(document);
