// Makes drawn charts interactive where that is cheap (wide screens, in view) or wished for.
// Nothing is compiled from text at run time: vega-interpreter walks the parsed expressions instead.
const here = document.currentScript ?? document.querySelector("script[data-vega-programs]");
let programs;

function load(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`not loaded: ${address}`));
    document.head.append(script);
  });
}

function vega() {
  programs ??= (async () => {
    for (const address of here.dataset.vegaPrograms.split(" ")) await load(address);
  })();
  return programs;
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  const ink = read("--color-base-content");
  const line = read("--line");
  const font = getComputedStyle(document.body).fontFamily;
  return {
    background: null,
    font,
    axis: { labelColor: ink, titleColor: ink, gridColor: line, domainColor: line, tickColor: line, labelFontSize: 13, titleFontSize: 13 },
    legend: { labelColor: ink, titleColor: ink, labelFontSize: 13, titleFontSize: 13 },
    title: { color: ink },
    text: { color: ink },
    header: { labelColor: ink, titleColor: ink },
    view: { stroke: null },
    mark: { color: read("--color-primary") },
    range: { category: [read("--color-primary"), read("--color-accent"), read("--color-secondary"), read("--color-info"), read("--color-error")] },
  };
}

async function draw(figure) {
  if (figure.dataset.drawn) return;
  figure.dataset.drawn = "yes";
  const drawing = figure.querySelector("[data-drawing]");
  try {
    await vega();
    const answer = await fetch(figure.dataset.vega, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const spec = await answer.json();
    const stage = document.createElement("div");
    stage.className = "w-full";
    drawing.before(stage);
    await window.vegaEmbed(stage, spec, {
      ast: true,
      expr: window.vegaInterpreter.expressionInterpreter,
      actions: false,
      defaultStyle: false,
      renderer: "svg",
      tooltip: { disableDefaultStyle: true },
      config: colours(),
    });
    drawing.hidden = true;
    const offer = figure.querySelector("[data-offer]");
    if (offer) offer.hidden = true;
  } catch (error) {
    // The drawing that the server made stays; nothing is lost but the comfort.
    figure.dataset.drawn = "no";
    console.warn("chart stays as drawn:", error.message);
  }
}

const spare = matchMedia("(max-width: 63.99rem)").matches || navigator.connection?.saveData === true;
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (entry.isIntersecting) {
      watcher.unobserve(entry.target);
      draw(entry.target);
    }
  }
});
for (const figure of document.querySelectorAll("figure[data-vega]")) {
  const offer = figure.querySelector("[data-offer]");
  if (spare && offer) {
    offer.hidden = false;
    offer.querySelector("button").addEventListener("click", () => draw(figure));
  } else {
    watcher.observe(figure);
  }
}
