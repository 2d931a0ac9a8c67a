"""A health server to be killed, of the standard library alone: `python -S -m benchmarks.health PORT`."""

import socket
import sys

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\nConnection: close\r\n\r\n"
    b'{"status":"healthy"}'
)


def main() -> None:
    """Answers each connection once, until killed; a line on stdout says that it listens."""
    with socket.create_server(("127.0.0.1", int(sys.argv[1])), reuse_port=False) as server:
        print("ready", flush=True)
        while True:
            peer, _ = server.accept()
            with peer:
                try:
                    peer.recv(65536)
                    peer.sendall(ANSWER)
                except OSError:
                    continue


if __name__ == "__main__":
    main()
