import { createApp } from "vue";
import App from "@/App.vue";
import { configure } from "@/api/client";
import { i18n, language, remembered, speak, t } from "@/i18n";
import { router } from "@/router";
import { watchPresence } from "@/session/presence";
import { forget } from "@/session/session";
import { applyTheme } from "@/ui/theme";
import "element-plus/theme-chalk/base.css";
import "element-plus/theme-chalk/dark/css-vars.css";
import "@/ui/base.css";

applyTheme();
configure({
  language: () => language.value,
  unreachable: () => t("shell.unreachable"),
  attended: watchPresence(window),
  sessionEnded: () => {
    forget();
    const here = router.currentRoute.value;
    if (!here.meta.open) void router.push({ path: "/login", query: { next: here.fullPath } });
  },
});
await speak(remembered());
createApp(App).use(i18n).use(router).mount("#app");
