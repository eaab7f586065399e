/** Machines to begin with. They call no service, so that they run anywhere. */

export interface Example {
  name: string;
  title: string;
  about: string;
  definition: unknown;
  input: unknown;
}

const order = {
  Comment: 'Takes an order through payment, approval and shipping. It calls no service: Pass and Wait states stand in for them.',
  QueryLanguage: 'JSONata',
  StartAt: 'Check order',
  States: {
    'Check order': {
      Type: 'Pass',
      Assign: { total: '{% $sum($states.input.items.(price * quantity)) %}' },
      Output: '{% $merge([$states.input, {"total": $sum($states.input.items.(price * quantity))}]) %}',
      Next: 'Anything to pay?',
    },
    'Anything to pay?': {
      Type: 'Choice',
      Choices: [{ Condition: '{% $total > 0 %}', Next: 'Take payment' }],
      Default: 'Refuse order',
    },
    'Take payment': { Type: 'Wait', Seconds: 2, Next: 'Prepare' },
    Prepare: {
      Type: 'Parallel',
      Branches: [
        {
          StartAt: 'Pick each item',
          States: {
            'Pick each item': {
              Type: 'Map',
              Items: '{% $states.input.items %}',
              MaxConcurrency: 2,
              ItemProcessor: {
                ProcessorConfig: { Mode: 'INLINE' },
                StartAt: 'Walk to shelf',
                States: {
                  'Walk to shelf': { Type: 'Wait', Seconds: 1, Next: 'Put in box' },
                  'Put in box': { Type: 'Pass', Output: { sku: '{% $states.input.sku %}', packed: true }, End: true },
                },
              },
              End: true,
            },
          },
        },
        {
          StartAt: 'Print label',
          States: { 'Print label': { Type: 'Wait', Seconds: 3, Next: 'Label ready' }, 'Label ready': { Type: 'Pass', Output: { label: '{% $uuid() %}' }, End: true } },
        },
      ],
      Output: '{% {"packed": $states.result[0], "label": $states.result[1].label, "total": $total} %}',
      Next: 'Ship',
    },
    Ship: { Type: 'Succeed' },
    'Refuse order': { Type: 'Fail', Error: 'EmptyOrder', Cause: 'There is nothing to pay in this order' },
  },
};

export const EXAMPLES: readonly Example[] = [
  {
    name: 'order-example',
    title: 'Order processing',
    about: 'Choice, parallel branches, a map over items and variables, in JSONata.',
    definition: order,
    input: { customer: 'c-17', items: [{ sku: 'kettle', price: 39, quantity: 1 }, { sku: 'tea', price: 4.5, quantity: 3 }, { sku: 'cup', price: 9, quantity: 2 }] },
  },
];

/** What a role is called when the machine needs none: the API wants one all the same. */
export const DEFAULT_ROLE = 'arn:aws:iam::000000000000:role/stepwell';
