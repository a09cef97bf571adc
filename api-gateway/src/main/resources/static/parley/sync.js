/** The inbox, until the server answers. */
export async function* synchronize(rest, _since, signal) {
    let cursor = null;
    do {
        const behind = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const page = await rest.patiently(`/conversations?limit=200${behind}`, signal);
        cursor = page.next;
        yield { items: page.items, left: [], full: cursor === null };
    } while (cursor !== null);
}
