/** Of several questions asked one after the other, only the answer to the last counts, in whatever order they come. */

/**
 * Returns what awaits an answer: null when another question was asked meanwhile, a failure of an outdated one too.
 *
 * One for each thing shown: `const lastTable = latest()`, then `const table = await lastTable(api.get(...))`.
 */
export function latest(): <T>(answer: Promise<T>) => Promise<T | null> {
  let asked = 0;
  return async (answer) => {
    asked += 1;
    const turn = asked;
    try {
      const told = await answer;
      return turn === asked ? told : null;
    } catch (error) {
      if (turn === asked) throw error;
      return null;
    }
  };
}
