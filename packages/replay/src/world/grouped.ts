/** Indexes of the values by value, in order: those of group `g` are `members[start[g] .. start[g + 1]]`. */
export function grouped(values: Uint32Array, groups: number): { start: Uint32Array; members: Uint32Array } {
  const start = new Uint32Array(groups + 1);
  for (const value of values) start[value + 1]! += 1;
  for (let group = 0; group < groups; group += 1) start[group + 1]! += start[group]!;
  const next = start.slice();
  const members = new Uint32Array(values.length);
  values.forEach((value, index) => {
    members[next[value]!] = index;
    next[value]! += 1;
  });
  return { start, members };
}
