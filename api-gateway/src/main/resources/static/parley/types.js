// What is on the wire: docs/api/websocket.md ("Events") and docs/api/conversations.md.
// Newer servers have more members and more types; pass over what you do not know.
/** ACK, READ and DELIVERED have a seq as well, of another event. */
export const isOfLog = (event) => 'prev' in event;
