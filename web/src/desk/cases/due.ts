/** How long until something is due, or how long it has been overdue, in the two largest units that matter. */
export interface Remaining {
  overdue: boolean;
  days: number;
  hours: number;
  minutes: number;
}

const MINUTE_MS = 60_000;

export function remaining(dueAt: string, now: Date): Remaining {
  const difference = new Date(dueAt).getTime() - now.getTime();
  // A minute begun still counts while time is left; an overdue minute counts once it is full.
  const total = difference >= 0 ? Math.ceil(difference / MINUTE_MS) : Math.floor(-difference / MINUTE_MS);
  return {
    overdue: difference < 0,
    days: Math.floor(total / 1440),
    hours: Math.floor((total % 1440) / 60),
    minutes: total % 60,
  };
}

/** Time left on a clock that does not run all day, in hours and minutes: its days are no calendar's. */
export function remainingOf(seconds: number): Remaining {
  const total = seconds >= 0 ? Math.ceil(seconds / 60) : Math.floor(-seconds / 60);
  return { overdue: seconds < 0, days: 0, hours: Math.floor(total / 60), minutes: total % 60 };
}

/** The catalogue key of a remaining time: days and hours, hours and minutes, or minutes alone. */
export function remainingKey(left: Remaining): string {
  const size = left.days > 0 ? "days" : left.hours > 0 ? "hours" : "minutes";
  return `cases.${left.overdue ? "overdue" : "left"}.${size}`;
}
