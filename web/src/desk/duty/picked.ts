/** What a person picked on the map or by search. */
export type Picked =
  | { kind: "link" | "node"; network: string; code: string }
  | { kind: "datastream"; code: string }
  | { kind: "place"; label: string; detail: string };
