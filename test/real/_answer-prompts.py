"""Runs a command at a terminal of its own, answers its prompts, and prints what the terminal showed.

usage: _answer-prompts.py JSON, with {"command": [...], "answers": [[prompt, answer], ...]}
"""

import json
import os
import pty
import sys

request = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(request["command"][0], request["command"])

shown = b""
answers = [(prompt.encode(), answer.encode()) for prompt, answer in request["answers"]]
seen = 0
while True:
    try:
        chunk = os.read(terminal, 4096)
    except OSError:  # how Linux says that the other side has gone
        break
    if not chunk:
        break
    shown += chunk
    while answers and answers[0][0] in shown[seen:]:
        prompt, answer = answers.pop(0)
        seen = shown.index(prompt, seen) + len(prompt)
        os.write(terminal, answer)
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(status))
