/** Sentences in zh-CN and en: one JSON file per area and language, the file's name is its namespace. */
import { ref } from "vue";
import { createI18n } from "vue-i18n";
import type { Language } from "@/api/types";

export const LANGUAGES: readonly Language[] = ["zh-CN", "en"];
const REMEMBERED = "chengmai.language";

export type Tree = { [key: string]: string | Tree };
// One chunk a language: only the one that is read is loaded.
const CATALOGUES: Record<Language, () => Promise<{ sentences: Tree }>> = {
  "zh-CN": () => import("@/i18n/chinese"),
  en: () => import("@/i18n/english"),
};

export const language = ref<Language>("zh-CN");

export const i18n = createI18n({
  legacy: false,
  locale: "zh-CN",
  fallbackLocale: false,
  missingWarn: false,
  fallbackWarn: false,
  messages: {} as Record<string, Tree>,
});

async function load(wanted: Language): Promise<void> {
  if (i18n.global.availableLocales.includes(wanted)) return;
  const { sentences } = await CATALOGUES[wanted]();
  i18n.global.setLocaleMessage(wanted, sentences);
}

export async function speak(wanted: Language): Promise<void> {
  await load(wanted);
  i18n.global.locale.value = wanted;
  language.value = wanted;
  document.documentElement.lang = wanted;
  localStorage.setItem(REMEMBERED, wanted);
}

export function isLanguage(value: string | null): value is Language {
  return LANGUAGES.some((known) => known === value);
}

/** The language to start in: what was chosen here before, otherwise Chinese. */
export function remembered(): Language {
  const value = localStorage.getItem(REMEMBERED);
  return isLanguage(value) ? value : "zh-CN";
}

/** A sentence outside components. */
export function t(key: string, params: Record<string, unknown> = {}): string {
  return i18n.global.t(key, params);
}

/** The word for a code of some family (a state, an action); the code itself when we have none. */
export function word(family: string, code: string): string {
  const key = `${family}.${code}`;
  return i18n.global.te(key) ? i18n.global.t(key) : code;
}

/** A thing's name in the person's language. */
export function nameOf(named: { name_zh: string; name_en: string }): string {
  return language.value === "en" ? named.name_en : named.name_zh;
}
