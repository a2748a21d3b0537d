/** A list read page by page from a door that answers `{items, next}`. */
import { ref, shallowRef } from "vue";
import { api, type Query, sentenceOf } from "@/api/client";
import type { Page } from "@/api/types";

export function usePages<T>(path: string, query: () => Query) {
  const items = shallowRef<readonly T[]>([]);
  const next = ref<string | null>(null);
  const failed = ref("");
  const busy = ref(false);
  /** The last asked wins: an answer to an older question is dropped. */
  let asked = 0;

  async function read(before: string | null): Promise<void> {
    asked += 1;
    const turn = asked;
    busy.value = true;
    try {
      const page = await api.get<Page<T>>(path, { ...query(), before });
      if (turn !== asked) return;
      items.value = before === null ? page.items : [...items.value, ...page.items];
      next.value = page.next === null ? null : String(page.next);
      failed.value = "";
    } catch (error) {
      if (turn === asked) failed.value = sentenceOf(error);
    } finally {
      if (turn === asked) busy.value = false;
    }
  }

  return { items, next, failed, busy, first: () => read(null), more: () => read(next.value) };
}
