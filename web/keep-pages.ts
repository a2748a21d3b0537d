import { createHash } from "node:crypto";
import type { Plugin, Rollup } from "vite";

type OutputBundle = Rollup.OutputBundle;

/** The map, the charts and the view below ground are the desk's, and large. */
const DESK = /^assets\/(map|charts|space|underground)-|\.(map|md|gz)$/;
const PUBLIC = ["icon.svg", "icon-192.png", "manifest.webmanifest"];

/** Pages that must open without a network. */
const OFFLINE = /\/src\/field\/Field(Page|CasePage|ValvesPage)\.vue$/;

/** Everything a chunk cannot start without. */
function needs(name: string, bundle: OutputBundle, found = new Set<string>()): Set<string> {
  const part = bundle[name];
  if (part?.type !== "chunk" || found.has(name)) return found;
  found.add(name);
  for (const one of part.imports) needs(one, bundle, found);
  return found;
}

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
        for (const [name, part] of Object.entries(bundle)) {
          if (part.type !== "chunk" || !OFFLINE.test(part.facadeModuleId ?? "")) continue;
          const missing = [...needs(name, bundle)].filter((one) => DESK.test(one));
          if (missing.length > 0) throw new Error(`${name} cannot open without ${missing.join(", ")}`);
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
