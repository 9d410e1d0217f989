// Plain measures over our own layers, in degrees.
import type { Feature, FeatureCollection, Geometry, Position } from "geojson";

function* positions(geometry: Geometry): Generator<Position> {
  if (geometry.type === "GeometryCollection") {
    for (const part of geometry.geometries) yield* positions(part);
    return;
  }
  const walk = function* (part: unknown): Generator<Position> {
    if (!Array.isArray(part)) return;
    if (typeof part[0] === "number") yield part as Position;
    else for (const inner of part) yield* walk(inner);
  };
  yield* walk(geometry.coordinates);
}

/** West, south, east, north of everything in the collection, labels outside the areas included. */
export function boundsOf(areas: FeatureCollection): [number, number, number, number] {
  const box: [number, number, number, number] = [180, 90, -180, -90];
  const widen = (at: Position) => {
    const [lon = 0, lat = 0] = at;
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  };
  for (const area of areas.features) {
    for (const at of positions(area.geometry)) widen(at);
    const callout = area.properties?.["callout"] as Position | undefined;
    if (callout) widen(callout);
  }
  return box;
}

/** The middle of the box around one area; layers should bring a point of their own. */
export function centreOf(area: Feature): Position {
  const [west, south, east, north] = boundsOf({ type: "FeatureCollection", features: [area] });
  return [(west + east) / 2, (south + north) / 2];
}
