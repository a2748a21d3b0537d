/** The session ended without the person's doing: say so loudly, a desk that nobody watches must not fall silent. */
import { router } from "@/router";
import { forget } from "@/session/session";
import { call } from "@/ui/sound";

export function sessionEnded(): void {
  forget();
  const here = router.currentRoute.value;
  if (here.meta.open) return;
  call("orange");
  void router.push({ path: "/login", query: { next: here.fullPath, ended: "1" } });
}
