import { deflateSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { BROKEN, PackedSocket, type RawSocket } from "@/live/packed";

class FakeRaw implements RawSocket {
  binaryType: BinaryType = "blob";
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  closed = false;

  close(): void {
    this.closed = true;
  }
}

const packed = (text: string): ArrayBuffer => new Uint8Array(deflateSync(text)).buffer;

function listening(): { raw: FakeRaw; heard: (string | number)[] } {
  const raw = new FakeRaw();
  const socket = new PackedSocket(raw);
  const heard: (string | number)[] = [];
  socket.onmessage = (event) => heard.push(event.data);
  socket.onclose = (event) => heard.push(event.code);
  return { raw, heard };
}

describe("a line whose messages come packed", () => {
  it("hands packed and plain messages on in the order in which they came, the end last", async () => {
    const { raw, heard } = listening();
    const long = "x".repeat(200_000);
    raw.onmessage?.({ data: packed(long) });
    raw.onmessage?.({ data: "plain" });
    raw.onmessage?.({ data: packed("短") });
    raw.onclose?.({ code: 1006 });
    await vi.waitFor(() => expect(heard).toEqual([long, "plain", "短", 1006]));
    expect(raw.binaryType).toBe("arraybuffer");
  });

  it("ends when a message cannot be unpacked, and says nothing of what came after it", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { raw, heard } = listening();
    raw.onmessage?.({ data: new Uint8Array([1, 2, 3]).buffer });
    await vi.waitFor(() => expect(heard).toEqual([BROKEN]));
    expect([raw.closed, raw.onmessage, raw.onclose]).toEqual([true, null, null]);
  });
});
