import type { Tree } from "@/i18n";

/** Sentences of one language under their area, which is their file's name. */
export function byArea(files: Record<string, unknown>): Tree {
  return Object.fromEntries(
    Object.entries(files).map(([path, tree]) => [path.replace(/^.*\/|\.json$/g, ""), tree as Tree]),
  );
}
