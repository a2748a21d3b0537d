/** The keyboard's way through the view: what each key does to the eye or to the section. */
export interface Moves {
  pan: (right: number, forward: number) => void;
  orbit: (turn: number, lean: number, factor?: number) => void;
  /** Turn the section [degrees] or push it along its normal [m]; nothing when there is none. */
  section: (turn: number, push: number) => void;
  whole: () => void;
  leave: () => void;
}

const STEP = 0.08;
const TURN = 7.5;
const ZOOM = 1.25;

const KEYS: Record<string, (moves: Moves) => void> = {
  ArrowLeft: (moves) => moves.pan(-STEP, 0),
  ArrowRight: (moves) => moves.pan(STEP, 0),
  ArrowUp: (moves) => moves.pan(0, STEP),
  ArrowDown: (moves) => moves.pan(0, -STEP),
  q: (moves) => moves.orbit(-TURN, 0),
  e: (moves) => moves.orbit(TURN, 0),
  r: (moves) => moves.orbit(0, -TURN),
  f: (moves) => moves.orbit(0, TURN),
  "+": (moves) => moves.orbit(0, 0, 1 / ZOOM),
  "=": (moves) => moves.orbit(0, 0, 1 / ZOOM),
  "-": (moves) => moves.orbit(0, 0, ZOOM),
  "[": (moves) => moves.section(-5, 0),
  "]": (moves) => moves.section(5, 0),
  ",": (moves) => moves.section(0, -0.5),
  ".": (moves) => moves.section(0, 0.5),
  Home: (moves) => moves.whole(),
  Escape: (moves) => moves.leave(),
};

/** Do what a key says; false for a key that says nothing here. */
export function moveBy(key: string, moves: Moves): boolean {
  const act = KEYS[key.length === 1 ? key.toLowerCase() : key];
  act?.(moves);
  return act !== undefined;
}
