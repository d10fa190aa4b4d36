import { AppError, exchangeOf, type Capability, type SourceId } from '@tapekeeper/core';
import type { Question } from '../ports/source.ts';

/**
 * The capability that answers a question. Throws `source_lacks_dataset` for a data set, shape or exchange
 * that the source does not serve, and `day_order`, both before anything goes over the wire.
 */
export function capabilityFor(
  source: SourceId,
  capabilities: readonly Capability[],
  question: Question,
): Capability {
  const capability = capabilities.find(({ dataset }) => dataset === question.dataset);
  const lacks = (detail: string) =>
    new AppError('source_lacks_dataset', { source, dataset: question.dataset, detail: ` ${detail}` });
  if (!capability) throw lacks(`from ${source}`);
  if (!capability.shapes.includes(question.shape)) throw lacks(`from ${source} by ${question.shape}`);
  if (question.shape !== 'day' && question.from > question.to) {
    throw new AppError('day_order', { from: question.from, to: question.to });
  }
  if (question.shape === 'symbol' && !capability.exchanges.includes(exchangeOf(question.symbol))) {
    throw lacks(`of ${question.symbol} from ${source}`);
  }
  return capability;
}
