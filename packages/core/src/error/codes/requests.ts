import { EXIT, specified } from '../spec.ts';

/** Requests that are sent again. */
export const REQUEST_ERRORS = specified({
  idempotency_mismatch: {
    text: 'The idempotency key "{key}" came before, with another request ({operation}). Send each request with a key of its own.',
    zh: '幂等键“{key}”已用于另一个请求（{operation}）。请为每个请求使用各自的键。',
    status: 422,
    exit: EXIT.usage,
    retry: 'never',
  },
  idempotency_busy: {
    text: 'The first request with this idempotency key is still being worked on. Send it again in {seconds} s.',
    zh: '使用该幂等键的首个请求仍在处理中。请在 {seconds} 秒后重试。',
    status: 409,
    exit: EXIT.busy,
    retry: 'later',
  },
});
