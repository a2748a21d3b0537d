/** Tell a person what went wrong, in one place of the screen. */
import { ElMessage } from "element-plus";
import { sentenceOf } from "@/api/client";

export function tellProblem(error: unknown): void {
  ElMessage({ type: "error", message: sentenceOf(error), duration: 6000, showClose: true, grouping: true });
}

export function tellDone(sentence: string): void {
  ElMessage({ type: "success", message: sentence, duration: 2500, grouping: true });
}
