// Put into the page before its own scripts: notes when a frame was drawn, how long the page was busy, and in which
// frame each probe's sign got another colour. Pixels are read in the frame that drew them, before they are shown.
(() => {
  const watch = { frames: 0, gaps: [], drawing: [], busyMs: 0, turns: [], probes: [], colours: [] };
  window.__watch = watch;
  let gl = null;
  let drawn = false;
  for (const name of ["drawElements", "drawArrays"]) {
    const draw = WebGL2RenderingContext.prototype[name];
    WebGL2RenderingContext.prototype[name] = function (...given) {
      gl = this;
      drawn = true;
      return draw.apply(this, given);
    };
  }
  const pixel = new Uint8Array(4);
  const seen = [];
  const nearest = (told) => {
    let best = -1;
    let least = Infinity;
    watch.colours.forEach(([r, g, b], place) => {
      const apart = (told[0] - r) ** 2 + (told[1] - g) ** 2 + (told[2] - b) ** 2;
      if (apart < least) [best, least] = [place, apart];
    });
    return best;
  };
  const look = () => {
    if (gl.getParameter(gl.FRAMEBUFFER_BINDING) !== null) return;
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel); // waits until the frame is drawn
    watch.probes.forEach(([x, y], probe) => {
      gl.readPixels(Math.round(x), gl.drawingBufferHeight - 1 - Math.round(y), 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
      const colour = nearest(pixel);
      if (colour !== seen[probe]) watch.turns.push([probe, colour, Date.now()]);
      seen[probe] = colour;
    });
  };
  const ask = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (run) =>
    ask((moment) => {
      const began = performance.now();
      run(moment);
      if (!drawn) return;
      drawn = false;
      watch.frames += 1;
      look();
      watch.drawing.push(performance.now() - began);
    });
  let last = 0;
  const beat = (moment) => {
    if (last > 0) watch.gaps.push(moment - last);
    last = moment;
    ask(beat);
  };
  ask(beat);
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) watch.busyMs += task.duration;
  }).observe({ entryTypes: ["longtask"] });
})();
