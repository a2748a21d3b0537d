/** Amounts as the server tells them, "1234567.80", with thousands marks; no float in between. */
export function yuan(amount: string): string {
  const [whole = "", cents = "00"] = amount.split(".");
  return `${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",")}.${cents}`;
}
