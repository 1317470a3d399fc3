"use strict";
// The before/after slider shows pictures of the grid below it: picture-ROW-COLUMN.
(() => {
  const slider = document.getElementById("slider");
  if (!slider) return;
  const choices = (side) => document.getElementById("choose-" + side);
  const handle = slider.querySelector("input");
  const show = () => {
    for (const side of ["left", "right"]) {
      const id = "picture-" + choices("picture").value + "-" + choices(side).value;
      const source = document.getElementById(id);
      const image = slider.querySelector("." + side);
      image.src = source.src;
      image.alt = source.alt;
    }
  };
  const move = () => slider.style.setProperty("--cut", handle.value + "%");
  for (const name of ["picture", "left", "right"]) choices(name).addEventListener("change", show);
  handle.addEventListener("input", move);
  show();
  move();
})();
