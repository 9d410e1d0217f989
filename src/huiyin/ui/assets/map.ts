// County map from our own vector layers. The list of links beside it stays; the map only adds to it.
import type { FeatureCollection, Feature, Position } from "geojson";
import {
  Map as MapView,
  Marker,
  NavigationControl,
  setWorkerUrl,
  type LayerSpecification,
  type PositionAnchor,
  type StyleSpecification,
} from "maplibre-gl";

import { boundsOf, centreOf } from "./geometry";

/** What a feature of our layers says about its area. */
interface Area {
  name: string;
  url?: string;
  /** Figure shown above the name. */
  value?: number | string;
  /** 0 none … 3 most: the step of the one hue. */
  step?: number;
  /** Where name and figure stand when the area is too small for them. */
  callout?: Position;
  /** A point inside the area. */
  point?: Position;
}

type Areas = FeatureCollection<Feature["geometry"], Area>;

const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

function token(of: Element, name: string): string {
  return getComputedStyle(of).getPropertyValue(name).trim();
}

function hasWebGl(): boolean {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") ?? canvas.getContext("webgl"));
}

function note(root: HTMLElement, sentence: string | undefined): void {
  const place = root.querySelector<HTMLElement>(".map-note");
  root.classList.remove("waiting");
  if (!place) return;
  place.hidden = sentence === undefined;
  if (sentence !== undefined) place.textContent = sentence;
}

function style(root: HTMLElement, areas: Areas): StyleSpecification {
  const { tileUrl, tileAttribution } = root.dataset;
  const colour = (name: string) => token(root, name);
  const layers: LayerSpecification[] = [];
  const made: StyleSpecification = {
    version: 8,
    sources: { areas: { type: "geojson", data: areas, generateId: true } },
    layers,
    transition: { duration: calm ? 0 : 180, delay: 0 },
  };
  if (tileUrl) {
    made.sources.tiles = {
      type: "raster",
      tiles: [tileUrl],
      tileSize: 256,
      attribution: tileAttribution ?? "",
    };
    layers.push({ id: "tiles", type: "raster", source: "tiles" });
  }
  layers.push(
    {
      id: "area",
      type: "fill",
      source: "areas",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: {
        "fill-color": [
          "match",
          ["coalesce", ["get", "step"], 0],
          1, colour("--map-1"),
          2, colour("--map-2"),
          3, colour("--map-3"),
          colour("--map-0"),
        ],
        "fill-opacity": tileUrl ? 0.6 : 1,
      },
    },
    {
      id: "border",
      type: "line",
      source: "areas",
      paint: { "line-color": colour("--map-line"), "line-width": 1.5 },
      layout: { "line-join": "round" },
    },
    {
      id: "chosen",
      type: "line",
      source: "areas",
      paint: {
        "line-color": colour("--indigo"),
        "line-width": ["case", ["boolean", ["feature-state", "chosen"], false], 3, 0],
      },
      layout: { "line-join": "round" },
    },
  );
  return made;
}

function addCallouts(map: MapView, root: HTMLElement, areas: Areas): void {
  const lines = areas.features
    .filter(({ properties }) => properties.callout)
    .map((area): Feature => ({
      type: "Feature",
      properties: {},
      geometry: {
        type: "LineString",
        coordinates: [area.properties.callout as Position, area.properties.point ?? centreOf(area)],
      },
    }));
  if (lines.length === 0) return;
  map.addSource("callouts", { type: "geojson", data: { type: "FeatureCollection", features: lines } });
  map.addLayer({
    id: "callout",
    type: "line",
    source: "callouts",
    paint: { "line-color": token(root, "--edge"), "line-width": 1 },
  });
}

/** A label outside its area stands away from it, so that its line does not cross the words. */
function anchorOf(area: Area, from: Position): PositionAnchor {
  if (!area.callout) return "center";
  const across = (area.callout[0] ?? 0) - (from[0] ?? 0);
  const up = (area.callout[1] ?? 0) - (from[1] ?? 0);
  if (Math.abs(across) > Math.abs(up)) return across > 0 ? "left" : "right";
  return up > 0 ? "bottom" : "top";
}

function label(area: Area): HTMLElement {
  const made = document.createElement("div");
  made.className = "map-label";
  if (area.step === 3 && !area.callout) made.classList.add("dark");
  made.setAttribute("aria-hidden", "true"); // the list beside the map says the same in words
  if (area.value !== undefined) {
    const figure = document.createElement("b");
    figure.textContent = String(area.value);
    made.append(figure);
  }
  made.append(area.name);
  return made;
}

/** Areas light up with their link and the other way round. */
function tieToList(map: MapView, root: HTMLElement, areas: Areas): void {
  let chosen: number | undefined;
  const choose = (index: number | undefined) => {
    if (chosen !== undefined) map.setFeatureState({ source: "areas", id: chosen }, { chosen: false });
    if (index !== undefined) map.setFeatureState({ source: "areas", id: index }, { chosen: true });
    chosen = index;
    root.classList.toggle("over", index !== undefined && areas.features[index]?.properties.url !== undefined);
  };
  map.on("mousemove", "area", (event) => {
    const id = event.features?.[0]?.id;
    choose(typeof id === "number" ? id : undefined);
  });
  map.on("mouseleave", "area", () => choose(undefined));
  map.on("click", "area", (event) => {
    const id = event.features?.[0]?.id;
    const url = typeof id === "number" ? areas.features[id]?.properties.url : undefined;
    if (url) location.assign(url);
  });
  const list = document.getElementById(root.dataset.list ?? "");
  for (const link of list?.querySelectorAll<HTMLAnchorElement>("a[href]") ?? []) {
    const path = link.getAttribute("href");
    const index = areas.features.findIndex(({ properties }) => properties.url === path);
    if (index < 0) continue;
    for (const on of ["focus", "mouseenter"]) link.addEventListener(on, () => choose(index));
    for (const off of ["blur", "mouseleave"]) link.addEventListener(off, () => choose(undefined));
  }
}

async function draw(root: HTMLElement): Promise<void> {
  const texts = root.dataset;
  if (!hasWebGl()) {
    note(root, texts.textMissing);
    return;
  }
  const answer = await fetch(texts.src ?? "", { headers: { Accept: "application/geo+json, application/json" } });
  if (!answer.ok) throw new Error(`map data: ${answer.status}`);
  const areas = (await answer.json()) as Areas;
  if (areas.features.length === 0) {
    note(root, texts.textEmpty);
    return;
  }
  setWorkerUrl(new URL(texts.worker ?? "", location.href).href);
  const canvas = document.createElement("div");
  canvas.className = "canvas";
  root.append(canvas);
  const map = new MapView({
    container: canvas,
    style: style(root, areas),
    bounds: boundsOf(areas),
    fitBoundsOptions: { padding: areas.features.some(({ properties }) => properties.callout) ? 40 : 20 },
    attributionControl: texts.tileUrl ? { compact: false } : false,
    cooperativeGestures: false,
    scrollZoom: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    renderWorldCopies: false,
    fadeDuration: calm ? 0 : 180,
    locale: {
      "Map.Title": texts.label ?? "",
      "NavigationControl.ZoomIn": texts.textCloser ?? "",
      "NavigationControl.ZoomOut": texts.textWider ?? "",
    },
  });
  map.touchZoomRotate.disableRotation();
  // One finger scrolls the page, two move the map.
  if (matchMedia("(pointer: coarse)").matches) map.dragPan.disable();
  map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
  for (const area of areas.features) {
    const inside = area.properties.point ?? centreOf(area);
    const at = area.properties.callout ?? inside;
    new Marker({ element: label(area.properties), anchor: anchorOf(area.properties, inside) })
      .setLngLat([at[0] ?? 0, at[1] ?? 0])
      .addTo(map);
  }
  map.on("error", () => root.classList.add("partial"));
  await map.once("load");
  addCallouts(map, root, areas);
  tieToList(map, root, areas);
  note(root, undefined);
  root.dataset.ready = "yes";
}

for (const root of document.querySelectorAll<HTMLElement>("[data-map]")) {
  draw(root).catch(() => note(root, root.dataset.textFailed));
}
