/** Amounts as the pages show them: the server sends yuan as text, clerks think in ten thousand yuan. */

/** Yuan in text as ten thousand yuan with two decimals, thousands set apart. */
export function inWan(yuan: string): string {
  return group((Number(yuan) / 10_000).toFixed(2));
}

/** Yuan in text, thousands set apart, as exact as it came. */
export function inYuan(yuan: string): string {
  return group(yuan);
}

function group(text: string): string {
  const [whole = "", decimals] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}

/** A part of a whole in per cent for a bar, kept within it; 0 of nothing. */
export function share(part: number | string, whole: number | string): number {
  const all = Number(whole);
  return all > 0 ? Math.min(100, (100 * Number(part)) / all) : 0;
}
