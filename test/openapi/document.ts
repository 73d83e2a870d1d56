import { readFileSync } from 'node:fs';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { ApiCall } from '../support/api.js';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type RawOperation = NonNullable<OpenAPIObject['paths'][string][Method]>;
type Response = Exclude<RawOperation['responses'][string], { $ref: string } | undefined>;

export interface DocumentedOperation {
  readonly id: string;
  readonly method: Method;
  /** With its parameters in braces. */
  readonly path: string;
  readonly raw: RawOperation;
}

export interface DocumentedError {
  readonly operation: DocumentedOperation;
  readonly status: number;
  /** The error's own words, which tell it from others of the same status. */
  readonly name: string;
  readonly example: ErrorExample;
}

/** The body of an error, in the form of any protocol. */
export type ErrorExample = Readonly<Record<string, unknown>>;

/** A real answer, for comparison with the document. */
export interface RealAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body: parsed if it is JSON, else as text; undefined if there is none. */
  readonly body: unknown;
}

const methods: readonly Method[] = ['get', 'post', 'put', 'patch', 'delete'];

/** The document as it is checked in. */
export const document = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as OpenAPIObject;

export const operations: readonly DocumentedOperation[] = Object.entries(document.paths).flatMap(([path, item]) =>
  methods.flatMap((method) => {
    const raw = item[method];
    return raw ? [{ id: raw.operationId ?? '', method, path, raw }] : [];
  }),
);

/** Every error that an operation is documented with, from the examples of its answers. */
export function errorsOf(operation: DocumentedOperation): DocumentedError[] {
  return Object.keys(operation.raw.responses).flatMap((status) =>
    examplesOf(operation, status).map(({ name, example }) => ({ operation, status: Number(status), name, example })),
  );
}

/** Whether the operation is reached through the Conductor protocol. */
export function isConductors({ path }: Pick<DocumentedOperation, 'path'>): boolean {
  return path.startsWith('/api/') && !isOpenWebUis({ path });
}

/** Whether the operation is reached through the Open WebUI protocol. */
export function isOpenWebUis({ path }: Pick<DocumentedOperation, 'path'>): boolean {
  return path.startsWith('/api/v1/');
}

/** A token as clients of the operation's protocol present it. */
export function credentials(operation: Pick<DocumentedOperation, 'path'>, token: string | undefined): ApiCall {
  if (token === undefined) return {};
  return isConductors(operation) ? { xAuthorization: token } : { token };
}

/** The success statuses of an operation. */
export function successesOf({ raw }: DocumentedOperation): number[] {
  return Object.keys(raw.responses)
    .map(Number)
    .filter((status) => status < 304);
}

const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
addFormats.default(ajv);
ajv.addSchema(document, 'document');

/** The differences between an answer and the document; empty if there are none. */
export function mismatches(operation: DocumentedOperation, { status, headers, body }: RealAnswer): string[] {
  const response = responseOf(operation, status);
  if (!response) return [`status ${status} is not documented: ${JSON.stringify(body)}`];
  const problems = headerProblems(response, headers);
  const [mediaType] = Object.keys(response.content ?? {});
  const sentType = headers.get('content-type')?.split(';', 1)[0];
  if (mediaType === undefined) return body === undefined ? problems : [...problems, `there is a body: ${JSON.stringify(body)}`];
  if (sentType !== mediaType) problems.push(`content type ${sentType}, not ${mediaType}`);
  const validate = ajv.compile({ $ref: pointer(operation, status, 'content', mediaType, 'schema') });
  if (!validate(body)) problems.push(`${ajv.errorsText(validate.errors)}: ${JSON.stringify(body)}`);
  return problems;
}

/** Whether the value is valid for the schema at this place of the document. */
export function isValidAt(place: readonly string[], value: unknown): boolean {
  return ajv.validate({ $ref: `document#/${place.map(escape).join('/')}` }, value);
}

function headerProblems(response: Response, headers: Headers): string[] {
  return Object.entries(response.headers ?? {}).flatMap(([name, described]) => {
    const header = '$ref' in described ? document.components?.headers?.[described.$ref.split('/').at(-1) ?? ''] : described;
    if (!header || '$ref' in header) return [`${name} is described nowhere`];
    const value = headers.get(name);
    if (value === null) return header.required ? [`${name} is missing`] : [];
    return isIntegerHeader(header) && !/^[1-9]\d*$/.test(value) ? [`${name} is ${value}`] : [];
  });
}

function isIntegerHeader({ schema }: { schema?: object | undefined }): boolean {
  return schema !== undefined && 'type' in schema && schema.type === 'integer';
}

function examplesOf(operation: DocumentedOperation, status: string): Pick<DocumentedError, 'name' | 'example'>[] {
  const examples = responseOf(operation, Number(status))?.content?.['application/json']?.examples ?? {};
  return Object.values(examples).flatMap((each) =>
    'value' in each ? [{ name: each.summary ?? '', example: each.value as ErrorExample }] : [],
  );
}

function responseOf({ raw }: DocumentedOperation, status: number): Response | undefined {
  const response = raw.responses[status];
  return response && !('$ref' in response) ? response : undefined;
}

function pointer({ path, method }: DocumentedOperation, status: number, ...rest: string[]): string {
  return `document#/${['paths', path, method, 'responses', String(status), ...rest].map(escape).join('/')}`;
}

function escape(segment: string): string {
  return encodeURIComponent(segment.replaceAll('~', '~0').replaceAll('/', '~1'));
}
