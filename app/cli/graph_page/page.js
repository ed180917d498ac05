"use strict";

const graph = JSON.parse(document.getElementById("data").textContent);
const root = document.documentElement;

// Colours of the states, for light and dark ground; what grows goes from cool to warm.
const STATES = {
  aware: ["#98a2b3", "#94a3b8"],
  acquainted: ["#3b82f6", "#60a5fa"],
  collaborating: ["#0ea5a4", "#2dd4bf"],
  producing: ["#16a34a", "#4ade80"],
  spreading: ["#f59e0b", "#fbbf24"],
  proposed: ["#c026d3", "#f0abfc"],
  formal: ["#5b21b6", "#a78bfa"],
  dormant: ["#b1967a", "#a8927a"],
  declined: ["#9f5d6b", "#b4717f"],
  conflict: ["#dc2626", "#f87171"],
};
const DASHED = new Set(["dormant", "declined", "conflict"]);
const hidden = new Set();

const isDark = () => root.dataset.theme === "dark";
const colour = (state) => STATES[state][isDark() ? 1 : 0];
const variable = (name) => getComputedStyle(root).getPropertyValue(name).trim();
root.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";

const strength = new Map();
for (const edge of graph.edges) {
  for (const end of [edge.source, edge.target]) strength.set(end, (strength.get(end) ?? 0) + edge.weight);
}
const most = Math.max(1, ...strength.values());
const sizeOf = (node) => (node.id === graph.around ? 64 : 22 + 30 * Math.sqrt((strength.get(node.id) ?? 0) / most));

const cy = cytoscape({
  container: document.getElementById("graph"),
  elements: {
    nodes: graph.nodes.map((node) => ({ data: { ...node, size: sizeOf(node) } })),
    edges: graph.edges.map((edge) => ({ data: edge })),
  },
  minZoom: 0.15,
  maxZoom: 3,
  layout: { name: "preset" },
});

function dress() {
  const ink = variable("--ink");
  const ground = variable("--ground");
  const accent = variable("--accent");
  cy.style([
    {
      selector: "node",
      style: {
        width: "data(size)", height: "data(size)", label: "data(name)",
        "background-color": isDark() ? "#3b4759" : "#ffffff",
        "border-width": 2, "border-color": isDark() ? "#64748b" : "#aab4c3",
        color: ink, "font-size": 15, "font-weight": 500, "text-valign": "bottom", "text-margin-y": 6,
        "font-family": "system-ui, Roboto, Helvetica, Arial, sans-serif",
        "text-wrap": "wrap", "text-max-width": 130,
        "text-outline-color": ground, "text-outline-width": 3, "min-zoomed-font-size": 7,
        "transition-property": "opacity", "transition-duration": 150,
      },
    },
    {
      selector: "node[?is_home]",
      style: {
        "background-color": accent, "border-color": accent, "border-width": 6, "border-opacity": 0.35,
        "font-size": 19, "font-weight": 700, "z-index": 10,
      },
    },
    {
      selector: "edge",
      style: {
        width: "mapData(weight, 0, 100, 1.2, 14)", "line-color": (edge) => colour(edge.data("state")),
        "line-style": (edge) => (DASHED.has(edge.data("state")) ? "dashed" : "solid"),
        "line-dash-pattern": (edge) => [9 + edge.data("weight") / 6, 5 + edge.data("weight") / 10],
        "line-cap": (edge) => (DASHED.has(edge.data("state")) ? "butt" : "round"), "curve-style": "straight",
        opacity: (edge) => (isDark() ? 0.6 : 0.5) + 0.4 * edge.data("coverage"),
        "transition-property": "opacity", "transition-duration": 150,
      },
    },
    { selector: ".far", style: { opacity: 0.1 } },
    { selector: ".off", style: { display: "none" } },
    { selector: "node.near, node.found", style: { "border-color": accent, "border-width": 4, "border-opacity": 1 } },
  ]);
}

// Partners start on rings around the middle, the strongest pairs first: the same data gives the same picture.
function arrange() {
  const golden = Math.PI * (3 - Math.sqrt(5));
  const ranked = cy.nodes().sort((a, b) => b.data("size") - a.data("size"));
  ranked.forEach((node, index) => {
    const isCentre = node.id() === graph.around;
    const radius = isCentre ? 0 : 120 + 55 * Math.sqrt(index);
    node.position({ x: 1.35 * radius * Math.cos(index * golden), y: radius * Math.sin(index * golden) });
  });
  cy.layout({
    name: "cose", randomize: false, animate: false, fit: false, numIter: 1500, nodeDimensionsIncludeLabels: true,
    idealEdgeLength: (edge) => 150 - 0.9 * edge.data("weight"),
    nodeRepulsion: () => 90000, nodeOverlap: 24, gravity: 0.6, componentSpacing: 80,
  }).run();
  lie();
  fit();
}

// A picture that stands is laid down on a screen that is wider than high.
function lie() {
  const box = cy.nodes().boundingBox({ includeLabels: false });
  if (box.h > box.w === innerHeight > innerWidth) return;
  cy.nodes().positions((node) => ({ x: node.position("y"), y: node.position("x") }));
}

// Names stay readable: at least 12 pixels high where everything is shown at once. Nothing lies under the legend or the
// tools, unless the window is so narrow that there would be no room left.
function fit() {
  const legend = document.getElementById("legend").getBoundingClientRect();
  const left = innerWidth > 4 * legend.width ? legend.right + 60 : 60;
  const box = cy.elements(":visible").boundingBox();
  const [width, room] = [innerWidth - left - 60, innerHeight - 170];
  const zoom = Math.min(width / box.w, room / box.h, 1.6);
  cy.zoom(zoom);
  cy.pan({ x: left + (width - box.w * zoom) / 2 - box.x1 * zoom, y: 100 + (room - box.h * zoom) / 2 - box.y1 * zoom });
  const height = Math.max(15, 12 / cy.zoom());
  cy.nodes().style({ "font-size": (node) => (node.data("is_home") ? 1.25 : 1) * height, "text-max-width": 9 * height });
}

function describe(element) {
  const data = element.data();
  const lines = [];
  if (element.isEdge()) {
    const state = `<span class="state" style="color:${colour(data.state)}">${data.state}</span>`;
    lines.push(`${state} · score ${data.weight.toFixed(1)} · ${Math.round(data.coverage * 100)} % known`);
    return [`${element.source().data("name")} — ${element.target().data("name")}`, lines, data.sentence];
  }
  const ties = element.connectedEdges(":visible").length;
  lines.push(`${ties} ${ties === 1 ? "alliance" : "alliances"} drawn`);
  return [data.name, lines, [data.industry, data.place].filter(Boolean).join(" · ")];
}

const tip = document.getElementById("tip");

function showTip(element, at) {
  const [title, lines, sentence] = describe(element);
  tip.replaceChildren();
  tip.append(Object.assign(document.createElement("strong"), { textContent: title }));
  for (const line of lines) tip.append(Object.assign(document.createElement("div"), { innerHTML: line }));
  if (sentence) tip.append(Object.assign(document.createElement("p"), { textContent: sentence }));
  tip.hidden = false;
  tip.style.left = `${Math.min(at.x + 16, innerWidth - tip.offsetWidth - 12)}px`;
  tip.style.top = `${Math.min(at.y + 16, innerHeight - tip.offsetHeight - 12)}px`;
}

function focus(element) {
  const near = element.isEdge() ? element.union(element.connectedNodes()) : element.closedNeighborhood();
  cy.elements().not(near).addClass("far");
  near.nodes().addClass("near");
}

cy.on("mouseover tap", "node, edge", (event) => {
  cy.elements().removeClass("far near");
  focus(event.target);
  showTip(event.target, event.renderedPosition);
});
cy.on("mouseout", "node, edge", () => {
  cy.elements().removeClass("far near");
  tip.hidden = true;
});
cy.on("pan zoom drag", () => { tip.hidden = true; });

function drawLegend() {
  const counts = {};
  for (const edge of graph.edges) counts[edge.state] = (counts[edge.state] ?? 0) + 1;
  const legend = document.getElementById("legend");
  legend.innerHTML = "<h2>State</h2>";
  for (const state of Object.keys(STATES).filter((name) => counts[name])) {
    const button = document.createElement("button");
    button.innerHTML = `<i class="${DASHED.has(state) ? "dashed" : ""}" style="border-color:${colour(state)}"></i>
      <span>${state}</span><span>${counts[state]}</span>`;
    button.setAttribute("aria-pressed", String(!hidden.has(state)));
    button.onclick = () => { hidden.has(state) ? hidden.delete(state) : hidden.add(state); filter(); drawLegend(); };
    legend.append(button);
  }
  const lines = [1.5, 5, 11].map((width, index) =>
    `<line x1="${index * 26 + 4}" x2="${index * 26 + 22}" y1="8" y2="8" stroke="currentColor" stroke-width="${width}"/>`);
  legend.insertAdjacentHTML("beforeend", `<h2>Width</h2><div class="widths">
    <svg width="82" height="16" aria-hidden="true">${lines.join("")}</svg>score</div>`);
}

function filter() {
  cy.edges().forEach((edge) => { edge.toggleClass("off", hidden.has(edge.data("state"))); });
  cy.nodes().forEach((node) => {
    const alone = node.connectedEdges().length > 0 && node.connectedEdges().not(".off").empty();
    node.toggleClass("off", alone && node.id() !== graph.around);
  });
}

function find(words) {
  cy.elements().removeClass("far found");
  if (!words) return;
  const found = cy.nodes().filter((node) => node.data("name").toLowerCase().includes(words.toLowerCase()));
  found.addClass("found");
  cy.elements().not(found.closedNeighborhood()).addClass("far");
}

const many = (count, one, others) => `${count} ${count === 1 ? one : others}`;
document.getElementById("summary").textContent =
  `${many(graph.nodes.length, "company", "companies")}, ${many(graph.edges.length, "alliance", "alliances")}` +
  (graph.truncated ? "; weaker ones are left out" : "");
document.getElementById("find").oninput = (event) => find(event.target.value.trim());
document.getElementById("fit").onclick = fit;
document.getElementById("theme").onclick = () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  dress();
  drawLegend();
};

dress();
drawLegend();
arrange();
