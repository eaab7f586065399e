/** Edits the tags of a state machine as lines of `key=value`. */
import { type ReactElement, useId, useState } from 'react';
import { call } from '../../api/client.ts';
import type { Tag } from '../../api/operations.ts';
import { useRefresh } from '../../api/queries.ts';
import { ErrorNotice } from '../../ui/basics.tsx';
import { CliButton, Dialog } from '../../ui/overlay.tsx';

export function parseTags(text: string): Tag[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [key = '', ...value] = line.split('=');
      return { key: key.trim(), value: value.join('=').trim() };
    });
}

export function TagsDialog({ arn, tags, onClose }: { arn: string; tags: Tag[]; onClose: () => void }): ReactElement {
  const [text, setText] = useState(() => tags.map((tag) => `${tag.key}=${tag.value}`).join('\n'));
  const [error, setError] = useState<unknown>();
  const refresh = useRefresh();
  const id = useId();
  const wanted = parseTags(text);
  const gone = tags.filter((tag) => !wanted.some((each) => each.key === tag.key)).map((tag) => tag.key);
  const save = async () => {
    try {
      if (gone.length > 0) await call('UntagResource', { resourceArn: arn, tagKeys: gone });
      if (wanted.length > 0) await call('TagResource', { resourceArn: arn, tags: wanted });
      refresh('tags');
      onClose();
    } catch (caught) {
      setError(caught);
    }
  };
  const footer = (
    <>
      <CliButton operation="TagResource" input={{ resourceArn: arn, tags: wanted }} first={gone.length > 0 ? { operation: 'UntagResource', input: { resourceArn: arn, tagKeys: gone } } : undefined} />
      <span className="grow" />
      <button type="button" className="button primary" onClick={() => void save()}>
        Save tags
      </button>
    </>
  );
  return (
    <Dialog title="Tags" onClose={onClose} footer={footer}>
      <div className="field">
        <label className="field-label" htmlFor={id}>
          One per line, as key=value
        </label>
        <textarea id={id} className="textarea" spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} />
      </div>
      {error !== undefined && <ErrorNotice error={error} />}
    </Dialog>
  );
}
