export function EditorPage({ arn }: { arn?: string }) {
  return <p>{arn}</p>;
}
