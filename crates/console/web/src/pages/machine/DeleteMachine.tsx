/** Asks before a state machine is deleted. */
import type { ReactElement } from 'react';
import { nameOf } from '../../api/arn.ts';
import { call } from '../../api/client.ts';
import { useRefresh } from '../../api/queries.ts';
import { navigate, paths } from '../../router.tsx';
import { Confirm } from '../../ui/overlay.tsx';
import { toast } from '../../ui/toast.tsx';

export function DeleteMachine({ arn, onClose }: { arn: string; onClose: () => void }): ReactElement {
  const refresh = useRefresh();
  const name = nameOf(arn);
  return (
    <Confirm
      title={`Delete ${name}?`}
      action={`Delete ${name}`}
      danger
      operation="DeleteStateMachine"
      input={{ stateMachineArn: arn }}
      onClose={onClose}
      onConfirm={async () => {
        await call('DeleteStateMachine', { stateMachineArn: arn });
        refresh('machines');
        toast('ok', `${name} is being deleted`);
        navigate(paths.machines());
      }}
    >
      <p>Its versions and aliases go with it. Executions that run now end at their next state.</p>
    </Confirm>
  );
}
