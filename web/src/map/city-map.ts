/** The one map of this window: it lives outside the components; overlays add and remove their own layers. */
import {
  type LngLatBoundsLike,
  Map as MapLibre,
  type MapMouseEvent,
  NavigationControl,
  ScaleControl,
  type StyleSpecification,
  setWorkerUrl,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { watch } from "vue";
import { PALETTES, type Palette } from "@/map/palette";
import { theme } from "@/ui/theme";
import "maplibre-gl/dist/maplibre-gl.css";

setWorkerUrl(workerUrl);

/** Where in the pile an overlay's layers lie, from the ground up. */
const LEVELS = ["ground", "streets", "pipes", "likely", "sensors", "alarms", "top"] as const;
export type Level = (typeof LEVELS)[number];

export interface Overlay {
  /** Adds sources and layers; `below(level)` is the layer to insert before. */
  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void;
  remove(map: MapLibre): void;
}

// Without a glyph address the engine draws every letter from the machine's own fonts: nothing is fetched.
export const FONT = ["sans-serif"];

function ground(palette: Palette): StyleSpecification {
  return {
    version: 8,
    sources: {},
    layers: [
      { id: "background", type: "background", paint: { "background-color": palette.ground } },
      ...LEVELS.map((level) => ({
        id: `end-of-${level}`,
        type: "background" as const,
        layout: { visibility: "none" as const },
      })),
    ],
  };
}

/** As near as the map goes: about 0.1 m a pixel. */
export const NEAREST_ZOOM = 19;

const below = (level: Level): string => `end-of-${level}`;

/** The engine in its element; null in a browser without WebGL 2, which can show everything but maps. */
function engine(container: HTMLElement): MapLibre | null {
  if (document.createElement("canvas").getContext("webgl2") === null) return null;
  const map = new MapLibre({
    container,
    style: ground(PALETTES[theme.value]),
    center: [112.85, 35.5],
    zoom: 13,
    maxZoom: NEAREST_ZOOM,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    // Signs that fade in would keep the map drawing for as long as values come.
    fadeDuration: 0,
    localIdeographFontFamily:
      '"Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif',
  });
  map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-right");
  map.touchZoomRotate.disableRotation();
  return map;
}

class CityMap {
  readonly canvasHost = document.createElement("div");
  private readonly map: MapLibre | null;
  private readonly overlays = new Set<Overlay>();
  private styled = false;
  private fitted = false;
  /** The host that shows the map at present; an older page's leaving must not take it from a newer one. */
  private host: HTMLElement | null = null;

  constructor() {
    this.canvasHost.style.cssText = "position:absolute;inset:0";
    this.map = engine(this.canvasHost);
    if (this.map === null) return;
    const map = this.map;
    map.on("style.load", () => this.restore(map));
    // When the map first showed [ms since the page was asked for], for those who measure.
    map.once("load", () => {
      this.canvasHost.dataset.firstImage = String(performance.now());
    });
    watch(theme, (value) => {
      this.styled = false;
      map.setStyle(ground(PALETTES[value]), { diff: false });
    });
  }

  /** Whether this browser can draw it. */
  get drawn(): boolean {
    return this.map !== null;
  }

  private restore(map: MapLibre): void {
    this.styled = true;
    for (const overlay of this.overlays) overlay.add(map, PALETTES[theme.value], below);
  }

  attach(host: HTMLElement): void {
    this.host = host;
    host.append(this.canvasHost);
    this.map?.resize();
  }

  detach(host: HTMLElement): void {
    if (this.host !== host) return;
    this.host = null;
    this.canvasHost.remove();
  }

  resize(): void {
    this.map?.resize();
  }

  /** Show an overlay until the returned function is called. */
  use(overlay: Overlay): () => void {
    this.overlays.add(overlay);
    const map = this.map;
    if (this.styled && map) overlay.add(map, PALETTES[theme.value], below);
    return () => {
      this.overlays.delete(overlay);
      if (this.styled && map) overlay.remove(map);
    };
  }

  fit(bounds: LngLatBoundsLike, once = false, maxZoom = 17): void {
    if (once && this.fitted) return;
    this.fitted = true;
    this.map?.fitBounds(bounds, {
      padding: { top: 50, bottom: 40, left: 60, right: 60 },
      animate: false,
      maxZoom,
    });
  }

  flyTo(longitude: number, latitude: number, zoom = 16): void {
    this.map?.flyTo({
      center: [longitude, latitude],
      zoom: Math.max(zoom, this.map.getZoom()),
      duration: 600,
    });
  }

  onClick(hear: (event: MapMouseEvent) => void): () => void {
    this.map?.on("click", hear);
    return () => this.map?.off("click", hear);
  }

  /** What lies within a few pixels of a point, of the given layers, topmost first. */
  featuresAt(point: { x: number; y: number }, layers: readonly string[], reachPx = 6) {
    const map = this.map;
    const present = layers.filter((layer) => map?.getLayer(layer));
    if (map === null || present.length === 0) return [];
    return map.queryRenderedFeatures(
      [
        [point.x - reachPx, point.y - reachPx],
        [point.x + reachPx, point.y + reachPx],
      ],
      { layers: present },
    );
  }

  set cursor(value: string) {
    if (this.map) this.map.getCanvas().style.cursor = value;
  }

  /** A name for the canvas, for those who do not see it. */
  set label(value: string) {
    this.map?.getCanvas().setAttribute("aria-label", value);
  }
}

let only: CityMap | null = null;

export function cityMap(): CityMap {
  only ??= new CityMap();
  return only;
}
