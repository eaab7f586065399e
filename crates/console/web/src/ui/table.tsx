/** Tables that all look and behave alike, and the card around a table that one thing can be added to. */
import type { ReactElement, ReactNode } from 'react';
import { ErrorNotice, Loading } from './basics.tsx';

export interface Column<T> {
  title: string;
  cell: (row: T) => ReactNode;
  /** `actions`: buttons at the end, whose title only a screen reader hears. `minor`: not on a telephone. */
  kind?: 'name' | 'num' | 'actions' | 'minor';
}

interface TableProps<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
}

export function Table<T>({ label, columns, rows, keyOf }: TableProps<T>): ReactElement {
  return (
    <div className="table-wrap" tabIndex={0} role="region" aria-label={`${label}, scrollable`}>
      <table className="table">
        <thead>
          <tr>
            {columns.map(({ title, kind }) => (
              <th key={title} scope="col" className={kind}>
                {kind === 'actions' ? <span className="visually-hidden">{title}</span> : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ title, kind, cell }) => (
                <td key={title} className={kind}>
                  {kind === 'actions' ? <div className="row end">{cell(row)}</div> : cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ListCardProps<T> extends TableProps<T> {
  hint: string;
  /** Adds a row. */
  add: ReactNode;
  query: { isPending: boolean; error: unknown };
  /** Shown when there are no rows. */
  empty: ReactNode;
  children?: ReactNode;
}

export function ListCard<T>({ hint, add, query, empty, children, ...table }: ListCardProps<T>): ReactElement {
  const { label, rows } = table;
  return (
    <section className="card" aria-label={label}>
      <div className="card-head">
        <span className="muted grow">{hint}</span>
        {rows.length > 0 && add}
      </div>
      {Boolean(query.error) && <ErrorNotice error={query.error} />}
      {query.isPending && <Loading />}
      {!query.isPending && !query.error && rows.length === 0 && empty}
      {rows.length > 0 && <Table {...table} />}
      {children}
    </section>
  );
}
