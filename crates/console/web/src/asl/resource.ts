/** Reads what a Task's `Resource` names into words a person uses. */

export interface Resource {
  /** The service as the ARN spells it: `lambda`, `aws-sdk:dynamodb`, `activity`, `http`. */
  service: string;
  /** What is called there, without its integration pattern. */
  action: string;
  pattern: '' | '.sync' | '.sync:2' | '.waitForTaskToken';
  /** How to say it on a card. */
  label: string;
}

const SERVICE_NAMES: Record<string, string> = {
  apigateway: 'API Gateway',
  athena: 'Athena',
  batch: 'Batch',
  bedrock: 'Bedrock',
  bedrockruntime: 'Bedrock Runtime',
  codebuild: 'CodeBuild',
  databrew: 'Glue DataBrew',
  dynamodb: 'DynamoDB',
  ecs: 'ECS',
  eks: 'EKS',
  elasticmapreduce: 'EMR',
  'emr-containers': 'EMR on EKS',
  'emr-serverless': 'EMR Serverless',
  eventbridge: 'EventBridge',
  events: 'EventBridge',
  glue: 'Glue',
  http: 'HTTP',
  lambda: 'Lambda',
  mediaconvert: 'MediaConvert',
  s3: 'S3',
  sagemaker: 'SageMaker',
  secretsmanager: 'Secrets Manager',
  sfn: 'Step Functions',
  sns: 'SNS',
  sqs: 'SQS',
  ssm: 'Systems Manager',
  states: 'Step Functions',
};

const PATTERNS = ['.waitForTaskToken', '.sync:2', '.sync'] as const;

/** `getItem` → `GetItem`. */
function capitalised(action: string): string {
  return action.charAt(0).toUpperCase() + action.slice(1);
}

export function serviceName(service: string): string {
  const plain = service.replace(/^aws-sdk:/, '');
  return SERVICE_NAMES[plain] ?? capitalised(plain);
}

export function parseResource(resource: string): Resource {
  const pattern = PATTERNS.find((suffix) => resource.endsWith(suffix)) ?? '';
  const body = pattern ? resource.slice(0, -pattern.length) : resource;
  const parts = body.split(':');
  if (parts[2] === 'lambda' && parts[5] === 'function') {
    return { service: 'lambda', action: parts[6] ?? '', pattern, label: `Lambda · ${parts[6] ?? 'function'}` };
  }
  if (parts[2] === 'states' && parts[5] === 'activity') {
    return { service: 'activity', action: parts[6] ?? '', pattern, label: `Activity · ${parts[6] ?? ''}` };
  }
  if (parts[2] === 'states' && parts.length > 6) {
    const sdk = parts[5] === 'aws-sdk';
    const service = sdk ? `aws-sdk:${parts[6]}` : (parts[5] ?? '');
    const action = parts.slice(sdk ? 7 : 6).join(':');
    return { service, action, pattern, label: `${serviceName(service)} · ${capitalised(action)}` };
  }
  const placeholder = /^\$\{(.+)\}$/.exec(body);
  return { service: 'lambda', action: body, pattern, label: placeholder?.[1] ?? (body || 'No resource') };
}

/** How the task waits, in a word, for the card's badge. */
export function patternName(pattern: Resource['pattern']): string {
  if (pattern === '.waitForTaskToken') return 'callback';
  return pattern ? 'runs a job' : '';
}
