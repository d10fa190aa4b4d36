import type { Incident } from './incident.ts';
import type { SignalGroup } from './signal.ts';

/** Which groups belong to which incident, and which incidents turned out to be one. */
export interface Attachment {
  readonly incident: Incident | null;
  /** The first names its cause; others are what is left of an incident whose cause has passed. */
  readonly groups: readonly SignalGroup[];
  /** Incidents that end because they are part of this one. */
  readonly merged: readonly Incident[];
}

/**
 * Lays the groups of a look over the incidents that are there. An incident goes on where its cause does, or
 * where its cause has become part of a deeper one; and as long as anything is wrong that belonged to it. So what a
 * source that is back leaves behind makes no incident of its own.
 */
export function attachGroups(
  live: readonly Incident[],
  groups: readonly SignalGroup[],
): { readonly attachments: readonly Attachment[]; readonly left: readonly Incident[] } {
  const oldest = live.toSorted((one, other) => rank(one) - rank(other));
  const taken = new Set<Incident>();
  const found = groups.map((group) => {
    const causes = new Set(group.members.map(({ cause }) => cause));
    const same = oldest.filter((one) => one.cause === group.cause && !taken.has(one));
    const deeper = oldest.filter(
      (one) => one.cause !== group.cause && causes.has(one.cause) && !taken.has(one),
    );
    const [incident = null, ...merged] = [...same, ...deeper].toSorted(
      (one, other) => rank(one) - rank(other),
    );
    for (const one of [...same, ...deeper]) taken.add(one);
    return { incident, groups: [group], merged };
  });
  const residual = found.flatMap((one) => (one.incident === null ? [ownerOf(oldest, one.groups[0]!)] : []));
  const free = found.filter(({ incident }) => incident === null);
  const owners = new Map(free.map((one, at) => [one, residual[at]]));
  const attachments = new Map<Incident, Attachment>();
  const fresh: Attachment[] = [];
  for (const one of found) {
    const owner = one.incident ?? surviving(found, owners.get(one));
    if (owner === undefined) {
      fresh.push(one);
      continue;
    }
    const known = attachments.get(owner);
    attachments.set(owner, {
      incident: owner,
      // the group that names the cause goes first
      groups:
        one.incident === null
          ? [...(known?.groups ?? []), ...one.groups]
          : [...one.groups, ...(known?.groups ?? [])],
      merged: [...(known?.merged ?? []), ...one.merged],
    });
  }
  const gone = new Set([...attachments.values()].flatMap(({ incident, merged }) => [incident, ...merged]));
  return { attachments: [...attachments.values(), ...fresh], left: live.filter((one) => !gone.has(one)) };
}

/** The incident that a group whose cause is new was part of. */
function ownerOf(incidents: readonly Incident[], group: SignalGroup): Incident | undefined {
  const keys = new Set(group.members.map(({ key }) => key));
  return incidents.find((one) => one.members.some(({ key, isPresent }) => isPresent && keys.has(key)));
}

/** An owner that was merged into another one hands on what is left of it. */
function surviving(
  found: readonly { readonly incident: Incident | null; readonly merged: readonly Incident[] }[],
  owner: Incident | undefined,
): Incident | undefined {
  if (owner === undefined) return undefined;
  return found.find(({ merged }) => merged.includes(owner))?.incident ?? owner;
}

/** Open ones before forming ones, then the older first. */
function rank({ state, firstSeenAt }: Incident): number {
  return (state === 'open' ? 0 : 1e15) + firstSeenAt;
}
