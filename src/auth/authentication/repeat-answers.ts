import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AccessRule } from '../../common/http/access.decorator.js';
import type { Repeat } from '../../common/http/answer.js';
import { sendError } from '../../common/errors/error.filter.js';
import type { AuthGuard } from './auth.guard.js';

/**
 * Answers requests from the cache of answers, for the routes that are declared to cache them: after all hooks and the
 * guard, before pipes, controller and service run. Whatever has no current answer is handled as always.
 */
export function repeatAnswers(instance: FastifyInstance, guard: AuthGuard): void {
  instance.addHook('onRoute', (route) => {
    const rule = route.config?.cachesAnswersFor;
    if (!rule) return;
    const answer = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
      const repeat = instance.answerCache.find(request);
      if (!repeat) return done();
      repeatAnswer(repeat, { request, reply, rule, guard }).then(
        (isAnswered) => {
          if (!isAnswered) done();
        },
        (error: unknown) => sendError(error, request, reply),
      );
    };
    route.preHandler = [...[route.preHandler ?? []].flat(), answer];
  });
}

interface RepeatedRequest {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly rule: AccessRule;
  readonly guard: AuthGuard;
}

async function repeatAnswer(repeat: Repeat, { request, reply, rule, guard }: RepeatedRequest): Promise<boolean> {
  try {
    await guard.admit(request, reply, rule);
  } catch {
    // The guard refuses again where the filters of the route apply.
    return false;
  }
  const answer = await repeat(request);
  if (!answer) return false;
  reply.send(answer);
  return true;
}
