// Shows one of the spans instead of all of them. Without it the page is whole, and longer.
(function () {
  var root = document.documentElement, choice = document.getElementById("spans");
  var spans = document.querySelectorAll(".span"), buttons = choice.querySelectorAll("button");
  function show(id) {
    spans.forEach(function (span) { span.hidden = span.id !== id; });
    buttons.forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-controls") === id));
    });
  }
  buttons.forEach(function (button) {
    button.addEventListener("click", function () { show(button.getAttribute("aria-controls")); });
  });
  root.classList.add("chosen");
  choice.hidden = false;
  show(spans[0].id);
})();
