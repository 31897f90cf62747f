#!/usr/bin/env bash
# A client in plain bash: asks each line of standard input, shows each reply.
#
#     printf '/date\nau revoir\n' | bash examples/client.sh [HOST [PORT]]
set -eu

exec 3<>"/dev/tcp/${1:-localhost}/${2:-50000}"

while IFS= read -r message || [ -n "$message" ]; do
    printf '%s\n' "$message" >&3
    IFS= read -r reply <&3 || { echo 'client.sh: the server closed the connection' >&2; exit 3; }
    printf '%s\n' "${reply%$'\r'}"
done
