import { byArea } from "@/i18n/areas";

export const sentences = byArea(import.meta.glob("./zh-CN/*.json", { import: "default", eager: true }));
