// A number that is touched, pointed at or focused tells where it comes from: a small card, filled from the page's own data.
(function () {
  var told = JSON.parse(document.getElementById("number-rows").textContent), words = told.words;
  var card = document.createElement("div"), current = null, pinned = false, timer = 0;
  card.id = "number-card";
  card.setAttribute("role", "tooltip");
  card.hidden = true;
  document.querySelector("main").appendChild(card);

  function pairs(list, rows) {
    rows.forEach(function (pair) {
      ["dt", "dd"].forEach(function (tag, i) {
        list.appendChild(document.createElement(tag)).textContent = pair[i];
      });
    });
  }

  function show(number) {
    clearTimeout(timer);
    if (current === number) return;
    hide();
    var ids = number.dataset.row.split("+"), list = document.createElement("dl");
    card.replaceChildren();
    card.appendChild(document.createElement("p")).textContent = words.title;
    if (ids.length > 1) pairs(list, [["", words.sum.replace("{k}", ids.length)]]);
    ids.forEach(function (id) { pairs(list, (told.rows[id] || []).concat([[words.row, id]])); });
    pairs(list, [words.data]);
    card.appendChild(list);
    card.hidden = false;
    current = number;
    number.classList.add("open");
    number.setAttribute("aria-describedby", card.id);
    var at = number.getBoundingClientRect(), width = document.documentElement.clientWidth;
    card.style.left = Math.max(8, Math.min(at.left, width - card.offsetWidth - 8)) + window.scrollX + "px";
    var below = at.bottom + card.offsetHeight + 8 < window.innerHeight || at.top < card.offsetHeight + 8;
    card.style.top = (below ? at.bottom + 4 : at.top - card.offsetHeight - 4) + window.scrollY + "px";
  }

  function hide() {
    clearTimeout(timer);
    if (!current) return;
    current.classList.remove("open");
    current.removeAttribute("aria-describedby");
    card.hidden = true;
    current = null;
    pinned = false;
  }

  function later(action, wait) { clearTimeout(timer); timer = setTimeout(action, wait); }
  function number(event) { return event.target.closest ? event.target.closest(".n") : null; }

  document.addEventListener("mouseover", function (event) {
    var found = number(event);
    if (found && !pinned) later(function () { show(found); }, 150);
    else if (card.contains(event.target)) clearTimeout(timer); // the card may be pointed at, and read
    else if (current && !pinned && document.activeElement !== current) later(hide, 250);
  });
  document.addEventListener("click", function (event) {
    var found = number(event);
    if (found) {
      var again = pinned && current === found;
      show(found);
      pinned = true;
      if (again) hide();
    } else if (!card.contains(event.target)) hide();
  });
  document.addEventListener("focusin", function (event) { if (number(event)) show(number(event)); else hide(); });
  document.addEventListener("focusout", function (event) { if (number(event) && !pinned) later(hide, 250); });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") hide();
    var step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key], found = number(event);
    var table = found && found.closest("table");
    if (!step || !table) return;
    var all = Array.from(table.querySelectorAll(".n")), next = all[all.indexOf(found) + step];
    if (!next) return;
    event.preventDefault();
    found.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

  // One stop of the tabulator key in a table; the arrow keys move inside it.
  document.querySelectorAll(".n").forEach(function (n) { n.tabIndex = n.closest("table") ? -1 : 0; });
  document.querySelectorAll("table").forEach(function (t) { var n = t.querySelector(".n"); if (n) n.tabIndex = 0; });
})();
