/** Files of an upload in requests that the platform takes: not too many and not too large at once. */

const MOST_BYTES = 8_000_000;
const MOST_FILES = 50;

/** The files in their order, in parts of at most so many files and bytes; a larger file is a part of its own. */
export function parts(files: readonly File[], mostBytes = MOST_BYTES, mostFiles = MOST_FILES): File[][] {
  const found: File[][] = [];
  let bytes = 0;
  for (const file of files) {
    const last = found[found.length - 1];
    if (last && last.length < mostFiles && bytes + file.size <= mostBytes) {
      last.push(file);
      bytes += file.size;
    } else {
      found.push([file]);
      bytes = file.size;
    }
  }
  return found;
}
