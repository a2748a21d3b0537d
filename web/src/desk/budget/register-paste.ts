/** What a spreadsheet puts on the clipboard, as a register that the platform reads: with a header of its own or ours. */
export type RegisterName = "procurement" | "assets" | "compared" | "classes";

export const REGISTERS: readonly RegisterName[] = ["procurement", "assets", "compared", "classes"];

/** Columns in the order of each page's table; a paste without a header is taken to be in this order. */
const COLUMNS: Record<RegisterName, readonly string[]> = {
  procurement: [
    "采购类别",
    "采购项目",
    "目录代码",
    "目录名称",
    "预算项目",
    "一般公共预算",
    "政府性基金预算",
    "国有资本经营预算",
    "财政专户管理资金",
    "单位资金",
  ],
  assets: ["资产", "数量"],
  compared: ["比较项目", "上年预算数", "本年预算数", "增减原因"],
  classes: ["项目名称", "项目类别"],
};

/** Whether a text is a table: more than one cell. */
export function isTable(text: string): boolean {
  return /[\t\n]/.test(text.trim());
}

/** The text as a file to read; ``added`` lines of a header are put before it when it names no column of any register. */
export function asSheet(text: string, register: RegisterName, name: string): { file: File; added: number } {
  const first = text.trimStart().split(/\r?\n/, 1)[0] ?? "";
  const cells = first.split("\t").map((cell) => cell.trim());
  const known = new Set(Object.values(COLUMNS).flat());
  const headed = cells.filter((cell) => known.has(cell.replace(/[（(].*$/, ""))).length >= 2;
  const body = headed ? text : `${COLUMNS[register].join("\t")}\n${text}`;
  return { file: new File([body], `${name}.csv`, { type: "text/csv" }), added: headed ? 0 : 1 };
}
