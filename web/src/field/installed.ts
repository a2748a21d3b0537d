/** The phone pages as an application of their own: they open without a network, and may be put on the home screen. */
import { ref } from "vue";

/** The browser's own offer, which Chromium makes and TypeScript's library does not know. */
interface InstallOffer extends Event {
  prompt(): Promise<void>;
}

const offer = ref<InstallOffer | null>(null);
let begun = false;

/** Let the browser keep the phone pages; only they are under the worker, the desk is never served from a store. */
export async function keepPages(): Promise<void> {
  if (begun) return;
  begun = true;
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer.value = event as InstallOffer;
  });
  window.addEventListener("appinstalled", () => {
    offer.value = null;
  });
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  await navigator.serviceWorker.register("/sw.js", { scope: "/field" });
}

/** Put the phone pages on the home screen. */
export async function install(): Promise<void> {
  await offer.value?.prompt();
  offer.value = null;
}

export { offer };
