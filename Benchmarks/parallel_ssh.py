"""One command on many hosts with parallel-ssh: parallel_ssh.py HOSTS_FILE CONCURRENCY USER KEY_FILE COMMAND"""

import sys

from pssh.clients import ParallelSSHClient


def main():
    hosts_file, concurrency, user, key, command = sys.argv[1:]
    with open(hosts_file, encoding="ascii") as lines:
        hosts = [line.split() for line in lines]
    ports = {int(port) for _, port in hosts}
    client = ParallelSSHClient(
        [address for address, _ in hosts],
        user=user,
        port=ports.pop(),
        pkey=key,
        pool_size=int(concurrency),
        allow_agent=False,
    )
    outputs = client.run_command(command)
    client.join(outputs)
    bad = [output.host for output in outputs if output.exit_code != 0]
    if bad:
        sys.exit(f"{len(bad)} of {len(hosts)} hosts failed, first {bad[0]}")


main()
