/// <reference types="vite/client" />
import type { Permission } from "@/api/types";

declare module "vue-router" {
  interface RouteMeta {
    /** Permissions a person needs, all of them; absent: being logged in is enough. */
    permissions?: readonly Permission[];
    /** Reachable without a session. */
    open?: boolean;
    /** Catalogue key of the page's title. */
    title: string;
    /** Fills the whole window, without the desk's bar: the phone pages bring their own. */
    bare?: boolean;
  }
}
