/** What a field is after a patch: absent leaves it, null clears it. */
export const changed = <T>(to: T | null | undefined, before: T | null): T | null => (to === undefined ? before : to);
