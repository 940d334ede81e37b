// What the theme leaves out for people who use a keyboard or have the page read to them.
document.addEventListener("DOMContentLoaded", () => {
  const all = (selector) => document.querySelectorAll(selector);
  all("[role=heading]:not([aria-level])").forEach((e) => e.setAttribute("aria-level", "2"));
  all("aside.sidebar-drawer").forEach((e) => e.setAttribute("aria-label", "All pages"));
  all("aside.toc-drawer").forEach((e) => e.setAttribute("aria-label", "On this page"));
  // The empty corner of a table names no column.
  all("th").forEach((e) => {
    if (!e.textContent.trim()) e.replaceWith(document.createElement("td"));
  });
  if (!document.querySelector("h1")) {
    const head = document.createElement("h1");
    head.textContent = "Search";
    document.querySelector("article")?.prepend(head);
  }
  // What is wider than the window is scrolled by the arrow keys, once it can be reached.
  const reachable = () =>
    all("pre, .table-wrapper").forEach((e) => {
      if (e.scrollWidth > e.clientWidth) e.tabIndex = 0;
      else e.removeAttribute("tabindex");
    });
  reachable();
  addEventListener("load", reachable);
  addEventListener("resize", reachable);
});
