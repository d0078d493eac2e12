/** Forms in which a text can occur in an output: unchanged, or as encodings of its bytes. */
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

/** Parts of the Base64 text that are the same at every position in a longer text. */
function withinBase64(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const first = before === 0 ? 0 : before + 1;
    const last = Math.floor((whole.length * 8) / 6);
    return (['base64', 'base64url'] as const).map((encoding) => whole.toString(encoding).slice(first, last));
  });
}

/** @returns names of the secrets that the output contains in any encoding. */
export function leaks(output: string, secrets: Readonly<Record<string, string>>): string[] {
  const lower = output.toLowerCase();
  return Object.entries(secrets).flatMap(([name, secret]) =>
    spellings(secret).some((spelling) => lower.includes(spelling.toLowerCase())) ? [name] : [],
  );
}
