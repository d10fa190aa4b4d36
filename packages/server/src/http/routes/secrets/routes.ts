import {
  keepSecretSchema,
  keyRotationSchema,
  secretListSchema,
  secretParamsSchema,
  secretSchema,
} from '@tapekeeper/contract';
import { keepSecret, listSecrets, removeSecret, rotateSecretKey } from '../../../app/secrets/secrets.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { authorOf } from '../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { presentSecret } from './present.ts';

const TAGS = ['secrets'];

/** Secrets go in and never come out. */
export function secretRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/secrets',
    {
      schema: {
        operationId: 'listSecrets',
        summary: 'Which secrets there are, by name, and since when; never what they are',
        tags: TAGS,
        response: answers(200, secretListSchema),
      },
    },
    async () => ({ secrets: (await listSecrets(deps)).map(presentSecret) }),
  );

  app.put(
    '/v1/secrets/:name',
    {
      schema: {
        operationId: 'keepSecret',
        summary: 'Keep a secret, in place of a former one; it counts within seconds, without a restart',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: secretParamsSchema,
        body: keepSecretSchema,
        response: answers(200, secretSchema),
      },
    },
    async (request) => {
      const { name } = request.params;
      const by = authorOf(request, request.body.author);
      noteOperation(request, { id: name });
      const kept = presentSecret(await keepSecret(deps, { name, text: request.body.secret, by }));
      noteOperation(request, { after: { name, updatedBy: kept.updatedBy } });
      return kept;
    },
  );

  app.delete(
    '/v1/secrets/:name',
    {
      schema: {
        operationId: 'removeSecret',
        summary: 'Forget a secret',
        tags: TAGS,
        security: NEEDS_TOKEN,
        params: secretParamsSchema,
        response: answers(200, secretSchema),
      },
    },
    async (request) => {
      const { name } = request.params;
      noteOperation(request, { id: name });
      const removed = presentSecret(await removeSecret(deps, name));
      noteOperation(request, { before: { name, updatedBy: removed.updatedBy } });
      return removed;
    },
  );

  app.post(
    '/v1/secret-key/rotations',
    {
      schema: {
        operationId: 'rotateSecretKey',
        summary: 'Seal all secrets anew under a new key, and forget the former one',
        tags: TAGS,
        security: NEEDS_TOKEN,
        response: answers(200, keyRotationSchema),
      },
    },
    async (request) => {
      const rotation = await rotateSecretKey(deps);
      noteOperation(request, { id: 'key', after: { keyId: rotation.keyId, secrets: rotation.secrets } });
      return rotation;
    },
  );
}
