// A preview is the answer to a form. On Back, Forward or Reload the browser would refuse to show it, or ask whether to
// send the form again. So its entry in the history becomes a plain visit of the same address, which leads to the form.
history.replaceState(null, "", location.href);
