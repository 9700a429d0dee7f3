// A file of a mail that came in: a link that saves it. The server sends it as bytes to keep, whatever it is.

export function FileLink({ id, name }: { id: string; name: string }) {
  return (
    <a href={`/api/v1/mail/received-files/${id}`} download={name}>
      {name}
    </a>
  );
}
