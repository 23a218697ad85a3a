// What is left of a window, counted by a clock that nobody can set.

/** `from` and `now` are performance.now(). Whole seconds, rounded up; never below 0. */
export function secondsLeft(remainingSeconds: number, from: number, now: number): number {
  return Math.max(0, Math.ceil(remainingSeconds - (now - from) / 1000));
}

/** "59:07", "1:00:00" */
export function formatCountdown(seconds: number): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${two(minutes)}:${rest}`;
}

/** For a screen reader: "59 minutes", "under a minute". */
export function describeCountdown(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return 'under a minute';
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}
