"""Pure: who is owed an answer, by the rows and by the gateway's chats."""
