/** The one text that canvas and code change. */
import { expect, test } from 'vitest';
import { Session } from '../src/pages/editor/session.ts';

const WINDOWS = '{\r\n  "StartAt": "A",\r\n  "States": {\r\n    "A": {"Type": "Pass",   "End": true}\r\n  }\r\n}\r\n';

test('a definition with line ends of Windows keeps them, and is not changed by being looked at', () => {
  const session = new Session(WINDOWS);
  expect(session.snapshot().dirty).toBe(false);
  expect(session.definition()).toBe(WINDOWS);
  session.apply([{ op: 'set', path: ['States', 'A', 'Comment'], value: 'c' }]);
  expect(session.snapshot().dirty).toBe(true);
  expect(session.definition()).toBe(WINDOWS.replace('true}', 'true, "Comment": "c"}'));
  session.undo();
  expect(session.snapshot().dirty).toBe(false);
  expect(session.definition()).toBe(WINDOWS);
});

test('to YAML and back by undo is the text as it was', () => {
  const text = '{ "StartAt":"A",  "States": {"A": {"Type":"Pass", "End":true}} }';
  const session = new Session(text);
  session.setFormat('yaml');
  expect(session.snapshot()).toMatchObject({ format: 'yaml', dirty: false });
  session.apply([{ op: 'set', path: ['States', 'A', 'Comment'], value: '# c' }]);
  expect(JSON.parse(session.definition())).toEqual({ StartAt: 'A', States: { A: { Type: 'Pass', End: true, Comment: '# c' } } });
  session.undo();
  session.undo();
  expect(session.snapshot()).toMatchObject({ format: 'json', text });
});
