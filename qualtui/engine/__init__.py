"""The engine process: supervised loops and the socket server. No Textual."""
