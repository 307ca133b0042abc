"""A form whose files are read while it is sent, so that none lies in memory."""

import os
import uuid
from typing import Iterator, List, Mapping, Sequence, Tuple, Union

# A path, or a name and the bytes.
File = Union[str, "os.PathLike[str]", Tuple[str, bytes]]

BLOCK = 1 << 20  # bytes that are read at a time


class Form:
    """The body of a request, once."""

    def __init__(self, fields: Mapping[str, str], files: Sequence[Tuple[str, File]]) -> None:
        boundary = uuid.uuid4().hex
        self.content_type = "multipart/form-data; boundary=" + boundary
        self._parts: List[Tuple[bytes, Union[bytes, str]]] = []  # a head, and bytes or the path of a file
        self._end = f"--{boundary}--\r\n".encode()
        self._size = len(self._end)
        for name, value in fields.items():
            self._add(f'--{boundary}\r\nContent-Disposition: form-data; name="{quoted(name)}"\r\n\r\n', value.encode(), len(value.encode()))
        for name, file in files:
            shown, content = file if isinstance(file, tuple) else (os.path.basename(os.fspath(file)), os.fspath(file))
            head = (
                f'--{boundary}\r\nContent-Disposition: form-data; name="{quoted(name)}"; filename="{quoted(shown)}"\r\n'
                "Content-Type: application/octet-stream\r\n\r\n"
            )
            self._add(head, content, len(content) if isinstance(content, bytes) else os.path.getsize(content))

    def _add(self, head: str, content: Union[bytes, str], size: int) -> None:
        self._parts.append((head.encode(), content))
        self._size += len(head.encode()) + size + len(b"\r\n")

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        for head, content in self._parts:
            yield head
            if isinstance(content, bytes):
                yield content
            else:
                with open(content, "rb") as f:
                    while block := f.read(BLOCK):
                        yield block
            yield b"\r\n"
        yield self._end


def quoted(name: str) -> str:
    """A name as browsers write it into a form."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
