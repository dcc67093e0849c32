// What is wider than its place is scrolled by keys as well.
const wide = () => {
  for (const one of document.querySelectorAll(".table-wrapper, pre"))
    one.scrollWidth > one.clientWidth ? one.setAttribute("tabindex", "0") : one.removeAttribute("tabindex");
};
addEventListener("load", wide);
addEventListener("resize", wide);
