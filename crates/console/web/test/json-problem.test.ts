/** What is wrong with a text that should be JSON, and where. */
import { expect, test } from 'vitest';
import { jsonProblem } from '../src/ui/json-problem.ts';

test.each([
  ['{"a": 1}', undefined],
  ['{"a": 1,\n  "b": }', 'Line 2, column 8: a value is wanted'],
  ['{"a": 1,}', 'Line 1, column 9: the name of a member is wanted, in double quotes'],
  ['{\'a\': 1}', 'Line 1, column 2: this word means nothing in JSON; texts stand in double quotes'],
  ['[1 2]', 'Line 1, column 4: a comma is wanted'],
  ['{"a": [1', 'Line 1, column 9: a closing ] is wanted'],
  ['// no\n{}', 'Line 1, column 1: JSON has no comments'],
  ['{} {}', 'Line 1, column 4: the text should end here'],
  ['  ', 'A JSON value is wanted, such as {}'],
])('%s', (text, problem) => {
  expect(jsonProblem(text)).toBe(problem);
});
