/** Components of the city as points, coloured by their state. */
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { CityComponent } from "@/api/types";
import type { Level, Overlay } from "@/map/city-map";
import type { Palette } from "@/map/palette";

const SOURCE = "components";
const COLOURS = { intact: "#1b8a5a", damaged: "#e8730c", lost: "#c81e3a", abandoned: "#7a8794" };

export class ComponentsOverlay implements Overlay {
  private map: MapLibre | null = null;
  private shown: readonly CityComponent[] = [];

  show(components: readonly CityComponent[]): void {
    this.shown = components;
    this.map?.getSource<GeoJSONSource>(SOURCE)?.setData(this.features());
  }

  add(map: MapLibre, palette: Palette, below: (level: Level) => string): void {
    this.map = map;
    map.addSource(SOURCE, { type: "geojson", data: this.features() });
    map.addLayer(
      {
        id: SOURCE,
        type: "circle",
        source: SOURCE,
        paint: {
          "circle-radius": ["interpolate", ["linear"], ["zoom"], 12, 2, 18, 7],
          "circle-color": ["get", "colour"],
          "circle-stroke-color": palette.halo,
          "circle-stroke-width": 1,
        },
      },
      below("sensors"),
    );
  }

  remove(map: MapLibre): void {
    map.removeLayer(SOURCE);
    map.removeSource(SOURCE);
    this.map = null;
  }

  private features(): GeoJSON.FeatureCollection {
    return {
      type: "FeatureCollection",
      features: this.shown.map((one) => ({
        type: "Feature",
        properties: { colour: COLOURS[one.state] },
        geometry: { type: "Point", coordinates: [one.longitude, one.latitude] },
      })),
    };
  }
}
