/** A frame around a place. */

const M_PER_DEGREE = 111_195;

/** West, south, east and north [degrees] of the square that reaches `reachM` [m] from a place on each side. */
export function around(
  longitude: number,
  latitude: number,
  reachM: number,
): [west: number, south: number, east: number, north: number] {
  const up = reachM / M_PER_DEGREE;
  const aside = up / Math.cos((latitude * Math.PI) / 180);
  return [longitude - aside, latitude - up, longitude + aside, latitude + up];
}
