// Frames of STOMP 1.2. Nothing here knows of Parley.
const NUL = '\0';
const ESCAPED = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', ':': '\\c' };
const MEANT = { '\\\\': '\\', '\\n': '\n', '\\r': '\r', '\\c': ':' };
/** What goes out as a heart-beat. */
export const HEART_BEAT = '\n';
const escape = (text) => text.replace(/[\\\n\r:]/g, (each) => ESCAPED[each]);
function unescape(text) {
    return text.replace(/\\./g, (each) => {
        const meant = MEANT[each];
        if (meant === undefined)
            throw new Error(`STOMP: ${each} in a header`);
        return meant;
    });
}
// STOMP 1.2, "Value Encoding": these two are as in STOMP 1.0.
const isPlain = (command) => command === 'CONNECT' || command === 'CONNECTED';
export function encode(command, headers, body = '') {
    const written = isPlain(command) ? (text) => text : escape;
    const lines = Object.entries(headers).map(([name, value]) => `${written(name)}:${written(value)}\n`);
    return `${command}\n${lines.join('')}\n${body}${NUL}`;
}
/** Reads frames from the messages of one socket: a message may hold several, or a part of one. */
export class FrameReader {
    #rest = '';
    #decoder = new TextDecoder();
    read(message) {
        this.#rest += typeof message === 'string' ? message : this.#decoder.decode(message, { stream: true });
        const frames = [];
        let from = 0;
        for (;;) {
            while (this.#rest[from] === '\n' || this.#rest[from] === '\r')
                from += 1;
            const end = endOfFrame(this.#rest, from);
            if (end < 0)
                break;
            frames.push(decode(this.#rest, from, end));
            from = end + 1;
        }
        this.#rest = this.#rest.slice(from);
        return frames;
    }
}
// The blank line between the headers and the body: where it begins and where it ends.
function blankLine(text, from) {
    const found = /\r?\n\r?\n/g;
    found.lastIndex = from;
    const match = found.exec(text);
    return match && [match.index, found.lastIndex];
}
// A body with a content-length may have NULs of its own.
function endOfFrame(text, from) {
    let end = text.indexOf(NUL, from);
    const blank = end < 0 ? null : blankLine(text, from);
    if (!blank || blank[0] > end)
        return end;
    const told = /\ncontent-length:[ ]*(\d+)/.exec(text.slice(from, blank[0]));
    if (!told)
        return end;
    while (end >= 0 && bytes(text.slice(blank[1], end)) < Number(told[1]))
        end = text.indexOf(NUL, end + 1);
    return end;
}
const encoder = new TextEncoder();
const bytes = (text) => encoder.encode(text).length;
function decode(text, from, end) {
    const blank = blankLine(text, from);
    if (!blank || blank[0] > end)
        throw new Error('STOMP: a frame without an end of its headers');
    const [command, ...lines] = text.slice(from, blank[0]).split(/\r?\n/);
    const read = isPlain(command) ? (each) => each : unescape;
    const headers = Object.create(null);
    for (const line of lines) {
        const colon = line.indexOf(':');
        if (colon < 0)
            throw new Error(`STOMP: no colon in ${line}`);
        const name = read(line.slice(0, colon));
        // Of a repeated header the first counts.
        headers[name] ??= read(line.slice(colon + 1));
    }
    return { command: command, headers, body: text.slice(blank[1], end) };
}
