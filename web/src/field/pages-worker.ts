/**
 * Keeps the phone pages on the phone: one whole build at a time, so that a page never meets files of another.
 *
 * Registered for `/field` only. A new build is fetched beside the old one and takes over when no phone page is open.
 * Data are never kept here: pages keep what they need themselves.
 */
export {};

declare const __PAGES__: { version: string; kept: string[] };
declare const self: ServiceWorkerGlobalScope;

const PREFIX = "chengmai-field-";
const PAGE = "/index.html";
const { version, kept } = __PAGES__;
const name = PREFIX + version;

self.addEventListener("install", (event) => {
  // The page itself has no hash in its name: past the browser's own cache, or an old one would be kept under a new build.
  const wanted = kept.map((path) => new Request(path, path === PAGE ? { cache: "reload" } : {}));
  event.waitUntil(caches.open(name).then((cache) => cache.addAll(wanted)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((other) => other.startsWith(PREFIX) && other !== name))
      .then((old) => Promise.all(old.map((other) => caches.delete(other)))),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const path = request.mode === "navigate" ? PAGE : url.pathname;
  if (!kept.includes(path)) return;
  event.respondWith(
    caches
      .open(name)
      .then((cache) => cache.match(path))
      .then((held) => held ?? fetch(request)),
  );
});
