/**
 * The rest of the REST API, typed where a chat needs it; docs/api has what each call does. What it changes comes as an
 * event as well. Whatever is not here: client.call().
 */
export class Api {
    rest;
    constructor(rest) {
        this.rest = rest;
    }
    // ---- Conversations ------------------------------------------------------------------------------
    direct = (userId) => this.rest.call('POST', '/conversations/direct', { userId });
    settings = (id, settings) => this.rest.call('PATCH', `/conversations/${id}/settings`, settings);
    markUnread = (id, seq) => this.rest.call('PUT', `/conversations/${id}/unread`, { seq });
    draft = (id, text, replyTo = null) => this.rest.call('PUT', `/conversations/${id}/draft`, { text, replyTo });
    drafts = (cursor) => this.rest.call('GET', `/users/me/drafts?limit=200${behind(cursor)}`);
    // ---- Messages -----------------------------------------------------------------------------------
    message = (id, seq) => this.rest.call('GET', `/conversations/${id}/messages/${seq}`);
    edit = (id, seq, text) => this.rest.call('PATCH', `/conversations/${id}/messages/${seq}`, { text });
    versions = (id, seq) => this.rest.call('GET', `/conversations/${id}/messages/${seq}/versions`);
    /** Who has received and read it. */
    readers = (id, seq) => this.rest.call('GET', `/conversations/${id}/messages/${seq}/readers`);
    /** For everybody. */
    delete = (id, seq) => this.rest.call('DELETE', `/conversations/${id}/messages/${seq}`);
    /** For oneself. */
    hide = (id, seq) => this.rest.call('DELETE', `/conversations/${id}/messages/${seq}?for=me`);
    react = (id, seq, emoji) => this.rest.call('PUT', `/conversations/${id}/messages/${seq}/reactions/${encodeURIComponent(emoji)}`);
    unreact = (id, seq, emoji) => this.rest.call('DELETE', `/conversations/${id}/messages/${seq}/reactions/${encodeURIComponent(emoji)}`);
    pin = (id, seq) => this.rest.call('PUT', `/conversations/${id}/pins/${seq}`);
    unpin = (id, seq) => this.rest.call('DELETE', `/conversations/${id}/pins/${seq}`);
    pins = (id) => this.rest.call('GET', `/conversations/${id}/pins`);
    thread = (id, seq, after = 0) => this.rest.call('GET', `/conversations/${id}/messages/${seq}/thread?after=${after}`);
    threads = (id, cursor) => this.rest.call('GET', `/conversations/${id}/threads?limit=50${behind(cursor)}`);
    save = (id, seq, note) => this.rest.call('PUT', `/users/me/saved/${id}/${seq}`, note === undefined ? undefined : { note });
    unsave = (id, seq) => this.rest.call('DELETE', `/users/me/saved/${id}/${seq}`);
    saved = (cursor) => this.rest.call('GET', `/users/me/saved?limit=100${behind(cursor)}`);
    // ---- People -------------------------------------------------------------------------------------
    users = (query) => this.rest.call('GET', `/users?query=${encodeURIComponent(query)}&limit=20`);
    presence = (show, status) => this.rest.call('PUT', '/users/me/presence', { show, status });
    createGroup = (name, memberIds, description = '') => this.rest.call('POST', '/groups', { name, description, memberIds });
}
const behind = (cursor) => (cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`);
