/** How a text may stand in an output, as it is or as a program may have written its bytes. */
function spellings(text: string): string[] {
  const utf8 = Buffer.from(text);
  const utf16 = Buffer.from(text, 'utf16le');
  const all = [utf8, utf16, Buffer.from(utf16).swap16()];
  return [
    text,
    encodeURIComponent(text),
    JSON.stringify(text).slice(1, -1),
    [...utf8].join(','),
    ...all.flatMap((bytes) => [bytes.toString('hex'), ...withinBase64(bytes)]),
  ];
}

/** What of it is the same wherever in a longer text it begins. */
function withinBase64(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const first = before === 0 ? 0 : before + 1;
    const last = Math.floor((whole.length * 8) / 6);
    return (['base64', 'base64url'] as const).map((encoding) => whole.toString(encoding).slice(first, last));
  });
}

/** Those of the secrets, by name, that stand in the output in some spelling. */
export function leaks(output: string, secrets: Readonly<Record<string, string>>): string[] {
  const lower = output.toLowerCase();
  return Object.entries(secrets).flatMap(([name, secret]) =>
    spellings(secret).some((spelling) => lower.includes(spelling.toLowerCase())) ? [name] : [],
  );
}
