import { protocols } from '../../common/protocol.js';

/** Everything that is recorded: what kind of thing, and what became of it. */
export const auditActions = [
  'prompt.create',
  'prompt.update',
  'prompt.delete',
  'prompt.restore',
  'revision.create',
  'revision.hide',
  'label.move',
  'label.delete',
  'label.protect',
  'label.unprotect',
  'version.publish',
  'version.release',
  'version.yank',
  'version.unyank',
  'version.deprecate',
  'version.undeprecate',
  'grants.set',
  'key.create',
  'key.revoke',
  'user.create',
  'user.update',
  'user.password',
  'group.create',
  'group.update',
  'group.delete',
  'group.member.add',
  'group.member.remove',
  'organization.create',
  'organization.update',
  'organization.member.set',
  'organization.member.remove',
  'integration.save',
  'integration.delete',
] as const;
export type AuditAction = (typeof auditActions)[number];

type TopicOf<Text> = Text extends `${infer Word}.${string}` ? Word : never;
export type AuditTopic = TopicOf<AuditAction>;

/** The first words of the actions. As a filter, each includes all actions that begin with it. */
export const auditTopics: readonly AuditTopic[] = [...new Set(auditActions.map(topicOf))];

/** The channels of actions: a protocol, the command line on the server, or the server itself. */
export const auditChannels = [...protocols, 'command-line', 'server'] as const;
export type AuditChannel = (typeof auditChannels)[number];

/** What an action, or all actions with a first word, are done to. */
export function subjectTypeOf(action: AuditAction | AuditTopic): string {
  const topic = topicOf(action);
  return topic === 'grants' ? 'grant' : topic;
}

function topicOf(action: AuditAction | AuditTopic): AuditTopic {
  return action.split('.', 1)[0] as AuditTopic;
}
