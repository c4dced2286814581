/** Replaces the mail link "Chia sẻ" of an item's public page by the device's own way to share, where there is one. */

const link = document.querySelector("a[data-share]");
if (link instanceof HTMLAnchorElement && typeof navigator.share === "function")
  link.addEventListener("click", (event) => {
    event.preventDefault();
    // A citizen who closes the device's dialog rejects the promise, which is no fault.
    navigator.share({ title: document.title, url: location.href }).catch(() => undefined);
  });
