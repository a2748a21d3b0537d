/** How a step that waited on this phone is sent. */
import { ApiError, api } from "@/api/client";
import { Refused, type Step } from "@/field/outbox";

const PHOTO_TIMEOUT_MS = 120_000;

/**
 * Others may have moved a thing on while this phone was out of reach. The step is then offered once more on the thing as
 * it is now, under the same id: whether it still fits is the platform's to say.
 */
export async function onPresent(
  send: (version: number) => Promise<number>,
  present: () => Promise<number>,
  version: number,
): Promise<number> {
  try {
    return await send(version);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "version.stale") throw error;
    return send(await present());
  }
}

/** Sends the photograph of a step; throws Refused where there is none. */
export async function sendPicture(
  step: Step,
  path: string,
  more: Record<string, string> = {},
): Promise<void> {
  if (!step.photo) throw new Refused("no photograph");
  const form = new FormData();
  form.set("id", step.id);
  for (const [name, value] of Object.entries(more)) form.set(name, value);
  form.set("file", step.photo, `${step.id}.jpg`);
  await api.post(path, form, { timeoutMs: PHOTO_TIMEOUT_MS });
}
