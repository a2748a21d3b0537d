/**
 * Metres east and north of an origin in degrees: the formula of the platform's `network/local_plane.py`, so that
 * streets and clicks lie where the tubes lie. Radii of curvature of the CGCS2000 ellipsoid at the origin.
 */

const SEMI_MAJOR_M = 6378137;
const FLATTENING = 1 / 298.257222101;
const RADIAN = Math.PI / 180;

export type Position = readonly [east: number, north: number];

export class LocalPlane {
  private readonly perDegree: Position;

  constructor(
    readonly longitude: number,
    readonly latitude: number,
  ) {
    const squared = FLATTENING * (2 - FLATTENING);
    const w = Math.sqrt(1 - squared * Math.sin(latitude * RADIAN) ** 2);
    const alongMeridian = (SEMI_MAJOR_M * (1 - squared)) / w ** 3;
    this.perDegree = [(RADIAN * SEMI_MAJOR_M * Math.cos(latitude * RADIAN)) / w, RADIAN * alongMeridian];
  }

  metres(longitude: number, latitude: number): Position {
    return [(longitude - this.longitude) * this.perDegree[0], (latitude - this.latitude) * this.perDegree[1]];
  }

  degrees(east: number, north: number): [longitude: number, latitude: number] {
    return [this.longitude + east / this.perDegree[0], this.latitude + north / this.perDegree[1]];
  }
}
