import { createHash } from "node:crypto";
import type { Plugin } from "vite";

/** The map, the charts and the view below ground are the desk's, and large. */
const DESK = /^assets\/(map|charts|three|underground)-|\.(map|md|gz)$/;
const PUBLIC = ["icon.svg", "icon-192.png", "manifest.webmanifest"];

/** Writes into the phone pages' worker which files it keeps; another build makes another worker. */
export function keepPages(): Plugin {
  return {
    name: "keep-pages",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const digest = createHash("sha256");
        const kept = PUBLIC.map((name) => `/${name}`);
        for (const [name, part] of Object.entries(bundle).sort(([a], [b]) => a.localeCompare(b))) {
          if (name === "sw.js" || DESK.test(name)) continue;
          digest.update(name).update(part.type === "chunk" ? part.code : part.source);
          kept.push(`/${name}`);
        }
        const worker = bundle["sw.js"];
        if (worker?.type !== "chunk" || !worker.code.includes("__PAGES__")) {
          throw new Error("the phone pages' worker was not built");
        }
        const pages = JSON.stringify({ version: digest.digest("hex").slice(0, 16), kept });
        worker.code = worker.code.replace("__PAGES__", pages);
      },
    },
  };
}
