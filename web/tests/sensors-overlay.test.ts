import type { Map as MapLibre } from "maplibre-gl";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Datastream } from "@/api/types";
import type { LiveValue, StreamStatus } from "@/live/feed";
import { MOST_VALUES, SensorsOverlay } from "@/map/overlays/sensors-overlay";
import { PALETTES } from "@/map/palette";

vi.mock("@/map/signs", () => ({ addSigns: () => undefined }));

/** The part of the map that the overlay uses; remembers what it was told. */
class FakeMap {
  readonly states: [number, StreamStatus][] = [];
  readonly written: string[][] = [];
  readonly layers = new Set<string>();
  readonly sources = new Map<string, { setData: (data: GeoJSON.FeatureCollection) => void }>();
  readonly heard = new Map<string, () => void>();
  zoom = 14;

  addSource(name: string): void {
    const setData = (data: GeoJSON.FeatureCollection): void => {
      this.written.push(data.features.map(({ properties }) => `${properties?.code}=${properties?.value}`));
    };
    this.sources.set(name, { setData });
  }
  addLayer({ id }: { id: string }): void {
    this.layers.add(id);
  }
  removeLayer(id: string): void {
    this.layers.delete(id);
  }
  removeSource(name: string): void {
    this.sources.delete(name);
  }
  getSource(name: string) {
    return this.sources.get(name);
  }
  setFeatureState({ id }: { id: number }, { status }: { status: StreamStatus }): void {
    this.states.push([id, status]);
  }
  getZoom(): number {
    return this.zoom;
  }
  getBounds() {
    return { contains: ([longitude]: [number, number]) => longitude < 113 };
  }
  on(name: string, hear: () => void): void {
    this.heard.set(name, hear);
  }
  off(name: string): void {
    this.heard.delete(name);
  }
}

const stream = (code: string, longitude: number | null = 112): Datastream =>
  ({ code, quantity: "pressure_head", longitude, latitude: longitude === null ? null : 35 }) as Datastream;
const value = (code: string, number: number, status: StreamStatus): LiveValue => [code, 0, number, status];
let map: FakeMap;

function shown(...streams: Datastream[]): SensorsOverlay {
  const overlay = new SensorsOverlay(streams);
  overlay.add(map as unknown as MapLibre, PALETTES.dark, () => "");
  map.states.length = 0;
  map.written.length = 0;
  return overlay;
}

beforeEach(() => {
  map = new FakeMap();
});

describe("sensors on the map", () => {
  it("are drawn anew only when what they say has changed", () => {
    const overlay = shown(stream("A"), stream("nowhere", null), stream("B"));
    overlay.take([
      value("A", 1, "ok"),
      value("B", 2, "high"),
      value("nowhere", 3, "low"),
      value("C", 4, "low"),
    ]);
    expect(map.states).toEqual([
      [0, "ok"],
      [1, "high"],
    ]);
    overlay.take([value("A", 5, "ok"), value("B", 6, "low")]);
    expect(map.states.slice(2)).toEqual([[1, "low"]]);
  });

  it("have their values written as they come, those in view only", () => {
    const overlay = shown(stream("A"), stream("far", 114));
    overlay.take([value("A", 1, "ok"), value("far", 1, "ok")]);
    overlay.take([value("far", 2, "ok")]);
    overlay.take([value("A", 1.04, "ok")]);
    overlay.take([value("A", 2, "ok")]);
    expect(map.written).toEqual([["A=1.0"], ["A=2.0"]]);
    map.zoom = 12;
    map.heard.get("moveend")?.();
    overlay.take([value("A", 3, "ok")]);
    expect(map.written.slice(2)).toEqual([[]]);
  });

  it("have no values where there is no room for all of them", () => {
    const many = Array.from({ length: MOST_VALUES + 1 }, (_, number) => stream(`S${number}`));
    const overlay = shown(...many);
    overlay.take([value("S0", 1, "ok")]);
    map.heard.get("moveend")?.();
    expect(map.written).toEqual([[]]);
  });

  it("stand there with what they said before when the map is made anew, and leave nothing behind", () => {
    const overlay = shown(stream("A"), stream("B"));
    overlay.take([value("A", 1, "low")]);
    map.states.length = 0;
    overlay.add(map as unknown as MapLibre, PALETTES.light, () => "");
    expect(map.states).toEqual([
      [0, "low"],
      [1, "stale"],
    ]);
    overlay.remove(map as unknown as MapLibre);
    overlay.take([value("A", 2, "ok")]);
    expect([map.layers.size, map.sources.size, map.heard.size, map.states.length]).toEqual([0, 0, 0, 2]);
  });
});
