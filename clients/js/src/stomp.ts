// Frames of STOMP 1.2. Nothing here knows of Parley.

export type Headers = Record<string, string>;

export interface Frame {
  command: string;
  headers: Headers;
  body: string;
}

const NUL = '\0';
const ESCAPED: Headers = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', ':': '\\c' };
const MEANT: Headers = { '\\\\': '\\', '\\n': '\n', '\\r': '\r', '\\c': ':' };

/** What goes out as a heart-beat. */
export const HEART_BEAT = '\n';

const escape = (text: string) => text.replace(/[\\\n\r:]/g, (each) => ESCAPED[each]!);

function unescape(text: string): string {
  return text.replace(/\\./g, (each) => {
    const meant = MEANT[each];
    if (meant === undefined) throw new Error(`STOMP: ${each} in a header`);
    return meant;
  });
}

// STOMP 1.2, "Value Encoding": these two are as in STOMP 1.0.
const isPlain = (command: string) => command === 'CONNECT' || command === 'CONNECTED';

export function encode(command: string, headers: Headers, body = ''): string {
  const written = isPlain(command) ? (text: string) => text : escape;
  const lines = Object.entries(headers).map(([name, value]) => `${written(name)}:${written(value)}\n`);
  return `${command}\n${lines.join('')}\n${body}${NUL}`;
}

/** Reads frames from the messages of one socket: a message may hold several, or a part of one. */
export class FrameReader {
  #rest = '';
  readonly #decoder = new TextDecoder();

  read(message: string | ArrayBuffer): Frame[] {
    this.#rest += typeof message === 'string' ? message : this.#decoder.decode(message, { stream: true });
    const frames: Frame[] = [];
    let from = 0;
    for (;;) {
      while (this.#rest[from] === '\n' || this.#rest[from] === '\r') from += 1;
      const end = endOfFrame(this.#rest, from);
      if (end < 0) break;
      frames.push(decode(this.#rest, from, end));
      from = end + 1;
    }
    this.#rest = this.#rest.slice(from);
    return frames;
  }
}

// The blank line between the headers and the body: where it begins and where it ends.
function blankLine(text: string, from: number): [number, number] | null {
  const found = /\r?\n\r?\n/g;
  found.lastIndex = from;
  const match = found.exec(text);
  return match && [match.index, found.lastIndex];
}

// A body with a content-length may have NULs of its own.
function endOfFrame(text: string, from: number): number {
  let end = text.indexOf(NUL, from);
  const blank = end < 0 ? null : blankLine(text, from);
  if (!blank || blank[0] > end) return end;
  const told = /\ncontent-length:[ ]*(\d+)/.exec(text.slice(from, blank[0]));
  if (!told) return end;
  while (end >= 0 && bytes(text.slice(blank[1], end)) < Number(told[1])) end = text.indexOf(NUL, end + 1);
  return end;
}

const encoder = new TextEncoder();
const bytes = (text: string) => encoder.encode(text).length;

function decode(text: string, from: number, end: number): Frame {
  const blank = blankLine(text, from);
  if (!blank || blank[0] > end) throw new Error('STOMP: a frame without an end of its headers');
  const [command, ...lines] = text.slice(from, blank[0]).split(/\r?\n/);
  const read = isPlain(command!) ? (each: string) => each : unescape;
  const headers = Object.create(null) as Headers;
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 0) throw new Error(`STOMP: no colon in ${line}`);
    const name = read(line.slice(0, colon));
    // Of a repeated header the first counts.
    headers[name] ??= read(line.slice(colon + 1));
  }
  return { command: command!, headers, body: text.slice(blank[1], end) };
}
