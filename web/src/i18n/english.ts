import { byArea } from "@/i18n/areas";

export const sentences = byArea(import.meta.glob("./en/*.json", { import: "default", eager: true }));
