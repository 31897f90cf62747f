"""A first client: a plain socket, the dialogue, the farewell. Each message is a line."""

import socket
import sys

FAREWELL = "au revoir"


def main() -> None:
    host = "localhost"
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 50000

    try:
        connection = socket.create_connection((host, port))
    except OSError as error:
        sys.exit(f"no server on {host}, port {port}: {error.strerror}")
    replies = connection.makefile(encoding="utf-8")

    first_name = input("Your first name: ")
    connection.sendall(f"/name {first_name}\n".encode())
    print(replies.readline(), end="")

    while True:
        message = input("> ")
        connection.sendall(f"{message}\n".encode())
        print(replies.readline(), end="")
        if message == FAREWELL:
            break

    connection.close()


if __name__ == "__main__":
    main()
