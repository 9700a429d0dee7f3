/** Where a rule comes from, with the way there if it is known. */
export function Source({ source, url }: { source: string; url: string }) {
  if (!url) return source;
  return (
    <a href={url} target="_blank" rel="noreferrer">
      {source}
    </a>
  );
}
