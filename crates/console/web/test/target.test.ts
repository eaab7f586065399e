/** Where a click in the palette goes, and what then is in the definition. */
import { describe, expect, test } from 'vitest';
import { edit } from '../src/asl/document.ts';
import { graphOf } from '../src/asl/graph.ts';
import { insertInto, insertOnEdge, openWays, type Template, templateOf } from '../src/asl/operations.ts';
import { isObject, type Json, pointer } from '../src/asl/types.ts';
import { layout } from '../src/graph/layout.ts';
import { placeFor } from '../src/pages/editor/target.ts';

const template = (type: string, name = type): Template => ({ name, state: templateOf(type, 'JSONata') });

/** A machine to which states are added as by clicks: each goes where the hint says. */
class Clicked {
  text = '{\n  "QueryLanguage": "JSONata",\n  "States": {}\n}';
  selected: string | undefined;
  hints: string[] = [];

  get value(): Json {
    return JSON.parse(this.text) as Json;
  }

  add(type: string, name = type, target?: string): this {
    const place = placeFor({ value: this.value, layout: layout(graphOf(this.value)), selected: this.selected }, target);
    this.hints.push(place?.hint ?? 'first');
    const made = place ? insertOnEdge(this.value, place.edge, template(type, name)) : insertInto(this.value, [], template(type, name));
    for (const each of edit(this.text, 'json', made.changes).toReversed()) this.text = this.text.slice(0, each.from) + each.insert + this.text.slice(each.to);
    this.selected = pointer(made.path);
    return this;
  }

  select(name: string | undefined): this {
    this.selected = name === undefined ? undefined : `/States/${name}`;
    return this;
  }

  get states(): Record<string, Json> {
    return isObject(this.value) && isObject(this.value['States']) ? this.value['States'] : {};
  }
}

describe('a click in the palette', () => {
  test('adds one after the other, and never into a container that nobody chose', () => {
    const made = new Clicked().add('Parallel').add('Choice').add('Map').add('Succeed');
    expect(Object.keys(made.states)).toEqual(['Parallel', 'Choice', 'Map', 'Succeed']);
    expect(made.states['Choice']).toMatchObject({ Choices: [{ Condition: '{% $states.input.value = 1 %}', Next: 'Map' }] });
    expect(made.states['Map']).toMatchObject({ Next: 'Succeed' });
    expect(made.hints).toEqual(['first', 'Click to add after Parallel', 'Click to add a rule of Choice and where it leads', 'Click to add after Map']);
  });
  test('gives a Choice a rule, then what it does otherwise', () => {
    const made = new Clicked().add('Choice').add('Pass').select('Choice').add('Fail').select(undefined);
    expect(made.states['Choice']).toMatchObject({ Choices: [{ Next: 'Pass' }], Default: 'Fail' });
    // The sign under its corner makes one more rule.
    made.add('Wait', 'Wait', '/States/Choice/Choices/1/Next');
    expect(made.states['Choice']).toMatchObject({ Choices: [{ Next: 'Pass' }, { Condition: '{% $states.input.value = 2 %}', Next: 'Wait' }], Default: 'Fail' });
    expect(made.hints.at(-1)).toBe('Click to add a rule of Choice and where it leads');
  });
  test('goes before a state after which nothing comes', () => {
    const made = new Clicked().add('Pass').add('Fail').add('Wait');
    expect(made.hints.at(-1)).toBe('Click to insert before Fail');
    expect(made.states).toMatchObject({ Pass: { Next: 'Wait' }, Wait: { Next: 'Fail' } });
    made.select(undefined).add('Map');
    expect(made.states).toMatchObject({ Wait: { Next: 'Map' }, Map: { Next: 'Fail' } });
  });
  test('without a selection gives the Choice at the end what it lacks', () => {
    const made = new Clicked().add('Choice').select(undefined).add('Succeed').select(undefined).add('Fail');
    expect(made.states['Choice']).toMatchObject({ Choices: [{ Next: 'Succeed' }], Default: 'Fail' });
  });
});

test('a Choice that says neither rules nor a default can be given both', () => {
  const value = { StartAt: 'A', States: { A: { Type: 'Choice' } } };
  const node = graphOf(value).nodes.find((each) => each.name === 'A');
  const ways = node ? openWays(value, node) : [];
  expect(ways.map((way) => pointer(way.path))).toEqual(['/States/A/Choices/0/Next', '/States/A/Default']);
  const made = insertOnEdge(value, ways[0] as (typeof ways)[0], { name: 'B', state: { Type: 'Pass' } });
  const [change] = edit(JSON.stringify(value), 'json', made.changes);
  const text = JSON.stringify(value);
  expect(JSON.parse(text.slice(0, change?.from) + change?.insert + text.slice(change?.to))).toEqual({ StartAt: 'A', States: { A: { Type: 'Choice', Choices: [{ Variable: '$.value', NumericEquals: 1, Next: 'B' }] }, B: { Type: 'Pass', End: true } } });
});
