/** Asks before a state machine is deleted. */
import type { ReactElement } from 'react';
import { nameOf } from '../../api/arn.ts';
import { navigate, paths } from '../../router.tsx';
import { CallDialog } from '../../ui/overlay.tsx';
import { toast } from '../../ui/toast.tsx';

export function DeleteMachine({ arn, onClose }: { arn: string; onClose: () => void }): ReactElement {
  const name = nameOf(arn);
  return (
    <CallDialog
      title={`Delete ${name}?`}
      action={`Delete ${name}`}
      danger
      operation="DeleteStateMachine"
      input={{ stateMachineArn: arn }}
      onClose={onClose}
      renews={['machines']}
      onDone={() => {
        toast('ok', `${name} is being deleted`);
        navigate(paths.machines());
      }}
    >
      <p>Its versions and aliases go with it. Executions that run now end at their next state.</p>
    </CallDialog>
  );
}
