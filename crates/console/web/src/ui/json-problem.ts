/** Says why a text is no JSON, and where: browsers say it each in their own way, and some without the place. */
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';

const WORDS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this word means nothing in JSON; texts stand in double quotes',
  InvalidNumberFormat: 'this is no number',
  PropertyNameExpected: 'the name of a member is wanted, in double quotes',
  ValueExpected: 'a value is wanted',
  ColonExpected: 'a colon is wanted',
  CommaExpected: 'a comma is wanted',
  CloseBraceExpected: 'a closing } is wanted',
  CloseBracketExpected: 'a closing ] is wanted',
  EndOfFileExpected: 'the text should end here',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfComment: 'JSON has no comments',
  UnexpectedEndOfString: 'a text begins here that does not end on its line',
  InvalidEscapeCharacter: 'there is no such escape',
  InvalidCharacter: 'this character must be escaped',
};

export function jsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    if (text.trim() === '') return 'A JSON value is wanted, such as {}';
    const errors: ParseError[] = [];
    parse(text, errors, { disallowComments: true, allowTrailingComma: false });
    const first = errors[0];
    if (!first) return error instanceof Error ? error.message : 'Not JSON';
    const before = text.slice(0, first.offset).split('\n');
    return `Line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${WORDS[printParseErrorCode(first.error)] ?? 'this is not JSON'}`;
  }
}
