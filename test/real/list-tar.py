"""Prints what Python's tarfile finds in the tar on standard input: one JSON line for each entry."""

import hashlib
import json
import sys
import tarfile

end = 0
with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as archive:
    for entry in archive:
        content = archive.extractfile(entry).read()
        end = entry.offset_data + -(-entry.size // 512) * 512
        print(
            json.dumps(
                {
                    "path": entry.name,
                    "size": entry.size,
                    "digest": "sha256:" + hashlib.sha256(content).hexdigest(),
                    "mode": entry.mode,
                    "type": entry.type.decode(),
                    "end": end,
                    "owner": [entry.uid, entry.gid, entry.uname, entry.gname, entry.mtime],
                }
            )
        )
