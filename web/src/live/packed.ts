/** A WebSocket whose messages may come packed: they are unpacked, and handed on in the order in which they came. */
import type { Socket } from "@/live/feed";

/** The part of a browser's WebSocket that is used here. */
export interface RawSocket {
  binaryType: BinaryType;
  onopen: (() => void) | null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  close(): void;
}

/** Whether this browser can unpack; one that cannot asks for plain messages. */
export const unpacks = "DecompressionStream" in globalThis;
/** Told as a close code when a message could not be unpacked: the line is begun anew. */
export const BROKEN = 4000;

async function unpack(data: ArrayBuffer): Promise<string> {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).text();
}

export class PackedSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly raw: RawSocket) {
    raw.binaryType = "arraybuffer";
    raw.onopen = () => this.onopen?.();
    raw.onmessage = ({ data }) => this.inTurn(async () => this.hand(data));
    raw.onclose = ({ code }) => this.inTurn(async () => this.onclose?.({ code }));
  }

  close(): void {
    this.raw.close();
  }

  private async hand(data: string | ArrayBuffer): Promise<void> {
    const text = typeof data === "string" ? data : await unpack(data);
    this.onmessage?.({ data: text });
  }

  private inTurn(work: () => Promise<void>): void {
    this.last = this.last.then(work).catch((error: unknown) => {
      console.error(error);
      this.raw.onmessage = null;
      this.raw.onclose = null;
      this.raw.close();
      this.onclose?.({ code: BROKEN });
    });
  }
}
