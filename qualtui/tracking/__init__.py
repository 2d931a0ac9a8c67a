"""Pure: who waits for a reply, by the rows and by the gateway's chats."""
