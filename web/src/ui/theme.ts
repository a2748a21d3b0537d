/** Dark for the night shift, light for the day; remembered on this machine. */
import { ref } from "vue";

export type Theme = "dark" | "light";
const REMEMBERED = "chengmai.theme";

export const theme = ref<Theme>(localStorage.getItem(REMEMBERED) === "light" ? "light" : "dark");

export function applyTheme(wanted: Theme = theme.value): void {
  theme.value = wanted;
  document.documentElement.classList.toggle("dark", wanted === "dark");
  localStorage.setItem(REMEMBERED, wanted);
}

export function switchTheme(): void {
  applyTheme(theme.value === "dark" ? "light" : "dark");
}
