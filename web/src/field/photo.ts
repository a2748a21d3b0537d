/** Photographs as they are sent: upright, at most `LONGEST_PX` a side, without what the camera wrote into the file. */

const LONGEST_PX = 1600;
const QUALITY = 0.85;

/** The size to draw a picture in so that its longer side fits; never enlarged. */
export function fitted(width: number, height: number, longest: number = LONGEST_PX): [number, number] {
  const scale = Math.min(1, longest / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** A chosen file as a JPEG to send; throws when the file is no picture. */
export async function prepared(file: File): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const [width, height] = fitted(picture.width, picture.height);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no 2d canvas");
  context.drawImage(picture, 0, 0, width, height);
  picture.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no JPEG"))), "image/jpeg", QUALITY);
  });
}
