"""Runs a program at a pseudo-terminal and answers what it asks.

The first argument is JSON: `argv`, and `answers`, pairs of a text to wait for
and the keys to press once it is there. Prints JSON: what the terminal showed,
and the exit code or the signal that ended the program.
"""

import json
import os
import pty
import select
import sys

PATIENCE_S = 120


def main() -> None:
    order = json.loads(sys.argv[1])
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(order["argv"][0], order["argv"])
    shown = b""
    seen = 0
    answers = [(text.encode(), keys.encode()) for text, keys in order["answers"]]
    while True:
        ready, _, _ = select.select([terminal], [], [], PATIENCE_S)
        if not ready:
            os.kill(pid, 9)
            break
        try:
            chunk = os.read(terminal, 4096)
        except OSError:  # the program has closed the terminal
            break
        if not chunk:
            break
        shown += chunk
        while answers and answers[0][0] in shown[seen:]:
            text, keys = answers.pop(0)
            seen += shown[seen:].index(text) + len(text)
            os.write(terminal, keys)
    _, status = os.waitpid(pid, 0)
    json.dump(
        {
            "shown": shown.decode(),
            "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
            "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
            "unasked": len(answers),
        },
        sys.stdout,
    )


main()
