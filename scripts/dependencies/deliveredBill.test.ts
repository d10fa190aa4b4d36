import { expect, it } from 'vitest';
import { deliveredBill, missingFrom, type Bill } from './deliveredBill.ts';

const component = (ref: string, purl: string) => ({ 'bom-ref': ref, purl, hashes: [{}], licenses: [{}] });
const BILL: Bill = {
  bomFormat: 'CycloneDX',
  metadata: { component: { 'bom-ref': 'all' } },
  components: [
    { 'bom-ref': 'ours', purl: 'pkg:npm/core@0.1.0' },
    component('a', 'pkg:npm/%40a/b@1.0.0'),
    component('tool', 'pkg:npm/tool@2.0.0'),
  ],
  dependencies: [
    { ref: 'all', dependsOn: ['ours', 'tool'] },
    { ref: 'ours', dependsOn: ['a'] },
    { ref: 'tool', dependsOn: ['a'] },
  ],
};

it('keeps of a bill what is delivered, and who needs it', () => {
  const bill = deliveredBill(BILL, ['@a/b@1.0.0']);
  expect(bill.components.map((one) => one['bom-ref'])).toEqual(['ours', 'a']);
  expect(bill.dependencies).toEqual([
    { ref: 'all', dependsOn: ['ours'] },
    { ref: 'ours', dependsOn: ['a'] },
  ]);
});

it('tells what a bill lacks, or has without a digest', () => {
  expect(missingFrom(BILL, ['@a/b@1.0.0', 'tool@2.0.0'])).toEqual([]);
  expect(missingFrom(BILL, ['@a/b@1.0.1', 'core@0.1.0'])).toEqual(['@a/b@1.0.1', 'core@0.1.0']);
});
