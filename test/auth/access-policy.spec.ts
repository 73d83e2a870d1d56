import { type Action, type Guarded, isWithinBinding, isAllowed } from '../../src/auth/access/access-policy.js';
import type { Caller, Principal } from '../../src/auth/access/principal.js';
import { protocols } from '../../src/common/protocol.js';

const [me, otherUser, organization, otherOwner] = ['me', 'somebody', 'organization', 'other-owner'];
const promptId = 'prompt';

const signedIn: Principal = {
  userId: me,
  username: me,
  isAdmin: false,
  isPending: false,
  scopes: new Set(['prompts:read', 'prompts:write', 'versions:publish']),
  via: 'registry',
  keyId: undefined,
  boundOwnerId: undefined,
  boundPromptId: undefined,
};

/** A prompt that the caller has nothing to do with. */
const foreign: Guarded = {
  promptId,
  ownerId: organization,
  ownerKind: 'organization',
  memberAccess: 'none',
  visibility: 'private',
  createdBy: otherUser,
  memberRole: null,
  granted: [],
};
const member: Partial<Guarded> = { memberRole: 'member' };

interface Relation {
  readonly prompt?: Partial<Guarded>;
  /** `stranger` is a caller without credentials. */
  readonly caller?: Partial<Principal> | 'stranger';
}

/** What ties a caller to a prompt: the columns of the table and all that is next to them. */
const relations: Record<string, Relation> = {
  'nothing, not signed in': { caller: 'stranger' },
  nothing: {},
  'public, not signed in': { caller: 'stranger', prompt: { visibility: 'public' } },
  public: { prompt: { visibility: 'public' } },
  'creator, member of none': { prompt: { ...member, createdBy: me } },
  'creator, member of read': { prompt: { ...member, createdBy: me, memberAccess: 'read' } },
  'creator, no member any more': { prompt: { createdBy: me, memberAccess: 'write' } },
  'owner user': { prompt: { ownerKind: 'user', ownerId: me } },
  'creator for another user': { prompt: { ownerKind: 'user', ownerId: otherUser, createdBy: me } },
  'role owner': { prompt: { memberRole: 'owner' } },
  'role owner of none, public': { prompt: { memberRole: 'owner', visibility: 'public' } },
  admin: { caller: { isAdmin: true, scopes: new Set(['admin']) } },
  'admin without the scope': { caller: { isAdmin: true } },
  'the scope without the role': { caller: { scopes: new Set(['admin']) } },
  'member of none': { prompt: member },
  'member of read': { prompt: { ...member, memberAccess: 'read' } },
  'member of write': { prompt: { ...member, memberAccess: 'write' } },
  'no member of write': { prompt: { memberAccess: 'write' } },
  'read grant': { prompt: { granted: ['read'] } },
  'write grant': { prompt: { granted: ['write'] } },
  'read and write grant': { prompt: { granted: ['read', 'write'] } },
  'write grant, public': { prompt: { granted: ['write'], visibility: 'public' } },
  'write grant, member of read': { prompt: { ...member, memberAccess: 'read', granted: ['write'] } },
  'read grant, not signed in': { caller: 'stranger', prompt: { granted: ['read'] } },
};

/** r, w, s, o: may read, write, share, own; by registry and Conductor, then by Open WebUI. */
const table = `
relation                       registry  conductor  open-webui
nothing, not signed in         -         -          -
nothing                        -         -          -
public, not signed in          r         r          r
public                         r         r          r
creator, member of none        rws        rws        rws
creator, member of read        rws        rws        rws
creator, no member any more    -         -          -
owner user                     rwso      rwso       rwso
creator for another user       -         -          -
role owner                     rwso      rwso       rwso
role owner of none, public     rwso      rwso       rwso
admin                          rwso      rwso       rwso
admin without the scope        -         -          -
the scope without the role     -         -          -
member of none                 -         -          -
member of read                 r         r          r
member of write                rw        rw         rw
no member of write             -         -          -
read grant                     r         r          r
write grant                    rw        rw         w
read and write grant           rw        rw         rw
write grant, public            rw        rw         rw
write grant, member of read    rw        rw         rw
read grant, not signed in      -         -          -
`;

const rows = table
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [relation = '', ...allowed] = line.split(/ {2,}/);
    return { relation, allowed: Object.fromEntries(protocols.map((protocol, i) => [protocol, allowed[i]])) };
  });

const letters: Record<Action, string> = { read: 'r', write: 'w', share: 's', own: 'o' };
const actions: readonly Action[] = ['read', 'write', 'share', 'own'];

function allowedTo(caller: Caller, prompt: Guarded): string {
  const allowed = actions.filter((action) => isAllowed(caller, action, prompt));
  return allowed.map((action) => letters[action]).join('') || '-';
}

function callerOf({ caller: input = {} }: Relation, rights: Partial<Principal>): Caller {
  return input === 'stranger' ? undefined : { ...signedIn, ...input, ...rights };
}

const promptOf = ({ prompt }: Relation): Guarded => ({ ...foreign, ...prompt });

it('has a row for each relation', () => {
  expect(rows.map(({ relation }) => relation).sort()).toEqual(Object.keys(relations).sort());
});

describe.each(rows)('$relation', ({ relation: name, allowed }) => {
  const relation = relations[name] ?? {};
  const prompt = promptOf(relation);

  it.each(protocols)('allows %s as the table says', (via) => {
    expect(allowedTo(callerOf(relation, { via }), prompt)).toBe(allowed[via]);
  });

  it.each(protocols)('allows %s likewise with a key that is bound to the prompt or to its owner', (via) => {
    for (const binding of [{ boundOwnerId: prompt.ownerId }, { boundPromptId: promptId }]) {
      expect(allowedTo(callerOf(relation, { via, ...binding }), prompt)).toBe(allowed[via]);
    }
  });

  it.each(protocols)('allows %s only on public prompts with a key that is bound elsewhere', (via) => {
    const elsewhere = [
      { boundOwnerId: otherOwner },
      { boundPromptId: 'another' },
      { boundOwnerId: otherOwner, boundPromptId: promptId },
    ];
    const isWithoutKey = relation.caller === 'stranger';
    const toAnybody = prompt.visibility === 'public' ? 'r' : '-';
    for (const binding of elsewhere) {
      expect(allowedTo(callerOf(relation, { via, ...binding }), prompt)).toBe(isWithoutKey ? allowed[via] : toAnybody);
    }
  });
});

describe('a binding', () => {
  it.each([
    [undefined, true],
    [{}, true],
    [{ boundOwnerId: organization }, true],
    [{ boundOwnerId: otherOwner }, false],
    [{ boundPromptId: promptId }, true],
    [{ boundPromptId: 'another' }, false],
    [{ boundOwnerId: otherOwner, boundPromptId: promptId }, false],
  ] as [Partial<Principal> | undefined, boolean][])('to %j includes the prompt: %s', (binding, isWithin) => {
    expect(isWithinBinding(binding && { ...signedIn, ...binding }, foreign)).toBe(isWithin);
  });
});
