/** Every icon, drawn on a 24 × 24 grid with one stroke width, so that they read as one family. */
import type { ReactElement } from 'react';

const PATHS = {
  // State types
  Task: 'M13 3 5 13.5h6L10.5 21 19 10.5h-6L13 3Z',
  Choice: 'M12 3v6M12 9l-6 6v6M12 9l6 6v6M3.5 18.5 6 21l2.500-2.500M15.500 18.500 18 21l2.500-2.500',
  Parallel: 'M6 4v16M12 4v16M18 4v16',
  Map: 'M4 6h11M4 12h11M4 18h11M19 5v14M16.500 16.500 19 19l2.500-2.500',
  Pass: 'M4 12h15M13 6l6 6-6 6',
  Wait: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7.500V12l3 2',
  Succeed: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM8 12.200l2.800 2.800L16 9.500',
  Fail: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM9 9l6 6M15 9l-6 6',
  Missing: 'M9 9a3 3 0 1 1 4.500 2.600c-.9.5-1.500 1.200-1.500 2.400M12 17.500v.01',
  // What a task calls
  lambda: 'M6 4h3.500L17 20h2M10.800 10.500 6 20',
  database: 'M5 6c0-1.700 3.100-3 7-3s7 1.300 7 3-3.100 3-7 3-7-1.300-7-3ZM5 6v12c0 1.700 3.100 3 7 3s7-1.300 7-3V6M5 12c0 1.700 3.100 3 7 3s7-1.300 7-3',
  queue: 'M3 7h18v10H3zM8 7v10M13 7v10M17.500 7v10',
  bell: 'M6 16V11a6 6 0 1 1 12 0v5l2 2H4l2-2ZM10 21h4',
  bus: 'M3 12h18M7 12V6M12 12v6M17 12V6M5.500 6h3M10.500 18h3M15.500 6h3',
  globe: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM3 12h18M12 3c3 3 3.500 6 3.500 9s-.5 6-3.500 9c-3-3-3.500-6-3.500-9S9 6 12 3Z',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4 21c.8-4 4-6 8-6s7.200 2 8 6',
  workflow: 'M4 4h6v6H4zM14 14h6v6h-6zM7 10v4a3 3 0 0 0 3 3h4',
  box: 'M12 3l8 4.500v9L12 21l-8-4.500v-9L12 3ZM4 7.500l8 4.500 8-4.500M12 12v9',
  chip: 'M7 7h10v10H7zM10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4',
  // Status
  running: 'M12 3a9 9 0 1 0 9 9',
  succeeded: 'M5 12.500l4.500 4.500L19 7.500',
  failed: 'M6 6l12 12M18 6 6 18',
  caught: 'M4 7v4a4 4 0 0 0 4 4h12M16 11l4 4-4 4',
  aborted: 'M6 6h12v12H6z',
  timedOut: 'M7 3h10M7 21h10M8 3c0 5 8 4 8 9s-8 4-8 9M16 3c0 5-8 4-8 9s8 4 8 9',
  waiting: 'M8 5v14M16 5v14',
  retrying: 'M20 11a8 8 0 1 0-2.300 6.300M20 4v7h-7',
  // Actions and places
  machines: 'M3 5h7v6H3zM14 13h7v6h-7zM6.500 11v2a3 3 0 0 0 3 3H14',
  inbox: 'M3 13h5l1.500 3h5L16 13h5M3 13l3-8h12l3 8v6H3v-6Z',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM16 16l5 5',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  play: 'M7 4.500v15l12-7.500-12-7.500Z',
  pause: 'M8 5v14M16 5v14',
  stop: 'M6 6h12v12H6z',
  redrive: 'M4 12a8 8 0 0 1 14-5.300L20 9M20 4v5h-5M20 12a8 8 0 0 1-14 5.300L4 15M4 20v-5h5',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  terminal: 'M4 6l5 5-5 5M12 18h8',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
  edit: 'M4 20h4L19 9l-4-4L4 16v4ZM13 7l4 4',
  code: 'M8 6l-6 6 6 6M16 6l6 6-6 6',
  settings: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 4.500v5M8 14.500v5',
  back: 'M20 12H5M11 6l-6 6 6 6',
  undo: 'M8 5 4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3',
  redo: 'M16 5l4 4-4 4M20 9H10a6 6 0 0 0 0 12h3',
  fit: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.500 1.500M17.500 17.500 19 19M19 5l-1.500 1.500M6.500 17.500 5 19',
  moon: 'M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500Z',
  chevron: 'M9 6l6 6-6 6',
  down: 'M6 9l6 6 6-6',
  close: 'M6 6l12 12M18 6 6 18',
  external: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  download: 'M12 4v11M7 10.500 12 15.500l5-5M4 20h16',
  upload: 'M12 16V5M7 9.500 12 4.500l5 5M4 20h16',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 11v5M12 8v.01',
  warning: 'M12 4 2.500 20h19L12 4ZM12 10v5M12 17.500v.01',
  flask: 'M9 3h6M10 3v6l-5.500 9.500A1.700 1.700 0 0 0 6 21h12a1.700 1.700 0 0 0 1.500-2.500L14 9V3M7.500 15h9',
  tag: 'M4 4h8l8 8-8 8-8-8V4ZM8 8v.01',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7.500V12l3 2',
  graph: 'M9 3h6v5H9zM3 16h6v5H3zM15 16h6v5h-6zM12 8v4M6 16v-4h12v4',
  list: 'M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01',
  timeline: 'M4 6h9M8 12h9M12 18h8',
  lock: 'M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3',
} as const;

export type IconName = keyof typeof PATHS;

/** The path alone, for use inside a larger drawing. */
export function iconPath(name: IconName): string {
  return PATHS[name];
}

/** Decorative: whatever it means is always said in text or in a label beside it. */
export function Icon({ name, size = 16, className }: { name: IconName; size?: number; className?: string }): ReactElement {
  return (
    <svg className={`icon${className ? ` ${className}` : ''}`} width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

const SERVICE_ICONS: Record<string, IconName> = {
  lambda: 'lambda',
  dynamodb: 'database',
  s3: 'database',
  athena: 'database',
  glue: 'database',
  rdsdata: 'database',
  redshiftdata: 'database',
  sqs: 'queue',
  kinesis: 'queue',
  sns: 'bell',
  ses: 'bell',
  sesv2: 'bell',
  events: 'bus',
  eventbridge: 'bus',
  http: 'globe',
  apigateway: 'globe',
  activity: 'person',
  states: 'workflow',
  sfn: 'workflow',
  bedrock: 'chip',
  bedrockruntime: 'chip',
  sagemaker: 'chip',
  textract: 'chip',
  rekognition: 'chip',
};

/** The icon of a service as a Resource ARN names it. */
export function serviceIcon(service: string): IconName {
  return SERVICE_ICONS[service.replace(/^aws-sdk:/, '')] ?? 'box';
}
