/** Counts members of groups, such as links by their address. */
export interface Tally<Member> {
  /** Puts a member into a group, out of the one it was in, and tells how many are there now. Without a group it is in none. */
  enter(member: Member, group: string | undefined): number;
  leave(member: Member): void;
}

export function createTally<Member>(): Tally<Member> {
  const groupOf = new Map<Member, string>();
  const sizes = new Map<string, number>();

  function leave(member: Member): void {
    const group = groupOf.get(member);
    if (group === undefined) return;
    groupOf.delete(member);
    const size = (sizes.get(group) ?? 1) - 1;
    if (size === 0) sizes.delete(group);
    else sizes.set(group, size);
  }

  return {
    enter(member, group) {
      leave(member);
      if (group === undefined) return 0;
      const size = (sizes.get(group) ?? 0) + 1;
      groupOf.set(member, group);
      sizes.set(group, size);
      return size;
    },
    leave,
  };
}
