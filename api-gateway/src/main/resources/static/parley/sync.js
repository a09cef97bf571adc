import { Problem } from './problems.js';
const LIMIT = 200;
export async function* synchronize(rest, since, signal) {
    let cursor = null;
    do {
        const page = cursor === null
            ? await firstPage(rest, since, signal)
            : await rest.patiently(path(since, cursor), signal);
        cursor = page.next;
        yield { items: page.items, left: page.left, full: page.full, ...(cursor === null && { since: page.since }) };
        // Of all that there is, whatever it was asked for.
        if (page.full)
            since = undefined;
    } while (cursor !== null);
}
// A `since` that the server does not know, of a restored one perhaps, is as good as none.
async function firstPage(rest, since, signal) {
    try {
        return await rest.patiently(path(since), signal);
    }
    catch (error) {
        if (since !== undefined && error instanceof Problem && error.status === 400)
            return firstPage(rest, undefined, signal);
        throw error;
    }
}
function path(since, cursor) {
    return `/sync?limit=${LIMIT}${query('since', since)}${query('cursor', cursor)}`;
}
const query = (name, value) => (value === undefined ? '' : `&${name}=${encodeURIComponent(value)}`);
