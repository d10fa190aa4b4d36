/** A bill of materials as npm makes it, CycloneDX 1.5; what is not named here goes through as it is. */
export interface Bill {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly 'bom-ref': string } };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

interface Component {
  readonly 'bom-ref': string;
  readonly purl: string;
  readonly hashes?: readonly unknown[];
  readonly licenses?: readonly unknown[];
}

/**
 * The part of a bill of everything that is delivered. `npm sbom --omit=dev` is not asked for it: that leaves out
 * whatever tests need as well.
 */
export function deliveredBill(bill: Bill, delivered: readonly string[]): Bill {
  const wanted = new Set(delivered);
  const components = bill.components.filter((one) => isOurs(one) || wanted.has(nameOf(one)));
  const refs = new Set([bill.metadata.component, ...components].map((one) => one['bom-ref']));
  const dependencies = bill.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }));
  return { ...bill, components, dependencies };
}

/** What of the delivered packages a bill lacks, or has without digest or license. */
export function missingFrom(bill: Bill, delivered: readonly string[]): readonly string[] {
  const whole = bill.components.filter(
    ({ hashes, licenses }) => hashes !== undefined && licenses !== undefined,
  );
  const names = new Set(whole.map(nameOf));
  return delivered.filter((name) => !names.has(name));
}

function isOurs({ hashes }: Component): boolean {
  return hashes === undefined;
}

/** `@graphile/logger@0.3.0` of `pkg:npm/%40graphile/logger@0.3.0`. */
function nameOf({ purl }: Component): string {
  return decodeURIComponent(purl).replace(/^pkg:npm\//, '');
}
