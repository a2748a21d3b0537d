/** Drawing on the map: a click sets a corner, Backspace takes the last back, Escape begins anew. */
import { onBeforeUnmount, shallowRef, watch } from "vue";
import { cityMap } from "@/map/city-map";
import { DrawingOverlay, type Place } from "@/map/overlays/drawing-overlay";

/** `clicked` may take a click for itself by answering true. */
export function useDrawing(
  closed: boolean,
  clicked: (point: { x: number; y: number }) => boolean = () => false,
) {
  const places = shallowRef<readonly Place[]>([]);
  const overlay = new DrawingOverlay(closed);
  const leaving: (() => void)[] = [];

  /** Call when the map is there. */
  function begin(): void {
    leaving.push(
      cityMap().use(overlay),
      cityMap().onClick((event) => {
        if (clicked(event.point)) return;
        places.value = [...places.value, [event.lngLat.lng, event.lngLat.lat]];
      }),
    );
    cityMap().cursor = "crosshair";
  }
  const back = (): void => {
    places.value = places.value.slice(0, -1);
  };
  const clear = (): void => {
    places.value = [];
  };

  function pressed(event: KeyboardEvent): void {
    if ((event.target as HTMLElement).closest("input, textarea, select, [role=dialog]")) return;
    if (event.key === "Backspace") back();
    else if (event.key === "Escape") clear();
  }
  watch(places, (value) => overlay.show(value));
  window.addEventListener("keydown", pressed);
  onBeforeUnmount(() => {
    window.removeEventListener("keydown", pressed);
    for (const leave of leaving) leave();
    cityMap().cursor = "";
  });
  return { places, begin, back, clear };
}
