import { createApp } from "vue";
import App from "@/App.vue";
import { configure } from "@/api/client";
import { i18n, language, remembered, speak, t } from "@/i18n";
import { router } from "@/router";
import { sessionEnded } from "@/session/ended";
import { watchPresence } from "@/session/presence";
import { keepAlive } from "@/session/session";
import { applyTheme } from "@/ui/theme";
import "element-plus/theme-chalk/base.css";
import "element-plus/theme-chalk/dark/css-vars.css";
import "@/ui/base.css";

applyTheme();
const attended = watchPresence(window);
configure({
  language: () => language.value,
  unreachable: () => t("shell.unreachable"),
  attended,
  sessionEnded,
});
keepAlive(attended);
await speak(remembered());
createApp(App).use(i18n).use(router).mount("#app");
