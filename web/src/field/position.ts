/** Where the phone is, when it may and can say so. */
import { onBeforeUnmount, readonly, ref, shallowRef } from "vue";

export interface Position {
  longitude: number;
  latitude: number;
  accuracy_m: number;
}

export type PositionState = "asking" | "known" | "denied" | "unavailable";

/** Follows the position while the calling component lives. */
export function usePosition() {
  const position = shallowRef<Position | null>(null);
  const state = ref<PositionState>("asking");
  if (!("geolocation" in navigator) || !window.isSecureContext) {
    state.value = "unavailable";
    return { position: readonly(position), state: readonly(state) };
  }
  const watch = navigator.geolocation.watchPosition(
    ({ coords }) => {
      position.value = {
        longitude: coords.longitude,
        latitude: coords.latitude,
        accuracy_m: coords.accuracy,
      };
      state.value = "known";
    },
    (error) => {
      state.value = error.code === error.PERMISSION_DENIED ? "denied" : "unavailable";
    },
    { enableHighAccuracy: true, maximumAge: 15_000, timeout: 20_000 },
  );
  onBeforeUnmount(() => navigator.geolocation.clearWatch(watch));
  return { position: readonly(position), state: readonly(state) };
}
