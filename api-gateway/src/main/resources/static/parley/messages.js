/** The messages that an event is about. */
export function targetsOf(event) {
    if ('targets' in event && event.targets)
        return event.targets;
    return 'target' in event && event.target ? [event.target] : [];
}
/**
 * The message as it is after an event about it; the same object when that changes nothing. An event that the message
 * shows already, as the server gave it later than the event, changes nothing.
 *
 * @param me the reader's id
 */
export function changedBy(message, event, me) {
    if (('hidden' in event && event.hidden) || !targetsOf(event).includes(message.seq))
        return message;
    switch (event.type) {
        case 'EDITED':
            if (event.deleted || isGone(message) || event.seq <= (message.editedSeq ?? 0))
                return message;
            return without({ ...message, editedSeq: event.seq, editedAt: event.at }, ['text', 'mentions', 'mentionsAll'], {
                text: event.text, mentions: event.mentions, mentionsAll: event.mentionsAll,
            });
        case 'REACTED':
            if (isGone(message) || event.seq <= (message.reactionsSeq ?? 0))
                return message;
            return { ...message, reactions: reactions(message, event, me), reactionsSeq: event.seq };
        case 'DELETED':
            return { ...forgotten(message), deleted: true, deletedBy: event.authorId, deletedSeq: event.seq };
        case 'HIDDEN':
            return { ...forgotten(message), hidden: true };
        default:
            return message;
    }
}
/** Whether nothing is left of what it said. */
export const isGone = (message) => Boolean(message.deleted || message.hidden || message.expired);
/**
 * The message as it is at a time: the same object before it disappears.
 *
 * @param now in milliseconds
 */
export function disappeared(message, now) {
    if (message.expiresAt === undefined || isGone(message) || Date.parse(message.expiresAt) > now)
        return message;
    return { ...forgotten(message), expired: true };
}
/**
 * What a log keeps of an event: the text of an edit stands in its message alone, so that deleting takes it along; and a
 * message has `expiresAt` only while it is to disappear.
 */
export function kept(event) {
    if (event.type === 'EDITED')
        return without({ ...event }, ['text', 'mentions', 'mentionsAll']);
    return event.type === 'MESSAGE' && event.expired ? without({ ...event }, ['expiresAt']) : event;
}
// What everybody's reactions are stands in the event; which are one's own follows from what one did.
function reactions(message, event, me) {
    const own = new Set((message.reactions ?? []).filter((each) => each.own).map((each) => each.emoji));
    for (const { userId, emoji, added } of event.changes ?? []) {
        if (userId === me)
            own[added ? 'add' : 'delete'](emoji);
    }
    return (event.reactions ?? []).map((each) => ({ ...each, own: own.has(each.emoji) }));
}
// Its place, and whose it was: everything else is content, also what newer servers add.
function forgotten(message) {
    const { type, conversationId, seq, prev, at, id, authorId, ...rest } = message;
    const { clientMessageId, threadRoot, hidden, deleted, deletedBy, deletedSeq, expired } = rest;
    return without({ type, conversationId, seq, prev, at, id, authorId }, [], { clientMessageId, threadRoot, hidden, deleted, deletedBy, deletedSeq, expired });
}
function without(copy, members, instead = {}) {
    for (const member of members)
        delete copy[member];
    for (const [member, value] of Object.entries(instead)) {
        if (value !== undefined)
            copy[member] = value;
    }
    return copy;
}
